//! Calls with a token that outlived the membership: the claims of the victim's member, the user of nobody.
use super::delete_row::remove;
use super::read_row::read;
use super::removed::removed_reads;
use super::update_row::change;
use super::{Attack, Form, Probe, Scene, Standing};
use crate::catalog::{Policy, PolicyCommand, Relation};
use crate::sql::words;
use std::collections::BTreeSet;

pub struct StaleClaim;

impl Probe for StaleClaim {
    fn name(&self) -> &'static str {
        "stale-claim"
    }

    fn explanation(&self) -> &'static str {
        include_str!("stale_claim.md")
    }

    fn attacks(&self, scene: &Scene) -> Vec<Attack> {
        let mut out = removed_reads(scene, self.name());
        if !promises(scene) {
            return out;
        }
        for (id, attacker) in scene.attackers_that(|standing| standing == Standing::Former) {
            for relation in scene
                .owned()
                .filter(|r| !r.platform && r.parents.is_empty())
            {
                out.extend(read(scene, id, attacker, relation, self.name()));
                let writes = change(scene, id, attacker, relation, self.name())
                    .into_iter()
                    .chain(remove(scene, id, attacker, relation, self.name()));
                out.extend(writes.filter(|attack| attack.form == Form::Bare));
            }
        }
        out
    }
}

/// Whether the schema itself promises that a removal counts at once: some table's rows are shown by the membership, and not
/// only the memberships' own. Where every policy asks the token alone, its lifetime is the application's choice.
fn promises(scene: &Scene) -> bool {
    let memberships = &scene.tenancy.memberships;
    let names: BTreeSet<&str> = memberships
        .iter()
        .filter_map(|membership| Some(scene.relation(membership.relation)?.name.as_str()))
        .collect();
    let asks = |policy: &Policy| {
        let text = policy.using.as_deref().unwrap_or_default();
        words(text).any(|word| names.contains(word))
            || scene.catalog.functions.iter().any(|function| {
                words(text).any(|word| word == function.name)
                    && words(&function.body).any(|word| names.contains(word))
            })
    };
    let shown = |relation: &Relation| {
        let mut policies = relation.policies.iter();
        policies.any(|policy| {
            matches!(policy.command, PolicyCommand::All | PolicyCommand::Select) && asks(policy)
        })
    };
    let is_membership =
        |relation: &Relation| memberships.iter().any(|m| m.relation == relation.oid);
    scene
        .owned()
        .filter(|relation| !is_membership(relation) && !scene.is_directory(relation))
        .any(shown)
}
