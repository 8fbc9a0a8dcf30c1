//! Remembers where sequences stand and puts them back: no ROLLBACK does, for a number that was drawn stays drawn
//! (<https://www.postgresql.org/docs/current/functions-sequence.html>).
use super::error::LoadError;
use crate::sql::literal;
use std::fmt::Write;
use tokio_postgres::Client;

/// Where every sequence stands, and whether a column draws from it by itself. What has never drawn stands before its start.
const STANDING: &str = "
SELECT format('%I.%I', n.nspname, c.relname), coalesce(s.last_value, s.start_value), s.last_value IS NOT NULL,
  EXISTS (
    SELECT FROM pg_catalog.pg_depend d
    WHERE d.classid = 'pg_catalog.pg_class'::regclass AND d.objid = c.oid AND d.deptype IN ('a', 'i')
      AND d.refclassid = 'pg_catalog.pg_class'::regclass
    UNION ALL
    SELECT FROM pg_catalog.pg_depend d
    WHERE d.classid = 'pg_catalog.pg_attrdef'::regclass AND d.refclassid = 'pg_catalog.pg_class'::regclass
      AND d.refobjid = c.oid
  )
FROM pg_catalog.pg_sequences s
JOIN pg_catalog.pg_namespace n ON n.nspname = s.schemaname
JOIN pg_catalog.pg_class c ON c.relnamespace = n.oid AND c.relname = s.sequencename
ORDER BY 1";

/// Where one sequence stands.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Counter {
    name: String,
    at: i64,
    drawn: bool,
    /// Numbers the rows of a table: its gaps are everybody's, in every schema, and tell next to nothing.
    of_column: bool,
}

/// Every sequence of the database.
pub async fn counters(client: &Client) -> Result<Vec<Counter>, LoadError> {
    let doing = LoadError::while_doing("looking where the sequences stand");
    let rows = client.query(STANDING, &[]).await.map_err(doing)?;
    let each = rows.iter().map(|row| Counter {
        name: row.get(0),
        at: row.get(1),
        drawn: row.get(2),
        of_column: row.get(3),
    });
    Ok(each.collect())
}

/// The statement that puts the sequences where they stood in this world: those that number the rows of a table where they
/// stood in the `last` of the worlds, so that two worlds do not differ in the numbers that rows get.
pub fn restoring(here: &[Counter], last: &[Counter]) -> String {
    let mut out = String::new();
    for counter in here {
        let same = last.iter().find(|other| other.name == counter.name);
        let from = same.filter(|_| counter.of_column).unwrap_or(counter);
        let name = literal(&counter.name);
        // Writing to a String never fails.
        let _ = write!(out, "SELECT setval({name}, {}, {});", from.at, from.drawn);
    }
    out
}
