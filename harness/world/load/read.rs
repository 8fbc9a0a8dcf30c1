//! Reads back what stands in the database after loading, and tells whose each row is.
use super::error::LoadError;
use super::sql::{batch, qualified};
use crate::catalog::{Catalog, Oid, Relation, RelationKind};
use crate::sql::identifier;
use crate::tenancy::Tenancy;
use crate::world::model::{Row, TrueRow, Truth, World};
use crate::world::owners::Owners;
use crate::world::plan::Plan;
use crate::world::token::is_token;
use std::collections::{BTreeMap, BTreeSet, HashMap};
use tokio_postgres::Client;

/// Reads the rows of every table, partitions each for itself.
pub async fn read(
    client: &Client,
    catalog: &Catalog,
) -> Result<BTreeMap<Oid, Vec<TrueRow>>, LoadError> {
    let tables: Vec<&Relation> = catalog
        .relations
        .iter()
        .filter(|r| r.kind == RelationKind::Table)
        .collect();
    let sql: String = tables
        .iter()
        .map(|relation| {
            let columns: String = relation
                .columns
                .iter()
                .map(|c| format!(", {}", identifier(&c.name)))
                .collect();
            format!("SELECT ctid{columns} FROM ONLY {};\n", qualified(relation))
        })
        .collect();
    let doing = LoadError::while_doing("reading the world back");
    let results = batch(client, &sql).await.map_err(doing)?;
    let row = |mut values: Vec<Option<String>>| {
        let ctid = if values.is_empty() {
            None
        } else {
            values.remove(0)
        };
        TrueRow {
            ctid: ctid.unwrap_or_default(),
            values,
            tenant: None,
            user: None,
            by_trigger: true,
        }
    };
    let tables = tables.iter().map(|relation| relation.oid);
    Ok(tables
        .zip(
            results
                .into_iter()
                .map(|rows| rows.into_iter().map(row).collect()),
        )
        .collect())
}

/// Finds the world's row for a row of the database: by primary key, else by all of its values or by a token that it holds.
pub struct Known<'a> {
    by_key: HashMap<(Oid, Vec<String>), &'a Row>,
    by_token: HashMap<(Oid, &'a str), &'a Row>,
    by_values: HashMap<(Oid, Vec<Option<String>>), &'a Row>,
    existing: BTreeSet<(Oid, Vec<String>)>,
}

impl<'a> Known<'a> {
    pub fn new(catalog: &Catalog, plan: &'a Plan, world: &'a World) -> Known<'a> {
        let keys: BTreeMap<Oid, &[i16]> = catalog
            .relations
            .iter()
            .map(|r| (r.oid, r.primary_key.as_slice()))
            .collect();
        let key = |relation: Oid, values: &BTreeMap<i16, Option<String>>| {
            let columns = keys.get(&relation).copied().unwrap_or_default();
            let key: Option<Vec<String>> = columns
                .iter()
                .map(|n| values.get(n).cloned().flatten())
                .collect();
            key.filter(|key| !key.is_empty())
        };
        let mut known = Known {
            by_key: HashMap::new(),
            by_token: HashMap::new(),
            by_values: HashMap::new(),
            existing: BTreeSet::new(),
        };
        for row in &world.rows {
            if let Some(key) = key(row.relation, &row.values) {
                known.by_key.insert((row.relation, key), row);
            } else {
                let values = row.values.values().cloned().collect();
                known.by_values.insert((row.relation, values), row);
                for text in row.values.values().flatten() {
                    let parts = text.split(|c: char| !c.is_ascii_alphanumeric());
                    for part in parts.filter(|part| is_token(part)) {
                        known.by_token.insert((row.relation, part), row);
                    }
                }
            }
        }
        for (&relation, rows) in &plan.existing {
            known.existing.extend(
                rows.iter()
                    .filter_map(|r| Some((relation, key(relation, r)?))),
            );
        }
        known
    }

    /// The row's primary key, with the relation that the world inserts into when the row stands in a partition.
    fn place(&self, catalog: &Catalog, relation: &Relation, row: &TrueRow) -> (Oid, Vec<String>) {
        let mut top = relation;
        while let Some(parent) = top.is_partition.then(|| top.parents.first()).flatten() {
            match catalog.relations.iter().find(|r| r.oid == *parent) {
                Some(found) => top = found,
                None => break,
            }
        }
        let value = |number: &i16| {
            let name = &top.columns.iter().find(|c| c.number == *number)?.name;
            let place = relation.columns.iter().position(|c| c.name == *name)?;
            row.values.get(place).cloned().flatten()
        };
        (top.oid, top.primary_key.iter().filter_map(value).collect())
    }

    pub fn find(&self, catalog: &Catalog, relation: &Relation, row: &TrueRow) -> Option<&'a Row> {
        let place = self.place(catalog, relation, row);
        if !place.1.is_empty() {
            return self.by_key.get(&place).copied();
        }
        if let Some(found) = self.by_values.get(&(place.0, row.values.clone())) {
            return Some(found);
        }
        let cells = row.values.iter().flatten();
        let mut parts = cells.flat_map(|text| text.split(|c: char| !c.is_ascii_alphanumeric()));
        parts.find_map(|part| self.by_token.get(&(place.0, part)).copied())
    }

    fn existed(&self, catalog: &Catalog, relation: &Relation, row: &TrueRow) -> bool {
        self.existing.contains(&self.place(catalog, relation, row))
    }
}

/// Writes into every row whose it is: the world's own rows as planned, others by their owner paths.
pub fn tell_owners(
    catalog: &Catalog,
    tenancy: &Tenancy,
    known: &Known<'_>,
    world: &World,
    truth: &mut Truth,
) {
    for relation in &catalog.relations {
        for row in truth.tables.get_mut(&relation.oid).into_iter().flatten() {
            if let Some(planned) = known.find(catalog, relation, row) {
                (row.tenant, row.user, row.by_trigger) = (planned.tenant, planned.user, false);
            } else {
                row.by_trigger = !known.existed(catalog, relation, row);
            }
        }
    }
    // A child of a row that a trigger made is told in the next round.
    for _ in 0..8 {
        let owners = Owners::new(catalog, tenancy, world, truth);
        let mut told = false;
        for (&relation, rows) in &mut truth.tables {
            for row in rows
                .iter_mut()
                .filter(|row| row.by_trigger && row.tenant.is_none())
            {
                let (tenant, user) = owners.first(relation, &row.values);
                told |= tenant.is_some();
                row.tenant = tenant;
                row.user = row.user.or(user);
            }
        }
        if !told {
            break;
        }
    }
}
