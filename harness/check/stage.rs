//! Brings a run to the point where attacks can begin: server, migrations, catalog, tenancy, world, workers.
use super::{CheckError, committed, other_world, overrides, trials};
use crate::catalog::{self, Catalog, Oid};
use crate::config::{CheckPlan, Platform, PublicRows, ServerChoice, TenancyOverrides};
use crate::event::{Event, Listener, Phase};
use crate::migrations::{self, Migrations};
use crate::oracle::{ObserveError, observe_roles, observe_setup};
use crate::probes::APART;
use crate::probes::attackers::VICTIM;
use crate::server::{Request, Server, Session, SourceChoice, apply};
use crate::tenancy::{self, Tenancy};
use crate::world::{self, Truth, World, load};
use std::cell::OnceCell;
use std::collections::BTreeSet;

/// The scratch database with the migrated schema and no rows of ours; `Server::clone_database` copies it. The server stage
/// makes the names unique to the run where the server is shared.
pub const MIGRATED: &str = "migrated";
/// The clone that is filled; the first worker attacks in it.
pub const FILLED: &str = "filled";

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
    /// How somebody gets into the attacker's place, once that is known.
    pub way_in: OnceCell<String>,
}

/// A loaded world and the truth about it.
pub struct Filled {
    pub world: World,
    pub truth: Truth,
    pub tenancy: Tenancy,
    /// Rows that everybody may read: (relation, ctid).
    pub public: BTreeSet<(Oid, String)>,
    /// There is a database with other private data of the victim.
    pub has_other: bool,
    /// Statements that put the sequences of both databases where they stood before any attack.
    pub renumbering: [String; 2],
}

/// Starts the server, applies the migrations, reads the catalog and infers tenancy.
pub async fn migrate(
    plan: &CheckPlan,
    listener: &mut dyn Listener,
) -> Result<Migrated, CheckError> {
    // Bad input is told before anything is started.
    let read = read(plan)?;
    let server = start(plan, listener).await?;
    let session = server.connect(MIGRATED, None).await?;
    let all = 0..read.statements.len();
    let settings = apply(&session, &read, all, listener).await?;
    let (catalog, tenancy) = understand(&session, plan, listener, plan.through.as_deref()).await?;
    session.close().await;
    Ok(Migrated {
        server,
        migrations: read,
        catalog,
        tenancy,
        settings,
        way_in: OnceCell::new(),
    })
}

/// Reads the migrations, with what stands on top of them.
pub fn read(plan: &CheckPlan) -> Result<Migrations, CheckError> {
    let platform = match plan.platform {
        Platform::Auto => migrations::Platform::Auto,
        Platform::Supabase => migrations::Platform::Supabase,
        Platform::None => migrations::Platform::None,
    };
    let mut read = match plan.migrations.is_empty() && !plan.on_top.is_empty() {
        true => Migrations::platform(platform),
        false => migrations::read(&plan.migrations, plan.through.as_deref(), platform)?,
    };
    for sql in &plan.on_top {
        read.add_text(&sql.name, &sql.path, &sql.text);
    }
    Ok(read)
}

/// Starts the server and makes the empty database that is to be migrated.
pub async fn start(plan: &CheckPlan, listener: &mut dyn Listener) -> Result<Server, CheckError> {
    listener.hear(&Event::Phase {
        phase: Phase::Server,
        done: 0,
        total: 0,
    });
    let server = Server::start(&request(plan)).await?;
    server.create_database(MIGRATED).await?;
    Ok(server)
}

/// Applies some of the statements; gives the settings of the database that a clone does not inherit.
pub async fn apply(
    session: &Session,
    read: &Migrations,
    range: std::ops::Range<usize>,
    listener: &mut dyn Listener,
) -> Result<Vec<String>, CheckError> {
    let applied = apply::apply_range(session.client(), read, range, |done, total| {
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
    Ok(applied.database_settings)
}

/// Reads the catalog of a migrated database and infers tenancy; `through` names the migration at which the database stopped
/// early.
pub async fn understand(
    session: &Session,
    plan: &CheckPlan,
    listener: &mut dyn Listener,
    through: Option<&str>,
) -> Result<(Catalog, Tenancy), CheckError> {
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
        &corrections(plan, through, &catalog, listener),
    )?;
    tenancy.published = tenancy::published(&catalog, &tenancy.roles);
    if tenancy.tenant.is_none() {
        return Err(CheckError::NoTenant);
    }
    Ok((catalog, tenancy))
}

/// What the configuration corrects. It is written for the head of the migrations: where a run stops before it, what is not
/// made yet is left out, and told.
fn corrections(
    plan: &CheckPlan,
    through: Option<&str>,
    catalog: &Catalog,
    listener: &mut dyn Listener,
) -> TenancyOverrides {
    let Some(through) = through else {
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
    let (world, truth, changed) = load_worlds(plan, migrated, listener).await?;
    let filled = prepare(plan, migrated, world, truth, listener).await?;
    let mut renumbering = <[String; 2]>::default();
    let wants = |aims: &[&str]| plan.probes.iter().any(|name| aims.contains(&name.as_str()));
    if plan.patches {
        trials::make(migrated).await?;
    }
    if wants(APART) {
        committed::make(migrated).await?;
        renumbering = other_world::make(migrated, &filled, &changed).await?;
    }
    Ok(Filled {
        has_other: wants(APART),
        renumbering,
        ..filled
    })
}

/// Clones the migrated database, and fills the clone with a generated world.
pub async fn load(
    plan: &CheckPlan,
    migrated: &Migrated,
    listener: &mut dyn Listener,
) -> Result<(World, Truth), CheckError> {
    let (world, truth, _) = load_worlds(plan, migrated, listener).await?;
    Ok((world, truth))
}

/// The same, with the rows of the world in which the victim's private data was drawn anew.
async fn load_worlds(
    plan: &CheckPlan,
    migrated: &Migrated,
    listener: &mut dyn Listener,
) -> Result<(World, Truth, World), CheckError> {
    listener.hear(&Event::Phase {
        phase: Phase::World,
        done: 0,
        total: 0,
    });
    let (catalog, tenancy) = (&migrated.catalog, &migrated.tenancy);
    migrated.server.clone_database(MIGRATED, FILLED).await?;
    let session = connect(migrated, FILLED, None).await?;
    let outline = load::plan(session.client(), catalog, tenancy).await?;
    let draw = |changed| world::generate(catalog, tenancy, &outline, plan.seed, changed);
    let (generated, changed) = (draw(None), draw(Some(VICTIM)).world);
    let (world, truth) =
        load::load(session.client(), catalog, tenancy, &outline, generated).await?;
    session.close().await;
    Ok((world, truth, changed))
}

/// Puts what attacks and their judge need into the filled database.
pub async fn prepare(
    plan: &CheckPlan,
    migrated: &Migrated,
    world: World,
    truth: Truth,
    listener: &mut dyn Listener,
) -> Result<Filled, CheckError> {
    // Loading leaves settings of its own on the session, so what follows gets a fresh one.
    let session = connect(migrated, FILLED, None).await?;
    let mut tenancy = migrated.tenancy.clone();
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
    let failed = |source| ObserveError::Prepare { source };
    observe_roles::make(session.client(), &tenancy.roles, &migrated.catalog, &keys)
        .await
        .map_err(failed)?;
    tenancy.roles.members.dedup();
    let login = &tenancy.roles.login;
    observe_setup::prepare(session.client(), &migrated.catalog, &truth, login)
        .await
        .map_err(failed)?;
    let catalog = &migrated.catalog;
    let known = public_conditions(migrated, &tenancy, listener);
    let found = observe_setup::public_rows(session.client(), catalog, &known).await;
    let mut public = found.map_err(failed)?;
    public.extend(declared_public(&session, plan, catalog, listener).await?);
    session.close().await;
    Ok(Filled {
        world,
        truth,
        tenancy,
        public,
        has_other: false,
        renumbering: Default::default(),
    })
}

/// The rows that the configuration declares public. The world has rows in every state that the schema asks for, so a
/// condition that none of them meets is likely wrong.
async fn declared_public(
    session: &Session,
    plan: &CheckPlan,
    catalog: &Catalog,
    listener: &mut dyn Listener,
) -> Result<BTreeSet<(Oid, String)>, ObserveError> {
    let mut public = BTreeSet::new();
    for named in conditions(plan, catalog) {
        let alone = std::slice::from_ref(&named);
        let found = observe_setup::public_rows(session.client(), catalog, alone).await;
        let (schema, table, condition) = &named;
        let found = found.map_err(|source| ObserveError::Condition {
            table: format!("{schema}.{table}"),
            condition: condition.clone(),
            source,
        })?;
        if found.is_empty() {
            listener.hear(&Event::Note {
                text: format!(
                    "the configuration calls rows of {schema}.{table} with {condition} public, but no generated row is such; correct or remove the entry"
                ),
            });
        }
        public.extend(found);
    }
    Ok(public)
}

/// What the schema itself declares public, told so that nobody takes it for an oversight.
fn public_conditions(
    migrated: &Migrated,
    tenancy: &Tenancy,
    listener: &mut dyn Listener,
) -> Vec<(String, String, String)> {
    let mut conditions = Vec::from_iter(public_files(&migrated.catalog));
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

/// Files in a public bucket are served to everybody who asks, and no policy is asked
/// (<https://supabase.com/docs/guides/storage/buckets/fundamentals>); to write them is still the policies' matter.
fn public_files(catalog: &Catalog) -> Option<(String, String, String)> {
    let of_platform = |name: &str| catalog.relation_named(name).filter(|found| found.platform);
    let files = of_platform("storage.objects")?;
    let buckets = of_platform("storage.buckets")?;
    let marked = buckets.columns.iter().any(|column| column.name == "public");
    let condition = "bucket_id IN (SELECT id FROM storage.buckets WHERE public)".to_owned();
    marked.then(|| (files.schema.clone(), files.name.clone(), condition))
}

/// What the configuration declares public.
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

pub async fn connect(
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
