//! `watertight plans`: how row security meets indexes, and whether a plan got worse.
use super::flags::Plans;
use super::{Engine, Exit, Session, survey};
use crate::config::{CheckPlan, PlansPlan, Sql};
use crate::error::Failure;
use crate::plans::{Baseline, Worse};
use crate::report;
use std::path::Path;

pub(super) fn run<E: Engine>(flags: &Plans, session: &Session<'_, E>) -> Result<Exit, Failure> {
    let mut resolved = survey::decide(&flags.target, session)?;
    if let Some(seed) = flags.seed {
        resolved.plans.iter_mut().for_each(|plan| plan.seed = seed);
    }
    // Bad input is told before anything is started.
    let before = flags
        .compare
        .as_deref()
        .map(|path| baseline(session.working, path))
        .transpose()?;
    let queries = match &flags.queries {
        Some(path) => Some(Sql {
            path: path.clone(),
            ..Sql::read(&session.working.join(path))?
        }),
        None => None,
    };
    let plan_of = |check: &CheckPlan| PlansPlan {
        check: check.clone(),
        rows: flags.rows,
        tables: flags.table.clone(),
        queries: queries.clone(),
    };
    let found = survey::each(session, &resolved, async |check, stop, told| {
        session.engine.plans(&plan_of(check), stop, told).await
    })?;
    let Some(systems) = found else {
        return Ok(Exit::Interrupted);
    };
    if let Some(path) = &flags.html {
        write(session.working, path, &report::plans_page(&systems))?;
    }
    if let Some(path) = &flags.save {
        write(session.working, path, &Baseline::of(&systems).write())?;
    }
    let look = session.streams.look(resolved.color);
    let json = flags.format == "json";
    let shown: Vec<String> = systems
        .iter()
        .map(|advice| report::plans(advice, &flags.format, &look))
        .collect();
    let mut text = shown.join(if json { "" } else { "\n" });
    let worse: Vec<Worse> = before
        .map(|before| before.compare(&systems))
        .unwrap_or_default();
    if flags.compare.is_some() {
        // Who compares wants to know what changed; the rest is there without the flag.
        let compared = report::plans_worse(&worse, &flags.format, &look);
        text = if json { text + &compared } else { compared };
    }
    session.print(&text)?;
    // A plan that got worse fails a run as a leak does: 1.
    Ok(if worse.is_empty() {
        Exit::Clean
    } else {
        Exit::Leak
    })
}

fn baseline(working: &Path, path: &Path) -> Result<Baseline, Failure> {
    let failure = |reason: String| {
        let title = format!("cannot compare with {}: {reason}", path.display());
        Failure::new(Exit::Usage.code(), title)
            .help("write one with `watertight plans --save FILE` on the schema as it was")
    };
    let text = std::fs::read_to_string(working.join(path)).map_err(|e| failure(e.to_string()))?;
    Baseline::read(&text).map_err(|error| failure(error.to_string()))
}

fn write(working: &Path, path: &Path, text: &str) -> Result<(), Failure> {
    std::fs::write(working.join(path), text).map_err(|reason| {
        let title = format!("cannot write {}: {reason}", path.display());
        Failure::new(Exit::Usage.code(), title).help("choose a file in a folder that exists")
    })
}
