//! Calls without claims: none at all, empty settings, an empty object.
use super::delete_row::remove;
use super::read_row::read;
use super::update_row::change;
use super::{Attack, Form, Probe, Scene, Standing};

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
            for relation in scene.owned() {
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
