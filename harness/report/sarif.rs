//! `--format sarif`: SARIF 2.1.0, for code scanning.
//!
//! What no attack could decide is no result, since every result becomes an alert: it is told as a notification of the run.
use super::plain::{counted, printable};
use super::record::{AtEnd, Record, SystemRecord, undecided};
use super::sarif_log::*;
use super::sarif_place::{at, clause, location, nowhere};
use super::{Format, Look};
use crate::event::{Finding, Problem, Severity};
use crate::probes;
use crate::span::Place;
use serde_json::{Map, Value, json};
use std::io;

pub(super) const FORMAT: Format = Format {
    name: "sarif",
    summary: "SARIF 2.1.0 for code scanning",
    make: |look: Look| {
        AtEnd::boxed(look, |record, _, out| {
            serde_json::to_writer_pretty(&mut *out, &log(record)).map_err(io::Error::other)?;
            writeln!(out)
        })
    },
};

fn log(record: &Record) -> Log {
    let mut rules = Rules::default();
    let mut results = Vec::new();
    for system in &record.systems {
        let open = system.findings.iter().map(|finding| (finding, None));
        let accepted = system
            .accepted
            .iter()
            .map(|(f, reason)| (f, Some(reason.as_str())));
        for (finding, reason) in open.chain(accepted) {
            results.push(leak(system, finding, reason, &mut rules));
        }
        results.extend(
            system
                .problems()
                .map(|found| problem(system, found, &mut rules)),
        );
        for (check, got) in system.failed_checks() {
            let text = format!("{} (got {got})", check.name);
            let at = Some(&check.place);
            results.push(broken(
                system,
                "check-fails",
                &check.name,
                &text,
                at,
                &mut rules,
            ));
        }
    }
    let schema = "https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json";
    Log {
        schema,
        version: "2.1.0",
        runs: vec![Run {
            tool: Tool {
                driver: Driver {
                    name: "watertight",
                    semantic_version: env!("CARGO_PKG_VERSION"),
                    rules: rules.0,
                },
            },
            invocations: vec![invocation(record)],
            column_kind: "unicodeCodePoints",
            results,
            properties: object(
                json!({ "systems": record.systems.iter().map(facts).collect::<Vec<_>>() }),
            ),
        }],
    }
}

/// Those that a result names, in the order of their first one.
#[derive(Default)]
struct Rules(Vec<Rule>);

impl Rules {
    /// The rule's index; its severity is the worst that was seen.
    fn index(&mut self, id: &str, severity: Severity) -> usize {
        let at = self.0.iter().position(|rule| rule.id == id);
        let at = at.unwrap_or_else(|| {
            self.0.push(rule(id));
            self.0.len() - 1
        });
        let rule = &mut self.0[at];
        let known = rule
            .properties
            .get("security-severity")
            .and_then(Value::as_str);
        // GitHub sorts alerts by this number, which it reads as a CVSS score.
        let score = match severity {
            Severity::Critical => "9.5",
            Severity::High => "8.0",
            Severity::Medium => "5.5",
            Severity::Low => "2.0",
        };
        if known.is_none_or(|known| known < score) {
            rule.properties
                .insert("security-severity".into(), score.into());
            rule.default_configuration.level = level(severity);
        }
        at
    }
}

fn rule(id: &str) -> Rule {
    let page = probes::named_probe(id).map(|probe| probe.explanation());
    let (headline, body) = page
        .and_then(|page| page.split_once('\n'))
        .unwrap_or((id, ""));
    let headline = headline.trim_start_matches("# ");
    let headline = headline.split_once(": ").map_or(headline, |(_, text)| text);
    let body = body.trim();
    let why = body
        .split("## Why it matters")
        .nth(1)
        .and_then(|rest| rest.trim().split("\n\n").next());
    Rule {
        id: id.to_owned(),
        short_description: text(headline),
        full_description: why
            .map(|why| text(&why.split_whitespace().collect::<Vec<_>>().join(" "))),
        help: page.map(|_| Text {
            text: body.to_owned(),
            markdown: Some(body.to_owned()),
        }),
        default_configuration: Configuration { level: "note" },
        properties: object(json!({ "tags": ["security"], "precision": "very-high" })),
    }
}

fn level(severity: Severity) -> &'static str {
    match severity {
        Severity::Critical | Severity::High => "error",
        Severity::Medium => "warning",
        Severity::Low => "note",
    }
}

fn leak(
    system: &SystemRecord,
    finding: &Finding,
    accepted: Option<&str>,
    rules: &mut Rules,
) -> Outcome {
    let mut lines = vec![
        format!("{}.", finding.title),
        format!(
            "{} {} as {}, {}: expected {}, got {}.",
            finding.command.to_uppercase(),
            finding.object,
            finding.role,
            finding.attacker,
            finding.expected,
            finding.got
        ),
        format!(
            "Let through by {} {}.",
            finding.culprit.kind, finding.culprit.name
        ),
    ];
    lines.extend(finding.notes.iter().cloned());
    lines.extend(finding.help.iter().map(|help| format!("Help: {help}")));
    lines.extend(
        finding
            .patch
            .iter()
            .map(|patch| format!("A patch, {}:\n{}", patch.trial(), patch.sql)),
    );
    let source = finding.culprit.source.as_ref();
    let physical = source.map_or_else(|| nowhere(system), clause);
    let mut prints = Map::new();
    prints.insert("watertight/v1".into(), finding.fingerprint.clone().into());
    // The only one that GitHub compares; our own does not depend on lines, so an alert stays the same one when they move.
    prints.insert(
        "primaryLocationLineHash".into(),
        format!("{}:1", finding.fingerprint).into(),
    );
    Outcome {
        rule_id: finding.probe.clone(),
        rule_index: rules.index(&finding.probe, finding.severity),
        level: level(finding.severity),
        message: message(&lines.join("\n")),
        locations: vec![location(physical, &finding.object, &finding.object_kind)],
        partial_fingerprints: prints,
        suppressions: accepted
            .map(|reason| Suppression {
                kind: "external",
                status: "accepted",
                justification: printable(reason),
            })
            .into_iter()
            .collect(),
        properties: object(json!({
            "system": finding.system,
            "severity": finding.severity.name(),
            "repro": printable(&finding.repro),
            "patch": finding.patch.as_ref().map(|patch| printable(&patch.sql)),
        })),
    }
}

fn problem(system: &SystemRecord, problem: &Problem, rules: &mut Rules) -> Outcome {
    let kind = problem.kind.name();
    let place = problem.place.as_ref();
    broken(system, kind, &problem.object, &problem.title, place, rules)
}

fn broken(
    system: &SystemRecord,
    kind: &str,
    object_name: &str,
    text: &str,
    place: Option<&Place>,
    rules: &mut Rules,
) -> Outcome {
    let physical = place.map_or_else(|| nowhere(system), at);
    let mut prints = Map::new();
    let print = format!("{kind}:{}:{object_name}", system.name);
    prints.insert("primaryLocationLineHash".into(), print.into());
    Outcome {
        rule_id: kind.to_owned(),
        rule_index: rules.index(kind, Severity::High),
        level: "error",
        message: message(text),
        locations: vec![location(physical, object_name, "table")],
        partial_fingerprints: prints,
        suppressions: Vec::new(),
        properties: object(json!({ "system": system.name })),
    }
}

fn invocation(record: &Record) -> Invocation {
    let mut told = Vec::new();
    let mut failed = Vec::new();
    for system in &record.systems {
        for failure in &system.failures {
            let lines = [&failure.title]
                .into_iter()
                .chain(&failure.notes)
                .chain(&failure.help);
            let lines: Vec<&str> = lines.map(String::as_str).collect();
            failed.push(notification("error", &lines.join("\n")));
        }
        for group in undecided(&system.unproven) {
            let objects = group.objects();
            let objects: Vec<&str> = objects.iter().map(|(object, _)| *object).collect();
            let (level, allowed) = match group.allowed {
                true => ("note", ", but allowed"),
                false => ("warning", ""),
            };
            let cells = counted(group.cells.len(), "cell");
            let text = format!(
                "unproven{allowed}: {cells} of {}: {}",
                objects.join(", "),
                group.reason
            );
            told.push(notification(level, &text));
        }
        for errored in &system.errored {
            let text = format!(
                "errored: {} {} as {}: {}",
                errored.command, errored.object, errored.role, errored.reason
            );
            told.push(notification("error", &text));
        }
        told.extend(system.notes.iter().map(|note| notification("note", note)));
    }
    if record.interrupted {
        told.push(notification(
            "error",
            "interrupted: this is what was found until then",
        ));
    }
    Invocation {
        execution_successful: failed.is_empty() && !record.interrupted,
        tool_execution_notifications: told,
        tool_configuration_notifications: failed,
    }
}

fn notification(level: &'static str, text: &str) -> Notification {
    Notification {
        level,
        message: message(text),
    }
}

/// What would be a placeholder or a link in a message is taken literally (SARIF 2.1.0, 3.11.5 and 3.11.6).
fn message(words: &str) -> Text {
    let words = printable(words).replace('{', "{{").replace('}', "}}");
    text(
        &words
            .replace('\\', "\\\\")
            .replace('[', "\\[")
            .replace(']', "\\]"),
    )
}

fn text(text: &str) -> Text {
    Text {
        text: text.to_owned(),
        markdown: None,
    }
}

fn facts(system: &SystemRecord) -> Value {
    let started = system.started.as_ref();
    let summary = system.finished.as_ref();
    json!({
        "name": system.name,
        "server": started.map(|started| &started.server),
        "seed": started.map(|started| started.seed),
        "attacks": summary.map(|summary| summary.attacks),
        "stopped": summary.map(|summary| summary.stopped),
        "leaked": summary.map(|summary| summary.leaked),
        "unproven": summary.map(|summary| summary.unproven),
        "errored": summary.map(|summary| summary.errored),
    })
}

fn object(value: Value) -> Map<String, Value> {
    match value {
        Value::Object(map) => map,
        _ => Map::new(),
    }
}
