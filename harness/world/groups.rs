//! Which sources, alone and together, the constraints of a table allow: questions for the database and what its answers mean.
use super::kind::Kind;
use super::plan::{Check, Column, Plan, Table};
use super::source::Source;
use super::token::{Universe, mix, runner, token};
use super::value::{Cell, strategy};
use crate::catalog::Oid;
use proptest::strategy::{Strategy, ValueTree};
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

/// Asks which rows of candidates satisfy a predicate.
#[derive(Debug, Clone, PartialEq)]
pub struct Question {
    /// Empty when only the types are in doubt.
    pub predicate: String,
    /// NULL does not satisfy (as in an index predicate; a CHECK is satisfied by NULL).
    pub strict: bool,
    pub columns: Vec<Asked>,
    /// Values by column, for each candidate.
    pub candidates: Vec<Vec<Option<String>>>,
}

/// A column of a question.
#[derive(Debug, Clone, PartialEq)]
pub struct Asked {
    pub name: String,
    pub type_oid: Oid,
    pub modifier: i32,
}

/// What a question was about, to give its answer a place.
#[derive(Debug, Clone, Copy)]
enum About {
    Column(usize, usize),
    Group(usize, usize),
    Predicate(usize, usize),
}

/// Questions with what they are about. The first round narrows columns, the second one finds combinations.
#[derive(Debug, Default)]
pub struct Round {
    about: Vec<(About, Vec<Vec<usize>>)>,
    pub questions: Vec<Question>,
}

impl Plan {
    /// Which sources of single columns pass?
    pub fn ask_columns(&self) -> Round {
        let mut round = Round::default();
        for (at, table) in self.tables.iter().enumerate() {
            for (index, column) in table.columns.iter().enumerate().filter(|(_, c)| c.asked) {
                let tuples: Vec<Vec<usize>> = (0..column.sources.len()).map(|i| vec![i]).collect();
                let own = |c: &&Check| c.columns == [index];
                let predicate = all(table.checks.iter().filter(own));
                round.push(About::Column(at, index), table, &[index], predicate, tuples);
            }
        }
        round
    }

    /// Which combinations pass, and for which does the predicate of a partial index hold?
    pub fn ask_groups(&mut self) -> Round {
        let mut round = Round::default();
        for at in 0..self.tables.len() {
            self.tables[at].groups = group(&self.tables[at]);
            let table = &self.tables[at];
            for (index, group) in table.groups.iter().enumerate() {
                let inside = |c: &&Check| {
                    c.columns.len() > 1 && c.columns.iter().all(|i| group.columns.contains(i))
                };
                let predicate = all(table.checks.iter().filter(inside));
                if !predicate.is_empty() {
                    let about = About::Group(at, index);
                    round.push(
                        about,
                        table,
                        &group.columns,
                        predicate,
                        group.tuples.clone(),
                    );
                }
            }
            for (index, unique) in table.uniques.iter().enumerate() {
                let Some(check) = unique.predicate.as_ref().filter(|c| !c.columns.is_empty())
                else {
                    continue;
                };
                let tuples = product(table, &check.columns);
                let about = About::Predicate(at, index);
                round.push(
                    about,
                    table,
                    &check.columns,
                    check.expression.clone(),
                    tuples,
                );
            }
        }
        round
    }

    /// Takes the answers, which are the accepted candidates of each question, by index.
    pub fn hear(&mut self, round: &Round, answers: &[Vec<usize>]) {
        for ((about, tuples), accepted) in round.about.iter().zip(answers) {
            match *about {
                About::Column(at, index) => {
                    let narrowed = narrow(&self.tables[at], index, accepted);
                    if !narrowed.is_empty() {
                        self.tables[at].columns[index].sources = narrowed;
                    }
                }
                About::Group(at, index) => {
                    let passing = accepted.iter().map(|&i| tuples[i].clone()).collect();
                    let table = &self.tables[at];
                    let states = states(table, &table.groups[index].columns, passing);
                    if !states.is_empty() {
                        self.tables[at].groups[index].tuples = states;
                    }
                }
                About::Predicate(at, index) => {
                    let holds = accepted.iter().map(|&i| tuples[i].clone()).collect();
                    self.tables[at].uniques[index].applies = Some(holds);
                }
            }
        }
    }
}

impl Round {
    fn push(
        &mut self,
        about: About,
        table: &Table,
        columns: &[usize],
        predicate: String,
        tuples: Vec<Vec<usize>>,
    ) {
        let asked = columns.iter().map(|&i| {
            let column = &table.columns[i];
            Asked {
                name: column.name.clone(),
                type_oid: column.type_oid,
                modifier: column.modifier,
            }
        });
        let samples: Vec<Vec<Option<String>>> = columns
            .iter()
            .map(|&i| {
                table.columns[i]
                    .sources
                    .iter()
                    .map(|s| sample(table, i, s))
                    .collect()
            })
            .collect();
        let row = |tuple: &Vec<usize>| {
            tuple
                .iter()
                .enumerate()
                .map(|(c, &s)| samples[c][s].clone())
                .collect()
        };
        self.questions.push(Question {
            strict: matches!(about, About::Predicate(..)),
            predicate,
            columns: asked.collect(),
            candidates: tuples.iter().map(row).collect(),
        });
        self.about.push((about, tuples));
    }

    /// The answers of a database that accepts everything.
    #[cfg(test)]
    pub fn yes(&self) -> Vec<Vec<usize>> {
        self.questions
            .iter()
            .map(|q| (0..q.candidates.len()).collect())
            .collect()
    }
}

fn all<'a>(checks: impl Iterator<Item = &'a Check>) -> String {
    let parts: Vec<String> = checks
        .map(|c| format!("(({}) IS NOT FALSE)", c.expression))
        .collect();
    parts.join(" AND ")
}

/// A value as the source would make it, for a row that does not exist.
fn sample(table: &Table, index: usize, source: &Source) -> Option<String> {
    let column: &Column = &table.columns[index];
    let universe = Universe::Tenant(0);
    let number = 1000 + index as u32;
    if let Source::Reference(rank) = source {
        let text = match &column.kind {
            Kind::Uuid => format!("{rank}0000000-0000-4000-8000-00000000000{rank}"),
            Kind::Int(_) | Kind::Numeric { .. } => format!("10{rank}"),
            Kind::Text { .. } | Kind::Other { .. } => format!("wta00000{rank}"),
            _ => String::new(),
        };
        if !text.is_empty() {
            return Some(text);
        }
    }
    let cell = Cell {
        universe,
        number,
        row: 1,
        token: token(universe, number, 0, false),
        words: column.words,
        changed: false,
    };
    let mut runner = runner(&[index as u64]);
    strategy(&column.kind, source, &cell)
        .new_tree(&mut runner)
        .ok()
        .and_then(|tree| tree.current())
}

/// Keeps what passed: a text that carries a token rules out literals that nobody mentions.
fn narrow(table: &Table, index: usize, accepted: &[usize]) -> Vec<Source> {
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
fn group(table: &Table) -> Vec<Group> {
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
fn product(table: &Table, columns: &[usize]) -> Vec<Vec<usize>> {
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
fn states(table: &Table, columns: &[usize], mut passing: Vec<Vec<usize>>) -> Vec<Vec<usize>> {
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
    passing.sort_by_key(|tuple| tuple.iter().sum::<usize>());
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
