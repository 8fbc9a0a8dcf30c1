//! A private server from local programs, on a Unix socket in the run's own directory.
//!
//! The server is the child of a tiny shell, the watchdog, which waits on a pipe that we hold. When we let go of the pipe,
//! or die in whatever way, the watchdog ends the server and removes the run's directory.
use super::account::Account;
use super::cluster::{self, Origin};
use super::discovery::Installation;
use super::error::{ServerError, within};
use super::places::{Places, is_memory};
use super::rundir::{self, RunDirectory};
use super::session::Session;
use super::settings;
use std::os::fd::OwnedFd;
use std::os::unix::process::CommandExt;
use std::path::{Path, PathBuf};
use std::process::{Child, ChildStdin, Command, Stdio};
use std::time::{Duration, Instant};
use tokio::net::unix::pipe;
use tokio_postgres::Config;

const START_LIMIT: Duration = Duration::from_secs(60);
const STOP_LIMIT: Duration = Duration::from_secs(20);
/// pg_ctl looks ten times a second; the server is often up after 20 ms.
const POLL: Duration = Duration::from_millis(1);
/// Unix socket paths hold 107 bytes on Linux and 103 on macOS.
const SOCKET_PATH_LIMIT: usize = 103;
const SOCKET: &str = ".s.PGSQL.5432";

/// `$1` is the run's directory, the rest is the server's command line. Signals of the terminal are not for the watchdog:
/// it ends when the pipe does. Its own standard output is closed so that only the server holds the line that we listen to.
const WATCHDOG: &str = r#"
trap '' HUP INT QUIT TERM
run=$1
shift
"$@" </dev/null 2>>"$run/log" &
server=$!
exec >&-
read -r _
kill -QUIT "$server" 2>/dev/null
wait "$server"
rm -rf -- "$run/data" "$run/s" "$run/log"
rm -rf -- "$run"
"#;

/// A running private server.
#[derive(Debug)]
pub(super) struct Local {
    run: RunDirectory,
    watchdog: Child,
    /// Our end of the pipe; letting go of it ends the server.
    leash: Option<ChildStdin>,
    /// Closes when the server is gone.
    lifeline: pipe::Receiver,
    pub installation: Installation,
    pub sockets: PathBuf,
}

/// Starts a server from `installation` and waits until it answers.
pub(super) async fn start(
    installation: &Installation,
    places: &Places,
) -> Result<(Local, Session), ServerError> {
    let account = Account::unprivileged()?;
    let cache = places.cache.as_deref();
    let first = attempt(installation, places, account.as_ref(), cache).await;
    match first {
        // The copied cluster may be the reason; a new one is made once.
        Err((ServerError::Start { .. }, Some(Origin::Cache))) => {
            cluster::forget(installation, cache);
            attempt(installation, places, account.as_ref(), cache).await
        }
        done => done,
    }
    .map_err(|(error, _)| error)
}

async fn attempt(
    installation: &Installation,
    places: &Places,
    account: Option<&Account>,
    cache: Option<&Path>,
) -> Result<(Local, Session), (ServerError, Option<Origin>)> {
    let run = directory(places, account).map_err(|e| (e, None))?;
    let origin = cluster::provide(installation, cache, &run.path().join("data"), account)
        .await
        .map_err(|e| (e, None))?;
    let started = async {
        let mut local = launch(installation, run, account)?;
        let session = within(START_LIMIT, "starting PostgreSQL", local.answer()).await?;
        Ok((local, session))
    };
    started.await.map_err(|e| (e, Some(origin)))
}

/// A run directory in the best place that can hold one and whose socket path is short enough.
fn directory(places: &Places, account: Option<&Account>) -> Result<RunDirectory, ServerError> {
    let mut last = None;
    for base in places.roomy(account) {
        let socket = base.join("watertight-00000000/s").join(SOCKET);
        if socket.as_os_str().len() > SOCKET_PATH_LIMIT {
            continue;
        }
        match RunDirectory::create(base, account) {
            Ok(run) => return Ok(run),
            Err(error) => last = Some(error),
        }
    }
    Err(last.unwrap_or_else(|| ServerError::Start {
        server: "a private PostgreSQL".to_owned(),
        reason: format!(
            "none of {} can hold its files: each is missing, full, closed to the server's user, or too long a path for a socket; set TMPDIR",
            places.scratch.iter().map(|p| p.display().to_string()).collect::<Vec<_>>().join(", ")
        ),
        output: String::new(),
    }))
}

fn launch(
    installation: &Installation,
    run: RunDirectory,
    account: Option<&Account>,
) -> Result<Local, ServerError> {
    let sockets = run.path().join("s");
    std::fs::create_dir(&sockets).map_err(ServerError::io("make the directory", &sockets))?;
    Account::own(account, &sockets)?;
    let directory = sockets.to_string_lossy().into_owned();
    let mut all = settings::throwaway();
    all.extend([
        ("listen_addresses", ""),
        ("port", "5432"),
        ("unix_socket_permissions", "0700"),
        ("unix_socket_directories", &directory),
    ]);
    if is_memory(run.path()) {
        // Shared memory as files of the run's directory: nothing stays in /dev/shm when the server is killed.
        all.push(("dynamic_shared_memory_type", "mmap"));
    }
    let mut command = Command::new("/bin/sh");
    as_account(&mut command, account);
    command
        .args(["-c", WATCHDOG, "watertight-watchdog"])
        .arg(run.path())
        .arg(installation.bin.join("postgres"))
        .arg("-D")
        .arg(run.path().join("data"))
        .args(settings::arguments(all))
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::null());
    let mut watchdog = command.spawn().map_err(ServerError::io("run", "/bin/sh"))?;
    let leash = watchdog.stdin.take();
    let stdout = watchdog
        .stdout
        .take()
        .expect("stdout was piped two lines above");
    let lifeline = pipe::Receiver::from_owned_fd(OwnedFd::from(stdout))
        .map_err(ServerError::io("listen to", "/bin/sh"))?;
    Ok(Local {
        run,
        watchdog,
        leash,
        lifeline,
        installation: installation.clone(),
        sockets,
    })
}

/// Runs `command` as the account, away from the terminal's process group so that Ctrl-C reaches us first, and without
/// the environment that would change what PostgreSQL does.
pub(super) fn as_account(command: &mut Command, account: Option<&Account>) {
    command.env_clear().current_dir("/").process_group(0);
    for name in ["PATH", "LD_LIBRARY_PATH", "DYLD_LIBRARY_PATH"] {
        if let Some(value) = std::env::var_os(name) {
            command.env(name, value);
        }
    }
    command.env("LC_ALL", "C").env("TZ", "UTC");
    if let Some(account) = account {
        command.uid(account.uid).gid(account.gid);
    }
}

/// The end of a log, short enough for a message.
pub(super) fn last_lines(text: &str) -> String {
    let lines: Vec<&str> = text
        .lines()
        .filter(|line| !line.trim().is_empty())
        .collect();
    lines[lines.len().saturating_sub(8)..].join("\n")
}

impl Local {
    /// The superuser's way in.
    pub fn config(&self) -> Config {
        let mut config = Config::new();
        config
            .host_path(&self.sockets)
            .port(5432)
            .user(cluster::SUPERUSER);
        config
    }

    pub fn directory(&self) -> &Path {
        self.run.path()
    }

    /// Tries until the server answers or is gone.
    async fn answer(&mut self) -> Result<Session, ServerError> {
        let mut config = self.config();
        config.dbname("postgres").application_name("watertight");
        loop {
            if let Ok(session) = Session::open(&config).await {
                return Ok(session);
            }
            if tokio::time::timeout(POLL, self.lifeline.readable())
                .await
                .is_ok()
            {
                return Err(self.stillborn());
            }
        }
    }

    fn stillborn(&self) -> ServerError {
        let log = std::fs::read_to_string(self.run.path().join("log")).unwrap_or_default();
        ServerError::Start {
            server: format!(
                "PostgreSQL {} in {}",
                self.installation.version,
                self.installation.bin.display()
            ),
            reason: "it ended before it answered".to_owned(),
            output: last_lines(&log),
        }
    }

    /// Ends the server and waits until its process and directory are gone.
    pub async fn stop(mut self) -> Result<(), ServerError> {
        self.leash = None;
        let deadline = Instant::now() + STOP_LIMIT;
        while self.is_running() && Instant::now() < deadline {
            tokio::time::sleep(POLL).await;
        }
        let path = self.run.path().to_owned();
        drop(self);
        match path.exists() {
            false => Ok(()),
            true => Err(ServerError::Left {
                left: vec![format!("the directory {}", path.display())],
            }),
        }
    }

    fn is_running(&mut self) -> bool {
        matches!(self.watchdog.try_wait(), Ok(None))
    }
}

impl Drop for Local {
    /// Blocks until the server is gone: the process may be about to end, and nobody could wait after it.
    fn drop(&mut self) {
        self.leash = None;
        let deadline = Instant::now() + STOP_LIMIT;
        while self.is_running() {
            if Instant::now() > deadline {
                let group = rustix::process::Pid::from_child(&self.watchdog);
                let _ = rustix::process::kill_process_group(group, rustix::process::Signal::KILL);
                let _ = self.watchdog.wait();
                break;
            }
            std::thread::sleep(POLL);
        }
        rundir::remove(self.run.path());
    }
}
