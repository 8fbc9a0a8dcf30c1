//! The three kinds of server behind one face, and the order in which they are tried.
use super::account::Account;
use super::docker::{self, Container};
use super::error::ServerError;
use super::given::{self, Given};
use super::local::{self, Local};
use super::places::Places;
use super::session::Session;
use super::{Request, SourceChoice, discovery, engine, rundir};
use std::path::Path;
use tokio_postgres::Config;

/// What keeps the server alive, or knows how to leave it.
pub(super) enum Source {
    Local(Local),
    Docker(Box<Container>),
    Given(Given),
}

/// Opens the source that the request names; `Auto` tries local programs, then Docker.
pub(super) async fn open(
    request: &Request,
    places: &Places,
) -> Result<(Source, Session), ServerError> {
    match &request.source {
        SourceChoice::Url(url) => {
            let (given, session) = given::open(url, request.postgres).await?;
            Ok((Source::Given(given), session))
        }
        SourceChoice::Local => {
            sweep(places, false).await?;
            open_local(request, places).await
        }
        SourceChoice::Docker => {
            sweep(places, true).await?;
            open_docker(request, places).await
        }
        SourceChoice::Auto => {
            sweep(places, false).await?;
            open_any(request, places).await
        }
    }
}

async fn open_any(request: &Request, places: &Places) -> Result<(Source, Session), ServerError> {
    let mut tried = Vec::new();
    match open_local(request, places).await {
        Err(ServerError::NoneFound { tried: local, .. }) => tried.extend(local),
        Err(error @ ServerError::Start { .. }) => tried.push(error.to_string()),
        done => return done,
    }
    if let Err(reason) = engine::answers().await {
        tried.push(format!("Docker does not answer: {reason}"));
        return Err(ServerError::NoneFound {
            tried,
            wanted: request.postgres,
        });
    }
    match open_docker(request, places).await {
        Err(error @ (ServerError::Docker { .. } | ServerError::Start { .. })) => {
            tried.push(error.to_string());
            Err(ServerError::NoneFound {
                tried,
                wanted: request.postgres,
            })
        }
        done => done,
    }
}

async fn open_local(request: &Request, places: &Places) -> Result<(Source, Session), ServerError> {
    let found = discovery::find(&places.search, request.postgres).await;
    let mut tried = found.tried;
    let mut last = None;
    for installation in &found.installations {
        match local::start(installation, places).await {
            Ok((local, session)) => return Ok((Source::Local(local), session)),
            Err(error @ ServerError::Start { .. }) => {
                tried.push(error.to_string());
                last = Some(error);
            }
            Err(error) => return Err(error),
        }
    }
    match (last, found.installations.len()) {
        // The only one there is: its own error says more than a list.
        (Some(error), 1) => Err(error),
        _ => Err(ServerError::NoneFound {
            tried,
            wanted: request.postgres,
        }),
    }
}

async fn open_docker(request: &Request, places: &Places) -> Result<(Source, Session), ServerError> {
    let (container, session) = docker::start(request, places).await?;
    Ok((Source::Docker(Box::new(container)), session))
}

/// Removes what killed runs left on this machine. Docker is asked when it will be used, or when a killed run used it.
async fn sweep(places: &Places, docker_is_used: bool) -> Result<(), ServerError> {
    let account = Account::unprivileged()?;
    let dead = rundir::sweep(&places.scratch, account.as_ref());
    if !dead.is_empty() || docker_is_used {
        engine::sweep(dead).await;
    }
    Ok(())
}

impl Source {
    /// For the description: `local`.
    pub fn origin(&self) -> String {
        match self {
            Source::Local(_) => "local".to_owned(),
            Source::Docker(container) => format!("docker {}", container.image),
            Source::Given(given) => format!("at {}", given.place),
        }
    }

    /// The superuser's way in, without a database.
    pub fn config(&self) -> Config {
        match self {
            Source::Local(local) => local.config(),
            Source::Docker(container) => container.config.clone(),
            Source::Given(given) => given.config.clone(),
        }
    }

    pub fn directory(&self) -> Option<&Path> {
        match self {
            Source::Local(local) => Some(local.directory()),
            _ => None,
        }
    }

    pub fn database_name(&self, name: &str) -> Result<String, ServerError> {
        match self {
            Source::Given(given) => given.name(name),
            _ => Ok(name.to_owned()),
        }
    }

    /// The server is ours alone and runs without flushing.
    pub fn is_throwaway(&self) -> bool {
        !matches!(self, Source::Given(_))
    }

    /// The password that roles get so that they can log in; private servers trust whoever reaches their socket.
    pub fn password(&self) -> Option<&str> {
        match self {
            Source::Local(_) => None,
            Source::Docker(container) => Some(&container.password),
            Source::Given(given) => Some(&given.password),
        }
    }

    /// The role was there before us.
    pub fn had_role(&self, role: &str) -> bool {
        match self {
            Source::Given(given) => given.before.contains_key(role),
            _ => false,
        }
    }

    /// Ends it and waits until nothing is left.
    pub async fn close(self, admin: Session) -> Result<(), ServerError> {
        match self {
            Source::Local(local) => {
                drop(admin);
                local.stop().await
            }
            Source::Docker(container) => {
                drop(admin);
                container.stop().await
            }
            Source::Given(mut given) => {
                let cleaned = given.clean(&admin).await;
                admin.close().await;
                cleaned
            }
        }
    }
}
