//! Sessions in which all goes as it should, whatever the schema is like.
use super::{Project, assert_shown};

#[test]
fn a_clean_schema_says_little() {
    let session = Project::of("clean").run("check");
    assert_shown!(session.shown());
}

#[test]
fn a_leaking_schema_is_shown_over_its_migrations() {
    let session = Project::of("leaking").run("check migrations");
    assert_eq!(session.code, Some(1));
    assert_shown!(session.shown());
}

#[test]
fn a_leaking_schema_is_told_in_every_format() {
    let project = Project::of("leaking");
    let told = ["concise", "json", "github"].map(|format| {
        let session = project.run(&format!("check migrations --quiet --format {format}"));
        assert_eq!(session.code, Some(1), "{}", session.err);
        assert_eq!(session.err, "");
        format!("--format {format}\n{}", session.out)
    });
    assert_shown!(told.join("\n"));
}

#[test]
fn one_probe_can_be_run_alone() {
    let session = Project::of("leaking").run("check -q --probe read-by-view --format concise");
    assert_eq!(session.code, Some(1));
    assert!(session.out.contains("[read-by-view]"), "{}", session.out);
    assert!(!session.out.contains("[read-row]"), "{}", session.out);
}

#[test]
fn list_tells_what_would_be_attacked_and_why() {
    let session = Project::of("leaking").run("list migrations");
    assert_eq!(session.code, Some(0));
    assert_shown!(session.out);
}

#[test]
fn init_writes_what_check_then_reads() {
    let project = Project::of("leaking");
    let session = project.run("init");
    assert_eq!(session.code, Some(0), "{}", session.err);
    let path = project.path().join("watertight.toml");
    let written = std::fs::read_to_string(&path).unwrap();
    assert_shown!(written);
    assert_eq!(project.run("check -q").code, Some(1));
    // What was inferred holds when it is written down, too.
    let uncommented: String = written
        .lines()
        .map(|line| match line.strip_prefix("# ") {
            Some(code) if code.starts_with(char::is_alphabetic) && code.contains(" = ") => code,
            Some(code) if code == "]" || code.trim_start().starts_with('{') => code,
            _ => line,
        })
        .filter(|line| !line.starts_with("user = \"\""))
        .fold(String::new(), |text, line| text + line + "\n");
    std::fs::write(&path, &uncommented).unwrap();
    let again = project.run("check -q --format concise");
    assert_eq!(again.code, Some(1), "{}\n{uncommented}", again.err);
}

#[test]
fn explain_prints_the_page_of_a_probe() {
    let session = Project::empty().run("explain read-by-view");
    assert_eq!(session.code, Some(0));
    let page = include_str!("../../harness/probes/read_by_view.md");
    assert_eq!(session.out.trim_end(), page.trim_end());
}
