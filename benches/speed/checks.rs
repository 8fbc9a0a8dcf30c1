//! Whole checks by the released program: cold start, peak memory, and growth with the number of tables.
use crate::{median, synthetic, systems};
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

const COLD_ROUNDS: usize = 5;
const GROWTH_ROUNDS: usize = 3;
const SIZES: [usize; 4] = [22, 44, 88, 176];

/// How often the kernel is asked; what it tells only ever rises.
const LOOK: Duration = Duration::from_millis(5);

/// One run of the program.
struct Run {
    seconds: f64,
    /// What the harness process itself took, without the server; 0 where the kernel does not tell.
    own: Own,
    attacks: u64,
}

#[derive(Clone, Copy, Default)]
struct Own {
    /// Peak resident memory in MiB.
    peak: f64,
    /// Seconds of processor time.
    busy: f64,
}

pub fn measure(measured: bool) {
    let sizes = if measured { &SIZES[..] } else { &SIZES[..1] };
    let rounds = |most: usize| if measured { most } else { 1 };
    println!("checks: the released program, server start included");
    for (name, cached) in [
        ("voxanne, nothing cached", false),
        ("voxanne, cached cluster", true),
    ] {
        let runs: Vec<Run> = (0..rounds(COLD_ROUNDS)).map(|_| voxanne(cached)).collect();
        tell(name, &runs);
    }
    for &tables in sizes {
        let runs: Vec<Run> = (0..rounds(GROWTH_ROUNDS)).map(|_| grown(tables)).collect();
        let seconds = tell(&format!("{tables} tables"), &runs);
        println!(
            "  {:>23}  {:.1} ms a table",
            "",
            seconds * 1e3 / tables as f64
        );
    }
}

/// Prints the middle of several runs, and gives their seconds.
fn tell(name: &str, runs: &[Run]) -> f64 {
    let seconds = median_of(runs, |run| run.seconds);
    println!(
        "  {name:<23}  {seconds:>6.2} s  {} attacks; the harness itself: {:.2} s busy, {:.0} MiB at most",
        runs[0].attacks,
        median_of(runs, |run| run.own.busy),
        median_of(runs, |run| run.own.peak),
    );
    seconds
}

fn median_of(runs: &[Run], what: impl Fn(&Run) -> f64) -> f64 {
    median(&runs.iter().map(what).collect::<Vec<_>>())
}

fn voxanne(cached: bool) -> Run {
    let folder = tempfile::tempdir().expect("the temporary directory can be written to");
    let config = systems::root().join(".config/watertight.toml");
    let mut command = program(folder.path());
    command
        .args(["--system", "voxanne", "--config"])
        .arg(config);
    if !cached {
        command.env("XDG_CACHE_HOME", folder.path());
    }
    run(command)
}

fn grown(tables: usize) -> Run {
    let folder = tempfile::tempdir().expect("the temporary directory can be written to");
    let file = folder.path().join("schema.sql");
    std::fs::write(&file, synthetic::schema(tables))
        .expect("the temporary directory can be written to");
    let mut command = program(folder.path());
    command.arg(file);
    run(command)
}

fn program(output: &Path) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_watertight"));
    command
        .args(["check", "--quiet", "--format", "json", "--output"])
        .arg(output.join("out"))
        .current_dir(systems::root())
        .stdout(Stdio::piped());
    command
}

fn run(mut command: Command) -> Run {
    let begun = Instant::now();
    let mut child = command.spawn().expect("the program was built");
    let told = child.stdout.take().expect("stdout is piped");
    let reader = std::thread::spawn(move || std::io::read_to_string(told));
    let own = watch(&mut child);
    let seconds = begun.elapsed().as_secs_f64();
    let lines = reader
        .join()
        .expect("reading does not panic")
        .expect("the program writes UTF-8");
    let finished = lines
        .lines()
        .filter_map(|line| serde_json::from_str::<serde_json::Value>(line).ok())
        .find(|event| event["event"] == "finished")
        .unwrap_or_else(|| panic!("the check did not finish:\n{lines}"));
    let attacks = finished["attacks"]
        .as_u64()
        .expect("the summary counts attacks");
    Run {
        seconds,
        own,
        attacks,
    }
}

/// Waits for the program and gives what it took.
fn watch(child: &mut Child) -> Own {
    let mut own = Own::default();
    while child
        .try_wait()
        .expect("the program is our child")
        .is_none()
    {
        own = look(child.id()).unwrap_or(own);
        std::thread::sleep(LOOK);
    }
    own
}

/// Linux's account of a process that runs; `None` elsewhere, and once it has ended.
fn look(process: u32) -> Option<Own> {
    /// Of proc_pid_stat(5): the same on every architecture that Rust runs on.
    const TICKS_PER_SECOND: f64 = 100.0;
    let status = std::fs::read_to_string(format!("/proc/{process}/status")).ok()?;
    let peak = status
        .lines()
        .find_map(|line| line.strip_prefix("VmHWM:"))?;
    let kib: f64 = peak.split_whitespace().next()?.parse().ok()?;
    let stat = std::fs::read_to_string(format!("/proc/{process}/stat")).ok()?;
    // The program's name, in parentheses, may hold anything; user and system time are the 12th and 13th field after it.
    let fields: Vec<&str> = stat.rsplit_once(')')?.1.split_whitespace().collect();
    let ticks = |at: usize| fields.get(at)?.parse::<f64>().ok();
    Some(Own {
        peak: kib / 1024.0,
        busy: (ticks(11)? + ticks(12)?) / TICKS_PER_SECOND,
    })
}
