//! Several runs become one: nothing is counted twice, and nothing that is missing goes unseen.
use super::samples;
use watertight::event::{Event, Finding, Replay, ReplayOutcome, Started, Summary, Unproven};
use watertight::report::merge;

fn started(shard: Option<&str>) -> Event {
    match samples::started("shop") {
        Event::Started(started) => Event::Started(Started {
            shard: shard.map(str::to_owned),
            ..started
        }),
        other => other,
    }
}

fn finished(leaked: usize, findings: usize, elapsed_ms: u64) -> Event {
    Event::Finished(Summary {
        system: "shop".into(),
        attacks: 100,
        stopped: 100 - leaked,
        leaked,
        findings,
        cells: 50,
        cells_proven: 50,
        elapsed_ms,
        ..Summary::default()
    })
}

fn leak(finding: Finding) -> Event {
    Event::Leak(Box::new(finding))
}

/// Another way through the first sample's policy.
fn same_policy() -> Finding {
    let mut finding = samples::findings().remove(0);
    finding.fingerprint = "9123456789abcdef".into();
    finding.object = "public.v_contacts".into();
    finding.command = "delete".into();
    finding.doors[0].object = "public.v_contacts".into();
    finding.doors[0].command = "delete".into();
    if let Some(source) = &mut finding.culprit.source {
        // The policy's other clause, on another line of the same statement.
        source.place = watertight::span::Place::of(
            source.place.file.clone(),
            &source.text.clone(),
            source.statement.start,
        );
    }
    finding
}

fn leaks(events: &[Event]) -> Vec<&Finding> {
    let found = events.iter().filter_map(|event| match event {
        Event::Leak(finding) => Some(&**finding),
        _ => None,
    });
    found.collect()
}

fn summary(events: &[Event]) -> &Summary {
    let found = events.iter().find_map(|event| match event {
        Event::Finished(summary) => Some(summary),
        _ => None,
    });
    found.unwrap()
}

fn unproven(events: &[Event]) -> Vec<&str> {
    let found = events.iter().filter_map(|event| match event {
        Event::Unproven(cell) => Some(&*cell.object),
        _ => None,
    });
    found.collect()
}

#[test]
fn parts_become_the_run_that_they_are_parts_of() {
    let note = Event::Note {
        text: "the server leaks".into(),
    };
    let first = vec![
        started(Some("1/2")),
        leak(samples::findings().remove(0)),
        note.clone(),
        finished(3, 1, 900),
    ];
    let second = vec![
        started(Some("2/2")),
        leak(same_policy()),
        leak(samples::findings().remove(1)),
        note.clone(),
        finished(4, 2, 1_200),
    ];
    let merged = merge(&[first, second]);
    assert_eq!(merged[0], started(None));
    let found = leaks(&merged);
    assert_eq!(found.len(), 2, "one policy is one finding");
    assert_eq!(found[1].fingerprint, "0123456789abcdef");
    assert_eq!(found[1].doors.len(), 2);
    assert_eq!(merged.iter().filter(|event| **event == note).count(), 1);
    let sum = summary(&merged);
    assert_eq!((sum.attacks, sum.leaked, sum.findings), (200, 7, 2));
    assert_eq!((sum.cells, sum.elapsed_ms), (100, 1_200));
    assert_eq!(unproven(&merged), Vec::<&str>::new());
}

#[test]
fn a_part_that_no_run_finished_is_unproven() {
    let done = vec![started(Some("1/3")), finished(0, 0, 1)];
    let killed = vec![started(Some("2/3")), leak(samples::findings().remove(0))];
    let merged = merge(&[done, killed]);
    assert_eq!(unproven(&merged), ["part 2/3", "part 3/3"]);
    assert_eq!(leaks(&merged).len(), 1, "what it found stays found");
    let cut = merge(&[vec![started(None), Event::Interrupted]]);
    assert_eq!(unproven(&cut), ["a run that ended in the middle"]);
}

#[test]
fn a_part_that_was_run_again_counts_once() {
    let part = vec![started(Some("1/1")), finished(0, 0, 1)];
    let merged = merge(&[part.clone(), part]);
    assert_eq!(summary(&merged).attacks, 100);
}

#[test]
fn every_server_has_parts_of_its_own() {
    let on = |server: &str, shard: &str| match started(Some(shard)) {
        Event::Started(started) => Event::Started(Started {
            server: server.to_owned(),
            ..started
        }),
        other => other,
    };
    let run = |server: &str, shard: &str| vec![on(server, shard), finished(0, 0, 1)];
    let merged = merge(&[run("a", "1/2"), run("a", "2/2"), run("b", "1/2")]);
    assert_eq!(summary(&merged).attacks, 300);
    assert_eq!(unproven(&merged), ["part 2/2 in b"]);
}

#[test]
fn a_leak_is_accepted_only_where_every_run_accepts_it() {
    let finding = samples::findings().remove(0);
    let accepted = Event::Accepted {
        finding: Box::new(finding.clone()),
        reason: "known".into(),
    };
    let one = vec![started(None), accepted, finished(1, 1, 1)];
    let other = vec![started(None), leak(finding), finished(1, 1, 1)];
    assert_eq!(leaks(&merge(&[one.clone(), other])).len(), 1);
    let both = merge(&[one.clone(), one]);
    assert_eq!(leaks(&both).len(), 0);
    assert_eq!(summary(&both).accepted, 1);
}

#[test]
fn a_cell_that_one_run_forbids_to_stay_open_stays_forbidden() {
    let cell = |allowed| {
        Event::Unproven(Unproven {
            object: "public.a".into(),
            allowed,
            ..Unproven::default()
        })
    };
    let runs = [true, false].map(|allowed| vec![started(None), cell(allowed), finished(0, 0, 1)]);
    let merged = merge(&runs);
    assert!(merged.contains(&cell(false)) && !merged.contains(&cell(true)));
}

#[test]
fn a_failed_run_stays_failed() {
    let failed = Event::Failed(Box::new(samples::failure()));
    let merged = merge(&[vec![failed.clone()], vec![started(None), finished(0, 0, 1)]]);
    assert!(merged.contains(&failed));
    assert_eq!(summary(&merged).attacks, 100);
}

#[test]
fn a_saved_case_that_leaks_in_every_part_leaks_once_in_the_whole() {
    let leaks = Event::Replayed(Replay {
        system: "shop".into(),
        fingerprint: "0123456789abcdef".into(),
        title: "org_a's user can read rows of org_b".into(),
        case: "tests/cases/0123456789abcdef".into(),
        outcome: ReplayOutcome::Leaks,
    });
    let part = |shard: &str| vec![started(Some(shard)), leaks.clone(), finished(0, 0, 10)];
    let merged = merge(&[part("1/2"), part("2/2")]);
    assert_eq!(merged.iter().filter(|event| **event == leaks).count(), 1);
}
