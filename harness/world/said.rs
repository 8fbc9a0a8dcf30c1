//! Gathers what policies, functions, views, triggers and partial indexes say of each table's columns.
use super::literals::{Mention, mentions, names};
use crate::catalog::{Catalog, Oid, Relation};
use std::collections::{BTreeMap, BTreeSet};

/// What is said of one table.
#[derive(Debug, Clone, Default)]
pub struct Said {
    /// By column name, each mention once, in order of appearance.
    pub mentions: BTreeMap<String, Vec<Mention>>,
    /// Those of policies and views, which decide what a caller sees.
    ruling: BTreeMap<String, Vec<Mention>>,
    /// Names that occur in texts about the table.
    pub names: BTreeSet<String>,
}

impl Said {
    pub fn of(&self, column: &str) -> &[Mention] {
        self.mentions.get(column).map_or(&[], Vec::as_slice)
    }

    /// Literals that policies and views compare the column with.
    pub fn ruling(&self, column: &str) -> impl Iterator<Item = &str> {
        let of = self.ruling.get(column).map_or(&[][..], Vec::as_slice);
        of.iter().filter_map(|mention| match mention {
            Mention::Literal(text) => Some(text.as_str()),
            _ => None,
        })
    }

    /// Whether a policy or a view asks whether the column is NULL.
    pub fn asks_for_null(&self, column: &str) -> bool {
        let of = self.ruling.get(column).map_or(&[][..], Vec::as_slice);
        of.contains(&Mention::IsNull)
    }

    /// Literals that anything compares the column with.
    pub fn literals(&self, column: &str) -> impl Iterator<Item = &str> {
        self.of(column).iter().filter_map(|mention| match mention {
            Mention::Literal(text) => Some(text.as_str()),
            _ => None,
        })
    }

    fn hear(&mut self, text: &Text) {
        for (column, mention) in &text.mentions {
            let known = self.mentions.entry(column.clone()).or_default();
            if !known.contains(mention) {
                known.push(mention.clone());
            }
            if text.rules {
                self.ruling
                    .entry(column.clone())
                    .or_default()
                    .push(mention.clone());
            }
        }
        self.names.extend(text.names.iter().cloned());
    }
}

struct Text {
    /// Decides what a caller sees.
    rules: bool,
    mentions: Vec<(String, Mention)>,
    names: BTreeSet<String>,
}

impl Text {
    fn read(sql: &str, rules: bool) -> Text {
        Text {
            rules,
            mentions: mentions(sql),
            names: names(sql).into_iter().collect(),
        }
    }
}

/// What is said of every relation: a text speaks of the relation it is attached to and of every relation that it names.
pub fn said(catalog: &Catalog) -> BTreeMap<Oid, Said> {
    let mut heard: BTreeMap<Oid, Said> = BTreeMap::new();
    let mut hear = |text: &Text, attached: &[Oid]| {
        for relation in &catalog.relations {
            if attached.contains(&relation.oid) || text.names.contains(&relation.name) {
                heard.entry(relation.oid).or_default().hear(text);
            }
        }
    };
    for relation in &catalog.relations {
        for sql in texts_of(relation) {
            hear(&Text::read(sql, true), &[relation.oid]);
        }
    }
    for function in &catalog.functions {
        let attached: Vec<Oid> = catalog
            .relations
            .iter()
            .filter(|r| r.triggers.iter().any(|t| t.function == function.oid))
            .map(|r| r.oid)
            .collect();
        hear(&Text::read(&function.body, false), &attached);
    }
    heard
}

fn texts_of(relation: &Relation) -> impl Iterator<Item = &str> {
    let policies = relation
        .policies
        .iter()
        .flat_map(|p| [p.using.as_deref(), p.check.as_deref()])
        .flatten();
    let triggers = relation.triggers.iter().map(|t| t.definition.as_str());
    let predicates = relation
        .uniques
        .iter()
        .filter_map(|u| u.predicate.as_deref());
    policies
        .chain(triggers)
        .chain(predicates)
        .chain(relation.definition.as_deref())
}
