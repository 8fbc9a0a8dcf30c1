//! What only trials on the rows can tell: whether they can still be updated, and whether they keep their owner.
use super::arrive::Arrived;
use super::fill::Filled;
use super::judge::owner_column;
use super::snapshot::{Fate, top};
use crate::catalog::Catalog;
use crate::check::{CheckError, Rows, stage};
use crate::event::{Event, Listener, Phase, Problem, ProblemKind, RehearsedTable};
use crate::oracle::observe_rehearsal::{self, Updates};
use crate::server::Session;
use crate::status::observe::try_columns;
use crate::status::{Immutable, Outline};
use crate::tenancy::conventions;
use crate::world::World;
use std::collections::BTreeMap;

/// Where every row of before is, by table and row.
type Fates = BTreeMap<(String, usize), Fate>;

/// How updates that change nothing went, by table. Partitions are counted with the table that they are part of.
pub(super) async fn updates(
    session: &Session,
    catalog: &Catalog,
) -> Result<BTreeMap<String, Updates>, CheckError> {
    let mut tables: BTreeMap<String, Updates> = BTreeMap::new();
    for (oid, updates) in observe_rehearsal::updates(session, catalog).await? {
        let Some(relation) = catalog.relation(oid) else {
            continue;
        };
        let table = tables.entry(top(catalog, relation).display_name());
        let sum = table.or_default();
        sum.tried += updates.tried;
        sum.refused += updates.refused;
        sum.reason = sum.reason.take().or(updates.reason);
    }
    Ok(tables)
}

/// Tries all tables, notes in their lines what came of it, and gives what is a problem.
pub(super) async fn run(
    filled: &Filled,
    arrived: &Arrived,
    world: &World,
    fates: &Fates,
    tables: &mut [RehearsedTable],
    listener: &mut dyn Listener,
) -> Result<Vec<Problem>, CheckError> {
    // What the migrations set on their session is not what the next one has.
    let session = stage::connect(&filled.migrated, stage::FILLED, None).await?;
    let now = updates(&session, &arrived.catalog).await?;
    let immutable = immutable(&session, arrived, world, listener).await?;
    session.close().await;
    for table in tables {
        let tried = now.get(&table.name).filter(|updates| updates.tried > 0);
        table.updatable = tried.map(|updates| updates.refused == 0);
        table.refused = tried.map_or(0, |updates| updates.refused);
        table.immutable = immutable.get(&table.name).copied();
    }
    Ok(frozen(&filled.updates, &now, fates))
}

/// Tables of which every row could be updated before, and some cannot any more. Where rows were refused before already,
/// the table is meant to be added to only.
fn frozen(
    before: &BTreeMap<String, Updates>,
    now: &BTreeMap<String, Updates>,
    fates: &Fates,
) -> Vec<Problem> {
    let came_from = |place: &str| {
        let mut sources: Vec<&Updates> = before.get(place).into_iter().collect();
        let here = fates.iter().filter(|(_, fate)| match fate {
            Fate::Kept(found, _) | Fate::Elsewhere(found, _) => found == place,
            Fate::Lost => false,
        });
        sources.extend(here.filter_map(|((table, _), _)| before.get(table)));
        sources.retain(|updates| updates.tried > 0);
        sources
    };
    let mut problems = Vec::new();
    for (name, updates) in now.iter().filter(|(_, updates)| updates.refused > 0) {
        let sources = came_from(name);
        if sources.is_empty() || sources.iter().any(|updates| updates.refused > 0) {
            continue;
        }
        let Updates { tried, refused, .. } = updates;
        let reason = updates.reason.as_deref().unwrap_or("nothing was changed");
        problems.push(Problem {
            kind: ProblemKind::Frozen,
            object: name.clone(),
            title: format!(
                "{refused} of {tried} rows of {name} refuse an update that changes nothing, and none did before: {reason}"
            ),
            migration: None,
            place: None,
            examples: Vec::new(),
            allowed: None,
        });
    }
    problems
}

/// Whether the column that says most surely whose a row is can be changed, by table; nothing of tables where no trial could
/// tell.
async fn immutable(
    session: &Session,
    arrived: &Arrived,
    world: &World,
    listener: &mut dyn Listener,
) -> Result<BTreeMap<String, bool>, CheckError> {
    let (catalog, tenancy) = (&arrived.catalog, &arrived.tenancy);
    let alternatives = conventions(catalog, tenancy);
    let Some(mut outline) = Outline::of(catalog, tenancy, &alternatives) else {
        return Ok(BTreeMap::new());
    };
    for table in &mut outline.tables {
        let relation = catalog.relation(table.relation);
        let surest = relation.and_then(|relation| owner_column(tenancy, relation));
        let is_surest = |column: i16| surest.is_some_and(|surest| surest.number == column);
        table.columns.retain(|(at, _, _)| is_surest(at.column));
    }
    let progress = |done, total| {
        listener.hear(&Event::Phase {
            phase: Phase::Owners,
            done,
            total,
        });
    };
    let rows = Rows {
        session,
        world,
        migrated: true,
    };
    let callers = rows.callers(tenancy);
    let client = session.client();
    let tried = try_columns(client, catalog, tenancy, &outline, &callers, progress).await?;
    let mut told = BTreeMap::new();
    for (at, held) in tried {
        if let (Some(relation), false) = (
            catalog.relation(at.relation),
            matches!(held, Immutable::Unproven(_)),
        ) {
            told.insert(relation.display_name(), held.holds());
        }
    }
    Ok(told)
}
