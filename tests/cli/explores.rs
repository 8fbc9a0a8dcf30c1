//! `list`, `explain` and `init`.
use super::engine::Fake;
use super::{project, session};
use watertight::cli::Exit;
use watertight::config::Config;

#[test]
fn list_shows_the_probes() {
    let folder = project("");
    let session = session(folder.path(), "list", &Fake::clean());
    insta::assert_snapshot!(session.out);
}

#[test]
fn list_of_a_directory_shows_what_would_be_attacked_and_what_not() {
    let folder = project("");
    let session = session(folder.path(), "list supabase/migrations", &Fake::clean());
    insta::with_settings!({filters => vec![(r"\.tmp\w+", "project")]}, {
        insta::assert_snapshot!(session.out);
    });
}

#[test]
fn explain_prints_the_page() {
    let folder = project("");
    let session = session(folder.path(), "explain reassign-row", &Fake::clean());
    assert_eq!(session.exit, Exit::Clean);
    assert!(
        session.out.starts_with("# reassign-row: "),
        "{}",
        session.out
    );
}

#[test]
fn init_writes_a_configuration_that_is_read_back() {
    let folder = project("");
    let session_one = session(folder.path(), "init", &Fake::clean());
    assert_eq!(session_one.exit, Exit::Clean, "{}", session_one.err);
    let path = folder.path().join("watertight.toml");
    let text = std::fs::read_to_string(&path).unwrap();
    insta::with_settings!({filters => vec![(r"\.tmp\w+", "project")]}, {
        insta::assert_snapshot!(text);
    });
    let config = Config::parse(&path, &text).unwrap();
    assert_eq!(config.systems.len(), 1);
    // What was inferred is read, too, once the `#` is taken away.
    let uncommented: String = text
        .lines()
        .map(|line| match line.strip_prefix("# ") {
            Some(code) if code.contains(" = ") || code == "]" => format!("{code}\n"),
            _ => match line.strip_prefix("#     ") {
                Some(code) => format!("{code}\n"),
                None if line.starts_with('#') => String::new(),
                None => format!("{line}\n"),
            },
        })
        .collect();
    let config =
        Config::parse(&path, &uncommented).unwrap_or_else(|error| panic!("{error}\n{uncommented}"));
    assert_eq!(config.systems[0].tenancy.shared.len(), 1);

    let again = session(folder.path(), "init", &Fake::clean());
    assert_eq!(again.exit, Exit::Usage);
    assert!(again.err.contains("stays as it is"), "{}", again.err);
}

#[test]
fn init_with_print_leaves_files_alone() {
    let folder = project("");
    let session = session(folder.path(), "init --print", &Fake::clean());
    assert!(session.out.contains("[systems."), "{}", session.out);
    assert!(!folder.path().join("watertight.toml").exists());
}
