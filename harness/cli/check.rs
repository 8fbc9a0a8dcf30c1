//! `watertight check`: attack, report, and say by the exit code how it ended.
use super::flags::Check;
use super::{Engine, Exit, Session, bug, exit, runtime, stop};
use crate::config::{CheckPlan, Date, Gate, Known, Resolved, resolve};
use crate::error::Failure;
use crate::event::{Event, Listener};
use crate::report::{self, Look, ReportError, Reports};
use crate::scenario::{Base, Scenario};
use crate::stop::Stop;
use std::path::Path;

pub(super) fn run<E: Engine>(flags: &Check, session: &Session<'_, E>) -> Result<Exit, Failure> {
    let resolved = decide(flags, session)?;
    let mut reports = open(&resolved, session)?;
    if let Some(directory) = &resolved.taken {
        let text = format!(
            "no migrations were named, so {} is checked",
            directory.display()
        );
        reports.hear(&Event::Note { text });
    }
    let runtime = runtime()?;
    let stop = Stop::default();
    let finished = bug::contain(|| {
        runtime.block_on(stop::until_stopped(
            &stop,
            check_all(session.engine, &resolved.plans, &stop, &mut reports),
        ))
    });
    let panicked = finished.is_none();
    match finished {
        Some(Ok(None)) => reports.hear(&Event::Interrupted),
        Some(Err(reason)) => {
            let title = format!("cannot listen for Ctrl-C: {reason}");
            let failure = Failure::new(Exit::Bug.code(), title);
            reports.hear(&Event::Failed(Box::new(failure)));
        }
        Some(Ok(Some(()))) | None => {}
    }
    let (mut tally, trouble) = reports.close();
    if panicked {
        tally.failures.push(Exit::Bug.code());
    }
    if let Some(trouble) = trouble {
        tally.failures.push(trouble.exit_code());
        session.tell(&unwritten(&trouble));
    }
    Ok(exit::of(&tally))
}

fn decide<E: Engine>(flags: &Check, session: &Session<'_, E>) -> Result<Resolved, Failure> {
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
    let mut settings = session.global.settings().over(flags.settings());
    let profile = session.global.profile.as_deref();
    let scenario = scenario_of(flags, session.working);
    if let Some(Scenario {
        base: Base::System(name),
        ..
    }) = &scenario
    {
        settings.migrations = None;
        settings.system = Some(vec![name.clone()]);
    }
    let mut resolved = resolve(settings, profile, &config, session.working, known)?;
    if let Some(scenario) = scenario {
        resolved.plans = resolved
            .plans
            .into_iter()
            .take(1)
            .map(|plan| scenario.plan(plan))
            .collect();
    }
    Ok(resolved)
}

/// A file with a scenario's header says itself what it stands on.
fn scenario_of(flags: &Check, working: &Path) -> Option<Scenario> {
    let path = flags.target.directory.as_ref()?;
    let is_sql = path.extension().is_some_and(|extension| extension == "sql");
    let text = is_sql.then(|| std::fs::read_to_string(working.join(path)).ok())??;
    Scenario::parse(path, &text).ok()
}

pub(super) fn open<E: Engine>(
    resolved: &Resolved,
    session: &Session<'_, E>,
) -> Result<Reports, Failure> {
    let look = Look {
        many: resolved.plans.len() > 1,
        events: resolved.output.join("events.jsonl").display().to_string(),
        ..session.streams.look(resolved.color)
    };
    let format = report::format(&resolved.format).ok_or_else(|| {
        let title = format!("there is no report format named `{}`", resolved.format);
        Failure::new(Exit::Usage.code(), title)
    })?;
    let progress = session.streams.progress(resolved.quiet, &look);
    let error_look = session.streams.error_look(resolved.color);
    Reports::open(
        &session.working.join(&resolved.output),
        (format.make)(look),
        error_look,
        progress,
        (session.streams.out)(),
        (session.streams.err)(),
    )
    .map_err(|error| unwritten(&error))
}

/// One system after the other: each has the whole machine, and reports do not interleave.
async fn check_all<E: Engine>(engine: &E, plans: &[CheckPlan], stop: &Stop, reports: &mut Reports) {
    for plan in plans {
        let outcome = {
            let mut gate = Gate::new(plan, Date::today(), reports);
            engine.check(plan, stop, &mut gate).await
        };
        // What fails after a stop is a consequence of it, and no other system shall begin.
        if stop.is_asked() {
            return;
        }
        if let Err(failure) = outcome {
            reports.hear(&Event::Failed(Box::new(failure)));
        }
    }
}

pub(super) fn unwritten(error: &ReportError) -> Failure {
    Failure::new(error.exit_code(), error.to_string())
        .help("choose a folder that can be written to: `--output DIR`")
}
