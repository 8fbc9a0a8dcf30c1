//! Orders the names of migrations: numbers as numbers, and Flyway's versions.
use std::cmp::Ordering;
use std::path::Path;

/// Compares names so that `2_x` comes before `10_x`: runs of digits count as numbers, everything else by letters.
pub fn natural(a: &str, b: &str) -> Ordering {
    let (mut left, mut right) = (a, b);
    loop {
        match (left.chars().next(), right.chars().next()) {
            (None, None) => return a.cmp(b),
            (None, Some(_)) => return Ordering::Less,
            (Some(_), None) => return Ordering::Greater,
            (Some(x), Some(y)) if x.is_ascii_digit() && y.is_ascii_digit() => {
                let (m, rest_left) = number(left);
                let (n, rest_right) = number(right);
                let order = m.len().cmp(&n.len()).then_with(|| m.cmp(n));
                if order.is_ne() {
                    return order;
                }
                (left, right) = (rest_left, rest_right);
            }
            (Some(x), Some(y)) => {
                if x != y {
                    return x.cmp(&y);
                }
                left = &left[x.len_utf8()..];
                right = &right[y.len_utf8()..];
            }
        }
    }
}

/// The digits in front, without leading zeros, and what follows them.
fn number(text: &str) -> (&str, &str) {
    let end = text
        .find(|c: char| !c.is_ascii_digit())
        .unwrap_or(text.len());
    (text[..end].trim_start_matches('0'), &text[end..])
}

/// What Flyway reads from a file's name: prefix, version, two underscores, description. Ordered as Flyway applies them.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub enum Versioned {
    Baseline(Vec<u128>),
    Version(Vec<u128>),
    /// Applied last, by description.
    Repeatable(String),
    Undo,
}

/// The version in a Flyway file name, for example `V1_2__add_users.sql`.
pub fn flyway(path: &Path) -> Option<Versioned> {
    let name = path.file_name()?.to_str()?;
    let stem = name
        .strip_suffix(".sql")
        .or_else(|| name.strip_suffix(".SQL"))?;
    let (front, description) = stem.split_once("__").unwrap_or((stem, ""));
    let mut letters = front.chars();
    let prefix = letters.next()?;
    let version = letters.as_str();
    match prefix {
        'R' if version.is_empty() && !description.is_empty() => {
            Some(Versioned::Repeatable(description.to_owned()))
        }
        'V' => numbers(version).map(Versioned::Version),
        'B' => numbers(version).map(Versioned::Baseline),
        'U' => numbers(version).map(|_| Versioned::Undo),
        _ => None,
    }
}

/// `1.2_10` as `[1, 2, 10]`; trailing zeros do not count, so that 1.0 equals 1.
fn numbers(version: &str) -> Option<Vec<u128>> {
    let mut parts = version
        .split(['.', '_'])
        .map(|part| part.parse().ok())
        .collect::<Option<Vec<u128>>>()?;
    while parts.last() == Some(&0) && parts.len() > 1 {
        parts.pop();
    }
    Some(parts)
}
