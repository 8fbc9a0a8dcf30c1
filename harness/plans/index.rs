//! What the catalog alone says of indexes: which do another one's work, which are missing, which columns are dead weight.
use super::error::PlanError;
use super::model::{DeadColumn, MissingIndex, RedundantIndex};
use crate::catalog::{Catalog, ForeignKey, Oid, Relation};
use crate::migrations::Migrations;
use crate::span::Place;
use crate::sql::identifier;
use crate::tenancy::Tenancy;
use serde::Deserialize;
use tokio_postgres::{Client, SimpleQueryMessage};

/// An index with all that decides who can use it.
#[derive(Debug, Clone, PartialEq, Deserialize)]
pub struct Index {
    pub oid: Oid,
    pub relation: Oid,
    pub schema: String,
    pub name: String,
    /// The access method: `btree`, `gin` …
    pub method: String,
    pub unique: bool,
    /// A constraint needs it.
    pub constraint: bool,
    /// Has INCLUDE columns.
    pub included: bool,
    pub predicate: Option<String>,
    pub columns: Vec<IndexColumn>,
}

#[derive(Debug, Clone, PartialEq, Deserialize)]
pub struct IndexColumn {
    /// `None` for an expression.
    pub name: Option<String>,
    pub descending: bool,
    /// The operator class.
    pub class: Oid,
    /// Whether equality tells nothing of the values that it compares.
    pub leakproof: bool,
}

/// Reads every index of a migrated database.
///
/// # Errors
/// The server is gone, or answers what cannot be read.
pub async fn read_indexes(client: &Client) -> Result<Vec<Index>, PlanError> {
    let what = "the list of indexes";
    let answered = client.simple_query(include_str!("indexes.sql")).await;
    let messages = answered.map_err(|source| PlanError::of(what, source))?;
    let text = messages.iter().find_map(|message| match message {
        SimpleQueryMessage::Row(row) => row.get(0),
        _ => None,
    });
    let text = text.ok_or_else(|| PlanError::unreadable(what, "nothing was answered"))?;
    serde_json::from_str(text).map_err(|reason| PlanError::unreadable(what, reason))
}

impl Index {
    /// The names of its columns, up to the first expression.
    pub fn names(&self) -> Vec<&str> {
        let names = self.columns.iter().map_while(|c| c.name.as_deref());
        names.collect()
    }

    /// Whether whoever reads through this index could read through the other as well.
    fn is_prefix_of(&self, other: &Index) -> bool {
        let pairs = self.columns.iter().zip(&other.columns);
        let same = pairs
            .clone()
            .all(|(a, b)| a.name.is_some() && a.name == b.name && a.class == b.class);
        // Read backward, an index serves the opposite of all its directions, and of no others.
        let turned: Vec<bool> = pairs.map(|(a, b)| a.descending != b.descending).collect();
        same && self.columns.len() <= other.columns.len()
            && turned.windows(2).all(|pair| pair[0] == pair[1])
    }

    fn is_made_redundant_by(&self, other: &Index) -> bool {
        let equal = self.columns.len() == other.columns.len();
        self.oid != other.oid
            && self.relation == other.relation
            && self.method == "btree"
            && other.method == "btree"
            && !self.unique
            && !self.constraint
            && !self.included
            && self.predicate == other.predicate
            && self.is_prefix_of(other)
            // Of two that are alike the one that enforces something stays, else the first.
            && (!equal || other.unique || other.included || other.oid < self.oid)
    }
}

/// Indexes of a relation whose work another one does.
pub fn redundant(
    indexes: &[Index],
    relation: Oid,
    place: &dyn Fn(Oid) -> Option<Place>,
) -> Vec<RedundantIndex> {
    let own = indexes.iter().filter(|index| index.relation == relation);
    own.filter_map(|index| {
        let by = indexes
            .iter()
            .find(|other| index.is_made_redundant_by(other))?;
        Some(RedundantIndex {
            index: index.name.clone(),
            by: by.name.clone(),
            place: place(index.oid),
        })
    })
    .collect()
}

/// Columns behind the first that the caller's own conditions cannot use under row security.
pub fn dead(
    indexes: &[Index],
    relation: &Relation,
    place: &dyn Fn(Oid) -> Option<Place>,
) -> Vec<DeadColumn> {
    let own = indexes
        .iter()
        .filter(|index| index.relation == relation.oid && index.method == "btree" && !index.unique);
    let mut found = Vec::new();
    for index in own {
        for column in index.columns.iter().skip(1).filter(|c| !c.leakproof) {
            let Some(of) = column
                .name
                .as_deref()
                .and_then(|name| relation.column_named(name))
            else {
                continue;
            };
            found.push(DeadColumn {
                index: index.name.clone(),
                column: of.name.clone(),
                type_name: of.type_name.clone(),
                place: place(index.oid),
            });
        }
    }
    found
}

/// Foreign keys of a relation without an index that finds the rows that refer to one row.
pub fn missing(
    catalog: &Catalog,
    indexes: &[Index],
    relation: &Relation,
    tenant: &str,
) -> Vec<MissingIndex> {
    let keys = relation.foreign_keys.iter();
    let mut found: Vec<MissingIndex> = keys
        .filter_map(|key| unindexed(catalog, indexes, relation, key, tenant))
        .collect();
    found.sort();
    found.dedup_by(|a, b| a.columns == b.columns);
    found
}

fn unindexed(
    catalog: &Catalog,
    indexes: &[Index],
    relation: &Relation,
    key: &ForeignKey,
    tenant: &str,
) -> Option<MissingIndex> {
    let target = catalog.relation(key.target)?;
    let names: Option<Vec<&str>> = key
        .columns
        .iter()
        .map(|number| relation.column(*number).map(|c| c.name.as_str()))
        .collect();
    let names = names?;
    // The tenant beside a reference narrows it no further: a key leads to one tenant's row.
    let telling: Vec<&str> = match names.len() {
        1 => names.clone(),
        _ => names
            .iter()
            .copied()
            .filter(|name| *name != tenant)
            .collect(),
    };
    let serves = |index: &&Index| {
        let leading: Vec<&str> = index.names();
        let within = leading
            .iter()
            .take_while(|name| names.contains(*name))
            .count();
        index.relation == relation.oid
            && index.method == "btree"
            && index
                .predicate
                .as_deref()
                .is_none_or(|p| p.ends_with("IS NOT NULL)"))
            && telling.iter().all(|name| leading[..within].contains(name))
    };
    if telling.is_empty() || indexes.iter().any(|index| serves(&index)) {
        return None;
    }
    let columns: Vec<String> = telling.iter().map(|name| (*name).to_owned()).collect();
    let consequence = match key.on_delete {
        'c' => "is deleted together with its rows",
        'n' | 'd' => "is deleted and its rows let go",
        _ => "is deleted",
    };
    Some(MissingIndex {
        table: relation.display_name(),
        reason: format!(
            "all rows are read for each row of {} that {consequence}, and for each join from there",
            target.display_name()
        ),
        sql: create(relation, &columns),
        columns,
    })
}

impl MissingIndex {
    /// The columns by which policies look for a tenant's rows.
    pub fn for_policies(relation: &Relation, columns: &[String]) -> MissingIndex {
        // Each of several is asked for by itself, joined by OR.
        let statements: Vec<String> = columns
            .iter()
            .map(|column| create(relation, std::slice::from_ref(column)))
            .collect();
        MissingIndex {
            table: relation.display_name(),
            columns: columns.to_vec(),
            reason: "its policies look for a tenant's rows by it, and read all of them".to_owned(),
            sql: statements.join("; "),
        }
    }
}

/// Membership tables are asked by the caller's id on nearly every statement.
pub fn missing_for_policies(
    catalog: &Catalog,
    tenancy: &Tenancy,
    indexes: &[Index],
) -> Vec<MissingIndex> {
    let mut found = Vec::new();
    for membership in &tenancy.memberships {
        let Some(relation) = catalog.relation(membership.relation) else {
            continue;
        };
        let column = |number| relation.column(number).map(|c| c.name.as_str());
        let (Some(user), Some(tenant)) = (
            column(membership.user_column),
            column(membership.tenant_column),
        ) else {
            continue;
        };
        let serves = |index: &Index| {
            let names = index.names();
            let both =
                names.len() > 1 && names[..2].contains(&user) && names[..2].contains(&tenant);
            index.relation == relation.oid && (names.first() == Some(&user) || both && index.unique)
        };
        let by_user =
            |index: &Index| index.relation == relation.oid && index.names().first() == Some(&user);
        if !indexes.iter().any(by_user) {
            let columns = vec![user.to_owned(), tenant.to_owned()];
            let reason = match indexes.iter().any(serves) {
                true => "policies that ask for all tenants of the caller read every membership",
                false => "policies that ask for the caller's memberships read all of them",
            };
            found.push(MissingIndex {
                table: relation.display_name(),
                sql: create(relation, &columns),
                reason: reason.to_owned(),
                columns,
            });
        }
    }
    found
}

/// `CREATE INDEX ON …`, with the name left to PostgreSQL.
pub fn create(relation: &Relation, columns: &[String]) -> String {
    let names: Vec<String> = columns.iter().map(|name| shown(name)).collect();
    let table = format!("{}.{}", shown(&relation.schema), shown(&relation.name));
    format!("CREATE INDEX ON {table} ({})", names.join(", "))
}

/// A name as people write it: quoted only where it must be.
pub fn shown(name: &str) -> String {
    let plain = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '_';
    let starts = name.chars().next().is_some_and(|c| !c.is_ascii_digit());
    // A reserved word stands for itself only in quotes.
    let free = || {
        let statement = format!("create index on t ({name})");
        squawk_syntax::SourceFile::parse(&statement)
            .errors()
            .is_empty()
    };
    match starts && name.chars().all(plain) && free() {
        true => name.to_owned(),
        false => identifier(name),
    }
}

/// Where an index was made.
pub fn place_of(catalog: &Catalog, migrations: &Migrations, index: Oid) -> Option<Place> {
    let statement = catalog.made_relation(index)?;
    (!migrations.is_platform(statement)).then(|| migrations.place(statement))
}
