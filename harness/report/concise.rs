//! `--format concise`: a line per finding that editors can jump to.
use super::plain::one_line;
use super::summary::last_line;
use super::{Format, Look, Report, rehearsed, replayed};
use crate::event::{CheckResult, Event, Finding, Rehearsed, ReplayOutcome};
use std::io::{self, Write};

pub(super) const FORMAT: Format = Format {
    name: "concise",
    summary: "a line per finding: file:line:column: severity[probe]: title",
    make: |look: Look| Box::new(Concise { look }),
};

struct Concise {
    look: Look,
}

impl Report for Concise {
    fn hear(&mut self, event: &Event, out: &mut dyn Write) -> io::Result<()> {
        match event {
            Event::Leak(finding) => writeln!(out, "{}", finding_line(finding)),
            Event::Accepted { finding, reason } => {
                let reason = one_line(reason);
                writeln!(out, "{} (accepted: {reason})", finding_line(finding))
            }
            Event::Errored {
                probe,
                object,
                command,
                role,
                reason,
            } => {
                let text = one_line(&format!("{command} as {role}: {reason}"));
                writeln!(out, "{object}: errored[{probe}]: {text}")
            }
            Event::Note { text } => writeln!(out, "note: {}", one_line(text)),
            Event::Finished(summary) => writeln!(out, "{}", last_line(summary, &self.look)),
            Event::Rehearsed(rehearsed) => write_rehearsed(rehearsed, out),
            Event::Replayed(replay) if replay.outcome == ReplayOutcome::Fixed => Ok(()),
            Event::Replayed(replay) => writeln!(out, "replay: {}", replayed::line(replay)),
            Event::Interrupted => writeln!(out, "interrupted: this is what was found until then"),
            Event::Unproven(_)
            | Event::Covered(_)
            | Event::Started(_)
            | Event::Phase { .. }
            | Event::Failed(_) => Ok(()),
        }
    }
}

fn write_rehearsed(rehearsed: &Rehearsed, out: &mut dyn Write) -> io::Result<()> {
    for problem in &rehearsed.problems {
        let place = match &problem.place {
            Some(place) => place.to_string(),
            None => problem.object.clone(),
        };
        let allowed = match &problem.allowed {
            Some(reason) => format!(" (allowed: {reason})"),
            None => String::new(),
        };
        let text = format!(
            "{place}: error[{}]: {}{allowed}",
            problem.kind.name(),
            problem.title
        );
        writeln!(out, "{}", one_line(&text))?;
    }
    for check in &rehearsed.checks {
        if let CheckResult::Fails(got) | CheckResult::Refused(got) = &check.result {
            let text = format!(
                "{}: error[check-fails]: {} (got {got})",
                check.place, check.name
            );
            writeln!(out, "{}", one_line(&text))?;
        }
    }
    writeln!(out, "{}", rehearsed::last_line(rehearsed))
}

fn finding_line(finding: &Finding) -> String {
    let place = match &finding.culprit.source {
        Some(source) => source.place.to_string(),
        None => finding.object.clone(),
    };
    one_line(&format!(
        "{place}: {}[{}]: {}",
        finding.severity.name(),
        finding.probe,
        finding.title
    ))
}
