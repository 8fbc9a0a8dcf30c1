//! Builds indexes on trial: what each saves whom, what it takes in size and when rows are inserted, and which nobody uses.
use super::error::PlanError;
use super::fill::Filling;
use super::index::{Index, shown};
use super::measure::{Asker, Measurement};
use super::model::{Candidate, Strategy, ratio};
use super::observe::{Asking, Caller, explain_within};
use super::question::Question;
use crate::sql::literal;
use std::collections::BTreeSet;

/// Rows that an index is tried with when it is asked what inserting costs.
const INSERTED: usize = 500;
/// Indexes that are built on trial for one table.
const CANDIDATES: usize = 8;
/// An index is worth its price when some tenant reads so many times fewer blocks, and so many fewer.
const WORTH: (f64, u64) = (3.0, 32);
/// A longer index must read so many times fewer blocks than a shorter one.
const LONGER: f64 = 1.3;

impl Measurement<'_> {
    /// Indexes that make one of the questions cheaper, each tried alone.
    pub(super) async fn candidates(
        &self,
        askers: &[Asker],
        base: &Strategy,
        filling: &Filling<'_>,
        rows: usize,
        needs_rewrite: bool,
    ) -> Result<Vec<Candidate>, PlanError> {
        let mut found: Vec<Candidate> = Vec::new();
        let mut tried = 0;
        // The first time fills caches and lengthens the table.
        self.insert_cost(filling, rows).await?;
        let before = self.insert_cost(filling, rows).await?;
        for question in self.questions.iter().filter(|q| q.statement.is_none()) {
            let mut best: Option<Candidate> = None;
            for columns in self.proposed(question) {
                let known = found.iter().any(|c| c.sql == self.create(&columns));
                if known || tried == CANDIDATES {
                    continue;
                }
                tried += 1;
                let candidate = Candidate {
                    sql: self.create(&columns),
                    columns: columns.into_iter().map(|(name, _)| name).collect(),
                    question: question.name.clone(),
                    gains: Vec::new(),
                    bytes: 0,
                    insert_blocks: (before.0, 0),
                    insert_ms: (before.1, 0.0),
                    needs_rewrite,
                };
                let candidate = self
                    .tried(candidate, question, askers, base, filling, rows)
                    .await?;
                let better = best
                    .as_ref()
                    .is_none_or(|b| candidate.gain() > b.gain() * LONGER);
                if better && is_worth(&candidate) {
                    best = Some(candidate);
                }
            }
            found.extend(best);
        }
        Ok(found)
    }

    /// The shortest first: the tenant, then what must be equal, then the order.
    fn proposed(&self, question: &Question) -> Vec<Vec<(String, bool)>> {
        let tenant = &self.subject.column.name;
        let plain = |name: &String| (name.clone(), false);
        let equal: Vec<(String, bool)> = question
            .equal
            .iter()
            .filter(|c| *c != tenant)
            .map(plain)
            .collect();
        let head = vec![plain(tenant)];
        let order: Vec<(String, bool)> = question.order.iter().cloned().collect();
        let mut found = vec![head.clone()];
        found.push([head.clone(), order.clone()].concat());
        found.push([head, equal, order].concat());
        found.dedup();
        let exists = |columns: &Vec<(String, bool)>| {
            self.indexes.iter().any(|index| {
                let names = index.names();
                index.relation == self.subject.relation.oid
                    && index.predicate.is_none()
                    && index.method == "btree"
                    && columns.len() <= names.len()
                    && columns
                        .iter()
                        .zip(&names)
                        .all(|((own, _), name)| own == name)
            })
        };
        found.retain(|columns| !exists(columns));
        found
    }

    fn create(&self, columns: &[(String, bool)]) -> String {
        let relation = self.subject.relation;
        let parts: Vec<String> = columns
            .iter()
            .map(|(name, descending)| {
                format!("{}{}", shown(name), if *descending { " DESC" } else { "" })
            })
            .collect();
        format!(
            "CREATE INDEX ON {}.{} ({})",
            shown(&relation.schema),
            shown(&relation.name),
            parts.join(", ")
        )
    }

    async fn tried(
        &self,
        mut candidate: Candidate,
        question: &Question,
        askers: &[Asker],
        base: &Strategy,
        filling: &Filling<'_>,
        rows: usize,
    ) -> Result<Candidate, PlanError> {
        let table = literal(&self.subject.relation.qualified());
        // An index of a partitioned table is as large as those of its partitions.
        let size = format!(
            "SELECT coalesce((SELECT sum(pg_indexes_size(relid)) FROM pg_partition_tree({table}::regclass)), pg_indexes_size({table}::regclass))"
        );
        let before = self.number(&size).await?;
        self.batch("SAVEPOINT watertight_index").await?;
        self.batch(&candidate.sql).await?;
        candidate.bytes = self.number(&size).await?.saturating_sub(before);
        for asker in askers {
            let known = base
                .answers
                .iter()
                .find(|a| a.question == question.name && a.tenant == asker.tenant.name);
            let answer = self
                .answer(question, asker, false, &mut BTreeSet::new())
                .await?;
            if let (Some(known), Some(answer)) = (known, answer) {
                candidate
                    .gains
                    .push((answer.tenant, known.blocks, answer.blocks));
            }
        }
        self.insert_cost(filling, rows).await?;
        let cost = self.insert_cost(filling, rows).await?;
        (candidate.insert_blocks.1, candidate.insert_ms.1) = cost;
        self.batch("ROLLBACK TO SAVEPOINT watertight_index; RELEASE SAVEPOINT watertight_index")
            .await?;
        Ok(candidate)
    }

    /// Blocks and milliseconds of inserting some more rows, as somebody whom neither policies nor triggers hold.
    async fn insert_cost(
        &self,
        filling: &Filling<'_>,
        rows: usize,
    ) -> Result<(u64, f64), PlanError> {
        let nobody = Caller {
            role: "none".to_owned(),
            settings: vec![("session_replication_role".to_owned(), "replica".to_owned())],
            ..Caller::default()
        };
        for moving in [true, false] {
            let Some(insert) = filling.insert(rows, INSERTED, moving) else {
                break;
            };
            match explain_within(self.client, &nobody, &insert, Asking::Once).await {
                Ok(plan) => return Ok((plan.shared_blocks(), plan.execution_ms)),
                Err(PlanError::Refused { .. }) => {}
                Err(error) => return Err(error),
            }
        }
        Ok((0, 0.0))
    }

    /// Indexes that no plan read, enforce nothing and serve no reference.
    pub(super) async fn unused(
        &self,
        used: &BTreeSet<String>,
    ) -> Result<Vec<(String, u64)>, PlanError> {
        let relation = self.subject.relation;
        let refers = |index: &Index| {
            let first = index
                .names()
                .first()
                .and_then(|name| relation.column_named(name));
            let first = first.map(|column| column.number);
            relation
                .foreign_keys
                .iter()
                .any(|key| key.columns.iter().any(|n| Some(*n) == first))
                && index.columns.len() == 1
        };
        let mut found = Vec::new();
        let own = self.indexes.iter().filter(|index| {
            index.relation == relation.oid
                && !index.unique
                && !index.constraint
                && index.method == "btree"
        });
        for index in own.filter(|index| !refers(index)) {
            let name = literal(&crate::sql::qualified(&index.schema, &index.name));
            // Plans name the indexes of partitions.
            let parts = format!(
                "SELECT c.relname, pg_relation_size(c.oid) FROM pg_class c WHERE c.oid = {name}::regclass OR c.oid IN (SELECT relid FROM pg_partition_tree({name}::regclass))"
            );
            let parts = self.rows(&parts).await?;
            let names = parts.iter().filter_map(|row| row.first()?.as_deref());
            if names.clone().any(|name| used.contains(name)) {
                continue;
            }
            let sizes = parts
                .iter()
                .filter_map(|row| row.get(1)?.as_deref()?.parse::<u64>().ok());
            found.push((index.name.clone(), sizes.sum()));
        }
        Ok(found)
    }
}

fn is_worth(candidate: &Candidate) -> bool {
    candidate.gains.iter().any(|(_, before, after)| {
        ratio(*before, *after) >= WORTH.0 && before.saturating_sub(*after) >= WORTH.1
    })
}
