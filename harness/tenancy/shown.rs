//! Follows the columns of views to the columns of tables that they show.
use super::ColumnRef;
use super::facts::Atom;
use super::reading::{Frame, Reader};
use super::syntax::{operands, statements};
use crate::catalog::{Catalog, Relation, RelationKind};
use squawk_syntax::SyntaxKind as K;
use squawk_syntax::SyntaxNode;
use std::collections::BTreeMap;

/// How many views may stand on each other.
const DEPTH: usize = 16;

/// For each column of a view that shows a column of a table as it is: that column.
pub(super) fn shown(catalog: &Catalog) -> BTreeMap<ColumnRef, ColumnRef> {
    let views = catalog
        .relations
        .iter()
        .filter(|relation| relation.kind == RelationKind::View);
    let mut reader = Reader::new(catalog);
    let direct: BTreeMap<ColumnRef, ColumnRef> =
        views.flat_map(|view| columns(&mut reader, view)).collect();
    let is_view = |column: &ColumnRef| {
        let mut relations = catalog.relations.iter();
        relations.any(|r| r.oid == column.relation && r.kind == RelationKind::View)
    };
    let bottom = |mut column: ColumnRef| {
        for _ in 0..DEPTH {
            match direct.get(&column) {
                Some(next) => column = *next,
                None => break,
            }
        }
        column
    };
    let all = direct.iter().map(|(here, there)| (*here, bottom(*there)));
    all.filter(|(_, there)| !is_view(there)).collect()
}

fn columns(reader: &mut Reader, view: &Relation) -> Vec<(ColumnRef, ColumnRef)> {
    let tree = statements(view.definition.as_deref().unwrap_or_default());
    // Set operations show one column of each side: no row is written through them.
    let Some(select) = tree.children().find(|node| node.kind() == K::SELECT) else {
        return Vec::new();
    };
    let frame = Frame {
        sources: Vec::new(),
        outer: None,
        routine: None,
    };
    let held = reader.columns_of(&select, &frame);
    let plain: Vec<bool> = targets(&select).map(|target| is_name(&target)).collect();
    // PostgreSQL prints a view's columns one by one and in their order, never as a star.
    if held.len() != view.columns.len() || plain.len() != held.len() {
        return Vec::new();
    }
    let each = view.columns.iter().zip(held).zip(plain);
    each.filter_map(|((column, (_, atoms)), plain)| {
        let mut atoms = atoms.into_iter();
        match (atoms.next(), atoms.next(), plain) {
            (Some(Atom::Column(there)), None, true) => {
                let here = ColumnRef {
                    relation: view.oid,
                    column: column.number,
                };
                Some((here, there))
            }
            _ => None,
        }
    })
    .collect()
}

fn targets(select: &SyntaxNode) -> impl Iterator<Item = SyntaxNode> + use<> {
    select
        .children()
        .filter(|node| node.kind() == K::SELECT_CLAUSE)
        .flat_map(|node| node.children())
        .filter(|node| node.kind() == K::TARGET_LIST)
        .flat_map(|node| node.children())
        .filter(|node| node.kind() == K::TARGET)
}

/// A column by itself, without anything computed of it.
fn is_name(target: &SyntaxNode) -> bool {
    let expression = operands(target).next();
    expression.is_some_and(|node| matches!(node.kind(), K::NAME_REF | K::FIELD_EXPR))
}
