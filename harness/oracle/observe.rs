//! Runs attacks: one message each, pipelined, every transaction rolled back.
use super::observation::{Change, Fate, Observation, Outcome, Refusal};
use super::observe_copy::copied;
use super::observe_error::ObserveError;
use crate::catalog::Oid;
use crate::probes::{Attack, Attacker, Preparation, statement};
use crate::server::{Session, ends_session};
use crate::sql::{identifier, literal, nullable};
use crate::world::Traces;
use futures_util::future::join_all;
use tokio_postgres::SimpleQueryMessage;
use tokio_postgres::error::DbError;

/// How many attacks are on their way at once. More only fills buffers: a round trip is a fraction of an attack.
const DEPTH: usize = 64;

/// One attack as the server gets it.
#[derive(Debug, Clone)]
pub struct Request {
    message: String,
    /// Results that come before the statement's own: one per preparation.
    before: usize,
    /// Whether a look follows the statement.
    looks: bool,
    /// What comes before a COPY, and the COPY.
    copy: Option<(String, String)>,
}

/// Who runs a request.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Runner<'a> {
    /// The attacker: logged in as the gateway, switched to its role.
    Attacker(&'a Attacker),
    /// A superuser with the claims of this caller: the role that may.
    Privileged(&'a Attacker),
    /// The same with triggers and foreign keys switched off.
    Unchecked(&'a Attacker),
    /// The attacker, played by a superuser who first changed the schema: shows what let a leak through.
    Played {
        by: &'a Attacker,
        login: &'a str,
        change: &'a str,
    },
}

impl Request {
    /// The attack's own statement, run by `runner`.
    pub fn of(attack: &Attack, runner: Runner) -> Request {
        Request::new(
            &attack.statement,
            &attack.preparation,
            &attack.watch,
            attack.command != crate::probes::Command::Select,
            runner,
        )
    }

    pub fn new(
        statement: &str,
        preparation: &[Preparation],
        watch: &[Oid],
        looks: bool,
        runner: Runner,
    ) -> Request {
        // The leading ROLLBACK ends whatever the previous message left, so that a failed attack costs no round trip.
        let mut message = String::from("ROLLBACK;BEGIN;");
        if let Runner::Played { change, .. } = runner {
            message.push_str(change);
        }
        message.extend(preparation.iter().map(prepare));
        message.push_str(&identify(runner));
        // A COPY goes by a protocol of its own, after what comes before it.
        let copy = statement
            .starts_with("COPY ")
            .then(|| (message.clone(), statement.to_owned()));
        message.push_str(statement);
        message.push(';');
        if looks {
            let extra: Vec<String> = watch.iter().map(Oid::to_string).collect();
            let is_erased = |step: &Preparation| matches!(step, Preparation::EraseTenant { .. });
            // Without the victim only the answer is compared: every table was written, and each look would go through all.
            let looked_at = match preparation.iter().any(is_erased) {
                true => "NULL".to_owned(),
                false => format!("'{{{}}}'", extra.join(",")),
            };
            // Checks that the schema defers to COMMIT belong to the attack's outcome.
            message.push_str(&format!(
                "SET CONSTRAINTS ALL IMMEDIATE;RESET ROLE;SELECT * FROM watertight.look({looked_at});"
            ));
        }
        Request {
            message,
            before: preparation.len(),
            looks,
            copy,
        }
    }

    pub fn message(&self) -> &str {
        &self.message
    }
}

/// What the privileged function does before the attack.
fn prepare(step: &Preparation) -> String {
    match step {
        Preparation::Erase { relation, ctid } => {
            format!("SELECT watertight.erase({relation},'{ctid}');")
        }
        Preparation::Unbind { relation } => {
            format!("SELECT watertight.unbind({relation});")
        }
        Preparation::EraseRows { relation, ctids } => {
            let quoted: Vec<String> = ctids.iter().map(|ctid| format!("\"{ctid}\"")).collect();
            format!(
                "SELECT watertight.erase_rows({relation},'{{{}}}');",
                quoted.join(",")
            )
        }
        Preparation::KeepOnly { rows } => on_rows("keep_only", rows),
        Preparation::Renew { rows } => on_rows("renew", rows),
        Preparation::Rewrite {
            relation,
            ctid,
            values,
        } => {
            let names: Vec<String> = values.iter().map(|(name, _)| literal(name)).collect();
            let values = values.iter().map(|(_, value)| nullable(value.as_deref()));
            format!(
                "SELECT watertight.rewrite({relation},'{ctid}',ARRAY[{}]::text[],ARRAY[{}]::text[]);",
                names.join(","),
                values.collect::<Vec<_>>().join(",")
            )
        }
        Preparation::Reset {
            relation,
            ctid,
            columns,
        } => {
            let names: Vec<String> = columns.iter().map(|name| literal(name)).collect();
            format!(
                "SELECT watertight.reset({relation},'{ctid}',ARRAY[{}]::text[]);",
                names.join(",")
            )
        }
        Preparation::EraseTenant { tenant } => {
            format!("SELECT watertight.erase_tenant({});", tenant.0)
        }
    }
}

/// A call with rows as an array of relations and an array of places.
fn on_rows(function: &str, rows: &[(Oid, String)]) -> String {
    let (relations, ctids): (Vec<String>, Vec<String>) = rows
        .iter()
        .map(|(relation, ctid)| (relation.to_string(), format!("\"{ctid}\"")))
        .unzip();
    format!(
        "SELECT watertight.{function}('{{{}}}','{{{}}}');",
        relations.join(","),
        ctids.join(",")
    )
}

/// Becomes the one who runs the request.
pub(super) fn identify(runner: Runner) -> String {
    match runner {
        Runner::Attacker(attacker) => format!(
            "SET LOCAL ROLE {};{}",
            identifier(&attacker.role),
            statement::settings(attacker)
        ),
        Runner::Played { by, login, .. } => format!(
            "SET LOCAL SESSION AUTHORIZATION {};SET LOCAL ROLE {};{}",
            identifier(login),
            identifier(&by.role),
            statement::settings(by)
        ),
        Runner::Privileged(caller) => statement::settings(caller),
        Runner::Unchecked(caller) => format!(
            "SET LOCAL session_replication_role = replica;{}",
            statement::settings(caller)
        ),
    }
}

/// Runs requests on one session and hands each observation over, in order.
pub async fn observe(
    session: &Session,
    requests: &[Request],
    traces: &Traces,
    each: impl FnMut(usize, Observation),
) -> Result<(), ObserveError> {
    let traced = |text: &str| traces.find(text).next().is_some();
    pipelined(session, requests, traced, each).await
}

/// The same, with whatever functions and triggers said on the side of each.
pub async fn observe_aloud(
    session: &Session,
    requests: &[Request],
    each: impl FnMut(usize, Observation),
) -> Result<(), ObserveError> {
    pipelined(session, requests, |_| true, each).await
}

async fn pipelined(
    session: &Session,
    requests: &[Request],
    matters: impl Fn(&str) -> bool,
    mut each: impl FnMut(usize, Observation),
) -> Result<(), ObserveError> {
    session.take_notices();
    for (chunk_at, chunk) in requests.chunks(DEPTH).enumerate() {
        let answers = join_all(chunk.iter().map(async |request| match request.copy {
            Some(_) => None,
            None => Some(session.client().simple_query(&request.message).await),
        }))
        .await;
        // Pipelined answers do not say which attack raised a notice. When one matters, ask again one by one.
        let telling = said(session).iter().any(|text| matters(text));
        for (at, (request, answer)) in chunk.iter().zip(answers).enumerate() {
            let observation = match answer {
                Some(answer) if !telling => read(request, answer, Vec::new())?,
                _ => alone(session, request).await?,
            };
            each(chunk_at * DEPTH + at, observation);
        }
    }
    session
        .client()
        .simple_query("ROLLBACK")
        .await
        .map_err(ObserveError::lost)?;
    Ok(())
}

/// Something that is to last, or that ends a transaction. What the server refuses is no error here: the attack that
/// follows shows what came of it.
pub async fn committed(session: &Session, message: &str) -> Result<(), ObserveError> {
    match session.client().simple_query(message).await {
        Ok(_) => Ok(()),
        Err(error) if error.as_db_error().is_some() && !session.client().is_closed() => {
            let ended = session.client().simple_query("ROLLBACK").await;
            ended.map(drop).map_err(ObserveError::lost)
        }
        Err(error) => Err(ObserveError::lost(error)),
    }
}

/// Whether the server takes a message; what it began is rolled back.
pub async fn accepts(session: &Session, message: &str) -> Result<bool, ObserveError> {
    let taken = match session.client().simple_query(message).await {
        Ok(_) => true,
        Err(error) if error.as_db_error().is_some() && !session.client().is_closed() => false,
        Err(error) => return Err(ObserveError::lost(error)),
    };
    let ended = session.client().simple_query("ROLLBACK").await;
    ended.map(|_| taken).map_err(ObserveError::lost)
}

/// One request by itself, with the notices that it raised.
pub async fn alone(session: &Session, request: &Request) -> Result<Observation, ObserveError> {
    session.take_notices();
    if let Some((opening, statement)) = &request.copy {
        return copied(session, opening, statement).await;
    }
    let answer = session.client().simple_query(&request.message).await;
    read(request, answer, said(session))
}

/// The texts of all messages on the side, without those about the transaction: a ROLLBACK outside of one warns.
fn said(session: &Session) -> Vec<String> {
    let notices = session.take_notices().into_iter();
    notices
        .filter(|notice| notice.sqlstate.class() != "25")
        .flat_map(|n| [Some(n.message), n.detail, n.hint])
        .flatten()
        .collect()
}

fn read(
    request: &Request,
    answer: Result<Vec<SimpleQueryMessage>, tokio_postgres::Error>,
    notices: Vec<String>,
) -> Result<Observation, ObserveError> {
    let messages = match answer {
        Ok(messages) => messages,
        Err(error) => return refused(error, notices),
    };
    let results = results(messages);
    // ROLLBACK, BEGIN, preparations, SET … come first; of those only the preparations give rows.
    let tail = if request.looks { 4 } else { 1 };
    let own = results
        .len()
        .checked_sub(tail)
        .ok_or(ObserveError::Truncated)?;
    let mut results = results.into_iter().skip(own);
    let (rows, count) = results.next().ok_or(ObserveError::Truncated)?;
    let changes = if request.looks {
        results
            .next_back()
            .map(|(rows, _)| rows.iter().filter_map(|row| change(row)).collect())
            .unwrap_or_default()
    } else {
        Vec::new()
    };
    debug_assert!(
        request.before <= own,
        "preparations come before the statement"
    );
    Ok(Observation {
        outcome: Outcome::Done { rows, count },
        changes,
        notices,
    })
}

/// The observation of a statement that the server refused, unless that ended the session.
pub(super) fn refused(
    error: tokio_postgres::Error,
    notices: Vec<String>,
) -> Result<Observation, ObserveError> {
    let Some(found) = error.as_db_error() else {
        return Err(ObserveError::lost(error));
    };
    let refusal = refusal(found);
    if ends_session(found) {
        return Err(ObserveError::lost(error));
    }
    Ok(Observation {
        outcome: Outcome::Refused(refusal),
        changes: Vec::new(),
        notices,
    })
}

pub(super) type Rows = Vec<Vec<Option<String>>>;

/// Splits an answer into the rows and the count of each statement.
pub(super) fn results(messages: Vec<SimpleQueryMessage>) -> Vec<(Rows, u64)> {
    let mut out = Vec::new();
    let mut rows = Vec::new();
    for message in messages {
        match message {
            SimpleQueryMessage::Row(row) => rows.push(
                (0..row.len())
                    .map(|at| row.get(at).map(str::to_owned))
                    .collect(),
            ),
            SimpleQueryMessage::CommandComplete(count) => {
                out.push((std::mem::take(&mut rows), count))
            }
            _ => {}
        }
    }
    out
}

fn change(row: &[Option<String>]) -> Option<Change> {
    let [relation, ctid, content] = row else {
        return None;
    };
    let fate = match content {
        None => Fate::Gone,
        Some(text) => match serde_json::from_str(text) {
            Ok(serde_json::Value::Object(columns)) => Fate::New(columns),
            _ => return None,
        },
    };
    Some(Change {
        relation: relation.as_deref()?.parse().ok()?,
        ctid: ctid.clone()?,
        fate,
    })
}

pub(super) fn refusal(error: &DbError) -> Refusal {
    Refusal {
        sqlstate: error.code().code().into(),
        message: error.message().to_owned(),
        detail: error.detail().map(str::to_owned),
        hint: error.hint().map(str::to_owned),
        constraint: error.constraint().map(str::to_owned),
    }
}
