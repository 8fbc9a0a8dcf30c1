//! Fields of arguments that hold several values: JSON documents with the keys that a body reads, and composite values.
use super::arguments::{own_key, victim_key};
use super::scene::{Attacker, Scene};
use crate::catalog::{Argument, Function, Generated, Relation, Shape};
use crate::tenancy::KeyId;
use std::collections::BTreeSet;

/// A field with the value that the attacker's own row has there, and the victim's.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Field {
    /// The keys that lead to it; of a composite value the column's name alone.
    pub path: Vec<String>,
    pub own: Option<String>,
    pub foreign: Option<String>,
    /// It names a row, a tenant or a user.
    pub names: bool,
    /// It is the key of the very row that the argument describes.
    pub primary: bool,
}

/// How an argument that holds fields is written.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Shaped {
    composite: bool,
    list: bool,
}

/// Most fields of one argument.
const FIELDS: usize = 24;

/// The fields of an argument that holds some.
pub(super) fn fields(
    scene: &Scene,
    attacker: &Attacker,
    function: &Function,
    position: usize,
) -> Option<(Shaped, Vec<Field>)> {
    let argument = &function.arguments[position];
    let body = bodies(scene, function);
    let (shape, paths, described) = match composite(scene, argument) {
        Some((list, columns, described)) => {
            let shape = Shaped {
                composite: true,
                list,
            };
            let paths = columns.into_iter().map(|name| vec![name]).collect();
            (shape, paths, described)
        }
        None => {
            let paths = document_paths(scene, &body, &argument.type_name)?;
            let lower = body.to_lowercase();
            let list = ["array_elements", "to_recordset", "populate_recordset"];
            let shape = Shaped {
                composite: false,
                list: list.iter().any(|word| lower.contains(word)),
            };
            (shape, paths, None)
        }
    };
    let mentioned = mentioned(scene, &body);
    let described = described.or_else(|| best(&mentioned, &paths));
    let order: Vec<&Relation> = described.into_iter().chain(mentioned).collect();
    let found = paths.into_iter().take(FIELDS).map(|path| {
        let place = (function.oid, position, path.clone());
        let key = scene.tenancy.fields.get(&place).copied();
        field(scene, attacker, &order, path, key)
    });
    Some((shape, found.collect()))
}

/// The body with those of the functions that it calls.
fn bodies(scene: &Scene, function: &Function) -> String {
    let words = words(&function.body);
    let called = scene.catalog.functions.iter().filter(|other| {
        other.oid != function.oid && !other.platform && words.contains(&other.name.to_lowercase())
    });
    let texts = std::iter::once(function.body.as_str()).chain(called.map(|f| f.body.as_str()));
    texts.collect::<Vec<_>>().join("\n")
}

fn words(text: &str) -> BTreeSet<String> {
    crate::sql::words(text).map(str::to_lowercase).collect()
}

/// Tables of owned rows that a body names.
fn mentioned<'a>(scene: &Scene<'a>, body: &str) -> Vec<&'a Relation> {
    let words = words(body);
    scene
        .owned()
        .filter(|relation| words.contains(&relation.name.to_lowercase()))
        .collect()
}

/// The columns of an argument of a composite type, whether it is an array of such, and the table that the type is of.
fn composite<'a>(
    scene: &Scene<'a>,
    argument: &Argument,
) -> Option<(bool, Vec<String>, Option<&'a Relation>)> {
    let base = argument.type_name.trim_end_matches("[]");
    let list = base.len() < argument.type_name.len();
    let names = |columns: &[crate::catalog::Column]| -> Vec<String> {
        columns.iter().map(|c| c.name.clone()).collect()
    };
    let table = scene
        .catalog
        .relations
        .iter()
        .find(|r| super::named(r).replace('"', "") == base.replace('"', ""));
    if let Some(table) = table {
        return Some((list, names(&table.columns), Some(table)));
    }
    scene.catalog.types.values().find_map(|found| {
        let is_it = format!("{}.{}", found.schema, found.name) == base.replace('"', "");
        match &found.shape {
            Shape::Composite(columns) if is_it => Some((list, names(columns), None)),
            _ => None,
        }
    })
}

/// The keys that a body reads of documents, where the argument is one.
fn document_paths(scene: &Scene, body: &str, type_name: &str) -> Option<Vec<Vec<String>>> {
    let lower = body.to_lowercase();
    let is_document = match type_name {
        "json" | "jsonb" => true,
        "text" | "character varying" => lower.contains("::json") || lower.contains("as json"),
        _ => false,
    };
    if !is_document {
        return None;
    }
    let mut paths = read_keys(body);
    paths.extend(record_columns(&lower).into_iter().map(|name| vec![name]));
    for relation in populated(scene, &lower) {
        let columns = relation.columns.iter();
        let written = columns.filter(|c| c.generated != Generated::Expression);
        paths.extend(written.map(|c| vec![c.name.clone()]));
    }
    let mut known = BTreeSet::new();
    paths.retain(|path| known.insert(path.clone()));
    (!paths.is_empty()).then_some(paths)
}

/// `payload -> 'customer' ->> 'id'` and `payload #>> '{customer,id}'`.
fn read_keys(body: &str) -> Vec<Vec<String>> {
    let mut out: Vec<Vec<String>> = Vec::new();
    let mut rest = body;
    // Whether the operator continues the path before it.
    let mut continues = false;
    while let Some(at) = rest.find(['-', '#']) {
        let stepped = &rest[at..];
        let operator = ["->>", "->", "#>>", "#>"]
            .into_iter()
            .find(|operator| stepped.starts_with(operator));
        let between = rest[..at].trim();
        let follows = continues && (between.is_empty() || between == "::text");
        let Some(operator) = operator else {
            rest = &stepped[1..];
            continues = false;
            continue;
        };
        rest = stepped[operator.len()..].trim_start();
        let Some((key, after)) = rest.strip_prefix('\'').and_then(|r| r.split_once('\'')) else {
            continues = false;
            continue;
        };
        let steps: Vec<String> = match operator.starts_with('#') {
            true => key
                .trim_matches(['{', '}'])
                .split(',')
                .map(|step| step.trim().to_owned())
                .collect(),
            false => vec![key.to_owned()],
        };
        match out.last_mut().filter(|_| follows) {
            Some(path) => path.extend(steps),
            None => out.push(steps),
        }
        rest = after;
        continues = true;
    }
    out
}

/// The columns of `jsonb_to_record(payload) AS t(id uuid, title text)`.
fn record_columns(lower: &str) -> Vec<String> {
    let mut out = Vec::new();
    for part in lower.split("to_record").skip(1) {
        let list = part
            .split_once(')')
            .and_then(|(_, after)| after.split_once('('))
            .map(|(_, list)| list);
        let mut depth = 0usize;
        let mut column = String::new();
        for c in list.unwrap_or_default().chars().chain([',']) {
            match c {
                ')' if depth == 0 => break,
                '(' => depth += 1,
                ')' => depth -= 1,
                ',' if depth == 0 => out.push(std::mem::take(&mut column)),
                _ => {}
            }
            if c != ',' {
                column.push(c);
            }
        }
        out.push(column);
    }
    let name = |text: String| {
        let first = text.split_whitespace().next()?.trim_matches('"').to_owned();
        (!first.is_empty()).then_some(first)
    };
    out.into_iter().filter_map(name).collect()
}

/// The tables of `jsonb_populate_record(null::public.customers, payload)`.
fn populated<'a>(scene: &Scene<'a>, lower: &str) -> Vec<&'a Relation> {
    let named = lower.split("populate_record").skip(1).filter_map(|part| {
        let (_, after) = part.split_once("::")?;
        let end = after.find(|c: char| c == ',' || c == ')' || c.is_whitespace())?;
        Some(after[..end].replace('"', ""))
    });
    let wanted: Vec<String> = named.collect();
    let is_wanted = |relation: &&Relation| {
        let name = relation.name.to_lowercase();
        let full = format!("{}.{name}", relation.schema.to_lowercase());
        wanted
            .iter()
            .any(|wanted| *wanted == name || *wanted == full)
    };
    scene.catalog.relations.iter().filter(is_wanted).collect()
}

/// The table with most of the fields among its columns.
fn best<'a>(mentioned: &[&'a Relation], paths: &[Vec<String>]) -> Option<&'a Relation> {
    let count = |relation: &Relation| {
        let held = paths
            .iter()
            .filter(|path| column_of(relation, path).is_some());
        held.count()
    };
    mentioned
        .iter()
        .copied()
        .filter(|relation| count(relation) > 0)
        .max_by_key(|relation| (count(relation), std::cmp::Reverse(relation.oid)))
}

fn column_of(relation: &Relation, path: &[String]) -> Option<i16> {
    let wanted = plain(path.last()?);
    let columns = relation.columns.iter();
    columns
        .filter(|column| plain(&column.name) == wanted)
        .map(|column| column.number)
        .next()
}

/// `practiceId`, `p_practice_id` and `practice_id` are one name.
fn plain(name: &str) -> String {
    let letters: String = name.chars().filter(char::is_ascii_alphanumeric).collect();
    let name = match name.strip_prefix("p_") {
        Some(_) => letters.chars().skip(1).collect(),
        None => letters,
    };
    name.to_lowercase()
}

/// A field with its values: of the column that has its name, or of the key that the body uses it as.
fn field(
    scene: &Scene,
    attacker: &Attacker,
    order: &[&Relation],
    path: Vec<String>,
    key: Option<KeyId>,
) -> Field {
    let nothing = Field {
        path: path.clone(),
        own: None,
        foreign: None,
        names: false,
        primary: false,
    };
    let found = order
        .iter()
        .enumerate()
        .find_map(|(at, relation)| Some((at, *relation, column_of(relation, &path)?)));
    if let Some((at, relation, number)) = found {
        let value = |row: Option<(u32, &crate::world::TrueRow)>| {
            let (_, row) = row?;
            scene.value(relation, row, number).map(str::to_owned)
        };
        let primary = relation.primary_key.contains(&number);
        let mut references = relation.foreign_keys.iter();
        return Field {
            own: value(scene.own_row(attacker, relation.oid)),
            foreign: value(scene.victim_row(attacker, relation.oid)),
            names: primary
                || references.any(|key| key.columns.contains(&number))
                || scene.names_owner(relation, number),
            primary: primary && at == 0,
            ..nothing
        };
    }
    let wanted = path.last().map(|name| plain(name)).unwrap_or_default();
    let named = scene.tenancy.keys.iter().position(|key| {
        let mut columns = key.columns.iter();
        columns.any(|column| {
            let relation = scene.relation(column.relation);
            let found = relation.and_then(|relation| relation.column(column.column));
            found.is_some_and(|found| found.name != "id" && plain(&found.name) == wanted)
        })
    });
    match key.or(named.map(KeyId)) {
        Some(key) => Field {
            own: own_key(scene, attacker, key),
            foreign: victim_key(scene, key),
            names: true,
            ..nothing
        },
        None => nothing,
    }
}

/// The argument's text with these values in its fields.
pub(super) fn compose(shape: Shaped, fields: &[(&[String], Option<String>)]) -> String {
    if shape.composite {
        let quoted = |value: &Option<String>| match value {
            Some(text) => format!("\"{}\"", text.replace('\\', "\\\\").replace('"', "\"\"")),
            None => String::new(),
        };
        let values: Vec<String> = fields.iter().map(|(_, value)| quoted(value)).collect();
        let row = format!("({})", values.join(","));
        return match shape.list {
            true => format!("{{\"{}\"}}", row.replace('\\', "\\\\").replace('"', "\\\"")),
            false => row,
        };
    }
    let mut document = serde_json::json!({});
    for (path, value) in fields {
        let Some(value) = value else { continue };
        let mut at = &mut document;
        for step in *path {
            if !at.is_object() {
                *at = serde_json::json!({});
            }
            at = &mut at[step.as_str()];
        }
        *at = match value.starts_with('{') {
            true => serde_json::from_str(value).unwrap_or_else(|_| value.as_str().into()),
            false => value.as_str().into(),
        };
    }
    match shape.list {
        true => serde_json::json!([document]).to_string(),
        false => document.to_string(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn keys_of_a_document_are_read_from_the_body_with_their_nesting() {
        let body = "values ((payload ->> 'org_id')::uuid, payload->'customer'->>'mail', payload #>> '{a, b}', x - 1, r ->> 'n')";
        let found: Vec<String> = read_keys(body).iter().map(|path| path.join(".")).collect();
        assert_eq!(found, ["org_id", "customer.mail", "a.b", "n"]);
    }

    #[test]
    fn columns_of_a_record_made_of_a_document_are_its_keys() {
        let body =
            "select * from jsonb_to_recordset(p) as t(id uuid, price numeric(10, 2), note text)";
        assert_eq!(record_columns(body), ["id", "price", "note"]);
    }

    #[test]
    fn composite_values_and_documents_are_written_as_postgresql_reads_them() {
        let (a, b) = (["a".to_owned()], ["b".to_owned()]);
        let fields: [(&[String], Option<String>); 2] =
            [(&a, Some("x \"y\"".to_owned())), (&b, None)];
        let written = |composite, list| compose(Shaped { composite, list }, &fields);
        assert_eq!(written(true, false), r#"("x ""y""",)"#);
        assert_eq!(written(true, true), r#"{"(\"x \"\"y\"\"\",)"}"#);
        assert_eq!(written(false, true), r#"[{"a":"x \"y\""}]"#);
    }
}
