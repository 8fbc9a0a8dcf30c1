//! Whole checks by the released program: cold start, peak memory, and growth with the number of tables.
use crate::{median, synthetic, systems};
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

const COLD_ROUNDS: usize = 5;
const GROWTH_ROUNDS: usize = 3;
const SIZES: [usize; 4] = [20, 40, 80, 160];

/// How often the kernel is asked for the peak, which only ever rises.
const LOOK: Duration = Duration::from_millis(5);

/// One run of the program.
struct Run {
    seconds: f64,
    /// Peak resident memory of the harness process alone, in MiB; 0 where the kernel does not tell.
    peak: f64,
    attacks: u64,
}

pub fn measure(measured: bool) {
    let sizes = if measured { &SIZES[..] } else { &SIZES[..1] };
    let rounds = |most: usize| if measured { most } else { 1 };
    println!("checks: the released program, server start included");
    for (name, cached) in [
        ("without any cache", false),
        ("with a cached cluster", true),
    ] {
        let runs: Vec<Run> = (0..rounds(COLD_ROUNDS)).map(|_| voxanne(cached)).collect();
        println!(
            "  voxanne {name:<22} {:>6.2} s  {:>5.0} MiB  {} attacks",
            median_of(&runs, |run| run.seconds),
            median_of(&runs, |run| run.peak),
            runs[0].attacks
        );
    }
    for &tables in sizes {
        let runs: Vec<Run> = (0..rounds(GROWTH_ROUNDS)).map(|_| grown(tables)).collect();
        let seconds = median_of(&runs, |run| run.seconds);
        println!(
            "  {tables:>3} tables                     {seconds:>6.2} s  {:>5.0} MiB  {} attacks  {:.1} ms a table",
            median_of(&runs, |run| run.peak),
            runs[0].attacks,
            seconds * 1e3 / tables as f64
        );
    }
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
    let peak = watch(&mut child);
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
        peak,
        attacks,
    }
}

/// Waits for the program and gives its peak resident memory in MiB.
fn watch(child: &mut Child) -> f64 {
    let status = format!("/proc/{}/status", child.id());
    let mut peak = 0.0;
    while child
        .try_wait()
        .expect("the program is our child")
        .is_none()
    {
        let text = std::fs::read_to_string(&status).unwrap_or_default();
        let line = text.lines().find_map(|line| line.strip_prefix("VmHWM:"));
        let kib = line.and_then(|rest| rest.split_whitespace().next()?.parse::<f64>().ok());
        peak = kib.map_or(peak, |kib| kib / 1024.0);
        std::thread::sleep(LOOK);
    }
    peak
}
