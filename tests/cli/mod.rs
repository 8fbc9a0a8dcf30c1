//! Whole sessions of the command line, over a stand-in for the engine.
mod checks;
mod earlier;
mod engine;
mod explores;
mod plans;
mod promised;
pub mod schema;
mod status;
mod usage;

use crate::report::Paper;
use engine::Fake;
use std::ffi::OsString;
use std::path::Path;
use std::sync::{Mutex, PoisonError};
use watertight::cli::{self, Exit, Streams};

/// Signals go to the whole process, so sessions take turns.
static TURN: Mutex<()> = Mutex::new(());

/// What a session left behind.
pub struct Session {
    pub exit: Exit,
    pub out: String,
    pub err: String,
}

impl Session {
    /// For snapshots: what a person saw.
    pub fn shown(&self) -> String {
        let (out, err) = (self.out.trim_end(), self.err.trim_end());
        format!(
            "stderr:\n{err}\n\nstdout:\n{out}\n\nexit code {}",
            self.exit.code()
        )
    }
}

/// Runs `watertight <line>` in the folder.
pub fn session(folder: &Path, line: &str, engine: &Fake) -> Session {
    let _turn = TURN.lock().unwrap_or_else(PoisonError::into_inner);
    let (out, err) = (Paper::default(), Paper::default());
    let papers = (out.clone(), err.clone());
    let streams = Streams {
        out: Box::new(move || Box::new(papers.0.clone())),
        err: Box::new(move || Box::new(papers.1.clone())),
        out_is_terminal: false,
        err_is_terminal: false,
        no_color: true,
        width: 100,
    };
    let arguments = std::iter::once("watertight")
        .chain(line.split_whitespace())
        .map(OsString::from);
    let exit = cli::run(arguments, folder, engine, &streams);
    Session {
        exit,
        out: out.text(),
        err: err.text(),
    }
}

/// A project with migrations and a configuration.
pub fn project(config: &str) -> tempfile::TempDir {
    let folder = tempfile::tempdir().unwrap();
    std::fs::create_dir_all(folder.path().join("supabase/migrations")).unwrap();
    if !config.is_empty() {
        std::fs::write(folder.path().join("watertight.toml"), config).unwrap();
    }
    folder
}
