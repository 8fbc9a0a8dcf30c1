//! What several test modules need: places of their own on this machine, and a look at its processes.
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::{Duration, Instant};
use watertight::server::{Places, Request, Server, Session, SourceChoice};

/// A directory in memory or on disk where one test's servers run, so that tests do not see each other's.
pub struct Ground {
    directory: tempfile::TempDir,
    pub places: Places,
}

impl Ground {
    pub fn new() -> Ground {
        let memory = Path::new("/dev/shm");
        let base = if memory.is_dir() {
            memory.to_owned()
        } else {
            PathBuf::from("/tmp")
        };
        let directory = tempfile::Builder::new()
            .prefix("wt-test-")
            .tempdir_in(base)
            .unwrap();
        // Root gives its servers to another user, who has to get in and to remove what is his.
        std::fs::set_permissions(directory.path(), std::fs::Permissions::from_mode(0o1777))
            .unwrap();
        let places = places_in(directory.path());
        Ground { directory, places }
    }

    /// The same with an empty cache of its own.
    pub fn with_own_cache() -> Ground {
        let mut ground = Ground::new();
        ground.places.cache = Some(ground.path().join("cache"));
        ground
    }

    pub fn path(&self) -> &Path {
        self.directory.path()
    }

    /// Run directories that are there now.
    pub fn leftovers(&self) -> Vec<PathBuf> {
        let entries = std::fs::read_dir(self.path()).unwrap();
        entries
            .map(|entry| entry.unwrap().path())
            .filter(|path| {
                path.file_name()
                    .unwrap()
                    .to_string_lossy()
                    .contains("watertight-")
            })
            .collect()
    }
}

/// Runs below one directory; programs and cache of this machine, so that not every test makes a cluster.
pub fn places_in(directory: &Path) -> Places {
    Places {
        scratch: vec![directory.to_owned()],
        ..Places::system()
    }
}

/// Starts a server, or says what a machine needs for this test.
pub async fn start(request: &Request, places: &Places) -> Server {
    match Server::start_in(request, places).await {
        Ok(server) => server,
        Err(error) => panic!("this test needs PostgreSQL's programs on this machine: {error}"),
    }
}

/// The process id of the server in a run directory.
pub fn postmaster(directory: &Path) -> u32 {
    let text = std::fs::read_to_string(directory.join("data/postmaster.pid")).unwrap();
    text.lines().next().unwrap().trim().parse().unwrap()
}

pub fn parent(process: u32) -> u32 {
    let output = Command::new("ps")
        .args(["-o", "ppid=", "-p", &process.to_string()])
        .output()
        .unwrap();
    String::from_utf8(output.stdout)
        .unwrap()
        .trim()
        .parse()
        .unwrap()
}

pub fn kill(process: u32, signal: &str) {
    let done = Command::new("kill")
        .args([&format!("-{signal}"), &process.to_string()])
        .status();
    assert!(done.unwrap().success());
}

/// Zombies do not count: they only wait for their parent to look.
pub fn is_running(process: u32) -> bool {
    let output = Command::new("ps")
        .args(["-o", "stat=", "-p", &process.to_string()])
        .output()
        .unwrap();
    let state = String::from_utf8(output.stdout).unwrap();
    !state.trim().is_empty() && !state.trim().starts_with('Z')
}

pub fn wait_until(what: &str, mut done: impl FnMut() -> bool) {
    let deadline = Instant::now() + Duration::from_secs(30);
    while !done() {
        assert!(
            Instant::now() < deadline,
            "after 30 s it is not so that {what}"
        );
        std::thread::sleep(Duration::from_millis(5));
    }
}

/// A private server with one empty database, for what is applied to it.
pub struct Scratch {
    _ground: Ground,
    server: Server,
    pub session: Session,
}

impl Scratch {
    pub async fn new() -> Scratch {
        let mut ground = Ground::new();
        // An initialised cluster does not depend on the test, so that all share the user's own cache of them.
        ground.places.cache = Places::system().cache;
        let request = Request {
            source: SourceChoice::Local,
            ..Request::default()
        };
        let server = start(&request, &ground.places).await;
        server.create_database("scratch").await.unwrap();
        let session = server.connect("scratch", None).await.unwrap();
        Scratch {
            _ground: ground,
            server,
            session,
        }
    }

    pub fn client(&self) -> &tokio_postgres::Client {
        self.session.client()
    }

    /// A session of another role.
    pub async fn connect(&self, role: &str) -> Session {
        self.server.connect("scratch", Some(role)).await.unwrap()
    }

    /// The first column of the answer, as text.
    pub async fn ask(&self, sql: &str) -> Vec<String> {
        let answer = self.client().simple_query(sql).await.unwrap();
        let rows = answer.iter().filter_map(|message| match message {
            tokio_postgres::SimpleQueryMessage::Row(row) => Some(row),
            _ => None,
        });
        rows.map(|row| row.get(0).unwrap_or("NULL").to_owned())
            .collect()
    }

    pub async fn stop(self) {
        self.session.close().await;
        self.server.stop().await.unwrap();
    }
}
