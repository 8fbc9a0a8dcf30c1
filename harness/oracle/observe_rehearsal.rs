//! Asks a migrated database, as a superuser and without leaving a trace, what a rehearsal wants to know of it.
use super::ObserveError;
use crate::catalog::{Catalog, Generated, Oid, Relation};
use crate::event::CheckResult;
use crate::server::Session;
use crate::sql::identifier;
use crate::sqlstate::SqlState;
use crate::world::Truth;
use std::collections::BTreeMap;
use tokio_postgres::SimpleQueryMessage;

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

/// Whether an ordinary update of a row works, by table: every column that may be set is set to what it holds, so that only
/// a trigger or a constraint that the row breaks can refuse. The refusal otherwise.
pub async fn updates(
    session: &Session,
    catalog: &Catalog,
    truth: &Truth,
) -> Result<BTreeMap<Oid, Option<String>>, ObserveError> {
    let mut out = BTreeMap::new();
    for relation in catalog.relations.iter().filter(|r| !r.platform) {
        let Some(row) = truth
            .tables
            .get(&relation.oid)
            .and_then(|rows| rows.first())
        else {
            continue;
        };
        let Some(sets) = sets(relation) else {
            continue;
        };
        let client = session.client();
        let table = relation.qualified();
        let sql = format!(
            "BEGIN; UPDATE ONLY {table} SET {sets} WHERE ctid = '{}'",
            row.ctid
        );
        let refused = match client.batch_execute(&sql).await {
            Ok(()) => None,
            Err(error) => match error.as_db_error() {
                Some(db) => {
                    let state = SqlState::from(db.code());
                    Some(format!("{} (SQLSTATE {})", db.message(), state.code()))
                }
                None => return Err(ObserveError::Prepare { source: error }),
            },
        };
        let lost = |source| ObserveError::Prepare { source };
        client.batch_execute("ROLLBACK").await.map_err(lost)?;
        out.insert(relation.oid, refused);
    }
    Ok(out)
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
