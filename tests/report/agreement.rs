//! All formats are folds of one stream, so they count the same.
use super::{look, samples, written};
use serde_json::Value;
use watertight::event::Event;

/// Leaks, accepted ones and attacks that went wrong.
type Counts = [usize; 3];

fn lines(text: &str) -> Counts {
    let count = |kind: &str| text.matches(&format!("\"event\":\"{kind}\"")).count();
    [count("leak"), count("accepted"), count("errored")]
}

fn sarif(text: &str) -> Counts {
    let log: Value = serde_json::from_str(text).unwrap();
    let results = log["runs"][0]["results"].as_array().unwrap();
    let accepted = results
        .iter()
        .filter(|result| result["suppressions"].is_array());
    let accepted = accepted.count();
    let told = &log["runs"][0]["invocations"][0]["toolExecutionNotifications"];
    let errored = told.as_array().unwrap().iter().filter(|told| {
        let text = told["message"]["text"].as_str().unwrap();
        text.starts_with("errored: ")
    });
    [results.len() - accepted, accepted, errored.count()]
}

fn counts(format: &str, text: &str) -> Counts {
    let of = |words: [&str; 3]| words.map(|word| text.matches(word).count());
    match format {
        "json" => lines(text),
        "sarif" => sarif(text),
        "junit" => of([
            "<failure ",
            "<skipped message=\"accepted: ",
            "type=\"errored\"",
        ]),
        "markdown" => of(["<details><summary>", "- accepted: ", "- errored: "]),
        "html" => of(["<article class=\"finding\"", "<li id=\"", "! went wrong: "]),
        "full" => of(["\n  severity ", "accepted: ", "warning["]),
        "concise" => {
            let all = text.lines().filter(|line| line.contains("]: ")).count();
            let [accepted, errored] =
                ["(accepted: ", ": errored["].map(|w| text.matches(w).count());
            [all - accepted - errored, accepted, errored]
        }
        other => panic!("nobody counts `{other}` yet"),
    }
}

#[test]
fn every_format_counts_the_same() {
    let events = samples::run();
    let expected = lines(&written("json", look(false, 100), &events));
    assert_eq!(expected, [4, 1, 1]);
    for format in watertight::report::ALL {
        let text = written(format.name, look(false, 100), &events);
        if format.name == "github" {
            // Annotations are for what has to be mended, and nothing else.
            assert_eq!(text.matches("::error ").count(), expected[0]);
            continue;
        }
        assert_eq!(counts(format.name, &text), expected, "{}", format.name);
    }
}

#[test]
fn equal_events_are_equal_text() {
    for format in watertight::report::ALL {
        let text = || written(format.name, look(false, 100), &samples::run());
        assert_eq!(text(), text(), "{}", format.name);
    }
}

#[test]
fn every_format_survives_a_run_that_did_not_begin() {
    let failed = [Event::Failed(Box::new(samples::failure()))];
    for format in watertight::report::ALL {
        let text = written(format.name, look(false, 100), &failed);
        // People are told on standard error, whatever the format.
        let told = text.contains("contacts.sql") || ["full", "concise"].contains(&format.name);
        assert!(told, "{}: {text}", format.name);
    }
}

#[test]
fn every_format_for_people_shows_the_patch() {
    for format in watertight::report::ALL {
        let text = written(format.name, look(false, 100), &samples::run());
        // A line for an editor and an annotation have no room for it.
        let short = ["concise", "github"].contains(&format.name);
        let shown = text.contains("alter policy contacts_update");
        assert_eq!(shown, !short, "{}", format.name);
    }
}
