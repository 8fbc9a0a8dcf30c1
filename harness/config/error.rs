//! What can be wrong with a configuration, and how it is shown.
use crate::error::Failure;
use crate::event::Source;
use std::path::PathBuf;

/// Usage and configuration errors; all of them exit with 2.
#[derive(Debug, Clone, PartialEq, thiserror::Error)]
pub enum ConfigError {
    #[error("cannot read {}: {reason}", path.display())]
    Unreadable { path: PathBuf, reason: String },
    #[error("the configuration is not valid TOML: {message}")]
    Syntax {
        message: String,
        at: Option<Box<Source>>,
    },
    #[error("unknown key `{key}` in {table}")]
    UnknownKey {
        key: String,
        table: String,
        nearest: Option<String>,
        known: Vec<String>,
        at: Box<Source>,
    },
    #[error("`{key}` must be {expected}")]
    WrongValue {
        key: String,
        expected: String,
        at: Box<Source>,
    },
    #[error("{table} needs `{key}`")]
    MissingKey {
        key: String,
        table: String,
        at: Box<Source>,
    },
    #[error("there is no {what} named `{name}`")]
    UnknownName {
        what: &'static str,
        name: String,
        nearest: Option<String>,
        known: Vec<String>,
    },
    #[error("{} is not there", path.display())]
    NoDirectory { path: PathBuf },
    #[error("there are no migrations to check")]
    NoMigrations { looked_in: Vec<String> },
    #[error("{left} and {right} contradict each other")]
    Contradiction { left: String, right: String },
    #[error("the report `{typed}` names no file")]
    NoReportFile { typed: String },
    #[error("no probe is left to run")]
    NoProbes,
}

impl ConfigError {
    pub fn exit_code(&self) -> u8 {
        2
    }

    fn next_step(&self) -> Option<String> {
        match self {
            ConfigError::Unreadable { .. } => None,
            ConfigError::Syntax { .. } => None,
            ConfigError::UnknownKey { nearest, known, .. } => Some(match nearest {
                Some(name) => format!("did you mean `{name}`?"),
                None => format!("known keys: {}", known.join(", ")),
            }),
            ConfigError::WrongValue { .. } => None,
            ConfigError::MissingKey { key, .. } if key == "reason" => {
                Some("write in one sentence why this is right; it is shown in every report".into())
            }
            ConfigError::MissingKey { key, .. } => Some(format!("add `{key} = …`")),
            ConfigError::UnknownName {
                what,
                nearest,
                known,
                ..
            } => Some(match nearest {
                Some(name) => format!("did you mean `{name}`?"),
                None if known.is_empty() => {
                    format!("the configuration names no {what}")
                }
                None => format!("known: {}", known.join(", ")),
            }),
            ConfigError::NoDirectory { .. } => {
                Some("name a directory of SQL migrations that exists".into())
            }
            ConfigError::NoMigrations { .. } => Some(
                "name their directory: `watertight check path/to/migrations`, or write it into watertight.toml".into(),
            ),
            ConfigError::Contradiction { .. } => Some("leave one of them out".into()),
            ConfigError::NoReportFile { .. } => {
                Some("write it as FORMAT=FILE: `--report junit=junit.xml`".into())
            }
            ConfigError::NoProbes => {
                Some("`watertight list` shows all probes; leave out `--probe` to run them all".into())
            }
        }
    }
}

impl From<ConfigError> for Failure {
    fn from(error: ConfigError) -> Failure {
        let mut failure = Failure::new(error.exit_code(), error.to_string());
        failure.help = error.next_step();
        match error {
            ConfigError::Syntax { at, .. } => failure.excerpt = at,
            ConfigError::UnknownKey { at, .. }
            | ConfigError::WrongValue { at, .. }
            | ConfigError::MissingKey { at, .. } => failure.excerpt = Some(at),
            ConfigError::NoMigrations { looked_in } => {
                failure
                    .notes
                    .push(format!("looked in {}", looked_in.join(", ")));
            }
            _ => {}
        }
        failure
    }
}
