//! Asks a filled table the questions of a hot, a middle and a tail tenant: as the schema is, with policies written anew, with
//! further indexes, and without row security. Everything is tried in transactions that are rolled back.
use super::error::PlanError;
use super::fill::{Filling, Tenant};
use super::index::Index;
use super::model::{Answer, Fault, Measured, Strategy};
use super::observe::{Asking, Caller, Rows, ask_within, explain_within, own_rows};
use super::question::Question;
use super::subject::{Person, Subject};
use crate::catalog::{Catalog, Privilege};
use crate::sql::identifier;
use std::collections::{BTreeMap, BTreeSet};
use tokio_postgres::Client;

/// No statement of a measurement may take longer.
const LIMIT: &str = "60s";

const UNTRIED: &str = "no index was tried, because the policies read every row in any case";
const DEARER: &str = "written anew the policy reads more blocks in all on these rows: weigh it by your own questions";

/// One table, and all that is needed to measure it.
pub struct Measurement<'a> {
    pub client: &'a Client,
    pub catalog: &'a Catalog,
    pub subject: &'a Subject<'a>,
    pub people: &'a [Person],
    pub indexes: &'a [Index],
    pub questions: &'a [Question],
    /// All tables of tenants.
    pub tables: &'a [Subject<'a>],
    /// Policies that keep indexes from being used.
    pub faults: &'a [Fault],
}

/// Somebody of one tenant, with a row of that tenant.
pub(super) struct Asker {
    pub tenant: Tenant,
    pub caller: Caller,
    row: BTreeMap<String, Option<String>>,
    /// The columns that may be read.
    list: String,
}

impl Measurement<'_> {
    /// Fills the table and measures it; the reason when it cannot be filled. The table stays full.
    ///
    /// # Errors
    /// The server is gone.
    pub async fn run(&self, rows: usize) -> Result<Result<Measured, String>, PlanError> {
        let askers = self.within(self.askers()).await?;
        if askers.is_empty() {
            return Ok(Err("no member sees a row of it".to_owned()));
        }
        let tenants: Vec<Tenant> = askers.iter().map(|asker| asker.tenant.clone()).collect();
        let filling = Filling {
            subject: self.subject,
            tenants: &tenants,
        };
        if let Some(reason) = filling.run(self.client, rows).await? {
            return Ok(Err(reason));
        }
        let measured = self.within(self.measured(&askers, &filling, rows)).await?;
        Ok(Ok(measured))
    }

    /// Does the work in a transaction that is rolled back.
    async fn within<T>(
        &self,
        work: impl Future<Output = Result<T, PlanError>>,
    ) -> Result<T, PlanError> {
        self.batch(&format!(
            "ROLLBACK; BEGIN; SET LOCAL statement_timeout = '{LIMIT}'"
        ))
        .await?;
        let done = work.await;
        self.batch("ROLLBACK").await?;
        done
    }

    /// For each tenant the member who sees the most rows, with one of them: one that has the most values.
    async fn askers(&self) -> Result<Vec<Asker>, PlanError> {
        let relation = self.subject.relation;
        let mut askers = Vec::new();
        for (at, name) in Filling::names().into_iter().enumerate() {
            let mut best: Option<(u64, &Person)> = None;
            for person in self
                .people
                .iter()
                .filter(|p| matches!(&p.tenants[..], [only] if only.0 == at))
            {
                let column = identifier(&self.subject.column.name);
                let sql = format!("SELECT count({column}) FROM {}", relation.qualified());
                let count = match ask_within(self.client, &person.caller, &sql).await {
                    Ok(rows) => rows
                        .first()
                        .and_then(|row| row.first()?.as_deref()?.parse().ok()),
                    Err(PlanError::Refused { .. }) => None,
                    Err(error) => return Err(error),
                };
                let count = count.unwrap_or(0);
                if count > 0 && best.is_none_or(|(most, _)| count > most) {
                    best = Some((count, person));
                }
            }
            let Some((_, person)) = best else { continue };
            askers.extend(self.asker(name, &person.caller).await?);
        }
        Ok(askers)
    }

    async fn asker(&self, name: &'static str, caller: &Caller) -> Result<Option<Asker>, PlanError> {
        let relation = self.subject.relation;
        let role = self.catalog.role_named(&caller.role).map(|role| role.oid);
        let columns: Vec<&str> = relation
            .columns
            .iter()
            .filter(|c| {
                role.is_none_or(|role| {
                    self.catalog
                        .has_column_privilege(role, relation, c.number, Privilege::Select)
                })
            })
            .map(|c| c.name.as_str())
            .collect();
        let quoted: Vec<String> = columns.iter().map(|name| identifier(name)).collect();
        let list = quoted.join(", ");
        let sql = format!(
            "SELECT {list} FROM {} ORDER BY num_nulls({list}), 1 LIMIT 1",
            relation.qualified()
        );
        let rows = ask_within(self.client, caller, &sql).await?;
        let Some(values) = rows.into_iter().next() else {
            return Ok(None);
        };
        let names = columns.iter().map(|name| (*name).to_owned());
        let row: BTreeMap<String, Option<String>> = names.zip(values).collect();
        let value = row.get(&self.subject.column.name).cloned().flatten();
        Ok(value.map(|value| Asker {
            tenant: Tenant { name, value },
            caller: caller.clone(),
            row,
            list,
        }))
    }

    async fn measured(
        &self,
        askers: &[Asker],
        filling: &Filling<'_>,
        rows: usize,
    ) -> Result<Measured, PlanError> {
        let mut used = BTreeSet::new();
        let as_is = self.strategy("as it is", askers, false, &mut used).await?;
        let bare = self
            .strategy("no policies", askers, true, &mut used)
            .await?;
        let mut strategies = vec![as_is, bare];
        let rewrites: Vec<_> = self
            .faults
            .iter()
            .filter_map(|f| f.rewrite.as_ref())
            .collect();
        let rewritten = !rewrites.is_empty() && rewrites.len() == self.faults.len();
        if rewritten {
            for statement in rewrites
                .iter()
                .flat_map(|r| r.before.iter().chain([&r.sql]))
            {
                self.batch(statement).await?;
            }
            strategies.push(self.strategy("rewritten", askers, false, &mut used).await?);
        }
        let sum = |s: &Strategy| s.answers.iter().map(|a| a.blocks).sum::<u64>();
        let dearer = rewritten && sum(&strategies[2]) > sum(&strategies[0]);
        let (bytes, filled) = self.size().await?;
        let mut found = Measured {
            rows: filled,
            tenants: self.tenants(askers).await?,
            table_bytes: bytes,
            unused: self.unused(&used).await?,
            ..Measured::default()
        };
        // An index cannot help a policy that reads every row, so that none is tried there.
        if rewritten || self.faults.is_empty() {
            let base = strategies
                .last()
                .filter(|_| rewritten)
                .unwrap_or(&strategies[0])
                .clone();
            found.candidates = self
                .candidates(askers, &base, filling, rows, rewritten)
                .await?;
            if !found.candidates.is_empty() {
                for candidate in &found.candidates {
                    self.batch(&candidate.sql).await?;
                }
                strategies.push(
                    self.strategy("with indexes", askers, false, &mut used)
                        .await?,
                );
            }
        } else {
            found.notes.push(UNTRIED.to_owned());
        }
        if dearer {
            found.notes.push(DEARER.to_owned());
        }
        found.notes.extend(self.unlike(&strategies));
        found.strategies = strategies;
        Ok(found)
    }

    async fn strategy(
        &self,
        name: &str,
        askers: &[Asker],
        bare: bool,
        used: &mut BTreeSet<String>,
    ) -> Result<Strategy, PlanError> {
        let mut answers = Vec::new();
        for question in self.questions {
            for asker in askers {
                answers.extend(self.answer(question, asker, bare, used).await?);
            }
        }
        Ok(Strategy {
            name: name.to_owned(),
            answers,
        })
    }

    /// `bare` asks as somebody whom row security does not hold, with the tenant in the question; where a person wrote it, in
    /// the tables.
    pub(super) async fn answer(
        &self,
        question: &Question,
        asker: &Asker,
        bare: bool,
        used: &mut BTreeSet<String>,
    ) -> Result<Option<Answer>, PlanError> {
        let column = identifier(&self.subject.column.name);
        let own = format!("{column} = {}", crate::sql::literal(&asker.tenant.value));
        let also = bare.then_some(own.as_str());
        let Some(sql) = question.sql(self.subject.relation, &asker.list, &asker.row, also) else {
            return Ok(None);
        };
        let session = Caller {
            // SET ROLE none goes back to the session's own user (https://www.postgresql.org/docs/current/sql-set-role.html).
            role: "none".to_owned(),
            ..asker.caller.clone()
        };
        let caller = if bare { &session } else { &asker.caller };
        let plan = match (bare, &question.statement) {
            (true, Some(statement)) => self.scoped_plan(statement, asker, caller).await?,
            _ => match explain_within(self.client, caller, &sql, Asking::Measured).await {
                Ok(plan) => Some(plan),
                Err(PlanError::Refused { .. }) => None,
                Err(error) => return Err(error),
            },
        };
        let Some(plan) = plan else { return Ok(None) };
        used.extend(plan.indexes());
        let own = |name: &str| self.reads_own(name);
        Ok(Some(Answer {
            question: question.name.clone(),
            tenant: asker.tenant.name.to_owned(),
            standing: plan.standing(own, &self.subject.column.name),
            sorts: plan.sorts(),
            blocks: plan.shared_blocks(),
            removed: plan.removed(own),
            rows: plan.root.rows as u64,
            execution_ms: plan.execution_ms,
            shape: plan.shape(),
        }))
    }

    /// Bytes and rows of the table, its partitions included.
    async fn size(&self) -> Result<(u64, u64), PlanError> {
        let table = self.subject.relation.qualified();
        let name = crate::sql::literal(&table);
        let bytes =
            format!("SELECT sum(pg_table_size(relid)) FROM pg_partition_tree({name}::regclass)");
        let whole = format!("SELECT coalesce(({bytes}), pg_table_size({name}::regclass))");
        let rows = self
            .number(&format!("SELECT count(*) FROM {table}"))
            .await?;
        Ok((self.number(&whole).await?, rows))
    }

    async fn tenants(&self, askers: &[Asker]) -> Result<Vec<(String, u64)>, PlanError> {
        let (table, column) = (
            self.subject.relation.qualified(),
            identifier(&self.subject.column.name),
        );
        let mut found = Vec::new();
        for asker in askers {
            let value = crate::sql::literal(&asker.tenant.value);
            let sql = format!("SELECT count(*) FROM {table} WHERE {column} = {value}");
            found.push((asker.tenant.name.to_owned(), self.number(&sql).await?));
        }
        Ok(found)
    }

    pub(super) async fn number(&self, sql: &str) -> Result<u64, PlanError> {
        let rows = self.rows(sql).await?;
        let text = rows.first().and_then(|row| row.first()?.as_deref());
        Ok(text.and_then(|text| text.parse().ok()).unwrap_or(0))
    }

    /// What the session's own user gets.
    pub(super) async fn rows(&self, sql: &str) -> Result<Rows, PlanError> {
        own_rows(self.client, sql).await
    }

    pub(super) async fn batch(&self, sql: &str) -> Result<(), PlanError> {
        let done = self.client.batch_execute(sql).await;
        done.map_err(|source| PlanError::of(sql, source))
    }
}
