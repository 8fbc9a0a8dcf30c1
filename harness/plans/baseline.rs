//! What plans were like once, in a file that is worth committing, and what has become worse since.
use super::model::{Advice, Finding, TableAdvice};
use super::questions::Standing;
use crate::span::Place;
use crate::sql::names;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// The version of the file.
const VERSION: u32 = 1;

/// More blocks than so many times as before, and so many more, are worse: less comes and goes with how pages are filled.
const MORE: (f64, f64) = (1.5, 8.0);

/// Plans of several systems, in an order that does not change.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Baseline {
    pub watertight_plans: u32,
    pub systems: BTreeMap<String, SystemBaseline>,
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SystemBaseline {
    /// The major version of PostgreSQL.
    pub postgres: u32,
    /// Rows of each measured table.
    pub rows: usize,
    pub tables: BTreeMap<String, TableBaseline>,
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct TableBaseline {
    pub found_by: FoundBy,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub index: Option<String>,
    pub shape: Vec<String>,
    /// By question and tenant; only of measured tables.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub answers: BTreeMap<String, AnswerBaseline>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum FoundBy {
    Index,
    NoIndex,
    EveryRow,
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct AnswerBaseline {
    /// The tenant's rows are found by this index.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub index: Option<String>,
    pub sorts: bool,
    pub blocks: u64,
    pub shape: Vec<String>,
}

/// A plan that is worse than it was.
#[derive(Debug, Clone, PartialEq)]
pub struct Worse {
    pub system: String,
    pub table: String,
    /// The question and the tenant; `None` for the table as a whole.
    pub question: Option<String>,
    /// Fits after the table's name.
    pub what: String,
    /// What probably did it: a sentence, and where.
    pub culprits: Vec<(String, Option<Place>)>,
    pub before: Vec<String>,
    pub now: Vec<String>,
}

/// The file says something that it should not.
#[derive(Debug, thiserror::Error)]
pub enum BaselineError {
    #[error("it is no baseline of plans: {0}")]
    Shape(#[from] serde_json::Error),
    #[error("it is of version {0}, and this program reads version {VERSION}")]
    Version(u32),
}

impl Baseline {
    pub fn of(systems: &[Advice]) -> Baseline {
        let system = |advice: &Advice| (advice.system.clone(), SystemBaseline::of(advice));
        Baseline {
            watertight_plans: VERSION,
            systems: systems.iter().map(system).collect(),
        }
    }

    /// # Errors
    /// The text is no baseline, or one of another version.
    pub fn read(text: &str) -> Result<Baseline, BaselineError> {
        let read: Baseline = serde_json::from_str(text)?;
        match read.watertight_plans {
            VERSION => Ok(read),
            other => Err(BaselineError::Version(other)),
        }
    }

    /// JSON with a line for each value, so that changes show well.
    pub fn write(&self) -> String {
        let text = serde_json::to_string_pretty(self);
        text.expect("names and numbers always become JSON") + "\n"
    }

    /// Every plan that is worse now. Tables and questions that are new, or gone, are not compared.
    pub fn compare(&self, systems: &[Advice]) -> Vec<Worse> {
        let mut found = Vec::new();
        for advice in systems {
            if let Some(before) = self.systems.get(&advice.system) {
                before.compare(advice, &mut found);
            }
        }
        found
    }
}

impl SystemBaseline {
    fn of(advice: &Advice) -> SystemBaseline {
        let table = |table: &TableAdvice| (table.table.clone(), TableBaseline::of(table));
        SystemBaseline {
            postgres: advice.major,
            rows: advice.rows,
            tables: advice.tables.iter().map(table).collect(),
        }
    }

    fn compare(&self, advice: &Advice, found: &mut Vec<Worse>) {
        // Blocks of other volumes or of another server are no measure.
        let alike = self.postgres == advice.major && self.rows == advice.rows;
        for table in &advice.tables {
            let Some(before) = self.tables.get(&table.table) else {
                continue;
            };
            let now = TableBaseline::of(table);
            let worse = |question: Option<&String>,
                         what: String,
                         index: Option<&String>,
                         shapes: [&Vec<String>; 2]| Worse {
                system: advice.system.clone(),
                table: table.table.clone(),
                question: question.cloned(),
                what,
                culprits: culprits(advice, table, index),
                before: shapes[0].clone(),
                now: shapes[1].clone(),
            };
            if now.found_by > before.found_by {
                let what = format!("{}; now {}", before.words(true), now.words(false));
                found.push(worse(
                    None,
                    what,
                    before.index.as_ref(),
                    [&before.shape, &now.shape],
                ));
                continue;
            }
            for (question, before) in before.answers.iter().filter(|_| alike) {
                if let Some(now) = now.answers.get(question)
                    && let Some(what) = before.worse(now)
                {
                    let shapes = [&before.shape, &now.shape];
                    found.push(worse(Some(question), what, before.index.as_ref(), shapes));
                }
            }
        }
    }
}

impl TableBaseline {
    fn of(table: &TableAdvice) -> TableBaseline {
        let (found_by, index) = match &table.finding {
            Finding::Index(name) => (FoundBy::Index, Some(name.clone())),
            Finding::NoIndex => (FoundBy::NoIndex, None),
            Finding::EveryRow => (FoundBy::EveryRow, None),
        };
        let as_is = table
            .measured
            .iter()
            .flat_map(|found| found.strategies.first());
        let answers = as_is.flat_map(|strategy| &strategy.answers).map(|answer| {
            let index = match &answer.standing {
                Standing::Index(name) => Some(name.clone()),
                _ => None,
            };
            let held = AnswerBaseline {
                index,
                sorts: answer.sorts,
                blocks: answer.blocks,
                shape: lines(&answer.shape),
            };
            (format!("{}, {}", answer.question, answer.tenant), held)
        });
        TableBaseline {
            found_by,
            index,
            shape: lines(&table.shape),
            answers: answers.collect(),
        }
    }

    fn words(&self, past: bool) -> String {
        let (verb, verbs) = if past { ("was", "were") } else { ("is", "are") };
        match (self.found_by, &self.index) {
            (FoundBy::Index, Some(index)) => format!("a tenant's rows {verbs} found by {index}"),
            (FoundBy::Index, None) => format!("a tenant's rows {verbs} found by an index"),
            (FoundBy::NoIndex, _) => format!("every row {verb} read, for want of an index"),
            (FoundBy::EveryRow, _) => format!("every row {verb} read, whatever indexes there are"),
        }
    }
}

impl AnswerBaseline {
    fn worse(&self, now: &AnswerBaseline) -> Option<String> {
        let most = self.blocks as f64 * MORE.0 + MORE.1;
        let blocks = format!("{} blocks, {} before", now.blocks, self.blocks);
        match (&self.index, &now.index) {
            (Some(index), None) if now.blocks > self.blocks => Some(format!(
                "the tenant's rows were found by {index}; now all are read and looked at ({blocks})"
            )),
            _ if now.blocks as f64 > most => Some(format!("more is read: {blocks}")),
            _ if now.sorts && !self.sorts => Some(format!(
                "the rows are sorted, which they were not ({blocks})"
            )),
            _ => None,
        }
    }
}

/// What probably made a plan worse: a policy that keeps indexes from being used, the statement that dropped the index.
fn culprits(
    advice: &Advice,
    table: &TableAdvice,
    index: Option<&String>,
) -> Vec<(String, Option<Place>)> {
    let fault = |fault: &super::model::Fault| {
        (
            format!("the policy {} {}", fault.policy, fault.reason),
            fault.place.clone(),
        )
    };
    let mut found: Vec<_> = table.faults.iter().map(fault).collect();
    if let Some(index) = index {
        let dropping = advice.drops.iter().filter(|(text, _)| names(text, index));
        found.extend(dropping.map(|(text, place)| (text.clone(), Some(place.clone()))));
    }
    if found.is_empty() {
        let policies = table.policies.iter();
        found.extend(policies.map(|(name, place)| (format!("the policy {name}"), place.clone())));
    }
    found
}

fn lines(shape: &str) -> Vec<String> {
    shape.lines().map(str::to_owned).collect()
}
