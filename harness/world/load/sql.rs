//! Text of the statements that fill and read the world's tables.
use crate::catalog::{Catalog, Oid, Relation};
use crate::sql::{identifier, literal, nullable};
use crate::world::plan::{Link, Table};
use std::collections::{BTreeMap, BTreeSet};
use tokio_postgres::{Client, SimpleQueryMessage};

pub fn qualified(relation: &Relation) -> String {
    crate::sql::qualified(&relation.schema, &relation.name)
}

pub fn find(catalog: &Catalog, oid: Oid) -> Option<&Relation> {
    catalog.relations.iter().find(|r| r.oid == oid)
}

/// `set_config` of every setting for the running transaction.
pub fn become_user(settings: &[(String, String)]) -> String {
    let one = |(name, value): &(String, String)| {
        format!("set_config({}, {}, true)", literal(name), literal(value))
    };
    let all: Vec<String> = settings.iter().map(one).collect();
    if all.is_empty() {
        String::new()
    } else {
        format!("SELECT {};\n", all.join(", "))
    }
}

/// How a table's rows are written.
pub struct Writer<'a> {
    pub relation: &'a Relation,
    pub table: &'a Table,
    /// Columns that are NULL until the table they refer to is filled.
    pub late: BTreeSet<i16>,
}

impl<'a> Writer<'a> {
    pub fn new(relation: &'a Relation, table: &'a Table) -> Writer<'a> {
        let waits = |link: &&Link| link.late && link.enforced && link.target != relation.oid;
        let late = table
            .links
            .iter()
            .filter(waits)
            .flat_map(|link| link.columns.iter().copied())
            .filter(|&number| table.column(number).is_some_and(|c| c.nullable))
            .collect();
        Writer {
            relation,
            table,
            late,
        }
    }

    /// One INSERT of several rows. A row whose primary key exists, because a trigger made it, takes our values.
    pub fn insert(
        &self,
        rows: &[&BTreeMap<i16, Option<String>>],
        upsert: bool,
        late: bool,
    ) -> String {
        let columns: Vec<i16> = self.table.columns.iter().map(|c| c.number).collect();
        let names: Vec<String> = self
            .table
            .columns
            .iter()
            .map(|c| identifier(&c.name))
            .collect();
        let value = |row: &BTreeMap<i16, Option<String>>, number: &i16| match row.get(number) {
            Some(_) if !late && self.late.contains(number) => "NULL".to_owned(),
            Some(value) => nullable(value.as_deref()),
            None => "DEFAULT".to_owned(),
        };
        let tuple = |row: &&BTreeMap<i16, Option<String>>| {
            let values: Vec<String> = columns.iter().map(|n| value(row, n)).collect();
            format!("({})", values.join(", "))
        };
        let tuples: Vec<String> = rows.iter().map(tuple).collect();
        format!(
            "INSERT INTO {} ({}) OVERRIDING SYSTEM VALUE VALUES\n{}{};\n",
            qualified(self.relation),
            names.join(", "),
            tuples.join(",\n"),
            if upsert {
                self.on_conflict()
            } else {
                String::new()
            },
        )
    }

    fn on_conflict(&self) -> String {
        let key: Vec<String> = self
            .relation
            .primary_key
            .iter()
            .filter_map(|&n| self.column_name(n))
            .collect();
        if key.is_empty() {
            return String::new();
        }
        let set: Vec<String> = self
            .settable()
            .map(|c| format!("{0} = EXCLUDED.{0}", identifier(&c.name)))
            .collect();
        let action = match set.is_empty() {
            true => "NOTHING".to_owned(),
            false => format!("UPDATE SET {}", set.join(", ")),
        };
        format!("\nON CONFLICT ({}) DO {action}", key.join(", "))
    }

    /// Columns that an UPDATE may set: not the primary key and no GENERATED ALWAYS identity.
    fn settable(&self) -> impl Iterator<Item = &crate::catalog::Column> {
        use crate::catalog::Generated;
        self.relation.columns.iter().filter(|c| {
            !self.relation.primary_key.contains(&c.number)
                && matches!(c.generated, Generated::No | Generated::IdentityByDefault)
        })
    }

    /// An UPDATE of some columns where others have the row's values; `None` when there is nothing to set or to find.
    pub fn update(
        &self,
        row: &BTreeMap<i16, Option<String>>,
        set: impl Fn(i16) -> bool,
        by: &[i16],
    ) -> Option<String> {
        let pair = |number: i16, equals: &str| {
            let value = row.get(&number)?;
            Some(format!(
                "{} {equals} {}",
                self.column_name(number)?,
                nullable(value.as_deref())
            ))
        };
        let sets: Vec<String> = row
            .keys()
            .filter(|&&n| set(n) && !by.contains(&n))
            .filter_map(|&n| pair(n, "="))
            .collect();
        let found: Option<Vec<String>> = by
            .iter()
            .map(|&n| pair(n, "IS NOT DISTINCT FROM"))
            .collect();
        let found = found.filter(|found| !found.is_empty())?;
        (!sets.is_empty()).then(|| {
            let table = qualified(self.relation);
            format!(
                "UPDATE {table} SET {} WHERE {};\n",
                sets.join(", "),
                found.join(" AND ")
            )
        })
    }

    pub fn column_name(&self, number: i16) -> Option<String> {
        self.relation
            .columns
            .iter()
            .find(|c| c.number == number)
            .map(|c| identifier(&c.name))
    }
}

/// Runs several statements in one message and gives the rows of each.
pub async fn batch(
    client: &Client,
    sql: &str,
) -> Result<Vec<Vec<Vec<Option<String>>>>, tokio_postgres::Error> {
    let mut results = Vec::new();
    let mut rows = Vec::new();
    for message in client.simple_query(sql).await? {
        match message {
            SimpleQueryMessage::Row(row) => {
                rows.push(
                    (0..row.len())
                        .map(|at| row.get(at).map(str::to_owned))
                        .collect(),
                );
            }
            SimpleQueryMessage::CommandComplete(_) => results.push(std::mem::take(&mut rows)),
            _ => {}
        }
    }
    Ok(results)
}
