//! Rehearses migrations on populated tables: fills a database at one migration, applies the rest, and compares every row.
mod blame;
mod checks;
mod compare;
mod heirs;
mod snapshot;
mod timed;
mod weigh;

use crate::catalog::{Catalog, Oid};
use crate::check::{self, CheckError, Migrated, stage};
use crate::config::RehearsalPlan;
use crate::event::{Event, Listener, Phase, Problem, ProblemKind, Rehearsed, Summary, Unproven};
use crate::migrations::Migrations;
use crate::oracle::observe_rehearsal;
use crate::server::{Session, apply};
use crate::stop::Stop;
use crate::tenancy::{OwnerPath, Scope, Tenancy};
use crate::world::{TenantId, TrueRow, Truth, World, load};
use compare::{Compared, Wrong};
use heirs::{Heirs, Sides};
use snapshot::{Fate, Snapshot};
use std::collections::{BTreeMap, BTreeSet};
use std::time::Instant;

/// The tenant that gives a row of each table away, so that there are rows of nobody: neither attacker nor victim.
const BYSTANDER: TenantId = TenantId(2);

/// The filled database, before the rest of the migrations.
struct Filled {
    migrated: Migrated,
    session: Session,
    world: World,
    before: Snapshot,
    /// Constraints that did not hold for all rows then already.
    unvalidated: BTreeSet<(String, String)>,
}

/// The same database after the last migration.
struct Arrived {
    catalog: Catalog,
    tenancy: Tenancy,
    rows: BTreeMap<Oid, Vec<TrueRow>>,
    after: Snapshot,
    /// After each migration file.
    steps: Vec<(usize, Snapshot)>,
    gauged: Vec<apply::Gauged>,
}

/// Rehearses one system and tells the listener everything; the migrated rows are attacked at the end.
pub async fn rehearse(
    plan: &RehearsalPlan,
    stop: &Stop,
    listener: &mut dyn Listener,
) -> Result<Summary, CheckError> {
    let started = Instant::now();
    let migrations = stage::read(&plan.check)?;
    let cut = cut(plan, &migrations)?;
    let server = stop.or(stage::start(&plan.check, listener)).await?;
    let filled = stop
        .or(fill(plan, migrations, cut, server, listener))
        .await?;
    let outcome = go_on(plan, filled, cut, started, stop, listener).await;
    let (migrated, summary) = outcome?;
    migrated.server.stop().await?;
    listener.hear(&Event::Finished(summary.clone()));
    Ok(summary)
}

/// The number of statements before which the database is filled.
fn cut(plan: &RehearsalPlan, migrations: &Migrations) -> Result<usize, CheckError> {
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

/// Migrates up to the cut, fills a clone, plants what the plan asks for, and takes the snapshot that all is compared with.
async fn fill(
    plan: &RehearsalPlan,
    migrations: Migrations,
    cut: usize,
    server: crate::server::Server,
    listener: &mut dyn Listener,
) -> Result<Filled, CheckError> {
    let session = server.connect(stage::MIGRATED, None).await?;
    let settings = stage::apply(&session, &migrations, 0..cut, listener).await?;
    let (catalog, tenancy) = stage::understand(&session, &plan.check, listener, true).await?;
    session.close().await;
    let migrated = Migrated {
        server,
        migrations,
        catalog,
        tenancy,
        settings,
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
    Ok(Filled {
        migrated,
        session,
        world,
        before,
        unvalidated,
    })
}

/// Puts rows into the state that the plan asks for.
async fn seed(plan: &RehearsalPlan, session: &Session) -> Result<(), CheckError> {
    if let Some(sql) = &plan.seed_rows {
        let mut seed = Migrations::default();
        seed.add_text(&sql.name, &sql.path, &sql.text);
        let all = 0..seed.statements.len();
        apply::apply_range(session.client(), &seed, all, |_, _| {}).await?;
    }
    Ok(())
}

async fn go_on(
    plan: &RehearsalPlan,
    mut filled: Filled,
    cut: usize,
    started: Instant,
    stop: &Stop,
    listener: &mut dyn Listener,
) -> Result<(Migrated, Summary), CheckError> {
    let arrived = stop.or(arrive(plan, &mut filled, cut, listener)).await?;
    let (rehearsed, world, truth) = stop.or(judge(plan, &filled, &arrived, cut)).await?;
    filled.session.close().await;
    let mut migrated = filled.migrated;
    (migrated.catalog, migrated.tenancy) = (arrived.catalog, arrived.tenancy);
    let mut rehearsed = rehearsed;
    if plan.rows > 0 {
        let timed = stop.or(timed::run(plan, &migrated, cut, listener)).await?;
        rehearsed.files = timed.files;
        rehearsed.owners.extend(timed.notes);
    }
    let apart = world.tenants.len() > 1 && {
        let populated = |tenant| {
            truth
                .tables
                .values()
                .flatten()
                .any(|row| row.tenant == Some(TenantId(tenant)))
        };
        populated(0) && populated(1)
    };
    let summary = match apart {
        true => {
            let ready = stage::prepare(&plan.check, &migrated, world, truth, listener).await?;
            let mut sparse = Sparse {
                inner: listener,
                undecided: 0,
            };
            let attacked =
                check::attack_filled(&plan.check, &migrated, ready, started, stop, &mut sparse);
            let summary = attacked.await?;
            sparse.tell();
            summary
        }
        false => {
            listener.hear(&Event::Unproven(Unproven {
                system: plan.check.system.clone(),
                object: "isolation".to_owned(),
                reason:
                    "all rows are of one tenant after the migrations: there is nobody to attack"
                        .to_owned(),
                ..Unproven::default()
            }));
            Summary {
                system: plan.check.system.clone(),
                unproven: 1,
                ..Summary::default()
            }
        }
    };
    rehearsed.elapsed_ms = u64::try_from(started.elapsed().as_millis()).unwrap_or(u64::MAX);
    listener.hear(&Event::Rehearsed(Box::new(rehearsed)));
    Ok((migrated, summary))
}

/// Applies the rest file by file, measures every statement, and looks at the rows after each file.
async fn arrive(
    plan: &RehearsalPlan,
    filled: &mut Filled,
    cut: usize,
    listener: &mut dyn Listener,
) -> Result<Arrived, CheckError> {
    let migrations = &filled.migrated.migrations;
    let client = filled.session.client();
    let total = migrations.statements.len() - cut;
    let (mut steps, mut gauged) = (Vec::new(), Vec::new());
    let mut settings = Vec::new();
    let mut next = cut;
    while next < migrations.statements.len() {
        let file = migrations.statements[next].file;
        let range = next..migrations.statements_of(file).end;
        next = range.end;
        let before = range.start - cut;
        let (applied, measured) = apply::apply_gauged(client, migrations, range, |done, _| {
            listener.hear(&Event::Phase {
                phase: Phase::Rehearsal,
                done: before + done,
                total,
            });
        })
        .await?;
        for note in &applied.notes {
            listener.hear(&Event::Note {
                text: note.to_string(),
            });
        }
        settings = applied.database_settings;
        gauged.extend(measured);
        let catalog = crate::catalog::read(client).await?;
        let tables = load::rows(client, &catalog).await?;
        let missing = Vec::new();
        steps.push((file, Snapshot::new(&catalog, &Truth { tables, missing })));
    }
    filled.migrated.settings.extend(settings);
    let (catalog, tenancy) =
        stage::understand(&filled.session, &plan.check, listener, false).await?;
    let rows = load::rows(client, &catalog).await?;
    let truth = Truth {
        tables: rows.clone(),
        missing: Vec::new(),
    };
    let after = Snapshot::new(&catalog, &truth);
    Ok(Arrived {
        catalog,
        tenancy,
        rows,
        after,
        steps,
        gauged,
    })
}

/// Compares, asks, and puts everything together; gives the world as it is now, for the attacks.
async fn judge(
    plan: &RehearsalPlan,
    filled: &Filled,
    arrived: &Arrived,
    cut: usize,
) -> Result<(Rehearsed, World, Truth), CheckError> {
    let fates = compare::fates(&filled.before, &arrived.after);
    let heirs = find_heirs(filled, arrived, &fates);
    let mut world = heirs.world.clone();
    let (catalog, tenancy) = (&arrived.catalog, &arrived.tenancy);
    let truth = load::adopt(filled.session.client(), catalog, tenancy, &mut world).await?;
    let after = Snapshot::new(catalog, &truth);
    let compared = Compared {
        before: &filled.before,
        after: &after,
        fates: &fates,
        heirs: &heirs,
        old_world: &filled.world,
        owned_before: owned(&filled.migrated.catalog, &filled.migrated.tenancy),
        // The tenants themselves belong to nobody else.
        owned: {
            let root = tenancy.tenant.and_then(|key| tenancy.keys[key.0].root);
            let tenants = catalog
                .relations
                .iter()
                .find(|r| Some(r.oid) == root.map(|root| root.relation));
            let mut owned = owned(catalog, tenancy);
            owned
                .retain(|name| tenants.is_none_or(|r| *name != format!("{}.{}", r.schema, r.name)));
            owned
        },
        owner_columns: {
            let columns = |name: &String| {
                let column = owner_columns(catalog, tenancy, name).into_iter().next()?;
                Some((name.clone(), column))
            };
            after.tables.keys().filter_map(columns).collect()
        },
        platform: {
            let platform = catalog.relations.iter().filter(|r| r.platform);
            platform
                .map(|r| format!("{}.{}", r.schema, r.name))
                .collect()
        },
    };
    let wrongs = compared.wrongs();
    let mut problems = compared.problems(&wrongs);
    find_blame(&mut problems, &wrongs, filled, arrived);
    let (notes, scattered) = compared.orphans();
    problems.extend(scattered);
    // A row that moved is told once: that its old column still names the old owner follows from it.
    let moved: BTreeSet<&str> = wrongs.iter().map(|wrong| wrong.table.as_str()).collect();
    let mut torn = weigh::disagreements(catalog, tenancy, &world, &truth);
    torn.retain(|problem| !moved.contains(problem.object.as_str()));
    problems.extend(torn);
    let mut tables = compared.tables(&wrongs);
    problems.extend(ask(filled, arrived, &truth, &mut tables).await?);
    for problem in &mut problems {
        let allowed = plan
            .allowed
            .iter()
            .find(|allowed| allowed.object == problem.object);
        problem.allowed = allowed.map(|allowed| allowed.reason.clone());
    }
    problems.sort_by(|a, b| (a.kind, &a.object).cmp(&(b.kind, &b.object)));
    let (checks, unasked) = ask_checks(plan, filled).await?;
    let migrations = &filled.migrated.migrations;
    let rehearsed = Rehearsed {
        system: plan.check.system.clone(),
        from: migrations.files[migrations.statements[cut - 1].file]
            .name
            .clone(),
        through: migrations
            .files
            .last()
            .map(|file| file.name.clone())
            .unwrap_or_default(),
        problems,
        tables,
        files: weigh::files(migrations, cut, &arrived.gauged, &|name| {
            filled
                .before
                .tables
                .get(name)
                .map_or(0, |table| table.rows.len())
        }),
        checks,
        unasked,
        owners: [heirs.notes(&filled.world), notes].concat(),
        elapsed_ms: 0,
    };
    Ok((rehearsed, world, truth))
}

fn find_heirs(
    filled: &Filled,
    arrived: &Arrived,
    fates: &BTreeMap<(String, usize), Fate>,
) -> Heirs {
    Heirs::find(&Sides {
        old_tenancy: &filled.migrated.tenancy,
        old_world: &filled.world,
        by_user: by_user(&filled.migrated.catalog, &filled.migrated.tenancy),
        catalog: &arrived.catalog,
        tenancy: &arrived.tenancy,
        rows: &arrived.rows,
        before: &filled.before,
        after: &arrived.after,
        fates,
    })
}

fn owned(catalog: &Catalog, tenancy: &Tenancy) -> BTreeSet<String> {
    let owned = |oid| matches!(tenancy.scope(oid), Some(Scope::Owned { .. }));
    let relations = catalog.relations.iter().filter(|r| owned(r.oid));
    relations
        .map(|r| format!("{}.{}", r.schema, r.name))
        .collect()
}

/// Tables whose rows belong to a user, and to a tenant only because the user does.
fn by_user(catalog: &Catalog, tenancy: &Tenancy) -> BTreeSet<String> {
    let reaches = |oid: Oid| {
        let (mut seen, mut next) = (BTreeSet::new(), vec![oid]);
        while let Some(oid) = next.pop() {
            let Some(Scope::Owned { paths, .. }) = tenancy.scope(oid).filter(|_| seen.insert(oid))
            else {
                continue;
            };
            for path in paths {
                match path {
                    OwnerPath::Key { key, .. } if Some(*key) == tenancy.user => {}
                    OwnerPath::Key { .. } => return true,
                    OwnerPath::Parent { target, .. } => next.push(*target),
                }
            }
        }
        false
    };
    let relations = catalog.relations.iter().filter(|r| !reaches(r.oid));
    relations
        .map(|r| format!("{}.{}", r.schema, r.name))
        .collect()
}

fn find_blame(problems: &mut [Problem], wrongs: &[Wrong], filled: &Filled, arrived: &Arrived) {
    for problem in problems {
        let own = |wrong: &&Wrong| wrong.kind == problem.kind && wrong.table == problem.object;
        let Some(wrong) = wrongs.iter().find(own) else {
            continue;
        };
        let columns = owner_columns(&arrived.catalog, &arrived.tenancy, &problem.object);
        blame::blame(
            problem,
            wrong,
            &filled.before,
            &arrived.steps,
            &columns,
            &filled.migrated.migrations,
        );
    }
}

/// Names of the columns that say whose a row of the table is.
fn owner_columns(catalog: &Catalog, tenancy: &Tenancy, table: &str) -> Vec<String> {
    let named = |r: &&crate::catalog::Relation| format!("{}.{}", r.schema, r.name) == table;
    let Some(relation) = catalog.relations.iter().find(named) else {
        return Vec::new();
    };
    let Some(Scope::Owned { paths, .. }) = tenancy.scope(relation.oid) else {
        return Vec::new();
    };
    let column = |path: &OwnerPath| match path {
        OwnerPath::Key { column, .. } => {
            let found = relation.columns.iter().find(|c| c.number == *column)?;
            Some(found.name.clone())
        }
        OwnerPath::Parent { .. } => None,
    };
    // Only the surest: a row whose parent says whose it is may leave its own columns empty.
    paths.first().and_then(column).into_iter().collect()
}

/// What only the database can tell: constraints that do not hold, rows that cannot be written any more.
async fn ask(
    filled: &Filled,
    arrived: &Arrived,
    truth: &Truth,
    tables: &mut [crate::event::RehearsedTable],
) -> Result<Vec<Problem>, CheckError> {
    let mut problems = Vec::new();
    let problem = |kind, object: &str, title| Problem {
        kind,
        object: object.to_owned(),
        title,
        migration: None,
        place: None,
        examples: Vec::new(),
        allowed: None,
    };
    for (table, what) in observe_rehearsal::unvalidated(&filled.session).await? {
        if !filled.unvalidated.contains(&(table.clone(), what.clone())) {
            let title = format!("{what} of {table} was not checked for the rows that were there");
            problems.push(problem(ProblemKind::Unvalidated, &table, title));
        }
    }
    let updates = observe_rehearsal::updates(&filled.session, &arrived.catalog, truth).await?;
    for (oid, refused) in updates {
        let Some(relation) = arrived.catalog.relations.iter().find(|r| r.oid == oid) else {
            continue;
        };
        let name = format!("{}.{}", relation.schema, relation.name);
        if let Some(table) = tables.iter_mut().find(|table| table.name == name) {
            table.updatable = Some(refused.is_none() && table.updatable != Some(false));
        }
        if let Some(reason) = refused {
            let title = format!("a row of {name} that changes nothing is refused: {reason}");
            problems.push(problem(ProblemKind::Frozen, &name, title));
        }
    }
    Ok(problems)
}

async fn ask_checks(
    plan: &RehearsalPlan,
    filled: &Filled,
) -> Result<(Vec<crate::event::NamedCheck>, Option<String>), CheckError> {
    if let Some(name) = &plan.check.through {
        let reason = format!(
            "they hold when all migrations are applied, and this rehearsal stops at {name}"
        );
        return Ok((Vec::new(), Some(reason)));
    }
    let found =
        checks::read(&plan.check.migrations).map_err(|reason| CheckError::Checks { reason })?;
    let mut asked = Vec::new();
    for check in found {
        let result = observe_rehearsal::ask(&filled.session, &check.sql).await?;
        asked.push(crate::event::NamedCheck {
            name: check.name,
            place: check.place,
            result,
        });
    }
    Ok((asked, None))
}

/// Migrated rows are fewer and plainer than those of a world made for attacks: cells that they cannot decide are counted,
/// and left to `check`.
struct Sparse<'a> {
    inner: &'a mut dyn Listener,
    undecided: usize,
}

impl Sparse<'_> {
    fn tell(self) {
        if self.undecided > 0 {
            let cells = self.undecided;
            let text = format!(
                "{cells} cells could not be decided on the migrated rows alone; `watertight check` decides them on rows made for it"
            );
            self.inner.hear(&Event::Note { text });
        }
    }
}

impl Listener for Sparse<'_> {
    fn hear(&mut self, event: &Event) {
        match event {
            Event::Unproven(_) => self.undecided += 1,
            other => self.inner.hear(other),
        }
    }
}
