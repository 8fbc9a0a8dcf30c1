//! What the database that is migrated is called, and the settings that migrations gave it.
use super::{ApplyError, Run};
use tokio_postgres::Client;

/// Takes over what `ALTER DATABASE … SET` set, as a session that begins now would: RESET goes back to what it was when the session
/// began (https://www.postgresql.org/docs/current/sql-reset.html).
pub(super) const DATABASE_SETTINGS: &str = "do $$ declare one text; begin
  for one in
    select unnest(s.setconfig) from pg_db_role_setting s join pg_database d on d.oid = s.setdatabase
    where d.datname = current_database() and s.setrole = 0
  loop
    perform set_config(split_part(one, '=', 1), substr(one, strpos(one, '=') + 1), false);
  end loop;
end $$";

/// What the database's own settings are, however they were made: a DO block may have run the ALTER DATABASE.
pub(super) async fn settings_kept(client: &Client) -> Result<Vec<(String, String)>, ApplyError> {
    let query = "select split_part(one, '=', 1), format('select set_config(%L, %L, false)', split_part(one, '=', 1), substr(one, strpos(one, '=') + 1))
                 from pg_db_role_setting s join pg_database d on d.oid = s.setdatabase, unnest(s.setconfig) one
                 where d.datname = current_database() and s.setrole = 0";
    let rows = client
        .query(query, &[])
        .await
        .map_err(|error| ApplyError::server("asking for the database's settings", error))?;
    Ok(rows.iter().map(|row| (row.get(0), row.get(1))).collect())
}

/// The first version with the privilege MAINTAIN (<https://www.postgresql.org/docs/17/ddl-priv.html>), which dumps of it name.
pub(super) const MAINTAIN_SINCE: i32 = 170_000;

/// The name of the database that is migrated, and the server's version.
pub(super) async fn current_database(client: &Client) -> Result<(String, i32), ApplyError> {
    let query = "select current_database()::text, current_setting('server_version_num')::int";
    let row = client
        .query_one(query, &[])
        .await
        .map_err(|error| ApplyError::server("asking for the database's name", error))?;
    Ok((row.get(0), row.get(1)))
}

impl<P: FnMut(usize, usize)> Run<'_, P> {
    /// Runs a GRANT or REVOKE without the privilege that this server does not have: nothing where it names no other.
    pub(super) async fn unmaintained(
        &mut self,
        statement: usize,
        sql: &str,
    ) -> Result<(), ApplyError> {
        const REASON: &str = "this version of PostgreSQL has no privilege MAINTAIN";
        if sql.is_empty() {
            self.skip(statement, REASON);
            return Ok(());
        }
        let received = self.guarded(statement, sql).await?;
        if received.is_ok() {
            self.note(statement, format!("applied without MAINTAIN: {REASON}"));
        }
        self.settle(statement, received)
    }
}
