//! Says what became of the rows: compares, asks the database and the named checks, and blames the migrations.
use super::arrive::Arrived;
use super::blame::{self, Suspect};
use super::compare::{self, Compared, Wrong};
use super::fill::{Filled, filled_at};
use super::heirs::{Heirs, Sides};
use super::snapshot::{Fate, Snapshot};
use super::{checks, trials, weigh};
use crate::catalog::{Catalog, Column, Oid, Relation};
use crate::check::CheckError;
use crate::config::RehearsalPlan;
use crate::event::{Listener, NamedCheck, Problem, ProblemKind, Rehearsed, RehearsedTable};
use crate::oracle::observe_rehearsal;
use crate::tenancy::{OwnerPath, Scope, Tenancy};
use crate::world::{Truth, World, load};
use std::collections::{BTreeMap, BTreeSet};

/// Compares, asks, and puts everything together; gives the world as it is now, for the attacks.
pub(super) async fn judge(
    plan: &RehearsalPlan,
    filled: &Filled,
    arrived: &Arrived,
    cut: usize,
    listener: &mut dyn Listener,
) -> Result<(Rehearsed, World, Truth), CheckError> {
    let fates = compare::fates(&filled.before, arrived.after());
    let heirs = find_heirs(filled, arrived, &fates);
    let mut world = heirs.world.clone();
    let (catalog, tenancy) = (&arrived.catalog, &arrived.tenancy);
    let truth = load::adopt(filled.session.client(), catalog, tenancy, &mut world).await?;
    let after = Snapshot::new(catalog, &truth);
    let compared = compared(filled, arrived, &fates, &heirs, &after);
    let (mut problems, mut tables, notes) =
        find_problems(filled, arrived, &compared, &world, &truth);
    problems.extend(unvalidated(filled).await?);
    problems.extend(trials::run(filled, arrived, &world, &fates, &mut tables, listener).await?);
    let (checks, unasked) = ask_checks(plan, filled).await?;
    let migrations = &filled.migrated.migrations;
    let last = migrations.files.last();
    let before = &filled.before.tables;
    let rehearsed = Rehearsed {
        system: plan.check.system.clone(),
        from: filled_at(migrations, cut).to_owned(),
        through: last.map(|file| file.name.clone()).unwrap_or_default(),
        problems: allow(plan, problems),
        tables,
        files: weigh::files(migrations, cut, &arrived.gauged, &|name| {
            before.get(name).map_or(0, |table| table.rows.len())
        }),
        checks,
        unasked,
        owners: [heirs.notes(&filled.world), notes].concat(),
        elapsed_ms: 0,
    };
    Ok((rehearsed, world, truth))
}

fn compared<'a>(
    filled: &'a Filled,
    arrived: &Arrived,
    fates: &'a BTreeMap<(String, usize), Fate>,
    heirs: &'a Heirs,
    after: &'a Snapshot,
) -> Compared<'a> {
    let (catalog, tenancy) = (&arrived.catalog, &arrived.tenancy);
    // The tenants themselves belong to nobody else.
    let root = tenancy.tenant.and_then(|key| tenancy.keys[key.0].root);
    let tenants = root.and_then(|root| catalog.relation(root.relation));
    let mut owned_after = owned(catalog, tenancy);
    owned_after.retain(|owned| tenants.is_none_or(|tenants| *owned != tenants.display_name()));
    let column = |table: &String| {
        let column = owner_column(tenancy, catalog.relation_named(table)?)?;
        Some((table.clone(), column.name.clone()))
    };
    Compared {
        before: &filled.before,
        after,
        fates,
        heirs,
        old_world: &filled.world,
        owned_before: owned(&filled.migrated.catalog, &filled.migrated.tenancy),
        owned: owned_after,
        owner_columns: after.tables.keys().filter_map(column).collect(),
        platform: catalog
            .relations
            .iter()
            .filter(|r| r.platform)
            .map(Relation::display_name)
            .collect(),
    }
}

fn find_problems(
    filled: &Filled,
    arrived: &Arrived,
    compared: &Compared<'_>,
    world: &World,
    truth: &Truth,
) -> (Vec<Problem>, Vec<RehearsedTable>, Vec<String>) {
    let wrongs = compared.wrongs();
    let mut problems = compared.problems(&wrongs);
    find_blame(&mut problems, &wrongs, filled, arrived);
    let (notes, scattered) = compared.orphans();
    problems.extend(scattered);
    // A row that moved is told once: that its old column still names the old owner follows from it.
    let moved: BTreeSet<&str> = wrongs.iter().map(|wrong| wrong.table.as_str()).collect();
    let mut torn = weigh::disagreements(&arrived.catalog, &arrived.tenancy, world, truth);
    torn.retain(|problem| !moved.contains(problem.object.as_str()));
    problems.extend(torn);
    (problems, compared.tables(&wrongs), notes)
}

/// Marks what the configuration lets pass, and puts the worst first.
fn allow(plan: &RehearsalPlan, mut problems: Vec<Problem>) -> Vec<Problem> {
    for problem in &mut problems {
        let mut allowed = plan.allowed.iter();
        let entry = allowed.find(|allowed| allowed.object == problem.object);
        problem.allowed = entry.map(|allowed| allowed.reason.clone());
    }
    problems.sort_by(|a, b| (a.kind, &a.object).cmp(&(b.kind, &b.object)));
    problems
}

pub(super) fn find_heirs(
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
        after: arrived.after(),
        fates,
    })
}

fn owned(catalog: &Catalog, tenancy: &Tenancy) -> BTreeSet<String> {
    let owned = |oid| matches!(tenancy.scope(oid), Some(Scope::Owned { .. }));
    let relations = catalog.relations.iter().filter(|r| owned(r.oid));
    relations.map(Relation::display_name).collect()
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
                    OwnerPath::Key { .. } | OwnerPath::Folder { .. } => return true,
                    OwnerPath::Parent { target, .. } => next.push(*target),
                }
            }
        }
        false
    };
    let relations = catalog.relations.iter().filter(|r| !reaches(r.oid));
    relations.map(Relation::display_name).collect()
}

fn find_blame(problems: &mut [Problem], wrongs: &[Wrong], filled: &Filled, arrived: &Arrived) {
    let mut suspects = Vec::new();
    for problem in problems {
        let own = |wrong: &&Wrong| wrong.kind == problem.kind && wrong.table == problem.object;
        let Some(wrong) = wrongs.iter().find(own) else {
            continue;
        };
        let relation = arrived.catalog.relation_named(&problem.object);
        let column = relation.and_then(|relation| owner_column(&arrived.tenancy, relation));
        let names = column.map(|column| column.name.clone());
        suspects.push(Suspect::new(problem, wrong, names.into_iter().collect()));
    }
    let migrations = &filled.migrated.migrations;
    blame::blame(suspects, &filled.before, &arrived.steps, migrations);
}

/// The column that says most surely whose a row of the table is; none where only a parent says it. A row whose parent says
/// whose it is may leave its own columns empty.
pub(super) fn owner_column<'c>(tenancy: &Tenancy, relation: &'c Relation) -> Option<&'c Column> {
    let Some(Scope::Owned { paths, .. }) = tenancy.scope(relation.oid) else {
        return None;
    };
    match paths.first()? {
        OwnerPath::Key { column, .. } => relation.column(*column),
        OwnerPath::Parent { .. } | OwnerPath::Folder { .. } => None,
    }
}

/// Constraints and indexes that do not hold for the rows that were there, and did before.
async fn unvalidated(filled: &Filled) -> Result<Vec<Problem>, CheckError> {
    let mut found = observe_rehearsal::unvalidated(&filled.session).await?;
    found.retain(|found| !filled.unvalidated.contains(found));
    let problem = |(table, what)| Problem {
        kind: ProblemKind::Unvalidated,
        title: format!("{what} of {table} was not checked for the rows that were there"),
        object: table,
        migration: None,
        place: None,
        examples: Vec::new(),
        allowed: None,
    };
    Ok(found.into_iter().map(problem).collect())
}

async fn ask_checks(
    plan: &RehearsalPlan,
    filled: &Filled,
) -> Result<(Vec<NamedCheck>, Option<String>), CheckError> {
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
        asked.push(NamedCheck {
            name: check.name,
            place: check.place,
            result,
        });
    }
    Ok((asked, None))
}
