//! Writes the world's rows: a table with one message, and row by row where the schema refuses that.
use super::error::LoadError;
use super::sql::{Writer, batch, become_user, find, qualified};
use crate::catalog::{Catalog, Oid};
use crate::sql::literal;
use crate::sqlstate::SqlState;
use crate::tenancy::Tenancy;
use crate::world::model::{Missing, Row, TenantId, UserId, World};
use crate::world::plan::Plan;
use crate::world::settings::settings;
use std::cell::RefCell;
use std::collections::{BTreeMap, BTreeSet};
use tokio_postgres::Client;

type Values = BTreeMap<i16, Option<String>>;

/// What is needed to write rows.
pub struct Loader<'a> {
    pub client: &'a Client,
    pub catalog: &'a Catalog,
    pub tenancy: &'a Tenancy,
    pub plan: &'a Plan,
    pub world: &'a World,
    pub missing: Vec<Missing>,
    /// Tables whose statements took too long.
    pub stuck: RefCell<BTreeMap<Oid, Stuck>>,
}

/// What is no longer tried on a table, because it never ends.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Stuck {
    InTriggers,
    Altogether,
}

/// How hard a row is pushed.
#[derive(Debug, Clone, Copy)]
struct Push {
    upsert: bool,
    /// Small numbers, for triggers and generated columns that calculate.
    tame: bool,
    /// No triggers and no foreign keys.
    replica: bool,
}

const PUSHES: [Push; 5] = [
    Push {
        upsert: true,
        tame: false,
        replica: false,
    },
    Push {
        upsert: false,
        tame: false,
        replica: false,
    },
    Push {
        upsert: false,
        tame: true,
        replica: false,
    },
    Push {
        upsert: true,
        tame: false,
        replica: true,
    },
    Push {
        upsert: false,
        tame: true,
        replica: true,
    },
];

impl Loader<'_> {
    /// Writes every row in load order, then the references that had to wait.
    pub async fn write(&mut self) -> Result<(), LoadError> {
        let world = self.world;
        for rows in world.rows.chunk_by(|a, b| a.relation == b.relation) {
            self.write_table(rows).await?;
        }
        for rows in world.rows.chunk_by(|a, b| a.relation == b.relation) {
            self.write_late(rows).await?;
        }
        Ok(())
    }

    fn writer(&self, relation: Oid) -> Option<Writer<'_>> {
        Some(Writer::new(
            find(self.catalog, relation)?,
            self.plan.table(relation)?,
        ))
    }

    async fn write_table(&mut self, rows: &[Row]) -> Result<(), LoadError> {
        let Some(writer) = rows.first().and_then(|row| self.writer(row.relation)) else {
            return Ok(());
        };
        let mut sql = "BEGIN;\n".to_owned();
        for group in rows.chunk_by(|a, b| self.actor(a) == self.actor(b)) {
            sql += &self.identify(&group[0]);
            let values: Vec<&Values> = group.iter().map(|row| &row.values).collect();
            sql += &writer.insert(&values, true, false);
        }
        sql += "COMMIT;";
        match self.run(&sql).await? {
            Ok(()) => return Ok(()),
            Err(error) => self.despair(rows[0].relation, false, &error),
        }
        for row in rows {
            if let Err(reason) = self.write_row(row).await? {
                self.lose(row, reason);
            }
        }
        Ok(())
    }

    /// The user in whose name a row is written: its own, else the first one of its tenant.
    fn actor(&self, row: &Row) -> Option<UserId> {
        let first = |tenant: TenantId| {
            let member = |user: &crate::world::User| user.tenants.first() == Some(&tenant);
            self.world.users.iter().position(member).map(UserId)
        };
        row.user.or_else(|| row.tenant.and_then(first))
    }

    fn identify(&self, row: &Row) -> String {
        match self.actor(row) {
            Some(user) => become_user(&settings(self.tenancy, self.world, user)),
            None => {
                // What the user before left must not speak for rows of nobody.
                let names: BTreeSet<&String> =
                    self.tenancy.claims.iter().map(|c| &c.setting).collect();
                let empty: Vec<_> = names
                    .into_iter()
                    .map(|n| (n.clone(), String::new()))
                    .collect();
                become_user(&empty)
            }
        }
    }

    /// Runs statements; a database error leaves the session fit for the next ones.
    async fn run(&self, sql: &str) -> Result<Result<(), tokio_postgres::Error>, LoadError> {
        match self.client.batch_execute(sql).await {
            Ok(()) => Ok(Ok(())),
            Err(error) if error.as_db_error().is_some() => {
                let doing = LoadError::while_doing("taking back a refused row");
                self.client.batch_execute("ROLLBACK").await.map_err(doing)?;
                Ok(Err(error))
            }
            Err(error) => Err(LoadError::while_doing("filling the world")(error)),
        }
    }

    /// Pushes a row ever harder. The reason of the first refusal is the one that a person understands.
    pub async fn write_row(&self, row: &Row) -> Result<Result<(), String>, LoadError> {
        let Some(writer) = self.writer(row.relation) else {
            return Ok(Err("the table is not part of the plan".to_owned()));
        };
        let mut first = None;
        for push in PUSHES {
            match self.stuck.borrow().get(&row.relation) {
                Some(Stuck::Altogether) => break,
                Some(Stuck::InTriggers) if !push.replica => continue,
                _ => {}
            }
            let values = if push.tame {
                self.tamed(row)
            } else {
                row.values.clone()
            };
            let sql = format!(
                "BEGIN;\n{}{}{}COMMIT;",
                self.identify(row),
                if push.replica { REPLICA } else { "" },
                writer.insert(&[&values], push.upsert, push.replica),
            );
            let Err(error) = self.run(&sql).await? else {
                return Ok(Ok(()));
            };
            let state = error.code().map(SqlState::from);
            if state == Some(SqlState::UniqueViolation) {
                let constraint = error
                    .as_db_error()
                    .and_then(|e| e.constraint())
                    .map(str::to_owned);
                if self.take_over(&writer, row, constraint.as_deref()).await? {
                    return Ok(Ok(()));
                }
            }
            self.despair(row.relation, push.replica, &error);
            first.get_or_insert(reason(&error));
        }
        Ok(Err(first.unwrap_or_else(|| {
            "writing to the table took too long".to_owned()
        })))
    }

    /// A statement that was cancelled would be so for every row: once is enough.
    fn despair(&self, relation: Oid, replica: bool, error: &tokio_postgres::Error) {
        if error.code().map(SqlState::from) == Some(SqlState::QueryCanceled) {
            let stuck = match replica {
                true => Stuck::Altogether,
                false => Stuck::InTriggers,
            };
            self.stuck.borrow_mut().insert(relation, stuck);
        }
    }

    fn tamed(&self, row: &Row) -> Values {
        let mut values = row.values.clone();
        let Some(table) = self.plan.table(row.relation) else {
            return values;
        };
        for column in &table.columns {
            let loose = column.kind.is_number() && !table.identity.contains(&column.number);
            if loose && let Some(Some(value)) = values.get_mut(&column.number) {
                "1".clone_into(value);
            }
        }
        values
    }

    /// A trigger has made a row with the same unique key: it takes our values. A row of ours is left alone.
    async fn take_over(
        &self,
        writer: &Writer<'_>,
        row: &Row,
        constraint: Option<&str>,
    ) -> Result<bool, LoadError> {
        let relation = writer.relation;
        let unique = relation
            .uniques
            .iter()
            .find(|u| Some(u.name.as_str()) == constraint);
        let Some(unique) = unique.filter(|u| u.expressions.is_empty()) else {
            return Ok(false);
        };
        let key = &relation.primary_key;
        let names: Vec<String> = key.iter().filter_map(|&n| writer.column_name(n)).collect();
        let found: Option<Vec<String>> = unique
            .columns
            .iter()
            .map(|n| {
                let value = row.values.get(n)?.as_deref()?;
                Some(format!("{} = {}", writer.column_name(*n)?, literal(value)))
            })
            .collect();
        let (Some(found), false) = (found, names.is_empty()) else {
            return Ok(false);
        };
        let sql = format!(
            "SELECT {} FROM {} WHERE {}",
            names.join(", "),
            qualified(relation),
            found.join(" AND ")
        );
        let doing = LoadError::while_doing("looking for a row that a trigger made");
        let theirs = batch(self.client, &sql)
            .await
            .map_err(doing)?
            .into_iter()
            .flatten()
            .next();
        let ours = |other: &Row| {
            let values = key.iter().map(|n| other.values.get(n).cloned().flatten());
            other.relation == row.relation && Some(values.collect::<Vec<_>>()) == theirs
        };
        if self.world.rows.iter().any(ours) {
            return Ok(false);
        }
        let Some(update) = writer.update(&row.values, |_| true, &unique.columns) else {
            return Ok(false);
        };
        for replica in ["", REPLICA] {
            let sql = format!("BEGIN;\n{}{replica}{update}COMMIT;", self.identify(row));
            if self.run(&sql).await?.is_ok() {
                return Ok(true);
            }
        }
        Ok(false)
    }

    async fn write_late(&mut self, rows: &[Row]) -> Result<(), LoadError> {
        let Some(writer) = rows.first().and_then(|row| self.writer(row.relation)) else {
            return Ok(());
        };
        if writer.late.is_empty() {
            return Ok(());
        }
        let updates: Vec<(&Row, String)> = rows
            .iter()
            .filter_map(|row| Some((row, self.late_update(&writer, row)?)))
            .collect();
        let all: String = updates
            .iter()
            .map(|(row, sql)| format!("{}{sql}", self.identify(row)))
            .collect();
        if self.run(&format!("BEGIN;\n{all}COMMIT;")).await?.is_ok() {
            return Ok(());
        }
        for (row, sql) in updates {
            let plain = format!("BEGIN;\n{}{sql}COMMIT;", self.identify(row));
            let stuck = self.stuck.borrow().contains_key(&row.relation);
            if stuck || self.run(&plain).await?.is_err() {
                // A reference that cannot be set stays NULL, which the truth shows.
                let _refused = self.force(&sql).await?;
            }
        }
        Ok(())
    }

    fn late_update(&self, writer: &Writer<'_>, row: &Row) -> Option<String> {
        let key = &writer.relation.primary_key;
        let filled =
            |n: i16| writer.late.contains(&n) && row.values.get(&n).is_some_and(Option::is_some);
        if key.is_empty() {
            // Without a primary key the row is found by all that it already holds.
            let by: Vec<i16> = row
                .values
                .keys()
                .copied()
                .filter(|n| !writer.late.contains(n))
                .collect();
            return writer.update(&row.values, filled, &by);
        }
        writer.update(&row.values, filled, key)
    }

    /// Runs a statement without triggers and foreign keys; a refusal leaves the row as it is.
    pub async fn force(&self, sql: &str) -> Result<Result<(), String>, LoadError> {
        let forced = self.run(&format!("BEGIN;\n{REPLICA}{sql}COMMIT;")).await?;
        Ok(forced.map_err(|error| reason(&error)))
    }

    pub fn lose(&mut self, row: &Row, reason: String) {
        let same = |m: &Missing| m.relation == row.relation && m.tenant == row.tenant;
        if !self.missing.iter().any(same) {
            self.missing.push(Missing {
                relation: row.relation,
                tenant: row.tenant,
                reason,
            });
        }
    }
}

/// In this mode the server fires neither ordinary triggers nor those that check foreign keys
/// (<https://www.postgresql.org/docs/current/runtime-config-client.html#GUC-SESSION-REPLICATION-ROLE>).
const REPLICA: &str = "SET LOCAL session_replication_role = replica;\n";

fn reason(error: &tokio_postgres::Error) -> String {
    match error.as_db_error() {
        Some(db) => format!("{} (SQLSTATE {})", db.message(), db.code().code()),
        None => error.to_string(),
    }
}
