//! A scenario: one SQL file with its expectation in the first lines.
pub mod classes;
mod differences;

use crate::config::{CheckPlan, Config, ConfigError, Platform, RehearsalPlan, Sql};
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
    /// Fill the database at this migration and apply the rest to its rows.
    pub populate: Option<String>,
    /// Files to apply after the migrations, before the scenario's own SQL: down-paths.
    pub then: Vec<Sql>,
    /// The SQL, in parts.
    pub sections: Sections,
    pub expected: Vec<Expected>,
    /// Numbers of the leak classes that it plants, or looks like.
    pub classes: Vec<u8>,
    /// Its expectation is wrong on purpose: a run in which it passes has a dead alarm.
    pub canary: bool,
}

/// The SQL of a scenario. Only a rehearsal has more than one part. Each keeps the lines of the file.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Sections {
    /// What stands above any mark: applied before the database is filled, where the file is a whole schema.
    pub schema: String,
    /// After `-- rows:`: puts the rows of the filled database into a state.
    pub rows: Option<String>,
    /// After `-- migration:`: applied last, to the filled database.
    pub migration: Option<String>,
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
    /// A rehearsal finds rows that are not where they should be.
    Problem {
        kind: String,
        object: String,
        /// The migration to blame; `-` where none can be told.
        migration: String,
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
        "the scenario {path} cannot apply what it names: {reason}\n  next: write paths from the project's folder"
    )]
    Then { path: PathBuf, reason: String },
    #[error(
        "the scenario {path} has no `-- system:` line\n  next: write `-- system: none`, `-- system: supabase` or the name of a system of watertight.toml"
    )]
    NoSystem { path: PathBuf },
    #[error(
        "the scenario {path} names the leak class `{class}`, which there is not\n  next: write numbers from 1 to 99, with commas between them"
    )]
    NoClass { path: PathBuf, class: String },
    #[error(
        "the scenario {path} has no `-- expect:` line\n  next: write `-- expect: clean` or `-- expect: leak <probe> on <object> at <culprit>`"
    )]
    NoExpectation { path: PathBuf },
    #[error(
        "the scenario {path} expects something that cannot be read: `{line}`\n  next: write `leak <probe> on <object> at <culprit>`, `unproven <probe> on <object>`, `problem <kind> on <table> at <migration>` or `clean`"
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
        let mut then = Vec::new();
        for file in values("then") {
            let unreadable = |error: ConfigError| ScenarioError::Then {
                path: path.to_owned(),
                reason: error.to_string(),
            };
            then.push(Sql::read(Path::new(file)).map_err(unreadable)?);
        }
        let populate = values("populate").first().map(|name| (*name).to_owned());
        let through = values("through").first().map(|name| (*name).to_owned());
        let numbers = values("class").into_iter().flat_map(|line| line.split(','));
        let classes = numbers
            .map(|number| match number.trim().parse::<u8>() {
                Ok(number) if classes::class(number).is_some() => Ok(number),
                _ => Err(ScenarioError::NoClass {
                    path: path.to_owned(),
                    class: number.trim().to_owned(),
                }),
            })
            .collect::<Result<_, _>>()?;
        let sentence = header
            .first()
            .map(|line| (*line).to_owned())
            .unwrap_or_default();
        Ok(Scenario {
            path: path.to_owned(),
            sentence,
            base,
            through,
            populate,
            then,
            sections: sections(text),
            expected,
            classes,
            canary: !values("canary").is_empty(),
        })
    }

    /// Whether it fills a database half-way and applies the rest.
    pub fn is_rehearsal(&self) -> bool {
        self.populate.is_some() || self.sections.rows.is_some() || self.sections.migration.is_some()
    }

    fn stem(&self) -> String {
        let stem = self.path.file_stem().unwrap_or_default();
        stem.to_string_lossy().into_owned()
    }

    fn sql(&self, name: String, text: &str) -> Sql {
        Sql {
            name,
            path: self.path.clone(),
            text: text.to_owned(),
        }
    }

    /// The rehearsal that runs it; `plan` as for [`Scenario::plan`].
    pub fn rehearsal(&self, plan: CheckPlan) -> RehearsalPlan {
        let mut check = self.plan(plan);
        check.on_top.clone_from(&self.then);
        let from = match self.base {
            Base::System(_) => self.populate.clone(),
            // The file is the whole schema, and its first part stands before the rows.
            Base::Nothing | Base::Platform => {
                check.migrations.clear();
                let schema = self.sql(self.stem(), &self.sections.schema);
                check.on_top.insert(0, schema);
                Some(self.stem())
            }
        };
        let migration = self.sections.migration.as_ref();
        check
            .on_top
            .extend(migration.map(|text| self.sql(format!("{}_migration", self.stem()), text)));
        // The system's own checks are about its own migrations.
        RehearsalPlan {
            check,
            from,
            seed_rows: self
                .sections
                .rows
                .as_ref()
                .map(|text| self.sql(self.stem(), text)),
            ..RehearsalPlan::default()
        }
    }

    /// The profile that is enough for it, unless somebody names one: the systems at their heads are attacked with everything
    /// by the main job, so a scenario on top of one needs what one transaction shows, or the probe that it names.
    pub fn profile(&self) -> Option<&'static str> {
        let defaults = Config::defaults().profiles.into_iter();
        let quick = defaults.filter(|(name, _)| name == "quick");
        let left_out: Vec<String> = quick
            .filter_map(|(_, quick)| quick.skip_probe)
            .flatten()
            .collect();
        let single = |expected: &Expected| match expected {
            Expected::Leak { probe, .. } => !left_out.contains(probe),
            _ => true,
        };
        let quick = matches!(self.base, Base::System(_)) && self.expected.iter().all(single);
        quick.then_some("quick")
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
            Base::System(_) => {
                plan.on_top.extend(self.then.iter().cloned());
                plan.on_top
                    .push(self.sql(self.stem(), &self.sections.schema));
            }
        }
        plan.system = self.stem();
        plan.through.clone_from(&self.through);
        plan
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
        "problem" => {
            let (object, migration) = place.rsplit_once(" at ").ok_or_else(garbled)?;
            Ok(Expected::Problem {
                kind: probe.to_owned(),
                object: object.to_owned(),
                migration: migration.to_owned(),
            })
        }
        "unproven" => Ok(Expected::Unproven {
            probe: probe.to_owned(),
            object: place.to_owned(),
        }),
        _ => Err(garbled()),
    }
}

/// Parts the SQL at its marks; what belongs to another part becomes empty lines, so that places stay true.
fn sections(text: &str) -> Sections {
    let mut parts = [String::new(), String::new(), String::new()];
    let (mut at, mut seen) = (0, [true, false, false]);
    for line in text.split_inclusive('\n') {
        match line.trim() {
            "-- rows:" => at = 1,
            "-- migration:" => at = 2,
            _ => {}
        }
        seen[at] = true;
        for (number, part) in parts.iter_mut().enumerate() {
            part.push_str(if number == at { line } else { "\n" });
        }
    }
    let [schema, rows, migration] = parts;
    Sections {
        schema,
        rows: seen[1].then_some(rows),
        migration: seen[2].then_some(migration),
    }
}
