//! Keeps generated rows apart where the schema's unique keys demand it.
use super::people::People;
use super::plan::{Part, Plan, Table, Unique};
use crate::catalog::Oid;
use std::collections::{BTreeMap, BTreeSet};

/// The keys that are taken, per relation and unique key.
#[derive(Debug, Default)]
pub struct Uniques {
    taken: BTreeMap<(Oid, usize), BTreeSet<Vec<Option<String>>>>,
}

impl Uniques {
    /// Rows that the migrations left have taken theirs, but for the tenants among them that are also the world's: those get
    /// the world's values.
    pub fn new(plan: &Plan, people: &People) -> Uniques {
        let mut uniques = Uniques::default();
        for table in &plan.tables {
            let is_ours = |row: &&BTreeMap<i16, Option<String>>| {
                let keyed = table
                    .columns
                    .iter()
                    .filter_map(|c| Some((c.number, c.key?)));
                table.part == Part::Tenants
                    && keyed.into_iter().any(|(number, key)| {
                        let value = row.get(&number).and_then(Option::as_ref);
                        let mut tenants = people.tenants.iter();
                        value.is_some() && tenants.any(|t| t.keys.get(&key) == value)
                    })
            };
            let existing = plan.existing.get(&table.relation).into_iter().flatten();
            for row in existing.filter(|row| !is_ours(row)) {
                for (index, unique) in table.uniques.iter().enumerate() {
                    if unique.predicate.is_none() {
                        let taken = uniques.taken.entry((table.relation, index)).or_default();
                        taken.extend(key(unique, row));
                    }
                }
            }
        }
        uniques
    }

    /// Takes the keys of a row, or names the columns of a key that is taken already.
    pub fn claim(
        &mut self,
        table: &Table,
        values: &BTreeMap<i16, Option<String>>,
        sources: &[usize],
    ) -> Result<(), Vec<i16>> {
        let mut claims = Vec::new();
        for (index, unique) in table.uniques.iter().enumerate() {
            if !applies(unique, sources) {
                continue;
            }
            let Some(key) = key(unique, values) else {
                continue;
            };
            let place = (table.relation, index);
            if self
                .taken
                .get(&place)
                .is_some_and(|taken| taken.contains(&key))
            {
                return Err(unique.columns.clone());
            }
            claims.push((place, key));
        }
        for (place, key) in claims {
            self.taken.entry(place).or_default().insert(key);
        }
        Ok(())
    }
}

/// Does the key bind a row of these sources? A predicate that nobody could answer is left to the database.
fn applies(unique: &Unique, sources: &[usize]) -> bool {
    match (&unique.predicate, &unique.applies) {
        (None, _) => true,
        (Some(predicate), Some(holds)) => {
            let tuple: Vec<usize> = predicate.columns.iter().map(|&c| sources[c]).collect();
            holds.contains(&tuple)
        }
        (Some(_), None) => false,
    }
}

/// The values that must be unique; `None` when NULL or a missing value frees the row. Letter case does not count, as
/// the key may be over `lower(…)`.
fn key(unique: &Unique, values: &BTreeMap<i16, Option<String>>) -> Option<Vec<Option<String>>> {
    let mut key = Vec::with_capacity(unique.columns.len());
    for column in &unique.columns {
        let value = values.get(column)?;
        if value.is_none() && !unique.nulls_not_distinct {
            return None;
        }
        key.push(value.as_ref().map(|text| text.to_lowercase()));
    }
    Some(key)
}
