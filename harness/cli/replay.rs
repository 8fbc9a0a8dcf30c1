//! `watertight replay` and `watertight bisect`: saved cases on today's migrations, and on those before.
use super::flags::Target;
use super::{Engine, Exit, Session, conduct, survey};
use crate::check::Found;
use crate::config::{CheckPlan, Resolved};
use crate::error::Failure;
use crate::event::{self, Bisected};
use crate::report;
use crate::shrink::{CaseError, SavedCase};
use clap::Args;
use std::path::{Path, PathBuf};

#[derive(Debug, Args)]
#[command(mut_arg("directory", |arg| arg.long("directory").hide(true)))]
pub(super) struct Replay {
    /// Directories of cases, their case.json, or fingerprints; those of tests/cases when none is given
    #[arg(value_name = "CASE")]
    pub cases: Vec<PathBuf>,
    #[command(flatten)]
    pub target: Target,
    /// Folder in which fingerprints are looked up
    #[arg(long, value_name = "DIR", help_heading = "Report")]
    pub output: Option<PathBuf>,
}

#[derive(Debug, Args)]
#[command(mut_arg("directory", |arg| arg.long("directory").hide(true)))]
pub(super) struct Bisect {
    /// Directory of a case, its case.json, or its fingerprint
    #[arg(value_name = "CASE")]
    pub case: PathBuf,
    #[command(flatten)]
    pub target: Target,
    /// Folder in which fingerprints are looked up
    #[arg(long, value_name = "DIR", help_heading = "Report")]
    pub output: Option<PathBuf>,
}

/// The directories of the cases that are tried first in every run.
pub(super) fn stored(resolved: &Resolved, working: &Path) -> Vec<PathBuf> {
    let found = SavedCase::all_in(&working.join(&resolved.cases)).into_iter();
    let shown = |path: PathBuf| {
        path.strip_prefix(working)
            .map_or(path.clone(), Path::to_owned)
    };
    found.map(shown).collect()
}

pub(super) fn run<E: Engine>(flags: &Replay, session: &Session<'_, E>) -> Result<Exit, Failure> {
    let resolved = decide(&flags.target, flags.output.as_ref(), session)?;
    let mut paths = Vec::new();
    for name in &flags.cases {
        paths.push(find(name, &resolved, session.working));
    }
    if paths.is_empty() {
        paths = stored(&resolved, session.working);
    }
    if paths.is_empty() {
        let folder = resolved.cases.display();
        let title = format!("no case was named, and there is none in {folder}");
        return Err(Failure::new(Exit::Usage.code(), title).help(
            "name one by its directory or fingerprint: `watertight replay 6bed6ec3e01d1d19`",
        ));
    }
    let cases = read(&paths, session.working)?;
    let mut replays = strangers(&resolved, &cases);
    let done = survey::each(session, &resolved, async |plan, stop, told| {
        let own: Vec<Found> = cases
            .iter()
            .filter(|(_, case)| is_of(plan, case, &resolved))
            .cloned()
            .collect();
        match own.is_empty() {
            true => Ok(Vec::new()),
            false => session.engine.replay(plan, &own, stop, told).await,
        }
    })?;
    let Some(done) = done else {
        return Ok(Exit::Interrupted);
    };
    replays.extend(done.into_iter().flatten());
    session.print(&report::replayed(&replays))?;
    let any =
        |wanted: fn(&event::ReplayOutcome) -> bool| replays.iter().any(|r| wanted(&r.outcome));
    Ok(
        if any(|outcome| matches!(outcome, event::ReplayOutcome::Leaks)) {
            Exit::Leak
        } else if any(|outcome| matches!(outcome, event::ReplayOutcome::CannotRun(_))) {
            Exit::Unproven
        } else {
            Exit::Clean
        },
    )
}

pub(super) fn bisect<E: Engine>(flags: &Bisect, session: &Session<'_, E>) -> Result<Exit, Failure> {
    let resolved = decide(&flags.target, flags.output.as_ref(), session)?;
    let path = find(&flags.case, &resolved, session.working);
    let cases = read(&[path], session.working)?;
    let (_, case) = &cases[0];
    let done = survey::each(session, &resolved, async |plan, stop, told| {
        match is_of(plan, case, &resolved) {
            true => session
                .engine
                .bisect(plan, case, stop, told)
                .await
                .map(Some),
            false => Ok(None),
        }
    })?;
    let Some(done) = done else {
        return Ok(Exit::Interrupted);
    };
    let Some(found) = done.into_iter().flatten().next() else {
        return Err(no_system(case));
    };
    session.print(&report::bisected(&case.title, &found))?;
    Ok(match found {
        Bisected::Opened(_) => Exit::Leak,
        Bisected::Closed(event::ReplayOutcome::CannotRun(_)) => Exit::Unproven,
        Bisected::Closed(_) => Exit::Clean,
    })
}

fn decide<E: Engine>(
    target: &Target,
    output: Option<&PathBuf>,
    session: &Session<'_, E>,
) -> Result<Resolved, Failure> {
    let mut settings = session.global.settings().over(target.settings());
    settings.output = output.cloned();
    conduct::decide(settings, session.global.profile.as_deref(), session)
}

/// A path as typed, else the case of this fingerprint in the output folder or among the stored ones.
fn find(name: &Path, resolved: &Resolved, working: &Path) -> PathBuf {
    let places = [
        resolved.output.join("cases").join(name),
        resolved.cases.join(name),
    ];
    match working.join(name).exists() {
        true => name.to_owned(),
        false => {
            let there = places.into_iter().find(|path| working.join(path).exists());
            there.unwrap_or_else(|| name.to_owned())
        }
    }
}

fn read(paths: &[PathBuf], working: &Path) -> Result<Vec<Found>, Failure> {
    let each = paths.iter().map(|path| {
        let case = SavedCase::read(&working.join(path)).map_err(failed)?;
        Ok((path.clone(), case))
    });
    each.collect()
}

fn failed(error: CaseError) -> Failure {
    let text = error.to_string();
    let (title, next) = text.split_once("\n  next: ").unwrap_or((&text, ""));
    Failure::new(error.exit_code(), title).help(next)
}

/// Whether a plan is the one of the case's system. A single plan was chosen for it by hand.
fn is_of(plan: &CheckPlan, case: &SavedCase, resolved: &Resolved) -> bool {
    plan.system == case.system || resolved.plans.len() == 1
}

/// Cases of systems that are not among those to try.
fn strangers(resolved: &Resolved, cases: &[Found]) -> Vec<event::Replay> {
    let stray = cases.iter().filter(|(_, case)| {
        !resolved
            .plans
            .iter()
            .any(|plan| is_of(plan, case, resolved))
    });
    stray
        .map(|(path, case)| event::Replay {
            system: case.system.clone(),
            fingerprint: case.fingerprint.clone(),
            title: case.title.clone(),
            case: path.clone(),
            outcome: event::ReplayOutcome::CannotRun(no_system(case).title),
        })
        .collect()
}

fn no_system(case: &SavedCase) -> Failure {
    let title = format!("there is no system named {} any more", case.system);
    Failure::new(Exit::Usage.code(), title)
        .help("name its migrations: `watertight replay CASE --migrations DIR`")
}
