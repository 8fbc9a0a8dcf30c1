//! The same seed gives the same events, byte for byte, but for how long it took.
use super::Project;

fn events(project: &Project, flags: &str) -> String {
    let session = project.run(&format!("check migrations -q {flags}"));
    assert_eq!(session.code, Some(1), "{}", session.err);
    let text = project.events();
    let (before, rest) = text.split_once(",\"elapsed_ms\":").unwrap();
    format!(
        "{before}{}",
        rest.trim_start_matches(|c: char| c.is_ascii_digit())
    )
}

#[test]
fn the_same_seed_gives_the_same_events() {
    let project = Project::of("leaking");
    let first = events(&project, "--seed 7");
    assert_eq!(first, events(&project, "--seed 7"));
    assert_ne!(first, events(&project, "--seed 8"));
}

#[test]
fn the_number_of_workers_does_not_show_in_the_events() {
    let project = Project::of("leaking");
    let alone = events(&project, "--jobs 1");
    assert_eq!(alone, events(&project, "--jobs 2"));
    assert_eq!(alone, events(&project, "--jobs 3"));
}
