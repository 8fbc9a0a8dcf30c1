//! Brings tables to a number of rows by copies of those that are there: how long a statement takes shows only on many.
use super::error::LoadError;
use super::sql::qualified;
use crate::catalog::{Catalog, Generated, Relation, RelationKind};
use crate::sql::identifier;
use tokio_postgres::Client;

/// Copies the rows of every table of the schema until it has about `wanted`. Gives the tables that could not be brought
/// there: a row that may exist once for each of another table's cannot be copied alone.
pub async fn inflate(
    client: &Client,
    catalog: &Catalog,
    wanted: usize,
) -> Result<Vec<String>, LoadError> {
    let mut left_out = Vec::new();
    let tables = catalog
        .relations
        .iter()
        .filter(|r| r.kind == RelationKind::Table && !r.platform);
    for relation in tables {
        let name = format!("{}.{}", relation.schema, relation.name);
        let Some(sql) = copies(relation, wanted) else {
            left_out.push(name);
            continue;
        };
        let sql =
            format!("SET session_replication_role = replica; SET statement_timeout = 0; {sql}");
        match client.batch_execute(&sql).await {
            Ok(()) => {}
            // A CHECK or an exclusion refuses the copies.
            Err(error) if error.as_db_error().is_some() => left_out.push(name),
            Err(error) => return Err(LoadError::while_doing("copying rows")(error)),
        }
    }
    let doing = LoadError::while_doing("gathering statistics");
    client
        .batch_execute("RESET ALL; ANALYZE")
        .await
        .map_err(doing)?;
    Ok(left_out)
}

/// One INSERT of the missing rows; `None` when a unique key has no column that could differ.
fn copies(relation: &Relation, wanted: usize) -> Option<String> {
    let referring = |number: &i16| {
        relation
            .foreign_keys
            .iter()
            .any(|key| key.columns.contains(number))
    };
    let mut varied: Vec<i16> = Vec::new();
    for unique in &relation.uniques {
        if unique.columns.iter().any(|number| varied.contains(number)) {
            continue;
        }
        let free = unique
            .columns
            .iter()
            .filter(|number| **number > 0 && !referring(number));
        let mut free = free.filter(|number| other(relation, **number).is_some());
        varied.push(*free.next_back()?);
    }
    let written = relation
        .columns
        .iter()
        .filter(|c| c.generated != Generated::Expression);
    let (mut names, mut values) = (Vec::new(), Vec::new());
    for column in written {
        let name = identifier(&column.name);
        values.push(match varied.contains(&column.number) {
            true => other(relation, column.number)?,
            false => format!("wt_s.{name}"),
        });
        names.push(name);
    }
    let table = qualified(relation);
    Some(format!(
        "INSERT INTO {table} ({}) OVERRIDING SYSTEM VALUE SELECT {} FROM (SELECT wt_t.*, row_number() OVER () AS wt_n \
         FROM ONLY {table} wt_t, generate_series(1, (SELECT ceil({wanted}::numeric / greatest(count(*), 1))::int - 1 FROM ONLY {table}))) wt_s",
        names.join(", "),
        values.join(", ")
    ))
}

/// Another value of the column for the row `wt_n` of `wt_s`; `None` for a type of which none is known.
pub fn other(relation: &Relation, number: i16) -> Option<String> {
    let column = relation.columns.iter().find(|c| c.number == number)?;
    let name = format!("wt_s.{}", identifier(&column.name));
    let kind = column.type_name.split('(').next().unwrap_or_default();
    Some(match kind {
        "uuid" => "gen_random_uuid()".to_owned(),
        // In front of an address, or else behind: most patterns allow both.
        "text" | "character varying" | "citext" => {
            format!(
                "CASE WHEN {name} LIKE '%@%' THEN 'n' || wt_s.wt_n || {name} ELSE {name} || wt_s.wt_n END"
            )
        }
        "smallint" | "integer" | "bigint" => format!(
            "(SELECT max(wt_m.{0}) FROM ONLY {1} wt_m) + wt_s.wt_n",
            identifier(&column.name),
            qualified(relation)
        ),
        "date" => format!("{name} + wt_s.wt_n::int"),
        "timestamp without time zone" | "timestamp with time zone" => {
            format!("{name} + wt_s.wt_n * interval '1 second'")
        }
        _ => return None,
    })
}
