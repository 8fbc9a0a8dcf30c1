//! An engine that attacks nothing and tells what a test wants to hear.
use super::{schema, status};
use crate::report::samples;
use std::cell::RefCell;
use watertight::check::Found;
use watertight::cli::{Engine, ProbeEntry, Survey};
use watertight::config::{CheckPlan, PlansPlan, RehearsalPlan};
use watertight::error::Failure;
use watertight::event::{Bisected, Event, Listener, Replay, ReplayOutcome, Summary};
use watertight::plans::Advice;
use watertight::shrink::SavedCase;
use watertight::status::Status;
use watertight::stop::{Stop, Stopped};

/// How the check goes on after the events.
pub enum End {
    Finished,
    Failed(Failure),
    /// Somebody sends SIGTERM while it works.
    Stopped,
    Panicked,
}

pub struct Fake {
    pub events: Vec<Event>,
    pub end: End,
    /// The plans that were given to it.
    pub plans: RefCell<Vec<CheckPlan>>,
}

impl Fake {
    pub fn telling(events: Vec<Event>, end: End) -> Fake {
        Fake {
            events,
            end,
            plans: RefCell::default(),
        }
    }

    /// Finds every sample.
    pub fn leaking() -> Fake {
        Fake::telling(samples::run(), End::Finished)
    }

    /// Finds nothing.
    pub fn clean() -> Fake {
        let summary = Summary {
            attacks: 412,
            stopped: 412,
            elapsed_ms: 900,
            ..Summary::default()
        };
        let events = vec![samples::started("shop"), Event::Finished(summary)];
        Fake::telling(events, End::Finished)
    }
}

/// Sets a flag when it is dropped, as a server would be stopped.
pub struct Dropped(pub &'static std::sync::atomic::AtomicUsize);

impl Drop for Dropped {
    fn drop(&mut self) {
        self.0.fetch_add(1, std::sync::atomic::Ordering::SeqCst);
    }
}

pub static DROPPED: std::sync::atomic::AtomicUsize = std::sync::atomic::AtomicUsize::new(0);

const PROBES: [(&str, &str); 5] = [
    (
        "call-definer",
        "# call-definer: calls functions that run with their owner's rights\n\n## What it tries\n",
    ),
    (
        "read-by-view",
        "# read-by-view: reads through views\n\n## What it tries\n",
    ),
    (
        "reassign-row",
        "# reassign-row: moves its own row to another tenant\n\n## What it tries\n",
    ),
    (
        "truncate-table",
        "# truncate-table: empties tables\n\n## What it tries\n",
    ),
    (
        "unique-key",
        "# unique-key: asks which values are taken\n\n## What it tries\n",
    ),
];

impl Engine for Fake {
    fn probes(&self) -> Vec<ProbeEntry> {
        PROBES
            .map(|(name, explanation)| ProbeEntry { name, explanation })
            .to_vec()
    }

    async fn check(
        &self,
        plan: &CheckPlan,
        stop: &Stop,
        listener: &mut dyn Listener,
    ) -> Result<Summary, Failure> {
        self.plans.borrow_mut().push(plan.clone());
        let _server = Dropped(&DROPPED);
        for event in &self.events {
            listener.hear(event);
        }
        match &self.end {
            End::Finished => Ok(samples::summary("shop")),
            End::Failed(failure) => Err(failure.clone()),
            End::Stopped => {
                let own = rustix::process::getpid();
                rustix::process::kill_process(own, rustix::process::Signal::TERM).unwrap();
                stop.or(std::future::pending())
                    .await
                    .map_err(|_: Stopped| Failure::new(130, "stopped"))
            }
            End::Panicked => panic!("a case that nobody thought of"),
        }
    }

    async fn rehearse(
        &self,
        plan: &RehearsalPlan,
        stop: &Stop,
        listener: &mut dyn Listener,
    ) -> Result<Summary, Failure> {
        self.check(&plan.check, stop, listener).await
    }

    async fn replay(
        &self,
        plan: &CheckPlan,
        _: &[Found],
        _: &Stop,
        _: &mut dyn Listener,
    ) -> Result<Vec<Replay>, Failure> {
        self.plans.borrow_mut().push(plan.clone());
        Ok(Vec::new())
    }

    async fn bisect(
        &self,
        plan: &CheckPlan,
        _: &SavedCase,
        _: &Stop,
        _: &mut dyn Listener,
    ) -> Result<Bisected, Failure> {
        self.plans.borrow_mut().push(plan.clone());
        Ok(Bisected::Closed(ReplayOutcome::Fixed))
    }

    async fn survey(
        &self,
        plan: &CheckPlan,
        _: &Stop,
        _: &mut dyn Listener,
    ) -> Result<Survey, Failure> {
        self.plans.borrow_mut().push(plan.clone());
        Ok(schema::survey())
    }

    async fn status(
        &self,
        plan: &RehearsalPlan,
        _: &Stop,
        _: &mut dyn Listener,
    ) -> Result<Status, Failure> {
        self.plans.borrow_mut().push(plan.check.clone());
        Ok(Status {
            system: plan.check.system.clone(),
            through: plan.check.through.clone(),
            from: plan.from.clone(),
            ..status::half_way()
        })
    }

    async fn plans(
        &self,
        plan: &PlansPlan,
        _: &Stop,
        _: &mut dyn Listener,
    ) -> Result<Advice, Failure> {
        self.plans.borrow_mut().push(plan.check.clone());
        Ok(crate::plans::shown::advice(&plan.check.system))
    }
}
