//! Every report format over the same sample events.
mod agreement;
mod baseline;
mod merged;
mod page;
mod progress;
mod recorded;
mod rehearsal;
pub mod samples;
mod sarif;

use std::cell::RefCell;
use std::io::{self, Write};
use std::rc::Rc;
use watertight::event::{Event, Finding, Listener, Replay, ReplayOutcome};
use watertight::report::{self, Look, Progress, Reports, Tally};

/// A stream that a test can read afterwards.
#[derive(Clone, Default)]
pub struct Paper(Rc<RefCell<Vec<u8>>>);

impl Paper {
    pub fn text(&self) -> String {
        String::from_utf8(self.0.borrow().clone()).unwrap()
    }
}

impl Write for Paper {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0.borrow_mut().extend_from_slice(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

pub fn look(color: bool, width: usize) -> Look {
    Look {
        color,
        width,
        many: false,
        events: "watertight-out/events.jsonl".into(),
    }
}

/// What the format writes for the events.
fn written(format: &str, look: Look, events: &[Event]) -> String {
    let mut report = (report::format(format).unwrap().make)(look);
    let mut out = Vec::new();
    for event in events {
        report.hear(event, &mut out).unwrap();
    }
    report.close(&mut out).unwrap();
    String::from_utf8(out).unwrap()
}

#[test]
fn full_shows_findings_over_the_migrations() {
    insta::assert_snapshot!(written("full", look(false, 100), &samples::run()));
}

#[test]
fn full_fits_into_eighty_columns() {
    let text = written("full", look(false, 80), &samples::run());
    insta::assert_snapshot!(text);
}

#[test]
fn full_in_colour_says_the_same_words() {
    let styled = written("full", look(true, 100), &samples::run());
    assert!(styled.contains("\u{1b}[1m"));
    let mut plain = String::new();
    let mut rest = styled.as_str();
    while let Some(at) = rest.find('\u{1b}') {
        plain.push_str(&rest[..at]);
        rest = &rest[at..];
        rest = &rest[rest.find('m').unwrap() + 1..];
    }
    plain.push_str(rest);
    let words = |text: &str| {
        text.split_whitespace()
            .map(str::to_owned)
            .collect::<Vec<_>>()
    };
    let expected = written("full", look(false, 100), &samples::run());
    assert_eq!(words(&plain), words(&expected));
}

#[test]
fn no_format_lets_a_name_write_to_the_terminal() {
    for format in report::ALL {
        let text = written(format.name, look(false, 100), &samples::run());
        assert!(!text.contains('\u{1b}'), "{}", format.name);
    }
}

#[test]
fn concise_is_a_line_per_finding() {
    insta::assert_snapshot!(written("concise", look(false, 100), &samples::run()));
}

#[test]
fn json_is_an_object_a_line() {
    let text = written("json", look(false, 100), &samples::run());
    for line in text.lines() {
        let object: serde_json::Value = serde_json::from_str(line).unwrap();
        assert_eq!(object["v"], 1);
        assert!(object["event"].is_string());
    }
    insta::assert_snapshot!(text);
}

#[test]
fn github_shows_the_worst_first() {
    insta::assert_snapshot!(written("github", look(false, 100), &samples::run()));
}

#[test]
fn junit_has_a_case_for_each_object_and_command() {
    insta::assert_snapshot!(written("junit", look(false, 100), &samples::run()));
}

#[test]
fn markdown_is_a_comment_for_a_pull_request() {
    insta::assert_snapshot!(written("markdown", look(false, 100), &samples::run()));
}

#[test]
fn markdown_of_many_leaks_fits_into_a_comment() {
    let finding = samples::findings().remove(0);
    let repro = finding.repro.repeat(40);
    let finding = Finding { repro, ..finding };
    let leak = Event::Leak(Box::new(finding));
    let text = written("markdown", look(false, 100), &vec![leak; 200]);
    assert!(text.chars().count() < 65_536, "{}", text.chars().count());
    assert!(
        text.contains("140 more in `watertight-out/events.jsonl`"),
        "{text}"
    );
}

#[test]
fn github_shows_ten_and_tells_how_many_more_there_are() {
    let finding = samples::findings().remove(0);
    let mut events = vec![Event::Failed(Box::new(samples::failure()))];
    events.extend(std::iter::repeat_n(Event::Leak(Box::new(finding)), 13));
    let text = written("github", look(false, 100), &events);
    assert_eq!(
        text.lines()
            .filter(|line| line.starts_with("::error "))
            .count(),
        10
    );
    assert!(
        text.ends_with("4 more in watertight-out/events.jsonl\n"),
        "{text}"
    );
}

#[test]
fn an_interrupted_run_shows_what_it_found() {
    let mut events = samples::run();
    events.pop();
    events.push(Event::Interrupted);
    for format in report::ALL {
        let text = written(format.name, look(false, 100), &events);
        assert!(
            text.contains("can move its own row"),
            "{}: {text}",
            format.name
        );
        assert!(text.contains("interrupted"), "{}: {text}", format.name);
    }
}

#[test]
fn several_systems_are_told_apart_in_the_last_lines() {
    let look = Look {
        many: true,
        ..look(false, 100)
    };
    let events = ["shop", "blog"].map(|system| Event::Finished(samples::summary(system)));
    let text = written("concise", look, &events);
    assert!(text.starts_with("shop: 412 attacks"), "{text}");
    assert!(text.contains("\nblog: 412 attacks"), "{text}");
}

#[test]
fn failures_are_drawn_like_findings() {
    insta::assert_snapshot!(report::draw_failure(&samples::failure(), &look(false, 100)));
}

#[test]
fn formats_have_different_names() {
    let mut names: Vec<&str> = report::ALL.iter().map(|format| format.name).collect();
    names.sort_unstable();
    names.dedup();
    assert_eq!(names.len(), report::ALL.len());
}

fn reports(folder: &std::path::Path, out: Box<dyn Write>, err: Paper) -> Reports {
    let make = report::format("concise").unwrap().make;
    let look = look(false, 100);
    Reports::open(
        folder,
        make(look.clone()),
        look,
        Progress::silent(),
        out,
        Box::new(err),
    )
    .unwrap()
}

#[test]
fn events_are_on_disk_while_the_run_goes_on() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("out/events.jsonl");
    std::fs::create_dir_all(file.parent().unwrap()).unwrap();
    std::fs::write(&file, "of the last run\n").unwrap();
    let mut reports = reports(
        file.parent().unwrap(),
        Box::new(Paper::default()),
        Paper::default(),
    );
    for (count, event) in samples::run()
        .iter()
        .filter(|e| !matches!(e, Event::Phase { .. }))
        .enumerate()
    {
        reports.hear(event);
        assert_eq!(
            std::fs::read_to_string(&file).unwrap().lines().count(),
            count + 1
        );
    }
    let (tally, trouble) = reports.close();
    assert!(trouble.is_none());
    assert_eq!((tally.leaks, tally.unproven, tally.errored), (4, 7, 1));
}

struct Closed;

impl Write for Closed {
    fn write(&mut self, _: &[u8]) -> io::Result<usize> {
        Err(io::ErrorKind::BrokenPipe.into())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

#[test]
fn a_reader_that_has_seen_enough_is_no_trouble() {
    let folder = tempfile::tempdir().unwrap();
    let mut reports = reports(folder.path(), Box::new(Closed), Paper::default());
    for event in samples::run() {
        reports.hear(&event);
    }
    let (tally, trouble) = reports.close();
    assert!(trouble.is_none());
    assert_eq!(tally.leaks, 4);
}

#[test]
fn failures_are_told_on_standard_error_whatever_the_format() {
    let folder = tempfile::tempdir().unwrap();
    let (out, err) = (Paper::default(), Paper::default());
    let mut reports = reports(folder.path(), Box::new(out.clone()), err.clone());
    reports.hear(&Event::Failed(Box::new(samples::failure())));
    let (tally, _) = reports.close();
    assert_eq!(
        tally,
        Tally {
            failures: vec![2],
            ..Tally::default()
        }
    );
    assert_eq!(out.text(), "");
    assert!(
        err.text().starts_with("error: migration 0002"),
        "{}",
        err.text()
    );
}

#[test]
fn an_output_folder_that_cannot_be_made_is_refused() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("file");
    std::fs::write(&file, "").unwrap();
    let look = look(false, 100);
    let make = report::format("concise").unwrap().make;
    let (out, err) = (Box::new(Paper::default()), Box::new(Paper::default()));
    let error = Reports::open(
        &file.join("out"),
        make(look.clone()),
        look,
        Progress::silent(),
        out,
        err,
    )
    .err()
    .unwrap();
    assert!(
        error
            .to_string()
            .starts_with("cannot create the output folder"),
        "{error}"
    );
    assert_eq!(error.exit_code(), 2);
}

#[test]
fn the_verdict_of_a_clean_run_tells_what_is_lived_with() {
    let mut events = samples::run();
    events.retain(|event| match event {
        Event::Leak(_) | Event::Errored { .. } => false,
        Event::Unproven(cell) => cell.allowed,
        _ => true,
    });
    let text = written("markdown", look(false, 100), &events);
    let first = text.lines().next().unwrap();
    let expected = "## ✅ No new leak: 392 of 412 attacks stopped, 1 leak accepted, and what is undecided is allowed.";
    assert_eq!(first, expected);
}

#[test]
fn a_saved_case_that_leaks_decides_the_verdict_once() {
    let first = |fingerprint: &str, found: bool| {
        let mut events = vec![samples::started("shop")];
        events.push(Event::Replayed(Replay {
            system: "shop".into(),
            fingerprint: fingerprint.into(),
            title: "a member of org_a can move its own row into org_b".into(),
            case: "tests/cases/moved".into(),
            outcome: ReplayOutcome::Leaks,
        }));
        if found {
            events.push(Event::Leak(Box::new(samples::findings().remove(0))));
        }
        events.push(Event::Finished(samples::summary("shop")));
        let text = written("markdown", look(false, 100), &events);
        text.lines().next().unwrap().to_owned()
    };
    let same = &samples::findings()[0].fingerprint;
    assert!(first(same, false).starts_with("## ❌ 1 leak: "));
    assert!(first(same, true).starts_with("## ❌ 1 leak: "));
    assert!(first("another", true).starts_with("## ❌ 2 leaks: "));
}
