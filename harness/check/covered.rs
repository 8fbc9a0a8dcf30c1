//! Tells the whole grid, cell by cell, so that reports can show where it is quiet.
use super::coverage::{Cell, Mark};
use super::finding::object_name;
use super::verdicts::name;
use crate::event::{Cells, Covered, Event, Listener, Outcome};
use crate::probes::{Command, Scene};
use std::collections::BTreeMap;

/// Cells of one object that are told together: same command, outcome and role.
type Group<'a> = BTreeMap<(Command, Outcome, &'a str), Vec<String>>;

/// One event for each relation or function, in the order of their names.
pub fn tell_covered(
    system: &str,
    scene: &Scene,
    coverage: &BTreeMap<Cell, Mark>,
    listener: &mut dyn Listener,
) {
    let mut objects: BTreeMap<(String, &str), Group<'_>> = BTreeMap::new();
    for ((object, command, attacker), mark) in coverage {
        let caller = scene.attacker(*attacker);
        let kind = object_name(scene, *object).1;
        objects
            .entry((name(scene, *object), kind))
            .or_default()
            .entry((*command, outcome(mark), caller.role.as_str()))
            .or_default()
            .push(caller.name.clone());
    }
    for ((object, kind), groups) in objects {
        let cells = groups
            .into_iter()
            .map(|((command, outcome, role), attackers)| Cells {
                command: command.name().to_owned(),
                outcome,
                role: role.to_owned(),
                attackers,
            })
            .collect();
        listener.hear(&Event::Covered(Covered {
            system: system.to_owned(),
            object,
            object_kind: kind.to_owned(),
            cells,
        }));
    }
}

fn outcome(mark: &Mark) -> Outcome {
    match mark {
        Mark::Stopped => Outcome::Stopped,
        Mark::Unproven(_) => Outcome::Unproven,
        Mark::Errored(_) => Outcome::Errored,
        Mark::Leaked => Outcome::Leaked,
    }
}
