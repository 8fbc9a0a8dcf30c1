//! What a mistyped command line is answered, by the binary itself.
use super::engine::Fake;
use super::{project, session};
use rstest::rstest;
use watertight::cli::Exit;

#[rstest]
#[case::flag("check --semd 3", "similar argument exists: '--seed'")]
#[case::format("check --format concice", "similar value exists: 'concise'")]
#[case::probe("check --probe reasign-row", "did you mean `reassign-row`?")]
#[case::skipped_probe("check --skip-probe trucate-table", "did you mean `truncate-table`?")]
#[case::system("check --system shpo", "did you mean `shop`?")]
#[case::profile("check --profile cii", "did you mean `ci`?")]
#[case::command("chekc", "similar subcommand exists: 'check'")]
#[case::explain("explain reassignrow", "did you mean `reassign-row`?")]
#[case::two_places("check a --migrations b", "cannot be used with")]
#[case::two_servers("check --server local --database-url x", "cannot be used with")]
#[case::directory("check not/there", "not/there is not there")]
#[case::config("check --config nope.toml", "cannot read nope.toml")]
fn a_slip_is_answered_with_the_nearest_name(#[case] line: &str, #[case] answer: &str) {
    let folder =
        project("[systems.shop]\nmigrations = \"supabase/migrations\"\n[profiles.ci]\nseed = 2\n");
    let session = session(folder.path(), line, &Fake::clean());
    assert_eq!(session.exit, Exit::Usage);
    assert!(session.err.contains(answer), "{}", session.err);
    assert_eq!(session.out, "");
}

#[test]
fn a_place_without_migrations_is_a_usage_error() {
    let folder = tempfile::tempdir().unwrap();
    let session = session(folder.path(), "check", &Fake::clean());
    insta::assert_snapshot!(session.shown());
}

#[test]
fn a_mistyped_key_is_shown_where_it_stands() {
    let folder = project("seed = 2\nstatment_timeout = 100\n");
    let session = session(folder.path(), "check", &Fake::clean());
    insta::assert_snapshot!(session.shown());
}

fn binary() -> assert_cmd::Command {
    assert_cmd::Command::new(env!("CARGO_BIN_EXE_watertight"))
}

#[test]
fn the_binary_prints_its_help_and_succeeds() {
    let output = binary().arg("--help").output().unwrap();
    assert!(output.status.success());
    insta::assert_snapshot!(String::from_utf8(output.stdout).unwrap());
}

#[test]
fn the_binary_exits_with_two_on_a_mistyped_flag() {
    binary().args(["check", "--semd"]).assert().code(2);
}

#[test]
fn the_binary_lists_the_probes() {
    let output = binary().arg("list").output().unwrap();
    let text = String::from_utf8(output.stdout).unwrap();
    for probe in watertight::probes::ALL {
        assert!(text.contains(probe.name()), "{text}");
    }
}

#[test]
fn every_flag_of_check_has_a_key_of_the_same_name() {
    let output = binary().args(["check", "--help"]).output().unwrap();
    let text = String::from_utf8(output.stdout).unwrap();
    let keys = watertight::config::keys();
    let flags = text
        .split("--")
        .skip(1)
        .map(|rest| {
            rest.split(|c: char| !c.is_ascii_lowercase() && c != '-')
                .next()
                .unwrap()
        })
        // Which file to read cannot stand in the file.
        .filter(|flag| !["config", "help", ""].contains(flag));
    for flag in flags {
        let key = flag.replace('-', "_");
        assert!(keys.contains(&key.as_str()), "--{flag} has no key `{key}`");
    }
}
