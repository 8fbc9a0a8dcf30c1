//! `watertight rehearse`: fill a database at one migration, apply the rest, and say what became of every row.
use super::flags::Rehearse;
use super::{Engine, Exit, Session, conduct};
use crate::config::{CheckPlan, Config, Date, Gate, RehearsalPlan, Sql};
use crate::error::Failure;
use crate::report::Reports;

pub(super) fn run<E: Engine>(flags: &Rehearse, session: &Session<'_, E>) -> Result<Exit, Failure> {
    let settings = session.global.settings().over(flags.settings());
    let profile = session.global.profile.as_deref();
    let resolved = conduct::decide(settings, profile, session)?;
    let seed_rows = match &flags.seed_rows {
        Some(path) => Some(Sql {
            path: path.clone(),
            ..Sql::read(&session.working.join(path))?
        }),
        None => None,
    };
    let config = session.config()?;
    let plans: Vec<RehearsalPlan> = resolved
        .plans
        .iter()
        .flat_map(|check| plans(flags, seed_rows.as_ref(), &config, check))
        .collect();
    let reports = conduct::open(&resolved, session)?;
    let work = async |plan: &RehearsalPlan, stop: &_, reports: &mut Reports| {
        let mut gate = Gate::new(&plan.check, Date::today(), reports);
        session.engine.rehearse(plan, stop, &mut gate).await
    };
    conduct::report_each(&plans, reports, session, work)
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
                // Every row is compared, whoever attacks it afterwards.
                time: None,
                shard: None,
                ..check.clone()
            },
            from,
            seed_rows: seed_rows.cloned(),
            rows: flags.rows.unwrap_or(0),
            allowed: configured.allowed.clone(),
        })
        .collect()
}
