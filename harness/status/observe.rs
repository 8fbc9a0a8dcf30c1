//! Tries on filled tables whether a row can be given to another owner, and counts the rows that have none.
use super::model::Immutable;
use super::observe_trial::Trial;
use super::outline::Outline;
use crate::catalog::{Catalog, Oid};
use crate::server::ServerError;
use crate::sql::identifier;
use crate::tenancy::{ColumnRef, KeyId, Tenancy};
use std::collections::BTreeMap;
use tokio_postgres::{Client, SimpleQueryMessage};

/// The settings by which a session becomes a user to whom rows of this key's value belong.
pub type Callers = BTreeMap<(KeyId, String), Vec<(String, String)>>;

/// What rows told.
#[derive(Debug, Clone, Default)]
pub struct Observed {
    pub immutable: BTreeMap<ColumnRef, Immutable>,
    pub counts: BTreeMap<Oid, Count>,
}

#[derive(Debug, Clone, Default)]
pub struct Count {
    pub rows: u64,
    pub nulls: BTreeMap<i16, u64>,
}

impl Observed {
    pub(super) fn rows(&self, relation: Oid) -> Option<u64> {
        self.counts.get(&relation).map(|count| count.rows)
    }

    /// NULLs among rows; `None` where no row says anything.
    pub(super) fn nulls(&self, column: ColumnRef) -> Option<(u64, u64)> {
        let count = self.counts.get(&column.relation)?;
        let nulls = count.nulls.get(&column.column)?;
        (count.rows > 0).then_some((*nulls, count.rows))
    }

    pub(super) fn immutable(&self, column: ColumnRef) -> Immutable {
        let tried = self.immutable.get(&column).cloned();
        tried.unwrap_or_else(|| Immutable::Unproven("it was not tried".to_owned()))
    }
}

/// Counts the rows without an owner. It says something only of rows that were there before the columns were.
pub async fn count(
    client: &Client,
    catalog: &Catalog,
    outline: &Outline,
) -> Result<BTreeMap<Oid, Count>, ServerError> {
    let mut counts = BTreeMap::new();
    for outlined in &outline.tables {
        let Some(relation) = catalog.relation(outlined.relation) else {
            continue;
        };
        let columns: Vec<(i16, String)> = outlined
            .columns
            .iter()
            .filter_map(|(at, _, _)| {
                Some((at.column, identifier(&relation.column(at.column)?.name)))
            })
            .collect();
        let nulls: String = columns
            .iter()
            .map(|(_, name)| format!(", count(*) FILTER (WHERE {name} IS NULL)"))
            .collect();
        let sql = format!("SELECT count(*){nulls} FROM {}", relation.qualified());
        let rows = rows(client, "counting rows without an owner", &sql).await?;
        let mut numbers = rows
            .into_iter()
            .flatten()
            .map(|number| number.and_then(|text| text.parse().ok()).unwrap_or(0));
        let count = Count {
            rows: numbers.next().unwrap_or(0),
            nulls: columns.iter().map(|(at, _)| *at).zip(numbers).collect(),
        };
        counts.insert(relation.oid, count);
    }
    Ok(counts)
}

/// Tries every column that says whose a row is.
pub async fn try_columns(
    client: &Client,
    catalog: &Catalog,
    tenancy: &Tenancy,
    outline: &Outline,
    callers: &Callers,
    mut progress: impl FnMut(usize, usize),
) -> Result<BTreeMap<ColumnRef, Immutable>, ServerError> {
    let columns: Vec<(ColumnRef, KeyId)> = outline.tried().collect();
    let mut out = BTreeMap::new();
    for (done, (column, key)) in columns.iter().enumerate() {
        progress(done, columns.len());
        if let Some(trial) = Trial::of(catalog, tenancy, *column, *key, callers) {
            out.insert(*column, trial.run(client).await?);
        }
    }
    progress(columns.len(), columns.len());
    Ok(out)
}

/// The rows of an answer, every value as text.
pub(super) async fn rows(
    client: &Client,
    doing: &'static str,
    sql: &str,
) -> Result<Vec<Vec<Option<String>>>, ServerError> {
    let messages = client.simple_query(sql).await;
    let messages = messages.map_err(|error| ServerError::of(doing, &error))?;
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
