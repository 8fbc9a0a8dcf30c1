//! `--format junit`: a test case for each object and command, for CI systems that keep a history of tests.
use super::plain::{counted, one_line, printable};
use super::record::{AtEnd, Record, SystemRecord, grid_name};
use super::{Format, Look};
use crate::event::{Finding, Outcome};
use quick_junit::{NonSuccessKind, Property, TestCase, TestCaseStatus, TestSuite};
use std::collections::BTreeMap;
use std::io::{self, Write};
use std::time::Duration;

pub(super) const FORMAT: Format = Format {
    name: "junit",
    summary: "JUnit XML, a test case for each object and command",
    make: |look: Look| AtEnd::boxed(look, write),
};

fn write(record: &Record, _: &Look, out: &mut dyn Write) -> io::Result<()> {
    let mut report = quick_junit::Report::new("watertight");
    for system in &record.systems {
        report.add_test_suite(suite(system));
    }
    if record.interrupted {
        let mut suite = TestSuite::new("run");
        suite.add_test_case(failing(
            "watertight",
            "finished",
            NonSuccessKind::Error,
            "interrupted",
            "the run was interrupted; this is what was found until then",
            "",
        ));
        report.add_test_suite(suite);
    }
    let text = report.to_string().map_err(io::Error::other)?;
    out.write_all(text.as_bytes())
}

fn suite(system: &SystemRecord) -> TestSuite {
    let mut suite = TestSuite::new(one_line(system.title()));
    if let Some(started) = &system.started {
        suite.add_property(Property::new("seed", started.seed.to_string()));
        suite.add_property(Property::new("server", one_line(&started.server)));
    }
    if let Some(summary) = &system.finished {
        suite.set_time(Duration::from_millis(summary.elapsed_ms));
        suite.add_property(Property::new("attacks", summary.attacks.to_string()));
    }
    for failure in &system.failures {
        let text = failure.notes.iter().chain(&failure.help);
        let text: Vec<&str> = text.map(String::as_str).collect();
        suite.add_test_case(failing(
            "watertight",
            "attacked",
            NonSuccessKind::Error,
            "failed",
            &failure.title,
            &text.join("\n"),
        ));
    }
    for case in cases(system) {
        suite.add_test_case(case);
    }
    for problem in system.rehearsed.iter().flat_map(|r| &r.problems) {
        let name = problem.kind.name();
        suite.add_test_case(match &problem.allowed {
            Some(reason) => skipped(&problem.object, name, &format!("allowed: {reason}")),
            None => {
                let examples = problem.examples.join("\n");
                let (kind, title) = (NonSuccessKind::Failure, &problem.title);
                failing(&problem.object, name, kind, name, title, &examples)
            }
        });
    }
    for (check, got) in system.failed_checks() {
        let place = format!("at {}", check.place);
        let message = format!("{} (got {got})", check.name);
        let kind = NonSuccessKind::Failure;
        suite.add_test_case(failing(
            "checks",
            &check.name,
            kind,
            "check-fails",
            &message,
            &place,
        ));
    }
    suite
}

/// What is known of one command on one object.
#[derive(Default)]
struct Known<'a> {
    findings: Vec<&'a Finding>,
    accepted: Vec<(&'a Finding, &'a str)>,
    errored: Vec<&'a str>,
    unproven: Vec<&'a str>,
    allowed: Vec<&'a str>,
    /// The finding of a leaking cell may stand at another door of the same cause.
    elsewhere: Option<&'a Finding>,
}

fn cases(system: &SystemRecord) -> Vec<TestCase> {
    let mut all: BTreeMap<(&str, &str), Known<'_>> = BTreeMap::new();
    for covered in &system.covered {
        for cells in &covered.cells {
            let known = all.entry((&covered.object, &cells.command)).or_default();
            if cells.outcome == Outcome::Leaked {
                let behind = system.finding_behind(&covered.object, cells);
                known.elsewhere = known.elsewhere.or(behind);
            }
        }
    }
    for finding in &system.findings {
        let key = (grid_name(&finding.object), finding.command.as_str());
        all.entry(key).or_default().findings.push(finding);
    }
    for (finding, reason) in &system.accepted {
        let key = (grid_name(&finding.object), finding.command.as_str());
        all.entry(key).or_default().accepted.push((finding, reason));
    }
    for errored in &system.errored {
        let key = (errored.object.as_str(), errored.command.as_str());
        all.entry(key).or_default().errored.push(&errored.reason);
    }
    for cell in &system.unproven {
        let known = all.entry((&cell.object, &cell.command)).or_default();
        match cell.allowed {
            true => known.allowed.push(&cell.reason),
            false => known.unproven.push(&cell.reason),
        }
    }
    all.iter()
        .flat_map(|(&(object, command), known)| known.cases(object, command))
        .collect()
}

impl Known<'_> {
    /// The case of this command, the worst that is known of it first; further findings are cases of their own, so that
    /// failures are as many as leaks.
    fn cases(&self, object: &str, command: &str) -> Vec<TestCase> {
        let mut cases = Vec::new();
        for finding in &self.findings {
            cases.push(failing(
                object,
                &named(command, &finding.probe, cases.is_empty()),
                NonSuccessKind::Failure,
                &finding.probe,
                &finding.title,
                &body(finding),
            ));
        }
        if !self.errored.is_empty() {
            let name = named(command, "errored", cases.is_empty());
            let (title, text) = ("an attack went wrong", reasons(&self.errored));
            cases.push(failing(
                object,
                &name,
                NonSuccessKind::Error,
                "errored",
                title,
                &text,
            ));
        }
        if !self.unproven.is_empty() {
            let name = named(command, "unproven", cases.is_empty());
            let title = format!(
                "{} that no attack could decide",
                counted(self.unproven.len(), "cell")
            );
            let text = reasons(&self.unproven);
            cases.push(failing(
                object,
                &name,
                NonSuccessKind::Error,
                "unproven",
                &title,
                &text,
            ));
        }
        for (finding, reason) in &self.accepted {
            let name = named(command, &finding.probe, cases.is_empty());
            cases.push(skipped(
                object,
                &name,
                &format!("accepted: {} ({reason})", finding.title),
            ));
        }
        if !self.allowed.is_empty() {
            let name = named(command, "unproven", cases.is_empty());
            let text = format!("allowed to stay undecided: {}", reasons(&self.allowed));
            cases.push(skipped(object, &name, &text));
        }
        if let Some(finding) = self.elsewhere.filter(|_| cases.is_empty()) {
            let (probe, at) = (&finding.probe, &finding.object);
            let text = format!("leaks, too: see {probe} at {at}, {}", finding.command);
            cases.push(skipped(object, command, &text));
        }
        if cases.is_empty() {
            let mut case = TestCase::new(one_line(command), TestCaseStatus::success());
            case.set_classname(one_line(object));
            cases.push(case);
        }
        cases
    }
}

fn reasons(all: &[&str]) -> String {
    let mut distinct: Vec<&str> = Vec::new();
    for reason in all {
        if !distinct.contains(reason) {
            distinct.push(reason);
        }
    }
    distinct.join("\n")
}

/// The first case has the command's own name, so that its history goes on when it begins to fail.
fn named(command: &str, what: &str, first: bool) -> String {
    match first {
        true => command.to_owned(),
        false => format!("{command} ({what})"),
    }
}

fn failing(
    object: &str,
    name: &str,
    kind: NonSuccessKind,
    what: &str,
    message: &str,
    body: &str,
) -> TestCase {
    let mut status = TestCaseStatus::non_success(kind);
    status
        .set_type(one_line(what))
        .set_message(one_line(message));
    if !body.is_empty() {
        status.set_description(printable(body));
    }
    let mut case = TestCase::new(one_line(name), status);
    case.set_classname(one_line(object));
    case
}

fn skipped(object: &str, name: &str, message: &str) -> TestCase {
    let mut status = TestCaseStatus::skipped();
    status.set_message(one_line(message));
    let mut case = TestCase::new(one_line(name), status);
    case.set_classname(one_line(object));
    case
}

fn body(finding: &Finding) -> String {
    let place = match &finding.culprit.source {
        Some(source) => source.place.to_string(),
        None => format!("{} {}", finding.culprit.kind, finding.culprit.name),
    };
    let mut lines = vec![
        format!("at {place}"),
        format!(
            "as {}, {}: expected {}, got {}",
            finding.role, finding.attacker, finding.expected, finding.got
        ),
    ];
    lines.extend(finding.notes.iter().map(|note| format!("note: {note}")));
    lines.extend(finding.help.iter().map(|help| format!("help: {help}")));
    lines.push(format!(
        "severity {}, fingerprint {}, watertight explain {}",
        finding.severity.name(),
        finding.fingerprint,
        finding.probe
    ));
    lines.push(String::new());
    lines.push(finding.repro.trim_end().to_owned());
    if let Some(patch) = &finding.patch {
        lines.push(format!("\n-- A patch, {}:\n{}", patch.trial(), patch.sql));
    }
    lines.join("\n")
}
