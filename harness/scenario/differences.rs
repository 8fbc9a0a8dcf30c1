//! Whether a run's findings are what a scenario expects.
use super::{Base, Expected, Scenario};
use crate::event::{CheckResult, Event, Finding, Problem};
use std::collections::BTreeSet;

impl Scenario {
    /// What differs from the expectation, one sentence each; empty when everything is as expected.
    pub fn differences(&self, events: &[Event]) -> Vec<String> {
        let findings: Vec<&Finding> = events
            .iter()
            .filter_map(|event| match event {
                Event::Leak(finding) => Some(finding.as_ref()),
                _ => None,
            })
            .collect();
        let mut out = Vec::new();
        for expected in &self.expected {
            match expected {
                Expected::Leak { probe, object, culprit } if !findings.iter().any(|f| has_door(f, probe, object) && blames(f, culprit)) => {
                    out.push(format!("missing: leak {probe} on {object} at {culprit}"));
                }
                Expected::Unproven { object, .. } if !events.iter().any(|e| matches!(e, Event::Unproven(cell) if bare(&cell.object) == bare(object))) => {
                    out.push(format!("missing: unproven {object}"));
                }
                _ => {}
            }
        }
        for finding in findings {
            let wanted = self.expected.iter().any(|expected| matches!(expected, Expected::Leak { object, culprit, .. } if blames(finding, culprit) && (bare(&finding.object) == bare(object) || finding.doors.iter().any(|door| bare(&door.object) == bare(object)))));
            if !wanted {
                out.push(format!(
                    "unexpected: leak {} on {} at {} ({})",
                    finding.probe, finding.object, finding.culprit.name, finding.title
                ));
            }
        }
        out.extend(self.undecided(events));
        out.extend(self.rehearsed(events));
        let attacked = events.iter().any(|event| matches!(event, Event::Finished(summary) if summary.stopped + summary.leaked > 0));
        let excused = self
            .expected
            .iter()
            .any(|e| matches!(e, Expected::Unproven { object, .. } if object == "isolation"));
        if !attacked && !excused {
            out.push("nothing was attacked".to_owned());
        }
        out
    }

    /// Cells that a schema said to be clean leaves undecided: nothing was proven there. On top of a system the system's own
    /// list says which may be, and its own check holds it to that.
    fn undecided(&self, events: &[Event]) -> BTreeSet<String> {
        let clean = self.expected.contains(&Expected::Clean);
        if !clean || self.is_rehearsal() || matches!(self.base, Base::System(_)) {
            return BTreeSet::new();
        }
        let expected = |name: &str| {
            self.expected.iter().any(
                |e| matches!(e, Expected::Unproven { object, .. } if bare(object) == bare(name)),
            )
        };
        let cells = events.iter().filter_map(|event| match event {
            Event::Unproven(cell) if !cell.allowed && !expected(&cell.object) => Some(cell),
            _ => None,
        });
        cells
            .map(|cell| {
                format!(
                    "unexpected: unproven {} on {} ({})",
                    cell.command, cell.object, cell.reason
                )
            })
            .collect()
    }

    /// What differs between the problems of a rehearsal and those expected; so does a named check that
    /// fails, unless the scenario has a migration of its own, of which the system's checks know nothing.
    fn rehearsed(&self, events: &[Event]) -> Vec<String> {
        let rehearsed = events.iter().find_map(|event| match event {
            Event::Rehearsed(rehearsed) => Some(rehearsed),
            _ => None,
        });
        let Some(rehearsed) = rehearsed else {
            return match self.is_rehearsal() {
                true => vec!["nothing was rehearsed".to_owned()],
                false => Vec::new(),
            };
        };
        let open = || rehearsed.problems.iter().filter(|p| p.allowed.is_none());
        let is = |problem: &Problem, wanted: &Expected| match wanted {
            Expected::Problem {
                kind,
                object,
                migration,
            } => {
                let blamed = problem.migration.as_deref().unwrap_or("-");
                problem.kind.name() == kind && problem.object == *object && blamed == migration
            }
            _ => false,
        };
        let problems = self
            .expected
            .iter()
            .filter(|e| matches!(e, Expected::Problem { .. }));
        let mut out: Vec<String> = problems
            .filter(|wanted| !open().any(|problem| is(problem, wanted)))
            .map(|wanted| format!("missing: {wanted:?}"))
            .collect();
        for problem in
            open().filter(|problem| !self.expected.iter().any(|wanted| is(problem, wanted)))
        {
            let (kind, object) = (problem.kind.name(), &problem.object);
            let migration = problem.migration.as_deref().unwrap_or("-");
            out.push(format!(
                "unexpected: problem {kind} on {object} at {migration} ({})",
                problem.title
            ));
        }
        let failed = rehearsed
            .checks
            .iter()
            .filter(|check| check.result != CheckResult::Holds);
        if self.sections.migration.is_none() {
            out.extend(failed.map(|check| format!("fails: {}", check.name)));
        }
        if rehearsed.tables.iter().all(|table| table.rows_before == 0) {
            out.push("no row was there to rehearse with".to_owned());
        }
        out
    }
}

fn has_door(finding: &Finding, probe: &str, object: &str) -> bool {
    let itself = finding.probe == probe && bare(&finding.object) == bare(object);
    itself
        || finding
            .doors
            .iter()
            .any(|door| door.probe == probe && bare(&door.object) == bare(object))
}

/// A missing thing (row-level security, a grant) may be named by itself or by its table.
fn blames(finding: &Finding, culprit: &str) -> bool {
    let name = bare(&finding.culprit.name);
    let unqualified = name.rsplit('.').next().unwrap_or(name);
    let table = |object: &str| bare(object).rsplit('.').next() == Some(culprit);
    let missing = matches!(
        finding.culprit.kind.as_str(),
        "row-level security" | "grant"
    );
    culprit == name
        || culprit == unqualified
        || culprit == finding.culprit.kind
        || missing && finding.doors.iter().any(|door| table(&door.object))
}

/// A function without its arguments.
fn bare(object: &str) -> &str {
    object.split('(').next().unwrap_or(object)
}
