//! `watertight explain`: a probe's own page, or a leak of the last run as it was shown.
use super::flags::Explain;
use super::{Engine, Exit, Session, conduct, recorded};
use crate::config::{ConfigError, Settings, nearest};
use crate::error::Failure;
use crate::event::{Event, Finding};
use crate::report;
use std::path::{Path, PathBuf};

/// Fewer digits than these name nothing.
const LEAST_DIGITS: usize = 4;

pub(super) fn run<E: Engine>(flags: &Explain, session: &Session<'_, E>) -> Result<Exit, Failure> {
    let probes = session.engine.probes();
    if let Some(probe) = probes.iter().find(|probe| probe.name == flags.name) {
        return session.print(&format!("{}\n", probe.explanation.trim_end()));
    }
    if is_fingerprint(&flags.name) {
        return explain_leak(flags, session);
    }
    let names = probes.iter().map(|probe| probe.name);
    Err(ConfigError::UnknownName {
        what: "probe",
        name: flags.name.clone(),
        nearest: nearest(&flags.name, names.clone()).map(str::to_owned),
        known: names.map(str::to_owned).collect(),
    }
    .into())
}

fn is_fingerprint(name: &str) -> bool {
    (LEAST_DIGITS..=16).contains(&name.len()) && name.bytes().all(|b| b.is_ascii_hexdigit())
}

fn explain_leak<E: Engine>(flags: &Explain, session: &Session<'_, E>) -> Result<Exit, Failure> {
    let path = match &flags.events {
        Some(path) => path.clone(),
        None => last_events(session)?,
    };
    let recorded = recorded::read(&path, session).map_err(|error| {
        recorded::failure(&error)
            .help("fingerprints are looked up in the events of a run: `--events FILE` names them")
    })?;
    let wanted = flags.name.to_ascii_lowercase();
    let print = |event: &Event| leak(event).map(|finding| finding.fingerprint.clone());
    let mut found: Vec<&Event> = Vec::new();
    for event in &recorded.events {
        let named = print(event).is_some_and(|print| print.starts_with(&wanted));
        if named && !found.iter().any(|known| print(known) == print(event)) {
            found.push(event);
        }
    }
    match found.as_slice() {
        [event] => session.print(&page(event, session)),
        [] => Err(unknown(&flags.name, &path, &recorded.events)),
        several => Err(ambiguous(&flags.name, several)),
    }
}

/// Where the last run left its events.
fn last_events<E: Engine>(session: &Session<'_, E>) -> Result<PathBuf, Failure> {
    let resolved = conduct::decide_reports(Settings::default(), session)?;
    Ok(resolved.output.join("events.jsonl"))
}

fn leak(event: &Event) -> Option<&Finding> {
    match event {
        Event::Leak(finding) | Event::Accepted { finding, .. } => Some(finding),
        _ => None,
    }
}

/// The leak as the report for people shows it, with every way through and, where it is accepted, why.
fn page<E: Engine>(event: &Event, session: &Session<'_, E>) -> String {
    let Some(finding) = leak(event) else {
        return String::new();
    };
    let look = session.streams.look(session.color);
    let mut text = report::show_finding(finding, &look);
    text.push_str("  every way through that was seen:\n\n");
    for door in &finding.doors {
        let command = door.command.to_uppercase();
        text.push_str(&format!(
            "    {command} {} as {} ({})\n",
            door.object, door.role, door.probe
        ));
    }
    if let Event::Accepted { reason, .. } = event {
        text.push_str(&format!("\n  accepted: {reason}\n"));
    }
    text
}

fn unknown(name: &str, path: &Path, events: &[Event]) -> Failure {
    let mut known: Vec<&str> = events
        .iter()
        .filter_map(leak)
        .map(|finding| &*finding.fingerprint)
        .collect();
    known.dedup();
    let title = format!("{} tells no leak {name}", path.display());
    let failure = Failure::new(Exit::Usage.code(), title);
    match known.as_slice() {
        [] => failure
            .help("it tells no leak at all: was it another run? `--events FILE` names its events"),
        known => failure.help(format!("it tells {}", known.join(", "))),
    }
}

fn ambiguous(name: &str, found: &[&Event]) -> Failure {
    let title = format!("{name} begins several fingerprints");
    let mut failure = Failure::new(Exit::Usage.code(), title).help("type more of it");
    for finding in found.iter().filter_map(|event| leak(event)) {
        failure = failure.note(format!("{}: {}", finding.fingerprint, finding.title));
    }
    failure
}
