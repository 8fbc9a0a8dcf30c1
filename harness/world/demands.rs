//! Rows in the states that policies name: for each way that a policy leaves open, values that the database says satisfy it.
use super::groups::product;
use super::kind::Kind;
use super::plan::{Demanded, Table};
use super::source::Source;
use super::value::array_of;
use crate::catalog::{Catalog, Relation};
use crate::tenancy::demands;
use serde_json::{Map, Value};
use std::collections::{BTreeMap, BTreeSet};

/// Most values of one column that are tried.
const CANDIDATES: usize = 32;

/// What is demanded of a table's rows, with the columns that have a say.
pub fn demanded(catalog: &Catalog, relation: &Relation, table: &Table) -> Vec<Demanded> {
    let fixed: BTreeSet<&str> = table
        .columns
        .iter()
        .filter(|column| column.reference || relation.primary_key.contains(&column.number))
        .map(|column| column.name.as_str())
        .collect();
    demands(catalog, relation, &fixed)
        .into_iter()
        .map(|demand| {
            let mut columns = super::sources::columns_in(&demand.predicate, &table.columns);
            // A CHECK of several columns wants the others to fit.
            for check in table.checks.iter().filter(|check| check.columns.len() > 1) {
                let free = |at: &usize| !table.columns[*at].reference;
                if check.columns.iter().any(|at| columns.contains(at)) {
                    columns.extend(check.columns.iter().filter(|at| free(at)));
                }
            }
            columns.sort_unstable();
            columns.dedup();
            Demanded {
                predicate: demand.predicate,
                literals: demand.literals,
                columns,
            }
        })
        .filter(|demanded| !demanded.columns.is_empty())
        .collect()
}

/// The table with every value that the demand's literals suggest among the sources of its columns.
pub fn suggested(table: &Table, demanded: &Demanded) -> Table {
    let mut table = table.clone();
    for &at in &demanded.columns {
        let column = &mut table.columns[at];
        for text in values(&column.kind, &demanded.literals) {
            let source = Source::Literal(text);
            if !column.sources.contains(&source) && column.sources.len() < CANDIDATES {
                column.sources.push(source);
            }
        }
    }
    table
}

/// The combinations to ask the database about.
pub fn combinations(table: &Table, demanded: &Demanded) -> Vec<Vec<usize>> {
    product(table, &demanded.columns)
}

/// The plainest of the accepted combinations, as values; `None` where plain rows are in that state anyway.
pub fn state(
    table: &Table,
    demanded: &Demanded,
    accepted: &[&Vec<usize>],
    sample: impl Fn(usize, usize) -> Option<String>,
) -> Option<BTreeMap<i16, Option<String>>> {
    let plainest = accepted
        .iter()
        .min_by_key(|tuple| tuple.iter().sum::<usize>())?;
    if plainest.iter().all(|&source| source == 0) {
        return None;
    }
    let mut values = BTreeMap::new();
    for (&at, &source) in demanded.columns.iter().zip(plainest.iter()) {
        let column = &table.columns[at];
        let value = match &column.sources[source] {
            Source::Null => None,
            Source::Literal(text) => Some(text.clone()),
            _ if source == 0 => continue,
            _ => sample(at, source),
        };
        values.insert(column.number, value);
    }
    Some(values)
}

/// Values of a kind that literals suggest.
fn values(kind: &Kind, literals: &[String]) -> Vec<String> {
    match kind {
        Kind::Json => documents(literals),
        Kind::Array(_) => {
            let one = literals
                .iter()
                .map(|text| array_of(std::slice::from_ref(text)));
            one.chain([array_of(literals)])
                .chain(literals.iter().cloned())
                .collect()
        }
        Kind::Text { .. } | Kind::Other { .. } => {
            literals.iter().flat_map(|text| texts(text)).collect()
        }
        Kind::Bool => Vec::new(),
        Kind::Range { .. } => literals.iter().cloned().chain(["(,)".to_owned()]).collect(),
        kind if kind.is_number() => {
            let around = |text: &String| {
                let number = text.parse::<i64>().ok();
                number.map_or_else(Vec::new, |n| {
                    vec![n.to_string(), (n - 1).to_string(), (n + 1).to_string()]
                })
            };
            literals
                .iter()
                .flat_map(around)
                .chain(literals.iter().cloned())
                .collect()
        }
        _ => literals.to_vec(),
    }
}

/// The text itself, and what may match it as a pattern of LIKE or as a regular expression.
fn texts(text: &str) -> Vec<String> {
    let like = text.replace(['%', '_'], "x");
    let bare = text.trim_start_matches('^').trim_end_matches('$');
    let regular = bare.replace(".*", "x").replace(".+", "x").replace('\\', "");
    let first = regular
        .trim_matches(['(', ')'])
        .split('|')
        .next()
        .unwrap_or_default()
        .to_owned();
    let longer = format!("{regular}x");
    vec![text.to_owned(), like, regular, first, longer]
}

/// Documents with the literals as keys and values: `a -> 'b' ->> 'c' = 'd'` names them in that order.
fn documents(literals: &[String]) -> Vec<String> {
    let plain = |text: &String| match serde_json::from_str::<Value>(text) {
        Ok(value @ (Value::Bool(_) | Value::Number(_))) => value,
        _ => Value::String(text.clone()),
    };
    let mut out: Vec<Value> = Vec::new();
    let pairs = |typed: bool| {
        let mut object = Map::new();
        for pair in literals.chunks(2) {
            if let [key, value] = pair {
                let value = if typed {
                    plain(value)
                } else {
                    Value::String(value.clone())
                };
                object.insert(key.clone(), value);
            }
        }
        Value::Object(object)
    };
    out.extend([pairs(false), pairs(true)]);
    for window in literals.windows(3) {
        out.push(serde_json::json!({ &window[0]: { &window[1]: plain(&window[2]) } }));
        out.push(serde_json::json!({ &window[0]: { &window[1]: &window[2] } }));
    }
    for window in literals.windows(2) {
        out.push(serde_json::json!({ &window[0]: { &window[1]: true } }));
    }
    for key in literals {
        out.push(serde_json::json!({ key: true }));
        out.push(serde_json::json!({ key: [] }));
    }
    if let [key, value, ..] = literals {
        out.push(serde_json::json!({ key: [value] }));
    }
    out.push(Value::Array(literals.iter().map(plain).collect()));
    let given = literals.iter().filter(|text| text.starts_with(['{', '[']));
    given
        .cloned()
        .chain(out.iter().map(Value::to_string))
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn words(texts: &[&str]) -> Vec<String> {
        texts.iter().map(|&text| text.to_owned()).collect()
    }

    #[test]
    fn a_document_holds_the_key_and_the_value_that_are_named() {
        let found = documents(&words(&["visibility", "public"]));
        assert!(
            found.contains(&r#"{"visibility":"public"}"#.to_owned()),
            "{found:?}"
        );
        let deep = documents(&words(&["a", "b", "true"]));
        assert!(deep.contains(&r#"{"a":{"b":true}}"#.to_owned()), "{deep:?}");
    }

    #[test]
    fn a_pattern_suggests_a_text_that_matches_it() {
        assert!(texts("template%").contains(&"templatex".to_owned()));
        assert!(texts("^(open|shut)$").contains(&"open".to_owned()));
    }
}
