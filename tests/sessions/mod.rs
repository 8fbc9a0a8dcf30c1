//! Whole sessions of the compiled program with real servers, as users have them.
mod cases;
mod ends;
mod given;
mod happy;
mod kept;
mod plans;
mod proven;
mod refused;
mod rehearsals;
mod same;
mod shared;
mod status;

use crate::support;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::Duration;

/// No session of a small schema may take longer.
const SESSION_LIMIT: Duration = Duration::from_secs(120);

/// A user's project in a directory named `desk`, whose name becomes the system's.
pub struct Project {
    _above: tempfile::TempDir,
    path: PathBuf,
}

impl Project {
    pub fn empty() -> Project {
        let above = tempfile::tempdir().unwrap();
        let path = above.path().join("desk");
        std::fs::create_dir(&path).unwrap();
        Project {
            _above: above,
            path,
        }
    }

    /// A copy of `tests/fixtures/sessions/<name>`.
    pub fn of(fixture: &str) -> Project {
        let project = Project::empty();
        let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/fixtures/sessions");
        copy(&root.join(fixture), project.path());
        project
    }

    /// Writes a file, with the folders above it.
    pub fn with(self, name: &str, text: &str) -> Project {
        let path = self.path().join(name);
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        std::fs::write(path, text).unwrap();
        self
    }

    pub fn path(&self) -> &Path {
        &self.path
    }

    /// Runs `watertight <line>` to its end.
    pub fn run(&self, line: &str) -> Session {
        let mut command = assert_cmd::Command::new(env!("CARGO_BIN_EXE_watertight"));
        let output = command
            .args(line.split_whitespace())
            .current_dir(self.path())
            .envs(ENVIRONMENT)
            .timeout(SESSION_LIMIT)
            .output()
            .unwrap();
        Session {
            code: output.status.code(),
            out: String::from_utf8(output.stdout).unwrap(),
            err: String::from_utf8(output.stderr).unwrap(),
        }
    }

    /// Starts `watertight <line>` and goes on.
    pub fn start(&self, line: &str) -> Running {
        let file = |name: &str| std::fs::File::create(self.path().join(name)).unwrap();
        let child = Command::new(env!("CARGO_BIN_EXE_watertight"))
            .args(line.split_whitespace())
            .current_dir(self.path())
            .envs(ENVIRONMENT)
            .stdin(Stdio::null())
            .stdout(file("stdout"))
            .stderr(file("stderr"))
            .spawn()
            .unwrap();
        Running {
            child,
            folder: self.path().to_owned(),
        }
    }

    pub fn events(&self) -> String {
        std::fs::read_to_string(self.path().join("watertight-out/events.jsonl")).unwrap()
    }
}

/// The same words on every machine, and no engine of this one that would download an image.
const ENVIRONMENT: [(&str, &str); 3] = [
    ("COLUMNS", "100"),
    ("NO_COLOR", "1"),
    ("DOCKER_HOST", "unix:///nonexistent/docker.sock"),
];

fn copy(from: &Path, to: &Path) {
    std::fs::create_dir_all(to).unwrap();
    for entry in std::fs::read_dir(from).unwrap() {
        let entry = entry.unwrap();
        let target = to.join(entry.file_name());
        match entry.path().is_dir() {
            true => copy(&entry.path(), &target),
            false => drop(std::fs::copy(entry.path(), target).unwrap()),
        }
    }
}

/// What a session left behind.
pub struct Session {
    pub code: Option<i32>,
    pub out: String,
    pub err: String,
}

impl Session {
    /// For snapshots: what a person saw.
    pub fn shown(&self) -> String {
        let (out, err) = (self.out.trim_end(), self.err.trim_end());
        let code = self.code.map_or("none".to_owned(), |code| code.to_string());
        format!("stderr:\n{err}\n\nstdout:\n{out}\n\nexit code {code}")
    }
}

/// Compares with the snapshot, but for times, versions, and progress that only a slow machine shows.
macro_rules! assert_shown {
    ($text:expr) => {
        insta::with_settings!({filters => vec![
            (r" in \d+\.\d s:", " in [time]:"),
            (r#""elapsed_ms":\d+"#, r#""elapsed_ms":"[time]""#),
            (r"PostgreSQL \d+(\.\d+)? \(local\)", "PostgreSQL [version] (local)"),
            (r"HypoPG \d+(\.\d+)+", "HypoPG [version]"),
            (r"(?m)^(applying|reading|filling|proving|attacking|shrinking)\b.*\n", ""),
        ]}, { insta::assert_snapshot!($text) })
    };
}
use assert_shown;

/// A session that has not ended yet.
pub struct Running {
    child: Child,
    folder: PathBuf,
}

impl Running {
    pub fn err(&self) -> String {
        std::fs::read_to_string(self.folder.join("stderr")).unwrap()
    }

    /// Waits until the attacks are about to begin.
    pub fn wait_until_attacking(&self) {
        support::wait_until("the run says what it attacks", || {
            self.err().contains("attacked with")
        });
    }

    /// The process of the private server, and the directory of the run.
    pub fn server(&self) -> (u32, PathBuf) {
        let output = Command::new("ps")
            .args(["-o", "pid=,args=", "--ppid", &self.child.id().to_string()])
            .output()
            .unwrap();
        let text = String::from_utf8(output.stdout).unwrap();
        let directory = text
            .split_whitespace()
            .find(|word| {
                let name = word.rsplit('/').next().unwrap_or_default();
                word.starts_with('/') && name.starts_with("watertight-") && name.len() == 19
            })
            .unwrap_or_else(|| panic!("no watchdog among the children: {text}"));
        let directory = PathBuf::from(directory);
        (support::postmaster(&directory), directory)
    }

    pub fn signal(&self, signal: &str) {
        support::kill(self.child.id(), signal);
    }

    /// Waits for the end, which must come in `limit`.
    pub fn end(mut self, limit: Duration) -> Session {
        let deadline = std::time::Instant::now() + limit;
        let status = loop {
            match self.child.try_wait().unwrap() {
                Some(status) => break status,
                None if std::time::Instant::now() > deadline => {
                    self.child.kill().unwrap();
                    panic!("still running after {limit:?}: {}", self.err());
                }
                None => std::thread::sleep(Duration::from_millis(5)),
            }
        };
        Session {
            code: status.code(),
            out: std::fs::read_to_string(self.folder.join("stdout")).unwrap(),
            err: self.err(),
        }
    }
}
