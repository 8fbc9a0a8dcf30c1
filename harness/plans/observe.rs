//! Asks the server for the plan of one statement, as a tenant's role, and leaves nothing behind.
use super::error::PlanError;
use super::plan::Plan;
use crate::sql::{identifier, literal};
use tokio_postgres::{Client, SimpleQueryMessage};

/// Who asks.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Caller {
    /// For people: `org_a's owner`.
    pub name: String,
    /// The role that the session takes. The session itself may be a superuser's: row security goes by the role that was
    /// taken (<https://www.postgresql.org/docs/current/ddl-rowsecurity.html>).
    pub role: String,
    /// Names and values of the settings that identify the caller.
    pub settings: Vec<(String, String)>,
}

impl Caller {
    /// What a transaction begins with that is this caller's.
    fn identify(&self) -> String {
        let mut text = format!("SET LOCAL ROLE {};", identifier(&self.role));
        for (name, value) in &self.settings {
            let (name, value) = (literal(name), literal(value));
            text.push_str(&format!("SELECT set_config({name},{value},true);"));
        }
        text
    }
}

/// How the question is put.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Asking {
    /// The plan that the server would take if reading whole tables were dear: a table of forty rows shows then what one of
    /// a million would. An index is read by a condition or not at all, so that no cost decides: of few rows, reading all of
    /// one that has every column is often the cheapest. The statement is not run.
    Structure,
    /// The same, but an index may be read whole.
    StructureWhole,
    /// The same as that, and the statement runs, so that rows are counted too.
    StructureRun,
    /// What the server does by its statistics. It runs twice and the second time counts: the first fills caches.
    Measured,
    /// The same, run once: for sessions that are warm, and for statements that cannot run twice.
    Once,
}

impl Asking {
    fn settings(self) -> &'static str {
        match self {
            // Without a condition, and where no order is asked for, an index is of use only when it answers alone
            // (https://www.postgresql.org/docs/current/indexes-index-only-scans.html).
            Asking::Structure => {
                "SET LOCAL enable_seqscan = off;SET LOCAL enable_indexonlyscan = off;"
            }
            Asking::StructureWhole | Asking::StructureRun => "SET LOCAL enable_seqscan = off;",
            Asking::Measured | Asking::Once => "",
        }
    }

    fn options(self) -> &'static str {
        match self {
            Asking::Structure | Asking::StructureWhole => "VERBOSE, COSTS OFF, FORMAT JSON",
            _ => "ANALYZE, BUFFERS, VERBOSE, COSTS OFF, TIMING OFF, FORMAT JSON",
        }
    }

    fn times(self) -> usize {
        match self {
            Asking::Measured => 2,
            _ => 1,
        }
    }
}

/// The plan of a statement, in a transaction of its own that is rolled back. Whatever transaction the session is in ends.
///
/// # Errors
/// The statement is refused, or the server is gone.
pub async fn explain(
    client: &Client,
    caller: &Caller,
    statement: &str,
    asking: Asking,
) -> Result<Plan, PlanError> {
    let asked = question(caller, statement, asking);
    // The leading ROLLBACK ends what an error before left open; outside of a transaction it only warns.
    let message = format!("ROLLBACK;BEGIN;{asked}ROLLBACK;");
    let rows = answer(client, &message, statement).await?;
    last_plan(&rows, statement)
}

/// The plan of a statement inside of the transaction that the session is in, which goes on as if nothing had been asked:
/// what was changed in it before, an index or a policy, is what the plan is of.
///
/// # Errors
/// The statement is refused, or the server is gone. After a refusal the transaction goes on as well.
pub async fn explain_within(
    client: &Client,
    caller: &Caller,
    statement: &str,
    asking: Asking,
) -> Result<Plan, PlanError> {
    let asked = question(caller, statement, asking);
    let rows = within(client, &asked, statement).await?;
    last_plan(&rows, statement)
}

/// The rows that a caller gets, inside of the transaction that the session is in, which goes on as before.
///
/// # Errors
/// As those of [`explain_within`].
pub(super) async fn ask_within(
    client: &Client,
    caller: &Caller,
    statement: &str,
) -> Result<Rows, PlanError> {
    let asked = format!("{}{statement};", caller.identify());
    let mut rows = within(client, &asked, statement).await?;
    // One row for each setting comes first.
    Ok(rows.split_off(caller.settings.len()))
}

/// What the session's own user gets, as [`ask_within`].
pub(super) async fn own_rows(client: &Client, statement: &str) -> Result<Rows, PlanError> {
    let nobody = Caller {
        // SET ROLE none goes back to the session's own user (https://www.postgresql.org/docs/current/sql-set-role.html).
        role: "none".to_owned(),
        ..Caller::default()
    };
    ask_within(client, &nobody, statement).await
}

pub(super) type Rows = Vec<Vec<Option<String>>>;

async fn within(client: &Client, asked: &str, statement: &str) -> Result<Rows, PlanError> {
    // Rolling back to a savepoint also takes back what SET LOCAL did after it.
    let back = "ROLLBACK TO SAVEPOINT watertight_asked;RELEASE SAVEPOINT watertight_asked;";
    let message = format!("SAVEPOINT watertight_asked;{asked}{back}");
    let answered = answer(client, &message, statement).await;
    if let Err(PlanError::Refused { .. }) = answered {
        let ended = client.batch_execute(back).await;
        ended.map_err(|source| PlanError::of(statement, source))?;
    }
    answered
}

fn question(caller: &Caller, statement: &str, asking: Asking) -> String {
    // Workers divide rows and blocks among themselves differently each time, and compiling expressions is no part of a plan.
    let steady = "SET LOCAL jit = off;SET LOCAL max_parallel_workers_per_gather = 0;";
    let statement = statement.trim().trim_end_matches(';');
    let explained = format!("EXPLAIN ({}) {statement};", asking.options());
    format!(
        "{steady}{}{}{}",
        asking.settings(),
        caller.identify(),
        explained.repeat(asking.times())
    )
}

async fn answer(client: &Client, message: &str, statement: &str) -> Result<Rows, PlanError> {
    let answered = client.simple_query(message).await;
    let messages = answered.map_err(|source| PlanError::of(statement, source))?;
    let row = |message: &SimpleQueryMessage| match message {
        SimpleQueryMessage::Row(row) => Some(
            (0..row.len())
                .map(|at| row.get(at).map(str::to_owned))
                .collect(),
        ),
        _ => None,
    };
    Ok(messages.iter().filter_map(row).collect())
}

/// The last row of an answer is the plan: those before it are of settings, or of a run that filled caches.
fn last_plan(rows: &Rows, statement: &str) -> Result<Plan, PlanError> {
    let json = rows.last().and_then(|row| row.first()?.as_deref());
    let json = json.ok_or_else(|| PlanError::unreadable(statement, "no plan was answered"))?;
    Plan::read(json).map_err(|reason| PlanError::unreadable(statement, reason))
}
