//! What the command line needs of the engine, so that its sessions can be tested without a database.
use crate::catalog::Catalog;
use crate::check::{self, Found};
use crate::config::{CheckPlan, PlansPlan, RehearsalPlan};
use crate::error::Failure;
use crate::event::{Bisected, Listener, Replay, Summary};
use crate::plans::Advice;
use crate::probes;
use crate::rehearse;
use crate::shrink::SavedCase;
use crate::status::Status;
use crate::stop::Stop;
use crate::tenancy::Tenancy;

/// A probe as people see it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ProbeEntry {
    pub name: &'static str,
    /// The explanation, in Markdown.
    pub explanation: &'static str,
}

impl ProbeEntry {
    /// One line: what stands in the title after the name.
    pub fn summary(&self) -> &'static str {
        let title = self.explanation.lines().next().unwrap_or_default();
        title.split_once(": ").map_or("", |(_, summary)| summary)
    }
}

/// What was inferred of a migrated database, without attacking it.
#[derive(Debug, Clone)]
pub struct Survey {
    pub catalog: Catalog,
    pub tenancy: Tenancy,
}

/// Does the work behind the commands.
pub trait Engine {
    /// Every probe, in the order in which they are listed.
    fn probes(&self) -> Vec<ProbeEntry>;

    /// Attacks one system and tells the listener everything, `Event::Finished` included. When asked to stop, it tells
    /// what it found and fails.
    fn check(
        &self,
        plan: &CheckPlan,
        stop: &Stop,
        listener: &mut dyn Listener,
    ) -> impl Future<Output = Result<Summary, Failure>>;

    /// Migrates a filled database, compares its rows and attacks them, and tells the listener everything.
    fn rehearse(
        &self,
        plan: &RehearsalPlan,
        stop: &Stop,
        listener: &mut dyn Listener,
    ) -> impl Future<Output = Result<Summary, Failure>>;

    /// Applies the migrations and tries saved cases; tells the listener how each ended.
    fn replay(
        &self,
        plan: &CheckPlan,
        cases: &[Found],
        stop: &Stop,
        listener: &mut dyn Listener,
    ) -> impl Future<Output = Result<Vec<Replay>, Failure>>;

    /// Finds the migration after which a saved case leaks.
    fn bisect(
        &self,
        plan: &CheckPlan,
        case: &SavedCase,
        stop: &Stop,
        listener: &mut dyn Listener,
    ) -> impl Future<Output = Result<Bisected, Failure>>;

    /// Migrates and infers, and attacks nothing.
    fn survey(
        &self,
        plan: &CheckPlan,
        stop: &Stop,
        listener: &mut dyn Listener,
    ) -> impl Future<Output = Result<Survey, Failure>>;

    /// Migrates and tells how far the move to the tenant's key has come; where the plan says from where, with rows that
    /// were filled in there.
    fn status(
        &self,
        plan: &RehearsalPlan,
        stop: &Stop,
        listener: &mut dyn Listener,
    ) -> impl Future<Output = Result<Status, Failure>>;

    /// Migrates, fills and tells what the plans of members are like.
    fn plans(
        &self,
        plan: &PlansPlan,
        stop: &Stop,
        listener: &mut dyn Listener,
    ) -> impl Future<Output = Result<Advice, Failure>>;
}

/// The engine of this program.
pub struct Harness;

impl Engine for Harness {
    fn probes(&self) -> Vec<ProbeEntry> {
        probes::ALL
            .iter()
            .map(|probe| ProbeEntry {
                name: probe.name(),
                explanation: probe.explanation(),
            })
            .collect()
    }

    async fn check(
        &self,
        plan: &CheckPlan,
        stop: &Stop,
        listener: &mut dyn Listener,
    ) -> Result<Summary, Failure> {
        check::check(plan, stop, listener)
            .await
            .map_err(Failure::from)
    }

    async fn rehearse(
        &self,
        plan: &RehearsalPlan,
        stop: &Stop,
        listener: &mut dyn Listener,
    ) -> Result<Summary, Failure> {
        rehearse::rehearse(plan, stop, listener)
            .await
            .map_err(Failure::from)
    }

    async fn replay(
        &self,
        plan: &CheckPlan,
        cases: &[Found],
        stop: &Stop,
        listener: &mut dyn Listener,
    ) -> Result<Vec<Replay>, Failure> {
        check::replay(plan, cases, stop, listener)
            .await
            .map_err(Failure::from)
    }

    async fn bisect(
        &self,
        plan: &CheckPlan,
        case: &SavedCase,
        stop: &Stop,
        listener: &mut dyn Listener,
    ) -> Result<Bisected, Failure> {
        check::bisect(plan, case, stop, listener)
            .await
            .map_err(Failure::from)
    }

    async fn survey(
        &self,
        plan: &CheckPlan,
        stop: &Stop,
        listener: &mut dyn Listener,
    ) -> Result<Survey, Failure> {
        let (catalog, tenancy) = check::survey(plan, stop, listener).await?;
        Ok(Survey { catalog, tenancy })
    }

    async fn status(
        &self,
        plan: &RehearsalPlan,
        stop: &Stop,
        listener: &mut dyn Listener,
    ) -> Result<Status, Failure> {
        let told = match &plan.from {
            Some(_) => rehearse::status(plan, stop, listener).await,
            None => check::status(&plan.check, stop, listener).await,
        };
        told.map_err(Failure::from)
    }

    async fn plans(
        &self,
        plan: &PlansPlan,
        stop: &Stop,
        listener: &mut dyn Listener,
    ) -> Result<Advice, Failure> {
        check::advise(plan, stop, listener)
            .await
            .map_err(Failure::from)
    }
}
