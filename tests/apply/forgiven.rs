//! What a scratch server cannot have, and how migrations go on without it.
use super::{applied, try_apply};
use watertight::server::apply::Applied;

fn notes(applied: &Applied) -> Vec<String> {
    applied.notes.iter().map(|note| note.to_string()).collect()
}

#[tokio::test]
async fn an_absent_extension_is_noted_and_what_is_optional_without_it_left_out() {
    for (begin, commit) in [("", ""), ("begin;", "commit;")] {
        let (scratch, _, applied) = applied(&format!(
            "create table t (a text); {begin}
             create extension if not exists \"no_such\" with schema public cascade;
             comment on extension no_such is 'x';
             alter extension no_such update;
             create index i on t using no_such_method (a);
             grant execute on function no_such_function() to public;
             grant usage on schema no_such to public;
             insert into t values ('went on'); {commit}"
        ))
        .await;
        assert_eq!(scratch.ask("select a from t").await, ["went on"]);
        assert_eq!(applied.absent.len(), 1);
        assert_eq!(applied.absent[0].name, "no_such");
        let places: Vec<u32> = applied
            .notes
            .iter()
            .map(|note| note.place.line.0.get())
            .collect();
        assert_eq!(places, [2, 3, 4, 5, 6, 7]);
        scratch.stop().await;
    }
}

#[tokio::test]
async fn without_an_absent_extension_the_same_statements_fail() {
    let (scratch, _, applied) =
        try_apply("create table t (a text); create index i on t using no_such_method (a);").await;
    assert_eq!(applied.unwrap_err().exit_code(), 2);
    scratch.stop().await;
}

#[tokio::test]
async fn a_failure_names_the_absent_extension_that_it_needs() {
    let (scratch, _, applied) = try_apply(
        "create extension no_such;\ncreate extension vektor;\ncreate table t (a int, b public.vektor(3));",
    )
    .await;
    let error = applied.unwrap_err();
    insta::assert_snapshot!(error.to_string(), @r#"
    the migration does not apply: type "public.vektor" does not exist
      at 1.sql:3:26
      │
    3 │ create table t (a int, b public.vektor(3));
      │                          ━━━━━━
      note: SQLSTATE 42704
      help: the extension vektor (asked for at 1.sql:2:1) is absent on this server and is probably the cause: install it, or use a server that has it
    "#);
    scratch.stop().await;
}

#[tokio::test]
async fn another_version_of_an_extension_does_as_well() {
    let (scratch, _, applied) = applied("create extension plpgsql2 version '1'; create extension if not exists plpgsql version '0.0.1';").await;
    assert_eq!(applied.absent.len(), 1);
    scratch.stop().await;
}

#[tokio::test]
async fn other_databases_and_the_server_are_left_alone() {
    let (scratch, _, applied) = applied(
        "alter database postgres set \"app.settings.secret\" to 'x';
         comment on database production is 'about another';
         revoke connect on database production from pg_monitor;
         alter system set work_mem = '1MB';
         create database other;
         create subscription s connection 'host=nowhere' publication p;",
    )
    .await;
    insta::assert_snapshot!(notes(&applied).join("\n"), @r"
    1.sql:1:1: applied to the scratch database scratch
    1.sql:2:10: applied to the scratch database scratch
    1.sql:3:10: applied to the scratch database scratch
    1.sql:4:10: left out: it reaches beyond this database
    1.sql:5:10: left out: it reaches beyond this database
    1.sql:6:10: left out: it reaches beyond this database
    ");
    assert_eq!(
        applied.database_settings,
        ["set \"app.settings.secret\" to 'x'"]
    );
    let comment = "select shobj_description(oid, 'pg_database') from pg_database where datname = current_database()";
    assert_eq!(scratch.ask(comment).await, ["about another"]);
    scratch.stop().await;
}

#[tokio::test]
async fn what_the_server_already_has_is_used() {
    let (scratch, _, applied) = applied(
        "create schema public; create role r; create role r; set transaction_timeout_of_tomorrow = 0;",
    )
    .await;
    insta::assert_snapshot!(notes(&applied).join("\n"), @r#"
    1.sql:1:1: the schema is used as it is: schema "public" already exists
    1.sql:1:38: the role is used as it is, because roles belong to the whole server: role "r" already exists
    1.sql:1:53: left out, as this version of PostgreSQL has no such setting: unrecognized configuration parameter "transaction_timeout_of_tomorrow"
    "#);
    scratch.stop().await;
}
