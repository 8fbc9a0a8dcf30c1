//! Runs the script of a saved case on a scratch database, rolls it back, and says what it said.
use super::observe::{committed, results};
use super::observe_error::ObserveError;
use crate::server::{Session, told};
use crate::sqlstate::SqlState;
use std::collections::BTreeSet;

/// What a script came to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Answer {
    /// It raised the SQLSTATE that it raises when it leaks.
    Leaks,
    /// It ran to its end.
    Holds,
    /// Something else went wrong; says what, for people.
    CannotRun(String),
}

/// Gives every role that was made in the cluster another name, so that a script must make its own. Rolled back with the
/// rest. `kept` are roles that stay as they are.
fn renaming(kept: &[String]) -> String {
    let kept: Vec<String> = kept.iter().map(|name| crate::sql::literal(name)).collect();
    let kept = match kept.is_empty() {
        true => String::new(),
        false => format!(" AND rolname NOT IN ({})", kept.join(",")),
    };
    // Roles that come with the server have oids below 16384 (FirstNormalObjectId, src/include/access/transam.h).
    format!(
        "DO $rename$ DECLARE it record; BEGIN FOR it IN SELECT oid, rolname FROM pg_roles WHERE oid >= 16384 AND rolname <> current_user{kept} LOOP EXECUTE format('ALTER ROLE %I RENAME TO %I', it.rolname, 'watertight_' || it.oid); END LOOP; END $rename$;"
    )
}

/// Runs a script's transaction among nothing but PostgreSQL's own roles. `leaks` is the SQLSTATE that it raises then.
pub async fn ask_afresh(
    session: &Session,
    script: &str,
    kept: &[String],
    leaks: &str,
) -> Result<Answer, ObserveError> {
    let message = format!("{}{script}", renaming(kept));
    ask(session, &message, leaks).await
}

/// Runs a script's transaction on what is there.
pub async fn ask(session: &Session, script: &str, leaks: &str) -> Result<Answer, ObserveError> {
    let message = format!("BEGIN;SET LOCAL client_min_messages = warning;{script}");
    told_of(session, &message, leaks).await
}

/// Runs the last part of a transaction and rolls it back.
async fn told_of(session: &Session, message: &str, leaks: &str) -> Result<Answer, ObserveError> {
    let answer = session.client().simple_query(message).await;
    let answer = match answer {
        Ok(_) => Answer::Holds,
        Err(error) => match error.as_db_error() {
            Some(found) if SqlState::from(found.code()) == SqlState::from(leaks) => Answer::Leaks,
            Some(found) => {
                let detail = found.detail().map(|detail| format!(" ({detail})"));
                let text = format!("{}{}", told(&error), detail.unwrap_or_default());
                Answer::CannotRun(text)
            }
            None => return Err(ObserveError::lost(error)),
        },
    };
    committed(session, "ROLLBACK").await?;
    // Settings of the session end with the transaction that made them, but a SET SESSION AUTHORIZATION would not.
    committed(session, "RESET SESSION AUTHORIZATION").await?;
    Ok(answer)
}

/// Builds what can be built of the statements, one after the other, and then attacks. Says which of them could be run.
pub async fn ask_leniently(
    session: &Session,
    statements: &[&str],
    attack: &str,
    kept: &[String],
    leaks: &str,
) -> Result<(Vec<bool>, Answer), ObserveError> {
    let tries: String = statements
        .iter()
        .enumerate()
        .map(|(at, text)| {
            let text = crate::sql::literal(text);
            format!(
                "BEGIN EXECUTE {text}; EXCEPTION WHEN OTHERS THEN failed := failed || {at}; END;\n"
            )
        })
        .collect();
    let message = format!(
        "BEGIN;SET LOCAL client_min_messages = error;{}DO $build$ DECLARE failed int[] := '{{}}'; BEGIN {tries} PERFORM set_config('watertight.failed', array_to_string(failed, ' '), false); END $build$;SELECT current_setting('watertight.failed');",
        renaming(kept)
    );
    let built = match session.client().simple_query(&message).await {
        Ok(built) => built,
        Err(error) if error.as_db_error().is_some() => {
            committed(session, "ROLLBACK").await?;
            let none = vec![false; statements.len()];
            return Ok((none, Answer::CannotRun(told(&error))));
        }
        Err(error) => return Err(ObserveError::lost(error)),
    };
    let failed = results(built).into_iter().next_back();
    let failed = failed.and_then(|(rows, _)| rows.into_iter().next()?.into_iter().next()?);
    let failed: BTreeSet<usize> = failed
        .unwrap_or_default()
        .split_whitespace()
        .filter_map(|number| number.parse().ok())
        .collect();
    let answer = told_of(session, attack, leaks).await?;
    let ran = (0..statements.len()).map(|at| !failed.contains(&at));
    Ok((ran.collect(), answer))
}

/// What a text that people are to paste brings: the cells of its rows, or the parts of its error with the SQLSTATE.
pub async fn pasted(session: &Session, text: &str) -> Result<Pasted, ObserveError> {
    let answer = session.client().simple_query(text).await;
    let pasted = match answer {
        Ok(messages) => Pasted {
            state: None,
            texts: results(messages)
                .into_iter()
                .flat_map(|(rows, _)| rows.into_iter().flatten().flatten())
                .collect(),
        },
        Err(error) => match error.as_db_error() {
            Some(found) => Pasted {
                state: Some(SqlState::from(found.code())),
                texts: [Some(found.message()), found.detail(), found.hint()]
                    .into_iter()
                    .flatten()
                    .map(str::to_owned)
                    .collect(),
            },
            None => return Err(ObserveError::lost(error)),
        },
    };
    committed(session, "ROLLBACK").await?;
    Ok(pasted)
}

/// Every column of the database: the relation, quoted as SQL takes it, and the name.
pub async fn columns(session: &Session) -> Result<BTreeSet<(String, String)>, ObserveError> {
    let sql = "select format('%s.%s', '\"' || replace(n.nspname, '\"', '\"\"') || '\"', '\"' || replace(c.relname, '\"', '\"\"') || '\"'), a.attname::text
               from pg_catalog.pg_attribute a join pg_catalog.pg_class c on c.oid = a.attrelid
               join pg_catalog.pg_namespace n on n.oid = c.relnamespace
               where a.attnum > 0 and not a.attisdropped and c.relkind in ('r', 'p', 'f', 'v', 'm')";
    let rows = session.client().query(sql, &[]).await;
    let rows = rows.map_err(ObserveError::lost)?;
    Ok(rows.iter().map(|row| (row.get(0), row.get(1))).collect())
}

/// What [`pasted`] brought.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Pasted {
    pub state: Option<SqlState>,
    pub texts: Vec<String>,
}
