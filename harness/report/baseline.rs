//! Compares a run with an earlier one: what was known then is listed quietly and does not fail the run.
use crate::event::{Door, Event, Finding, Listener, Unproven};
use crate::oracle::Reason;
use std::collections::{BTreeMap, BTreeSet};

/// What an earlier run found and nobody had accepted.
#[derive(Debug, Default)]
pub struct Baseline {
    name: String,
    /// Every way through, by system.
    doors: BTreeSet<(String, Door)>,
    /// Titles and ways, by system and fingerprint.
    leaks: BTreeMap<(String, String), (String, Vec<Door>)>,
    cells: BTreeSet<[String; 5]>,
}

impl Baseline {
    /// `name` is what people call it: its file.
    pub fn of(name: &str, events: &[Event]) -> Baseline {
        let mut baseline = Baseline {
            name: name.to_owned(),
            ..Baseline::default()
        };
        for event in events {
            match event {
                Event::Leak(finding) => baseline.add(finding),
                // What was accepted then is no news only while it is accepted.
                // Nobody had tried it then, so whatever is seen there now is new.
                Event::Unproven(cell) if cell.reason == Reason::NotReached.to_string() => {}
                Event::Unproven(cell) => {
                    baseline.cells.insert(place(cell));
                }
                _ => {}
            }
        }
        baseline
    }

    fn add(&mut self, finding: &Finding) {
        let system = &finding.system;
        let doors = ways(finding);
        let owned = doors.iter().map(|door| (system.clone(), door.clone()));
        self.doors.extend(owned);
        let key = (system.clone(), finding.fingerprint.clone());
        self.leaks.insert(key, (finding.title.clone(), doors));
    }

    /// The ways of a finding that the baseline does not know.
    fn news(&self, finding: &Finding) -> Vec<Door> {
        let known = |door: &Door| self.doors.contains(&(finding.system.clone(), door.clone()));
        let mut ways = ways(finding);
        ways.retain(|door| !known(door));
        ways
    }
}

/// Its own way and the others of the same cause.
fn ways(finding: &Finding) -> Vec<Door> {
    let own = Door {
        probe: finding.probe.clone(),
        object: finding.object.clone(),
        command: finding.command.clone(),
        role: finding.role.clone(),
    };
    match finding.doors.contains(&own) {
        true => finding.doors.clone(),
        false => [vec![own], finding.doors.clone()].concat(),
    }
}

fn place(cell: &Unproven) -> [String; 5] {
    [
        &cell.system,
        &cell.object,
        &cell.command,
        &cell.role,
        &cell.attacker,
    ]
    .map(String::clone)
}

/// Stands in front of the reports: what the baseline knows becomes `Event::Accepted`, its undecided cells are allowed, and
/// leaks that are gone are told.
pub struct Compared<'a> {
    baseline: &'a Baseline,
    inner: &'a mut dyn Listener,
    /// The run leaves something out, so what is absent need not be gone.
    partial: bool,
    accepted: usize,
    seen: BTreeSet<(String, Door)>,
}

impl<'a> Compared<'a> {
    pub fn new(baseline: &'a Baseline, partial: bool, inner: &'a mut dyn Listener) -> Self {
        Compared {
            baseline,
            inner,
            partial,
            accepted: 0,
            seen: BTreeSet::new(),
        }
    }

    /// How many ways through the finding has.
    fn see(&mut self, finding: &Finding) -> usize {
        let ways = ways(finding);
        let count = ways.len();
        let owned = |door: Door| (finding.system.clone(), door);
        self.seen.extend(ways.into_iter().map(owned));
        count
    }

    fn hear_leak(&mut self, finding: &Finding) {
        let count = self.see(finding);
        let news = self.baseline.news(finding);
        if news.is_empty() {
            self.accepted += 1;
            return self.inner.hear(&Event::Accepted {
                finding: Box::new(finding.clone()),
                reason: format!("known: it is in {}", self.baseline.name),
            });
        }
        let mut finding = finding.clone();
        if news.len() < count {
            let words: Vec<String> = news.iter().map(words).collect();
            finding.notes.push(format!(
                "{} knows this cause; new is: {}",
                self.baseline.name,
                words.join(", ")
            ));
        }
        self.inner.hear(&Event::Leak(Box::new(finding)));
    }

    fn tell_gone(&mut self, system: &str) {
        if self.partial {
            return;
        }
        for ((owner, fingerprint), (title, doors)) in &self.baseline.leaks {
            // Whatever is left of a cause keeps it alive.
            let mut doors = doors.iter();
            let alive = doors.any(|door| self.seen.contains(&(owner.clone(), door.clone())));
            if owner == system && !alive {
                let name = &self.baseline.name;
                let text = format!("gone since {name}: {title} ({fingerprint})");
                self.inner.hear(&Event::Note { text });
            }
        }
    }
}

fn words(door: &Door) -> String {
    let command = door.command.to_uppercase();
    format!("{command} {} as {}", door.object, door.role)
}

impl Listener for Compared<'_> {
    fn hear(&mut self, event: &Event) {
        match event {
            Event::Leak(finding) => self.hear_leak(finding),
            Event::Accepted { finding, .. } => {
                self.see(finding);
                self.inner.hear(event);
            }
            Event::Unproven(cell) => {
                let mut cell = cell.clone();
                cell.allowed |= self.baseline.cells.contains(&place(&cell));
                self.inner.hear(&Event::Unproven(cell));
            }
            Event::Finished(summary) => {
                if summary.not_reached == 0 {
                    self.tell_gone(&summary.system);
                }
                let mut summary = summary.clone();
                summary.accepted += std::mem::take(&mut self.accepted);
                self.inner.hear(&Event::Finished(summary));
            }
            other => self.inner.hear(other),
        }
    }
}
