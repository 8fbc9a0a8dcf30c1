//! Scenarios cover what the systems' migrations come with.
use super::expect_none;
use super::files::{paths, root};

#[test]
fn every_way_back_is_checked_by_a_scenario() {
    let scenarios: Vec<String> = paths("scenarios")
        .iter()
        .filter(|path| path.ends_with(".sql"))
        .map(|path| std::fs::read_to_string(root().join(path)).unwrap())
        .collect();
    let is_named = |path: &str| {
        let line = format!("-- then: {path}");
        scenarios.iter().any(|text| {
            let mut header = text.lines().take_while(|line| line.starts_with("--"));
            header.any(|found| found == line)
        })
    };
    let down: Vec<String> = paths("migrations")
        .into_iter()
        .filter(|path| path.contains("/down/"))
        .collect();
    assert!(!down.is_empty(), "the systems come with ways back");
    let complaints = down
        .iter()
        .filter(|path| !is_named(path))
        .map(|path| format!("{path}: no scenario has `-- then: {path}`"))
        .collect();
    expect_none(
        "a way back may open what the way forth had closed: what it opens, or that it opens nothing, is a scenario.",
        complaints,
    );
}
