//! `--format github`: annotations of a workflow run, over the lines of a pull request.
//!
//! A step shows at most ten annotations of a kind and drops the rest without a word, so the worst come first and the
//! rest is told (https://docs.github.com/en/actions/reference/workflows-and-actions/workflow-commands).
use super::plain::printable;
use super::summary::last_line;
use super::{Format, Look, Report, rehearsed};
use crate::event::{Event, Finding, Problem};
use std::io::{self, Write};

pub(super) const FORMAT: Format = Format {
    name: "github",
    summary: "annotations of a GitHub workflow run, the ten worst",
    make: |look: Look| {
        Box::new(GitHub {
            look,
            findings: Vec::new(),
            written: 0,
            problems: Vec::new(),
            lines: Vec::new(),
        })
    },
};

const MOST_ANNOTATIONS: usize = 10;

struct GitHub {
    look: Look,
    findings: Vec<Finding>,
    /// Annotations that were written already.
    written: usize,
    /// Annotations of what a rehearsal found, the worst first.
    problems: Vec<String>,
    /// What is written after the annotations.
    lines: Vec<String>,
}

impl Report for GitHub {
    fn hear(&mut self, event: &Event, out: &mut dyn Write) -> io::Result<()> {
        match event {
            Event::Leak(finding) => self.findings.push((**finding).clone()),
            Event::Rehearsed(rehearsed) => {
                let problems = rehearsed.problems.iter().filter(|p| p.allowed.is_none());
                self.problems.extend(problems.map(problem_line));
                self.lines.push(rehearsed::last_line(rehearsed));
            }
            Event::Finished(summary) => self.lines.push(last_line(summary, &self.look)),
            Event::Failed(failure) => {
                let place = failure.excerpt.as_ref().map(|excerpt| &excerpt.place);
                let mut text = failure.title.clone();
                for note in failure.notes.iter().chain(&failure.help) {
                    text.push('\n');
                    text.push_str(note);
                }
                let place = place.map(|place| {
                    let file = place.file.display().to_string();
                    (file, place.line.0.get(), place.column.0.get())
                });
                self.written += 1;
                writeln!(out, "{}", annotation(place, "watertight", &text))?;
            }
            Event::Interrupted => self.lines.push("interrupted".into()),
            _ => {}
        }
        Ok(())
    }

    fn close(&mut self, out: &mut dyn Write) -> io::Result<()> {
        // A stable sort keeps the engine's order among equals, so equal runs write equal text.
        self.findings
            .sort_by_key(|finding| std::cmp::Reverse(finding.severity));
        let findings = self.findings.iter().map(finding_line);
        let all: Vec<String> = findings.chain(self.problems.drain(..)).collect();
        let room = MOST_ANNOTATIONS.saturating_sub(self.written);
        for annotation in all.iter().take(room) {
            writeln!(out, "{annotation}")?;
        }
        let more = all.len().saturating_sub(room);
        if more > 0 {
            writeln!(out, "{more} more in {}", self.look.events)?;
        }
        for line in &self.lines {
            writeln!(out, "{line}")?;
        }
        out.flush()
    }
}

fn finding_line(finding: &Finding) -> String {
    let place = finding.culprit.source.as_ref().map(|source| {
        let file = source.place.file.display().to_string();
        (file, source.place.line.0.get(), source.place.column.0.get())
    });
    let mut text = format!(
        "{}\n{} as {} on {}: expected {}, got {}",
        finding.title,
        finding.command.to_uppercase(),
        finding.role,
        finding.object,
        finding.expected,
        finding.got
    );
    if let Some(help) = &finding.help {
        text.push_str("\nhelp: ");
        text.push_str(help);
    }
    let title = format!("{} ({})", finding.probe, finding.severity.name());
    annotation(place, &title, &text)
}

fn problem_line(problem: &Problem) -> String {
    let place = problem.place.as_ref().map(|place| {
        let file = place.file.display().to_string();
        (file, place.line.0.get(), place.column.0.get())
    });
    annotation(place, problem.kind.name(), &problem.title)
}

fn annotation(place: Option<(String, u32, u32)>, title: &str, text: &str) -> String {
    let place = place.map_or_else(String::new, |(file, line, column)| {
        format!("file={},line={line},col={column},", property(&file))
    });
    format!(
        "::error {place}title={}::{}",
        property(title),
        message(text)
    )
}

/// Escapes what would end the message: the runner reads one command a line.
fn message(text: &str) -> String {
    printable(text)
        .replace('%', "%25")
        .replace('\r', "%0D")
        .replace('\n', "%0A")
}

/// Escapes what would end a property, too.
fn property(text: &str) -> String {
    message(text).replace(':', "%3A").replace(',', "%2C")
}
