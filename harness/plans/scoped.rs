//! A person's own statement, asked by somebody whom row security does not hold and who has one tenant's rows all the same: each
//! table gives way to a view of them. What such a statement costs less is the price of row security.
use super::error::PlanError;
use super::measure::{Asker, Measurement};
use super::model::Strategy;
use super::observe::{Asking, Caller, explain_within};
use super::plan::Plan;
use super::question::Question;
use super::subject::Subject;
use crate::sql::{identifier, literal, qualified, words};

/// What a table is called, with its place among the subjects, while a view has its name.
const MOVED: &str = "watertight_moved_";

impl Measurement<'_> {
    /// The plan of a statement without policies; `None` where the server refuses it, or the views. What was changed for it is
    /// rolled back.
    ///
    /// # Errors
    /// The server is gone.
    pub(super) async fn scoped_plan(
        &self,
        statement: &str,
        asker: &Asker,
        caller: &Caller,
    ) -> Result<Option<Plan>, PlanError> {
        let mut sql = "SAVEPOINT watertight_scoped".to_owned();
        for (at, table) in self.tables.iter().enumerate() {
            if self.is_scoped(table, statement) {
                sql.push_str(&view(at, table, &asker.tenant.value));
            }
        }
        let plan = match self.batch(&sql).await {
            Ok(()) => explain_within(self.client, caller, statement, Asking::Measured).await,
            Err(error) => Err(error),
        };
        let back = "ROLLBACK TO SAVEPOINT watertight_scoped; RELEASE SAVEPOINT watertight_scoped";
        match plan {
            Ok(plan) => self.batch(back).await.map(|()| Some(plan)),
            Err(PlanError::Refused { .. }) => self.batch(back).await.map(|()| None),
            Err(error) => Err(error),
        }
    }

    /// What a person's own statements cost without policies is no measure where they give other rows then.
    pub(super) fn unlike(&self, strategies: &[Strategy]) -> Vec<String> {
        let [as_is, bare, ..] = strategies else {
            return Vec::new();
        };
        let differs = |question: &&Question| {
            let of = |strategy: &Strategy| -> Vec<(String, u64)> {
                let answers = strategy
                    .answers
                    .iter()
                    .filter(|a| a.question == question.name);
                answers.map(|a| (a.tenant.clone(), a.rows)).collect()
            };
            let (before, after) = (of(as_is), of(bare));
            !after.is_empty() && before != after
        };
        let own = self.questions.iter().filter(|q| q.statement.is_some());
        let names = own.filter(differs).map(|question| &question.name);
        names
            .map(|name| {
                format!("{name}: without policies it gives another number of rows, so that the blocks do not compare")
            })
            .collect()
    }

    /// Whether a statement names a table whose column holds what the measured one's holds.
    fn is_scoped(&self, table: &Subject<'_>, statement: &str) -> bool {
        let own = table.relation.oid == self.subject.relation.oid;
        let alike = table.key.is_some() && table.key == self.subject.key;
        (own || alike) && words(statement).any(|word| word == table.relation.name)
    }

    /// Whether a plan's `schema.name` is the measured table, under its own name or that of [`MOVED`].
    pub(super) fn reads_own(&self, name: &str) -> bool {
        let moved = || {
            let oid = self.subject.relation.oid;
            let at = self.tables.iter().position(|t| t.relation.oid == oid)?;
            Some(format!("{}.{MOVED}{at}", self.subject.relation.schema))
        };
        self.subject.is(name) || moved().is_some_and(|moved| moved == name)
    }
}

/// Statements that put a view in a table's place.
fn view(at: usize, table: &Subject<'_>, value: &str) -> String {
    let relation = table.relation;
    let moved = format!("{MOVED}{at}");
    format!(
        "; ALTER TABLE {table} RENAME TO {moved}; CREATE VIEW {table} AS SELECT * FROM {} WHERE {} = {}",
        qualified(&relation.schema, &moved),
        identifier(&table.column.name),
        literal(value),
        table = relation.qualified(),
    )
}
