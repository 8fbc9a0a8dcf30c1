//! How a migration that does not apply is shown.
use super::{migrations, try_apply};
use crate::support::Scratch;
use rstest::rstest;
use watertight::error::Failure;
use watertight::server::apply::{ApplyError, apply};

async fn shown(sql: &str) -> String {
    let (scratch, _, applied) = try_apply(sql).await;
    scratch.stop().await;
    applied.unwrap_err().to_string()
}

#[tokio::test]
async fn a_syntax_error_is_underlined_where_the_server_points() {
    let text = shown(
        "create table ok (a int);\r\n\r\n-- é\r\nselect 'é',\r\n  1 frm ok where;\r\nselect 2;",
    )
    .await;
    insta::assert_snapshot!(text, @r#"
    the migration does not apply: syntax error at or near "ok"
      at 1.sql:5:9
      │
    5 │   1 frm ok where;
      │         ━━
      note: SQLSTATE 42601
      help: mend the migration, or stop before it with --through
    "#);
}

#[tokio::test]
async fn an_unknown_name_comes_with_the_servers_hint() {
    let text = shown(
        "create table contacts (email text);\n\tcreate policy p on contacts using (emial = '');",
    )
    .await;
    insta::assert_snapshot!(text, @r#"
    the migration does not apply: column "emial" does not exist
      at 1.sql:2:2
      │
    2 │  create policy p on contacts using (emial = '');
      │  ━━━━━━
      note: SQLSTATE 42703
      note: hint: Perhaps you meant to reference the column "contacts.email".
      help: mend the migration, or stop before it with --through
    "#);
}

#[tokio::test]
async fn an_error_inside_a_body_is_found_in_the_file() {
    let text =
        shown("do $$\nbegin\n  perform 1;\n  insert into nowhere values (1);\nend $$;").await;
    insta::assert_snapshot!(text, @r#"
    the migration does not apply: relation "nowhere" does not exist
      at 1.sql:4:15
      │
    4 │   insert into nowhere values (1);
      │               ━━━━━━━
      note: SQLSTATE 42P01
      note: in PL/pgSQL function inline_code_block line 4 at SQL statement
      help: mend the migration, or stop before it with --through
    "#);
}

#[tokio::test]
async fn a_violated_constraint_shows_its_detail() {
    let text = shown("create table t (a int primary key);\ninsert into t values (1);\ninsert into t\n  values (1);").await;
    insta::assert_snapshot!(text, @r#"
    the migration does not apply: duplicate key value violates unique constraint "t_pkey"
      at 1.sql:3:1
      │
    3 │ insert into t
      │ ━━━━━━
      note: SQLSTATE 23505
      note: detail: Key (a)=(1) already exists.
      help: mend the migration, or stop before it with --through
    "#);
}

#[rstest]
#[case(
    "begin; create table t (a int); select 1/0; create table u (a int); commit;",
    "22012"
)]
#[case("set local work_mem = '1MB'; select 1/0; select 2;", "22012")]
#[case("select 1/0; begin; select 1;", "22012")]
#[case("select 'open", "42601")]
#[case("create table t (a int); copy t from stdin;\nx\n\\.\n", "22P02")]
#[case("create extension plpgsql;", "42710")]
#[case("grant select on nothing to public;", "42P01")]
#[tokio::test]
async fn the_first_failure_is_told(#[case] sql: &str, #[case] code: &str) {
    let (scratch, _, applied) = try_apply(sql).await;
    match applied.unwrap_err() {
        ApplyError::Failed(failed) => assert_eq!(failed.code.code(), code),
        other => panic!("{other}"),
    }
    scratch.stop().await;
}

#[tokio::test]
async fn it_becomes_a_failure_with_an_excerpt() {
    let (scratch, _, applied) = try_apply("select 1;\nselect nope;").await;
    let failure = Failure::from(applied.unwrap_err());
    assert_eq!(failure.exit_code, 2);
    let excerpt = failure.excerpt.unwrap();
    assert_eq!(excerpt.place.to_string(), "1.sql:2:8");
    assert_eq!(&excerpt.text[excerpt.clause], "nope");
    assert_eq!(&excerpt.text[excerpt.statement], "select nope");
    scratch.stop().await;
}

#[tokio::test]
async fn a_server_that_ends_the_session_is_no_failing_migration() {
    let scratch = Scratch::new().await;
    let sql = "select 1; select pg_terminate_backend(pg_backend_pid()); select 2;";
    let applied = apply(scratch.client(), &migrations(&[("1.sql", sql)]), |_, _| {}).await;
    let error = applied.unwrap_err();
    assert_eq!(error.exit_code(), 5);
    assert!(
        error
            .to_string()
            .starts_with("the server ended the connection at 1.sql:1:11"),
        "{error}"
    );
    scratch.stop().await;
}
