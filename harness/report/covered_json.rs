//! The grid's lines in `events.jsonl`, as they are written and read.
use crate::event::{Cells, Covered, Outcome};
use serde::{Deserialize, Serialize};

#[derive(Serialize, Deserialize)]
pub(super) struct CoveredLine {
    object: String,
    object_kind: String,
    cells: Vec<CellsLine>,
    system: String,
}

#[derive(Serialize, Deserialize)]
struct CellsLine {
    command: String,
    outcome: OutcomeWord,
    role: String,
    attackers: Vec<String>,
}

#[derive(Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
enum OutcomeWord {
    Stopped,
    Unproven,
    Errored,
    Leaked,
}

impl CoveredLine {
    pub fn of(covered: &Covered) -> CoveredLine {
        let cells = covered.cells.iter().map(|cells| CellsLine {
            command: cells.command.clone(),
            outcome: match cells.outcome {
                Outcome::Stopped => OutcomeWord::Stopped,
                Outcome::Unproven => OutcomeWord::Unproven,
                Outcome::Errored => OutcomeWord::Errored,
                Outcome::Leaked => OutcomeWord::Leaked,
            },
            role: cells.role.clone(),
            attackers: cells.attackers.clone(),
        });
        CoveredLine {
            object: covered.object.clone(),
            object_kind: covered.object_kind.clone(),
            cells: cells.collect(),
            system: covered.system.clone(),
        }
    }

    pub fn covered(self) -> Covered {
        let cells = self.cells.into_iter().map(|cells| Cells {
            command: cells.command,
            outcome: match cells.outcome {
                OutcomeWord::Stopped => Outcome::Stopped,
                OutcomeWord::Unproven => Outcome::Unproven,
                OutcomeWord::Errored => Outcome::Errored,
                OutcomeWord::Leaked => Outcome::Leaked,
            },
            role: cells.role,
            attackers: cells.attackers,
        });
        Covered {
            system: self.system,
            object: self.object,
            object_kind: self.object_kind,
            cells: cells.collect(),
        }
    }
}
