//! Tries saved cases on today's migrations.
use super::CheckError;
use super::stage::{self, MIGRATED, Migrated, connect};
use crate::config::CheckPlan;
use crate::event::{Event, Listener, Replay, ReplayOutcome};
use crate::oracle::ObserveError;
use crate::oracle::observe_case::{Answer, ask};
use crate::server::{Server, Session};
use crate::shrink::{self, LEAKS, SavedCase, Sign};
use crate::stop::Stop;
use std::path::PathBuf;

/// A case with the directory that it stands in.
pub type Found = (PathBuf, SavedCase);

/// Applies the migrations and tries each case; tells the listener how each ended.
pub async fn replay(
    plan: &CheckPlan,
    cases: &[Found],
    stop: &Stop,
    listener: &mut dyn Listener,
) -> Result<Vec<Replay>, CheckError> {
    let read = stage::read(plan)?;
    let server = stop.or(stage::start(plan, listener)).await?;
    let replayed = stop
        .or(applied(plan, &server, &read, cases, listener))
        .await;
    let stopped = server.stop().await;
    let replayed = replayed?;
    stopped?;
    Ok(replayed)
}

async fn applied(
    plan: &CheckPlan,
    server: &Server,
    read: &crate::migrations::Migrations,
    cases: &[Found],
    listener: &mut dyn Listener,
) -> Result<Vec<Replay>, CheckError> {
    let session = server.connect(MIGRATED, None).await?;
    let all = 0..read.statements.len();
    let settings = stage::apply(&session, read, all, listener).await?;
    session.close().await;
    // What the migrations set for their own session is not there for others.
    let session = server.connect(MIGRATED, None).await?;
    prepare(&session, &settings, plan.statement_timeout_ms).await?;
    let out = each(&session, &plan.system, cases, listener).await?;
    session.close().await;
    Ok(out)
}

/// Settings of the database, and the limit of a statement.
pub(super) async fn prepare(
    session: &Session,
    settings: &[String],
    timeout_ms: u64,
) -> Result<(), ObserveError> {
    let mut all = settings.to_vec();
    all.push(format!("SET statement_timeout = {}", timeout_ms * 4));
    let set = session.client().batch_execute(&all.join(";")).await;
    set.map_err(|source| ObserveError::Prepare { source })
}

/// Tries the cases that every run of the project tries first.
pub(super) async fn stored(
    plan: &CheckPlan,
    migrated: &Migrated,
    listener: &mut dyn Listener,
) -> Result<(), CheckError> {
    let mut cases = Vec::new();
    for path in &plan.stored {
        cases.push((path.clone(), SavedCase::read(path)?));
    }
    cases.retain(|(_, case)| case.system == plan.system);
    if cases.is_empty() {
        return Ok(());
    }
    let session = connect(migrated, MIGRATED, None).await?;
    prepare(&session, &[], plan.statement_timeout_ms).await?;
    each(&session, &plan.system, &cases, listener).await?;
    session.close().await;
    Ok(())
}

async fn each(
    session: &Session,
    system: &str,
    cases: &[Found],
    listener: &mut dyn Listener,
) -> Result<Vec<Replay>, CheckError> {
    let mut out = Vec::new();
    for (path, case) in cases {
        let replay = Replay {
            system: system.to_owned(),
            fingerprint: case.fingerprint.clone(),
            title: case.title.clone(),
            case: path.clone(),
            outcome: try_one(session, case).await?,
        };
        listener.hear(&Event::Replayed(replay.clone()));
        out.push(replay);
    }
    Ok(out)
}

/// Tries one case in a migrated database, in a transaction that is rolled back.
pub(super) async fn try_one(
    session: &Session,
    case: &SavedCase,
) -> Result<ReplayOutcome, ObserveError> {
    // A case that never leaked when it was tried alone would be called fixed each time.
    let unable = match (&case.sign, &case.unreplayable) {
        (Sign::Told { .. }, _) => {
            Some("it takes more than one transaction or connection".to_owned())
        }
        (_, why) => why.clone(),
    };
    if let Some(why) = unable {
        return Ok(ReplayOutcome::CannotRun(format!(
            "{why}; `watertight check` attacks it each time"
        )));
    }
    Ok(match ask(session, &shrink::replay(case), LEAKS).await? {
        Answer::Leaks => ReplayOutcome::Leaks,
        Answer::Holds => ReplayOutcome::Fixed,
        Answer::CannotRun(why) => ReplayOutcome::CannotRun(why),
    })
}
