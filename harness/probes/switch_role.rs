//! Takes a role that no policy holds back, when the member's own role is a member of one.
use super::read_row::{reading, victim_of};
use super::{Aim, Attack, Form, Probe, Scene, Standing, statement};
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
            for role in reachable(scene, &attacker.role) {
                for relation in scene
                    .owned()
                    .filter(|r| !r.platform && r.parents.is_empty())
                {
                    let Some((_, row)) = scene.victim_row(attacker, relation.oid) else {
                        continue;
                    };
                    // One table shows what the role opens: it opens them all alike.
                    let first = is_free(role, relation)
                        && tried.insert((
                            attacker.role.clone(),
                            role.oid,
                            role_opens(role, relation),
                        ));
                    if !first {
                        continue;
                    }
                    let read = statement::select(scene, &role.name, relation);
                    let text = format!("SET LOCAL ROLE {};\n{read}", identifier(&role.name));
                    out.push(Attack {
                        aim: Aim::Switch { role: role.oid },
                        ..reading(
                            id,
                            relation,
                            self.name(),
                            Form::Bare,
                            text,
                            victim_of(attacker, row),
                        )
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

/// A role without policies opens every table; an owner opens its own.
fn role_opens(role: &Role, relation: &Relation) -> Option<Oid> {
    (!role.superuser && !role.bypass_rls).then_some(relation.owner)
}
