//! Probe, explanation and scenarios come together.
use super::expect_none;
use super::files::{paths, root};
use watertight::probes::ALL;

const HEADINGS: [&str; 6] = [
    "What it tries",
    "Why it matters",
    "A policy that lets it through",
    "A policy that stops it",
    "When it is not a leak",
    "References",
];

#[test]
fn probes_have_different_names_in_alphabetical_order() {
    let names: Vec<&str> = ALL.iter().map(|probe| probe.name()).collect();
    let mut sorted = names.clone();
    sorted.sort_unstable();
    sorted.dedup();
    assert_eq!(
        names, sorted,
        "one place for each probe, and the reader finds it at once"
    );
}

#[test]
fn every_probe_is_a_file_with_its_explanation() {
    let complaints = ALL
        .iter()
        .map(|probe| format!("harness/probes/{}", probe.name().replace('-', "_")))
        .flat_map(|stem| [format!("{stem}.rs"), format!("{stem}.md")])
        .filter(|path| !root().join(path).is_file())
        .map(|path| format!("{path} is missing"))
        .collect();
    expect_none(
        "a probe is found by its name: `name.rs` beside `name.md`.",
        complaints,
    );
}

#[test]
fn explanations_answer_the_same_questions() {
    let mut complaints = Vec::new();
    for probe in ALL {
        let text = probe.explanation();
        if !text.starts_with(&format!("# {}: ", probe.name())) {
            complaints.push(format!(
                "{}: does not begin with `# {}: …`",
                probe.name(),
                probe.name()
            ));
        }
        let headings: Vec<&str> = text
            .lines()
            .filter_map(|line| line.strip_prefix("## "))
            .collect();
        if headings != HEADINGS {
            complaints.push(format!("{}: its headings are {headings:?}", probe.name()));
        }
    }
    expect_none(
        &format!(
            "`watertight explain` always answers, in this order: {}.",
            HEADINGS.join(" · ")
        ),
        complaints,
    );
}

#[test]
fn every_probe_has_a_leak_that_it_catches_and_a_safe_look_alike() {
    let scenarios: Vec<(String, String)> = paths("scenarios")
        .into_iter()
        .filter(|path| path.ends_with(".sql"))
        .map(|path| {
            let text = std::fs::read_to_string(root().join(&path)).unwrap();
            (path, text)
        })
        .collect();
    let mut complaints = Vec::new();
    for probe in ALL {
        let expectation = format!("-- expect: leak {} on ", probe.name());
        let leaks: Vec<&str> = scenarios
            .iter()
            .filter(|(path, text)| path.contains("/leaks/") && text.contains(&expectation))
            .map(|(path, _)| path.as_str())
            .collect();
        if leaks.is_empty() {
            complaints.push(format!(
                "{}: no scenario in leaks/ says `{expectation}…`",
                probe.name()
            ));
            continue;
        }
        let subjects: Vec<&str> = leaks.iter().map(|path| subject(path)).collect();
        let has_look_alike = scenarios
            .iter()
            .any(|(path, _)| path.contains("/safe/") && subjects.contains(&subject(path)));
        if !has_look_alike {
            complaints.push(format!(
                "{}: no scenario in safe/ begins with the first word of one in leaks/ ({})",
                probe.name(),
                subjects.join(", ")
            ));
        }
    }
    expect_none(
        "a probe that catches nothing is untested, and one without a safe look-alike may cry wolf; \
         look-alikes share the first word of the leak's file name.",
        complaints,
    );
}

/// The first word of the file's name: what the scenario is about.
fn subject(path: &str) -> &str {
    let name = path.rsplit('/').next().unwrap_or(path);
    name.split(['_', '.']).next().unwrap_or(name)
}
