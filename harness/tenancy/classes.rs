//! Groups columns and claims that hold the same kind of identifying value.
use super::ColumnRef;
use super::facts::{Atom, Facts};
use crate::catalog::{Catalog, Relation};
use std::collections::{BTreeMap, BTreeSet};

/// A group of columns and claims that are compared with each other or refer to each other.
#[derive(Debug, Clone, Default)]
pub struct Class {
    pub columns: BTreeSet<ColumnRef>,
    pub claims: BTreeSet<(String, Vec<String>)>,
    pub current_role: bool,
    /// Arguments of functions that are compared with it.
    pub arguments: BTreeSet<(u32, usize)>,
    /// Values inside of arguments that are documents: function, position, path.
    pub fields: BTreeSet<(u32, usize, Vec<String>)>,
    /// Columns that foreign keys lead to and that lead nowhere themselves, the most referenced first.
    pub roots: Vec<ColumnRef>,
}

impl Class {
    pub fn identifies(&self) -> bool {
        !self.claims.is_empty() || self.current_role
    }
}

/// Disjoint sets over atoms.
#[derive(Default)]
struct Sets {
    parent: BTreeMap<Atom, Atom>,
    classes: BTreeMap<Atom, Class>,
}

impl Sets {
    fn find(&mut self, atom: &Atom) -> Atom {
        let mut at = atom.clone();
        while let Some(up) = self.parent.get(&at) {
            at = up.clone();
        }
        self.classes
            .entry(at.clone())
            .or_insert_with(|| Class::of(&at));
        at
    }

    fn join(&mut self, a: &Atom, b: &Atom) {
        let (a, b) = (self.find(a), self.find(b));
        if a == b {
            return;
        }
        let gone = self.classes.remove(&b).unwrap_or_default();
        let kept = self.classes.entry(a.clone()).or_default();
        kept.columns.extend(gone.columns);
        kept.claims.extend(gone.claims);
        kept.arguments.extend(gone.arguments);
        kept.fields.extend(gone.fields);
        kept.current_role |= gone.current_role;
        for root in gone.roots {
            if !kept.roots.contains(&root) {
                kept.roots.push(root);
            }
        }
        self.parent.insert(b, a);
    }

    /// A column that is compared both with a user's and with a tenant's key (`owner_id = uid or owner_id = org`) must
    /// not make the two keys one: classes that lead to different tables and know different claims stay apart.
    fn may_join(&mut self, a: &Atom, b: &Atom) -> bool {
        let (a, b) = (self.find(a), self.find(b));
        let (left, right) = (&self.classes[&a], &self.classes[&b]);
        let both_lead = !left.roots.is_empty()
            && !right.roots.is_empty()
            && left.roots.iter().all(|root| !right.roots.contains(root));
        let by_claim = left.columns.is_empty() || right.columns.is_empty();
        let both_claimed = left.identifies() && right.identifies();
        if both_claimed {
            !both_lead && left.claims.iter().any(|c| right.claims.contains(c))
        } else {
            by_claim || !both_lead
        }
    }
}

impl Class {
    fn of(atom: &Atom) -> Class {
        let mut class = Class::default();
        match atom {
            Atom::Column(column) => {
                class.columns.insert(*column);
            }
            Atom::Claim { setting, path } => {
                class.claims.insert((setting.clone(), path.clone()));
            }
            Atom::CurrentRole => class.current_role = true,
            Atom::Argument {
                function,
                position,
                path,
            } if path.is_empty() => {
                class.arguments.insert((*function, *position));
            }
            Atom::Argument {
                function,
                position,
                path,
            } => {
                let field = (*function, *position, path.clone());
                class.fields.insert(field);
            }
            Atom::Literal(_) | Atom::Part { .. } => {}
        }
        class
    }
}

/// All classes with more than one member, in a stable order.
pub fn classes(catalog: &Catalog, facts: &Facts) -> Vec<Class> {
    let mut sets = Sets::default();
    join_foreign_keys(catalog, &mut sets);
    join_alternatives(facts, &mut sets);
    // Claims meet columns before columns meet columns, so that each key is known by its claim when it matters.
    let (claimed, plain): (Vec<_>, Vec<_>) = facts
        .equal
        .iter()
        .partition(|(a, b)| !matches!((a, b), (Atom::Column(_), Atom::Column(_))));
    let strays = super::strays::strays(catalog, facts);
    let is_stray = |a: &Atom, b: &Atom| match (a, b) {
        (Atom::Column(column), claim) | (claim, Atom::Column(column)) => {
            strays.contains(&(claim.clone(), *column))
        }
        _ => false,
    };
    // What a caller writes itself names a key only where nothing signed does.
    let (headers, signed): (Vec<_>, Vec<_>) = claimed
        .into_iter()
        .partition(|(a, b)| [a, b].into_iter().any(is_from_header));
    for (a, b) in signed.into_iter().chain(headers).chain(plain) {
        if same_type(catalog, a, b) && !is_stray(a, b) && sets.may_join(a, b) {
            sets.join(a, b);
        }
    }
    sets.classes
        .into_values()
        .filter(|class| {
            class.columns.len()
                + class.claims.len()
                + class.arguments.len()
                + class.fields.len()
                + usize::from(class.current_role)
                > 1
        })
        .collect()
}

fn is_from_header(atom: &Atom) -> bool {
    matches!(atom, Atom::Claim { setting, .. } if super::headers::is_header(setting))
}

fn join_foreign_keys(catalog: &Catalog, sets: &mut Sets) {
    let mut referenced: BTreeMap<ColumnRef, usize> = BTreeMap::new();
    let mut referring: BTreeSet<ColumnRef> = BTreeSet::new();
    for relation in &catalog.relations {
        for key in &relation.foreign_keys {
            for (column, target) in key.columns.iter().zip(&key.target_columns) {
                let from = ColumnRef {
                    relation: relation.oid,
                    column: *column,
                };
                let to = ColumnRef {
                    relation: key.target,
                    column: *target,
                };
                if from == to || key.target == relation.oid {
                    continue;
                }
                sets.join(&Atom::Column(to), &Atom::Column(from));
                referring.insert(from);
                *referenced.entry(to).or_default() += 1;
            }
        }
    }
    let mut roots: Vec<(ColumnRef, usize)> = referenced
        .into_iter()
        .filter(|(column, _)| !referring.contains(column))
        .collect();
    roots.sort_by_key(|(column, count)| (std::cmp::Reverse(*count), *column));
    for (root, _) in roots {
        let top = sets.find(&Atom::Column(root));
        if let Some(class) = sets.classes.get_mut(&top) {
            class.roots.push(root);
        }
    }
}

/// Two claims that one expression falls back between (`coalesce(a, b)`) hold the same kind of value.
fn join_alternatives(facts: &Facts, sets: &mut Sets) {
    for (a, b) in &facts.alternatives {
        sets.join(a, b);
    }
}

/// Columns of different types cannot hold the same key; the types of claims are those of what they are compared with.
fn same_type(catalog: &Catalog, a: &Atom, b: &Atom) -> bool {
    let of = |atom: &Atom| match atom {
        Atom::Column(column) => column_type(catalog, *column),
        _ => None,
    };
    match (of(a), of(b)) {
        (Some(left), Some(right)) => {
            left == right
                || (is_text(&left) && is_text(&right))
                || (is_integer(&left) && is_integer(&right))
        }
        (Some(one), None) | (None, Some(one)) => one != "boolean",
        (None, None) => true,
    }
}

pub fn column_type(catalog: &Catalog, column: ColumnRef) -> Option<String> {
    let relation: &Relation = catalog
        .relations
        .iter()
        .find(|r| r.oid == column.relation)?;
    let found = relation
        .columns
        .iter()
        .find(|c| c.number == column.column)?;
    Some(
        found
            .type_name
            .split('(')
            .next()
            .unwrap_or_default()
            .trim_end_matches("[]")
            .trim()
            .to_owned(),
    )
}

fn is_text(name: &str) -> bool {
    matches!(
        name,
        "text" | "character varying" | "character" | "citext" | "name"
    )
}

fn is_integer(name: &str) -> bool {
    matches!(name, "bigint" | "integer" | "smallint")
}
