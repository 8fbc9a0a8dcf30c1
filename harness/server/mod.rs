//! A scratch PostgreSQL server: private and local, in a container, or given by URL; scratch databases on it.
mod account;
pub mod apply;
mod cluster;
mod discovery;
mod docker;
mod engine;
mod error;
mod failure;
mod given;
mod leftovers;
mod local;
mod places;
mod psql;
mod rundir;
mod session;
mod settings;
mod sources;

pub use discovery::{Installation, Search};
pub use error::{ServerError, ends_session, told, within};
pub use places::Places;
pub use session::{Notice, Notification, Session};

use crate::sql::{identifier, literal};
use crate::sqlstate::SqlState;
use sources::Source;
use std::collections::BTreeSet;
use std::path::Path;
use std::sync::Mutex;
use std::time::{Duration, Instant};
use tokio_postgres::Config;

/// The oldest major version that is supported.
pub const OLDEST: u32 = 14;
/// The newest major version that is known; newer ones are tried.
pub const NEWEST: u32 = 18;

const DATABASE_LIMIT: Duration = Duration::from_secs(120);
const CONNECT_LIMIT: Duration = Duration::from_secs(15);
/// After this the server itself says who is in the way.
const EMPTY_LIMIT: Duration = Duration::from_secs(2);
/// A session that just ended holds its database for another moment.
const BUSY_LIMIT: Duration = Duration::from_secs(10);
const BUSY_POLL: Duration = Duration::from_millis(5);

/// Where the server comes from.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub enum SourceChoice {
    /// Local programs, else Docker.
    #[default]
    Auto,
    Local,
    Docker,
    /// An existing server: its URL.
    Url(String),
}

/// What kind of server is asked for.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Request {
    pub source: SourceChoice,
    /// The major version; the newest one found otherwise.
    pub postgres: Option<u32>,
    /// The container's image; the official one otherwise.
    pub docker_image: Option<String>,
}

/// A running server on which scratch databases can be made. Stop it with [`Server::stop`]; dropping it stops it too.
pub struct Server {
    /// The superuser's session in the maintenance database. Before `source`, so that it is dropped first.
    admin: Session,
    source: Source,
    version: u32,
    description: String,
    /// Roles that were given a password so that they can log in.
    admitted: Mutex<BTreeSet<String>>,
}

impl Server {
    /// Starts or finds a server as the request says, on this machine.
    pub async fn start(request: &Request) -> Result<Server, ServerError> {
        Server::start_in(request, &Places::system()).await
    }

    /// The same with the machine's places given, for tests.
    pub async fn start_in(request: &Request, places: &Places) -> Result<Server, ServerError> {
        let (source, admin) = sources::open(request, places).await?;
        let row = within(CONNECT_LIMIT, "asking for the version", async {
            let sql = "select current_setting('server_version_num')::int, current_setting('server_version')";
            let row = admin.client().query_one(sql, &[]).await;
            row.map_err(|error| ServerError::of("asking for the version", &error))
        })
        .await?;
        let number: i32 = row.get(0);
        let version: String = row.get(1);
        let version = version.split_whitespace().next().unwrap_or_default();
        Ok(Server {
            version: number.unsigned_abs(),
            description: format!("PostgreSQL {version} ({})", source.origin()),
            source,
            admin,
            admitted: Mutex::default(),
        })
    }

    /// For people, for example `PostgreSQL 15.18 (local)`.
    pub fn description(&self) -> String {
        self.description.clone()
    }

    /// `server_version_num`, for example 150018.
    pub fn version(&self) -> u32 {
        self.version
    }

    /// The private server's directory; `None` when it has none on this machine.
    pub fn directory(&self) -> Option<&Path> {
        self.source.directory()
    }

    /// The name that the database really has: on a given server it carries the run's prefix.
    pub fn database_name(&self, name: &str) -> Result<String, ServerError> {
        self.source.database_name(name)
    }

    /// Creates an empty database.
    pub async fn create_database(&self, name: &str) -> Result<(), ServerError> {
        let full = self.database_name(name)?;
        // template0, because an existing server's template1 may hold anything.
        let sql = format!(
            "create database {} template template0 encoding 'UTF8'{}",
            identifier(&full),
            self.strategy()
        );
        let doing = format!("creating the database {name}");
        within(DATABASE_LIMIT, &doing, self.make(&doing, &full, &sql)).await
    }

    /// Copies the database `template`, in which nobody may be connected.
    pub async fn clone_database(&self, template: &str, name: &str) -> Result<(), ServerError> {
        let (from, full) = (self.database_name(template)?, self.database_name(name)?);
        let sql = format!(
            "create database {} template {}{}",
            identifier(&full),
            identifier(&from),
            self.strategy()
        );
        let doing = format!("cloning the database {template} as {name}");
        within(DATABASE_LIMIT, &doing, async {
            self.wait_until_empty(&from, false).await?;
            self.make(&doing, &full, &sql).await
        })
        .await
    }

    /// Copying files beats writing them to the log when nothing is flushed: 2.4 times in memory. The choice came with 15.
    fn strategy(&self) -> &'static str {
        match self.version >= 150_000 && self.source.is_throwaway() {
            true => " strategy file_copy",
            false => "",
        }
    }

    /// Drops the database and ends the sessions in it; one that does not exist is no error.
    pub async fn drop_database(&self, name: &str) -> Result<(), ServerError> {
        let full = self.database_name(name)?;
        let sql = format!("drop database if exists {} with (force)", identifier(&full));
        let doing = format!("dropping the database {name}");
        within(DATABASE_LIMIT, &doing, async {
            self.wait_until_empty(&full, true).await?;
            let done = self.admin.client().batch_execute(&sql).await;
            done.map_err(|error| ServerError::of(doing.as_str(), &error))
        })
        .await
    }

    /// Waits until nobody is connected to the database, and ends the sessions there first when asked to. CREATE and DROP
    /// DATABASE wait too, but look only every 100 ms (CountOtherDBBackends), and a session that was just closed needs 1.
    async fn wait_until_empty(&self, full: &str, end: bool) -> Result<(), ServerError> {
        let sql = "select case when $2 then pg_terminate_backend(pid) else true end
                   from pg_catalog.pg_stat_activity where datname::text = $1";
        let deadline = Instant::now() + EMPTY_LIMIT;
        loop {
            let sessions = self.admin.client().query(sql, &[&full, &end]).await;
            let sessions =
                sessions.map_err(|e| ServerError::of("looking for open sessions", &e))?;
            if sessions.is_empty() || Instant::now() > deadline {
                return Ok(());
            }
            tokio::time::sleep(Duration::from_millis(1)).await;
        }
    }

    /// Runs a CREATE DATABASE, again while sessions that are ending hold the template.
    async fn make(&self, doing: &str, full: &str, sql: &str) -> Result<(), ServerError> {
        let deadline = Instant::now() + BUSY_LIMIT;
        loop {
            let client = self.admin.client();
            let made = match self.mark().await? {
                // Both are sent at once: a run that is killed in between has still marked its database.
                Some(mark) => {
                    let comment = format!(
                        "comment on database {} is {}",
                        identifier(full),
                        literal(&mark)
                    );
                    let both = (client.batch_execute(sql), client.batch_execute(&comment));
                    let (made, marked) = futures_util::future::join(both.0, both.1).await;
                    made.and(marked)
                }
                None => client.batch_execute(sql).await,
            };
            match made.map_err(|error| ServerError::of(doing, &error)) {
                Err(error)
                    if error.sqlstate() == Some(SqlState::ObjectInUse)
                        && Instant::now() < deadline =>
                {
                    tokio::time::sleep(BUSY_POLL).await;
                }
                done => return done,
            }
        }
    }

    /// The comment that lets a later run find the database, on servers that outlive this one.
    async fn mark(&self) -> Result<Option<String>, ServerError> {
        match &self.source {
            Source::Given(given) => {
                let before = given.before.keys().cloned().collect();
                let ours = given.databases(&self.admin).await?;
                let roles = leftovers::brought(&self.admin, &ours, &before).await?;
                Ok(Some(given.mark(roles)))
            }
            _ => Ok(None),
        }
    }

    /// A session in a scratch database as `role`, which must be able to log in; `None` is the superuser.
    pub async fn connect(
        &self,
        database: &str,
        role: Option<&str>,
    ) -> Result<Session, ServerError> {
        let mut config = self.source.config();
        config
            .dbname(self.database_name(database)?)
            .application_name("watertight");
        let doing = format!("connecting to the database {database}");
        let Some(role) = role else {
            return Session::open_in_time(&config, &doing).await;
        };
        config.user(role);
        if let Some(password) = self.source.password()
            && !self.source.had_role(role)
        {
            self.admit(role, password).await?;
            config.password(password);
        }
        within(CONNECT_LIMIT, &doing, async {
            match Session::open(&config).await {
                Ok(session) => Ok(session),
                Err(error) => Err(refused_login(role, &doing, &error)),
            }
        })
        .await
    }

    /// Gives a role the run's password, once.
    async fn admit(&self, role: &str, password: &str) -> Result<(), ServerError> {
        let known = |admitted: &Mutex<BTreeSet<String>>| {
            admitted
                .lock()
                .is_ok_and(|admitted| admitted.contains(role))
        };
        if known(&self.admitted) {
            return Ok(());
        }
        let sql = format!(
            "alter role {} password {}",
            identifier(role),
            literal(password)
        );
        let doing = format!("giving the role {role} a password");
        within(CONNECT_LIMIT, &doing, async {
            match self.admin.client().batch_execute(&sql).await {
                Ok(()) => Ok(()),
                Err(error) => Err(refused_login(role, &doing, &error)),
            }
        })
        .await?;
        if let Ok(mut admitted) = self.admitted.lock() {
            admitted.insert(role.to_owned());
        }
        Ok(())
    }

    /// Roles that were on the server before the run: none on a private one.
    pub fn roles_before(&self) -> Vec<String> {
        match &self.source {
            Source::Given(given) => given.before.keys().cloned().collect(),
            _ => Vec::new(),
        }
    }

    /// A command line that opens the database in psql, for a person to paste while the server runs.
    pub fn psql_command(&self, database: &str) -> String {
        self.psql(database, self.source.config(), &[])
    }

    /// The same as another role, with settings that the session begins with.
    pub fn psql_command_as(
        &self,
        database: &str,
        login: &str,
        settings: &[(String, String)],
    ) -> String {
        let mut config = self.source.config();
        config.user(login);
        self.psql(database, config, settings)
    }

    fn psql(&self, database: &str, config: Config, settings: &[(String, String)]) -> String {
        let password = match &self.source {
            Source::Docker(container) => Some(container.password.as_str()),
            _ => None,
        };
        let name = self.database_name(database);
        let name = name.as_deref().unwrap_or(database);
        psql::command(&config, name, password, settings)
    }

    /// Stops the server, or on a given one drops the scratch databases and the roles that came with them.
    pub async fn stop(self) -> Result<(), ServerError> {
        self.source.close(self.admin).await
    }
}

/// Tells a role that may not log in from a server that went away.
fn refused_login(role: &str, doing: &str, error: &tokio_postgres::Error) -> ServerError {
    let Some(refusal) = error.as_db_error() else {
        return ServerError::of(doing, error);
    };
    let sqlstate = SqlState::from(refusal.code());
    let help = match sqlstate {
        SqlState::InvalidAuthorizationSpecification | SqlState::UndefinedObject => {
            "attackers log in as the gateway's login role: create it WITH LOGIN in the migrations, or name another one in the configuration"
        }
        SqlState::InvalidPassword => {
            "the role existed on the server before, so its password was left alone: let pg_hba.conf trust it, or use a private server"
        }
        _ => return ServerError::of(doing, error),
    };
    ServerError::Login {
        role: role.to_owned(),
        sqlstate,
        message: refusal.message().to_owned(),
        help: help.to_owned(),
    }
}
