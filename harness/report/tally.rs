//! Counts what decides the exit code and the last line.
use crate::event::{Event, Listener, ReplayOutcome, Summary};

/// A fold over the events of a run, over all its systems.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Tally {
    /// Leaks that nobody accepted.
    pub leaks: usize,
    /// Unproven cells that nobody allowed.
    pub unproven: usize,
    pub errored: usize,
    /// What a rehearsal found wrong with rows, constraints and named checks.
    pub broken: usize,
    /// The exit code of what could not be done, worst first.
    pub failures: Vec<u8>,
    pub interrupted: bool,
    pub finished: Vec<Summary>,
}

impl Listener for Tally {
    fn hear(&mut self, event: &Event) {
        match event {
            Event::Leak(_) => self.leaks += 1,
            Event::Replayed(replay) => match replay.outcome {
                ReplayOutcome::Leaks => self.leaks += 1,
                ReplayOutcome::CannotRun(_) => self.unproven += 1,
                ReplayOutcome::Fixed => {}
            },
            Event::Unproven(unproven) if !unproven.allowed => self.unproven += 1,
            Event::Errored { .. } => self.errored += 1,
            Event::Failed(failure) => self.failures.push(failure.exit_code),
            Event::Interrupted => self.interrupted = true,
            Event::Rehearsed(rehearsed) => self.broken += rehearsed.failures(),
            Event::Finished(summary) => self.finished.push(summary.clone()),
            Event::Unproven(_)
            | Event::Accepted { .. }
            | Event::Started(_)
            | Event::Covered(_)
            | Event::Phase { .. }
            | Event::Note { .. } => {}
        }
    }
}
