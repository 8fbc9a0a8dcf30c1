//! Reads the catalog of a migrated database, in two round trips.
use super::model::*;
use serde::de::DeserializeOwned;
use std::collections::BTreeMap;
use tokio_postgres::{Client, SimpleQueryMessage};

/// The queries, each of which answers with one JSON value, in the order in which `Parts` takes them.
const QUERIES: [&str; 5] = [
    include_str!("queries/roles.sql"),
    include_str!("queries/schemas.sql"),
    include_str!("queries/relations.sql"),
    include_str!("queries/functions.sql"),
    include_str!("queries/types.sql"),
];
const ORIGINS: &str = include_str!("queries/origins.sql");

/// What is asked first: the version, and whether it was recorded which statement made what.
const FACTS: &str = "select current_setting('server_version_num')::integer, to_regclass('watertight.origins') is not null";

/// The catalog could not be read.
#[derive(Debug, thiserror::Error)]
pub enum CatalogError {
    #[error("the catalog cannot be read: {}", crate::server::told(.0))]
    Query(#[from] tokio_postgres::Error),
    #[error("the catalog's {part} are not as expected: {source}")]
    Shape {
        part: &'static str,
        source: serde_json::Error,
    },
    #[error("the catalog's {part} were not answered")]
    NoAnswer { part: &'static str },
}

impl CatalogError {
    /// A server that goes away is no server; everything else is our mistake.
    pub fn exit_code(&self) -> u8 {
        match self {
            CatalogError::Query(error) if error.is_closed() => 5,
            _ => 70,
        }
    }
}

impl From<CatalogError> for crate::error::Failure {
    fn from(error: CatalogError) -> crate::error::Failure {
        crate::error::Failure::new(error.exit_code(), error.to_string())
    }
}

/// Reads everything. The session must belong to a superuser or to the owner of all objects, and be in no transaction.
pub async fn read(client: &Client) -> Result<Catalog, CatalogError> {
    let facts = client.simple_query(FACTS).await?;
    let mut facts = facts.iter().filter_map(row);
    let facts = facts
        .next()
        .ok_or(CatalogError::NoAnswer { part: "version" })?;
    let version = facts.get(0).and_then(|text| text.parse().ok()).unwrap_or(0);
    let recorded = facts.get(1) == Some("t");

    let mut queries = QUERIES.to_vec();
    if recorded {
        queries.push(ORIGINS);
    }
    // One message: one round trip, one snapshot. The empty search_path makes PostgreSQL qualify every name that it prints.
    let message = format!(
        "begin read only; set local search_path = ''; set local statement_timeout = '60s'; {}; commit",
        queries.join(";\n")
    );
    let answered = client.simple_query(&message).await?;
    let mut answers = answered.iter().filter_map(row).filter_map(|row| row.get(0));
    let mut catalog = Catalog {
        version,
        roles: part("roles", answers.next())?,
        schemas: part("schemas", answers.next())?,
        relations: part("relations", answers.next())?,
        functions: part("functions", answers.next())?,
        types: part::<Vec<Type>>("types", answers.next())?
            .into_iter()
            .map(|of| (of.oid, of))
            .collect(),
        origins: BTreeMap::new(),
    };
    if recorded {
        let recorded: Recorded = part("origins", answers.next())?;
        recorded.into_catalog(&mut catalog);
    }
    Ok(catalog)
}

fn row(message: &SimpleQueryMessage) -> Option<&tokio_postgres::SimpleQueryRow> {
    match message {
        SimpleQueryMessage::Row(row) => Some(row),
        _ => None,
    }
}

fn part<T: DeserializeOwned>(part: &'static str, answer: Option<&str>) -> Result<T, CatalogError> {
    let answer = answer.ok_or(CatalogError::NoAnswer { part })?;
    serde_json::from_str(answer).map_err(|source| CatalogError::Shape { part, source })
}

/// What the event triggers wrote down.
#[derive(serde::Deserialize)]
struct Recorded {
    /// How many statements, the first ones, belong to the platform prelude.
    platform: Option<usize>,
    /// Class, object, statement and tag.
    origins: Vec<(Oid, Oid, usize, String)>,
}

impl Recorded {
    fn into_catalog(self, catalog: &mut Catalog) {
        for (class, object, statement, tag) in self.origins {
            let origins = catalog
                .origins
                .entry(ObjectKey { class, object })
                .or_default();
            let origin = Origin { statement, tag };
            if origins.last() != Some(&origin) {
                origins.push(origin);
            }
        }
        let platform = self.platform.unwrap_or(0);
        let origins = &catalog.origins;
        // What no statement made came with PostgreSQL or with an extension.
        let is_platform = |class, object| {
            origins
                .get(&ObjectKey { class, object })
                .and_then(|origins| origins.first())
                .is_none_or(|first| first.statement < platform)
        };
        for relation in &mut catalog.relations {
            relation.platform = is_platform(class::RELATION, relation.oid);
        }
        for function in &mut catalog.functions {
            function.platform = is_platform(class::FUNCTION, function.oid);
        }
        for schema in &mut catalog.schemas {
            schema.platform = is_platform(class::SCHEMA, schema.oid);
        }
    }
}

/// The catalogs that objects stand in. These numbers are fixed in PostgreSQL's sources (`src/include/catalog/*.h`).
pub mod class {
    use super::Oid;
    /// `pg_class`
    pub const RELATION: Oid = 1259;
    /// `pg_proc`
    pub const FUNCTION: Oid = 1255;
    /// `pg_policy`
    pub const POLICY: Oid = 3256;
    /// `pg_trigger`
    pub const TRIGGER: Oid = 2620;
    /// `pg_namespace`
    pub const SCHEMA: Oid = 2615;
    /// `pg_type`
    pub const TYPE: Oid = 1247;
    /// `pg_constraint`
    pub const CONSTRAINT: Oid = 2606;
}
