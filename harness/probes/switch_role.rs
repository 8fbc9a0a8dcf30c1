//! Takes a role that no policy holds back, when the member's own role is a member of one.
use super::read_row::{reading, victim_of};
use super::{Aim, Attack, Form, Probe, Scene, Standing, Victim, attackers, statement};
use crate::catalog::{Oid, Relation, Role};
use crate::sql::identifier;
use std::collections::BTreeSet;

pub struct SwitchRole;

impl Probe for SwitchRole {
    fn name(&self) -> &'static str {
        "switch-role"
    }

    fn explanation(&self) -> &'static str {
        include_str!("switch_role.md")
    }

    fn attacks(&self, scene: &Scene) -> Vec<Attack> {
        let mut tried = BTreeSet::new();
        let mut out = Vec::new();
        for (id, attacker) in scene.honest().filter(|(_, caller)| {
            matches!(
                caller.standing,
                Standing::Member | Standing::Stranger | Standing::Anonymous
            )
        }) {
            for (verb, role) in others(scene, &attacker.role) {
                let opened: Vec<&Relation> = tables(scene)
                    .into_iter()
                    .filter(|table| is_free(role, table))
                    .filter(|table| scene.victim_row(attacker, table.oid).is_some())
                    .take(TABLES)
                    .collect();
                if !tried.insert((attacker.role.clone(), role.oid)) {
                    continue;
                }
                for relation in opened {
                    let row = scene.victim_row(attacker, relation.oid);
                    let victim = row.map_or(Victim::Tenant(attackers::VICTIM), |(_, row)| {
                        victim_of(attacker, row)
                    });
                    let read = statement::select(scene, &role.name, relation);
                    let text = format!("{verb};\n{read}");
                    out.push(Attack {
                        aim: Aim::Switch { role: role.oid },
                        ..reading(id, relation, self.name(), Form::Bare, text, victim)
                    });
                }
            }
        }
        out
    }
}

/// Roles that the role is a member of, at any depth. SET ROLE asks for membership and not for inheritance (PostgreSQL
/// manual, SET ROLE).
fn reachable<'a>(scene: &Scene<'a>, name: &str) -> Vec<&'a Role> {
    let Some(own) = scene.catalog.role_named(name) else {
        return Vec::new();
    };
    let mut open = own.member_of.clone();
    let mut known: BTreeSet<Oid> = BTreeSet::from([own.oid]);
    let mut found = Vec::new();
    while let Some(oid) = open.pop() {
        if known.insert(oid)
            && let Some(role) = scene.catalog.role(oid)
        {
            open.extend(&role.member_of);
            found.push(role);
        }
    }
    found.sort_by_key(|role| &role.name);
    found
}

/// Whether no policy of the table holds for the role.
fn is_free(role: &Role, relation: &Relation) -> bool {
    role.superuser || role.bypass_rls || relation.owner == role.oid && !relation.force_rls
}

/// Tables that are shown for each role: what it opens, it opens alike.
const TABLES: usize = 4;

/// Tables of the schema, those with the tenants' own rows before those of tenants and users themselves.
fn tables<'a>(scene: &Scene<'a>) -> Vec<&'a Relation> {
    let mut tables: Vec<&Relation> = scene
        .owned()
        .filter(|r| !r.platform && r.parents.is_empty())
        .collect();
    tables.sort_by_key(|table| scene.is_directory(table));
    tables
}

/// The roles that can be taken, each with the statement that takes it. RESET ROLE gives the login's own rights back.
fn others<'a>(scene: &Scene<'a>, name: &str) -> Vec<(String, &'a Role)> {
    let taken = |role: &'a Role| (format!("SET LOCAL ROLE {}", identifier(&role.name)), role);
    let mut out: Vec<(String, &Role)> = reachable(scene, name).into_iter().map(taken).collect();
    let login = scene.catalog.role_named(&scene.tenancy.roles.login);
    let login = login.filter(|login| login.name != name);
    out.extend(login.map(|login| ("RESET ROLE".to_owned(), login)));
    out
}
