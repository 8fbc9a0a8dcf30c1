//! Tries on a small table, in a transaction that is rolled back, where each policy's condition stands, whether an index would
//! help, and whether the policy written in another way shows everybody the same rows.
use super::error::PlanError;
use super::form::Forms;
use super::hypothetical::HypoPg;
use super::index::shown;
use super::model::{Fault, Finding, Made, Rewrite};
use super::observe::{Asking, Caller, ask_within, explain_within};
use super::plan::Plan;
use super::questions::Standing;
use super::rewrite::{Proposal, Proposals, named};
use super::subject::{Person, Subject};
use super::tries::Tries;
use crate::catalog::{Catalog, Policy, PolicyCommand};
use crate::sql::identifier;
use crate::tenancy::Tenancy;
use tokio_postgres::Client;

/// No statement of a trial on a few rows takes longer unless it never ends.
const LIMIT: &str = "10s";

/// Stands for no row at all among digests.
const NOTHING: &str = "nothing";

/// One table, and all that is needed to try its policies.
pub struct Trial<'a> {
    pub client: &'a Client,
    pub catalog: &'a Catalog,
    pub tenancy: &'a Tenancy,
    pub subject: &'a Subject<'a>,
    pub people: &'a [Person],
    /// `None` where only real indexes can be tried.
    pub hypopg: Option<&'a HypoPg>,
}

/// What a trial found.
#[derive(Debug, Clone)]
pub struct Tried {
    pub finding: Finding,
    /// The plan of the schema as it is.
    pub plan: Plan,
    pub faults: Vec<Fault>,
    /// The columns by which an index that is missing would find the rows.
    pub wanted: Vec<String>,
    /// How the indexes were made that were tried; `None` where the schema's own find the rows.
    pub made: Option<Made>,
    /// Who sees the most rows: the questions of all are asked by somebody who gets answers.
    pub caller: Caller,
}

impl Trial<'_> {
    /// Hypothetical indexes are tried first, where there can be any; real ones where those cannot tell.
    ///
    /// # Errors
    /// The server is gone, or nobody may read the table; the transaction is over in any case.
    pub async fn run(&self) -> Result<Tried, PlanError> {
        if let Some(hypopg) = self.hypopg {
            let tried = self.within(Made::Hypothetical).await;
            // Rolling back leaves them, because they are no part of the database.
            hypopg.forget(self.client).await?;
            if !matches!(tried, Err(PlanError::Unseen { .. })) {
                return tried;
            }
        }
        self.within(Made::Real).await
    }

    async fn within(&self, made: Made) -> Result<Tried, PlanError> {
        self.batch(&format!(
            "ROLLBACK; BEGIN; SET LOCAL statement_timeout = '{LIMIT}'"
        ))
        .await?;
        let tried = self.tried(made).await;
        match self.batch("ROLLBACK").await {
            Ok(()) => tried,
            Err(error) => tried.and(Err(error)),
        }
    }

    async fn tried(&self, made: Made) -> Result<Tried, PlanError> {
        let caller = self.best_caller().await?;
        let plan = self.plan(&caller, Asking::Structure).await?;
        let as_is = self.subject.found_by(&plan);
        let mut faults = Vec::new();
        let mut wanted = Vec::new();
        let mut indexed = as_is.clone();
        let own = matches!(as_is, Standing::Index(_));
        if !own {
            let tries = self.index_columns(made).await?;
            let with = self.indexed_plan(&caller, &tries).await?;
            indexed = self.subject.found_by(&with);
            if matches!(indexed, Standing::Index(_)) {
                wanted = tries.columns_of(&with);
            } else {
                faults = self.faults(&caller, &tries).await?;
            }
        }
        Ok(Tried {
            finding: Finding::of(&as_is, &indexed),
            plan,
            faults,
            wanted,
            made: (!own).then_some(made),
            caller,
        })
    }

    /// Reading every row that one may see: the conditions are those of the policies alone.
    pub(super) async fn plan(&self, caller: &Caller, asking: Asking) -> Result<Plan, PlanError> {
        let sql = self.rows();
        explain_within(self.client, caller, &sql, asking).await
    }

    fn rows(&self) -> String {
        let column = identifier(&self.subject.column.name);
        format!("SELECT {column} FROM {}", self.subject.relation.qualified())
    }

    async fn best_caller(&self) -> Result<Caller, PlanError> {
        let mut best: Option<(u64, &Caller)> = None;
        let mut refused = None;
        let sql = format!("SELECT count(*) FROM ({}) s", self.rows());
        for person in self.people.iter().filter(|p| p.tenants.len() == 1) {
            match ask_within(self.client, &person.caller, &sql).await {
                Ok(rows) => {
                    let count = rows.first().and_then(|row| row.first().cloned().flatten());
                    let count = count.and_then(|text| text.parse().ok()).unwrap_or(0);
                    if best.is_none_or(|(most, _)| count > most) {
                        best = Some((count, &person.caller));
                    }
                }
                Err(error @ PlanError::Refused { .. }) => refused = Some(error),
                Err(error) => return Err(error),
            }
        }
        match (best, refused) {
            (Some((_, caller)), _) => Ok(caller.clone()),
            (None, Some(error)) => Err(error),
            (None, None) => Err(PlanError::unreadable(&sql, "there is nobody to ask")),
        }
    }

    /// The policies that let members see rows, and by themselves keep every index from being used.
    async fn faults(&self, caller: &Caller, tries: &Tries) -> Result<Vec<Fault>, PlanError> {
        let policies = self.applied();
        let mut at_fault = Vec::new();
        for policy in &policies {
            self.batch("SAVEPOINT watertight_alone").await?;
            for other in policies.iter().filter(|other| other.oid != policy.oid) {
                self.drop_policy(other).await?;
            }
            let plan = self.indexed_plan(caller, tries).await;
            let back = "ROLLBACK TO SAVEPOINT watertight_alone; RELEASE SAVEPOINT watertight_alone";
            self.batch(back).await?;
            if !matches!(self.subject.found_by(&plan?), Standing::Index(_)) {
                at_fault.push(*policy);
            }
        }
        let mut faults: Vec<Fault> = at_fault.iter().map(|policy| self.fault(policy)).collect();
        let proposals = self.rewrites(caller, tries, &at_fault).await?;
        for (fault, rewrite) in faults.iter_mut().zip(proposals) {
            fault.rewrite = rewrite;
        }
        Ok(faults)
    }

    fn fault(&self, policy: &Policy) -> Fault {
        let text = policy.using.as_deref().unwrap_or_default();
        let sites = self.forms().sites(text);
        let reason = match sites.first() {
            Some(site) => site.kind.reason(),
            None => "asks for no column in a way that an index could answer".to_owned(),
        };
        Fault {
            policy: policy.name.clone(),
            place: None,
            reason,
            rewrite: None,
        }
    }

    /// A rewrite for each policy, where the whole table is found by an index once all are written anew and everybody sees
    /// the same rows.
    async fn rewrites(
        &self,
        caller: &Caller,
        tries: &Tries,
        policies: &[&Policy],
    ) -> Result<Vec<Option<Rewrite>>, PlanError> {
        let proposals = Proposals {
            catalog: self.catalog,
            tenancy: self.tenancy,
            relation: self.subject.relation,
            role: &caller.role,
        };
        let before = self.seen().await?;
        // Where nobody sees anything, whatever is written anew looks right.
        if before.iter().flatten().all(|digest| digest == NOTHING) {
            return Ok(vec![None; policies.len()]);
        }
        let mut out = Vec::new();
        for policy in policies {
            let mut accepted = None;
            for proposal in proposals.of(policy) {
                if let Some(rewrite) = self
                    .attempt_rewrite((caller, tries), policy, &proposal, &before)
                    .await?
                {
                    accepted = Some(rewrite);
                    break;
                }
            }
            out.push(accepted);
        }
        Ok(out)
    }

    /// The rewrite of one policy, judged by what remains when the other policies at fault are out of the way.
    async fn attempt_rewrite(
        &self,
        (caller, tries): (&Caller, &Tries),
        policy: &Policy,
        proposal: &Proposal,
        before: &[Option<String>],
    ) -> Result<Option<Rewrite>, PlanError> {
        let sql = alter(policy, self.subject, &proposal.using);
        self.batch("SAVEPOINT watertight_rewrite").await?;
        let mut done = true;
        for statement in proposal.before.iter().chain([&sql]) {
            done = done && self.attempt(statement).await?;
        }
        let mut good = false;
        if done && self.seen().await? == before {
            for other in self
                .applied()
                .iter()
                .filter(|other| other.oid != policy.oid)
            {
                self.drop_policy(other).await?;
            }
            let plan = self.indexed_plan(caller, tries).await;
            good = match plan {
                Ok(plan) => matches!(self.subject.found_by(&plan), Standing::Index(_)),
                Err(PlanError::Refused { .. }) => false,
                Err(error) => return Err(error),
            };
        }
        let back = "ROLLBACK TO SAVEPOINT watertight_rewrite; RELEASE SAVEPOINT watertight_rewrite";
        self.batch(back).await?;
        Ok(good.then(|| Rewrite {
            before: proposal.before.clone(),
            using: proposal.using.clone(),
            sql,
            callers: before.len(),
        }))
    }

    /// What everybody sees, one digest a person; `None` for a refusal.
    async fn seen(&self) -> Result<Vec<Option<String>>, PlanError> {
        let mut seen = Vec::new();
        let table = self.subject.relation.qualified();
        let sql = format!(
            "SELECT coalesce(md5(string_agg(s.tableoid::text || s.ctid::text, ',' ORDER BY s.tableoid, s.ctid)), '{NOTHING}') FROM {table} s"
        );
        for person in self.people {
            seen.push(match ask_within(self.client, &person.caller, &sql).await {
                Ok(rows) => rows
                    .into_iter()
                    .next()
                    .and_then(|row| row.into_iter().next().flatten()),
                Err(PlanError::Refused { .. }) => None,
                Err(error) => return Err(error),
            });
        }
        Ok(seen)
    }

    /// The permissive policies that a SELECT of the members' role goes by.
    fn applied(&self) -> Vec<&Policy> {
        let role = self
            .people
            .first()
            .and_then(|p| self.catalog.role_named(&p.caller.role));
        let acting = role.map(|role| self.catalog.acting_as(role.oid));
        let policies = self.subject.relation.policies.iter();
        policies
            .filter(|p| {
                p.permissive
                    && matches!(p.command, PolicyCommand::All | PolicyCommand::Select)
                    && acting
                        .as_ref()
                        .is_none_or(|roles| p.roles.iter().any(|r| roles.contains(r)))
            })
            .collect()
    }

    pub(super) fn forms(&self) -> Forms<'_> {
        Forms {
            catalog: self.catalog,
            relation: self.subject.relation,
        }
    }

    async fn drop_policy(&self, policy: &Policy) -> Result<(), PlanError> {
        let table = self.subject.relation.qualified();
        self.batch(&format!(
            "DROP POLICY {} ON {table}",
            identifier(&policy.name)
        ))
        .await
    }

    /// Whether the server took a statement; the transaction goes on in any case.
    pub(super) async fn attempt(&self, sql: &str) -> Result<bool, PlanError> {
        self.batch("SAVEPOINT watertight_attempt").await?;
        match self.batch(sql).await {
            Ok(()) => self.batch("RELEASE SAVEPOINT watertight_attempt").await.map(|()| true),
            Err(PlanError::Refused { .. }) => self
                .batch("ROLLBACK TO SAVEPOINT watertight_attempt; RELEASE SAVEPOINT watertight_attempt")
                .await
                .map(|()| false),
            Err(error) => Err(error),
        }
    }

    pub(super) async fn batch(&self, sql: &str) -> Result<(), PlanError> {
        let done = self.client.batch_execute(sql).await;
        done.map_err(|source| PlanError::of(sql, source))
    }
}

/// The statement that gives a policy another condition.
fn alter(policy: &Policy, subject: &Subject, using: &str) -> String {
    let (policy, table) = (shown(&policy.name), named(subject.relation));
    // PostgreSQL prints a condition in parentheses of its own.
    let using = using.trim();
    match using.starts_with('(') && closes_at_end(using) {
        true => format!("ALTER POLICY {policy} ON {table} USING {using}"),
        false => format!("ALTER POLICY {policy} ON {table} USING ({using})"),
    }
}

/// Whether the parenthesis that a text begins with is closed by its last character. One inside of a literal only makes the
/// answer no, which costs a pair of parentheses.
fn closes_at_end(text: &str) -> bool {
    let mut depth = 0usize;
    for (at, c) in text.char_indices() {
        match c {
            '(' => depth += 1,
            ')' => depth = depth.saturating_sub(1),
            _ => {}
        }
        if depth == 0 {
            return at + 1 == text.len();
        }
    }
    false
}
