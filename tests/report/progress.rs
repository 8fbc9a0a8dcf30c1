//! Progress keeps its pace.
use super::{Paper, look, samples};
use std::time::{Duration, Instant};
use watertight::event::{Event, Phase};
use watertight::report::{Look, Pace, Progress, Remaining};

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

#[test]
fn the_time_left_follows_from_the_time_taken() {
    let mut remaining = Remaining::default();
    let start = Instant::now();
    let mut left = |phase, done, seconds| {
        let now = start + Duration::from_secs(seconds);
        remaining.seconds(phase, done, 400, now)
    };
    assert_eq!(left(Phase::Attacks, 100, 0), None, "nothing to go by");
    assert_eq!(left(Phase::Attacks, 110, 1), None, "too little to go by");
    assert_eq!(left(Phase::Attacks, 200, 10), Some(20));
    assert_eq!(left(Phase::Attacks, 400, 30), None, "done");
    assert_eq!(left(Phase::Shrink, 1, 31), None, "another phase");
    assert_eq!(left(Phase::Shrink, 2, 41), Some(3980));
    assert_eq!(left(Phase::Shrink, 0, 42), None, "it began anew");
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
