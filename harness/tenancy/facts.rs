//! What expressions compare with what: the facts that tenancy is inferred from.
use super::{ColumnRef, ListShape};
use crate::catalog::Oid;
use std::collections::{BTreeMap, BTreeSet};

/// Something that holds a value: where a comparison's side comes from.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Atom {
    Column(ColumnRef),
    /// A setting of the session, or the value at a path inside a JSON setting.
    Claim {
        setting: String,
        path: Vec<String>,
    },
    /// `current_user` and its kin.
    CurrentRole,
    /// An argument of a function, by position among the passed arguments, or the value at a path inside of its document.
    Argument {
        function: Oid,
        position: usize,
        path: Vec<String>,
    },
    Literal(String),
    /// A part of a column's text, between slashes, counted from one.
    Part {
        column: ColumnRef,
        at: usize,
    },
}

/// The values that an expression may give.
pub type Atoms = BTreeSet<Atom>;

/// Everything learned from policies, views, functions and triggers.
#[derive(Debug, Clone, Default)]
pub struct Facts {
    /// Pairs that are compared for equality, neither side a literal.
    pub equal: BTreeSet<(Atom, Atom)>,
    /// Claims that one expression falls back between: `coalesce(a, b)`.
    pub alternatives: BTreeSet<(Atom, Atom)>,
    /// Literals that an atom is compared with.
    pub literals: BTreeMap<Atom, BTreeSet<String>>,
    /// Claims that are read anywhere, compared or not.
    pub claims: BTreeSet<(String, Vec<String>)>,
    /// Claims that are taken apart as lists of values, and how such a list is written.
    pub lists: BTreeMap<(String, Vec<String>), ListShape>,
    /// Functions of the schema in whose body a claim is read.
    pub readers: BTreeMap<(String, Vec<String>), BTreeSet<Oid>>,
    /// Columns of a written row, each with a column of another table that a trigger compares it with.
    pub triggered: BTreeSet<(ColumnRef, ColumnRef)>,
    /// Relations that policies look the caller up in.
    pub lookups: BTreeSet<Oid>,
    /// Per policy: what it compares and reads by itself.
    pub policies: BTreeMap<Oid, PolicyFacts>,
}

/// What one policy, with all that it calls, does.
#[derive(Debug, Clone, Default)]
pub struct PolicyFacts {
    pub claims: BTreeSet<(String, Vec<String>)>,
    /// Columns of the policy's own relation that are compared with the caller or with a looked-up row.
    pub compared: BTreeSet<ColumnRef>,
    pub reads_current_role: bool,
    /// Columns of any relation that are compared with the caller or with another column.
    pub met: BTreeSet<ColumnRef>,
    /// Pairs of columns that are compared with each other, each pair in both directions.
    pub linked: BTreeSet<(ColumnRef, ColumnRef)>,
    /// Parts of paths in the policy's own relation, by column and place, with what each is compared with.
    pub parts: BTreeSet<(ColumnRef, usize, Atom)>,
    /// Parts of paths that are compared with a literal.
    pub fixed: BTreeSet<(ColumnRef, usize, String)>,
    /// Literals that columns of the policy's own relation are compared with.
    pub asked: BTreeSet<(i16, String)>,
    /// Functions of the schema in which the policy reads a claim.
    pub readers: BTreeSet<Oid>,
}

impl Facts {
    /// Records that the claims among these atoms hold lists.
    pub fn list(&mut self, atoms: &Atoms, shape: ListShape) {
        for atom in atoms {
            if let Atom::Claim { setting, path } = atom {
                let claim = (setting.clone(), path.clone());
                self.lists.insert(claim, shape);
            }
        }
    }

    /// Records that the claims among these atoms are compared with this literal.
    pub fn flag(&mut self, atoms: &Atoms, literal: &str) {
        for atom in atoms.iter().filter(|a| matches!(a, Atom::Claim { .. })) {
            let known = self.literals.entry(atom.clone()).or_default();
            known.insert(literal.to_owned());
        }
    }

    /// Records that two expressions are compared for equality.
    pub fn compare(&mut self, left: &Atoms, right: &Atoms) {
        for side in [left, right] {
            let claims: Vec<&Atom> = side
                .iter()
                .filter(|atom| matches!(atom, Atom::Claim { .. }))
                .collect();
            for pair in claims.windows(2) {
                self.alternatives.insert((pair[0].clone(), pair[1].clone()));
            }
        }
        for a in left {
            for b in right {
                match (a, b) {
                    (Atom::Literal(_), Atom::Literal(_)) => {}
                    // A part of a text is another value than the text, and no column of a key.
                    (Atom::Part { .. }, _) | (_, Atom::Part { .. }) => {}
                    (Atom::Literal(text), other) | (other, Atom::Literal(text)) => {
                        self.literals
                            .entry(other.clone())
                            .or_default()
                            .insert(text.clone());
                    }
                    _ if a == b => {}
                    _ => {
                        let pair = if a < b {
                            (a.clone(), b.clone())
                        } else {
                            (b.clone(), a.clone())
                        };
                        self.equal.insert(pair);
                    }
                }
            }
        }
    }
}
