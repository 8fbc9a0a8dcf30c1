//! The whole run in one value: what the reports that are written at the end have in common.
use super::plain::counted;
use super::{Look, Report};
use crate::error::Failure;
use crate::event::{
    Cells, CheckResult, Covered, Event, Finding, NamedCheck, Problem, Rehearsed, Replay,
    ReplayOutcome, Started, Summary, Unproven,
};
use std::cmp::Reverse;
use std::io::{self, Write};

/// Everything that was told, by system.
#[derive(Debug, Default)]
pub(super) struct Record {
    pub systems: Vec<SystemRecord>,
    pub interrupted: bool,
}

#[derive(Debug, Default)]
pub(super) struct SystemRecord {
    /// Empty when the run failed before it told whose it is.
    pub name: String,
    pub started: Option<Started>,
    /// The worst first.
    pub findings: Vec<Finding>,
    pub accepted: Vec<(Finding, String)>,
    pub unproven: Vec<Unproven>,
    pub errored: Vec<Errored>,
    /// Fingerprints of saved cases that leak.
    saved: Vec<String>,
    pub covered: Vec<Covered>,
    pub notes: Vec<String>,
    pub rehearsed: Option<Rehearsed>,
    pub failures: Vec<Failure>,
    pub finished: Option<Summary>,
}

/// An attack that went wrong.
#[derive(Debug)]
pub(super) struct Errored {
    pub object: String,
    pub command: String,
    pub role: String,
    pub reason: String,
}

impl Record {
    pub fn hear(&mut self, event: &Event) {
        match event {
            Event::Interrupted => self.interrupted = true,
            Event::Phase { .. } => {}
            event => {
                if self.systems.last().is_none_or(SystemRecord::is_closed) {
                    self.systems.push(SystemRecord::default());
                }
                if let Some(system) = self.systems.last_mut() {
                    system.hear(event);
                }
            }
        }
    }

    /// What decides, in a word and in a sentence.
    pub fn verdict(&self) -> Verdict {
        let sum = |count: fn(&SystemRecord) -> usize| self.systems.iter().map(count).sum::<usize>();
        let leaks = sum(|system| system.findings.len() + system.saved_leaks().count());
        let broken = sum(|system| system.rehearsed.as_ref().map_or(0, Rehearsed::failures));
        let open = sum(|system| system.open_unproven().count());
        let errored = sum(|system| system.errored.len());
        let failure = self
            .systems
            .iter()
            .find_map(|system| system.failures.first());
        let (word, mut sentence) = if leaks > 0 {
            let who = "tenants reach what is not theirs";
            ("leaks", format!("{}: {who}.", counted(leaks, "leak")))
        } else if broken > 0 {
            let what = counted(broken, "problem");
            (
                "broken",
                format!("{what}: migrations harm rows that are there."),
            )
        } else if let Some(failure) = failure {
            let some = self.systems.iter().any(|s| s.finished.is_some());
            let what = if some { "Not everything" } else { "Nothing" };
            ("failed", format!("{what} is proven: {}.", failure.title))
        } else if open + errored > 0 {
            let mut parts = Vec::new();
            if open > 0 {
                parts.push(format!("{} undecided", counted(open, "cell")));
            }
            if errored > 0 {
                parts.push(format!("{} went wrong", counted(errored, "attack")));
            }
            let parts = parts.join(" and ");
            (
                "unproven",
                format!("No leak was found, but nothing is known of some places: {parts}."),
            )
        } else if self.interrupted || self.systems.iter().all(|s| s.finished.is_none()) {
            (
                "interrupted",
                "No leak was found until the run ended early.".to_owned(),
            )
        } else {
            ("clean", self.clean_sentence())
        };
        if self.interrupted {
            sentence.push_str(" The run was interrupted; this is what was found until then.");
        }
        Verdict { word, sentence }
    }

    /// Nothing leaked and nothing is left open; what is known and lived with is said all the same.
    fn clean_sentence(&self) -> String {
        let finished = self.systems.iter().filter_map(|s| s.finished.as_ref());
        let (attacks, stopped) = finished.fold((0, 0), |(attacks, stopped), summary| {
            (attacks + summary.attacks, stopped + summary.stopped)
        });
        let accepted: usize = self.systems.iter().map(|s| s.accepted.len()).sum();
        let leak = if accepted > 0 {
            "No new leak"
        } else {
            "No leak"
        };
        let mut sentence = match attacks == stopped {
            true => format!("{leak}: {} stopped", counted(attacks, "attack")),
            false => format!(
                "{leak}: {stopped} of {} stopped",
                counted(attacks, "attack")
            ),
        };
        if accepted > 0 {
            sentence.push_str(&format!(", {} accepted", counted(accepted, "leak")));
        }
        if self
            .systems
            .iter()
            .any(|system| !system.unproven.is_empty())
        {
            sentence.push_str(", and what is undecided is allowed");
        }
        sentence.push('.');
        sentence
    }
}

/// How the run ended.
pub(super) struct Verdict {
    /// `leaks`, `broken`, `failed`, `unproven`, `interrupted` or `clean`.
    pub word: &'static str,
    pub sentence: String,
}

impl SystemRecord {
    fn is_closed(&self) -> bool {
        self.finished.is_some() || !self.failures.is_empty()
    }

    fn hear(&mut self, event: &Event) {
        match event {
            Event::Started(started) => {
                self.named(&started.system);
                self.started = Some(started.clone());
            }
            Event::Note { text } => self.notes.push(text.clone()),
            Event::Leak(finding) => {
                self.named(&finding.system);
                // Equally bad ones stay in the engine's order, so equal runs write equal text.
                let at = self
                    .findings
                    .partition_point(|known| known.severity >= finding.severity);
                self.findings.insert(at, (**finding).clone());
            }
            Event::Accepted { finding, reason } => {
                self.accepted.push(((**finding).clone(), reason.clone()));
            }
            Event::Unproven(unproven) => self.unproven.push(unproven.clone()),
            Event::Errored {
                object,
                command,
                role,
                reason,
                ..
            } => self.errored.push(Errored {
                object: object.clone(),
                command: command.clone(),
                role: role.clone(),
                reason: reason.clone(),
            }),
            Event::Covered(covered) => self.covered.push(covered.clone()),
            Event::Rehearsed(rehearsed) => {
                self.named(&rehearsed.system);
                self.rehearsed = Some((**rehearsed).clone());
            }
            Event::Failed(failure) => self.failures.push((**failure).clone()),
            Event::Finished(summary) => {
                self.named(&summary.system);
                self.finished = Some(summary.clone());
            }
            Event::Replayed(replay) => self.hear_replay(replay),
            Event::Phase { .. } | Event::Interrupted => {}
        }
    }

    /// A case that is not fixed keeps the run from being clean, also where no attack found the leak again.
    fn hear_replay(&mut self, replay: &Replay) {
        let reason = match &replay.outcome {
            ReplayOutcome::Fixed => return,
            ReplayOutcome::Leaks => format!("the saved case leaks: {}", replay.title),
            ReplayOutcome::CannotRun(why) => {
                format!("the saved case cannot be tried: {}: {why}", replay.title)
            }
        };
        if replay.outcome == ReplayOutcome::Leaks {
            self.saved.push(replay.fingerprint.clone());
        }
        self.errored.push(Errored {
            object: replay.case.display().to_string(),
            command: "replay".to_owned(),
            role: replay.fingerprint.clone(),
            reason,
        });
    }

    /// Saved cases that leak, unless today's attacks found the same leak.
    fn saved_leaks(&self) -> impl Iterator<Item = &String> {
        let known = |fingerprint: &str| {
            let accepted = self.accepted.iter().map(|(finding, _)| finding);
            let mut all = self.findings.iter().chain(accepted);
            all.any(|finding| finding.fingerprint == fingerprint)
        };
        self.saved.iter().filter(move |print| !known(print))
    }

    fn named(&mut self, name: &str) {
        if self.name.is_empty() {
            self.name = name.to_owned();
        }
    }

    /// The system's name, or what stands for one.
    pub fn title(&self) -> &str {
        match self.name.as_str() {
            "" => "watertight",
            name => name,
        }
    }

    /// Cells that nobody allowed to stay undecided.
    pub fn open_unproven(&self) -> impl Iterator<Item = &Unproven> {
        self.unproven.iter().filter(|cell| !cell.allowed)
    }

    /// What a rehearsal found wrong with rows, unless the configuration lets it pass.
    pub fn problems(&self) -> impl Iterator<Item = &Problem> {
        let all = self.rehearsed.iter().flat_map(|r| &r.problems);
        all.filter(|problem| problem.allowed.is_none())
    }

    /// Named checks that do not hold, with what came instead.
    pub fn failed_checks(&self) -> impl Iterator<Item = (&NamedCheck, &str)> {
        let all = self.rehearsed.iter().flat_map(|r| &r.checks);
        all.filter_map(|check| match &check.result {
            CheckResult::Fails(got) | CheckResult::Refused(got) => Some((check, got.as_str())),
            CheckResult::Holds => None,
        })
    }

    /// The finding whose cause leaks in these cells, an open one before an accepted one.
    pub fn finding_behind(&self, object: &str, cells: &Cells) -> Option<&Finding> {
        let through = |finding: &&Finding| {
            let is_here = |name: &str, command: &str, role: &str| {
                grid_name(name) == object && command == cells.command && role == cells.role
            };
            let mut doors = finding.doors.iter();
            is_here(&finding.object, &finding.command, &finding.role)
                || doors.any(|door| is_here(&door.object, &door.command, &door.role))
        };
        let accepted = self.accepted.iter().map(|(finding, _)| finding);
        self.findings.iter().chain(accepted).find(through)
    }
}

/// The grid names functions without their arguments, findings with them.
pub(super) fn grid_name(object: &str) -> &str {
    match object.split_once('(') {
        Some((name, rest)) if rest.ends_with(')') => name,
        _ => object,
    }
}

/// Undecided cells that share a reason.
pub(super) struct Undecided<'a> {
    pub reason: &'a str,
    pub allowed: bool,
    pub cells: Vec<&'a Unproven>,
}

/// The cells by their reasons: first those that fail the run, then the most frequent.
pub(super) fn undecided(cells: &[Unproven]) -> Vec<Undecided<'_>> {
    let mut groups: Vec<Undecided<'_>> = Vec::new();
    for cell in cells {
        let same = |g: &&mut Undecided<'_>| g.reason == cell.reason && g.allowed == cell.allowed;
        match groups.iter_mut().find(same) {
            Some(group) => group.cells.push(cell),
            None => groups.push(Undecided {
                reason: &cell.reason,
                allowed: cell.allowed,
                cells: vec![cell],
            }),
        }
    }
    groups.sort_by_key(|group| (group.allowed, Reverse(group.cells.len())));
    groups
}

impl Undecided<'_> {
    /// Every object with the commands that are undecided on it.
    pub fn objects(&self) -> Vec<(&str, Vec<&str>)> {
        let mut objects: Vec<(&str, Vec<&str>)> = Vec::new();
        for cell in &self.cells {
            match objects
                .iter_mut()
                .find(|(object, _)| *object == cell.object)
            {
                Some((_, commands)) if commands.contains(&&*cell.command) => {}
                Some((_, commands)) => commands.push(&cell.command),
                None => objects.push((&cell.object, vec![&cell.command])),
            }
        }
        objects
    }
}

/// Writes the record of a run in one format.
pub(super) type Writing = fn(&Record, &Look, &mut dyn Write) -> io::Result<()>;

/// A report that is written when everything is known.
pub(super) struct AtEnd {
    record: Record,
    look: Look,
    write: Writing,
}

impl AtEnd {
    pub fn boxed(look: Look, write: Writing) -> Box<dyn Report> {
        Box::new(AtEnd {
            record: Record::default(),
            look,
            write,
        })
    }
}

impl Report for AtEnd {
    fn hear(&mut self, event: &Event, _: &mut dyn Write) -> io::Result<()> {
        self.record.hear(event);
        Ok(())
    }

    fn close(&mut self, out: &mut dyn Write) -> io::Result<()> {
        (self.write)(&self.record, &self.look, out)?;
        out.flush()
    }
}
