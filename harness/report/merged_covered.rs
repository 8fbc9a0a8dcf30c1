//! Joins the grids of several runs: of what several of them tried, the worst counts.
use crate::event::{Cells, Covered, Event, Outcome};
use std::collections::BTreeMap;

/// One grid of the events of one system, object by object in the order of their names.
pub(super) fn joined<'e>(events: impl Iterator<Item = &'e Event>) -> Vec<Covered> {
    let mut objects: BTreeMap<&str, Vec<&Covered>> = BTreeMap::new();
    for event in events {
        if let Event::Covered(covered) = event {
            objects.entry(&covered.object).or_default().push(covered);
        }
    }
    objects.into_values().map(|told| one(&told)).collect()
}

fn one(told: &[&Covered]) -> Covered {
    let first = told[0].clone();
    if told.iter().all(|covered| covered.cells == first.cells) {
        return first;
    }
    // The order of commands is that of the first run, which others follow.
    let mut worst: Vec<((&str, &str, &str), Outcome)> = Vec::new();
    for cells in told.iter().flat_map(|covered| &covered.cells) {
        for attacker in &cells.attackers {
            let cell = (&*cells.command, &*cells.role, attacker.as_str());
            match worst.iter_mut().find(|(known, _)| *known == cell) {
                Some((_, outcome)) => *outcome = cells.outcome.max(*outcome),
                None => worst.push((cell, cells.outcome)),
            }
        }
    }
    let mut groups: Vec<Cells> = Vec::new();
    for ((command, role, attacker), outcome) in worst {
        let same = |g: &&mut Cells| g.command == command && g.role == role && g.outcome == outcome;
        match groups.iter_mut().find(same) {
            Some(group) => group.attackers.push(attacker.to_owned()),
            None => groups.push(Cells {
                command: command.to_owned(),
                outcome,
                role: role.to_owned(),
                attackers: vec![attacker.to_owned()],
            }),
        }
    }
    Covered {
        cells: groups,
        ..first
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn told(outcome: Outcome) -> Event {
        let cells = |command: &str, outcome| Cells {
            command: command.into(),
            outcome,
            role: "r".into(),
            attackers: vec!["a".into(), "b".into()],
        };
        Event::Covered(Covered {
            object: "o".into(),
            cells: vec![cells("select", outcome), cells("insert", Outcome::Stopped)],
            ..Covered::default()
        })
    }

    #[test]
    fn the_worst_of_several_runs_counts() {
        let events = [told(Outcome::Stopped), told(Outcome::Leaked)];
        let Event::Covered(worse) = &events[1] else {
            unreachable!()
        };
        assert_eq!(joined(events.iter()), std::slice::from_ref(worse));
        assert_eq!(joined(events.iter().rev()), std::slice::from_ref(worse));
    }
}
