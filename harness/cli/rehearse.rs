//! `watertight rehearse`: fill a database at one migration, apply the rest, and say what became of every row.
use super::check::{open, unwritten};
use super::flags::Rehearse;
use super::{Engine, Exit, Session, bug, exit, runtime, stop};
use crate::config::{CheckPlan, Config, Date, Gate, Known, RehearsalPlan, Sql, resolve};
use crate::error::Failure;
use crate::event::{Event, Listener};
use crate::report::{self, Reports};
use crate::stop::Stop;

pub(super) fn run<E: Engine>(flags: &Rehearse, session: &Session<'_, E>) -> Result<Exit, Failure> {
    let probes: Vec<&str> = session
        .engine
        .probes()
        .iter()
        .map(|probe| probe.name)
        .collect();
    let formats: Vec<&str> = report::ALL.iter().map(|format| format.name).collect();
    let config = session.config()?;
    let known = Known {
        probes: &probes,
        formats: &formats,
    };
    let settings = session.global.settings().over(flags.settings());
    let profile = session.global.profile.as_deref();
    let resolved = resolve(settings, profile, &config, session.working, known)?;
    let seed_rows = match &flags.seed_rows {
        Some(path) => Some(Sql {
            path: path.clone(),
            ..Sql::read(&session.working.join(path))?
        }),
        None => None,
    };
    let plans: Vec<RehearsalPlan> = resolved
        .plans
        .iter()
        .flat_map(|check| plans(flags, seed_rows.as_ref(), &config, check))
        .collect();
    let mut reports = open(&resolved, session)?;
    let runtime = runtime()?;
    let stop = Stop::default();
    let finished = bug::contain(|| {
        runtime.block_on(stop::until_stopped(
            &stop,
            rehearse_all(session.engine, &plans, &stop, &mut reports),
        ))
    });
    match &finished {
        Some(Ok(None)) => reports.hear(&Event::Interrupted),
        Some(Err(reason)) => {
            let title = format!("cannot listen for Ctrl-C: {reason}");
            let failure = Failure::new(Exit::Bug.code(), title);
            reports.hear(&Event::Failed(Box::new(failure)));
        }
        Some(Ok(Some(()))) | None => {}
    }
    let (mut tally, trouble) = reports.close();
    if finished.is_none() {
        tally.failures.push(Exit::Bug.code());
    }
    if let Some(trouble) = trouble {
        tally.failures.push(trouble.exit_code());
        session.tell(&unwritten(&trouble));
    }
    Ok(exit::of(&tally))
}

/// One rehearsal for each stage that the flag or the configuration names.
fn plans(
    flags: &Rehearse,
    seed_rows: Option<&Sql>,
    config: &Config,
    check: &CheckPlan,
) -> Vec<RehearsalPlan> {
    let system = config
        .systems
        .iter()
        .find(|system| system.name == check.system);
    let configured = system
        .map(|system| system.rehearse.clone())
        .unwrap_or_default();
    let stages: Vec<Option<String>> = match (&flags.from, configured.from.is_empty()) {
        (Some(name), _) => vec![Some(name.clone())],
        (None, true) => vec![None],
        (None, false) => configured.from.iter().cloned().map(Some).collect(),
    };
    stages
        .into_iter()
        .map(|from| RehearsalPlan {
            check: CheckPlan {
                allow_unproven: configured.allowed.clone(),
                // What is accepted of a check need not show on migrated rows.
                partial: true,
                ..check.clone()
            },
            from,
            seed_rows: seed_rows.cloned(),
            rows: flags.rows.unwrap_or(0),
            allowed: configured.allowed.clone(),
        })
        .collect()
}

async fn rehearse_all<E: Engine>(
    engine: &E,
    plans: &[RehearsalPlan],
    stop: &Stop,
    reports: &mut Reports,
) {
    for plan in plans {
        let outcome = {
            let mut gate = Gate::new(&plan.check, Date::today(), reports);
            engine.rehearse(plan, stop, &mut gate).await
        };
        if stop.is_asked() {
            return;
        }
        if let Err(failure) = outcome {
            reports.hear(&Event::Failed(Box::new(failure)));
        }
    }
}
