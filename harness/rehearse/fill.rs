//! Fills a database at one migration: with a world, with rows of nobody, and with what the plan plants.
use super::snapshot::Snapshot;
use super::trials;
use crate::catalog::{Catalog, ForeignKey, Relation};
use crate::check::{CheckError, Migrated, stage};
use crate::config::{ColumnName, RehearsalPlan, TableName};
use crate::event::{Event, Listener};
use crate::migrations::Migrations;
use crate::oracle::observe_rehearsal::{self, Updates};
use crate::server::{Server, Session, apply};
use crate::tenancy::Tenancy;
use crate::world::{TenantId, Truth, World, load};
use std::collections::{BTreeMap, BTreeSet};

/// The tenant that gives a row of each table away, so that there are rows of nobody: neither attacker nor victim.
const BYSTANDER: TenantId = TenantId(2);

/// An empty database with all migrations.
const HEAD: &str = "head";

/// The filled database, before the rest of the migrations.
pub(super) struct Filled {
    pub migrated: Migrated,
    pub session: Session,
    pub world: World,
    pub before: Snapshot,
    /// Constraints that did not hold for all rows then already.
    pub unvalidated: BTreeSet<(String, String)>,
    /// How updates that change nothing went, by table.
    pub updates: BTreeMap<String, Updates>,
}

/// The number of statements before which the database is filled.
pub(super) fn cut(plan: &RehearsalPlan, migrations: &Migrations) -> Result<usize, CheckError> {
    let file = match &plan.from {
        Some(name) => migrations.position(name)?,
        // Nobody said where: the last migration is what is about to be deployed.
        None => migrations.files.len().saturating_sub(2),
    };
    let cut = migrations.statements_of(file).end;
    match migrations.files[file].platform && plan.from.is_none()
        || cut == migrations.statements.len()
    {
        true => Err(CheckError::NothingToRehearse {
            name: migrations.files[file].name.clone(),
        }),
        false => Ok(cut),
    }
}

/// The migration after which the database is filled.
pub(super) fn filled_at(migrations: &Migrations, cut: usize) -> &str {
    &migrations.files[migrations.statements[cut - 1].file].name
}

/// Migrates up to the cut, fills a clone, plants what the plan asks for, and takes the snapshot that all is compared with.
pub(super) async fn fill(
    plan: &RehearsalPlan,
    migrations: Migrations,
    cut: usize,
    server: Server,
    listener: &mut dyn Listener,
) -> Result<Filled, CheckError> {
    let session = server.connect(stage::MIGRATED, None).await?;
    let settings = stage::apply(&session, &migrations, 0..cut, listener).await?;
    let at = filled_at(&migrations, cut).to_owned();
    let found = stage::understand(&session, &plan.check, listener, Some(&at)).await?;
    let tenant = tenant_to_be(plan, &migrations, &server).await?;
    let (catalog, tenancy) = match tenant.filter(|tenant| is_begun(tenant, &found)) {
        None => found,
        Some(tenant) => {
            let mut check = plan.check.clone();
            check.tenancy.tenant = Some(tenant);
            stage::understand(&session, &check, listener, Some(&at)).await?
        }
    };
    session.close().await;
    let migrated = Migrated {
        server,
        migrations,
        catalog,
        tenancy,
        settings,
        way_in: Default::default(),
    };
    let (world, truth) = stage::load(&plan.check, &migrated, listener).await?;
    let session = stage::connect(&migrated, stage::FILLED, None).await?;
    let (catalog, tenancy) = (&migrated.catalog, &migrated.tenancy);
    load::orphan(session.client(), catalog, tenancy, &truth, BYSTANDER).await?;
    seed(plan, &session).await?;
    let mut truth = Truth {
        tables: load::rows(session.client(), catalog).await?,
        missing: truth.missing,
    };
    load::own(catalog, tenancy, &world, &mut truth);
    let before = Snapshot::new(catalog, &truth);
    let unvalidated = observe_rehearsal::unvalidated(&session)
        .await?
        .into_iter()
        .collect();
    let updates = trials::updates(&session, catalog).await?;
    Ok(Filled {
        migrated,
        session,
        world,
        before,
        unvalidated,
        updates,
    })
}

/// The column that a tenant is after the last migration, when the configuration does not say what it is all along.
async fn tenant_to_be(
    plan: &RehearsalPlan,
    migrations: &Migrations,
    server: &Server,
) -> Result<Option<ColumnName>, CheckError> {
    if plan.check.tenancy.tenant.is_some() {
        return Ok(None);
    }
    server.create_database(HEAD).await?;
    let session = server.connect(HEAD, None).await?;
    let all = 0..migrations.statements.len();
    stage::apply(&session, migrations, all, &mut Unheard).await?;
    let through = plan.check.through.as_deref();
    let (catalog, tenancy) =
        stage::understand(&session, &plan.check, &mut Unheard, through).await?;
    session.close().await;
    Ok(root(&catalog, &tenancy))
}

/// Where the columns of the model to come are there already, though no policy asks for them yet, an application writes them
/// in step with the old ones: rows that disagree from the start would be blamed on the migrations.
fn is_begun(tenant: &ColumnName, (catalog, tenancy): &(Catalog, Tenancy)) -> bool {
    let named = |r: &&Relation| r.schema == tenant.table.schema && r.name == tenant.table.name;
    let Some(table) = catalog.relations.iter().find(named) else {
        return false;
    };
    let Some(number) = table.column_named(&tenant.column).map(|c| c.number) else {
        return false;
    };
    let leads = |key: &ForeignKey| key.target == table.oid && key.target_columns == [number];
    root(catalog, tenancy).as_ref() != Some(tenant)
        && catalog
            .relations
            .iter()
            .any(|r| r.foreign_keys.iter().any(leads))
}

fn root(catalog: &Catalog, tenancy: &Tenancy) -> Option<ColumnName> {
    let root = tenancy.keys[tenancy.tenant?.0].root?;
    let relation = catalog.relation(root.relation)?;
    let column = relation.column(root.column)?;
    let table = TableName {
        schema: relation.schema.clone(),
        name: relation.name.clone(),
    };
    Some(ColumnName {
        table,
        column: column.name.clone(),
    })
}

/// The same migrations are told about when they are applied to rows.
struct Unheard;

impl Listener for Unheard {
    fn hear(&mut self, _: &Event) {}
}

/// Puts rows into the state that the plan asks for.
pub(super) async fn seed(plan: &RehearsalPlan, session: &Session) -> Result<(), CheckError> {
    if let Some(sql) = &plan.seed_rows {
        let mut seed = Migrations::default();
        seed.add_text(&sql.name, &sql.path, &sql.text);
        let all = 0..seed.statements.len();
        apply::apply_range(session.client(), &seed, all, |_, _| {}).await?;
    }
    Ok(())
}
