//! Who attacks: members of one tenant, of two, of none, strangers without claims, and bearers of doctored claims.
use super::forgers::{debugging, disagreeing, forged};
use super::odd_claims::bent;
use super::scene::{Attacker, Standing};
use crate::tenancy::{Claim, ClaimMeaning, Tenancy};
use crate::world::{self, TenantId, UserId, World};

/// The attacking tenant and its victim, as indices into `World::tenants`.
pub const ATTACKING: TenantId = TenantId(0);
pub const VICTIM: TenantId = TenantId(1);

pub(super) type Settings = Vec<(String, String)>;

/// All attackers, honest ones first.
pub fn attackers(tenancy: &Tenancy, world: &World) -> Vec<Attacker> {
    let mut out = Vec::new();
    for role in &tenancy.roles.members {
        honest(tenancy, world, role, &mut out);
        former(tenancy, world, role, &mut out);
        removed(tenancy, world, role, &mut out);
        doctored(tenancy, world, role, &mut out);
    }
    let anonymous = tenancy
        .roles
        .anonymous
        .iter()
        .map(|role| (role, "an anonymous visitor"));
    for (role, name) in anonymous {
        out.push(Attacker {
            name: name.to_owned(),
            standing: Standing::Anonymous,
            role: role.clone(),
            settings: Vec::new(),
            tenants: Vec::new(),
            user: None,
        });
    }
    out
}

fn role_of(tenancy: &Tenancy, user: &world::User, role: &str) -> String {
    tenancy
        .roles
        .role_is_key
        .and_then(|key| user.keys.get(&key).cloned())
        .unwrap_or_else(|| role.to_owned())
}

/// Users with the claims that the application would give them.
fn honest(tenancy: &Tenancy, world: &World, role: &str, out: &mut Vec<Attacker>) {
    for (at, user) in world.users.iter().enumerate() {
        let standing = match &user.tenants[..] {
            [home] if *home == ATTACKING => Standing::Member,
            [home] if *home == VICTIM => Standing::VictimsMember,
            [] => Standing::Stranger,
            [first, ..] if *first == ATTACKING => Standing::Member,
            _ => continue,
        };
        let role = tenancy
            .roles
            .role_is_key
            .and_then(|key| tenant_key(world, user, key))
            .unwrap_or_else(|| role_of(tenancy, user, role));
        let settings = world::settings(tenancy, world, UserId(at));
        out.push(Attacker {
            name: user.name.clone(),
            standing,
            role,
            settings,
            tenants: user.tenants.clone(),
            user: Some(UserId(at)),
        });
    }
}

fn tenant_key(world: &World, user: &world::User, key: crate::tenancy::KeyId) -> Option<String> {
    user.tenants
        .first()
        .and_then(|tenant| world.tenants[tenant.0].keys.get(&key).cloned())
}

/// A user of no tenant with the claims of the victim's member, but for the user's own keys: a token from before the
/// removal. Where no claim names the tenant, such a token says nothing that a stranger's does not.
fn former(tenancy: &Tenancy, world: &World, role: &str, out: &mut Vec<Attacker>) {
    let users = &world.users;
    let find = |tenants: &[TenantId]| users.iter().position(|user| user.tenants == tenants);
    let (Some(member), Some(nobody)) = (find(&[VICTIM]), find(&[])) else {
        return;
    };
    let names_tenant = |claim: &Claim| match claim.meaning {
        ClaimMeaning::Key(key) => !claim.user_editable && Some(key) != tenancy.user,
        _ => false,
    };
    if tenancy.memberships.is_empty() || !tenancy.claims.iter().any(names_tenant) {
        return;
    }
    let mut settings = world::settings(tenancy, world, UserId(member));
    for claim in &tenancy.claims {
        if let ClaimMeaning::Key(key) = claim.meaning
            && let Some(own) = users[nobody].keys.get(&key)
        {
            put(&mut settings, claim, own.as_str().into());
        }
    }
    out.push(Attacker {
        name: format!(
            "a former member of {} with the old token",
            world.tenants[VICTIM.0].name
        ),
        standing: Standing::Former,
        role: role.to_owned(),
        settings,
        tenants: Vec::new(),
        user: Some(UserId(nobody)),
    });
}

/// The victim's own members, which are none any more once their memberships are marked as ended. Where the mark is what
/// members are told apart by, some of them are outside from the beginning: then each of them, and else the first.
fn removed(tenancy: &Tenancy, world: &World, role: &str, out: &mut Vec<Attacker>) {
    let marks = |relation, column| {
        let mut marks = tenancy.marks.iter();
        marks.any(|mark| mark.relation == relation && mark.column == column)
    };
    let ranked = tenancy.memberships.iter().any(|membership| {
        let rank = membership.rank.as_ref();
        rank.is_some_and(|(column, _)| marks(membership.relation, *column))
    });
    let most = match tenancy.marks.is_empty() {
        true => 0,
        false if ranked => world.users.len(),
        false => 1,
    };
    let users = world.users.iter().enumerate();
    let members = users.filter(|(_, user)| user.tenants == [VICTIM]);
    out.extend(members.take(most).map(|(at, user)| Attacker {
        name: format!("{} after the membership ended", user.name),
        standing: Standing::Removed,
        role: role_of(tenancy, user, role),
        settings: world::settings(tenancy, world, UserId(at)),
        tenants: Vec::new(),
        user: Some(UserId(at)),
    }));
}

/// Claims that no honest gateway would send, or that a user can write into the own token.
fn doctored(tenancy: &Tenancy, world: &World, role: &str, out: &mut Vec<Attacker>) {
    if tenancy.claims.is_empty() {
        return;
    }
    let Some(me) = world
        .users
        .iter()
        .position(|user| user.tenants == [ATTACKING])
    else {
        return;
    };
    let mine = world::settings(tenancy, world, UserId(me));
    let blank: Settings = mine
        .iter()
        .map(|(name, _)| (name.clone(), String::new()))
        .collect();
    let mut odd = vec![
        (
            "a caller without claims".to_owned(),
            Standing::WithoutClaims,
            Vec::new(),
        ),
        (
            "a caller with empty settings".to_owned(),
            Standing::WithoutClaims,
            blank,
        ),
    ];
    odd.extend(malformed(tenancy, &mine));
    out.extend(odd.into_iter().map(|(name, standing, settings)| Attacker {
        name,
        standing,
        role: role.to_owned(),
        settings,
        tenants: Vec::new(),
        user: None,
    }));
    disagreeing(tenancy, &mine, UserId(me), world, role, out);
    debugging(tenancy, &mine, UserId(me), world, role, out);
    forged(tenancy, world, &mine, UserId(me), role, out);
    bent(tenancy, &mine, UserId(me), world, role, out);
}

/// Settings that no caller with these would be sent with: documents of the wrong shape, or keys that are none.
fn malformed(tenancy: &Tenancy, mine: &Settings) -> Vec<(String, Standing, Settings)> {
    if !mine.iter().any(|(_, value)| value.starts_with('{')) {
        let odd = mine
            .iter()
            .map(|(name, _)| (name.clone(), "not-a-key".to_owned()))
            .collect();
        let name = "a caller with a malformed setting".to_owned();
        return vec![(name, Standing::Malformed, odd)];
    }
    let each = |value: &str| -> Settings {
        let replaced = |old: &str| match old.starts_with('{') {
            true => value.to_owned(),
            false => String::new(),
        };
        mine.iter()
            .map(|(name, old)| (name.clone(), replaced(old)))
            .collect()
    };
    let documents = [
        (
            "a caller with an empty claims object",
            Standing::WithoutClaims,
            "{}",
        ),
        (
            "a caller whose claims are null",
            Standing::Malformed,
            "null",
        ),
        (
            "a caller whose claims are no JSON",
            Standing::Malformed,
            "not json",
        ),
    ];
    let documents =
        documents.map(|(name, standing, value)| (name.to_owned(), standing, each(value)));
    let values = [
        ("null", serde_json::Value::Null),
        ("empty texts", "".into()),
        ("wildcards", "%".into()),
        ("numbers", 7.into()),
        ("arrays", serde_json::json!([])),
        ("objects", serde_json::json!({})),
    ];
    let values = values.map(|(name, value)| {
        (
            format!("a caller whose claims hold {name}"),
            Standing::Malformed,
            replaced(tenancy, mine, &value),
        )
    });
    documents.into_iter().chain(values).collect()
}

/// Every key claim replaced by one value.
fn replaced(tenancy: &Tenancy, mine: &Settings, value: &serde_json::Value) -> Settings {
    let mut settings = mine.clone();
    for claim in tenancy
        .claims
        .iter()
        .filter(|claim| matches!(claim.meaning, ClaimMeaning::Key(_)))
    {
        put(&mut settings, claim, value.clone());
    }
    settings
}

/// Writes a value at a claim's place. A claim of a setting that the gateway does not set is left alone.
pub(super) fn put(settings: &mut Settings, claim: &Claim, value: serde_json::Value) {
    let Some((_, text)) = settings.iter_mut().find(|(name, _)| *name == claim.setting) else {
        return;
    };
    if claim.path.is_empty() {
        *text = value
            .as_str()
            .map_or_else(|| value.to_string(), str::to_owned);
        return;
    }
    let Ok(mut document) = serde_json::from_str::<serde_json::Value>(text) else {
        return;
    };
    let mut at = &mut document;
    for step in &claim.path {
        if !at.is_object() {
            *at = serde_json::json!({});
        }
        at = &mut at[step.as_str()];
    }
    *at = value;
    *text = document.to_string();
}

/// Removes a claim from its document.
pub(super) fn take(settings: &mut Settings, claim: &Claim) {
    let Some((_, text)) = settings.iter_mut().find(|(name, _)| *name == claim.setting) else {
        return;
    };
    let Ok(mut document) = serde_json::from_str::<serde_json::Value>(text) else {
        return;
    };
    let Some((last, head)) = claim.path.split_last() else {
        return;
    };
    let parent = head
        .iter()
        .try_fold(&mut document, |at, step| at.get_mut(step));
    if let Some(object) = parent.and_then(|value| value.as_object_mut()) {
        object.remove(last);
        *text = document.to_string();
    }
}
