//! What can keep a run from its end, with the exit code of each.
use crate::catalog::CatalogError;
use crate::error::Failure;
use crate::migrations::ReadError;
use crate::oracle::ObserveError;
use crate::plans::PlanError;
use crate::scenario::ScenarioError;
use crate::server::ServerError;
use crate::server::apply::ApplyError;
use crate::shrink::CaseError;
use crate::stop::Stopped;
use crate::world::load::LoadError;
use thiserror::Error;

#[derive(Debug, Error)]
pub enum CheckError {
    #[error(transparent)]
    Read(#[from] ReadError),
    #[error(transparent)]
    Scenario(#[from] ScenarioError),
    #[error(transparent)]
    Server(#[from] ServerError),
    #[error(transparent)]
    Apply(#[from] ApplyError),
    #[error(transparent)]
    Catalog(#[from] CatalogError),
    #[error(transparent)]
    Load(#[from] LoadError),
    #[error(transparent)]
    Observe(#[from] ObserveError),
    #[error(transparent)]
    Plan(#[from] PlanError),
    #[error(transparent)]
    Case(#[from] CaseError),
    #[error(transparent)]
    Stopped(#[from] Stopped),
    #[error("nothing follows the migration {name}, so there is nothing to rehearse")]
    NothingToRehearse { name: String },
    #[error("cannot read the named checks beside the migrations: {reason}")]
    Checks { reason: std::io::Error },
    #[error("{name} is no table whose rows belong to tenants and whose policies members read by")]
    UnknownTable {
        name: String,
        nearest: Option<String>,
    },
    #[error("no tenant was found in the schema")]
    NoTenant,
    #[error("no member reaches any row of its own, so an attack would prove nothing")]
    Baseline { evidence: Vec<String> },
    #[error("the configuration names {what}, which the migrated database does not have")]
    UnknownObject {
        what: String,
        nearest: Option<String>,
    },
}

impl From<CheckError> for Failure {
    fn from(error: CheckError) -> Failure {
        let title = error.to_string();
        // However it shows, a server that went away is told in one way.
        if let Some(gone) = gone(&error) {
            return gone.into();
        }
        match error {
            CheckError::Read(error) => error.into(),
            CheckError::Apply(error) => error.into(),
            CheckError::Catalog(error) => error.into(),
            CheckError::Scenario(error) => parted(error.exit_code(), &title),
            CheckError::Server(error) => error.into(),
            CheckError::Load(error) => Failure::new(error.exit_code(), title).help(
                match error.exit_code() {
                    2 => "a CHECK, a type or a view of the schema computes without end: mend it, or stop before it with --through",
                    _ => "this is a bug in watertight; please report it with the migrations if you can",
                },
            ),
            CheckError::Observe(error) => parted(error.exit_code(), &title),
            CheckError::Plan(error) => parted(error.exit_code(), &title),
            CheckError::Case(error) => parted(error.exit_code(), &title),
            CheckError::Stopped(_) => Failure::new(130, title),
            CheckError::NothingToRehearse { .. } => Failure::new(2, title)
                .help("name an earlier migration: `--from NAME`; the database is filled there and the rest is applied"),
            CheckError::Checks { .. } => Failure::new(2, title).help("make checks.sql readable"),
            CheckError::NoTenant => Failure::new(2, title)
                .note("no policy compares a column with the caller, and no table is referred to by at least two others")
                .help("name the column that a tenant is: `tenant = \"public.organizations.id\"` under [tenancy] in watertight.toml"),
            CheckError::Baseline { evidence } => evidence.into_iter().fold(Failure::new(4, title), Failure::note).help("correct what was understood wrongly in watertight.toml (`watertight init` writes it down), then run again"),
            CheckError::UnknownTable { nearest, .. } => {
                let failure = Failure::new(2, title);
                match nearest {
                    Some(name) => failure.help(format!("did you mean {name}?")),
                    None => failure.help("`watertight plans` without --table names those that there are"),
                }
            }
            CheckError::UnknownObject { nearest, .. } => {
                let failure = Failure::new(2, title);
                match nearest {
                    Some(name) => failure.help(format!("did you mean {name}?")),
                    None => failure.help("correct the name in watertight.toml"),
                }
            }
        }
    }
}

/// The server's end, when that is what the error comes from.
fn gone(error: &CheckError) -> Option<ServerError> {
    let (doing, source) = match error {
        CheckError::Apply(ApplyError::Lost { place, source }) => {
            (format!("applying {place}"), source)
        }
        CheckError::Apply(ApplyError::Server { doing, source }) => ((*doing).to_owned(), source),
        CheckError::Catalog(CatalogError::Query(source)) => {
            ("reading the catalog".to_owned(), source)
        }
        CheckError::Observe(
            ObserveError::Lost { source }
            | ObserveError::Prepare { source }
            | ObserveError::Condition { source, .. }
            | ObserveError::Role { source, .. },
        ) => ("attacking".to_owned(), source),
        CheckError::Plan(PlanError::Lost { source }) => ("asking for plans".to_owned(), source),
        CheckError::Load(LoadError::Server(ServerError::Gone { doing, reason })) => {
            return Some(ServerError::Gone {
                doing: doing.clone(),
                reason: reason.clone(),
            });
        }
        _ => return None,
    };
    Some(ServerError::of(doing, source)).filter(ServerError::is_gone)
}

/// Errors say the next step after `next:` on a line of its own.
fn parted(exit_code: u8, text: &str) -> Failure {
    match text.split_once("next:") {
        Some((title, next)) => Failure::new(exit_code, title.trim()).help(next.trim()),
        None => Failure::new(exit_code, text),
    }
}
