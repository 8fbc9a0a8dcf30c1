//! Writes another tenant's keys into the part of the token that users may edit by themselves.
use super::claim_doors::{functions, views};
use super::delete_row::remove;
use super::insert_row::plant;
use super::read_row::read;
use super::update_row::change;
use super::{Attack, Probe, Scene, Standing};
use crate::event::Severity;
use crate::tenancy::{Claim, ClaimMeaning};

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
        let settable = settable(scene);
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
        if settable {
            for attack in &mut out {
                attack.severity = Severity::Medium;
            }
        }
        out
    }
}

/// Whether nothing but plain settings says who calls. Whoever may set one that opens a policy may then set the tenant's own
/// as well, so that the open policy gives nothing new; it remains a switch that an injection or a pooled connection finds.
fn settable(scene: &Scene) -> bool {
    let claims = &scene.tenancy.claims;
    let plain = |claim: &Claim| claim.path.is_empty() && !claim.user_editable;
    scene.tenancy.roles.role_is_key.is_none()
        && claims.iter().all(plain)
        && claims
            .iter()
            .any(|claim| matches!(claim.meaning, ClaimMeaning::Key(_)))
}
