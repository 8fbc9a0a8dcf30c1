//! Finds the columns by which a membership ends though its row stays: a day of removal, a status, a switch.
use super::memberships::labels;
use super::{Mark, MarkKind, Membership};
use crate::catalog::{Catalog, Column, Generated, Relation};
use crate::sql::names;

/// What switches and states of a membership are called. A flag of another name may be a right of its own, whose loss is
/// no removal.
const SWITCHES: [&str; 14] = [
    "active",
    "enabled",
    "disabled",
    "deleted",
    "removed",
    "banned",
    "blocked",
    "suspended",
    "revoked",
    "archived",
    "approved",
    "accepted",
    "confirmed",
    "left",
];
const STATES: [&str; 2] = ["status", "state"];
/// What a state of free text is set to: a word that no policy asks for.
const ENDED: &str = "ended";

/// Marks that the schema asks for somewhere beside the table itself.
pub fn marks(catalog: &Catalog, memberships: &[Membership]) -> Vec<Mark> {
    let mut out = Vec::new();
    for membership in memberships {
        let Some(relation) = catalog
            .relations
            .iter()
            .find(|r| r.oid == membership.relation)
        else {
            continue;
        };
        let taken = [membership.user_column, membership.tenant_column];
        let open = relation.columns.iter().filter(|column| {
            !taken.contains(&column.number)
                && !relation.primary_key.contains(&column.number)
                && column.generated == Generated::No
        });
        for column in open {
            let kind = kind(catalog, membership, relation, column);
            let kind = kind.filter(|_| is_asked(catalog, relation, column));
            out.extend(kind.map(|kind| Mark {
                relation: relation.oid,
                column: column.number,
                kind,
            }));
        }
    }
    out
}

fn kind(
    catalog: &Catalog,
    membership: &Membership,
    relation: &Relation,
    column: &Column,
) -> Option<MarkKind> {
    let name = column.name.to_lowercase();
    let called = |words: &[&str]| words.iter().any(|word| name.contains(word));
    let is_rank = membership
        .rank
        .as_ref()
        .is_some_and(|(rank, _)| *rank == column.number);
    let type_name = column.type_name.as_str();
    if type_name.starts_with("timestamp") || type_name == "date" {
        return Some(MarkKind::Time);
    }
    if type_name == "boolean" {
        return called(&SWITCHES).then_some(MarkKind::Switch);
    }
    if !called(&STATES) {
        return None;
    }
    let known = labels(catalog, relation, column);
    let free = matches!(
        type_name.split('(').next(),
        Some("text" | "character varying" | "citext")
    );
    match known.is_empty() {
        false => Some(MarkKind::State(known)),
        true if free && !is_rank => Some(MarkKind::State(vec![ENDED.to_owned()])),
        true => None,
    }
}

/// Whether a policy, a function or a view that names the table names the column too.
fn is_asked(catalog: &Catalog, relation: &Relation, column: &Column) -> bool {
    let both = |text: &str| names(text, &relation.name) && names(text, &column.name);
    let own = relation.policies.iter();
    let mut own = own.flat_map(|policy| policy.using.iter().chain(&policy.check));
    let mut relations = catalog.relations.iter();
    own.any(|text| names(text, &column.name))
        || relations.any(|other| {
            let policies = other.policies.iter();
            let mut texts = policies.flat_map(|policy| policy.using.iter().chain(&policy.check));
            texts.any(|text| both(text)) || other.definition.as_deref().is_some_and(both)
        })
        || catalog
            .functions
            .iter()
            .any(|function| !function.platform && both(&function.body))
}
