//! Fills a database with a world and reads the truth back. The only part of the world that speaks SQL.
mod adopt;
mod ask;
mod counters;
mod error;
mod inflate;
mod insert;
mod read;
mod sql;
mod vary;

use super::generate::Generated;
use super::model::{Missing, Row, Truth, World};
use super::owners::family;
use super::plan::{Level, Part, Plan};
use crate::catalog::{Catalog, Oid, RelationKind};
use crate::tenancy::{KeyId, Tenancy};
use std::cell::RefCell;
use std::collections::{BTreeMap, BTreeSet};
use tokio_postgres::Client;

pub use adopt::{adopt, orphan, own, rows};
pub use ask::plan;
pub use counters::{Counter, counters, restoring};
pub use error::LoadError;
pub use inflate::{inflate, other};
use insert::Loader;
use read::{Known, read, tell_owners};
use sql::{Writer, find, qualified};
pub use vary::vary;

/// A table's rows are written in milliseconds; triggers that take longer never end.
const WRITE_LIMIT: &str = "10s";

/// Loads a generated world as a superuser and gives it back with its keys filled in from what stands in the database.
pub async fn load(
    client: &Client,
    catalog: &Catalog,
    tenancy: &Tenancy,
    plan: &Plan,
    generated: Generated,
) -> Result<(World, Truth), LoadError> {
    let Generated { mut world, missing } = generated;
    let doing = LoadError::while_doing("preparing the session that fills the world");
    let prepare = format!("{}SET statement_timeout = '{WRITE_LIMIT}';", ask::PREPARE);
    client.batch_execute(&prepare).await.map_err(doing)?;
    let mut loader = Loader {
        client,
        catalog,
        tenancy,
        plan,
        world: &world,
        missing,
        stuck: RefCell::default(),
    };
    loader.write().await?;
    let mut tables = read(client, catalog).await?;
    if repair(&mut loader, &tables).await? {
        tables = read(client, catalog).await?;
    }
    let mut missing = std::mem::take(&mut loader.missing);
    finish(client, catalog, &mut missing).await?;
    let mut truth = Truth { tables, missing };
    let known = Known::new(catalog, plan, &world);
    tell_owners(catalog, tenancy, &known, &world, &mut truth);
    drop(known);
    fill_keys(catalog, tenancy, plan, &mut world, &truth);
    let has = |m: &Missing| {
        let tables = family(catalog, m.relation).into_iter();
        let mut rows = tables.filter_map(|oid| truth.tables.get(&oid)).flatten();
        rows.any(|row| row.tenant == m.tenant)
    };
    // A state that the schema refuses is no loss as long as the tenant has other rows in the table, and a table of
    // tenants need not have rows of nobody.
    let idle = |m: &Missing| {
        m.tenant.is_none()
            && plan
                .table(m.relation)
                .is_some_and(|t| t.part != Part::Shared)
    };
    let missing = truth
        .missing
        .iter()
        .filter(|m| !has(m) && !idle(m))
        .cloned()
        .collect();
    truth.missing = missing;
    Ok((world, truth))
}

/// Writes again what triggers swallowed, and puts back keys and references that they changed: whose a row is must be
/// what the world says. True when something was written.
async fn repair(
    loader: &mut Loader<'_>,
    tables: &BTreeMap<Oid, Vec<super::TrueRow>>,
) -> Result<bool, LoadError> {
    let known = Known::new(loader.catalog, loader.plan, loader.world);
    let mut seen: BTreeSet<*const Row> = BTreeSet::new();
    let mut changed: Vec<&Row> = Vec::new();
    for relation in &loader.catalog.relations {
        for row in tables.get(&relation.oid).into_iter().flatten() {
            let Some(planned) = known.find(loader.catalog, relation, row) else {
                continue;
            };
            seen.insert(std::ptr::from_ref(planned));
            let Some(table) = loader.plan.table(planned.relation) else {
                continue;
            };
            let differs = table.columns.iter().filter(|c| c.reference).any(|c| {
                let place = relation.columns.iter().position(|own| own.name == c.name);
                let stands = place.and_then(|place| row.values.get(place));
                planned
                    .values
                    .get(&c.number)
                    .is_some_and(|v| Some(v) != stands)
            });
            if differs {
                changed.push(planned);
            }
        }
    }
    let lost: Vec<&Row> = loader
        .world
        .rows
        .iter()
        .filter(|row| !seen.contains(&std::ptr::from_ref(*row)))
        .collect();
    for row in &changed {
        put_back(loader, row).await?;
    }
    for row in &lost {
        rewrite(loader, row).await?;
    }
    Ok(!changed.is_empty() || !lost.is_empty())
}

async fn put_back(loader: &Loader<'_>, row: &Row) -> Result<(), LoadError> {
    let (Some(relation), Some(table)) = (
        find(loader.catalog, row.relation),
        loader.plan.table(row.relation),
    ) else {
        return Ok(());
    };
    let writer = Writer::new(relation, table);
    let reference = |n: i16| table.column(n).is_some_and(|c| c.reference);
    if let Some(sql) = writer.update(&row.values, reference, &relation.primary_key) {
        // A refusal shows in the truth: the row then belongs to whom its columns name.
        let _refused = loader.force(&sql).await?;
    }
    Ok(())
}

/// A row that is not there although the server took it: a trigger swallowed it.
async fn rewrite(loader: &mut Loader<'_>, row: &Row) -> Result<(), LoadError> {
    let refused = |m: &Missing| m.relation == row.relation && m.tenant == row.tenant;
    if loader.missing.iter().any(refused) {
        return Ok(());
    }
    let (Some(relation), Some(table)) = (
        find(loader.catalog, row.relation),
        loader.plan.table(row.relation),
    ) else {
        return Ok(());
    };
    let sql = Writer::new(relation, table).insert(&[&row.values], true, true);
    if let Err(reason) = loader.force(&sql).await? {
        loader.lose(row, reason);
    }
    Ok(())
}

/// Moves sequences beyond the values in use, so that an attack's INSERT is not refused for a key of ours; and beyond all
/// numbers of the world, of which the largest begins with 5, so that a number drawn later is nobody's.
const SEQUENCES: &str = r#"
DO $wt$
DECLARE
  owned record;
  top bigint;
BEGIN
  FOR owned IN
    SELECT DISTINCT s.oid::regclass AS sequence, c.oid::regclass AS relation, a.attname AS name
    FROM pg_class s
    JOIN pg_depend d ON d.classid = 'pg_class'::regclass AND d.objid = s.oid AND d.deptype IN ('a', 'i')
      AND d.refclassid = 'pg_class'::regclass
    JOIN pg_class c ON c.oid = d.refobjid
    JOIN pg_attribute a ON a.attrelid = c.oid AND a.attnum = d.refobjsubid
    WHERE s.relkind = 'S'
    UNION
    SELECT s.oid::regclass, c.oid::regclass, a.attname
    FROM pg_attrdef f
    JOIN pg_depend d ON d.classid = 'pg_attrdef'::regclass AND d.objid = f.oid
      AND d.refclassid = 'pg_class'::regclass
    JOIN pg_class s ON s.oid = d.refobjid AND s.relkind = 'S'
    JOIN pg_class c ON c.oid = f.adrelid
    JOIN pg_attribute a ON a.attrelid = c.oid AND a.attnum = f.adnum
  LOOP
    BEGIN
      EXECUTE format('SELECT max(%I)::bigint FROM %s', owned.name, owned.relation) INTO top;
      IF top IS NOT NULL THEN
        PERFORM setval(
          owned.sequence,
          greatest(top + 1000, nextval(owned.sequence), CASE WHEN top BETWEEN 100000000 AND 599999999 THEN 600000000 END)
        );
      END IF;
    EXCEPTION WHEN OTHERS THEN NULL;
    END;
  END LOOP;
END $wt$;
"#;

/// Refreshes materialized views, those that others read first; gives what could not be refreshed.
async fn refresh(client: &Client, catalog: &Catalog) -> Result<Vec<Missing>, LoadError> {
    let mut missing = Vec::new();
    for oid in refresh_order(catalog) {
        let Some(relation) = find(catalog, oid) else {
            continue;
        };
        let sql = format!("REFRESH MATERIALIZED VIEW {}", qualified(relation));
        if let Err(error) = client.batch_execute(&sql).await {
            let Some(db) = error.as_db_error() else {
                return Err(LoadError::while_doing("refreshing a materialized view")(
                    error,
                ));
            };
            let reason = format!("{} (SQLSTATE {})", db.message(), db.code().code());
            missing.push(Missing {
                relation: oid,
                tenant: None,
                reason,
            });
        }
    }
    Ok(missing)
}

/// Sequences, materialized views and statistics follow the rows.
async fn finish(
    client: &Client,
    catalog: &Catalog,
    missing: &mut Vec<Missing>,
) -> Result<(), LoadError> {
    let doing = LoadError::while_doing("moving sequences beyond the rows");
    client.batch_execute(SEQUENCES).await.map_err(doing)?;
    missing.extend(refresh(client, catalog).await?);
    let tables: Vec<String> = catalog
        .relations
        .iter()
        .filter(|r| r.kind == RelationKind::Table)
        .map(qualified)
        .collect();
    if !tables.is_empty() {
        let doing = LoadError::while_doing("gathering statistics");
        let sql = format!("ANALYZE {}", tables.join(", "));
        client.batch_execute(&sql).await.map_err(doing)?;
    }
    let doing = LoadError::while_doing("resetting the session");
    client.batch_execute("RESET ALL").await.map_err(doing)
}

/// Materialized views, each after those that it reads, through views too.
fn refresh_order(catalog: &Catalog) -> Vec<Oid> {
    fn visit(catalog: &Catalog, oid: Oid, seen: &mut BTreeSet<Oid>, order: &mut Vec<Oid>) {
        let Some(relation) = find(catalog, oid).filter(|_| seen.insert(oid)) else {
            return;
        };
        for &read in &relation.reads {
            visit(catalog, read, seen, order);
        }
        if relation.kind == RelationKind::MaterializedView {
            order.push(oid);
        }
    }
    let (mut seen, mut order) = (BTreeSet::new(), Vec::new());
    for relation in &catalog.relations {
        visit(catalog, relation.oid, &mut seen, &mut order);
    }
    order
}

/// Keys as the database prints them: of tenants from their root rows, of users from the rows keyed by them.
fn fill_keys(catalog: &Catalog, tenancy: &Tenancy, plan: &Plan, world: &mut World, truth: &Truth) {
    for (index, key) in tenancy.keys.iter().enumerate() {
        let id = KeyId(index);
        let columns = key.root.iter().chain(&key.columns);
        for column in columns {
            let Some(relation) = find(catalog, column.relation) else {
                continue;
            };
            let place = relation
                .columns
                .iter()
                .position(|c| c.number == column.column);
            let Some(place) = place else { continue };
            let is_root = key.root == Some(*column);
            for row in truth.tables.get(&column.relation).into_iter().flatten() {
                let Some(value) = row.values.get(place).cloned().flatten() else {
                    continue;
                };
                match (plan.levels[index], row.tenant, row.user) {
                    (Level::User, _, Some(user)) if !row.by_trigger => {
                        world.users[user.0].keys.entry(id).or_insert(value);
                    }
                    (_, Some(tenant), _) if is_root => {
                        world.tenants[tenant.0].keys.entry(id).or_insert(value);
                    }
                    _ => {}
                }
            }
        }
    }
}
