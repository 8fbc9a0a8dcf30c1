//! Switches the recording of who made what on and off.
use super::ApplyError;
use crate::migrations::Migrations;
use tokio_postgres::Client;
use tokio_postgres::error::SqlState;

const INSTALL: &str = include_str!("provenance.sql");

/// Installs the recording in the database. False where the user may not create event triggers, which only superusers may
/// (<https://www.postgresql.org/docs/current/sql-createeventtrigger.html>).
pub(super) async fn install(client: &Client, migrations: &Migrations) -> Result<bool, ApplyError> {
    // One message is one transaction, so a refusal leaves nothing behind.
    let platform = (0..migrations.statements.len())
        .filter(|&statement| migrations.is_platform(statement))
        .count();
    let install = format!(
        "{INSTALL}; truncate watertight.facts; insert into watertight.facts values ({platform})"
    );
    match client.batch_execute(&install).await {
        Ok(()) => Ok(true),
        Err(error) if error.code() == Some(&SqlState::INSUFFICIENT_PRIVILEGE) => Ok(false),
        Err(error) => Err(ApplyError::server(
            "preparing to record which statement makes which object",
            error,
        )),
    }
}

/// Ends the recording: what the harness itself does later is no migration, and must not pay for the triggers.
pub(super) async fn stop(client: &Client) -> Result<(), ApplyError> {
    client
        .batch_execute(
            "reset session authorization; reset role; reset all;
             drop event trigger if exists watertight_record_command;
             drop event trigger if exists watertight_record_drop",
        )
        .await
        .map_err(|error| {
            ApplyError::server(
                "ending the record of which statement made which object",
                error,
            )
        })
}
