//! Views that take writes, as the tables that they stand for: which column writes to which, and how a row looks through them.
use super::scene::Scene;
use crate::catalog::{Column, Generated, Oid, Relation, RelationKind};
use crate::world::TrueRow;
use std::collections::BTreeMap;

/// A view with the owned table that most of its columns show.
pub(super) struct Projection<'a> {
    /// The view with none but the columns that show the table's, keys and defaults as the table has them.
    pub view: Relation,
    pub base: &'a Relation,
    /// Numbers of the table's columns to those of the view's.
    numbers: BTreeMap<i16, i16>,
}

/// Views that let callers do this with owned rows.
pub(super) fn projections<'a>(
    scene: &Scene<'a>,
    takes: fn((bool, bool, bool)) -> bool,
) -> Vec<Projection<'a>> {
    let views = scene
        .catalog
        .relations
        .iter()
        .filter(|r| r.kind == RelationKind::View && takes(r.updatable));
    views.filter_map(|view| projection(scene, view)).collect()
}

/// The table behind a view, if one stands behind it.
pub(super) fn projection<'a>(scene: &Scene<'a>, view: &Relation) -> Option<Projection<'a>> {
    let mut tables: BTreeMap<Oid, Vec<(&Column, i16)>> = BTreeMap::new();
    for column in &view.columns {
        let here = scene.column_ref(view.oid, column.number);
        if let Some(there) = scene.tenancy.shown.get(&here)
            && scene.is_owned(there.relation)
        {
            let shown = tables.entry(there.relation).or_default();
            shown.push((column, there.column));
        }
    }
    let (oid, shown) = tables
        .into_iter()
        .max_by_key(|(oid, shown)| (shown.len(), std::cmp::Reverse(*oid)))?;
    let base = scene.relation(oid)?;
    let mut numbers = BTreeMap::new();
    let mut columns = Vec::new();
    for (column, there) in shown {
        let found = base.columns.iter().find(|c| c.number == there)?;
        numbers.entry(there).or_insert(column.number);
        columns.push(Column {
            number: column.number,
            name: column.name.clone(),
            ..found.clone()
        });
    }
    let key = base.primary_key.iter().map(|n| numbers.get(n).copied());
    let view = Relation {
        columns,
        primary_key: key.collect::<Option<Vec<i16>>>().unwrap_or_default(),
        ..view.clone()
    };
    Some(Projection {
        view,
        base,
        numbers,
    })
}

impl Projection<'_> {
    /// Whether an insert can give the table a whole row: the view shows what must be given, or a trigger writes the row.
    pub fn takes_rows(&self) -> bool {
        let given = |column: &Column| {
            self.numbers.contains_key(&column.number)
                || !column.not_null
                || column.default.is_some()
                || column.generated != Generated::No
        };
        self.base.columns.iter().all(given) || !self.view.triggers.is_empty()
    }

    /// A row of the table as the view shows it.
    pub fn row(&self, scene: &Scene, row: &TrueRow) -> TrueRow {
        let there = |column: &Column| {
            let mut pairs = self.numbers.iter();
            let number = pairs.find(|(_, here)| **here == column.number)?.0;
            scene.value(self.base, row, *number).map(str::to_owned)
        };
        TrueRow {
            values: self.view.columns.iter().map(there).collect(),
            ..row.clone()
        }
    }

    /// Values of the table's columns as values of the view's; those that it does not show are left out.
    pub fn values(&self, values: &BTreeMap<i16, String>) -> BTreeMap<i16, String> {
        let here =
            |(number, value): (&i16, &String)| Some((*self.numbers.get(number)?, value.clone()));
        values.iter().filter_map(here).collect()
    }
}
