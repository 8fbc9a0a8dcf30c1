//! `watertight merge`: joins the events of several runs into one report with one exit code.
use super::flags::Merge;
use super::{Engine, Exit, Session, conduct, recorded};
use crate::config::CheckPlan;
use crate::error::Failure;
use crate::event::{Event, Listener};
use crate::report::{self, Compared};

pub(super) fn run<E: Engine>(flags: &Merge, session: &Session<'_, E>) -> Result<Exit, Failure> {
    let mut resolved =
        conduct::decide_reports(session.global.settings().over(flags.settings()), session)?;
    // Everything is read before anything is written: one of the files may be written anew.
    let baseline = recorded::baseline(&resolved, session)?;
    let mut runs = Vec::new();
    for path in &flags.files {
        let recorded = recorded::read(path, session).map_err(|error| recorded::failure(&error))?;
        if let Some(kind) = recorded.unread.first() {
            let title = format!("{} tells `{kind}`, which cannot be joined", path.display());
            return Err(Failure::new(Exit::Usage.code(), title)
                .help("join events of `watertight check` that this version wrote"));
        }
        runs.push(recorded.events);
    }
    let events = report::merge(&runs);
    resolved.plans = systems(&events);
    let mut reports = conduct::open(&resolved, session)?;
    match &baseline {
        Some(baseline) => {
            let mut compared = Compared::new(baseline, false, &mut reports);
            events.iter().for_each(|event| compared.hear(event));
        }
        None => events.iter().for_each(|event| reports.hear(event)),
    }
    Ok(conduct::close(reports, false, session))
}

/// One plan a system, so that reports name theirs where there are several.
fn systems(events: &[Event]) -> Vec<CheckPlan> {
    let mut names: Vec<&str> = events
        .iter()
        .filter_map(|event| match event {
            Event::Started(started) => Some(&*started.system),
            _ => None,
        })
        .collect();
    names.dedup();
    let plan = |name: &str| CheckPlan {
        system: name.to_owned(),
        ..CheckPlan::default()
    };
    names.into_iter().map(plan).collect()
}
