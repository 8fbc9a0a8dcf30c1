//! Finds the migration that opened a leak: halves what is applied, until one statement is left.
use super::CheckError;
use super::replay::{prepare, try_one};
use super::stage;
use crate::config::CheckPlan;
use crate::event::{Bisected, Event, Listener, Opened, Phase, ReplayOutcome};
use crate::migrations::Migrations;
use crate::oracle::observe_case::columns;
use crate::server::{Server, apply};
use crate::shrink::SavedCase;
use crate::stop::Stop;

const BISECTED: &str = "bisected";

/// Looks for the statement after which the case leaks and before which it does not.
pub async fn bisect(
    plan: &CheckPlan,
    case: &SavedCase,
    stop: &Stop,
    listener: &mut dyn Listener,
) -> Result<Bisected, CheckError> {
    let read = stage::read(plan)?;
    let server = stop.or(stage::start(plan, listener)).await?;
    let search = Search {
        plan,
        case,
        server: &server,
        read: &read,
    };
    let found = stop.or(search.run(listener)).await;
    let stopped = server.stop().await;
    let found = found?;
    stopped?;
    Ok(found)
}

struct Search<'a> {
    plan: &'a CheckPlan,
    case: &'a SavedCase,
    server: &'a Server,
    read: &'a Migrations,
}

impl Search<'_> {
    async fn run(&self, listener: &mut dyn Listener) -> Result<Bisected, CheckError> {
        let own = |file: &usize| !self.read.files[*file].platform;
        let files: Vec<usize> = (0..self.read.files.len()).filter(own).collect();
        let ends: Vec<usize> = files
            .iter()
            .map(|file| self.read.statements_of(*file).end)
            .collect();
        let Some((&last, &first)) = ends.last().zip(files.first()) else {
            return Ok(Bisected::Closed(ReplayOutcome::Fixed));
        };
        let mut steps = Steps { taken: 0, listener };
        match self.outcome(last, &mut steps).await? {
            ReplayOutcome::Leaks => {}
            other => return Ok(Bisected::Closed(other)),
        }
        // Before the first migration there is nothing that could leak.
        let start = self.read.statements_of(first).start;
        let mut points = vec![start];
        points.extend(&ends);
        let (before, after, _) = self
            .halve(&points, ReplayOutcome::Fixed, &mut steps)
            .await?;
        let statements: Vec<usize> = (before..=after).collect();
        let nothing = ReplayOutcome::CannotRun("nothing was made yet".to_owned());
        let (before, _, outcome) = self.halve(&statements, nothing, &mut steps).await?;
        let statement = &self.read.statements[before];
        Ok(Bisected::Opened(Box::new(Opened {
            migration: self.read.files[statement.file].name.clone(),
            place: self.read.place(before),
            statement: self.read.text(before).to_owned(),
            steps: steps.taken,
            migrations: files.len(),
            before: outcome,
        })))
    }

    /// Of points of which the last leaks and the first does not: the two neighbours between which it begins to, and how the
    /// case ended at the first of them. What cannot be run does not leak: what it needs is not there yet.
    async fn halve(
        &self,
        points: &[usize],
        at_first: ReplayOutcome,
        steps: &mut Steps<'_>,
    ) -> Result<(usize, usize, ReplayOutcome), CheckError> {
        let (mut low, mut high, mut at_low) = (0, points.len() - 1, at_first);
        while high - low > 1 {
            let middle = low + (high - low) / 2;
            match self.outcome(points[middle], steps).await? {
                ReplayOutcome::Leaks => high = middle,
                other => (low, at_low) = (middle, other),
            }
        }
        Ok((points[low], points[high], at_low))
    }

    /// How the case ends when so many statements are applied.
    async fn outcome(
        &self,
        statements: usize,
        steps: &mut Steps<'_>,
    ) -> Result<ReplayOutcome, CheckError> {
        steps.taken += 1;
        steps.listener.hear(&Event::Phase {
            phase: Phase::Migrations,
            done: steps.taken,
            total: 0,
        });
        self.server.drop_database(BISECTED).await?;
        self.server.create_database(BISECTED).await?;
        let session = self.server.connect(BISECTED, None).await?;
        let range = 0..statements;
        let applied = apply::apply_range(session.client(), self.read, range, |_, _| {}).await?;
        session.close().await;
        let session = self.server.connect(BISECTED, None).await?;
        let timeout = self.plan.statement_timeout_ms;
        prepare(&session, &applied.database_settings, timeout).await?;
        // What was not made yet cannot be said of a row, and is left out.
        let made = columns(&session).await?;
        let mut case = self.case.clone();
        for row in &mut case.rows {
            let relation = row.relation.clone();
            let is_made = |name: &String| made.contains(&(relation.clone(), name.clone()));
            row.columns.retain(|(name, _)| is_made(name));
        }
        let outcome = try_one(&session, &case).await?;
        session.close().await;
        Ok(outcome)
    }
}

struct Steps<'l> {
    taken: usize,
    listener: &'l mut dyn Listener,
}
