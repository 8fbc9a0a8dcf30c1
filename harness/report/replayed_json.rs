//! The line of a saved case that was tried again, as it is written and read.
use crate::event::{Replay, ReplayOutcome};
use serde::{Deserialize, Serialize};
use std::path::PathBuf;

#[derive(Serialize, Deserialize)]
pub(super) struct ReplayedLine {
    system: String,
    fingerprint: String,
    title: String,
    case: PathBuf,
    outcome: Outcome,
    /// Why it cannot run; null otherwise.
    #[serde(default)]
    reason: Option<String>,
}

#[derive(Serialize, Deserialize)]
enum Outcome {
    #[serde(rename = "fixed")]
    Fixed,
    #[serde(rename = "leaks")]
    Leaks,
    #[serde(rename = "cannot run")]
    CannotRun,
}

impl ReplayedLine {
    pub fn of(replay: &Replay) -> ReplayedLine {
        let (outcome, reason) = match &replay.outcome {
            ReplayOutcome::Fixed => (Outcome::Fixed, None),
            ReplayOutcome::Leaks => (Outcome::Leaks, None),
            ReplayOutcome::CannotRun(why) => (Outcome::CannotRun, Some(why.clone())),
        };
        ReplayedLine {
            system: replay.system.clone(),
            fingerprint: replay.fingerprint.clone(),
            title: replay.title.clone(),
            case: replay.case.clone(),
            outcome,
            reason,
        }
    }

    pub fn replay(self) -> Replay {
        Replay {
            system: self.system,
            fingerprint: self.fingerprint,
            title: self.title,
            case: self.case,
            outcome: match self.outcome {
                Outcome::Fixed => ReplayOutcome::Fixed,
                Outcome::Leaks => ReplayOutcome::Leaks,
                Outcome::CannotRun => ReplayOutcome::CannotRun(self.reason.unwrap_or_default()),
            },
        }
    }
}
