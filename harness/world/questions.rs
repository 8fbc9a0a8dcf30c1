//! Which sources, alone and together, the constraints of a table allow: questions for the database and what its answers mean.
use super::demands::{combinations, state, suggested};
use super::groups::{group, narrow, product, states};
use super::kind::Kind;
use super::plan::{Check, Column, Plan, Table};
use super::source::Source;
use super::token::{Universe, runner, token};
use super::value::{Cell, strategy};
use crate::catalog::Oid;
use proptest::strategy::{Strategy, ValueTree};

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
    /// What the values of a key look like, by the key's own column.
    Key(usize, usize),
    Group(usize, usize),
    Predicate(usize, usize),
    Demand(usize, usize),
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
            for index in 0..table.columns.len() {
                if let Some(looking) = looking(table, index) {
                    let count = looking.columns[index].sources.len();
                    let own = |c: &&Check| c.columns == [index];
                    let predicate = all(table.checks.iter().filter(own));
                    let tuples = (0..count).map(|i| vec![i]).collect();
                    round.push(About::Key(at, index), &looking, &[index], predicate, tuples);
                }
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

    /// Which values put a row into the state that a policy demands?
    pub fn ask_demands(&self) -> Round {
        let mut round = Round::default();
        for (at, table) in self.tables.iter().enumerate() {
            for (index, demanded) in table.demands.iter().enumerate() {
                let table = suggested(table, demanded);
                let inside = |c: &&Check| c.columns.iter().all(|i| demanded.columns.contains(i));
                let checks = all(table.checks.iter().filter(inside));
                let predicate = match checks.as_str() {
                    "" => demanded.predicate.clone(),
                    checks => format!("{} AND {checks}", demanded.predicate),
                };
                let tuples = combinations(&table, demanded);
                let about = About::Demand(at, index);
                round.push(about, &table, &demanded.columns, predicate, tuples);
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
                About::Key(at, index) => {
                    let table = &mut self.tables[at];
                    let looks = looking(table, index).map(|t| narrow(&t, index, accepted));
                    let look = looks.into_iter().flatten().find(Source::is_distinct);
                    table.columns[index].looks = look.into_iter().collect();
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
                About::Demand(at, index) => {
                    let demanded = &self.tables[at].demands[index];
                    let table = suggested(&self.tables[at], demanded);
                    let accepted: Vec<&Vec<usize>> = accepted.iter().map(|&i| &tuples[i]).collect();
                    let sample = |column, source: usize| samples(&table, column)[source].clone();
                    let values = state(&table, demanded, &accepted, sample);
                    let known = |values: &_| self.tables[at].demanded.contains(values);
                    if let Some(values) = values.filter(|values| !known(values)) {
                        self.tables[at].demanded.push(values);
                    }
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
        let samples: Vec<Vec<Option<String>>> =
            columns.iter().map(|&i| samples(table, i)).collect();
        let row = |tuple: &Vec<usize>| {
            tuple
                .iter()
                .enumerate()
                .map(|(c, &s)| samples[c][s].clone())
                .collect()
        };
        self.questions.push(Question {
            strict: matches!(about, About::Predicate(..) | About::Demand(..)),
            predicate,
            columns: asked.collect(),
            candidates: tuples.iter().map(row).collect(),
        });
        self.about.push((about, tuples));
    }
}

/// The table as if a key's column were drawn like any other, where its looks are in doubt.
fn looking(table: &Table, index: usize) -> Option<Table> {
    let looks = &table.columns[index].looks;
    (looks.len() > 1).then(|| {
        let mut table = table.clone();
        table.columns[index].sources.clone_from(looks);
        table
    })
}

fn all<'a>(checks: impl Iterator<Item = &'a Check>) -> String {
    let parts: Vec<String> = checks
        .map(|c| format!("(({}) IS NOT FALSE)", c.expression))
        .collect();
    parts.join(" AND ")
}

/// A value of each of a column's sources, for a row that does not exist.
fn samples(table: &Table, index: usize) -> Vec<Option<String>> {
    let column: &Column = &table.columns[index];
    let universe = Universe::Tenant(0);
    let number = 1000 + index as u32;
    let cell = Cell {
        universe,
        number,
        row: 1,
        token: token(universe, number, 0, false),
        words: column.words,
        changed: false,
    };
    let mut runner = runner(&[index as u64]);
    let mut draw = |source: &Source| match source {
        Source::Null => None,
        Source::Literal(text) => Some(text.clone()),
        Source::Reference(rank) if ranked(&column.kind, *rank).is_some() => {
            ranked(&column.kind, *rank)
        }
        _ => {
            let tree = strategy(&column.kind, source, &cell).new_tree(&mut runner);
            tree.ok().and_then(|tree| tree.current())
        }
    };
    column.sources.iter().map(&mut draw).collect()
}

/// Stands for a key or reference of this rank; higher ranks have higher values.
fn ranked(kind: &Kind, rank: u8) -> Option<String> {
    match kind {
        Kind::Uuid => Some(format!("{rank}0000000-0000-4000-8000-00000000000{rank}")),
        Kind::Int(_) | Kind::Numeric { .. } => Some(format!("10{rank}")),
        Kind::Text { .. } | Kind::Other { .. } => Some(format!("wta00000{rank}")),
        _ => None,
    }
}
