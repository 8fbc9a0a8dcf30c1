//! Tells what triggers look for: columns of a written row that are compared with columns of other tables.
use super::facts::{Atom, Atoms};
use super::reading::Reader;
use crate::catalog::Oid;

impl Reader<'_> {
    /// A trigger compares a column of the row that is written with one of another table.
    pub(super) fn looked_for(&mut self, written: Oid, left: &Atoms, right: &Atoms) {
        for (mine, other) in [(left, right), (right, left)] {
            for atom in mine {
                let Atom::Column(column) = atom else { continue };
                let others = other.iter().filter_map(|atom| match atom {
                    Atom::Column(other) if other.relation != written => Some(*other),
                    _ => None,
                });
                if column.relation == written {
                    let pairs = others.map(|other| (*column, other));
                    self.facts.triggered.extend(pairs);
                }
            }
        }
    }
}
