//! Indexes that a trial makes on every column that a policy names: in the planner's imagination, or real ones that are rolled
//! back.
use super::error::PlanError;
use super::index::create;
use super::model::Made;
use super::observe::{Asking, Caller, own_rows};
use super::plan::Plan;
use super::questions::Standing;
use super::trial::Trial;
use crate::sql::{identifier, literal, qualified};

/// Columns that get an index on trial. Policies ask for few.
const INDEXED: usize = 6;

/// The indexes of one trial.
pub(super) struct Tries {
    made: Made,
    /// The names that plans call them by, those of partitions among them, each with its column.
    names: Vec<(String, String)>,
}

impl Tries {
    /// The columns whose indexes a plan reads.
    pub fn columns_of(&self, plan: &Plan) -> Vec<String> {
        let used = plan.indexes();
        let mut columns: Vec<String> = Vec::new();
        for (index, column) in &self.names {
            if used.contains(index) && !columns.contains(column) {
                columns.push(column.clone());
            }
        }
        columns
    }
}

impl Trial<'_> {
    pub(super) async fn index_columns(&self, made: Made) -> Result<Tries, PlanError> {
        let forms = self.forms();
        let mut columns = vec![self.subject.column.name.clone()];
        for policy in &self.subject.relation.policies {
            for name in forms.columns(policy.using.as_deref().unwrap_or_default()) {
                if !columns.contains(&name) {
                    columns.push(name);
                }
            }
        }
        let mut names = Vec::new();
        for (at, column) in columns.into_iter().take(INDEXED).enumerate() {
            let index = match made {
                Made::Hypothetical => self.imagine(&column).await?,
                Made::Real => self.build(at, &column).await?,
            };
            names.extend(index.into_iter().map(|name| (name, column.clone())));
        }
        Ok(Tries { made, names })
    }

    async fn imagine(&self, column: &str) -> Result<Vec<String>, PlanError> {
        let Some(hypopg) = self.hypopg else {
            return Ok(Vec::new());
        };
        let sql = create(self.subject.relation, &[column.to_owned()]);
        let index = hypopg.imagine(self.client, &sql).await?;
        Ok(index.into_iter().collect())
    }

    async fn build(&self, at: usize, column: &str) -> Result<Vec<String>, PlanError> {
        let relation = self.subject.relation;
        let index = format!("watertight_try_{at}");
        let sql = format!(
            "CREATE INDEX {index} ON {} ({})",
            relation.qualified(),
            identifier(column)
        );
        // A type that no B-tree orders has no such index.
        if !self.attempt(&sql).await? {
            return Ok(Vec::new());
        }
        let name = literal(&qualified(&relation.schema, &index));
        // Plans name the indexes of partitions, and PostgreSQL chooses what those are called.
        let names = format!(
            "SELECT relname FROM pg_class WHERE oid = {name}::regclass OR oid IN (SELECT relid FROM pg_partition_tree({name}::regclass))"
        );
        let rows = own_rows(self.client, &names).await?;
        Ok(rows.into_iter().flatten().flatten().collect())
    }

    /// The plan of reading every row, with the indexes of the trial.
    ///
    /// # Errors
    /// [`PlanError::Unseen`] where hypothetical indexes cannot tell. The planner itself calls STABLE functions to estimate with,
    /// and IMMUTABLE ones for their value. When one of these runs a statement, HypoPG takes the end of that for the end of
    /// EXPLAIN and shows no index from then on, or the statement is planned with an index that is not there and fails. So a
    /// plan without an index counts only where one of ours is read whole once that is allowed.
    pub(super) async fn indexed_plan(
        &self,
        caller: &Caller,
        tries: &Tries,
    ) -> Result<Plan, PlanError> {
        let plan = self.plan(caller, Asking::Structure).await;
        if tries.made == Made::Real {
            return plan;
        }
        let seen = match &plan {
            Ok(plan) if matches!(self.subject.found_by(plan), Standing::Index(_)) => Ok(true),
            Ok(_) => {
                let whole = self.plan(caller, Asking::StructureWhole).await;
                whole.map(|plan| !tries.columns_of(&plan).is_empty())
            }
            Err(PlanError::Refused { .. }) => Ok(false),
            Err(_) => return plan,
        };
        // A function that caught its failure would go on with the plan that failed.
        self.batch("DISCARD PLANS").await?;
        match seen {
            Ok(true) => plan,
            Ok(false) | Err(PlanError::Refused { .. }) => Err(PlanError::Unseen {
                table: self.subject.relation.display_name(),
            }),
            Err(error) => Err(error),
        }
    }
}
