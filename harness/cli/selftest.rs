//! `watertight selftest`: plants every scenario; shows what was found and what was rightly left alone.
use super::conduct::{self, End};
use super::flags::Selftest;
use super::{Engine, Exit, Session};
use crate::config::{CheckPlan, Settings};
use crate::error::Failure;
use crate::event::{Event, Summary};
use crate::scenario::{Base, Expected, Scenario};
use crate::stop::Stop;
use std::path::{Path, PathBuf};

/// How one scenario went.
struct Line {
    scenario: Scenario,
    differences: Vec<String>,
    summary: Option<Summary>,
}

pub(super) fn run<E: Engine>(flags: &Selftest, session: &Session<'_, E>) -> Result<Exit, Failure> {
    let scenarios = read_all(&flags.paths, session.working)?;
    let stop = Stop::default();
    let end = conduct::end_of(&stop, async {
        let mut lines = Vec::new();
        for scenario in scenarios {
            if !stop.is_asked() {
                lines.push(try_one(scenario, flags, &stop, session).await?);
            }
        }
        Ok::<Vec<Line>, Failure>(lines)
    })?;
    let lines = match end {
        End::Done(lines) => lines?,
        End::Stopped => return Ok(Exit::Interrupted),
        End::Failed(failure) => return Err(failure),
        End::Panicked => return Ok(Exit::Bug),
    };
    session.print(&table(&lines))?;
    Ok(match lines.iter().all(|line| line.differences.is_empty()) {
        true => Exit::Clean,
        false => Exit::Leak,
    })
}

async fn try_one<E: Engine>(
    scenario: Scenario,
    flags: &Selftest,
    stop: &Stop,
    session: &Session<'_, E>,
) -> Result<Line, Failure> {
    let plan = base(&scenario, flags, session)?;
    let mut events: Vec<Event> = Vec::new();
    let outcome = match scenario.is_rehearsal() {
        true => {
            let plan = scenario.rehearsal(plan);
            session.engine.rehearse(&plan, stop, &mut events).await
        }
        false => {
            let plan = scenario.plan(plan);
            session.engine.check(&plan, stop, &mut events).await
        }
    };
    let (differences, summary) = match outcome {
        Ok(summary) => (scenario.differences(&events), Some(summary)),
        Err(failure) => {
            let notes = failure.notes.join("; ");
            (
                vec![format!("did not run: {} {notes}", failure.title)],
                None,
            )
        }
    };
    Ok(Line {
        scenario,
        differences,
        summary,
    })
}

/// The plan of the system that a scenario stands on.
fn base<E: Engine>(
    scenario: &Scenario,
    flags: &Selftest,
    session: &Session<'_, E>,
) -> Result<CheckPlan, Failure> {
    let settings = Settings {
        system: match &scenario.base {
            Base::System(name) => Some(vec![name.clone()]),
            _ => None,
        },
        migrations: match &scenario.base {
            Base::System(_) => None,
            _ => Some(vec![scenario.path.clone()]),
        },
        jobs: flags.jobs,
        ..session.global.settings()
    };
    let resolved = conduct::decide(settings, None, session)?;
    resolved.plans.into_iter().next().ok_or_else(|| {
        let title = format!("{} stands on no system", scenario.path.display());
        Failure::new(Exit::Usage.code(), title)
    })
}

/// Reads every scenario below the paths, sorted by path.
fn read_all(paths: &[PathBuf], working: &Path) -> Result<Vec<Scenario>, Failure> {
    let mut files = Vec::new();
    for path in paths {
        collect(&working.join(path), &mut files).map_err(|reason| {
            let title = format!("cannot read {}: {reason}", path.display());
            Failure::new(Exit::Usage.code(), title)
        })?;
    }
    files.sort();
    files
        .iter()
        .map(|path| {
            let shown = path.strip_prefix(working).unwrap_or(path);
            Scenario::read(shown)
                .map_err(|error| Failure::new(error.exit_code(), error.to_string()))
        })
        .collect()
}

fn collect(path: &Path, files: &mut Vec<PathBuf>) -> std::io::Result<()> {
    if path.is_dir() {
        for entry in std::fs::read_dir(path)? {
            collect(&entry?.path(), files)?;
        }
        return Ok(());
    }
    if path.extension().is_some_and(|extension| extension == "sql") {
        files.push(path.to_owned());
    }
    Ok(())
}

fn table(lines: &[Line]) -> String {
    let mut text = String::new();
    for line in lines {
        let mark = if line.differences.is_empty() {
            "ok"
        } else {
            "FAILED"
        };
        let took = line
            .summary
            .as_ref()
            .map_or(0, |summary| summary.elapsed_ms);
        text.push_str(&format!(
            "{mark:7} {:70} {took:6} ms\n",
            line.scenario.path.display()
        ));
        for difference in &line.differences {
            text.push_str(&format!("          {difference}\n"));
        }
    }
    let planted = |line: &&Line| {
        line.scenario
            .expected
            .iter()
            .any(|e| matches!(e, Expected::Leak { .. }))
    };
    let of = |lines: Vec<&Line>| {
        (
            lines.iter().filter(|l| l.differences.is_empty()).count(),
            lines.len(),
        )
    };
    let (found, leaks) = of(lines.iter().filter(planted).collect());
    let (alone, safe) = of(lines.iter().filter(|line| !planted(line)).collect());
    text.push_str(&format!("{found} of {leaks} planted leaks found as expected, {alone} of {safe} look-alikes left alone\n"));
    text
}
