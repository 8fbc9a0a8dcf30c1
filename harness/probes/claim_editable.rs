//! Writes another tenant's keys into the part of the token that users may edit by themselves.
use super::arguments::is_settable;
use super::claim_doors::{functions, views};
use super::delete_row::remove;
use super::insert_row::plant;
use super::read_row::read;
use super::update_row::change;
use super::{Attack, Probe, Scene, Standing};
use crate::event::Severity;

pub struct ClaimEditable;

impl Probe for ClaimEditable {
    fn name(&self) -> &'static str {
        "claim-editable"
    }

    fn explanation(&self) -> &'static str {
        include_str!("claim_editable.md")
    }

    fn attacks(&self, scene: &Scene) -> Vec<Attack> {
        let mut out = Vec::new();
        for (id, attacker) in scene.attackers_that(|standing| standing == Standing::Forged) {
            out.extend(views(scene, id, attacker, self.name()));
            out.extend(functions(scene, id, attacker, self.name()));
            for relation in scene.owned() {
                out.extend(read(scene, id, attacker, relation, self.name()));
                out.extend(plant(scene, id, attacker, relation, self.name()));
                out.extend(change(scene, id, attacker, relation, self.name()));
                out.extend(remove(scene, id, attacker, relation, self.name()));
            }
        }
        if is_settable(scene) {
            // An open policy then gives nothing that setting the tenant does not; it remains a switch that an injection finds.
            for attack in &mut out {
                attack.severity = Severity::Medium;
            }
        }
        out
    }
}
