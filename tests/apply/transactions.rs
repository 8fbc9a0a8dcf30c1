//! What runs in which transaction and which session.
use super::{applied, migrations};
use crate::support::Scratch;
use watertight::server::apply::apply;

#[tokio::test]
async fn a_new_enum_value_may_be_used_in_the_same_file() {
    let (scratch, _, _) = applied(
        "create type mood as enum ('sad'); create table t (m mood);
         alter type mood add value 'happy';
         insert into t values ('happy');",
    )
    .await;
    assert_eq!(scratch.ask("select m from t").await, ["happy"]);
    scratch.stop().await;
}

#[tokio::test]
async fn what_needs_a_transaction_gets_one_and_what_refuses_one_runs_alone() {
    let scratch = Scratch::new().await;
    let files = [
        (
            "1.sql",
            "set local work_mem = '1MB'; create temp table s (a int) on commit drop; insert into s values (7);
             create table t as select a from s; lock table t; savepoint x; rollback to x;",
        ),
        (
            "2.sql",
            "create index concurrently i on t (a); vacuum t; reindex index concurrently i;
             create procedure p() language plpgsql as $$ begin insert into t values (8); commit; end $$; call p();
             do $$ begin insert into t values (9); commit; end $$;",
        ),
        ("3.sql", "begin; insert into t values (10); commit; start transaction; insert into t values (11); rollback;"),
        ("4.sql", "begin; insert into t values (12);"),
        ("5.sql", "insert into t values (13);"),
    ];
    let applied = apply(scratch.client(), &migrations(&files), |_, _| {})
        .await
        .unwrap();
    let rows = scratch.ask("select a from t order by a").await;
    assert_eq!(rows, ["7", "8", "9", "10", "12", "13"]);
    assert_eq!(
        applied
            .notes
            .iter()
            .map(|note| note.to_string())
            .collect::<Vec<_>>(),
        ["4.sql:1:8: the file begins a transaction and does not end it: committed"]
    );
    scratch.stop().await;
}

#[tokio::test]
async fn settings_roles_and_temporary_tables_do_not_reach_the_next_file() {
    let scratch = Scratch::new().await;
    let files = [
        (
            "1.sql",
            "create role other; grant create on schema public to other; create temp table t (a int);
             select pg_catalog.set_config('search_path', '', false); set role other;",
        ),
        ("2.sql", "create table t (a int); create table u (a int);"),
    ];
    apply(scratch.client(), &migrations(&files), |_, _| {})
        .await
        .unwrap();
    let tables = "select relname from pg_class where relowner = current_user::regrole and relnamespace = 'public'::regnamespace order by 1";
    assert_eq!(scratch.ask(tables).await, ["t", "u"]);
    scratch.stop().await;
}

#[tokio::test]
async fn a_copy_brings_its_lines() {
    let (scratch, _, _) = applied(
        "create table t (a int, b text);\ncopy t from stdin;\n1\tit's; $$\n2\t\\N\n\\.\ncopy t to stdout;\ninsert into t values (3, 'x');",
    )
    .await;
    assert_eq!(
        scratch.ask("select b from t order by a").await,
        ["it's; $$", "NULL", "x"]
    );
    scratch.stop().await;
}

#[tokio::test]
async fn the_fixtures_of_three_conventions_apply() {
    for name in ["teamwork", "dump", "ledger"] {
        let scratch = Scratch::new().await;
        let root = format!("tests/fixtures/{name}").into();
        let migrations = watertight::migrations::read(&[root], None, Default::default()).unwrap();
        let mut last = (0, 0);
        let applied = apply(scratch.client(), &migrations, |done, total| {
            last = (done, total)
        })
        .await;
        applied.unwrap_or_else(|error| panic!("{error}"));
        assert_eq!(
            last,
            (migrations.statements.len(), migrations.statements.len())
        );
        scratch.stop().await;
    }
}
