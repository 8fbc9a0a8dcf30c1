//! Makes the roles that migrations need and do not make, as an administrator does in production before they run.
use super::ApplyError;
use crate::migrations::{Migrations, Note};
use crate::sql::identifier;
use tokio_postgres::Client;

/// Makes each role that is missing on the server, without the right to log in, and tells of it.
pub(super) async fn make(
    client: &Client,
    migrations: &Migrations,
) -> Result<Vec<Note>, ApplyError> {
    let outsiders = migrations.outsiders();
    let lost = |error| ApplyError::server("making a role that the migrations need", error);
    let names: Vec<&String> = outsiders.keys().collect();
    let missing = client
        .query(
            "select name from unnest($1::text[]) name where not exists (select from pg_catalog.pg_roles where rolname = name)",
            &[&names],
        )
        .await
        .map_err(lost)?;
    let mut notes = Vec::new();
    for row in missing {
        let name: String = row.get(0);
        // Another database of the same server may be migrated at the same time.
        let sql = format!(
            "do $make$ begin create role {}; exception when duplicate_object or unique_violation then null; end $make$",
            identifier(&name)
        );
        client.batch_execute(&sql).await.map_err(lost)?;
        notes.push(Note {
            place: migrations.place(outsiders[&name]),
            text: format!("the role {name} is made first, because no migration makes it"),
        });
    }
    Ok(notes)
}
