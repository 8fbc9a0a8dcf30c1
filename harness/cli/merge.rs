//! `watertight merge`: joins the events of several runs into one report with one exit code.
use super::flags::Merge;
use super::{Engine, Exit, Session, conduct, recorded};
use crate::config::{CheckPlan, Config, Date, Gate};
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
    let partial = report::leaves_out(&events);
    let config = session.config()?;
    resolved.plans = systems(&events);
    let mut reports = conduct::open(&resolved, session)?;
    let known = baseline.unwrap_or_default();
    let mut compared = Compared::new(&known, partial, &mut reports);
    // A part may know another way through the same cause than the one that is accepted: the whole decides again.
    for events in events.chunk_by(|_, next| !matches!(next, Event::Started(_))) {
        let plan = CheckPlan {
            partial,
            ..plan_of(events, &config)
        };
        let mut gate = Gate::new(&plan, Date::today(), &mut compared);
        events.iter().for_each(|event| gate.hear(event));
    }
    Ok(conduct::close(reports, false, session))
}

/// What the configuration lets pass of the system that these events are about.
fn plan_of(events: &[Event], config: &Config) -> CheckPlan {
    let name = match events.first() {
        Some(Event::Started(started)) => started.system.as_str(),
        _ => "",
    };
    let system = config.systems.iter().find(|system| system.name == name);
    let (accept, allow) = system.map_or_else(Default::default, |system| {
        (system.accept.clone(), system.allow_unproven.clone())
    });
    CheckPlan {
        system: name.to_owned(),
        accept: [accept, config.accept.clone()].concat(),
        allow_unproven: [allow, config.allow_unproven.clone()].concat(),
        ..CheckPlan::default()
    }
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
