//! The other world: what one tenant's private data would have to be for everything else to stay as it is. Pure.
use super::kind::Kind;
use super::model::{Row, TenantId, TrueRow, Truth, World};
use crate::catalog::{Catalog, Generated, Oid, Relation, RelationKind};
use crate::tenancy::{ColumnRef, Tenancy};
use std::collections::{BTreeMap, BTreeSet};

/// One row of the tenant that is otherwise in the other world.
#[derive(Debug, Clone, PartialEq)]
pub struct Edit {
    pub relation: Oid,
    pub ctid: String,
    pub kind: EditKind,
}

/// New values are by column number.
#[derive(Debug, Clone, PartialEq)]
pub enum EditKind {
    Update(BTreeMap<i16, Option<String>>),
    Remove,
    /// Taken out and written again, so that what triggers add up on INSERT differs as well.
    Rewrite(BTreeMap<i16, Option<String>>),
}

/// How many rows of one table are missing in the other world: enough to meet the states that a partial index asks for.
const MISSING: usize = 4;

/// The rows of the tenant that are missing in the other world: the last to which no other row refers. Tables of one row
/// keep it, and so do the tables of tenants and users themselves: without them the tenant would not be there at all.
pub fn vanishing<'t>(
    catalog: &Catalog,
    tenancy: &Tenancy,
    truth: &'t Truth,
    relation: Oid,
    tenant: TenantId,
) -> Vec<&'t TrueRow> {
    let Some(found) = catalog.relation(relation) else {
        return Vec::new();
    };
    let roots = tenancy.keys.iter().filter_map(|key| key.root);
    if roots.into_iter().any(|root| root.relation == relation) {
        return Vec::new();
    }
    let rows: Vec<&TrueRow> = own(truth, relation, tenant).collect();
    let spare = rows.get(1..).unwrap_or_default();
    let free = |row: &&&TrueRow| !is_referred(catalog, truth, found, row);
    let unneeded = spare.iter().rev().filter(free).take(MISSING);
    let gone: Vec<&TrueRow> = unneeded.copied().collect();
    match gone.is_empty() {
        true => spare.last().copied().into_iter().collect(),
        false => gone,
    }
}

fn own(truth: &Truth, relation: Oid, tenant: TenantId) -> impl Iterator<Item = &TrueRow> {
    let rows = truth.tables.get(&relation).into_iter().flatten();
    rows.filter(move |row| row.tenant == Some(tenant))
}

fn is_referred(catalog: &Catalog, truth: &Truth, relation: &Relation, row: &TrueRow) -> bool {
    let value = |of: &Relation, row: &TrueRow, number: i16| {
        let at = of.columns.iter().position(|c| c.number == number)?;
        row.values.get(at).cloned().flatten()
    };
    catalog.relations.iter().any(|other| {
        let keys = other
            .foreign_keys
            .iter()
            .filter(|key| key.target == relation.oid);
        keys.into_iter().any(|key| {
            let wanted: Vec<_> = key
                .target_columns
                .iter()
                .map(|&number| value(relation, row, number))
                .collect();
            let rows = truth.tables.get(&other.oid).into_iter().flatten();
            rows.into_iter().any(|found| {
                let has = key
                    .columns
                    .iter()
                    .map(|&number| value(other, found, number));
                wanted.iter().all(Option::is_some) && has.eq(wanted.iter().cloned())
            })
        })
    })
}

/// Everything that differs. `changed` is the world of the same seed in which the tenant's data was drawn anew; rows in
/// `public` are no private data and stay.
pub fn edits(
    catalog: &Catalog,
    tenancy: &Tenancy,
    truth: &Truth,
    public: &BTreeSet<(Oid, String)>,
    changed: &World,
    tenant: TenantId,
) -> Vec<Edit> {
    let asked = asked(catalog);
    let mut out = Vec::new();
    let tables = catalog
        .relations
        .iter()
        .filter(|relation| relation.kind == RelationKind::Table);
    for relation in tables {
        let gone = vanishing(catalog, tenancy, truth, relation.oid, tenant);
        let private: Vec<&TrueRow> = own(truth, relation.oid, tenant)
            .filter(|row| !public.contains(&(relation.oid, row.ctid.clone())))
            .collect();
        let count = private.len();
        for (at, row) in private.into_iter().enumerate() {
            let values = || drawn_anew(catalog, tenancy, relation, row, changed, &asked);
            let kind = match () {
                () if gone.iter().any(|gone| gone.ctid == row.ctid) => Some(EditKind::Remove),
                () if at == 0 && count > 2 => {
                    values().map(|values| EditKind::Rewrite(whole(relation, row, values)))
                }
                () => values().filter(|v| !v.is_empty()).map(EditKind::Update),
            };
            out.extend(kind.map(|kind| Edit {
                relation: relation.oid,
                ctid: row.ctid.clone(),
                kind,
            }));
        }
    }
    // What goes away goes first: it may be what a unique key would otherwise trip over.
    out.sort_by_key(|edit| !matches!(edit.kind, EditKind::Remove));
    out
}

/// The row's values in the changed world, of columns that mean nothing to anybody's rights.
fn drawn_anew(
    catalog: &Catalog,
    tenancy: &Tenancy,
    relation: &Relation,
    row: &TrueRow,
    changed: &World,
    asked: &BTreeSet<String>,
) -> Option<BTreeMap<i16, Option<String>>> {
    let planned = planned(catalog, relation, row, changed)?;
    let refers = |number: i16| {
        let mut keys = relation.foreign_keys.iter();
        keys.any(|key| key.columns.contains(&number))
    };
    let keys_partition = |name: &str| {
        let key = relation
            .parents
            .iter()
            .filter_map(|&parent| catalog.relation(parent)?.partition_key.as_deref());
        key.into_iter().any(|key| key.contains(name))
    };
    let is_plain = |column: &&crate::catalog::Column| {
        let place = ColumnRef {
            relation: relation.oid,
            column: column.number,
        };
        column.generated == Generated::No
            && !relation.primary_key.contains(&column.number)
            && !refers(column.number)
            && tenancy.key_of(place).is_none()
            && !keys_partition(&column.name)
            && !matches!(Kind::of(catalog, column), Kind::Enum(_) | Kind::Bool)
            && !asked.contains(&column.name.to_lowercase())
    };
    let columns = relation.columns.iter().enumerate();
    let plain = columns.filter(|(_, column)| is_plain(column));
    let differing = plain.filter_map(|(at, column)| {
        let stands = row.values.get(at)?;
        let new = planned.values.get(&column.number)?;
        (new.is_some() && stands.is_some() && new != stands).then(|| (column.number, new.clone()))
    });
    Some(differing.collect())
}

/// The changed world's row of the same primary key.
fn planned<'w>(
    catalog: &Catalog,
    relation: &Relation,
    row: &TrueRow,
    changed: &'w World,
) -> Option<&'w Row> {
    if relation.primary_key.is_empty() {
        return None;
    }
    // Partitions are planned as their parent; the columns of both have the same names and seldom other numbers.
    let is_same = |planned: &&Row| {
        let parent = catalog.relation(planned.relation);
        let same_table = planned.relation == relation.oid
            || relation.parents.contains(&planned.relation)
                && parent.is_some_and(|parent| parent.columns.len() == relation.columns.len());
        same_table
            && relation.primary_key.iter().all(|number| {
                let at = relation.columns.iter().position(|c| c.number == *number);
                let stands = at.and_then(|at| row.values.get(at));
                stands.is_some() && planned.values.get(number) == stands
            })
    };
    changed.rows.iter().find(is_same)
}

/// Every value that the row has, with the new ones in their place.
fn whole(
    relation: &Relation,
    row: &TrueRow,
    new: BTreeMap<i16, Option<String>>,
) -> BTreeMap<i16, Option<String>> {
    let columns = relation.columns.iter().zip(&row.values);
    let mut all: BTreeMap<i16, Option<String>> = columns
        .filter(|(column, _)| column.generated != Generated::Expression)
        .map(|(column, value)| (column.number, value.clone()))
        .collect();
    all.extend(new);
    all
}

/// Words of everything that decides who may see what: a column of such a name may make a row public.
fn asked(catalog: &Catalog) -> BTreeSet<String> {
    let policies = catalog.relations.iter().flat_map(|r| &r.policies);
    let expressions = policies.flat_map(|policy| [&policy.using, &policy.check]);
    let mut words: BTreeSet<String> = expressions.flatten().flat_map(|text| words(text)).collect();
    // Functions that policies call, and what those call.
    loop {
        let before = words.len();
        for function in &catalog.functions {
            if words.contains(&function.name.to_lowercase()) {
                words.extend(self::words(&function.body));
            }
        }
        if words.len() == before {
            break;
        }
    }
    let views = catalog
        .relations
        .iter()
        .filter_map(|r| r.definition.as_deref());
    for view in views {
        let condition = view.split_once(" WHERE ").map(|(_, condition)| condition);
        words.extend(condition.into_iter().flat_map(self::words));
    }
    words
}

fn words(text: &str) -> Vec<String> {
    crate::sql::words(text).map(str::to_lowercase).collect()
}
