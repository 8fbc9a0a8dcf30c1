//! `watertight explain <probe>`: the probe's own page.
use super::flags::Explain;
use super::{Engine, Exit, Session};
use crate::config::{ConfigError, nearest};
use crate::error::Failure;

pub(super) fn run<E: Engine>(flags: &Explain, session: &Session<'_, E>) -> Result<Exit, Failure> {
    let probes = session.engine.probes();
    match probes.iter().find(|probe| probe.name == flags.probe) {
        Some(probe) => session.print(&format!("{}\n", probe.explanation.trim_end())),
        None => {
            let names = probes.iter().map(|probe| probe.name);
            Err(ConfigError::UnknownName {
                what: "probe",
                name: flags.probe.clone(),
                nearest: nearest(&flags.probe, names.clone()).map(str::to_owned),
                known: names.map(str::to_owned).collect(),
            }
            .into())
        }
    }
}
