//! Takes over a database whose rows are there already: reads them and tells whose each is, by its columns alone.
use super::error::LoadError;
use super::read::read;
use super::sql::{find, qualified};
use super::{ask, fill_keys, finish};
use crate::catalog::{Catalog, Oid};
use crate::sql::identifier;
use crate::tenancy::{OwnerPath, Scope, Tenancy};
use crate::world::model::{TenantId, TrueRow, Truth, World};
use crate::world::owners::Owners;
use std::collections::BTreeMap;
use tokio_postgres::Client;

/// Parents of parents of parents: deeper schemas have a column of their own.
const ROUNDS: usize = 8;

/// The rows of every table, owners unknown.
pub async fn rows(
    client: &Client,
    catalog: &Catalog,
) -> Result<BTreeMap<Oid, Vec<TrueRow>>, LoadError> {
    let doing = LoadError::while_doing("preparing the session that reads the rows");
    client.batch_execute(ask::PREPARE).await.map_err(doing)?;
    let rows = read(client, catalog).await?;
    let doing = LoadError::while_doing("resetting the session");
    client.batch_execute("RESET ALL").await.map_err(doing)?;
    Ok(rows)
}

/// Tells whose the rows are that stand in the database. `world` has its tenants and users with the keys that are known; the
/// other keys are filled in.
pub async fn adopt(
    client: &Client,
    catalog: &Catalog,
    tenancy: &Tenancy,
    world: &mut World,
) -> Result<Truth, LoadError> {
    let outline = ask::plan(client, catalog, tenancy).await?;
    let mut missing = Vec::new();
    finish(client, catalog, &mut missing).await?;
    let mut truth = Truth {
        tables: rows(client, catalog).await?,
        missing,
    };
    for row in truth.tables.values_mut().flatten() {
        row.by_trigger = false;
    }
    own(catalog, tenancy, world, &mut truth);
    fill_keys(catalog, tenancy, &outline, world, &truth);
    own(catalog, tenancy, world, &mut truth);
    Ok(truth)
}

/// Tells the owner of every row by its columns and its parents.
pub fn own(catalog: &Catalog, tenancy: &Tenancy, world: &World, truth: &mut Truth) {
    for row in truth.tables.values_mut().flatten() {
        (row.tenant, row.user) = (None, None);
    }
    for _ in 0..ROUNDS {
        let owners = Owners::new(catalog, tenancy, world, truth);
        let mut told = false;
        for (&relation, rows) in &mut truth.tables {
            for row in rows.iter_mut().filter(|row| row.tenant.is_none()) {
                let (tenant, user) = owners.first(relation, &row.values);
                told |= tenant.is_some();
                (row.tenant, row.user) = (tenant, row.user.or(user));
            }
        }
        if !told {
            break;
        }
    }
}

/// Takes the owner away from one row of every table that allows it and that no other table refers to: real tables have rows
/// of nobody, and a backfill must say where they go.
pub async fn orphan(
    client: &Client,
    catalog: &Catalog,
    tenancy: &Tenancy,
    truth: &Truth,
    of: TenantId,
) -> Result<(), LoadError> {
    for relation in catalog.relations.iter().filter(|r| !r.platform) {
        let referred = |target: Oid| {
            let mut keys = catalog.relations.iter().flat_map(|r| &r.foreign_keys);
            keys.any(|key| key.target == target)
        };
        let Some(Scope::Owned { paths, .. }) = tenancy.scope(relation.oid) else {
            continue;
        };
        if referred(relation.oid)
            || tenancy
                .memberships
                .iter()
                .any(|m| m.relation == relation.oid)
        {
            continue;
        }
        let column = |path: &OwnerPath| match path {
            OwnerPath::Key { column, .. } => {
                let found = relation.columns.iter().find(|c| c.number == *column)?;
                (!found.not_null).then(|| identifier(&found.name))
            }
            OwnerPath::Parent { .. } | OwnerPath::Folder { .. } => None,
        };
        let columns: Option<Vec<String>> = paths.iter().map(column).collect();
        let rows = truth.tables.get(&relation.oid);
        let row = rows
            .into_iter()
            .flatten()
            .rfind(|row| row.tenant == Some(of));
        let (Some(columns), Some(row)) = (columns.filter(|c| !c.is_empty()), row) else {
            continue;
        };
        let sets: Vec<String> = columns.iter().map(|c| format!("{c} = NULL")).collect();
        let Some(table) = find(catalog, relation.oid).map(qualified) else {
            continue;
        };
        // A CHECK may demand an owner: then there are no such rows.
        let sql = format!(
            "SET session_replication_role = replica; UPDATE ONLY {table} SET {} WHERE ctid = '{}'",
            sets.join(", "),
            row.ctid
        );
        if let Err(error) = client.batch_execute(&sql).await
            && error.as_db_error().is_none()
        {
            return Err(LoadError::while_doing("taking the owner from a row")(error));
        }
    }
    let doing = LoadError::while_doing("resetting the session");
    client.batch_execute("RESET ALL").await.map_err(doing)
}
