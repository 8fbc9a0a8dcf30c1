//! The commands. Nothing but this module and `report` writes to the terminal.
mod bug;
mod check;
mod conduct;
mod engine;
pub mod exit;
mod explain;
mod fixes;
mod flags;
mod init;
mod kept;
mod list;
mod merge;
mod plans;
mod recorded;
mod rehearse;
mod replay;
mod selftest;
mod status;
mod stop;
mod streams;
mod survey;

pub use bug::announce_panics;
pub use engine::{Engine, Harness, ProbeEntry, Survey};
pub use exit::Exit;
pub use streams::Streams;

use crate::config::{Color, Config, ConfigError, find_config};
use crate::error::Failure;
use crate::report;
use clap::Parser;
use flags::{Cli, Command, Global};
use std::ffi::OsString;
use std::io::Write;
use std::path::Path;

/// Runs one command line and says how it ended.
pub fn run<E: Engine>(
    arguments: impl IntoIterator<Item = OsString>,
    working: &Path,
    engine: &E,
    streams: &Streams,
) -> Exit {
    let cli = match Cli::try_parse_from(arguments) {
        Ok(cli) => cli,
        Err(error) => return answer_usage(&error, streams),
    };
    let color = cli.global.color.unwrap_or_default();
    let session = Session {
        global: &cli.global,
        working,
        engine,
        streams,
        color,
    };
    let outcome = match &cli.command {
        Command::Check(flags) => check::run(flags, &session),
        Command::List(flags) => list::run(flags, &session),
        Command::Explain(flags) => explain::run(flags, &session),
        Command::Status(flags) => status::run(flags, &session),
        Command::Rehearse(flags) => rehearse::run(flags, &session),
        Command::Plans(flags) => plans::run(flags, &session),
        Command::Selftest(flags) => selftest::run(flags, &session),
        Command::Replay(flags) => replay::run(flags, &session),
        Command::Bisect(flags) => replay::bisect(flags, &session),
        Command::Init(flags) => init::run(flags, &session),
        Command::Merge(flags) => merge::run(flags, &session),
    };
    outcome.unwrap_or_else(|failure| {
        session.tell(&failure);
        exit::of(&report::Tally {
            failures: vec![failure.exit_code],
            ..report::Tally::default()
        })
    })
}

/// What every command is given.
struct Session<'a, E> {
    global: &'a Global,
    working: &'a Path,
    engine: &'a E,
    streams: &'a Streams,
    color: Color,
}

impl<E: Engine> Session<'_, E> {
    /// The configuration named, else the one found, else an empty one.
    fn config(&self) -> Result<Config, ConfigError> {
        match &self.global.config {
            Some(path) => read_config(self.working, path),
            None => match find_config(self.working) {
                Some(path) => read_config(self.working, &path),
                None => Ok(Config::default()),
            },
        }
    }

    fn tell(&self, failure: &Failure) {
        let look = self.streams.error_look(self.color);
        // There is nobody left to tell when standard error is closed.
        drop(writeln!(
            (self.streams.err)(),
            "{}",
            report::draw_failure(failure, &look)
        ));
    }

    /// Writes to standard output; a reader that went away (`| head`) is no failure.
    fn print(&self, text: &str) -> Result<Exit, Failure> {
        let mut out = (self.streams.out)();
        match out.write_all(text.as_bytes()).and_then(|()| out.flush()) {
            Err(reason) if reason.kind() != std::io::ErrorKind::BrokenPipe => Err(Failure::new(
                Exit::Usage.code(),
                format!("cannot write to standard output: {reason}"),
            )),
            _ => Ok(Exit::Clean),
        }
    }
}

/// Reads `path` below the working directory and keeps the short path for messages.
fn read_config(working: &Path, path: &Path) -> Result<Config, ConfigError> {
    let text =
        std::fs::read_to_string(working.join(path)).map_err(|error| ConfigError::Unreadable {
            path: path.to_owned(),
            reason: error.to_string(),
        })?;
    Config::parse(path, &text)
}

/// Help and version go to standard output and are no errors; the rest is.
fn answer_usage(error: &clap::Error, streams: &Streams) -> Exit {
    let rendered = error.render();
    let (mut out, terminal) = match error.use_stderr() {
        true => ((streams.err)(), streams.err_is_terminal),
        false => ((streams.out)(), streams.out_is_terminal),
    };
    // Nobody reads on when the pipe is closed; the exit code tells the rest.
    drop(match terminal && !streams.no_color {
        true => write!(out, "{}", rendered.ansi()),
        false => write!(out, "{rendered}"),
    });
    match error.use_stderr() {
        true => Exit::Usage,
        false => Exit::Clean,
    }
}

/// The runtime of a command: one thread, so that nothing of the engine needs to be shared between threads.
fn runtime() -> Result<tokio::runtime::Runtime, Failure> {
    tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .map_err(|reason| {
            Failure::new(
                Exit::Bug.code(),
                format!("cannot start the asynchronous runtime: {reason}"),
            )
        })
}
