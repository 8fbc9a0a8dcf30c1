//! Which sources of a table's columns go together, and which of them become states of its rows.
use super::kind::Kind;
use super::plan::Table;
use super::source::Source;
use super::token::mix;
use std::collections::{BTreeMap, BTreeSet};

/// Columns that constraints tie together, with the combinations of their sources that pass; the first is the plain state.
#[derive(Debug, Clone)]
pub struct Group {
    /// Indexes into `Table::columns`.
    pub columns: Vec<usize>,
    /// One index into each column's sources.
    pub tuples: Vec<Vec<usize>>,
    pub mentioned: bool,
}

/// Most combinations that are tried for one constraint.
const COMBINATIONS: usize = 1500;
/// Most combinations that become states of a table.
const STATES: usize = 24;

/// Keeps what passed: a text that carries a token rules out literals that nobody mentions.
pub fn narrow(table: &Table, index: usize, accepted: &[usize]) -> Vec<Source> {
    let column = &table.columns[index];
    let crowded = table
        .checks
        .iter()
        .any(|c| c.columns.len() > 1 && c.columns.contains(&index));
    let number = column.kind.is_number();
    let (most, fresh) = match column.kind {
        Kind::Text { .. } | Kind::Other { .. } => (20, 1),
        _ if number => (if crowded { 6 } else { 4 }, 1),
        _ => (20, 6),
    };
    // The default and the states that policies mention are listed before the column's own look.
    let own = column
        .sources
        .iter()
        .position(Source::is_distinct)
        .unwrap_or(0);
    let passed = accepted
        .iter()
        .filter_map(|&i| Some((i, column.sources.get(i)?)));
    let open = passed.clone().any(|(_, source)| source.is_distinct());
    let (mut literals, mut distinct) = (0, 0);
    let keep = |&(place, source): &(usize, &Source)| match source {
        Source::Null => true,
        Source::Literal(_) if open && place > own && !(crowded && number) => false,
        Source::Literal(_) => {
            literals += 1;
            literals <= most
        }
        _ => {
            distinct += 1;
            distinct <= fresh
        }
    };
    passed
        .filter(keep)
        .map(|(_, source)| source.clone())
        .collect()
}

/// Columns that share a CHECK stand together; every other column stands alone.
pub fn group(table: &Table) -> Vec<Group> {
    let mut leader: Vec<usize> = (0..table.columns.len()).collect();
    for check in table.checks.iter().filter(|c| c.columns.len() > 1) {
        let first = leader[check.columns[0]];
        let joined: BTreeSet<usize> = check.columns.iter().map(|&i| leader[i]).collect();
        for place in &mut leader {
            if joined.contains(place) {
                *place = first;
            }
        }
    }
    let mut members: BTreeMap<usize, Vec<usize>> = BTreeMap::new();
    for (index, leader) in leader.into_iter().enumerate() {
        members.entry(leader).or_default().push(index);
    }
    members
        .into_values()
        .map(|columns| Group {
            tuples: product(table, &columns),
            mentioned: columns.iter().any(|&i| table.columns[i].mentioned),
            columns,
        })
        .collect()
}

/// Combinations of the columns' sources, all of them or an even sample; the plain one is the first.
pub fn product(table: &Table, columns: &[usize]) -> Vec<Vec<usize>> {
    let sizes: Vec<usize> = columns
        .iter()
        .map(|&i| table.columns[i].sources.len().max(1))
        .collect();
    let total = sizes
        .iter()
        .try_fold(1usize, |all, &n| all.checked_mul(n))
        .unwrap_or(usize::MAX);
    let tuple = |mut at: u64| -> Vec<usize> {
        let place = |&size: &usize| {
            let here = at % size as u64;
            at /= size as u64;
            here as usize
        };
        sizes.iter().map(place).collect()
    };
    if total <= COMBINATIONS {
        return (0..total as u64).map(tuple).collect();
    }
    let mut tuples = vec![vec![0; columns.len()]];
    // Every state alone, then a sample.
    for (place, &size) in sizes.iter().enumerate() {
        for source in 1..size {
            let mut one = vec![0; columns.len()];
            one[place] = source;
            tuples.push(one);
        }
    }
    let random = |n: u64, place: usize| mix(&[n, place as u64]) as usize % sizes[place];
    tuples.extend(
        (0..COMBINATIONS as u64).map(|n| (0..sizes.len()).map(|place| random(n, place)).collect()),
    );
    let mut seen = BTreeSet::new();
    tuples.retain(|tuple| seen.insert(tuple.clone()));
    tuples
}

/// Chooses states among passing combinations: the plainest first, then such as show a source for the first time.
/// Combinations that leave more owner columns empty than others do are left out.
pub fn states(table: &Table, columns: &[usize], mut passing: Vec<Vec<usize>>) -> Vec<Vec<usize>> {
    let null = |place: usize, source: usize| {
        table.columns[columns[place]].sources.get(source) == Some(&Source::Null)
    };
    let emptied = |tuple: &Vec<usize>| {
        let owner = |&(place, &source): &(usize, &usize)| {
            table.owners.contains(&table.columns[columns[place]].number) && null(place, source)
        };
        tuple.iter().enumerate().filter(owner).count()
    };
    let fewest = passing.iter().map(emptied).min().unwrap_or(0);
    passing.retain(|tuple| emptied(tuple) == fewest);
    // A column that is NULL is plainer than one in another state.
    let cost = |tuple: &Vec<usize>| {
        let each = tuple
            .iter()
            .enumerate()
            .map(|(place, &source)| match source {
                0 => 0,
                source if null(place, source) => 1,
                source => 2 + source,
            });
        each.sum::<usize>()
    };
    passing.sort_by_key(cost);
    let mut shown: BTreeSet<(usize, usize)> = BTreeSet::new();
    let mut kept = Vec::new();
    for tuple in passing {
        let fresh = tuple
            .iter()
            .enumerate()
            .filter(|&(p, &s)| shown.insert((p, s)))
            .count();
        if fresh > 0 && kept.len() < STATES {
            kept.push(tuple);
        }
    }
    kept
}
