//! Calls with claims of the wrong shape: null, numbers, arrays, text that is no JSON.
use super::read_row::read;
use super::{Attack, Probe, Scene, Standing};

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
            out.extend(
                scene
                    .owned()
                    .filter_map(|relation| read(scene, id, attacker, relation, self.name())),
            );
        }
        out
    }
}
