//! Calls with claims of the wrong shape: null, numbers, arrays, text that is no JSON.
use super::claim_doors::{asks_otherwise, functions, views};
use super::insert_row::plant;
use super::read_row::read;
use super::update_row::change;
use super::{Attack, Form, Probe, Scene, Standing};
use crate::catalog::PolicyCommand;

pub struct ClaimMalformed;

impl Probe for ClaimMalformed {
    fn name(&self) -> &'static str {
        "claim-malformed"
    }

    fn explanation(&self) -> &'static str {
        include_str!("claim_malformed.md")
    }

    fn attacks(&self, scene: &Scene) -> Vec<Attack> {
        let mut out = Vec::new();
        for (id, attacker) in scene.attackers_that(|standing| standing == Standing::Malformed) {
            out.extend(views(scene, id, attacker, self.name()));
            out.extend(functions(scene, id, attacker, self.name()));
            for relation in scene.owned() {
                out.extend(read(scene, id, attacker, relation, self.name()));
                if asks_otherwise(scene, relation, PolicyCommand::Insert) {
                    out.extend(plant(scene, id, attacker, relation, self.name()));
                }
                if asks_otherwise(scene, relation, PolicyCommand::Update) {
                    let changes = change(scene, id, attacker, relation, self.name());
                    out.extend(changes.into_iter().filter(|a| a.form == Form::Bare));
                }
            }
        }
        out
    }
}
