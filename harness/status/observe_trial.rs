//! Tries whether one column can be changed: gives rows to other owners and looks what becomes of them.
//!
//! Each trial is a superuser's, in a transaction of its own that is rolled back. Foreign keys sleep in it, so that a refusal
//! is a trigger's and not that of a child that stayed behind.
use super::model::Immutable;
use super::observe::{Callers, rows};
use crate::catalog::{Catalog, Relation, RelationKind};
use crate::server::ServerError;
use crate::sql::{identifier, literal, qualified};
use crate::sqlstate::SqlState;
use crate::tenancy::{ColumnRef, KeyId, Tenancy};
use std::collections::BTreeSet;
use tokio_postgres::{Client, SimpleQueryMessage};

/// Rows of a table that are tried, and other owners for each.
const MOST_ROWS: usize = 3;
const MOST_OWNERS: usize = 2;

/// A trigger of one row takes milliseconds.
const TRIAL_LIMIT: &str = "5s";

const TRYING: &str = "trying whether rows can be given to others";

/// One column that may or may not be changed.
pub(super) struct Trial<'a> {
    table: String,
    column: String,
    key: KeyId,
    /// Where other owners are found.
    owners: String,
    /// Makes the table's own triggers fire while foreign keys sleep.
    awake: String,
    /// Something of the table's own runs on UPDATE.
    guarded: bool,
    callers: &'a Callers,
}

/// A row and whose it is.
struct Standing {
    place: String,
    owner: String,
}

/// What a trial gave, and whether another one could tell more.
struct Answer {
    held: Immutable,
    next: Next,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Next {
    /// Nothing else is worth trying.
    Done,
    /// The same in a table without other rows: one of them has the value already.
    Alone,
    /// Another row, another owner, another caller.
    Other,
}

impl Answer {
    fn of(held: Immutable) -> Answer {
        let next = match held {
            Immutable::Frozen | Immutable::Unproven(_) => Next::Other,
            _ => Next::Done,
        };
        Answer { held, next }
    }

    fn hindered(state: SqlState) -> Answer {
        let code = state.code();
        let held = Immutable::Unproven(format!("something else was in the way (SQLSTATE {code})"));
        let next = match state {
            SqlState::UniqueViolation | SqlState::ExclusionViolation => Next::Alone,
            // What took too long once takes too long again.
            SqlState::QueryCanceled => Next::Done,
            _ => Next::Other,
        };
        Answer { held, next }
    }
}

/// How one update ended.
enum Outcome {
    /// The values that the updated rows have in the column.
    Rows(Vec<String>),
    Refused(SqlState),
    /// A constraint that has nothing to do with who may change what.
    Hindered(SqlState),
}

impl<'a> Trial<'a> {
    pub fn of(
        catalog: &Catalog,
        tenancy: &Tenancy,
        at: ColumnRef,
        key: KeyId,
        callers: &'a Callers,
    ) -> Option<Trial<'a>> {
        let relation = catalog.relation(at.relation)?;
        let kinds = [RelationKind::Table, RelationKind::Partitioned];
        if !kinds.contains(&relation.kind) {
            return None;
        }
        let column = identifier(&relation.column(at.column)?.name);
        let table = qualified(&relation.schema, &relation.name);
        let root = tenancy.keys[key.0].root.and_then(|root| {
            let relation = catalog.relation(root.relation)?;
            let column = identifier(&relation.column(root.column)?.name);
            Some((relation.qualified(), column))
        });
        let (from, owner) = root.unwrap_or_else(|| (table.clone(), column.clone()));
        let family = family(catalog, relation);
        Some(Trial {
            owners: format!("SELECT DISTINCT {owner}::text FROM {from} WHERE {owner}::text <>"),
            awake: family.iter().map(|relation| awake(relation)).collect(),
            guarded: family.iter().any(|relation| is_guarded(relation)),
            table,
            column,
            key,
            callers,
        })
    }

    pub async fn run(&self, client: &Client) -> Result<Immutable, ServerError> {
        let (table, column) = (&self.table, &self.column);
        let sql = format!(
            "SELECT tableoid::oid, ctid, {column}::text FROM {table} WHERE {column} IS NOT NULL LIMIT {MOST_ROWS}"
        );
        let mut last = Immutable::Unproven("no row has a value there".to_owned());
        for row in rows(client, "looking for rows to try", &sql).await? {
            let [Some(relation), Some(ctid), Some(owner)] = &row[..] else {
                continue;
            };
            let standing = Standing {
                place: format!("tableoid = {relation} AND ctid = {}", literal(ctid)),
                owner: owner.clone(),
            };
            let sql = format!(
                "{} {} ORDER BY 1 LIMIT {MOST_OWNERS}",
                self.owners,
                literal(owner)
            );
            let others = rows(client, "looking for other owners", &sql).await?;
            if others.is_empty() {
                last = Immutable::Unproven("there is only one owner".to_owned());
            }
            for other in others.into_iter().flatten().flatten() {
                let answer = self.give(client, &standing, &other).await?;
                last = answer.held;
                if answer.next == Next::Done || !matches!(last, Immutable::Unproven(_)) {
                    return Ok(last);
                }
            }
        }
        Ok(last)
    }

    /// Gives the row to another owner: as its owner's user, and where nothing works as that one, as nobody.
    async fn give(
        &self,
        client: &Client,
        row: &Standing,
        other: &str,
    ) -> Result<Answer, ServerError> {
        let caller = self.callers.get(&(self.key, row.owner.clone()));
        if let Some(settings) = caller {
            let answer = self.give_as(client, row, other, settings).await?;
            if answer.next == Next::Done {
                return Ok(answer);
            }
        }
        self.give_as(client, row, other, &[]).await
    }

    async fn give_as(
        &self,
        client: &Client,
        row: &Standing,
        other: &str,
        settings: &[(String, String)],
    ) -> Result<Answer, ServerError> {
        let answer = self.attempt(client, row, other, settings, false).await?;
        match answer.next {
            Next::Alone => self.attempt(client, row, other, settings, true).await,
            Next::Done | Next::Other => Ok(answer),
        }
    }

    async fn attempt(
        &self,
        client: &Client,
        row: &Standing,
        other: &str,
        settings: &[(String, String)],
        alone: bool,
    ) -> Result<Answer, ServerError> {
        let answer = match self.begin(client, row, settings, alone).await? {
            None => self.compare(client, row, other).await,
            Some(state) => Ok(Answer::of(Immutable::Unproven(format!(
                "the trial could not begin (SQLSTATE {})",
                state.code()
            )))),
        };
        let ended = client.batch_execute("ROLLBACK").await;
        ended.map_err(|error| ServerError::of(TRYING, &error))?;
        answer
    }

    /// The SQLSTATE when the transaction cannot be made ready.
    async fn begin(
        &self,
        client: &Client,
        row: &Standing,
        settings: &[(String, String)],
        alone: bool,
    ) -> Result<Option<SqlState>, ServerError> {
        let mut sql = format!(
            "BEGIN; SET LOCAL statement_timeout = '{TRIAL_LIMIT}'; SET LOCAL session_replication_role = replica;\n"
        );
        if alone {
            let (table, place) = (&self.table, &row.place);
            sql.push_str(&format!("DELETE FROM {table} WHERE NOT ({place});\n"));
        }
        sql.push_str(&self.awake);
        for (name, value) in settings {
            let (name, value) = (literal(name), literal(value));
            sql.push_str(&format!("SELECT set_config({name}, {value}, true);\n"));
        }
        sql.push_str("SAVEPOINT before");
        match client.simple_query(&sql).await {
            Ok(_) => Ok(None),
            Err(error) => refusal(&error).map(|outcome| match outcome {
                Outcome::Refused(state) | Outcome::Hindered(state) => Some(state),
                Outcome::Rows(_) => None,
            }),
        }
    }

    /// The same update twice: once leaving the owner as it is, once not.
    async fn compare(
        &self,
        client: &Client,
        row: &Standing,
        other: &str,
    ) -> Result<Answer, ServerError> {
        match self.update(client, row, &self.column).await? {
            Outcome::Rows(kept) if !kept.is_empty() => {}
            Outcome::Rows(_) | Outcome::Refused(_) => return Ok(Answer::of(Immutable::Frozen)),
            Outcome::Hindered(state) => return Ok(Answer::hindered(state)),
        }
        let back = client.batch_execute("ROLLBACK TO before").await;
        back.map_err(|error| ServerError::of(TRYING, &error))?;
        let held = match self.update(client, row, &literal(other)).await? {
            Outcome::Rows(now) if now.iter().any(|owner| owner == other) => Immutable::No,
            Outcome::Rows(now) if now.iter().all(|owner| *owner == row.owner) => Immutable::PutBack,
            Outcome::Rows(_) => Immutable::No,
            Outcome::Refused(state) => Immutable::Refused(state.code().to_owned()),
            // Nothing of the table's own could have refused it.
            Outcome::Hindered(_) if !self.guarded => Immutable::No,
            Outcome::Hindered(state) => return Ok(Answer::hindered(state)),
        };
        Ok(Answer::of(held))
    }

    async fn update(
        &self,
        client: &Client,
        row: &Standing,
        value: &str,
    ) -> Result<Outcome, ServerError> {
        let (table, column, place) = (&self.table, &self.column, &row.place);
        // Constraint triggers that wait for the end are asked at once.
        let sql = format!(
            "UPDATE {table} SET {column} = {value} WHERE {place} RETURNING {column}::text; SET CONSTRAINTS ALL IMMEDIATE"
        );
        match client.simple_query(&sql).await {
            Ok(messages) => Ok(Outcome::Rows(
                messages
                    .iter()
                    .filter_map(|message| match message {
                        SimpleQueryMessage::Row(row) => Some(row.get(0)?.to_owned()),
                        _ => None,
                    })
                    .collect(),
            )),
            Err(error) => refusal(&error),
        }
    }
}

/// What the server's refusal means; an error when it was no refusal.
fn refusal(error: &tokio_postgres::Error) -> Result<Outcome, ServerError> {
    let failure = ServerError::of(TRYING, error);
    let Some(refused) = error.as_db_error().filter(|_| !failure.is_gone()) else {
        return Err(failure);
    };
    let state = SqlState::from(refused.code());
    // A constraint names itself; RAISE in a trigger does not, whatever code it takes. Resources, limits and what the
    // server cannot do (classes 0A, 53, 54 and 57) say nothing of owners either.
    let constraint = state.code().starts_with("23")
        && (refused.constraint().is_some() || refused.column().is_some());
    let limit = ["0A", "53", "54", "57"];
    let hindered = constraint || limit.iter().any(|class| state.code().starts_with(class));
    Ok(match hindered {
        true => Outcome::Hindered(state),
        false => Outcome::Refused(state),
    })
}

/// The relation and everything below it: triggers fire where the row stands.
fn family<'c>(catalog: &'c Catalog, relation: &'c Relation) -> Vec<&'c Relation> {
    let mut found = vec![relation];
    let mut seen = BTreeSet::from([relation.oid]);
    let mut at = 0;
    while let Some(parent) = found.get(at).map(|relation| relation.oid) {
        let fresh: Vec<&Relation> = catalog
            .children(parent)
            .filter(|r| seen.insert(r.oid))
            .collect();
        found.extend(fresh);
        at += 1;
    }
    found
}

/// With `session_replication_role = replica` only triggers that are enabled ALWAYS or REPLICA fire (PostgreSQL manual,
/// ALTER TABLE): those that fire ordinarily are made ALWAYS, and those for replicas alone are put to sleep.
fn awake(relation: &Relation) -> String {
    let table = relation.qualified();
    let change = |trigger: &crate::catalog::Trigger| {
        let state = match trigger.enabled {
            'O' => "ENABLE ALWAYS",
            'R' => "DISABLE",
            _ => return None,
        };
        let name = identifier(&trigger.name);
        Some(format!("ALTER TABLE {table} {state} TRIGGER {name};\n"))
    };
    relation.triggers.iter().filter_map(change).collect()
}

/// Bit of `pg_trigger.tgtype` for UPDATE (`TRIGGER_TYPE_UPDATE` in src/include/catalog/pg_trigger.h).
const ON_UPDATE: i16 = 1 << 4;

fn is_guarded(relation: &Relation) -> bool {
    let mut triggers = relation.triggers.iter();
    triggers.any(|t| t.kind & ON_UPDATE != 0 && t.enabled != 'D') || !relation.rules.is_empty()
}
