//! Words and marks for the parts of a status.
use super::plain::one_line;
use crate::status::{Convention, Filled, Gap, Immutable, KeyColumn, Reference, Security, Table};

/// `org_id NFIRM`: each mark has its place, so that a missing one is seen without colour.
pub(super) fn column_words(column: &KeyColumn) -> String {
    let mark = |held: bool, letter: char| if held { letter } else { '·' };
    let marks = [
        mark(column.not_null, 'N'),
        match column.filled {
            Filled::Enforced => 'F',
            Filled::Counted { nulls, .. } => mark(nulls == 0, 'F'),
            Filled::Unproven => '–',
        },
        mark(column.indexed, 'I'),
        match column.reference {
            Reference::Validated | Reference::NotNeeded => 'R',
            Reference::NotValidated => 'r',
            Reference::Missing => '·',
        },
        match &column.immutable {
            Immutable::Unproven(_) => '–',
            tried => mark(tried.holds(), 'M'),
        },
    ];
    let marks: String = marks.iter().collect();
    format!("{} {marks}", one_line(&column.name))
}

/// `3 new, 1 old`
pub(super) fn policy_words(table: &Table) -> String {
    let kinds = [
        Convention::New,
        Convention::Old,
        Convention::Both,
        Convention::Neither,
        Convention::Aside,
    ];
    let mut parts: Vec<String> = kinds
        .into_iter()
        .map(|kind| {
            let same = table.policies.iter().filter(|p| p.convention == kind);
            (same.count(), kind.name())
        })
        .filter(|(count, _)| *count > 0)
        .map(|(count, name)| format!("{count} {name}"))
        .collect();
    if parts.is_empty() {
        parts.push("no policy".to_owned());
    }
    if table.security == Security::Off {
        parts.push("RLS off".to_owned());
    }
    parts.join(", ")
}

/// What is to be done, in one sentence.
pub(super) fn todo(gaps: &[Gap]) -> String {
    let mut parts: Vec<String> = Vec::new();
    let named = |of: fn(&Gap) -> Option<&String>| -> Vec<&str> {
        gaps.iter().filter_map(of).map(String::as_str).collect()
    };
    let old = named(|gap| match gap {
        Gap::OldPolicy(name) => Some(name),
        _ => None,
    });
    let open = named(|gap| match gap {
        Gap::OpenPolicy(name) => Some(name),
        _ => None,
    });
    for gap in gaps {
        let words = match gap {
            Gap::NoColumn => "add a column of the new key".to_owned(),
            Gap::Nullable(column) => format!("make {column} NOT NULL"),
            Gap::SecurityOff => "enable row security".to_owned(),
            Gap::OldPolicy(name) if old.first() == Some(&name.as_str()) => {
                policies("replace", &old, "the old key")
            }
            Gap::OpenPolicy(name) if open.first() == Some(&name.as_str()) => {
                policies("replace", &open, "no key of the row")
            }
            Gap::OldPolicy(_) | Gap::OpenPolicy(_) => continue,
            Gap::Nulls {
                column,
                nulls,
                rows,
            } => format!("fill {column} in {nulls} of {rows} rows"),
            Gap::NoReference(column) => format!("give {column} a foreign key"),
            Gap::NotValidated(column) => format!("validate the foreign key of {column}"),
            Gap::NoIndex(column) => format!("add an index that begins with {column}"),
            Gap::Changeable(column) => format!("keep {column} from being changed"),
        };
        parts.push(one_line(&words));
    }
    parts.join("; ")
}

fn policies(verb: &str, names: &[&str], by: &str) -> String {
    match names {
        [one] => format!("{verb} policy {one}, which asks for {by}"),
        many => format!("{verb} policies {}, which ask for {by}", few(many)),
    }
}

/// Policies named before the rest is only counted; JSON names all.
const MOST_NAMES: usize = 4;

pub(super) fn few(names: &[&str]) -> String {
    match names.len().saturating_sub(MOST_NAMES) {
        0 => names.join(", "),
        more => format!("{} and {more} more", names[..MOST_NAMES].join(", ")),
    }
}
