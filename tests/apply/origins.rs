//! Which statement made which object.
use super::{applied, migrations, origins, shown};
use crate::support::Scratch;
use watertight::catalog::{class, read};
use watertight::server::apply::{apply, apply_range};

#[tokio::test]
async fn what_a_do_block_makes_belongs_to_the_do_block() {
    let (scratch, migrations, _) = applied(
        "create table t (a int);
         create function make() returns void language plpgsql as $$ begin create policy q on t using (true); end $$;
         do $$ begin
           execute 'alter table t enable row level security';
           create policy p on t using (false);
         end $$;
         select make();",
    )
    .await;
    let catalog = read(scratch.client()).await.unwrap();
    let table = catalog.relation_named("t").unwrap();
    let line = |name: &str| {
        let policy = table
            .policies
            .iter()
            .find(|policy| policy.name == name)
            .unwrap();
        let made = catalog.made_policy(policy.oid).unwrap();
        migrations.place(made).line.0.get()
    };
    assert_eq!((line("p"), line("q")), (3, 7));
    assert_eq!(
        origins(&migrations, &catalog, "t"),
        ["CREATE TABLE 1", "ALTER TABLE 3"]
    );
    scratch.stop().await;
}

#[tokio::test]
async fn a_grant_belongs_to_what_it_changed_and_to_nothing_else() {
    for (begin, commit) in [("", ""), ("begin;", "commit;")] {
        let (scratch, migrations, _) = applied(&format!(
            "create role reader; create role writer; {begin}
             create table a (x int, y int);
             create table b (x int);
             grant select on a to reader;
             alter default privileges grant insert on tables to writer;
             create table c (x int);
             grant usage on schema public to reader;
             grant select on all tables in schema public to reader;
             grant update (y) on a to writer;
             create function f() returns int language sql as 'select 1';
             revoke execute on function f from public;
             do $$ begin grant select on b to writer; end $$;
             {commit}"
        ))
        .await;
        let catalog = read(scratch.client()).await.unwrap();
        assert_eq!(
            origins(&migrations, &catalog, "a"),
            ["CREATE TABLE 2", "GRANT 4", "GRANT 9"]
        );
        assert_eq!(
            origins(&migrations, &catalog, "b"),
            ["CREATE TABLE 3", "GRANT 8", "GRANT 12"]
        );
        assert_eq!(
            origins(&migrations, &catalog, "c"),
            ["CREATE TABLE 6", "GRANT 8"]
        );
        let function = &catalog.functions[0];
        assert_eq!(
            shown(
                &migrations,
                catalog.origins_of(class::FUNCTION, function.oid)
            ),
            ["CREATE FUNCTION 10", "REVOKE 11"]
        );
        let schema = catalog.schema_named("public").unwrap();
        assert_eq!(
            shown(&migrations, catalog.origins_of(class::SCHEMA, schema.oid)),
            ["GRANT 7"]
        );
        scratch.stop().await;
    }
}

#[tokio::test]
async fn a_policy_that_goes_is_an_event_of_its_table() {
    let (scratch, migrations, _) = applied(
        "create table t (a int);
         create function f() returns boolean language sql as 'select true';
         create policy p on t using (f());
         create policy q on t using (true);
         drop policy q on t;
         drop function f() cascade;",
    )
    .await;
    let catalog = read(scratch.client()).await.unwrap();
    assert_eq!(
        origins(&migrations, &catalog, "t"),
        ["CREATE TABLE 1", "DROP POLICY 5", "DROP POLICY 6"]
    );
    scratch.stop().await;
}

#[tokio::test]
async fn dumps_that_silence_triggers_are_recorded_too() {
    let (scratch, migrations, _) = applied(
        "set session_replication_role = replica;
         create table t (a int);
         select pg_catalog.set_config('search_path', '', false);
         create table public.u (a int);",
    )
    .await;
    let catalog = read(scratch.client()).await.unwrap();
    assert_eq!(origins(&migrations, &catalog, "t"), ["CREATE TABLE 2"]);
    assert_eq!(origins(&migrations, &catalog, "u"), ["CREATE TABLE 4"]);
    scratch.stop().await;
}

#[tokio::test]
async fn a_replaced_function_has_its_last_body() {
    let (scratch, migrations, _) = applied(
        "create function f() returns int language sql as 'select 1';
         create or replace function f() returns int language sql as 'select 2';
         alter function f() security definer;
         grant execute on function f to current_user;",
    )
    .await;
    let catalog = read(scratch.client()).await.unwrap();
    let made = catalog.made_function(catalog.functions[0].oid).unwrap();
    assert_eq!(migrations.place(made).line.0.get(), 2);
    scratch.stop().await;
}

#[tokio::test]
async fn migrations_may_be_applied_in_parts() {
    let scratch = Scratch::new().await;
    let migrations = migrations(&[
        ("1.sql", "create table a (x int); create table b (x int);"),
        ("2.sql", "\n\ngrant select on a to public;"),
    ]);
    let client = scratch.client();
    apply_range(client, &migrations, 0..2, |_, _| {})
        .await
        .unwrap();
    client
        .batch_execute("grant insert on b to public; create table meanwhile (x int)")
        .await
        .unwrap();
    let mut heard = Vec::new();
    apply_range(client, &migrations, 2..3, |done, total| {
        heard.push((done, total))
    })
    .await
    .unwrap();
    let catalog = read(client).await.unwrap();
    assert_eq!(heard, [(1, 1)]);
    assert_eq!(
        origins(&migrations, &catalog, "a"),
        ["CREATE TABLE 1", "GRANT 3"]
    );
    assert_eq!(origins(&migrations, &catalog, "b"), ["CREATE TABLE 1"]);
    assert_eq!(origins(&migrations, &catalog, "meanwhile"), [""; 0]);
    scratch.stop().await;
}

#[tokio::test]
async fn without_a_superuser_migrations_apply_and_nothing_is_recorded() {
    let scratch = Scratch::new().await;
    let prepare = "create role plain login; grant all on schema public to plain; grant all on database scratch to plain";
    scratch.client().batch_execute(prepare).await.unwrap();
    let session = scratch.connect("plain").await;
    let migrations = migrations(&[("1.sql", "create table t (a int);")]);
    let applied = apply(session.client(), &migrations, |_, _| {})
        .await
        .unwrap();
    assert!(!applied.provenance);
    let catalog = read(session.client()).await.unwrap();
    assert!(!catalog.relation_named("t").unwrap().platform);
    session.close().await;
    scratch.stop().await;
}

#[tokio::test]
async fn the_recording_ends_with_the_migrations() {
    let (scratch, _, applied) = applied("create table t (a int)").await;
    assert!(applied.provenance);
    assert!(
        scratch
            .ask("select evtname from pg_event_trigger")
            .await
            .is_empty()
    );
    let usage = "select has_schema_privilege('pg_read_all_data', 'watertight', 'create')";
    assert_eq!(scratch.ask(usage).await, ["f"]);
    scratch.stop().await;
}
