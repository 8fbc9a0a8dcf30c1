//! Lists where a column's values may come from: its plain state first, then every other state that the schema mentions.
use super::bounds::bounds;
use super::kind::Kind;
use super::literals::{self, Mention, literals, names};
use super::moment::Moment;
use super::plan::{self, Check, Part};
use super::said::Said;
use super::source::Source;
use super::words::{POOL, Words};
use crate::catalog::{self, Catalog, Oid, Relation, Shape};
use std::collections::BTreeSet;

/// Most literals that one column takes as states of its own.
const LITERALS: usize = 20;

/// What is known of a column.
pub struct Facts<'a> {
    pub catalog: &'a Catalog,
    pub relation: &'a Relation,
    pub column: &'a catalog::Column,
    pub said: &'a Said,
    /// How many columns of dates and times stand before it.
    pub place: usize,
    pub part: &'a Part,
    pub owners: &'a BTreeSet<i16>,
}

/// Fills in the column's sources and whether the database must be asked about them.
pub fn fill(facts: &Facts<'_>, column: &mut plan::Column) {
    let number = facts.column.number;
    let crowded = facts
        .relation
        .checks
        .iter()
        .any(|c| c.columns.len() > 1 && c.columns.contains(&number));
    let domain = domain(facts.catalog, facts.column.type_oid);
    column.nullable &= !domain.not_null;
    let mut texts = domain.checks;
    let own = |c: &&catalog::Check| c.columns == [number];
    texts.extend(
        facts
            .relation
            .checks
            .iter()
            .filter(own)
            .map(|c| c.expression.clone()),
    );
    if column.reference {
        if column.key.is_some() && !texts.is_empty() {
            column.looks = candidates(facts, column, &texts, false);
        }
        column.sources = vec![Source::Reference(0)];
        if crowded {
            column
                .sources
                .extend([Source::Reference(1), Source::Reference(2)]);
        }
        if column.nullable && (crowded || !facts.owners.contains(&number)) {
            put_null(facts, column);
        }
        return;
    }
    let (bounds, rest) = bounds(facts.catalog, facts.relation, facts.column);
    column.asked = !texts.is_empty() || unknown(&column.kind);
    column.sources = if bounds.is_empty() {
        candidates(facts, column, &texts, crowded)
    } else if rest {
        let mut plain = candidates(facts, column, &texts, crowded);
        plain.extend(bounds);
        plain
    } else {
        column.asked = false;
        bounds
    };
    if column.nullable {
        put_null(facts, column);
    }
    let mut seen = BTreeSet::new();
    column.sources.retain(|source| seen.insert(source.clone()));
}

/// NULL is the plain state where the schema looks for NULL, else the last one.
fn put_null(facts: &Facts<'_>, column: &mut plan::Column) {
    let said = facts.said.of(&column.name);
    let plain = said.contains(&Mention::IsNull) && !column.reference;
    let at = if plain { 0 } else { column.sources.len() };
    column.sources.insert(at, Source::Null);
}

#[derive(Default)]
struct Domain {
    checks: Vec<String>,
    not_null: bool,
}

/// All that a column's domain, and the domains that it builds on, demand.
fn domain(catalog: &Catalog, mut oid: Oid) -> Domain {
    let mut found = Domain::default();
    while let Some(Shape::Domain {
        base,
        not_null,
        checks,
        ..
    }) = catalog.types.get(&oid).map(|t| &t.shape)
    {
        found.checks.extend(checks.iter().cloned());
        found.not_null |= *not_null;
        oid = *base;
    }
    found
}

fn unknown(kind: &Kind) -> bool {
    match kind {
        Kind::Other { .. } => true,
        Kind::Array(of) | Kind::Range { of, .. } => unknown(of),
        Kind::Composite(fields) => fields.iter().any(unknown),
        _ => false,
    }
}

fn candidates(
    facts: &Facts<'_>,
    column: &plan::Column,
    texts: &[String],
    crowded: bool,
) -> Vec<Source> {
    let default = facts.column.default.as_deref().and_then(literals::constant);
    let checked: Vec<String> = texts
        .iter()
        .flat_map(|t| literals(t))
        .take(LITERALS)
        .collect();
    let said: Vec<String> = facts
        .said
        .literals(&column.name)
        .take(8)
        .map(str::to_owned)
        .collect();
    let open = texts.is_empty();
    match &column.kind {
        Kind::Text { .. } | Kind::Other { .. } => {
            text(facts, column, default, &said, &checked, open)
        }
        Kind::Bool => {
            let first = matches!(default.as_deref(), Some("true" | "t"));
            let word = |value: bool| Source::Literal(if value { "t" } else { "f" }.to_owned());
            vec![word(first), word(!first)]
        }
        Kind::Enum(labels) => {
            let known = |text: &String| labels.contains(text);
            let first = default.into_iter().filter(known);
            let member = matches!(facts.part, Part::Membership(_));
            let said = said.into_iter().filter(known).filter(|_| member);
            said.chain(first)
                .chain(labels.iter().cloned())
                .map(Source::Literal)
                .collect()
        }
        Kind::Int(_) | Kind::Numeric { .. } | Kind::Float | Kind::Money => {
            number(default, &checked, open && !crowded)
        }
        Kind::Date | Kind::Timestamp { .. } => time(facts, column, &checked, open && !crowded),
        Kind::Json => json(default, &checked, open),
        Kind::Array(_) => {
            let one =
                |text: &String| Source::Literal(super::value::array_of(std::slice::from_ref(text)));
            let mut list = vec![Source::Fresh];
            list.extend(checked.iter().chain(&said).map(one).filter(|_| !open));
            list.push(Source::Literal("{}".to_owned()));
            list
        }
        _ if open => vec![Source::Fresh],
        _ => std::iter::once(Source::Fresh)
            .chain(checked.into_iter().map(Source::Literal))
            .chain(["00:00", "12:00", "1 day", "1 hour"].map(|t| Source::Literal(t.to_owned())))
            .collect(),
    }
}

fn text(
    facts: &Facts<'_>,
    column: &plan::Column,
    default: Option<String>,
    said: &[String],
    checked: &[String],
    open: bool,
) -> Vec<Source> {
    let fresh = Source::Text(column.words);
    let literal = |text: &String| Source::Literal(text.clone());
    let unique = facts
        .relation
        .uniques
        .iter()
        .any(|u| u.columns.contains(&column.number));
    let mut list = Vec::new();
    let member = matches!(facts.part, Part::Membership(_));
    if open && unique {
        list.push(fresh.clone());
    }
    if member {
        list.extend(said.iter().map(literal));
    }
    let mut ruling = facts
        .said
        .ruling(&column.name)
        // `name <> ''` says that the empty text is the odd one out.
        .filter(|text| !text.is_empty())
        .map(str::to_owned)
        .peekable();
    if ruling.peek().is_some() || !open {
        list.extend(default.iter().map(literal));
    }
    list.extend(ruling.map(Source::Literal));
    list.push(fresh.clone());
    list.extend(default.iter().chain(said).map(literal));
    list.push(fresh);
    list.extend(checked.iter().map(literal));
    if !open || unknown(&column.kind) {
        list.extend(Words::ALL.map(Source::Text));
        list.extend(Words::sized().map(Source::Text));
        // A plain word is a pattern of itself alone, and would pass for a text of the cell's own.
        let pattern = |text: &&String| {
            text.contains(['^', '$', '[', '(', '{', '*', '+', '?', '.', '\\', '|'])
        };
        list.extend(checked.iter().filter(pattern).cloned().map(Source::Pattern));
        list.extend(POOL.iter().map(|text| Source::Literal((*text).to_owned())));
    }
    if let Kind::Other { modifier } = column.kind {
        list.extend(strange(modifier).into_iter().map(Source::Literal));
    }
    list
}

/// Literals of types that come from extensions: coordinates, vectors, key-value pairs, label paths, versions.
fn strange(modifier: i32) -> Vec<String> {
    let dimensions = usize::try_from(modifier).unwrap_or(3).clamp(1, 4096);
    let vector = vec!["0.5"; dimensions].join(",");
    let fixed = [
        "\"note\"=>\"a\"",
        "POINT(1 2)",
        "POLYGON((0 0,1 0,1 1,0 0))",
        "LINESTRING(0 0,1 1)",
        "a.b",
        "1.2.3",
        "(1,2)",
        "(1)",
        "[1,2]",
        "{}",
        "1",
        "0",
        "a",
        "978-0-306-40615-7",
        "192.168.0.0/24",
    ];
    std::iter::once(format!("[{vector}]"))
        .chain(fixed.map(str::to_owned))
        .collect()
}

fn number(default: Option<String>, checked: &[String], open: bool) -> Vec<Source> {
    let mut list = vec![Source::Fresh];
    if open {
        return list;
    }
    let literal = |text: String| Source::Literal(text);
    list.extend(default.map(literal));
    list.extend(checked.iter().cloned().map(literal));
    for text in checked {
        if let Ok(value) = text.parse::<i64>() {
            list.extend([value + 1, value - 1, value / 2].map(|v| Source::Literal(v.to_string())));
        }
    }
    let pool = [
        "1", "2", "3", "5", "10", "50", "100", "1000", "0", "-1", "0.5", "10000", "2024",
    ];
    list.extend(pool.map(|text| Source::Literal(text.to_owned())));
    list
}

fn time(facts: &Facts<'_>, column: &plan::Column, checked: &[String], open: bool) -> Vec<Source> {
    let ordinal = Source::When(Moment::Ordinal(facts.place.min(13) as u8));
    let said = facts.said.of(&column.name);
    let (past, future) = (Source::When(Moment::Past), Source::When(Moment::Future));
    let mut list = match (
        said.contains(&Mention::AfterNow),
        said.contains(&Mention::BeforeNow),
    ) {
        (true, _) => vec![future.clone(), ordinal],
        (false, true) => vec![ordinal, future.clone()],
        (false, false) => vec![ordinal],
    };
    // The periods of two rows must not overlap, so each stays on its row's days.
    let exclusive = facts
        .relation
        .exclusions
        .iter()
        .any(|(_, text)| text.contains(&column.name));
    if exclusive {
        list.truncate(1);
    } else if !open {
        // Decades apart would overflow where a generated column counts the seconds between two times.
        list.extend([0, 13].map(|place| Source::When(Moment::Ordinal(place))));
        let asked = [past, future, Source::When(Moment::Month)];
        list.extend(asked.into_iter().filter(|_| column.asked));
        list.extend(checked.iter().cloned().map(Source::Literal));
    }
    list
}

fn json(default: Option<String>, checked: &[String], open: bool) -> Vec<Source> {
    let starts = |c: char| {
        default
            .as_deref()
            .is_some_and(|d| d.trim_start().starts_with(c))
    };
    let mut list = if starts('[') {
        vec![Source::List]
    } else {
        vec![Source::Fresh]
    };
    list.extend(default.clone().map(Source::Literal));
    if !open {
        list.extend([Source::Fresh, Source::List]);
        list.extend(["{}", "[]", "1", "\"a\"", "true"].map(|t| Source::Literal(t.to_owned())));
        list.extend(checked.iter().cloned().map(Source::Literal));
    }
    list
}

/// CHECKs over columns that the world writes.
pub fn checks(relation: &Relation, columns: &[plan::Column]) -> Vec<Check> {
    relation
        .checks
        .iter()
        .filter_map(|check| {
            let place = |n: &i16| columns.iter().position(|c| c.number == *n);
            let columns: Option<Vec<usize>> = check.columns.iter().map(place).collect();
            Some(Check {
                expression: check.expression.clone(),
                columns: columns?,
            })
        })
        .filter(|check| !check.columns.is_empty())
        .collect()
}

/// The columns that an expression reads, by index.
pub fn columns_in(expression: &str, columns: &[plan::Column]) -> Vec<usize> {
    let names: BTreeSet<String> = names(expression).into_iter().collect();
    (0..columns.len())
        .filter(|&i| names.contains(&columns[i].name))
        .collect()
}
