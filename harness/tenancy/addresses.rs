//! Finds columns that say whom a row is meant for by what a token says beside the keys: the e-mail address of an invitation.
use super::facts::{Atom, Facts};
use super::{Claim, ClaimMeaning, ColumnRef};
use std::collections::BTreeMap;

/// Columns that are compared with a claim that is no key, by the claim's setting and path.
pub(super) fn addresses(
    facts: &Facts,
    claims: &[Claim],
) -> BTreeMap<(String, Vec<String>), Vec<ColumnRef>> {
    let mut out: BTreeMap<_, Vec<ColumnRef>> = BTreeMap::new();
    for pair in &facts.equal {
        let ((Atom::Column(column), other) | (other, Atom::Column(column))) = pair else {
            continue;
        };
        let Atom::Claim { setting, path } = other else {
            continue;
        };
        let says_no_key = claims.iter().any(|claim| {
            claim.setting == *setting
                && claim.path == *path
                && claim.meaning == ClaimMeaning::Unknown
        });
        if says_no_key {
            let place = (setting.clone(), path.clone());
            out.entry(place).or_default().push(*column);
        }
    }
    out
}
