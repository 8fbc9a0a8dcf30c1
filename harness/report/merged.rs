//! Joins the events of several runs into those of one: the parts of a run that several machines shared, or runs of one
//! night over different servers.
//!
//! What is missing is told as unproven, never left out: a part whose machine died has shown nothing.
use super::merged_covered::joined;
use super::merged_findings::{Merged, findings};
use crate::config::Shard;
use crate::event::{Event, Finding, Started, Summary, Unproven};
use std::collections::{BTreeSet, HashMap};

/// Why nothing is known of a part that no run finished.
const MISSING: &str = "no finished run of it is among the files";

/// Whether events leave something out of what a whole run tries, so that what they do not tell may be there all the same.
pub fn leaves_out(events: &[Event]) -> bool {
    events.iter().any(|event| match event {
        Event::Started(started) => !started.left_out.is_empty() || started.shard.is_some(),
        Event::Finished(summary) => summary.not_reached > 0,
        Event::Unproven(cell) => cell.reason == MISSING,
        Event::Failed(_) | Event::Interrupted => true,
        _ => false,
    })
}

/// The events of one run over all systems, in the order in which the systems first appear. A run that somebody stopped is a
/// part that is missing.
pub fn merge(runs: &[Vec<Event>]) -> Vec<Event> {
    let mut systems: Vec<System> = Vec::new();
    for events in runs {
        for part in parts(events) {
            let name = part.name();
            match systems.iter_mut().find(|system| system.name == name) {
                Some(system) => system.parts.push(part),
                None => systems.push(System {
                    name,
                    parts: vec![part],
                }),
            }
        }
    }
    systems.iter().flat_map(System::events).collect()
}

struct System<'e> {
    /// Empty when the runs failed before they told whose they are.
    name: String,
    parts: Vec<Part<'e>>,
}

/// What one run told of one system.
#[derive(Default)]
struct Part<'e> {
    events: Vec<&'e Event>,
}

/// Cuts after every event that ends a system.
fn parts(events: &[Event]) -> Vec<Part<'_>> {
    let mut parts: Vec<Part<'_>> = Vec::new();
    let mut open = false;
    for event in events {
        if !open {
            parts.push(Part::default());
        }
        open = !matches!(event, Event::Finished(_) | Event::Failed(_));
        if let Some(part) = parts.last_mut() {
            part.events.push(event);
        }
    }
    // Somebody stopped the run between two systems.
    parts.retain(|part| {
        part.events
            .iter()
            .any(|event| **event != Event::Interrupted)
    });
    parts
}

impl<'e> Part<'e> {
    fn name(&self) -> String {
        let mut names = self.events.iter().filter_map(|event| match event {
            Event::Started(started) => Some(&started.system),
            Event::Finished(summary) => Some(&summary.system),
            _ => None,
        });
        names.next().cloned().unwrap_or_default()
    }

    fn started(&self) -> Option<&'e Started> {
        self.events.iter().find_map(|event| match event {
            Event::Started(started) => Some(started),
            _ => None,
        })
    }

    fn finished(&self) -> Option<&'e Summary> {
        self.events.iter().find_map(|event| match event {
            Event::Finished(summary) => Some(summary),
            _ => None,
        })
    }

    fn has_failed(&self) -> bool {
        let mut events = self.events.iter();
        events.any(|event| matches!(event, Event::Failed(_)))
    }

    /// Which part of a run it is, and on which server: runs on several servers have parts of their own.
    fn shard(&self) -> Option<(&'e str, Shard)> {
        let started = self.started()?;
        let shard = Shard::parse(started.shard.as_deref()?)?;
        Some((&started.server, shard))
    }

    fn leaks(&self) -> impl Iterator<Item = (&'e Finding, Option<&'e str>)> {
        self.events.iter().filter_map(|event| match event {
            Event::Leak(finding) => Some((&**finding, None)),
            Event::Accepted { finding, reason } => Some((&**finding, Some(&**reason))),
            _ => None,
        })
    }
}

impl System<'_> {
    fn events(&self) -> Vec<Event> {
        let mut out = Vec::new();
        let missing = self.missing();
        out.extend(self.started().map(Event::Started));
        out.extend(self.differing_seeds());
        let found = findings(self.parts.iter().flat_map(Part::leaks));
        out.extend(found.iter().map(Merged::event));
        out.extend(self.others());
        let mut unproven = self.unproven();
        unproven.extend(missing.iter().map(|what| Unproven {
            system: self.name.clone(),
            object: what.clone(),
            reason: MISSING.to_owned(),
            ..Unproven::default()
        }));
        out.extend(unproven.into_iter().map(Event::Unproven));
        let events = self.parts.iter().flat_map(|part| part.events.iter());
        out.extend(joined(events.copied()).into_iter().map(Event::Covered));
        if self.parts.iter().any(|part| part.finished().is_some()) {
            out.push(Event::Finished(self.summary(&found)));
        }
        let failed = self.parts.iter().flat_map(|part| &part.events);
        let failed = failed.filter(|event| matches!(event, Event::Failed(_)));
        once(failed.copied(), &mut out);
        out
    }

    /// The facts of the first run, with all servers, and every probe that some run left out.
    fn started(&self) -> Option<Started> {
        let mut all = self.parts.iter().filter_map(Part::started);
        let mut whole = Started {
            shard: None,
            ..all.next()?.clone()
        };
        let mut servers = vec![whole.server.as_str()];
        let mut left_out: BTreeSet<&String> = whole.left_out.iter().collect();
        for started in all {
            left_out.extend(&started.left_out);
            if !servers.contains(&started.server.as_str()) {
                servers.push(&started.server);
            }
        }
        let left_out = left_out.into_iter().cloned().collect();
        whole = Started {
            server: servers.join(", "),
            left_out,
            ..whole
        };
        Some(whole)
    }

    /// Notes, saved cases and attacks that went wrong: what several parts tell is told once.
    fn others(&self) -> Vec<Event> {
        let mut out = Vec::new();
        let all = self.parts.iter().flat_map(|part| part.events.iter());
        let all = all.filter(|event| {
            matches!(
                event,
                Event::Note { .. } | Event::Replayed(_) | Event::Errored { .. }
            )
        });
        once(all.copied(), &mut out);
        out
    }

    /// Parts that no run finished, and runs that ended in the middle.
    fn missing(&self) -> Vec<String> {
        let mut missing = Vec::new();
        let finished = self.parts.iter().filter(|part| part.finished().is_some());
        let done: Vec<(&str, Shard)> = finished.filter_map(Part::shard).collect();
        let shards = self.parts.iter().filter_map(Part::shard);
        let runs: BTreeSet<(&str, u32)> = shards
            .map(|(server, shard)| (server, shard.count()))
            .collect();
        let place = |server: &str| match runs.len() {
            1 => String::new(),
            _ => format!(" in {server}"),
        };
        for (server, count) in &runs {
            let is_done = |number: &u32| {
                let mut done = done.iter();
                done.any(|(of, shard)| {
                    of == server && shard.count() == *count && shard.number() == *number
                })
            };
            let open = (1..=*count).filter(|number| !is_done(number));
            let place = place(server);
            missing.extend(open.map(|number| format!("part {number}/{count}{place}")));
        }
        let whole = self.parts.iter().filter(|part| part.shard().is_none());
        let cut = whole.filter(|part| part.finished().is_none() && !part.has_failed());
        if cut.count() > 0 {
            missing.push("a run that ended in the middle".to_owned());
        }
        missing
    }

    /// Parts of one run attack the same rows only when they were made with one seed.
    fn differing_seeds(&self) -> Option<Event> {
        let shared = self.parts.iter().filter(|part| part.shard().is_some());
        let seeds: BTreeSet<u64> = shared.filter_map(Part::started).map(|s| s.seed).collect();
        (seeds.len() > 1).then(|| {
            let seeds: Vec<String> = seeds.iter().map(u64::to_string).collect();
            let seeds = seeds.join(", ");
            Event::Note {
                text: format!(
                    "the parts of {} were made with different seeds ({seeds}): give all of them the same `--seed`",
                    self.name
                ),
            }
        })
    }

    /// Each cell once; it is allowed to stay open only where every run allows it.
    fn unproven(&self) -> Vec<Unproven> {
        let mut cells: Vec<Unproven> = Vec::new();
        let mut places: HashMap<[&str; 4], usize> = HashMap::new();
        for event in self.parts.iter().flat_map(|part| part.events.iter()) {
            let Event::Unproven(cell) = event else {
                continue;
            };
            let place = [&*cell.object, &*cell.command, &*cell.role, &*cell.attacker];
            match places.get(&place) {
                Some(&at) => cells[at].allowed &= cell.allowed,
                None => {
                    places.insert(place, cells.len());
                    cells.push(cell.clone());
                }
            }
        }
        cells
    }

    /// A part that was run again counts once.
    fn summary(&self, found: &[Merged]) -> Summary {
        let mut known: Vec<(&str, Shard)> = Vec::new();
        let mut sum = Summary {
            system: self.name.clone(),
            ..Summary::default()
        };
        let mut told = 0;
        for part in &self.parts {
            let Some(summary) = part.finished() else {
                continue;
            };
            if let Some(shard) = part.shard() {
                if known.contains(&shard) {
                    continue;
                }
                known.push(shard);
            }
            told += part.leaks().count();
            sum.attacks += summary.attacks;
            sum.stopped += summary.stopped;
            sum.leaked += summary.leaked;
            sum.unproven += summary.unproven;
            sum.errored += summary.errored;
            sum.not_reached += summary.not_reached;
            sum.findings += summary.findings;
            sum.cells += summary.cells;
            sum.cells_proven += summary.cells_proven;
            // The parts ran beside each other.
            sum.elapsed_ms = sum.elapsed_ms.max(summary.elapsed_ms);
        }
        sum.findings = sum
            .findings
            .saturating_sub(told.saturating_sub(found.len()));
        sum.accepted = found.iter().filter(|merged| merged.is_accepted()).count();
        sum
    }
}

fn once<'e>(events: impl Iterator<Item = &'e Event>, out: &mut Vec<Event>) {
    for event in events {
        if !out.contains(event) {
            out.push(event.clone());
        }
    }
}
