//! Finds the application's database roles: whom the gateway logs in as, and whom signed-in users become.
use super::facts::Facts;
use super::{KeyId, Roles};
use crate::catalog::{Catalog, Oid, Policy, Privilege, Relation, Role};
use std::collections::BTreeSet;

/// Infers the roles. Never empty: a schema without application roles gets a login role of watertight's making.
pub fn roles(
    catalog: &Catalog,
    facts: &Facts,
    role_is_key: Option<KeyId>,
    evidence: &mut Vec<String>,
) -> Roles {
    let reachable = |role: &Role| reachable(catalog, role);
    let candidates = |bypass: bool| -> Vec<(usize, &Role)> {
        let fits = |role: &&Role| {
            role.login && !role.superuser && !role.replication && role.bypass_rls == bypass
        };
        let weighed = catalog.roles.iter().filter(fits).map(|role| {
            let groups = reachable(role)
                .iter()
                .filter(|oid| weight(catalog, **oid) > 0)
                .count();
            (groups + usize::from(weight(catalog, role.oid) > 0), role)
        });
        weighed.filter(|(count, _)| *count > 0).collect()
    };
    let mut logins = candidates(false);
    if logins.is_empty() {
        // Then the application can only log in as a role that no policy holds back.
        logins = candidates(true);
    }
    keep_callers(catalog, facts, &mut logins, |(_, role)| role);
    logins.sort_by_key(|(count, role)| (std::cmp::Reverse(*count), role.oid));
    let beside =
        |(_, role): &(usize, &Role)| owns(catalog, role.oid) || serves(catalog, facts, role);
    if logins.iter().all(beside) && has_unreached(catalog, facts) {
        // Who may log in as the role that the policies are written for is not told by the migrations.
        return made(catalog, facts, role_is_key, evidence);
    }
    if let Some((_, login)) = logins.first() {
        let mut found = behind(catalog, facts, login);
        found.role_is_key = role_is_key;
        evidence.push(format!(
            "the gateway logs in as {}: it may become {}",
            found.login,
            join(
                found
                    .members
                    .iter()
                    .chain(&found.anonymous)
                    .chain(&found.trusted)
            )
        ));
        return found;
    }
    made(catalog, facts, role_is_key, evidence)
}

/// Leaves out the roles that are nobody's callers, where others remain: those that migrations run as, which own the tables,
/// and those of workers, whose every policy lets them through without asking who calls.
fn keep_callers<T>(
    catalog: &Catalog,
    facts: &Facts,
    found: &mut Vec<T>,
    role_of: impl Fn(&T) -> &Role,
) {
    let owner = |one: &T| owns(catalog, role_of(one).oid);
    let writer = |one: &T| granted(catalog, role_of(one).oid, true) > 0;
    let calls = |one: &T| !serves(catalog, facts, role_of(one)) && (writer(one) || !owner(one));
    // A role that only reads is a report's, and may stand beside an application that logs in as the owner.
    let has_application = found.iter().any(|one| calls(one) && writer(one));
    let has_caller = found.iter().any(calls);
    if has_application || has_caller && !found.iter().any(owner) {
        found.retain(calls);
    }
}

/// Whether policies that ask who calls are written for a role which writes, and which no role that may log in becomes.
fn has_unreached(catalog: &Catalog, facts: &Facts) -> bool {
    let reached: BTreeSet<Oid> = catalog
        .roles
        .iter()
        .filter(|role| role.login && !role.superuser)
        .flat_map(|role| reachable(catalog, role).into_iter().chain([role.oid]))
        .collect();
    let policed = |role: &Role| standing(catalog, facts, role) >= ASKING_POLICY;
    catalog.roles.iter().any(|role| {
        !reached.contains(&role.oid)
            && !role.superuser
            && granted(catalog, role.oid, true) > 0
            && policed(role)
    })
}

/// Whether policies are written for the role and none of them asks who calls.
fn serves(catalog: &Catalog, facts: &Facts, role: &Role) -> bool {
    let relations = own_relations(catalog).flat_map(|relation| &relation.policies);
    let mut own = relations
        .filter(|policy| policy.roles.contains(&role.oid))
        .peekable();
    let asks = |policy: &Policy| {
        facts
            .policies
            .get(&policy.oid)
            .is_some_and(|facts| !facts.claims.is_empty() || facts.reads_current_role)
    };
    own.peek().is_some() && !own.any(asks)
}

/// A login role of watertight's making, which may become every role that has rights on a table.
fn made(
    catalog: &Catalog,
    facts: &Facts,
    role_is_key: Option<KeyId>,
    evidence: &mut Vec<String>,
) -> Roles {
    let mut groups: Vec<&Role> = catalog
        .roles
        .iter()
        .filter(|role| !role.login && !role.superuser && granted(catalog, role.oid, false) > 0)
        .collect();
    keep_callers(catalog, facts, &mut groups, |role| role);
    let trusted = groups
        .iter()
        .filter(|role| role.bypass_rls)
        .map(|role| role.name.clone())
        .collect();
    let mut members: Vec<String> = groups
        .iter()
        .filter(|role| !role.bypass_rls)
        .map(|role| role.name.clone())
        .collect();
    let login = "watertight_login".to_owned();
    if members.is_empty() {
        evidence.push("no role but the owner has rights on any table: attacks run as a role of watertight's own with SELECT, INSERT, UPDATE and DELETE, as an application's role would have".to_owned());
        members.push(login.clone());
    } else {
        evidence.push(format!(
            "no role that may log in is the callers': watertight makes one that may become {}",
            join(members.iter())
        ));
    }
    Roles {
        login,
        members,
        anonymous: Vec::new(),
        trusted,
        role_is_key,
        made: true,
    }
}

/// Sorts what a login role may become into members, anonymous and trusted.
fn behind(catalog: &Catalog, facts: &Facts, login: &Role) -> Roles {
    let mut trusted = Vec::new();
    let mut plain: Vec<(usize, &Role)> = Vec::new();
    let oids: BTreeSet<Oid> = reachable(catalog, login)
        .into_iter()
        .chain([login.oid])
        .collect();
    for role in catalog.roles.iter().filter(|role| oids.contains(&role.oid)) {
        if role.oid != login.oid && (role.superuser || role.bypass_rls) {
            trusted.push(role.name.clone());
        } else if weight(catalog, role.oid) > 0 {
            plain.push((standing(catalog, facts, role), role));
        }
    }
    if enjoys(catalog, login) {
        let members = vec![login.name.clone()];
        return Roles {
            login: login.name.clone(),
            members,
            anonymous: Vec::new(),
            trusted,
            role_is_key: None,
            made: false,
        };
    }
    // The gateway's own rights matter only when it does not switch to another role.
    if plain.iter().any(|(_, role)| role.oid != login.oid) {
        plain.retain(|(_, role)| role.oid != login.oid);
    }
    let best = plain
        .iter()
        .map(|(standing, _)| *standing)
        .max()
        .unwrap_or_default();
    let (members, anonymous): (Vec<_>, Vec<_>) = plain
        .into_iter()
        .partition(|(standing, _)| *standing == best);
    let names = |roles: Vec<(usize, &Role)>| {
        roles
            .into_iter()
            .map(|(_, role)| role.name.clone())
            .collect()
    };
    Roles {
        login: login.name.clone(),
        members: names(members),
        anonymous: names(anonymous),
        trusted,
        role_is_key: None,
        made: false,
    }
}

/// A login that inherits what its groups may do has no need to switch to one of them, unless policies ask for a group.
fn enjoys(catalog: &Catalog, login: &Role) -> bool {
    let named = |oid: Oid| {
        let policies = catalog
            .relations
            .iter()
            .filter(|r| !r.platform)
            .flat_map(|r| &r.policies);
        policies
            .filter(|policy| policy.roles.contains(&oid))
            .count()
    };
    let groups = reachable(catalog, login);
    let by_group: usize = groups.iter().map(|oid| named(*oid)).sum();
    let own = weight(catalog, login.oid) > 0;
    let inherits = login.inherit && groups.iter().any(|oid| weight(catalog, *oid) > 0);
    (own || inherits) && (named(login.oid) > 0 || by_group == 0) && (own || login.inherit)
}

/// What one policy that asks who calls weighs: more than any number of privileges.
const ASKING_POLICY: usize = 100_000;

/// How much a role looks like a signed-in user's: policies written for it that name the caller, then privileges.
fn standing(catalog: &Catalog, facts: &Facts, role: &Role) -> usize {
    let policies = catalog
        .relations
        .iter()
        .flat_map(|relation| &relation.policies)
        .filter(|policy| policy.roles.contains(&role.oid))
        .filter(|policy| {
            facts
                .policies
                .get(&policy.oid)
                .is_some_and(|facts| !facts.claims.is_empty() || facts.reads_current_role)
        })
        .count();
    policies * ASKING_POLICY + weight(catalog, role.oid)
}

/// How many privileges a role holds on the application's relations and functions, by itself or through its groups.
fn weight(catalog: &Catalog, role: Oid) -> usize {
    let owned = own_relations(catalog).filter(|r| r.owner == role).count();
    owned + granted(catalog, role, false)
}

/// How many privileges on relations a role was granted by their owners; with `writing`, only those that change rows.
fn granted(catalog: &Catalog, role: Oid, writing: bool) -> usize {
    let writes = |privilege: Privilege| {
        matches!(
            privilege,
            Privilege::Insert | Privilege::Update | Privilege::Delete
        )
    };
    let held = |relation: &Relation| {
        let grants = relation.grants.iter();
        grants
            .filter(|grant| grant.role == role && relation.owner != role)
            .filter(|grant| grant.privilege != Privilege::Usage)
            .filter(|grant| !writing || writes(grant.privilege))
            .count()
    };
    own_relations(catalog).map(held).sum()
}

fn owns(catalog: &Catalog, role: Oid) -> bool {
    own_relations(catalog).any(|r| r.owner == role)
}

fn own_relations(catalog: &Catalog) -> impl Iterator<Item = &Relation> {
    catalog.relations.iter().filter(|r| !r.platform)
}

/// Every role that `role` is a member of, directly or not.
pub fn reachable(catalog: &Catalog, role: &Role) -> BTreeSet<Oid> {
    let mut found: BTreeSet<Oid> = role.member_of.iter().copied().collect();
    loop {
        let more: Vec<Oid> = catalog
            .roles
            .iter()
            .filter(|r| found.contains(&r.oid))
            .flat_map(|r| r.member_of.iter().copied())
            .filter(|oid| !found.contains(oid))
            .collect();
        if more.is_empty() {
            return found;
        }
        found.extend(more);
    }
}

fn join<'a>(names: impl Iterator<Item = &'a String>) -> String {
    names.map(String::as_str).collect::<Vec<_>>().join(", ")
}
