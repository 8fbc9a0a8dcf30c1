//! A scenario: one SQL file with its expectation in the first lines, and whether a run's findings are what it expects.
use crate::config::{CheckPlan, Platform};
use crate::event::{Event, Finding};
use std::path::{Path, PathBuf};
use thiserror::Error;

/// One scenario file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Scenario {
    pub path: PathBuf,
    /// What is wrong, or why it is safe.
    pub sentence: String,
    pub base: Base,
    /// Stop the system's migrations here.
    pub through: Option<String>,
    pub expected: Vec<Expected>,
}

/// What the file stands on.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Base {
    /// An empty database.
    Nothing,
    /// An empty database with the platform's roles and schemas.
    Platform,
    /// The migrations of a system of the configuration.
    System(String),
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Expected {
    Clean,
    Leak {
        probe: String,
        object: String,
        culprit: String,
    },
    Unproven {
        probe: String,
        object: String,
    },
}

#[derive(Debug, Error)]
pub enum ScenarioError {
    #[error("cannot read the scenario {path}: {reason}\n  next: check the path")]
    Unreadable {
        path: PathBuf,
        reason: std::io::Error,
    },
    #[error(
        "the scenario {path} has no `-- system:` line\n  next: write `-- system: none`, `-- system: supabase` or the name of a system of watertight.toml"
    )]
    NoSystem { path: PathBuf },
    #[error(
        "the scenario {path} has no `-- expect:` line\n  next: write `-- expect: clean` or `-- expect: leak <probe> on <object> at <culprit>`"
    )]
    NoExpectation { path: PathBuf },
    #[error(
        "the scenario {path} expects something that cannot be read: `{line}`\n  next: write `leak <probe> on <object> at <culprit>`, `unproven <probe> on <object>` or `clean`"
    )]
    Garbled { path: PathBuf, line: String },
}

impl ScenarioError {
    /// A scenario that cannot be read is a usage error.
    pub fn exit_code(&self) -> u8 {
        2
    }
}

impl Scenario {
    /// Reads a file's header.
    pub fn read(path: &Path) -> Result<Scenario, ScenarioError> {
        let text = std::fs::read_to_string(path).map_err(|reason| ScenarioError::Unreadable {
            path: path.to_owned(),
            reason,
        })?;
        Scenario::parse(path, &text)
    }

    pub fn parse(path: &Path, text: &str) -> Result<Scenario, ScenarioError> {
        let header: Vec<&str> = text
            .lines()
            .take_while(|line| line.starts_with("--"))
            .map(|line| line[2..].trim())
            .collect();
        let values = |name: &str| -> Vec<&str> {
            header
                .iter()
                .filter_map(|line| line.strip_prefix(name)?.strip_prefix(':'))
                .map(str::trim)
                .collect()
        };
        let base = match values("system").first() {
            Some(&"none") => Base::Nothing,
            Some(&"supabase") => Base::Platform,
            Some(name) => Base::System((*name).to_owned()),
            None => {
                return Err(ScenarioError::NoSystem {
                    path: path.to_owned(),
                });
            }
        };
        let expected: Vec<Expected> = values("expect")
            .into_iter()
            .map(|line| expectation(path, line))
            .collect::<Result<_, _>>()?;
        if expected.is_empty() {
            return Err(ScenarioError::NoExpectation {
                path: path.to_owned(),
            });
        }
        let through = values("through").first().map(|name| (*name).to_owned());
        let sentence = header
            .first()
            .map(|line| (*line).to_owned())
            .unwrap_or_default();
        Ok(Scenario {
            path: path.to_owned(),
            sentence,
            base,
            through,
            expected,
        })
    }

    /// The plan that runs it: `system` is the plan of the system that it stands on, or of any system for a whole schema.
    pub fn plan(&self, mut plan: CheckPlan) -> CheckPlan {
        match self.base {
            Base::Nothing => {
                plan = CheckPlan {
                    migrations: vec![self.path.clone()],
                    platform: Platform::None,
                    tenancy: crate::config::TenancyOverrides::default(),
                    ..plan
                }
            }
            Base::Platform => {
                plan = CheckPlan {
                    migrations: vec![self.path.clone()],
                    platform: Platform::Supabase,
                    tenancy: crate::config::TenancyOverrides::default(),
                    ..plan
                }
            }
            Base::System(_) => plan.on_top.push(self.path.clone()),
        }
        plan.system = self
            .path
            .file_stem()
            .map(|stem| stem.to_string_lossy().into_owned())
            .unwrap_or_default();
        plan.through.clone_from(&self.through);
        plan
    }

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
        let attacked = events.iter().any(|event| matches!(event, Event::Finished(summary) if summary.stopped + summary.leaked > 0));
        if !attacked {
            out.push("nothing was attacked".to_owned());
        }
        out
    }
}

/// `leak <probe> on <object> at <culprit>`; objects and culprits may hold spaces.
fn expectation(path: &Path, line: &str) -> Result<Expected, ScenarioError> {
    let garbled = || ScenarioError::Garbled {
        path: path.to_owned(),
        line: line.to_owned(),
    };
    if line == "clean" {
        return Ok(Expected::Clean);
    }
    let (verdict, rest) = line.split_once(' ').ok_or_else(garbled)?;
    let (probe, place) = rest.split_once(" on ").ok_or_else(garbled)?;
    match verdict {
        "leak" => {
            let (object, culprit) = place.rsplit_once(" at ").ok_or_else(garbled)?;
            Ok(Expected::Leak {
                probe: probe.to_owned(),
                object: object.to_owned(),
                culprit: culprit.to_owned(),
            })
        }
        "unproven" => Ok(Expected::Unproven {
            probe: probe.to_owned(),
            object: place.to_owned(),
        }),
        _ => Err(garbled()),
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
