//! Knows the user where no policy asks for one: a platform whose function gives the caller's key says whose row of its own
//! table that is.
use super::facts::{Atom, Facts};
use super::reading::Reader;
use crate::catalog::{Catalog, Function, Relation};

/// Adds what the platform's function says of the caller, when nothing in the schema compares that claim and its tables
/// refer to the platform's people all the same: policies may ask for the tenant in the token and for nothing else.
pub(super) fn add_caller(catalog: &Catalog, facts: &mut Facts) {
    for function in catalog.functions.iter().filter(|f| gives_key(f)) {
        for people in catalog.relations.iter().filter(|r| r.platform) {
            if let Some(said) = said(catalog, function, people)
                && !said.claims.iter().any(|claim| is_compared(facts, claim))
            {
                facts.equal.extend(said.equal);
                facts.alternatives.extend(said.alternatives);
                facts.claims.extend(said.claims);
            }
        }
    }
}

/// A function of the platform that takes nothing and gives one value.
fn gives_key(function: &Function) -> bool {
    function.platform && function.arguments.is_empty() && !function.returns_set
}

/// What the comparison of the function with the table's key says, where tables of the application refer to that key.
fn said(catalog: &Catalog, function: &Function, people: &Relation) -> Option<Facts> {
    let [number] = people.primary_key.as_slice() else {
        return None;
    };
    let key = people.columns.iter().find(|c| c.number == *number)?;
    let own = || catalog.relations.iter().filter(|r| !r.platform);
    let refers = own().any(|r| r.foreign_keys.iter().any(|key| key.target == people.oid));
    if !refers || function.schema != people.schema || function.returns != key.type_name {
        return None;
    }
    let mut reader = Reader::new(catalog);
    let call = crate::sql::qualified(&function.schema, &function.name);
    let column = crate::sql::identifier(&key.name);
    reader.expression(&format!("{call}() = {column}"), people.oid);
    Some(reader.facts)
}

fn is_compared(facts: &Facts, (setting, path): &(String, Vec<String>)) -> bool {
    let claim = Atom::Claim {
        setting: setting.clone(),
        path: path.clone(),
    };
    facts.equal.iter().any(|(a, b)| *a == claim || *b == claim)
}
