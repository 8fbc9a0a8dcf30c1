//! Each layout's files, in the order in which its tool applies them.
use super::{read, texts, tree};
use rstest::rstest;
use watertight::migrations::{Layout, Platform, ReadError};

#[rstest]
#[case::supabase_project(
    Layout::Supabase,
    &[
        ("supabase/migrations/20240102000000_b.sql", "select 2;"),
        ("supabase/migrations/20240101000000_a.sql", "select 1;"),
        ("supabase/seed.sql", "select 'seed';"),
        ("supabase/config.toml", ""),
        ("supabase/tests/x.sql", "select 'test';"),
        ("stray.sql", "select 'stray';"),
    ],
    &["select 1", "select 2"]
)]
#[case::supabase_roles_first(
    Layout::Supabase,
    &[("supabase/migrations/1_a.sql", "select 1;"), ("supabase/roles.sql", "select 'roles';")],
    &["select 'roles'", "select 1"]
)]
#[case::flyway(
    Layout::Flyway,
    &[
        ("V10__last.sql", "select 10;"),
        ("V2_1__b.sql", "select 2.1;"),
        ("V2__a.sql", "select 2;"),
        ("V1.10__x.sql", "select 1.10;"),
        ("V1.9__x.sql", "select 1.9;"),
        ("R__views.sql", "select 'views';"),
        ("R__functions.sql", "select 'functions';"),
        ("U10__last.sql", "select 'undo';"),
        ("afterMigrate.sql", "select 'callback';"),
        ("nested/V3__c.sql", "select 3;"),
    ],
    &["select 1.9", "select 1.10", "select 2", "select 2.1", "select 3", "select 10", "select 'functions'", "select 'views'"]
)]
#[case::flyway_baseline(
    Layout::Flyway,
    &[("V1__a.sql", "select 1;"), ("B2__base.sql", "select 'base';"), ("V2__b.sql", "select 2;"), ("V3__c.sql", "select 3;")],
    &["select 'base'", "select 3"]
)]
#[case::sqlx(
    Layout::Plain,
    &[
        ("20240101_a.up.sql", "select 1;"),
        ("20240101_a.down.sql", "select 'down';"),
        ("20240102_b.sql", "select 2;"),
    ],
    &["select 1", "select 2"]
)]
#[case::golang_migrate(
    Layout::Plain,
    &[
        ("10_c.up.sql", "select 10;"),
        ("2_b.up.sql", "select 2;"),
        ("2_b.down.sql", "select 'down';"),
        ("000001_a.up.sql", "select 1;"),
    ],
    &["select 1", "select 2", "select 10"]
)]
#[case::dbmate(
    Layout::Plain,
    &[("20240101_a.sql", "-- migrate:up transaction:false\nselect 1;\nselect 2;\n\n-- migrate:down\nselect 'down';\n")],
    &["select 1", "select 2"]
)]
#[case::goose(
    Layout::Plain,
    &[("001_a.sql", "-- +goose NO TRANSACTION\n-- +goose Up\n-- +goose StatementBegin\nselect $$a;b$$;\n-- +goose StatementEnd\nselect 2;\n-- +goose Down\nselect 'down';\n")],
    &["select $$a;b$$", "select 2"]
)]
#[case::sql_migrate(
    Layout::Plain,
    &[("1.sql", "-- +migrate Up\nselect 1;\n-- +migrate Down\nselect 'down';\n-- +migrate Up\nselect 3;\n")],
    &["select 1", "select 3"]
)]
#[case::prisma(
    Layout::Prisma,
    &[
        ("prisma/migrations/20240102_b/migration.sql", "select 2;"),
        ("prisma/migrations/20240101_a/migration.sql", "select 1;"),
        ("prisma/migrations/migration_lock.toml", ""),
    ],
    &["select 1", "select 2"]
)]
#[case::drizzle(
    Layout::Drizzle,
    &[
        ("0001_b.sql", "select 2;--> statement-breakpoint\nselect 3;"),
        ("0000_a.sql", "select 1;"),
        ("meta/_journal.json", r#"{"version":"7","dialect":"postgresql","entries":[{"idx":1,"version":"7","when":2,"tag":"0001_b","breakpoints":true},{"idx":0,"version":"7","when":1,"tag":"0000_a","breakpoints":true}]}"#),
        ("9999_not_in_the_journal.sql", "select 'no';"),
    ],
    &["select 1", "select 2", "select 3"]
)]
#[case::diesel(
    Layout::Diesel,
    &[
        ("migrations/2024-01-02-000000_b/up.sql", "select 2;"),
        ("migrations/2024-01-02-000000_b/down.sql", "select 'down';"),
        ("migrations/00000000000000_diesel_initial_setup/up.sql", "select 0;"),
        ("diesel.toml", ""),
    ],
    &["select 0", "select 2"]
)]
#[case::plain_numbers(
    Layout::Plain,
    &[("2_b.sql", "select 2;"), ("10_c.sql", "select 10;"), ("1_a.SQL", "select 1;"), ("README.md", ""), (".hidden.sql", "select 'hidden';")],
    &["select 1", "select 2", "select 10"]
)]
#[case::paired_suffixes(
    Layout::Plain,
    &[("1_up.sql", "select 1;"), ("1_down.sql", "select 'down';"), ("2_scale_down.sql", "select 2;")],
    &["select 1", "select 2"]
)]
#[case::order_txt(
    Layout::Ordered,
    &[
        ("order.txt", "# the documents' order\nz.sql\n\na   # first by name, second by order\nmore/m.sql\n"),
        ("a.sql", "select 'a';"),
        ("z.sql", "select 'z';"),
        ("checks.sql", "select 'checks';"),
        ("seed.sql", "select 'seed';"),
        ("down/a.sql", "select 'down';"),
        ("more/m.sql", "select 'm';"),
    ],
    &["select 'z'", "select 'a'", "select 'm'"]
)]
#[case::checks_beside_the_migrations(
    Layout::Plain,
    &[("1_a.sql", "select 1;"), ("checks.sql", "-- Checks.\n-- check: One is one.\nselect 1 = 1;"), ("2_b.sql", "select 2;")],
    &["select 1", "select 2"]
)]
#[case::a_migration_called_checks(
    Layout::Plain,
    &[("1_a.sql", "select 1;"), ("checks.sql", "select 'checks';")],
    &["select 1", "select 'checks'"]
)]
#[case::nested_directories(
    Layout::Plain,
    &[("tables/2.sql", "select 2;"), ("tables/10.sql", "select 10;"), ("policies/1.sql", "select 'p';"), ("seeds/1.sql", "select 'seed';")],
    &["select 'p'", "select 2", "select 10"]
)]
fn each_layout_applies_in_its_own_order(
    #[case] layout: Layout,
    #[case] files: &[(&str, &str)],
    #[case] expected: &[&str],
) {
    let root = tree(files);
    let migrations = read(root.path()).unwrap();
    assert_eq!(texts(&migrations), expected);
    assert!(migrations.files.iter().all(|file| file.layout == layout));
}

#[test]
fn a_single_file_is_a_migration() {
    let root = tree(&[("schema.sql", "select 1; select 2")]);
    let migrations = read(&root.path().join("schema.sql")).unwrap();
    assert_eq!(texts(&migrations), ["select 1", "select 2"]);
    assert_eq!(migrations.names(), ["schema"]);
}

#[test]
fn several_roots_follow_each_other() {
    let a = tree(&[("z.sql", "select 1;")]);
    let b = tree(&[("a.sql", "select 2;")]);
    let roots = [a.path().to_owned(), b.path().to_owned()];
    let migrations = watertight::migrations::read(&roots, None, Platform::None).unwrap();
    assert_eq!(texts(&migrations), ["select 1", "select 2"]);
    assert_eq!(migrations.statements_of(1), 1..2);
}

#[cfg(unix)]
#[test]
fn symbolic_links_are_followed() {
    let target = tree(&[("1.sql", "select 1;")]);
    let root = tempfile::tempdir().unwrap();
    std::os::unix::fs::symlink(target.path(), root.path().join("migrations")).unwrap();
    assert_eq!(texts(&read(root.path()).unwrap()), ["select 1"]);
}

#[rstest]
#[case::byte_order_mark(b"\xEF\xBB\xBFselect 1;\r\nselect 2;\r\n", &["select 1", "select 2"])]
#[case::utf_16(b"\xFF\xFEs\0e\0l\0e\0c\0t\0 \x00\x31\0;\0", &["select 1"])]
#[case::windows_1252(b"select '\xE9\x80';", &["select 'é€'"])]
fn any_encoding_is_read(#[case] bytes: &[u8], #[case] expected: &[&str]) {
    let root = tempfile::tempdir().unwrap();
    std::fs::write(root.path().join("1.sql"), bytes).unwrap();
    assert_eq!(texts(&read(root.path()).unwrap()), expected);
}

#[test]
fn places_count_lines_and_characters_from_one() {
    let root = tree(&[("1.sql", "-- é\r\nselect 'é'; select 2;\r\n")]);
    let migrations = read(root.path()).unwrap();
    let place = migrations.place(1);
    assert_eq!((place.line.0.get(), place.column.0.get()), (2, 13));
    assert!(place.to_string().ends_with("1.sql:2:13"));
}

#[rstest]
#[case("2_b")]
#[case("2_b.sql")]
#[case("2_")]
fn through_stops_after_the_named_migration(#[case] name: &str) {
    let root = tree(&[
        ("1_a.sql", "select 1;"),
        ("2_b.sql", "select 2;"),
        ("3_c.sql", "select 3;"),
    ]);
    let roots = [root.path().to_owned()];
    let migrations = watertight::migrations::read(&roots, Some(name), Platform::None).unwrap();
    assert_eq!(texts(&migrations), ["select 1", "select 2"]);
}

#[test]
fn an_unknown_through_names_the_nearest() {
    let root = tree(&[("1_users.sql", "select 1;"), ("2_orders.sql", "select 2;")]);
    let roots = [root.path().to_owned()];
    let error = watertight::migrations::read(&roots, Some("2_ordrs"), Platform::None).unwrap_err();
    assert_eq!(error.exit_code(), 2);
    assert_eq!(
        error.help().as_deref(),
        Some("the nearest name is 2_orders")
    );
}

#[test]
fn an_ambiguous_through_lists_what_it_could_mean() {
    let root = tree(&[("2024_a.sql", "select 1;"), ("2024_b.sql", "select 2;")]);
    let roots = [root.path().to_owned()];
    let error = watertight::migrations::read(&roots, Some("2024"), Platform::None).unwrap_err();
    assert!(error.to_string().contains("2024_a, 2024_b"), "{error}");
}

#[test]
fn an_empty_directory_is_refused() {
    let root = tree(&[("README.md", "")]);
    let error = read(root.path()).unwrap_err();
    assert!(matches!(error, ReadError::Empty { .. }));
    assert_eq!(error.exit_code(), 2);
}

#[test]
fn a_directory_of_comments_alone_is_refused() {
    let root = tree(&[("1.sql", "-- nothing yet\n")]);
    assert!(matches!(
        read(root.path()).unwrap_err(),
        ReadError::Empty { .. }
    ));
}

#[test]
fn a_missing_directory_is_refused() {
    let error = read("/nowhere/at/all".as_ref()).unwrap_err();
    assert!(
        error
            .to_string()
            .starts_with("there is no file or directory /nowhere/at/all"),
        "{error}"
    );
}

#[test]
fn order_txt_that_names_an_absent_file_is_refused() {
    let root = tree(&[
        ("order.txt", "2_b.sql\n1_users.sql\n"),
        ("1_user.sql", "select 1;"),
        ("2_b.sql", "select 2;"),
    ]);
    let error = read(root.path()).unwrap_err();
    assert!(
        error.help() == Some("the nearest name is 1_user.sql".to_owned()),
        "{error}"
    );
}

#[test]
fn a_listed_file_that_cannot_be_read_is_an_error() {
    let root = tree(&[(
        "meta/_journal.json",
        r#"{"entries":[{"idx":0,"tag":"0000_gone"}]}"#,
    )]);
    assert!(matches!(
        read(root.path()).unwrap_err(),
        ReadError::Unreadable { .. }
    ));
}

#[test]
fn what_was_left_out_is_noted() {
    let root = tree(&[
        ("1.up.sql", "\\connect other\nselect 1;"),
        ("1.down.sql", "select 0;"),
        ("seed.sql", "select 2;"),
    ]);
    let migrations = read(root.path()).unwrap();
    let notes: Vec<String> = migrations
        .notes
        .iter()
        .map(|note| note.text.clone())
        .collect();
    assert_eq!(
        notes,
        [
            "left out: undoes a migration",
            "left out: fills tables, which watertight does itself",
            "psql's \\connect is left out",
        ]
    );
}
