//! Fills one table with rows of a hot, a middle and a tail tenant among two hundred strangers: what an index is worth shows
//! only on volume, and differs between tenants.
use super::error::PlanError;
use super::subject::Subject;
use crate::catalog::{Column, Generated, Relation};
use crate::sql::{identifier, literal};
use crate::world::load::other;
use tokio_postgres::Client;

/// Shares of the rows. The rest belongs to strangers.
const SHARES: [(&str, f64); 3] = [("hot", 0.2), ("middle", 0.01), ("tail", 0.001)];

/// Tenants that nobody of the world belongs to; the n-th has about 1/n of the first one's rows.
const STRANGERS: u32 = 200;

/// No statement that fills may take longer.
const LIMIT: &str = "120s";

/// A tenant of the world in a filled table.
#[derive(Debug, Clone, PartialEq)]
pub struct Tenant {
    /// `hot`, `middle`, `tail`.
    pub name: &'static str,
    /// The value of the table's column.
    pub value: String,
}

/// How a table can be filled.
pub struct Filling<'a> {
    pub subject: &'a Subject<'a>,
    pub tenants: &'a [Tenant],
}

impl Filling<'_> {
    /// The names of the tenants, the one with the most rows first.
    pub fn names() -> [&'static str; 3] {
        SHARES.map(|(name, _)| name)
    }

    /// Fills the table with about so many rows and gathers statistics. Gives the reason when that cannot be.
    ///
    /// # Errors
    /// The server is gone.
    pub async fn run(&self, client: &Client, rows: usize) -> Result<Option<String>, PlanError> {
        let table = self.subject.relation.qualified();
        let mut refused = None;
        // Times that move may leave their partition or break a CHECK: then they stay.
        for moving in [true, false] {
            let Some(insert) = self.insert(0, rows, moving) else {
                return Ok(Some(
                    "a unique key allows one row for each of another table's".to_owned(),
                ));
            };
            let sql = format!(
                "ROLLBACK; BEGIN; SET LOCAL session_replication_role = replica; SET LOCAL statement_timeout = '{LIMIT}'; {insert}; COMMIT"
            );
            match client
                .batch_execute(&sql)
                .await
                .map_err(|source| PlanError::of(&insert, source))
            {
                Ok(()) => {
                    // Outside of a transaction, so that the visibility map is up to date as well.
                    let done = client
                        .batch_execute(&format!("VACUUM (ANALYZE) {table}"))
                        .await;
                    done.map_err(|source| PlanError::of("VACUUM", source))?;
                    return Ok(None);
                }
                Err(PlanError::Refused {
                    message, sqlstate, ..
                }) => {
                    let ended = client.batch_execute("ROLLBACK").await;
                    ended.map_err(|source| PlanError::of("ROLLBACK", source))?;
                    refused = Some(format!(
                        "copies of its rows are refused: {message} (SQLSTATE {sqlstate})"
                    ));
                }
                Err(error) => return Err(error),
            }
        }
        Ok(refused)
    }

    /// One INSERT of rows `from + 1` to `from + rows`, made of those that stand there; `None` when a unique key has no column
    /// that could differ.
    pub fn insert(&self, from: usize, rows: usize, moving: bool) -> Option<String> {
        let relation = self.subject.relation;
        let varied = self.varied()?;
        let written = relation
            .columns
            .iter()
            .filter(|c| c.generated != Generated::Expression);
        let (mut names, mut values) = (Vec::new(), Vec::new());
        for column in written {
            let name = identifier(&column.name);
            values.push(if column.number == self.subject.column.number {
                self.tenant(column)
            } else if varied.contains(&column.number) {
                other(relation, column.number)?
            } else if moving {
                moved(column).unwrap_or_else(|| format!("wt_s.{name}"))
            } else {
                format!("wt_s.{name}")
            });
            names.push(name);
        }
        let table = relation.qualified();
        // Multiples of the golden ratio, taken modulo one, spread evenly and never in step with the rows that are copied.
        Some(format!(
            "INSERT INTO {table} ({}) OVERRIDING SYSTEM VALUE SELECT {} FROM (SELECT wt_t.*, wt_g.wt_n, (wt_g.wt_n * 0.6180339887498949::float8 - floor(wt_g.wt_n * 0.6180339887498949::float8)) AS wt_r FROM generate_series({}::bigint, {}::bigint) AS wt_g (wt_n) JOIN (SELECT wt_o.*, row_number() OVER (ORDER BY wt_o.tableoid, wt_o.ctid) - 1 AS wt_k, count(*) OVER () AS wt_c FROM (SELECT wt_a.*, wt_a.tableoid, wt_a.ctid FROM {table} wt_a LIMIT 500) wt_o) wt_t ON wt_t.wt_k = wt_g.wt_n % wt_t.wt_c) wt_s",
            names.join(", "),
            values.join(", "),
            from + 1,
            from + rows,
        ))
    }

    /// The tenant of the row `wt_r` says.
    fn tenant(&self, column: &Column) -> String {
        let mut from = 0.0;
        let mut cases = String::new();
        for (name, share) in SHARES {
            let upto = from + share;
            if let Some(tenant) = self.tenants.iter().find(|t| t.name == name) {
                let value = literal(&tenant.value);
                cases.push_str(&format!(
                    "WHEN wt_s.wt_r < {upto} AND wt_s.wt_r >= {from} THEN {value}::{} ",
                    column.type_name
                ));
            }
            from = upto;
        }
        let stranger = format!(
            "floor(power({STRANGERS}, (wt_s.wt_r - {from}) / {}))::int",
            1.0 - from
        );
        let kind = column.type_name.split('(').next().unwrap_or_default();
        let value = match kind {
            "uuid" => format!("md5('stranger ' || {stranger})::uuid"),
            "smallint" | "integer" | "bigint" => format!("20000 + {stranger}"),
            "text" | "character varying" | "citext" => format!("'stranger ' || {stranger}"),
            _ => format!("wt_s.{}", identifier(&column.name)),
        };
        format!("CASE {cases}ELSE {value} END")
    }

    /// One column of each unique key that is written anew in each row.
    fn varied(&self) -> Option<Vec<i16>> {
        let relation = self.subject.relation;
        let mut varied: Vec<i16> = Vec::new();
        for unique in &relation.uniques {
            if unique.columns.iter().any(|number| varied.contains(number)) {
                continue;
            }
            let can_vary = |number: &&i16| {
                **number > 0
                    && **number != self.subject.column.number
                    && other(relation, **number).is_some()
            };
            // A reference is written anew only where nothing else can be: no row would have a parent.
            let free = unique.columns.iter().filter(can_vary);
            let plain = free.clone().rfind(|number| !refers(relation, **number));
            varied.push(*plain.or_else(|| free.clone().next_back())?);
        }
        Some(varied)
    }
}

fn refers(relation: &Relation, number: i16) -> bool {
    relation
        .foreign_keys
        .iter()
        .any(|key| key.columns.contains(&number))
}

/// All times of a row move by as much, so that what lies between them stays.
fn moved(column: &Column) -> Option<String> {
    let name = format!("wt_s.{}", identifier(&column.name));
    match column.type_name.as_str() {
        "date" => Some(format!("{name} - (wt_s.wt_n / 200)::int")),
        kind if kind.starts_with("timestamp") => {
            Some(format!("{name} - wt_s.wt_n * interval '7 minutes'"))
        }
        _ => None,
    }
}
