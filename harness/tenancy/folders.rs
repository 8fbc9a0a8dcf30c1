//! Finds texts that are paths whose parts hold keys: files told apart by the folder that they lie in.
use super::classes::Class;
use super::facts::{Atom, Atoms, Facts};
use super::reading::{Frame, Reader};
use super::syntax::{dotted, literal, operands};
use super::{ColumnRef, Folder, KeyId};
use crate::catalog::{Catalog, Generated, Oid};
use squawk_syntax::SyntaxKind as K;
use squawk_syntax::SyntaxNode;
use std::collections::BTreeMap;

impl Reader<'_> {
    /// `(storage.foldername(name))[1]`, `(string_to_array(name, '/'))[1]`, `path_tokens[1]`: a part of a path.
    pub(super) fn index(&mut self, node: &SyntaxNode, frame: &Frame) -> Atoms {
        let parts: Vec<SyntaxNode> = operands(node).collect();
        let [base, at] = &parts[..] else {
            return self.each(node, frame);
        };
        let place = literal(at).and_then(|text| text.parse::<usize>().ok());
        let (Some(place), Some(path)) = (place, self.path(&bare(base), frame)) else {
            return self.each(node, frame);
        };
        path.into_iter().map(|atom| part_of(atom, place)).collect()
    }

    /// What an expression takes apart at its slashes.
    fn path(&mut self, node: &SyntaxNode, frame: &Frame) -> Option<Atoms> {
        if matches!(node.kind(), K::NAME_REF | K::FIELD_EXPR) {
            let atoms = self.eval(node, frame);
            let taken: Option<Atoms> = atoms
                .iter()
                .map(|atom| taken_apart(self.catalog, atom))
                .collect();
            return taken.filter(|taken| !taken.is_empty());
        }
        let name = dotted(&node.children().next()?);
        let list = node.children().find(|n| n.kind() == K::ARG_LIST)?;
        let arguments: Vec<SyntaxNode> = list.descendants().skip(1).collect();
        let slash = || {
            let mut literals = arguments.iter().filter_map(literal);
            literals.any(|text| text == "/")
        };
        let divides = match name.last().map(String::as_str) {
            Some("foldername") => true,
            Some("string_to_array" | "regexp_split_to_array") => slash(),
            _ => false,
        };
        let first = list.children().next()?;
        divides.then(|| self.each(&first, frame))
    }

    /// `name like auth.uid() || '/%'`, `starts_with(name, auth.uid() || '/')`: the path's first part is that value.
    pub(super) fn begins_with(&mut self, text: &Atoms, start: &Atoms) -> bool {
        let slash = |atom: &Atom| matches!(atom, Atom::Literal(text) if text.starts_with('/'));
        let is_text = |atom: &Atom| matches!(atom, Atom::Literal(_));
        let values: Atoms = start.iter().filter(|a| !is_text(a)).cloned().collect();
        if values.is_empty() || !start.iter().any(slash) {
            return false;
        }
        let parts: Atoms = text.iter().map(|atom| part_of(atom.clone(), 1)).collect();
        self.compare(&parts, &values);
        true
    }

    /// A policy compares a part of a path of its own relation's, or asks for literals of its own relation's.
    pub(super) fn note_parts(&mut self, left: &Atoms, right: &Atoms) {
        let Some((relation, policy)) = &mut self.policy else {
            return;
        };
        for (mine, other) in [(left, right), (right, left)] {
            for (atom, met) in mine.iter().flat_map(|a| other.iter().map(move |b| (a, b))) {
                match (atom, met) {
                    (Atom::Part { .. }, Atom::Part { .. }) => {}
                    (Atom::Part { column, at }, Atom::Literal(text)) => {
                        policy.fixed.insert((*column, *at, text.clone()));
                    }
                    (Atom::Part { column, at }, met) if column.relation == *relation => {
                        policy.parts.insert((*column, *at, met.clone()));
                    }
                    (Atom::Column(column), Atom::Literal(text)) if column.relation == *relation => {
                        policy.asked.insert((column.column, text.clone()));
                    }
                    _ => {}
                }
            }
        }
    }
}

/// The part of a column's text; anything else stands for itself.
pub(super) fn part_of(atom: Atom, at: usize) -> Atom {
    match atom {
        Atom::Column(column) => Atom::Part { column, at },
        other => other,
    }
}

/// Without parentheses and casts.
fn bare(node: &SyntaxNode) -> SyntaxNode {
    let mut at = node.clone();
    while matches!(at.kind(), K::PAREN_EXPR | K::CAST_EXPR) {
        let Some(inner) = operands(&at).next() else {
            break;
        };
        at = inner;
    }
    at
}

/// The column whose text another column of Supabase's files holds in parts: `path_tokens` is generated from `name`.
fn taken_apart(catalog: &Catalog, atom: &Atom) -> Option<Atom> {
    let Atom::Column(column) = atom else {
        return None;
    };
    let relation = catalog.relation(column.relation)?;
    let found = relation.column(column.column)?;
    let divides = found.generated == Generated::Expression && found.name == "path_tokens";
    let source = relation.columns.iter().find(|c| c.name == "name")?;
    (divides && relation.platform).then_some(Atom::Column(ColumnRef {
        relation: column.relation,
        column: source.number,
    }))
}

/// The paths of every relation. `order` says which class each key is; the tenant's key says more than the user's.
pub(super) fn folders(
    facts: &Facts,
    classes: &[Class],
    order: &[usize],
) -> BTreeMap<Oid, Vec<Folder>> {
    let mut out: BTreeMap<Oid, Vec<Folder>> = BTreeMap::new();
    for policy in facts.policies.values() {
        let mut found: BTreeMap<ColumnRef, BTreeMap<usize, KeyId>> = BTreeMap::new();
        for (column, at, met) in &policy.parts {
            let Some(key) = key_of(classes, order, met) else {
                continue;
            };
            let parts = found.entry(*column).or_default();
            let known = parts.entry(*at).or_insert(key);
            *known = key.min(*known);
        }
        for (column, parts) in found {
            let mut asked: BTreeMap<i16, Vec<String>> = BTreeMap::new();
            let others = policy.asked.iter().filter(|(n, _)| *n != column.column);
            for (number, text) in others {
                asked.entry(*number).or_default().push(text.clone());
            }
            let folders = out.entry(column.relation).or_default();
            let mut fixed: BTreeMap<usize, String> = BTreeMap::new();
            for (_, at, text) in policy.fixed.iter().filter(|(of, ..)| *of == column) {
                fixed.entry(*at).or_insert(text.clone());
            }
            let same = |folder: &&mut Folder| {
                (folder.column, &folder.asked, &folder.fixed) == (column.column, &asked, &fixed)
            };
            match folders.iter_mut().find(same) {
                Some(folder) => {
                    for (at, key) in parts {
                        folder.parts.entry(at).or_insert(key);
                    }
                }
                None => folders.push(Folder {
                    column: column.column,
                    asked,
                    fixed,
                    parts,
                }),
            }
        }
    }
    // What asks for most says most.
    for folders in out.values_mut() {
        folders.sort_by_key(|folder| std::cmp::Reverse(folder.asked.len() + folder.fixed.len()));
    }
    out
}

fn key_of(classes: &[Class], order: &[usize], met: &Atom) -> Option<KeyId> {
    let holds = |class: &Class| match met {
        Atom::Column(column) => class.columns.contains(column),
        Atom::Claim { setting, path } => class.claims.contains(&(setting.clone(), path.clone())),
        _ => false,
    };
    order
        .iter()
        .position(|&class| holds(&classes[class]))
        .map(KeyId)
}
