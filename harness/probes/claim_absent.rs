//! Calls without claims: none at all, empty settings, an empty object.
use super::claim_doors::{asks_otherwise, views};
use super::delete_row::remove;
use super::insert_row::plant;
use super::read_row::read;
use super::update_row::change;
use super::{Attack, Form, Probe, Scene, Standing};
use crate::catalog::PolicyCommand;

pub struct ClaimAbsent;

impl Probe for ClaimAbsent {
    fn name(&self) -> &'static str {
        "claim-absent"
    }

    fn explanation(&self) -> &'static str {
        include_str!("claim_absent.md")
    }

    fn attacks(&self, scene: &Scene) -> Vec<Attack> {
        let mut out = Vec::new();
        for (id, attacker) in scene.attackers_that(|standing| standing == Standing::WithoutClaims) {
            out.extend(views(scene, id, attacker, self.name()));
            for relation in scene.owned() {
                if asks_otherwise(scene, relation, PolicyCommand::Insert) {
                    out.extend(plant(scene, id, attacker, relation, self.name()));
                }
                out.extend(read(scene, id, attacker, relation, self.name()));
                out.extend(
                    change(scene, id, attacker, relation, self.name())
                        .into_iter()
                        .filter(|attack| attack.form == Form::Bare),
                );
                out.extend(
                    remove(scene, id, attacker, relation, self.name())
                        .into_iter()
                        .filter(|attack| attack.form == Form::Bare),
                );
            }
        }
        out
    }
}
