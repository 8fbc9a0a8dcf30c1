//! Whom the victim's rows are addressed to by something that is no key, such as the e-mail address of an invitation: nobody
//! attacks as one of them, but what they may do shows what an attacker was kept from.
use super::attackers::{self, put};
use super::scene::{Attacker, Scene, Standing};
use std::collections::BTreeSet;

/// Most values of one claim.
const VALUES: usize = 8;

/// Callers of no tenant whose token says what the victim's rows say, one for each value.
pub fn guests(scene: &Scene) -> Vec<Attacker> {
    let mut strangers = scene.attackers.iter();
    let Some(stranger) = strangers.find(|caller| caller.standing == Standing::Stranger) else {
        return Vec::new();
    };
    let mut out = Vec::new();
    for claim in &scene.tenancy.claims {
        let place = (claim.setting.clone(), claim.path.clone());
        let columns = scene.tenancy.addresses.get(&place).into_iter().flatten();
        let values: BTreeSet<&str> = columns
            .flat_map(|column| {
                let rows = scene.rows(column.relation).into_iter();
                let theirs = rows.filter(|(_, row)| row.tenant == Some(attackers::VICTIM));
                theirs.filter_map(|(_, row)| {
                    let relation = scene.relation(column.relation)?;
                    scene.value(relation, row, column.column)
                })
            })
            .collect();
        for value in values.into_iter().take(VALUES) {
            let mut guest = Attacker {
                name: "a guest of the victim's".to_owned(),
                standing: Standing::VictimsMember,
                ..stranger.clone()
            };
            put(&mut guest.settings, claim, value.into());
            out.push(guest);
        }
    }
    out
}
