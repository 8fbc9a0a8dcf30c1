//! `watertight status`: how far the tables have come from one tenant key to another.
use super::flags::Status;
use super::{Engine, Exit, Session, survey};
use crate::config::{CheckPlan, RehearsalPlan};
use crate::error::Failure;
use crate::report;

pub(super) fn run<E: Engine>(flags: &Status, session: &Session<'_, E>) -> Result<Exit, Failure> {
    let mut resolved = survey::decide(&flags.target, session)?;
    if let Some(column) = &flags.tenant {
        let tenant = |plan: &mut CheckPlan| plan.tenancy.tenant = Some(column.clone());
        resolved.plans.iter_mut().for_each(tenant);
    }
    let statuses = survey::each(session, &resolved, async |plan, stop, told| {
        let plan = RehearsalPlan {
            check: plan.clone(),
            from: flags.from.clone(),
            seed_rows: None,
            rows: 0,
            allowed: Vec::new(),
        };
        session.engine.status(&plan, stop, told).await
    })?;
    let Some(statuses) = statuses else {
        return Ok(Exit::Interrupted);
    };
    let look = session.streams.look(resolved.color);
    let shown: Vec<String> = statuses
        .iter()
        .map(|status| report::status(status, &flags.format, &look))
        .collect();
    // Systems are parted by an empty line, lines of JSON by nothing.
    let between = if flags.format == "json" { "" } else { "\n" };
    session.print(&shown.join(between))
}
