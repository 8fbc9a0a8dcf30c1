//! Tables from whose rows the gateway takes what it writes into a user's token: whoever writes there writes its next token.
use super::attackers::put;
use super::{Attacker, Scene};
use crate::catalog::{Oid, Relation};
use crate::tenancy::{Claim, ClaimMeaning};
use serde_json::{Map, Value};

/// One column that a claim repeats.
#[derive(Debug, Clone, PartialEq)]
pub struct Source<'a> {
    pub relation: &'a Relation,
    pub column: i16,
    pub claim: &'a Claim,
}

/// Columns of the tables that hold one row a user, or one a user and tenant, whose values a claim holds: the tenant, the
/// membership's rank, and flags and states that are named like the claim that is compared with literals.
pub fn claim_sources<'a>(scene: &Scene<'a>) -> Vec<Source<'a>> {
    let claims = scene.tenancy.claims.iter().filter(|c| !c.user_editable);
    let claims: Vec<&Claim> = claims.collect();
    let mut out = Vec::new();
    for relation in &scene.catalog.relations {
        if relation.platform || user_column(scene, relation).is_none() {
            continue;
        }
        for column in &relation.columns {
            let held = scene
                .tenancy
                .key_of(scene.column_ref(relation.oid, column.number));
            let repeats = |claim: &&&Claim| match &claim.meaning {
                ClaimMeaning::Key(key) => {
                    held == Some(*key)
                        && Some(*key) == scene.tenancy.tenant
                        && Some(*key) != scene.tenancy.user
                }
                ClaimMeaning::Literals(literals) => {
                    held.is_none()
                        && (is_rank(scene, relation.oid, column.number, literals)
                            || named(claim) == Some(column.name.as_str()))
                }
                ClaimMeaning::Role | ClaimMeaning::Unknown => false,
            };
            out.extend(claims.iter().filter(repeats).map(|claim| Source {
                relation,
                column: column.number,
                claim,
            }));
        }
    }
    out
}

/// The column that says which user a row is about, where a user has one row, or one in each tenant.
fn user_column(scene: &Scene, relation: &Relation) -> Option<i16> {
    let member = scene
        .tenancy
        .memberships
        .iter()
        .find(|m| m.relation == relation.oid);
    if let Some(member) = member {
        return Some(member.user_column);
    }
    let user = scene.tenancy.user?;
    let is_user =
        |number: i16| scene.tenancy.key_of(scene.column_ref(relation.oid, number)) == Some(user);
    relation
        .uniques
        .iter()
        .filter(|unique| unique.predicate.is_none())
        .find_map(|unique| match unique.columns[..] {
            [only] if is_user(only) => Some(only),
            _ => None,
        })
}

fn is_rank(scene: &Scene, relation: Oid, column: i16, literals: &[String]) -> bool {
    scene.tenancy.memberships.iter().any(|member| {
        member.relation == relation
            && member.rank.as_ref().is_some_and(|(rank, values)| {
                *rank == column && values.iter().any(|value| literals.contains(value))
            })
    })
}

/// What a claim is called: the last step of its path, or what follows the last dot of its setting.
pub(super) fn named(claim: &Claim) -> Option<&str> {
    match claim.path.last() {
        Some(step) => Some(step),
        None => claim.setting.rsplit('.').next(),
    }
}

/// The settings that a token minted anew would set differently, once this row of the caller's own stands there.
pub fn minted(
    scene: &Scene,
    attacker: &Attacker,
    relation: Oid,
    row: &Map<String, Value>,
) -> Vec<(String, String)> {
    let mut settings = attacker.settings.clone();
    for source in claim_sources(scene) {
        if source.relation.oid != relation || !is_own(scene, attacker, source.relation, row) {
            continue;
        }
        let name = source
            .relation
            .columns
            .iter()
            .find(|c| c.number == source.column);
        let Some(value) = name.and_then(|column| row.get(&column.name)) else {
            continue;
        };
        let fits = match &source.claim.meaning {
            ClaimMeaning::Literals(literals) => literals.contains(&text(value)),
            _ => !value.is_null(),
        };
        if fits {
            put(&mut settings, source.claim, value.clone());
        }
    }
    settings.retain(|setting| !attacker.settings.contains(setting));
    settings
}

fn is_own(
    scene: &Scene,
    attacker: &Attacker,
    relation: &Relation,
    row: &Map<String, Value>,
) -> bool {
    let (Some(number), Some(user), Some(key)) = (
        user_column(scene, relation),
        attacker.user,
        scene.tenancy.user,
    ) else {
        return false;
    };
    let column = relation.columns.iter().find(|c| c.number == number);
    let there = column.and_then(|column| row.get(&column.name)).map(text);
    there.is_some() && there.as_ref() == scene.world.users[user.0].keys.get(&key)
}

fn text(value: &Value) -> String {
    value
        .as_str()
        .map_or_else(|| value.to_string(), str::to_owned)
}
