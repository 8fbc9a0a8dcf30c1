//! Asks a migrated database, as a superuser and without leaving a trace, what a rehearsal wants to know of it.
use super::ObserveError;
use crate::catalog::{Catalog, Generated, Oid, Relation, RelationKind};
use crate::event::CheckResult;
use crate::server::Session;
use crate::sql::{identifier, literal};
use crate::sqlstate::SqlState;
use std::collections::BTreeMap;
use tokio_postgres::SimpleQueryMessage;

/// A rehearsal's tables have some dozens of rows.
const UPDATES_LIMIT: &str = "20s";

/// Asks a verification query and takes back whatever it did.
pub async fn ask(session: &Session, sql: &str) -> Result<CheckResult, ObserveError> {
    let client = session.client();
    let lost = |source| ObserveError::Prepare { source };
    client.batch_execute("BEGIN").await.map_err(lost)?;
    let answer = client.simple_query(sql).await;
    client.batch_execute("ROLLBACK").await.map_err(lost)?;
    let messages = match answer {
        Ok(messages) => messages,
        Err(error) => {
            let Some(db) = error.as_db_error() else {
                return Err(lost(error));
            };
            let state = SqlState::from(db.code());
            let text = format!("{} (SQLSTATE {})", db.message(), state.code());
            return Ok(CheckResult::Refused(text));
        }
    };
    let mut rows = messages.iter().filter_map(|message| match message {
        SimpleQueryMessage::Row(row) => Some(row),
        _ => None,
    });
    let first = rows.next().and_then(|row| row.get(0)).unwrap_or("no row");
    Ok(match (first, rows.next()) {
        ("t", None) => CheckResult::Holds,
        ("f", None) => CheckResult::Fails("false".to_owned()),
        ("t", Some(_)) => CheckResult::Fails("more than one row".to_owned()),
        (other, _) => CheckResult::Fails(other.to_owned()),
    })
}

/// Constraints that were not checked for the rows that were there, and indexes that an interrupted build left behind.
pub async fn unvalidated(session: &Session) -> Result<Vec<(String, String)>, ObserveError> {
    let sql = "select n.nspname || '.' || c.relname, 'constraint ' || k.conname
        from pg_constraint k join pg_class c on c.oid = k.conrelid join pg_namespace n on n.oid = c.relnamespace
        where not k.convalidated and c.oid >= 16384
      union all
        select n.nspname || '.' || c.relname, 'index ' || i.indexrelid::regclass::text
        from pg_index i join pg_class c on c.oid = i.indrelid join pg_namespace n on n.oid = c.relnamespace
        where not i.indisvalid and c.oid >= 16384
      order by 1, 2";
    let rows = session
        .client()
        .query(sql, &[])
        .await
        .map_err(|source| ObserveError::Prepare { source })?;
    Ok(rows.iter().map(|row| (row.get(0), row.get(1))).collect())
}

/// How the rows of one table took an update that changes nothing.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Updates {
    pub tried: u64,
    pub refused: u64,
    /// Why the first of them was refused.
    pub reason: Option<String>,
}

/// How updates of all rows go, by table: every column that may be set is set to what it holds, so that only a trigger or a
/// constraint that the row breaks can refuse. Tables whose trials take too long are left out.
pub async fn updates(
    session: &Session,
    catalog: &Catalog,
) -> Result<BTreeMap<Oid, Updates>, ObserveError> {
    let client = session.client();
    let lost = |source| ObserveError::Prepare { source };
    let is_own = |r: &&Relation| !r.platform && r.kind == RelationKind::Table;
    let mut out = BTreeMap::new();
    for relation in catalog.relations.iter().filter(is_own) {
        let Some(sets) = sets(relation) else {
            continue;
        };
        let sql = updates_sql(&relation.qualified(), &sets);
        let answer = client.simple_query(&sql).await;
        client.batch_execute("ROLLBACK").await.map_err(lost)?;
        let messages = match answer {
            Ok(messages) => messages,
            Err(error) if error.as_db_error().is_some() => continue,
            Err(error) => return Err(lost(error)),
        };
        for message in &messages {
            if let SimpleQueryMessage::Row(row) = message {
                let number = |at| row.get(at).and_then(|text| text.parse().ok());
                let reason = row.get(2).filter(|reason| !reason.is_empty());
                let updates = Updates {
                    tried: number(0).unwrap_or(0),
                    refused: number(1).unwrap_or(0),
                    reason: reason.map(str::to_owned),
                };
                out.insert(relation.oid, updates);
            }
        }
    }
    Ok(out)
}

/// Updates the rows of a table one by one, and takes each update back at once: what a trigger does for one must not be seen
/// by the next. The statements are built at run time, because names of columns would be mixed up with those of variables
/// (<https://www.postgresql.org/docs/current/plpgsql-implementation.html#PLPGSQL-VAR-SUBST>). OTHERS does not catch a failed
/// ASSERT (<https://www.postgresql.org/docs/current/plpgsql-control-structures.html#PLPGSQL-ERROR-TRAPPING>).
fn updates_sql(table: &str, sets: &str) -> String {
    let rows = literal(&format!("SELECT ctid FROM ONLY {table}"));
    let update = literal(&format!("UPDATE ONLY {table} SET {sets} WHERE ctid = $1"));
    let body = literal(&format!(
        "DECLARE
           place tid; changed bigint; tried bigint := 0; refused bigint := 0; reason text := '';
         BEGIN
           FOR place IN EXECUTE {rows} LOOP
             tried := tried + 1;
             BEGIN
               EXECUTE {update} USING place;
               GET DIAGNOSTICS changed = ROW_COUNT;
               SET CONSTRAINTS ALL IMMEDIATE;
               RAISE EXCEPTION USING ERRCODE = 'WT000';
             EXCEPTION
               WHEN SQLSTATE 'WT000' THEN
                 IF changed = 0 THEN refused := refused + 1; END IF;
               WHEN OTHERS OR assert_failure THEN
                 refused := refused + 1;
                 IF reason = '' THEN reason := SQLERRM || ' (SQLSTATE ' || SQLSTATE || ')'; END IF;
             END;
           END LOOP;
           PERFORM set_config('watertight.tried', tried::text, true),
             set_config('watertight.refused', refused::text, true), set_config('watertight.reason', reason, true);
         END"
    ));
    format!(
        "BEGIN; SET LOCAL statement_timeout = '{UPDATES_LIMIT}'; DO {body};
         SELECT current_setting('watertight.tried'), current_setting('watertight.refused'), current_setting('watertight.reason')"
    )
}

fn sets(relation: &Relation) -> Option<String> {
    let settable = relation
        .columns
        .iter()
        .filter(|c| c.generated == Generated::No && !relation.primary_key.contains(&c.number));
    let sets: Vec<String> = settable
        .map(|c| format!("{0} = {0}", identifier(&c.name)))
        .collect();
    (!sets.is_empty()).then(|| sets.join(", "))
}

/// How many rows every table has.
pub async fn counts(session: &Session) -> Result<BTreeMap<String, usize>, ObserveError> {
    let sql = "select n.nspname || '.' || c.relname,
        (xpath('/row/n/text()', query_to_xml(format('select count(*) as n from only %I.%I', n.nspname, c.relname), false, true, '')))[1]::text::bigint
      from pg_class c join pg_namespace n on n.oid = c.relnamespace
      where c.relkind = 'r' and c.oid >= 16384 and n.nspname <> 'watertight'";
    let rows = session
        .client()
        .query(sql, &[])
        .await
        .map_err(|source| ObserveError::Prepare { source })?;
    let count = |row: &tokio_postgres::Row| {
        let count: i64 = row.get(1);
        (row.get(0), usize::try_from(count).unwrap_or(0))
    };
    Ok(rows.iter().map(count).collect())
}
