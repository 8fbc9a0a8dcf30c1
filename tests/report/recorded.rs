//! What is written to `events.jsonl` is read back whole.
use super::samples;
use std::path::Path;
use watertight::event::{Event, Replay, ReplayOutcome};
use watertight::report::{Recorded, RecordedError, json_line};

const MIGRATION: &str = include_str!("contacts.sql");

fn lines(events: &[Event]) -> String {
    let lines = events.iter().filter_map(json_line);
    lines.map(|line| line + "\n").collect()
}

fn read(text: &str) -> Result<Recorded, RecordedError> {
    let open = |path: &Path| {
        path.ends_with("0002_contacts.sql")
            .then(|| MIGRATION.to_owned())
    };
    Recorded::parse(Path::new("events.jsonl"), text, &open)
}

#[test]
fn every_event_is_read_as_it_was_told() {
    let told: Vec<Event> = samples::run()
        .into_iter()
        .filter(|event| !matches!(event, Event::Phase { .. }))
        .collect();
    let read = read(&lines(&told)).unwrap();
    assert_eq!(read.unread, Vec::<String>::new());
    assert_eq!(read.events, told);
    let ends = [
        replayed(ReplayOutcome::Fixed),
        replayed(ReplayOutcome::Leaks),
        replayed(ReplayOutcome::CannotRun("a table is gone".into())),
        Event::Interrupted,
        Event::Failed(Box::new(samples::failure())),
    ];
    let again = self::read(&lines(&ends)).unwrap();
    assert_eq!(again.unread, Vec::<String>::new());
    assert_eq!(lines(&again.events), lines(&ends));
}

fn replayed(outcome: ReplayOutcome) -> Event {
    Event::Replayed(Replay {
        system: "shop".into(),
        fingerprint: "0123456789abcdef".into(),
        title: "org_a's user can read rows of org_b".into(),
        case: "tests/cases/0123456789abcdef".into(),
        outcome,
    })
}

#[test]
fn a_migration_that_has_changed_is_not_shown_as_the_culprit() {
    let events: Vec<Event> = samples::findings()
        .into_iter()
        .map(|finding| Event::Leak(Box::new(finding)))
        .collect();
    let text = lines(&events);
    let open = |_: &Path| Some(format!("-- one more line\n{MIGRATION}"));
    let read = Recorded::parse(Path::new("events.jsonl"), &text, &open).unwrap();
    for event in &read.events {
        let Event::Leak(finding) = event else {
            panic!("{event:?}")
        };
        if let Some(source) = &finding.culprit.source {
            assert_eq!(&*source.text, "", "the lines have moved");
        }
    }
    assert_eq!(lines(&read.events), text, "the places are kept");
    let shown = super::written("full", super::look(false, 100), &read.events);
    assert!(shown.contains("migrations/0002_contacts.sql:"), "{shown}");
}

#[test]
fn the_last_line_of_a_killed_run_may_be_half_written() {
    let text = lines(&samples::run());
    let cut = &text[..text.len() - 20];
    let events = read(cut).unwrap().events;
    assert_eq!(events.len(), text.lines().count() - 1);
}

#[test]
fn what_is_no_event_is_refused_with_its_line() {
    let text = format!("{}not json\n", lines(&[samples::started("shop")]));
    let error = read(&text).unwrap_err().to_string();
    assert!(error.starts_with("events.jsonl:2: "), "{error}");
    let error = read("{\"v\":2,\"event\":\"note\",\"text\":\"\"}\n").unwrap_err();
    assert!(matches!(error, RecordedError::Version { version: 2, .. }));
    assert!(matches!(read(""), Err(RecordedError::Empty { .. })));
}

#[test]
fn events_of_a_later_version_are_named_and_left_out() {
    let text = format!(
        "{{\"v\":1,\"event\":\"weather\"}}\n{}",
        lines(&[samples::started("shop")])
    );
    let read = read(&text).unwrap();
    assert_eq!(
        (read.unread, read.events.len()),
        (vec!["weather".into()], 1)
    );
}
