//! `watertight init`: writes the guess down, so that it can be corrected.
use super::flags::Init;
use super::{Engine, Exit, Session, survey};
use crate::config::find_config;
use crate::error::Failure;
use crate::report;

/// Where the configuration is written.
const FILE: &str = "watertight.toml";

pub(super) fn run<E: Engine>(flags: &Init, session: &Session<'_, E>) -> Result<Exit, Failure> {
    // Before any work: a minute of migrating for a file that may not be written is rude.
    if let Some(path) = find_config(session.working).filter(|_| !flags.print) {
        let title = format!("{} is there already and stays as it is", path.display());
        return Err(Failure::new(Exit::Usage.code(), title)
            .help("`watertight init --print` shows what would be written"));
    }
    let Some(surveys) = survey::of(&flags.target, session)? else {
        return Ok(Exit::Interrupted);
    };
    let mut text = report::starter_preface();
    for (plan, survey) in &surveys {
        text.push_str(&report::starter_system(
            plan,
            &survey.catalog,
            &survey.tenancy,
        ));
    }
    if flags.print {
        return session.print(&text);
    }
    std::fs::write(session.working.join(FILE), text).map_err(|reason| {
        Failure::new(Exit::Usage.code(), format!("cannot write {FILE}: {reason}"))
    })?;
    session.print(&format!(
        "wrote {FILE}; read it, correct what was guessed wrong, then run `watertight check`\n"
    ))
}
