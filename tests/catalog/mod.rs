//! Reading a migrated database: every kind of object, and who may do what.
mod privileges;
mod rendering;

use crate::support::Scratch;
use watertight::catalog::{Catalog, read};
use watertight::migrations::{Migrations, Platform};
use watertight::server::apply::apply;

/// A fixture's migrations, applied and read.
pub async fn fixture(name: &str) -> (Scratch, Migrations, Catalog) {
    let root = format!("tests/fixtures/{name}").into();
    let migrations = watertight::migrations::read(&[root], None, Platform::Auto).unwrap();
    let scratch = Scratch::new().await;
    if let Err(error) = apply(scratch.client(), &migrations, |_, _| {}).await {
        panic!("{error}");
    }
    let catalog = read(scratch.client()).await.unwrap();
    (scratch, migrations, catalog)
}

#[tokio::test]
async fn what_the_prelude_made_is_the_platforms() {
    let (scratch, _, catalog) = fixture("teamwork").await;
    let platform = |name: &str| catalog.relation_named(name).unwrap().platform;
    assert!(platform("auth.users"));
    assert!(platform("storage.objects"));
    assert!(!platform("public.teams"));
    assert!(!platform("events_2024"));
    assert!(catalog.functions_named("auth.uid").all(|of| of.platform));
    assert!(
        !catalog
            .functions_named("private.is_member")
            .any(|of| of.platform)
    );
    assert!(!catalog.schema_named("private").unwrap().platform);
    assert!(catalog.schema_named("storage").unwrap().platform);
    scratch.stop().await;
}

#[tokio::test]
async fn nothing_of_postgresql_or_watertight_is_listed() {
    let (scratch, _, catalog) = fixture("ledger").await;
    let schemas: Vec<&str> = catalog
        .schemas
        .iter()
        .map(|schema| schema.name.as_str())
        .collect();
    assert_eq!(schemas, ["public"]);
    assert!(
        catalog
            .relations
            .iter()
            .all(|relation| relation.schema == "public")
    );
    assert!(catalog.functions.is_empty());
    scratch.stop().await;
}

#[tokio::test]
async fn an_empty_database_has_an_empty_catalog() {
    let scratch = Scratch::new().await;
    let catalog = read(scratch.client()).await.unwrap();
    assert!(catalog.relations.is_empty() && catalog.types.is_empty() && catalog.origins.is_empty());
    assert!(catalog.version >= 140_000 && !catalog.roles.is_empty());
    scratch.stop().await;
}

#[tokio::test]
async fn a_foreign_key_to_a_partitioned_table_is_one_key() {
    let (scratch, _, catalog) = fixture("teamwork").await;
    let notes = catalog.relation_named("event_notes").unwrap();
    let events = catalog.relation_named("events").unwrap();
    assert_eq!(notes.foreign_keys.len(), 1);
    assert_eq!(notes.foreign_keys[0].target, events.oid);
    let children: Vec<&str> = catalog
        .children(events.oid)
        .map(|child| child.name.as_str())
        .collect();
    assert_eq!(children, ["events_2024", "events_rest"]);
    scratch.stop().await;
}

#[tokio::test]
async fn members_of_extensions_say_so_and_their_functions_are_left_out() {
    let scratch = Scratch::new().await;
    let client = scratch.client();
    client
        .batch_execute("create extension pg_stat_statements")
        .await
        .unwrap();
    let catalog = read(client).await.unwrap();
    let view = catalog.relation_named("pg_stat_statements").unwrap();
    assert_eq!(view.extension.as_deref(), Some("pg_stat_statements"));
    assert!(catalog.functions.is_empty());
    scratch.stop().await;
}
