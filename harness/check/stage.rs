//! Brings a run to the point where attacks can begin: server, migrations, catalog, tenancy, world, workers.
use super::campaign::Worker;
use super::{CheckError, overrides};
use crate::catalog::{self, Catalog, Oid};
use crate::config::{CheckPlan, Platform, PublicRows, ServerChoice, TenancyOverrides};
use crate::event::{Event, Listener, Phase};
use crate::migrations::{self, Migrations};
use crate::oracle::{ObserveError, observe_roles, observe_setup};
use crate::probes::Attacker;
use crate::scenario::ScenarioError;
use crate::server::{Request, Server, Session, SourceChoice, apply};
use crate::sql::identifier;
use crate::tenancy::{self, Tenancy};
use crate::world::{self, Truth, World, load};
use std::collections::BTreeSet;

/// The scratch database with the migrated schema and no rows of ours; `Server::clone_database` copies it. The server stage
/// makes the names unique to the run where the server is shared.
pub const MIGRATED: &str = "migrated";
const FILLED: &str = "filled";

/// JSON keys of a token that its user may write: Supabase's auth lets every user edit `user_metadata`
/// (supabase.com/docs/guides/auth/users).
const EDITABLE: &str = "user_metadata";

/// A server with the migrated schema, and what was read of it.
pub struct Migrated {
    pub server: Server,
    pub migrations: Migrations,
    pub catalog: Catalog,
    pub tenancy: Tenancy,
    /// Settings of the database that a clone does not inherit.
    pub settings: Vec<String>,
}

/// A loaded world and the truth about it.
pub struct Filled {
    pub world: World,
    pub truth: Truth,
    pub tenancy: Tenancy,
    /// Rows that everybody may read: (relation, ctid).
    pub public: BTreeSet<(Oid, String)>,
}

/// Starts the server, applies the migrations, reads the catalog and infers tenancy.
pub async fn migrate(
    plan: &CheckPlan,
    listener: &mut dyn Listener,
) -> Result<Migrated, CheckError> {
    // Bad input is told before anything is started.
    let platform = match plan.platform {
        Platform::Auto => migrations::Platform::Auto,
        Platform::Supabase => migrations::Platform::Supabase,
        Platform::None => migrations::Platform::None,
    };
    let mut read = migrations::read(&plan.migrations, plan.through.as_deref(), platform)?;
    if let Some(path) = &plan.on_top {
        let text = std::fs::read_to_string(path).map_err(|reason| ScenarioError::Unreadable {
            path: path.clone(),
            reason,
        })?;
        read.add_text(path, &text);
    }
    listener.hear(&Event::Phase {
        phase: Phase::Server,
        done: 0,
        total: 0,
    });
    let server = Server::start(&request(plan)).await?;
    server.create_database(MIGRATED).await?;
    let session = server.connect(MIGRATED, None).await?;
    let applied = apply::apply(session.client(), &read, |done, total| {
        listener.hear(&Event::Phase {
            phase: Phase::Migrations,
            done,
            total,
        })
    })
    .await?;
    for note in read.notes.iter().chain(&applied.notes) {
        listener.hear(&Event::Note {
            text: note.to_string(),
        });
    }
    listener.hear(&Event::Phase {
        phase: Phase::Catalog,
        done: 0,
        total: 0,
    });
    let catalog = catalog::read(session.client()).await?;
    let mut tenancy = tenancy::infer(&catalog, &[EDITABLE.to_owned()]);
    tenancy.roles.part_visitors(migrations::VISITOR);
    overrides::apply(
        &mut tenancy,
        &catalog,
        &corrections(plan, &catalog, listener),
    )?;
    tenancy.published = tenancy::published(&catalog, &tenancy.roles);
    if tenancy.tenant.is_none() {
        return Err(CheckError::NoTenant);
    }
    session.close().await;
    Ok(Migrated {
        server,
        migrations: read,
        catalog,
        tenancy,
        settings: applied.database_settings,
    })
}

/// What the configuration corrects. It is written for the head of the migrations: where a run stops before it, what is not
/// made yet is left out, and told.
fn corrections(
    plan: &CheckPlan,
    catalog: &Catalog,
    listener: &mut dyn Listener,
) -> TenancyOverrides {
    let Some(through) = &plan.through else {
        return plan.tenancy.clone();
    };
    let (kept, absent) = overrides::so_far(&plan.tenancy, catalog);
    if !absent.is_empty() {
        let names: Vec<String> = absent.into_iter().collect();
        let names = names.join(", ");
        listener.hear(&Event::Note {
            text: format!(
                "the configuration also names {names}, not made yet at {through}: left out"
            ),
        });
    }
    kept
}

fn request(plan: &CheckPlan) -> Request {
    let source = match (&plan.server.database_url, plan.server.choice) {
        (Some(url), _) => SourceChoice::Url(url.clone()),
        (None, ServerChoice::Auto) => SourceChoice::Auto,
        (None, ServerChoice::Local) => SourceChoice::Local,
        (None, ServerChoice::Docker) => SourceChoice::Docker,
    };
    Request {
        source,
        postgres: plan.server.postgres,
        docker_image: plan.server.docker_image.clone(),
    }
}

/// Clones the migrated database, generates a world and loads it.
pub async fn fill(
    plan: &CheckPlan,
    migrated: &Migrated,
    listener: &mut dyn Listener,
) -> Result<Filled, CheckError> {
    listener.hear(&Event::Phase {
        phase: Phase::World,
        done: 0,
        total: 0,
    });
    let server = &migrated.server;
    server.clone_database(MIGRATED, FILLED).await?;
    let session = connect(migrated, FILLED, None).await?;
    let mut tenancy = migrated.tenancy.clone();
    let outline = load::plan(session.client(), &migrated.catalog, &tenancy).await?;
    let generated = world::generate(&migrated.catalog, &tenancy, &outline, plan.seed, None);
    let (world, truth) = load::load(
        session.client(),
        &migrated.catalog,
        &tenancy,
        &outline,
        generated,
    )
    .await?;
    session.close().await;
    // Loading leaves settings of its own on the session, so what follows gets a fresh one.
    let session = connect(migrated, FILLED, None).await?;
    let keys: Vec<String> = tenancy
        .roles
        .role_is_key
        .map(|key| {
            world
                .tenants
                .iter()
                .filter_map(|t| t.keys.get(&key).cloned())
                .collect()
        })
        .unwrap_or_default();
    observe_roles::make(session.client(), &tenancy.roles, &migrated.catalog, &keys)
        .await
        .map_err(|source| ObserveError::Prepare { source })?;
    tenancy.roles.members.dedup();
    observe_setup::prepare(
        session.client(),
        &migrated.catalog,
        &truth,
        &tenancy.roles.login,
    )
    .await
    .map_err(|source| ObserveError::Prepare { source })?;
    let conditions = public_conditions(plan, migrated, &tenancy, listener);
    let public = observe_setup::public_rows(session.client(), &migrated.catalog, &conditions)
        .await
        .map_err(|source| ObserveError::Prepare { source })?;
    session.close().await;
    Ok(Filled {
        world,
        truth,
        tenancy,
        public,
    })
}

/// What the configuration and the schema itself declare public, told so that nobody takes it for an oversight.
fn public_conditions(
    plan: &CheckPlan,
    migrated: &Migrated,
    tenancy: &Tenancy,
    listener: &mut dyn Listener,
) -> Vec<(String, String, String)> {
    let mut conditions = conditions(plan, &migrated.catalog);
    for rows in &tenancy.published {
        let tables = &migrated.catalog.relations;
        let Some(table) = tables.iter().find(|r| r.oid == rows.relation) else {
            continue;
        };
        let (schema, name) = (table.schema.clone(), table.name.clone());
        listener.hear(&Event::Note {
            text: format!(
                "rows of {schema}.{name} with {} are public by policy {}: reading them is no leak",
                rows.condition, rows.policy
            ),
        });
        conditions.push((schema, name, rows.condition.clone()));
    }
    conditions
}

fn conditions(plan: &CheckPlan, catalog: &Catalog) -> Vec<(String, String, String)> {
    // What is not made yet where a run stops early was told when the tenancy was corrected.
    let made = |rows: &&PublicRows| {
        let (schema, name) = (&rows.table.schema, &rows.table.name);
        let mut tables = catalog.relations.iter();
        plan.through.is_none() || tables.any(|r| r.schema == *schema && r.name == *name)
    };
    plan.tenancy
        .public_rows
        .iter()
        .filter(made)
        .map(|rows| {
            (
                rows.table.schema.clone(),
                rows.table.name.clone(),
                rows.condition.clone(),
            )
        })
        .collect()
}

/// One database and two sessions per worker.
pub async fn workers(
    plan: &CheckPlan,
    migrated: &Migrated,
    filled: &Filled,
) -> Result<Vec<Worker>, CheckError> {
    let mut out = Vec::new();
    let count = plan.jobs.max(1);
    for at in 1..count {
        migrated
            .server
            .clone_database(FILLED, &format!("worker_{at}"))
            .await?;
    }
    for at in 0..count {
        let database = if at == 0 {
            FILLED.to_owned()
        } else {
            format!("worker_{at}")
        };
        let pristine = connect(migrated, &database, Some(&filled.tenancy.roles.login)).await?;
        let gateway = connect(migrated, &database, Some(&filled.tenancy.roles.login)).await?;
        let superuser = connect(migrated, &database, None).await?;
        for session in [&gateway, &pristine, &superuser] {
            let limit = format!("SET statement_timeout = {}", plan.statement_timeout_ms);
            session
                .client()
                .batch_execute(&limit)
                .await
                .map_err(|source| ObserveError::Prepare { source })?;
        }
        out.push(Worker {
            gateway,
            pristine,
            superuser,
        });
    }
    Ok(out)
}

/// A superuser's session in the filled database.
pub async fn filled(migrated: &Migrated) -> Result<Session, CheckError> {
    connect(migrated, FILLED, None).await
}

async fn connect(
    migrated: &Migrated,
    database: &str,
    role: Option<&str>,
) -> Result<Session, CheckError> {
    let session = migrated.server.connect(database, role).await?;
    if !migrated.settings.is_empty() {
        session
            .client()
            .batch_execute(&migrated.settings.join(";"))
            .await
            .map_err(|source| ObserveError::Prepare { source })?;
    }
    Ok(session)
}

/// Every attacker must be able to take its role: a refusal there would look like a refusal of the attack.
pub async fn try_roles(worker: &Worker, attackers: &[Attacker]) -> Result<(), CheckError> {
    let mut tried: BTreeSet<&str> = BTreeSet::new();
    for attacker in attackers {
        if tried.insert(&attacker.role) {
            let take = format!(
                "BEGIN;SET LOCAL ROLE {};ROLLBACK",
                identifier(&attacker.role)
            );
            worker
                .gateway
                .client()
                .batch_execute(&take)
                .await
                .map_err(|source| ObserveError::Role {
                    name: attacker.name.clone(),
                    role: attacker.role.clone(),
                    source,
                })?;
        }
    }
    Ok(())
}
