//! Finds whose data a text holds: an index from distinctive values to the row that they come from.
use super::kind::Kind;
use super::model::{TenantId, Truth, UserId};
use super::moment;
use super::token::is_token;
use crate::catalog::{Catalog, Oid};
use std::collections::HashMap;
use std::collections::hash_map::Entry;

/// Where a value comes from.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Trace {
    pub tenant: TenantId,
    pub user: Option<UserId>,
    pub relation: Oid,
    /// Index into `Truth::tables[relation]`.
    pub row: usize,
    pub column: i16,
}

/// Values that occur in rows of one tenant only and that nothing else makes by chance.
#[derive(Debug, Clone, Default)]
pub struct Traces {
    /// `None` for a value that occurs in rows of several tenants, or in rows of nobody.
    index: HashMap<Box<str>, Option<Trace>>,
}

impl Traces {
    pub fn new(catalog: &Catalog, truth: &Truth) -> Traces {
        let mut traces = Traces::default();
        // The first place where a value is heard is where it leads: a key to its own row, and not to one that refers to it.
        traces.hear_all(catalog, truth, false);
        traces.hear_all(catalog, truth, true);
        traces.index.retain(|_, trace| trace.is_some());
        traces
    }

    /// Hears the values of all columns that refer to other rows, or of all that do not.
    fn hear_all(&mut self, catalog: &Catalog, truth: &Truth, referring: bool) {
        for relation in &catalog.relations {
            let refers = |number: i16| {
                let mut keys = relation.foreign_keys.iter();
                keys.any(|key| key.columns.contains(&number))
            };
            let kinds: Vec<Kind> = relation
                .columns
                .iter()
                .map(|c| Kind::of(catalog, c))
                .collect();
            let rows = truth.tables.get(&relation.oid).into_iter().flatten();
            for (at, row) in rows.enumerate() {
                for ((column, kind), value) in relation.columns.iter().zip(&kinds).zip(&row.values)
                {
                    let Some(text) = value else { continue };
                    if refers(column.number) != referring {
                        continue;
                    }
                    let trace = row.tenant.map(|tenant| Trace {
                        tenant,
                        user: row.user,
                        relation: relation.oid,
                        row: at,
                        column: column.number,
                    });
                    self.hear(kind, text, trace);
                }
            }
        }
    }

    fn hear(&mut self, kind: &Kind, text: &str, trace: Option<Trace>) {
        let time = kind.is_time() || matches!(kind, Kind::Range { of, .. } if of.is_time());
        if time {
            let bare = text.trim_start_matches(['[', '(', '"']);
            if moment::is_ours(bare) {
                self.put(text, trace);
            }
            return;
        }
        if matches!(
            kind,
            Kind::Enum(_) | Kind::Bool | Kind::Time { .. } | Kind::Interval
        ) {
            return;
        }
        if is_distinctive(text) {
            self.put(text, trace);
        }
        for word in words(text).filter(|word| word.len() < text.len() && is_distinctive(word)) {
            self.put(word, trace);
        }
    }

    fn put(&mut self, text: &str, trace: Option<Trace>) {
        match self.index.entry(text.into()) {
            Entry::Vacant(place) => {
                place.insert(trace);
            }
            Entry::Occupied(mut place) => {
                if place.get().map(|known| known.tenant) != trace.map(|new| new.tenant) {
                    place.insert(None);
                }
            }
        }
    }

    /// Traces of the whole text and of each of its words.
    pub fn find<'t>(&'t self, text: &'t str) -> impl Iterator<Item = &'t Trace> {
        let parts = words(text).filter(|word| word.len() < text.len());
        std::iter::once(text)
            .chain(parts)
            .filter_map(|part| self.index.get(part)?.as_ref())
    }

    /// How many values can be traced.
    pub fn len(&self) -> usize {
        self.index.len()
    }

    pub fn is_empty(&self) -> bool {
        self.index.is_empty()
    }
}

/// Words of a text, each as a whole and cut at its punctuation, so that `jo.wtb3k7q2z@example.com` gives the address,
/// and the token.
fn words(text: &str) -> impl Iterator<Item = &str> {
    let part = |c: char| c.is_ascii_alphanumeric() || "-_.@+".contains(c);
    text.split(move |c| !part(c))
        .filter(|word| !word.is_empty())
        .flat_map(|word| {
            let whole = word.trim_matches(['.', '-', '+']);
            let inner = whole
                .split(['.', '@', '+', '_'])
                .filter(move |i| i.len() < whole.len());
            // Dashes hold uuids together; only a token is looked for between them.
            let dashed = whole.split(['-', '.', '@', '+', '_']);
            let tokens = dashed.filter(move |i| i.len() < whole.len() && is_token(i));
            std::iter::once(whole).chain(inner).chain(tokens)
        })
}

/// A value that does not occur by chance: a token, or long enough and with a digit. Numbers need seven digits.
fn is_distinctive(text: &str) -> bool {
    if is_token(text) {
        return true;
    }
    let digits = text.bytes().filter(u8::is_ascii_digit).count();
    let letters = text.bytes().filter(u8::is_ascii_alphabetic).count();
    match letters {
        0 => digits >= 7 && !text.contains(':'),
        _ => digits > 0 && text.len() >= 7,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tokens_are_found_inside_json_addresses_and_messages() {
        for text in [
            r#"{"note": "wtb3k7q2z lorem"}"#,
            "jo.wtb3k7q2z@example.com",
            "smith-wtb3k7q2z",
            "Key (slug)=(wtb3k7q2z) already exists.",
            "(1,\"a wtb3k7q2z\")",
            "x_wtb3k7q2z",
        ] {
            assert!(words(text).any(|word| word == "wtb3k7q2z"), "{text}");
        }
    }

    #[test]
    fn uuids_stay_whole_and_plain_words_are_nobodys() {
        let uuid = "7f9c24e8-3b12-4fef-91e0-5d7a2b1c0d4e";
        assert!(words(uuid).any(|word| word == uuid));
        assert!(is_distinctive(uuid));
        assert!(is_distinctive("200000123"));
        for plain in [
            "authenticated",
            "12",
            "permission",
            "2024",
            "10:00:00",
            "t",
            "active",
        ] {
            assert!(!is_distinctive(plain), "{plain}");
        }
    }
}
