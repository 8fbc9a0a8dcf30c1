//! `watertight list`: the probes; or what was inferred of a schema and would be attacked.
use super::flags::List;
use super::{Engine, Exit, Session, survey};
use crate::error::Failure;
use crate::report;

pub(super) fn run<E: Engine>(flags: &List, session: &Session<'_, E>) -> Result<Exit, Failure> {
    if !flags.target.is_named() {
        return session.print(&probes(session.engine));
    }
    let mut text = String::new();
    match survey::of(&flags.target, session)? {
        None => return Ok(Exit::Interrupted),
        Some(surveys) => {
            for (plan, survey) in &surveys {
                text.push_str(&report::describe(
                    &plan.system,
                    &survey.catalog,
                    &survey.tenancy,
                ));
            }
        }
    }
    session.print(&text)
}

fn probes<E: Engine>(engine: &E) -> String {
    let probes = engine.probes();
    let width = probes
        .iter()
        .map(|probe| probe.name.len())
        .max()
        .unwrap_or(0);
    let mut text: String = probes
        .iter()
        .map(|probe| {
            let line = format!("{:width$}  {}", probe.name, probe.summary());
            format!("{}\n", line.trim_end())
        })
        .collect();
    text.push_str("\n`watertight explain PROBE` says more; `watertight list DIR` shows what would be attacked.\n");
    text
}
