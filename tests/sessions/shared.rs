//! Runs that several machines share, and runs whose time is short.
use super::Project;
use std::time::Duration;
use watertight::check;
use watertight::config::CheckPlan;
use watertight::event::Event;
use watertight::oracle::Reason;
use watertight::probes;
use watertight::stop::Stop;

fn count(events: &str, key: &str) -> Vec<u64> {
    let key = format!("\"{key}\":");
    let after = |line: &str| Some(line.split_once(&key)?.1.to_owned());
    let finished = events.lines().filter(|line| line.contains("\"finished\""));
    finished
        .filter_map(after)
        .filter_map(|rest| {
            let end = rest.find(|c: char| !c.is_ascii_digit())?;
            rest[..end].parse().ok()
        })
        .collect()
}

/// How many leaks a line says to be kept as scripts.
fn scripts(line: &str) -> Option<u64> {
    let (count, rest) = line.strip_prefix("note: ")?.split_once(" of ")?;
    let told = rest.contains("leaks stand as scripts for psql");
    told.then(|| count.parse().ok()).flatten()
}

#[test]
fn the_parts_of_a_run_are_the_run() {
    let project = Project::of("leaking");
    let whole = project.run("check migrations -q --format concise");
    let of_whole = project.events();
    for part in ["1/3", "3/3"] {
        let name = part.replace('/', "of");
        project.run(&format!(
            "check migrations -q --shard {part} --output {name}"
        ));
    }
    let open = project.run("merge -q --format concise 1of3/events.jsonl 3of3/events.jsonl");
    assert!(project.events().contains("part 2/3"), "{}", open.out);
    project.run("check migrations -q --shard 2/3 --output 2of3");
    let files = ["3of3", "1of3", "2of3"].map(|name| format!("{name}/events.jsonl"));
    let merged = project.run(&format!("merge -q --format concise {}", files.join(" ")));
    assert_eq!(merged.code, whole.code, "{}", merged.shown());
    let of_merged = project.events();
    for key in [
        "attacks",
        "stopped",
        "leaked",
        "findings",
        "cells",
        "cells_proven",
    ] {
        assert_eq!(count(&of_merged, key), count(&of_whole, key), "{key}");
    }
    let lines = |out: &str| {
        let mut lines: Vec<String> = out.lines().map(str::to_owned).collect();
        lines.pop();
        lines.retain(|line| scripts(line).is_none());
        lines.sort();
        lines
    };
    // Each part keeps the scripts of what it found in its own folder, and says so.
    let saved = |out: &str| out.lines().filter_map(scripts).sum::<u64>();
    assert_eq!(saved(&merged.out), saved(&whole.out));
    assert_eq!(saved(&whole.out), 2, "{}", whole.out);
    assert_eq!(lines(&merged.out), lines(&whole.out));
}

#[tokio::test]
async fn what_the_time_did_not_allow_is_unproven() {
    let project = Project::of("leaking");
    let plan = CheckPlan {
        migrations: vec![project.path().join("migrations")],
        probes: probes::ALL.iter().map(|p| p.name().to_owned()).collect(),
        statement_timeout_ms: 5_000,
        jobs: 1,
        depth: 3,
        time: Some(Duration::ZERO),
        ..CheckPlan::default()
    };
    let mut events: Vec<Event> = Vec::new();
    let summary = check::check(&plan, &Stop::default(), &mut events)
        .await
        .unwrap();
    assert_eq!((summary.attacks, summary.cells_proven), (0, 0));
    assert!(
        summary.not_reached > 50 && summary.cells > 30,
        "{summary:?}"
    );
    let untried: Vec<&str> = events
        .iter()
        .filter_map(|event| match event {
            Event::Unproven(cell) if cell.reason == Reason::NotReached.to_string() => {
                Some(&*cell.object)
            }
            _ => None,
        })
        .collect();
    // The grid, what takes two worlds, and what takes several steps.
    assert_eq!(untried.len(), summary.cells + 2);
    assert!(untried.contains(&"public.letters"));
    assert!(untried.contains(&"attacks of several steps"));
}
