//! Finds tables whose rows join two tenants: such a row is each of theirs, and names both by design.
use super::facts::PolicyFacts;
use super::published::{alternatives, expression, split};
use super::reading::Reader;
use super::{ColumnRef, Key, KeyId};
use crate::catalog::{Catalog, Oid, PolicyCommand, Relation};
use squawk_syntax::SyntaxNode;
use std::collections::BTreeSet;

/// Tables with a unique key of two columns that name tenants, whose policies show a row to either of the two.
pub(super) fn parties(catalog: &Catalog, keys: &[Key], tenant: Option<KeyId>) -> BTreeSet<Oid> {
    let Some(tenant) = tenant else {
        return BTreeSet::new();
    };
    let columns = |relation: &Relation| -> BTreeSet<i16> {
        let here = keys[tenant.0].columns.iter();
        let own = here.filter(|column| column.relation == relation.oid);
        own.map(|column| column.column).collect()
    };
    let joins = |relation: &&Relation| {
        let named = columns(relation);
        let of_two = |key: &[i16]| key.iter().filter(|n| named.contains(n)).count() > 1;
        named.len() > 1
            && relation.uniques.iter().any(|key| of_two(&key.columns))
            && shown_by(catalog, relation, &named).len() > 1
    };
    let joining = catalog.relations.iter().filter(joins);
    joining.map(|relation| relation.oid).collect()
}

/// The columns each of which is enough for a row to be read, when it names the caller.
fn shown_by(catalog: &Catalog, relation: &Relation, named: &BTreeSet<i16>) -> BTreeSet<i16> {
    let mut reader = Reader::new(catalog);
    let mut out = BTreeSet::new();
    let policies = relation.policies.iter().filter(|policy| {
        policy.permissive && matches!(policy.command, PolicyCommand::All | PolicyCommand::Select)
    });
    for using in policies.filter_map(|policy| policy.using.as_ref()) {
        for alternative in alternatives(&expression(using)) {
            let tests = split(&alternative, "and");
            let compared: Vec<BTreeSet<i16>> = tests
                .iter()
                .map(|test| compared(&mut reader, relation, test, named))
                .collect();
            // `x in (a, b)` is one test of both.
            let either = compared.iter().find(|columns| columns.len() > 1);
            let all: BTreeSet<i16> = compared.iter().flatten().copied().collect();
            match either {
                Some(columns) => out.extend(columns),
                None if all.len() == 1 => out.extend(all),
                None => {}
            }
        }
    }
    out
}

fn compared(
    reader: &mut Reader,
    relation: &Relation,
    test: &SyntaxNode,
    named: &BTreeSet<i16>,
) -> BTreeSet<i16> {
    reader.policy = Some((relation.oid, PolicyFacts::default()));
    reader.condition(test, relation.oid);
    let facts = reader.policy.take().map(|(_, facts)| facts);
    let own = |column: &ColumnRef| column.relation == relation.oid;
    let columns = facts.into_iter().flat_map(|facts| facts.compared);
    columns
        .filter(own)
        .map(|column| column.column)
        .filter(|column| named.contains(column))
        .collect()
}
