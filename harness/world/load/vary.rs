//! Turns a copy of a filled database into the other world: the same, but for one tenant's private data.
use super::error::LoadError;
use super::sql::{become_user, find, qualified};
use crate::catalog::{Catalog, Generated, Relation};
use crate::sql::{identifier, nullable};
use crate::world::other::{Edit, EditKind};
use futures_util::future::join_all;
use std::collections::BTreeMap;
use tokio_postgres::Client;

/// One row with its triggers; a trigger that takes longer never ends, and its row stays as it is.
const EDIT_LIMIT: &str = "1s";

/// Makes the edits as a superuser in the name of `settings`, each in its own transaction and with its triggers, and
/// refreshes what is kept of the rows elsewhere. An edit that the schema refuses is left out; gives how many were made.
pub async fn vary(
    client: &Client,
    catalog: &Catalog,
    settings: &[(String, String)],
    edits: &[Edit],
) -> Result<usize, LoadError> {
    let doing = LoadError::while_doing("making the other world");
    let prepare = format!(
        "{}SET statement_timeout = '{EDIT_LIMIT}';",
        super::ask::PREPARE
    );
    client.batch_execute(&prepare).await.map_err(doing)?;
    let mut open: Vec<&Edit> = edits.iter().collect();
    let mut made = 0;
    // A row that another refers to can go once that one is gone.
    for _ in 0..2 {
        let messages = open.iter().map(|edit| message(catalog, settings, edit));
        let messages: Vec<String> = messages.collect();
        let answers = join_all(messages.iter().map(|sql| client.simple_query(sql))).await;
        let mut refused = Vec::new();
        for (edit, answer) in open.into_iter().zip(answers) {
            match answer {
                Ok(_) => made += 1,
                Err(error) if error.as_db_error().is_some() => refused.push(edit),
                Err(error) => return Err(LoadError::while_doing("making the other world")(error)),
            }
        }
        open = refused;
        open.retain(|edit| matches!(edit.kind, EditKind::Remove));
    }
    let doing = LoadError::while_doing("resetting the session");
    let reset = "ROLLBACK; RESET statement_timeout;";
    client.batch_execute(reset).await.map_err(doing)?;
    super::refresh(client, catalog).await?;
    Ok(made)
}

fn message(catalog: &Catalog, settings: &[(String, String)], edit: &Edit) -> String {
    let Some(relation) = find(catalog, edit.relation) else {
        return String::new();
    };
    let table = qualified(relation);
    let place = format!("WHERE ctid = '{}'", edit.ctid);
    let sql = match &edit.kind {
        EditKind::Remove => format!("DELETE FROM ONLY {table} {place};"),
        EditKind::Update(values) => {
            format!("UPDATE ONLY {table} SET {} {place};", set(relation, values))
        }
        EditKind::Rewrite(values) => format!(
            "DELETE FROM ONLY {table} {place};{}",
            insert(relation, &table, values)
        ),
    };
    format!("ROLLBACK;BEGIN;{}{sql}COMMIT;", become_user(settings))
}

fn set(relation: &Relation, values: &BTreeMap<i16, Option<String>>) -> String {
    let each = values.iter().filter_map(|(number, value)| {
        let column = relation.column(*number)?;
        let name = identifier(&column.name);
        Some(format!("{name} = {}", nullable(value.as_deref())))
    });
    each.collect::<Vec<_>>().join(", ")
}

fn insert(relation: &Relation, table: &str, values: &BTreeMap<i16, Option<String>>) -> String {
    let known = values.iter().filter_map(|(number, value)| {
        let column = relation.column(*number)?;
        (column.generated != Generated::Expression)
            .then(|| (identifier(&column.name), nullable(value.as_deref())))
    });
    let (names, values): (Vec<String>, Vec<String>) = known.unzip();
    format!(
        "INSERT INTO {table} ({}) OVERRIDING SYSTEM VALUE VALUES ({});",
        names.join(", "),
        values.join(", ")
    )
}
