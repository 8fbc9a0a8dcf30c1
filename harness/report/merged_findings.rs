//! Leaks of several runs that have one cause are one finding, as they are within one run.
use crate::event::{Event, Finding};
use crate::span::Place;
use std::cmp::Reverse;

/// A finding of one or several runs, with the reason for which all of them accept it.
pub(super) struct Merged {
    finding: Finding,
    accepted: Option<String>,
}

impl Merged {
    pub fn event(&self) -> Event {
        let finding = Box::new(self.finding.clone());
        match &self.accepted {
            Some(reason) => Event::Accepted {
                finding,
                reason: reason.clone(),
            },
            None => Event::Leak(finding),
        }
    }

    pub fn is_accepted(&self) -> bool {
        self.accepted.is_some()
    }
}

/// One finding for each cause, the worst first. The plainest of a cause speaks for all, and decides whether it is accepted.
pub(super) fn findings<'e>(
    leaks: impl Iterator<Item = (&'e Finding, Option<&'e str>)>,
) -> Vec<Merged> {
    let mut groups: Vec<Vec<(&Finding, Option<&str>)>> = Vec::new();
    for leak in leaks {
        match groups.iter_mut().find(|group| is_same(group[0].0, leak.0)) {
            Some(group) => group.push(leak),
            None => groups.push(vec![leak]),
        }
    }
    let mut out: Vec<Merged> = groups.into_iter().map(merged).collect();
    out.sort_by(|a, b| rank(&a.finding).cmp(&rank(&b.finding)));
    out
}

fn merged(mut group: Vec<(&Finding, Option<&str>)>) -> Merged {
    group.sort_by(|a, b| rank(a.0).cmp(&rank(b.0)));
    let first = group[0].0;
    let mut finding = first.clone();
    finding.doors = group.iter().flat_map(|(f, _)| f.doors.clone()).collect();
    finding.doors.sort();
    finding.doors.dedup();
    for note in group.iter().flat_map(|(finding, _)| &finding.notes) {
        if !finding.notes.contains(note) {
            finding.notes.push(note.clone());
        }
    }
    let alike = group
        .iter()
        .filter(|(other, _)| other.fingerprint == first.fingerprint);
    let reasons: Option<Vec<&str>> = alike.map(|(_, reason)| *reason).collect();
    Merged {
        finding,
        accepted: reasons.and_then(|reasons| reasons.first().map(|&reason| reason.to_owned())),
    }
}

/// Whether one mend closes both: the same policy, function or key, or rights that one statement gave.
fn is_same(a: &Finding, b: &Finding) -> bool {
    if a.fingerprint == b.fingerprint {
        return true;
    }
    let (left, right) = (&a.culprit, &b.culprit);
    let statement = |finding: &Finding| -> Option<(Place, usize)> {
        let source = finding.culprit.source.as_ref()?;
        let mut place = source.place.clone();
        // A policy's two clauses stand on different lines of one statement.
        if !source.statement.is_empty() {
            place.line = crate::span::Line(std::num::NonZeroU32::MIN);
            place.column = crate::span::Column(std::num::NonZeroU32::MIN);
        }
        Some((place, source.statement.start))
    };
    let made = statement(a);
    left.kind == right.kind && left.name == right.name && made.is_some() && made == statement(b)
}

/// What a person should see first: the worst, by the plainest command.
fn rank(finding: &Finding) -> impl Ord + use<'_> {
    const COMMANDS: [&str; 6] = ["select", "insert", "update", "delete", "truncate", "call"];
    (
        Reverse(finding.severity),
        COMMANDS.iter().position(|name| *name == finding.command),
        &*finding.object,
        &*finding.fingerprint,
    )
}
