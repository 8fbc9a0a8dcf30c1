//! Lists what policies and views demand of a row's own values before they let it through: one condition per way that is open.
use super::conventions::alternatives;
use super::published::expression;
use super::syntax::{self, dotted, is_expression};
use crate::catalog::{Catalog, Relation, RelationKind};
use crate::sql::{identifier, literal};
use squawk_syntax::{SyntaxKind as K, SyntaxNode};
use std::collections::BTreeSet;

/// Most conditions of one table.
const DEMANDS: usize = 12;

/// A condition over a table's own columns.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Demand {
    pub predicate: String,
    /// Literals in it, in order of appearance.
    pub literals: Vec<String>,
}

/// What the policies of a relation and the views over it alone demand, without what they ask of the caller, of other rows
/// and of the columns that are `fixed` (keys and references).
pub fn demands(catalog: &Catalog, relation: &Relation, fixed: &BTreeSet<&str>) -> Vec<Demand> {
    let own: BTreeSet<&str> = relation
        .columns
        .iter()
        .map(|column| column.name.as_str())
        .filter(|name| !fixed.contains(name))
        .collect();
    let mut out: Vec<Demand> = Vec::new();
    for condition in conditions(catalog, relation) {
        for parts in alternatives(&condition) {
            let local: Vec<&SyntaxNode> = parts
                .iter()
                .filter(|part| is_local(catalog, part, &own, fixed))
                .collect();
            if !local.is_empty() {
                out.push(demand(&local));
            }
            out.extend(
                parts
                    .iter()
                    .flat_map(|part| asked_by_calls(catalog, part, &own)),
            );
        }
    }
    for parts in super::searches::searches(catalog, relation, &own) {
        out.push(demand(&parts.iter().collect::<Vec<_>>()));
    }
    let mut seen = BTreeSet::new();
    out.retain(|demand| seen.insert(demand.clone()));
    out.truncate(DEMANDS);
    out
}

fn demand(parts: &[&SyntaxNode]) -> Demand {
    let texts: Vec<String> = parts
        .iter()
        .map(|part| format!("({})", part.text()))
        .collect();
    Demand {
        predicate: texts.join(" AND "),
        literals: parts.iter().flat_map(|part| literals(part)).collect(),
    }
}

fn conditions(catalog: &Catalog, relation: &Relation) -> Vec<SyntaxNode> {
    let policies = relation.policies.iter();
    let mut out: Vec<SyntaxNode> = policies
        .flat_map(|policy| policy.using.iter().chain(&policy.check))
        .map(|text| expression(text))
        .collect();
    let over_it = |view: &&Relation| {
        matches!(
            view.kind,
            RelationKind::View | RelationKind::MaterializedView
        ) && view.reads == [relation.oid]
    };
    for view in catalog.relations.iter().filter(over_it) {
        let Some(definition) = &view.definition else {
            continue;
        };
        let clauses = syntax::statements(definition)
            .descendants()
            .filter(|node| node.kind() == K::WHERE_CLAUSE)
            .filter_map(|clause| clause.children().find(|n| is_expression(n.kind())));
        out.extend(clauses);
    }
    out
}

/// Whether a part of a condition speaks of nothing but values of the row.
fn is_local(
    catalog: &Catalog,
    part: &SyntaxNode,
    own: &BTreeSet<&str>,
    fixed: &BTreeSet<&str>,
) -> bool {
    let names: BTreeSet<String> = names(part);
    let asks_elsewhere = part.descendants().any(|node| match node.kind() {
        K::SELECT | K::COMPOUND_SELECT | K::EXISTS_FN => true,
        K::CALL_EXPR => is_routine(catalog, &node) || is_setting(&node),
        _ => false,
    });
    !asks_elsewhere
        && names.iter().any(|name| own.contains(name.as_str()))
        && !names.iter().any(|name| fixed.contains(name.as_str()))
}

fn names(part: &SyntaxNode) -> BTreeSet<String> {
    part.descendants()
        .filter(|node| matches!(node.kind(), K::NAME_REF | K::FIELD_EXPR))
        .filter_map(|node| dotted(&node).pop())
        .collect()
}

fn called(call: &SyntaxNode) -> Option<String> {
    dotted(&call.children().next()?).pop()
}

fn is_routine(catalog: &Catalog, call: &SyntaxNode) -> bool {
    let name = called(call);
    let mut functions = catalog.functions.iter();
    functions.any(|function| Some(&function.name) == name.as_ref())
}

fn is_setting(call: &SyntaxNode) -> bool {
    called(call).is_some_and(|name| name == "current_setting")
}

/// A function of the schema that is given a column: whatever literal stands in its body may be what it asks for.
fn asked_by_calls(catalog: &Catalog, part: &SyntaxNode, own: &BTreeSet<&str>) -> Vec<Demand> {
    let mut out = Vec::new();
    for call in part.descendants().filter(|n| n.kind() == K::CALL_EXPR) {
        let name = called(&call);
        let mut functions = catalog.functions.iter().filter(|f| !f.platform);
        let Some(function) = functions.find(|f| Some(&f.name) == name.as_ref()) else {
            continue;
        };
        let Some(list) = call.children().find(|n| n.kind() == K::ARG_LIST) else {
            continue;
        };
        let body = syntax::plpgsql(&function.body)
            .filter(|_| function.language == "plpgsql")
            .unwrap_or_else(|| syntax::statements(&function.body));
        let found: BTreeSet<String> = literals(&body).into_iter().collect();
        for column in names(&list)
            .iter()
            .filter(|name| own.contains(name.as_str()))
        {
            for text in found.iter().filter(|text| !text.is_empty()).take(DEMANDS) {
                out.push(Demand {
                    predicate: format!("({} = {})", identifier(column), literal(text)),
                    literals: vec![text.clone()],
                });
            }
        }
    }
    out
}

fn literals(node: &SyntaxNode) -> Vec<String> {
    node.descendants()
        .filter(|n| n.kind() == K::LITERAL)
        .filter_map(|n| syntax::literal(&n))
        .collect()
}
