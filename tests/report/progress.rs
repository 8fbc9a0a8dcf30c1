//! Progress keeps its pace.
use super::{Paper, look, samples};
use std::time::{Duration, Instant};
use watertight::event::{Event, Phase};
use watertight::report::{Look, Pace, Progress};

#[test]
fn one_per_interval_is_let_through() {
    let mut pace = Pace::new(Duration::from_secs(1));
    let start = Instant::now();
    let at = |ms| start + Duration::from_millis(ms);
    let allowed: Vec<u64> = [0, 10, 999, 1000, 1500, 2100]
        .into_iter()
        .filter(|&ms| pace.allows(at(ms)))
        .collect();
    assert_eq!(allowed, [0, 1000, 2100]);
}

fn phase(done: usize) -> Event {
    Event::Phase {
        phase: Phase::Attacks,
        done,
        total: 412,
    }
}

#[test]
fn a_log_gets_few_plain_lines() {
    let paper = Paper::default();
    let mut progress = Progress::lines(
        Box::new(paper.clone()),
        &Look {
            many: true,
            ..look(false, 100)
        },
    );
    progress.hear(&samples::started("shop"));
    for done in 0..400 {
        progress.hear(&phase(done));
    }
    let text = paper.text();
    let lines: Vec<&str> = text.lines().collect();
    assert_eq!(
        lines,
        [
            "shop: 58 tables from 12 migrations, 212 policies, 1 function",
            "  attacked with 3 tenants, 9 users and 640 rows in PostgreSQL 15.18 (local), seed 7",
            "shop: attacking: 0 of 412",
        ]
    );
}

#[test]
fn quiet_means_silent() {
    let mut progress = Progress::silent();
    progress.hear(&samples::started("shop"));
    progress.hear(&phase(1));
}
