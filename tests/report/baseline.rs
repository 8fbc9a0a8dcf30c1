//! A run beside an earlier one: only what is new fails.
use super::samples;
use watertight::event::{Door, Event, Finding, Listener, Summary, Unproven};
use watertight::report::{Baseline, Compared};

fn compared(before: &[Event], now: &[Event], partial: bool) -> Vec<Event> {
    let baseline = Baseline::of("main.jsonl", before);
    let mut heard: Vec<Event> = Vec::new();
    let mut compared = Compared::new(&baseline, partial, &mut heard);
    now.iter().for_each(|event| compared.hear(event));
    heard
}

fn leak(finding: Finding) -> Event {
    Event::Leak(Box::new(finding))
}

fn finished() -> Event {
    Event::Finished(samples::summary("shop"))
}

#[test]
fn known_leaks_are_listed_and_do_not_fail() {
    let known = samples::findings().remove(0);
    let fresh = samples::findings().remove(1);
    let heard = compared(
        &[leak(known.clone())],
        &[leak(known.clone()), leak(fresh.clone()), finished()],
        false,
    );
    let quiet = Event::Accepted {
        finding: Box::new(known),
        reason: "known: it is in main.jsonl".into(),
    };
    let sum = Summary {
        accepted: 2,
        ..samples::summary("shop")
    };
    assert_eq!(heard, [quiet, leak(fresh), Event::Finished(sum)]);
}

#[test]
fn a_new_way_through_a_known_cause_is_new() {
    let known = samples::findings().remove(0);
    let mut wider = known.clone();
    wider.doors.push(Door {
        command: "delete".into(),
        ..known.doors[0].clone()
    });
    let heard = compared(&[leak(known)], &[leak(wider)], false);
    let Event::Leak(finding) = &heard[0] else {
        panic!("{heard:?}")
    };
    assert_eq!(
        finding.notes.last().unwrap(),
        "main.jsonl knows this cause; new is: DELETE public.contacts as authenticated"
    );
}

#[test]
fn another_system_does_not_know_it() {
    let known = samples::findings().remove(0);
    let mut other = known.clone();
    other.system = "blog".into();
    let heard = compared(&[leak(known)], &[leak(other.clone())], false);
    assert_eq!(heard, [leak(other)]);
}

#[test]
fn what_the_baseline_accepted_is_no_news_only_while_it_is_accepted() {
    let finding = samples::findings().remove(0);
    let before = Event::Accepted {
        finding: Box::new(finding.clone()),
        reason: "until the release".into(),
    };
    let heard = compared(&[before], &[leak(finding.clone())], false);
    assert_eq!(heard, [leak(finding)]);
}

#[test]
fn leaks_that_are_gone_are_told_by_whole_runs() {
    let gone = samples::findings().remove(0);
    let heard = compared(&[leak(gone.clone())], &[finished()], false);
    assert!(
        matches!(&heard[0], Event::Note { text } if text.starts_with("gone since main.jsonl: a member") && text.contains(&gone.fingerprint)),
        "{heard:?}"
    );
    assert_eq!(compared(&[leak(gone)], &[finished()], true), [finished()]);
}

#[test]
fn cells_that_were_open_may_stay_open_but_those_that_nobody_tried_may_not() {
    let cell = |reason: &str, allowed| {
        Event::Unproven(Unproven {
            system: "shop".into(),
            object: "public.a".into(),
            reason: reason.into(),
            allowed,
            ..Unproven::default()
        })
    };
    let tried = cell("no row", false);
    let heard = compared(
        std::slice::from_ref(&tried),
        std::slice::from_ref(&tried),
        false,
    );
    assert_eq!(heard, [cell("no row", true)]);
    let reason = watertight::oracle::Reason::NotReached.to_string();
    let untried = cell(&reason, false);
    assert_eq!(
        compared(&[untried], std::slice::from_ref(&tried), false),
        [tried]
    );
}
