//! `watertight check`: attack, report, and say by the exit code how it ended.
use super::flags::Check;
use super::{Engine, Exit, Session, conduct};
use crate::config::{Date, Gate, Resolved};
use crate::error::Failure;
use crate::event::{Event, Listener};
use crate::report::Reports;
use crate::scenario::{Base, Scenario};
use std::path::Path;

pub(super) fn run<E: Engine>(flags: &Check, session: &Session<'_, E>) -> Result<Exit, Failure> {
    let resolved = decide(flags, session)?;
    let mut reports = conduct::open(&resolved, session)?;
    if let Some(directory) = &resolved.taken {
        let text = format!(
            "no migrations were named, so {} is checked",
            directory.display()
        );
        reports.hear(&Event::Note { text });
    }
    let work = async |plan: &_, stop: &_, reports: &mut Reports| {
        let mut gate = Gate::new(plan, Date::today(), reports);
        session.engine.check(plan, stop, &mut gate).await
    };
    conduct::report_each(&resolved.plans, reports, session, work)
}

fn decide<E: Engine>(flags: &Check, session: &Session<'_, E>) -> Result<Resolved, Failure> {
    let mut settings = session.global.settings().over(flags.settings());
    let scenario = scenario_of(flags, session.working);
    if let Some(Scenario {
        base: Base::System(name),
        ..
    }) = &scenario
    {
        settings.migrations = None;
        settings.system = Some(vec![name.clone()]);
    }
    let profile = session.global.profile.as_deref();
    let mut resolved = conduct::decide(settings, profile, session)?;
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
