//! Deletes another tenant's rows, with and without a WHERE that reads them.
use super::shapes::{first_members, is_plain};
use super::update_row::{both, writable_views};
use super::upserts::merged_away;
use super::{Attack, Attacker, AttackerId, Command, Probe, Scene, named};
use crate::catalog::Relation;

pub struct DeleteRow;

impl Probe for DeleteRow {
    fn name(&self) -> &'static str {
        "delete-row"
    }

    fn explanation(&self) -> &'static str {
        include_str!("delete_row.md")
    }

    fn attacks(&self, scene: &Scene) -> Vec<Attack> {
        let mut out = Vec::new();
        for (id, attacker) in scene.honest() {
            for relation in scene
                .owned()
                .chain(writable_views(scene).filter(|view| view.updatable.2))
            {
                out.extend(remove(scene, id, attacker, relation, self.name()));
            }
        }
        for (id, attacker) in first_members(scene) {
            for relation in scene.owned().filter(|relation| is_plain(relation)) {
                out.extend(merged_away(scene, id, attacker, relation, self.name()));
            }
        }
        out
    }
}

/// The bare and the filtered delete of a relation.
pub(super) fn remove(
    scene: &Scene,
    id: AttackerId,
    attacker: &Attacker,
    relation: &Relation,
    probe: &'static str,
) -> Vec<Attack> {
    both(
        scene,
        id,
        attacker,
        relation,
        (probe, Command::Delete),
        &format!("DELETE FROM {}", named(relation)),
    )
}
