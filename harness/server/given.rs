//! An existing server, given by URL. Works only inside databases that it creates there, named `watertight_<run>_…`.
//!
//! Roles belong to the whole server, so one run at a time uses it: a session-level advisory lock says so.
use super::error::{ServerError, within};
use super::leftovers::{self, Roles};
use super::rundir::run_id;
use super::session::Session;
use std::time::{Duration, Instant};
use tokio_postgres::Config;
use tokio_postgres::config::{Host, SslMode};

/// How long to wait for another run to finish.
const LOCK_LIMIT: Duration = Duration::from_secs(60);
const LOCK_POLL: Duration = Duration::from_millis(200);
const QUERY_LIMIT: Duration = Duration::from_secs(30);
const CLEAN_LIMIT: Duration = Duration::from_secs(60);
/// PostgreSQL cuts longer names (manual, "Identifiers and Key Words": NAMEDATALEN).
const NAME_LIMIT: usize = 63;
/// "WATERTIG" as the two keys of the advisory lock.
const LOCK: (i32, i32) = (0x5741_5445, 0x5254_4947);

/// What a run knows of the server that it was given.
#[derive(Debug)]
pub(super) struct Given {
    /// The way in that the URL describes.
    pub config: Config,
    pub run: String,
    /// Host and port, without user and password.
    pub place: String,
    pub before: Roles,
    /// Given to the roles that the run brings, so that they can log in.
    pub password: String,
    cleaned: bool,
}

/// Connects, checks that the server may be used, and sweeps what killed runs left there.
pub(super) async fn open(url: &str, wanted: Option<u32>) -> Result<(Given, Session), ServerError> {
    let config = read(url)?;
    let place = place(&config);
    let session = match Session::open_in_time(&config, "connecting to the database URL").await {
        Err(ServerError::Gone { reason, .. }) => {
            return Err(ServerError::Unusable {
                reason: format!("nobody answers at {place}: {reason}"),
                help:
                    "start it, correct the URL, or leave --database-url out to use a private server"
                        .to_owned(),
            });
        }
        opened => opened?,
    };
    within(QUERY_LIMIT, "checking the server", check(&session, wanted)).await?;
    lock(&session).await?;
    within(
        CLEAN_LIMIT,
        "sweeping the server",
        leftovers::sweep(&session),
    )
    .await?;
    let before = leftovers::roles(&session).await?;
    let given = Given {
        config,
        run: run_id(),
        place,
        before,
        password: uuid::Uuid::new_v4().simple().to_string(),
        cleaned: false,
    };
    Ok((given, session))
}

fn read(url: &str) -> Result<Config, ServerError> {
    let mut config: Config = url.parse().map_err(|error| ServerError::Url {
        // The error names the part that is wrong and never repeats the password.
        reason: super::error::with_causes(&error),
    })?;
    if config.get_ssl_mode() == SslMode::Require {
        return Err(ServerError::Unusable {
            reason: "it asks for TLS (sslmode=require), which watertight does not speak".to_owned(),
            help: "use a Unix socket, a local port or a tunnel, and sslmode=disable".to_owned(),
        });
    }
    if config.get_hosts().is_empty() {
        return Err(ServerError::Url {
            reason: "it names no host".to_owned(),
        });
    }
    if config.get_dbname().is_none() {
        config.dbname("postgres");
    }
    config
        .application_name("watertight")
        .connect_timeout(Duration::from_secs(10));
    Ok(config)
}

/// `db.example.com:5432` or the socket's directory.
fn place(config: &Config) -> String {
    let port = config.get_ports().first().copied().unwrap_or(5432);
    match config.get_hosts().first() {
        Some(Host::Tcp(host)) => format!("{host}:{port}"),
        Some(Host::Unix(path)) => path.display().to_string(),
        None => "the database URL".to_owned(),
    }
}

async fn check(session: &Session, wanted: Option<u32>) -> Result<(), ServerError> {
    let row = session
        .client()
        .query_one(
            "select current_user::text, r.rolsuper, pg_is_in_recovery(), current_setting('server_version_num')::int
             from pg_catalog.pg_roles r where r.rolname = current_user",
            &[],
        )
        .await
        .map_err(|error| ServerError::of("checking what the user may do", &error))?;
    let user: String = row.get(0);
    let major = row.get::<_, i32>(3) as u32 / 10_000;
    let unusable = |reason: String, help: &str| {
        Err(ServerError::Unusable {
            reason,
            help: help.to_owned(),
        })
    };
    if row.get::<_, bool>(2) {
        return unusable("it is a read-only standby".to_owned(), "name its primary");
    }
    if major < super::OLDEST {
        let oldest = super::OLDEST;
        return unusable(
            format!("it is PostgreSQL {major}"),
            &format!("PostgreSQL {oldest} or newer is needed"),
        );
    }
    if let Some(wanted) = wanted.filter(|wanted| *wanted != major) {
        return unusable(
            format!("it is PostgreSQL {major}, and --postgres {wanted} asks for another"),
            "leave --postgres out, or name another server",
        );
    }
    if !row.get::<_, bool>(1) {
        return unusable(
            format!("its user {user} is not a superuser"),
            "creating databases and event triggers, becoming every role and reading every row need one: \
             name a superuser of a server that holds nothing precious, or leave --database-url out",
        );
    }
    Ok(())
}

/// Takes the lock that says "a run is here". Advisory locks belong to one database while two URLs may name two, so
/// holders in other databases are looked for too; of two that see each other, both step back.
async fn lock(session: &Session) -> Result<(), ServerError> {
    let deadline = Instant::now() + LOCK_LIMIT;
    let mut pause = LOCK_POLL;
    loop {
        let taken = within(QUERY_LIMIT, "locking the server", try_lock(session)).await?;
        if taken {
            return Ok(());
        }
        if Instant::now() + pause > deadline {
            return Err(ServerError::Unusable {
                reason: format!(
                    "another run of watertight has been using it for {} s",
                    LOCK_LIMIT.as_secs()
                ),
                help: "roles belong to the whole server, so one run at a time may use it: wait, or give each run a server of its own".to_owned(),
            });
        }
        tokio::time::sleep(pause).await;
        // Two runs that stepped back together must not meet again: their process ids differ.
        pause = LOCK_POLL + Duration::from_millis(u64::from(std::process::id() % 97));
    }
}

async fn try_lock(session: &Session) -> Result<bool, ServerError> {
    let failed = |error: &tokio_postgres::Error| ServerError::of("locking the server", error);
    let (class, object) = LOCK;
    let row = session
        .client()
        .query_one("select pg_try_advisory_lock($1, $2)", &[&class, &object])
        .await
        .map_err(|error| failed(&error))?;
    if !row.get::<_, bool>(0) {
        return Ok(false);
    }
    let others: i64 = session
        .client()
        .query_one(
            "select count(*) from pg_catalog.pg_locks
             where locktype = 'advisory' and granted and pid <> pg_backend_pid()
               and classid = $1::int4::oid and objid = $2::int4::oid and objsubid = 2",
            &[&class, &object],
        )
        .await
        .map_err(|error| failed(&error))?
        .get(0);
    if others > 0 {
        session
            .client()
            .execute("select pg_advisory_unlock($1, $2)", &[&class, &object])
            .await
            .map_err(|error| failed(&error))?;
    }
    Ok(others == 0)
}

impl Given {
    /// The real name of a scratch database.
    pub fn name(&self, name: &str) -> Result<String, ServerError> {
        let full = format!("{}{name}", self.prefix());
        if full.len() > NAME_LIMIT {
            return Err(ServerError::Name {
                name: name.to_owned(),
                reason: "with the run's prefix it is longer than 63 bytes",
            });
        }
        Ok(full)
    }

    fn prefix(&self) -> String {
        format!("{}{}_", leftovers::PREFIX, self.run)
    }

    /// The comment that marks a scratch database as this run's.
    pub fn mark(&self, roles: Vec<String>) -> String {
        leftovers::Mark {
            watertight: 1,
            run: self.run.clone(),
            before: self.before.keys().cloned().collect(),
            roles,
        }
        .text()
    }

    /// The run's databases.
    pub async fn databases(&self, session: &Session) -> Result<Vec<String>, ServerError> {
        leftovers::databases(session, &self.prefix()).await
    }

    /// Drops this run's databases and the roles that it brought.
    pub async fn clean(&mut self, session: &Session) -> Result<(), ServerError> {
        let (prefix, before) = (self.prefix(), &self.before);
        let cleaning = leftovers::clean(session, &prefix, before);
        let left = within(CLEAN_LIMIT, "removing the scratch databases", cleaning).await?;
        self.cleaned = true;
        match left.is_empty() {
            true => Ok(()),
            false => Err(ServerError::Left { left }),
        }
    }
}

impl Drop for Given {
    /// Cleans from a thread of its own when nobody did: the runtime that we are dropped in cannot be waited on.
    fn drop(&mut self) {
        if self.cleaned {
            return;
        }
        let (config, prefix) = (self.config.clone(), self.prefix());
        let before = std::mem::take(&mut self.before);
        let cleaner = std::thread::spawn(move || {
            let runtime = tokio::runtime::Builder::new_current_thread()
                .enable_all()
                .build();
            let Ok(runtime) = runtime else { return };
            runtime.block_on(async {
                // What cannot be cleaned now is swept by the next run, so errors are not told twice.
                let _ = tokio::time::timeout(CLEAN_LIMIT, async {
                    if let Ok(session) = Session::open(&config).await {
                        let _ = leftovers::clean(&session, &prefix, &before).await;
                        session.close().await;
                    }
                })
                .await;
            });
        });
        let _ = cleaner.join();
    }
}

#[cfg(test)]
mod tests {
    use super::{place, read};

    #[test]
    fn a_url_is_told_without_its_password() {
        let config = read("postgresql://me:secret@db.example.com:6000/app").unwrap();
        assert_eq!(place(&config), "db.example.com:6000");
        let config = read("postgresql:///app?host=/run/pg&user=me").unwrap();
        assert_eq!(place(&config), "/run/pg");
    }

    #[test]
    fn a_url_that_cannot_be_read_is_a_mistake_of_usage() {
        for url in [
            "postgresql://me:sec ret@host:port/app",
            "nonsense",
            "postgresql:///app",
        ] {
            let error = read(url).unwrap_err();
            assert_eq!(error.exit_code(), 2, "{error}");
            assert!(!error.to_string().contains("sec ret"), "{error}");
        }
    }

    #[test]
    fn a_server_that_demands_tls_is_refused_with_the_way_out() {
        let error = read("postgresql://me@host/app?sslmode=require").unwrap_err();
        assert_eq!(error.exit_code(), 5);
        assert!(error.to_string().contains("sslmode=disable"), "{error}");
    }
}
