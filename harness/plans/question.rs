//! What an application probably asks of a table, taken from the schema: its states and times, the keys that it refers by, and
//! what its indexes were made for.
use super::index::Index;
use crate::catalog::{Catalog, Column, Relation, RelationKind, Shape};
use crate::migrations::Migrations;
use crate::sql::{identifier, literal, names};
use std::collections::BTreeMap;
use std::path::Path;

/// Questions of one table that are asked.
const MOST: usize = 9;

/// Views of one table that are asked.
const VIEWS: usize = 3;

/// Rows of a page.
const PAGE: u32 = 50;

/// One question. The tenant is no part of it: policies ask for that.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Question {
    pub name: String,
    /// Columns that must equal something.
    pub equal: Vec<String>,
    /// The column that rows are ordered by, and whether the largest comes first.
    pub order: Option<(String, bool)>,
    pub counts: bool,
    /// The view that is read in the table's place, as SQL writes it.
    pub view: Option<String>,
    /// The whole statement, when a person wrote it.
    pub statement: Option<String>,
}

impl Question {
    /// The statement, with a row's values where something must be equal; `None` when one of them is missing. `also` is a
    /// further condition, for which a statement that a person wrote has no place.
    pub fn sql(
        &self,
        relation: &Relation,
        list: &str,
        row: &BTreeMap<String, Option<String>>,
        also: Option<&str>,
    ) -> Option<String> {
        if let Some(statement) = &self.statement {
            return Some(statement.clone());
        }
        if let Some(view) = &self.view {
            // Its columns are its own, so that nothing can be asked of them.
            return also
                .is_none()
                .then(|| format!("SELECT * FROM {view} LIMIT {PAGE}"));
        }
        let mut conditions: Vec<String> = also.map(str::to_owned).into_iter().collect();
        for column in &self.equal {
            let value = row.get(column)?.as_deref()?;
            conditions.push(format!("{} = {}", identifier(column), literal(value)));
        }
        let mut sql = match self.counts {
            true => format!("SELECT count(*) FROM {}", relation.qualified()),
            false => format!("SELECT {list} FROM {}", relation.qualified()),
        };
        if !conditions.is_empty() {
            sql.push_str(&format!(" WHERE {}", conditions.join(" AND ")));
        }
        if let Some((column, descending)) = &self.order {
            let direction = if *descending { " DESC" } else { "" };
            sql.push_str(&format!(" ORDER BY {}{direction}", identifier(column)));
        }
        if !self.counts {
            sql.push_str(&format!(" LIMIT {PAGE}"));
        }
        Some(sql)
    }

    fn of(name: String, equal: &[&str], order: Option<(&str, bool)>) -> Question {
        Question {
            name,
            equal: equal.iter().map(|column| (*column).to_owned()).collect(),
            order: order.map(|(column, descending)| (column.to_owned(), descending)),
            counts: false,
            view: None,
            statement: None,
        }
    }
}

/// The questions that the schema suggests.
pub fn asked(
    catalog: &Catalog,
    relation: &Relation,
    tenant: &str,
    indexes: &[Index],
) -> Vec<Question> {
    let own: Vec<&Index> = indexes
        .iter()
        .filter(|i| i.relation == relation.oid)
        .collect();
    let newest = newest(relation);
    let mut found = vec![match newest {
        Some(column) => Question::of(format!("newest by {column}"), &[], Some((column, true))),
        None => Question::of("some rows".to_owned(), &[], None),
    }];
    found.extend(
        own.iter()
            .filter_map(|index| of_index(relation, tenant, index)),
    );
    let states = states(catalog, relation, tenant, &own);
    for state in states.iter().take(2) {
        let order = newest.map(|column| (column, true));
        found.push(Question::of(
            format!("newest of one {state}"),
            &[state],
            order,
        ));
    }
    if let Some(state) = states.first() {
        found.push(Question {
            counts: true,
            ..Question::of(format!("count of one {state}"), &[state], None)
        });
    }
    for key in relation.foreign_keys.iter().take(3) {
        let columns = key.columns.iter().filter_map(|n| relation.column(*n));
        let telling = columns
            .map(|c| c.name.as_str())
            .find(|name| *name != tenant);
        if let Some(column) = telling {
            found.push(Question::of(format!("of one {column}"), &[column], None));
        }
    }
    let key: Option<Vec<&str>> = relation
        .primary_key
        .iter()
        .map(|n| relation.column(*n).map(|c| c.name.as_str()))
        .collect();
    if let Some(key) = key.filter(|key| !key.is_empty() && *key != [tenant]) {
        found.push(Question::of("one row by its key".to_owned(), &key, None));
    }
    let mut unique: Vec<Question> = Vec::new();
    for question in found {
        let same = |q: &Question| {
            (&q.equal, &q.order, q.counts) == (&question.equal, &question.order, question.counts)
        };
        if !unique.iter().any(same) {
            unique.push(question);
        }
    }
    unique.truncate(MOST);
    unique.extend(views(catalog, relation));
    unique
}

/// What views make of the table: their joins and sums are asked by whoever reads them.
fn views(catalog: &Catalog, relation: &Relation) -> impl Iterator<Item = Question> {
    let reading = |view: &&Relation| {
        view.kind == RelationKind::View && !view.platform && view.reads.contains(&relation.oid)
    };
    let views = catalog.relations.iter().filter(reading).take(VIEWS);
    views.map(|view| Question {
        view: Some(view.qualified()),
        ..Question::of(format!("a page of the view {}", view.name), &[], None)
    })
}

/// The statements of a file, named by the comment above each or by their number. Only reading ones are kept by the server:
/// all run in transactions that are rolled back.
pub fn given(name: &str, path: &Path, text: &str) -> Vec<Question> {
    let mut read = Migrations::default();
    read.add_text(name, path, text);
    let statement = |at: usize| {
        let sql = read.text(at).trim();
        let above = &text[..text.find(sql).unwrap_or(0)];
        let comment = above
            .trim_end()
            .lines()
            .next_back()
            .and_then(|line| line.trim().strip_prefix("--"));
        let name = comment
            .map(|words| words.trim().to_owned())
            .filter(|words| !words.is_empty());
        Question {
            statement: Some(sql.to_owned()),
            ..Question::of(
                name.unwrap_or_else(|| format!("statement {}", at + 1)),
                &[],
                None,
            )
        }
    };
    (0..read.statements.len()).map(statement).collect()
}

/// The column by which people look for the newest rows: a time that is set when a row is made, else one that is never NULL.
fn newest(relation: &Relation) -> Option<&str> {
    let times = || relation.columns.iter().filter(|c| is_time(c));
    let stamped = |c: &&Column| {
        let default = c.default.as_deref().unwrap_or_default();
        default.contains("now()") || default.contains("CURRENT_")
    };
    let set_now = |c: &&Column| {
        matches!(
            c.default.as_deref(),
            Some("now()" | "CURRENT_TIMESTAMP" | "CURRENT_DATE")
        )
    };
    let found = times()
        .find(set_now)
        .or_else(|| times().find(stamped))
        .or_else(|| times().find(|c| c.not_null));
    found.map(|c| c.name.as_str())
}

fn is_time(column: &Column) -> bool {
    column.type_name.starts_with("timestamp") || column.type_name == "date"
}

fn is_number(column: &Column) -> bool {
    let kind = column.type_name.split('(').next().unwrap_or_default();
    [
        "smallint",
        "integer",
        "bigint",
        "numeric",
        "real",
        "double precision",
    ]
    .contains(&kind)
}

/// What an index that begins with the tenant was made for: all but its last column are equal to something, and so is the last
/// unless it has an order worth reading.
fn of_index(relation: &Relation, tenant: &str, index: &Index) -> Option<Question> {
    let names = index.names();
    let of_key = |name: &&&str| {
        let number = relation.column_named(name).map(|c| c.number);
        relation.primary_key.iter().any(|key| Some(*key) == number)
    };
    // Who asks by the whole key asks for one row.
    if index.unique && names.iter().filter(of_key).count() == relation.primary_key.len() {
        return None;
    }
    let (first, rest) = names.split_first()?;
    if *first != tenant || rest.is_empty() || index.method != "btree" {
        return None;
    }
    let (last, equal) = rest.split_last()?;
    let of = relation.column_named(last)?;
    let descending = index.columns.get(names.len() - 1)?.descending;
    Some(match (is_time(of) || is_number(of), equal.is_empty()) {
        (true, true) => Question::of(format!("in order of {last}"), &[], Some((last, descending))),
        (true, false) => Question::of(
            format!("one {} in order of {last}", equal.join(" and ")),
            equal,
            Some((last, descending)),
        ),
        (false, _) => Question::of(format!("of one {}", rest.join(" and ")), rest, None),
    })
}

/// Columns that hold one of a few values, those first that indexes, policies, views or functions ask for.
fn states<'a>(
    catalog: &Catalog,
    relation: &'a Relation,
    tenant: &str,
    indexes: &[&Index],
) -> Vec<&'a str> {
    let is_state = |column: &&Column| {
        let kind = catalog.types.get(&column.type_oid).map(|of| &of.shape);
        let listed = |check: &crate::catalog::Check| {
            check.columns == [column.number] && check.expression.contains("ANY")
        };
        column.name != tenant
            && (matches!(kind, Some(Shape::Enum(_)))
                || column.type_name == "boolean"
                || relation.checks.iter().any(listed))
    };
    let hinted = |column: &Column| {
        let in_index = |index: &&Index| {
            let predicate = index.predicate.as_deref().unwrap_or_default();
            index.names().contains(&column.name.as_str()) || names(predicate, &column.name)
        };
        let in_policy = |policy: &crate::catalog::Policy| {
            names(policy.using.as_deref().unwrap_or_default(), &column.name)
        };
        let in_view = |view: &Relation| {
            let definition = view.definition.as_deref().unwrap_or_default();
            view.reads.contains(&relation.oid) && names(definition, &column.name)
        };
        let in_function = |function: &crate::catalog::Function| {
            names(&function.body, &relation.name) && names(&function.body, &column.name)
        };
        indexes.iter().any(in_index)
            || relation.policies.iter().any(in_policy)
            || catalog.relations.iter().any(in_view)
            || catalog.functions.iter().any(in_function)
    };
    let mut found: Vec<&Column> = relation.columns.iter().filter(is_state).collect();
    found.sort_by_key(|column| !hinted(column));
    found
        .into_iter()
        .map(|column| column.name.as_str())
        .collect()
}
