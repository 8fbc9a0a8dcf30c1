//! One leak as a script: the rows it needs, who the attacker is, and the statement. Runs in psql and rolls back.
use super::closure::Place;
use crate::catalog::{Column, Generated, Relation};
use crate::probes::{Aim, Attack, Attacker, Command, Preparation, Scene, named, statement};
use crate::sql::{identifier, nullable};
use crate::world::TrueRow;
use std::borrow::Cow;
use std::collections::BTreeSet;

/// A leak in its smallest known form.
#[derive(Debug, Clone, PartialEq)]
pub struct Case {
    pub attack: Attack,
    pub attacker: Attacker,
    /// Rows that must stand in the database, besides what the migrations put there.
    pub rows: Vec<Place>,
    /// Columns of these rows that are left to their defaults.
    pub unsaid: BTreeSet<(Place, i16)>,
}

/// The script. `victim` and `got` are said in comments.
pub fn render(scene: &Scene, case: &Case, victim: &str, got: &str) -> String {
    let mut out = opening(scene, case);
    let remark = match case.attack.aim {
        Aim::Gained { .. } => "without what comes before it, none".to_owned(),
        _ => format!("{victim} is not the caller's"),
    };
    out.push_str(&format!(
        "{};\n-- gives {got}; {remark}\n",
        case.attack.statement
    ));
    if let Some(shown) = shows(scene, case) {
        out.push_str(&format!("RESET ROLE;\n{shown};\n"));
    }
    out.push_str("ROLLBACK;\n");
    out
}

/// The transaction up to the attack: the rows, and who the attacker is.
fn opening(scene: &Scene, case: &Case) -> String {
    let mut out = String::from("BEGIN;\n");
    let inserts: Vec<String> = ordered(scene, case)
        .into_iter()
        .map(|(relation, row)| {
            let unsaid = |number| {
                let place = (relation.oid, row.ctid.clone());
                case.unsaid.contains(&(place, number))
            };
            format!("{};\n", insert_part(scene, relation, &row, unsaid))
        })
        .collect();
    if !inserts.is_empty() {
        out.push_str("-- The rows it takes, without firing triggers.\nSET LOCAL session_replication_role = replica;\n");
        out.push_str(&inserts.concat());
        out.push_str("SET LOCAL session_replication_role = origin;\n");
    }
    out.push_str(&format!("-- {}:\n", case.attacker.name));
    out.push_str(&format!("SET LOCAL ROLE {};\n", plain(&case.attacker.role)));
    out.push_str(&statement::settings(&case.attacker));
    out
}

/// A leak that shows only by comparison: what the attacker reads before and after the victim writes one row.
#[derive(Debug, Clone, PartialEq)]
pub struct Before {
    pub case: Case,
    /// The INSERT of the victim's row.
    pub written: String,
    /// What brings a materialized view up to date; empty for everything else.
    pub refresh: String,
    pub first: String,
    pub second: String,
}

/// The script of such a leak.
pub fn render_twice(scene: &Scene, before: &Before, victim: &str) -> String {
    let (statement, role) = (
        &before.case.attack.statement,
        plain(&before.case.attacker.role),
    );
    let refresh = match before.refresh.is_empty() {
        true => String::new(),
        false => format!("{}\n", before.refresh),
    };
    // What the view shows first are the rows above, and not those of the database.
    let early = match before.refresh.is_empty() {
        true => String::new(),
        false => format!("RESET ROLE;\n{refresh}SET LOCAL ROLE {role};\n"),
    };
    format!(
        "{}{early}{statement};\n-- gave {} in the run\nRESET ROLE;\n-- {victim} writes a row of its own:\n{};\n{refresh}SET LOCAL ROLE {role};\n{statement};\n-- gave {} in the run\nROLLBACK;\n",
        opening(scene, &before.case),
        before.first,
        before.written,
        before.second
    )
}

/// Rows in key order, by the world's load order where known, else as they come; each as it stands when the attack begins.
pub fn ordered<'a>(scene: &Scene<'a>, case: &Case) -> Vec<(&'a Relation, Cow<'a, TrueRow>)> {
    let erased = |relation: u32, row: &TrueRow| {
        case.attack.preparation.iter().any(|step| matches!(step, Preparation::Erase { relation: r, ctid } if *r == relation && *ctid == row.ctid))
    };
    let mut rows: Vec<(usize, &Relation, &TrueRow)> = Vec::new();
    for (oid, ctid) in &case.rows {
        let Some(relation) = scene.relation(*oid) else {
            continue;
        };
        let row = scene
            .truth
            .tables
            .get(oid)
            .into_iter()
            .flatten()
            .find(|row| row.ctid == *ctid);
        let order = scene
            .world
            .rows
            .iter()
            .position(|row| row.relation == *oid)
            .unwrap_or(usize::MAX);
        rows.extend(
            row.filter(|row| !erased(*oid, row))
                .map(|row| (order, relation, row)),
        );
    }
    rows.sort_by_key(|(order, relation, row)| (*order, relation.oid, row.ctid.clone()));
    rows.into_iter()
        .map(|(_, relation, row)| (relation, prepared(case, relation, row)))
        .collect()
}

/// The row with the values that the attack's preparation gives it.
fn prepared<'a>(case: &Case, relation: &Relation, row: &'a TrueRow) -> Cow<'a, TrueRow> {
    let place = (relation.oid, row.ctid.clone());
    let mut out = Cow::Borrowed(row);
    for step in &case.attack.preparation {
        let Preparation::Rewrite { values, .. } = step else {
            continue;
        };
        for (name, value) in values.iter().filter(|_| step.rewrites(&place)) {
            let at = relation
                .columns
                .iter()
                .position(|column| column.name == *name);
            if let Some(cell) = at.and_then(|at| out.to_mut().values.get_mut(at)) {
                cell.clone_from(value);
            }
        }
    }
    out
}

/// The INSERT of a row as it stands, without its semicolon.
pub fn insert_row(scene: &Scene, relation: &Relation, row: &TrueRow) -> String {
    insert_part(scene, relation, row, |_| false)
}

/// The same without some of its columns.
fn insert_part(
    scene: &Scene,
    relation: &Relation,
    row: &TrueRow,
    unsaid: impl Fn(i16) -> bool,
) -> String {
    let columns = columns_said(scene, relation, row, unsaid);
    let names: Vec<String> = columns.iter().map(|c| plain(&c.name)).collect();
    let values: Vec<String> = columns
        .iter()
        .map(|c| nullable(scene.value(relation, row, c.number)))
        .collect();
    let overriding = if columns
        .iter()
        .any(|c| c.generated == Generated::IdentityAlways)
    {
        " OVERRIDING SYSTEM VALUE"
    } else {
        ""
    };
    format!(
        "INSERT INTO {} ({}){overriding}\n  VALUES ({})",
        named(relation),
        names.join(", "),
        values.join(", ")
    )
}

/// The columns that an INSERT of the row names.
pub fn columns_said<'a>(
    scene: &Scene,
    relation: &'a Relation,
    row: &TrueRow,
    unsaid: impl Fn(i16) -> bool,
) -> Vec<&'a Column> {
    let columns = relation.columns.iter().filter(|c| {
        c.generated != Generated::Expression
            && !unsaid(c.number)
            && (c.default.is_some() || scene.value(relation, row, c.number).is_some())
    });
    columns.collect()
}

/// For writes: a look at the table afterwards.
fn shows(scene: &Scene, case: &Case) -> Option<String> {
    let relation = scene.relation(case.attack.object.oid())?;
    if let Aim::Gained { .. } = case.attack.aim {
        return None;
    }
    matches!(
        case.attack.command,
        Command::Insert | Command::Update | Command::Delete | Command::Truncate
    )
    .then(|| format!("SELECT * FROM {}", named(relation)))
}

/// A name without quotes where PostgreSQL would read it the same.
pub(super) fn plain(name: &str) -> String {
    let simple = name
        .chars()
        .all(|c| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '_')
        && name.starts_with(|c: char| c.is_ascii_lowercase() || c == '_');
    if simple && !squawk_syntax::quote::is_reserved_word(name) {
        name.to_owned()
    } else {
        identifier(name)
    }
}
