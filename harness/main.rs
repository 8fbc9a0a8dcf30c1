//! The command-line entry point.
use std::io::Write;
use std::process::ExitCode;
use watertight::cli::{self, Exit, Harness, Streams};

fn main() -> ExitCode {
    cli::announce_panics();
    let streams = Streams::of_process();
    let exit = match std::env::current_dir() {
        Ok(working) => cli::run(std::env::args_os(), &working, &Harness, &streams),
        Err(reason) => {
            // The directory was removed under us; nobody to tell but the exit code when that fails too.
            drop(writeln!(
                (streams.err)(),
                "error: cannot read the working directory: {reason}"
            ));
            Exit::Usage
        }
    };
    ExitCode::from(exit.code())
}
