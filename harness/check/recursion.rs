//! Tells of policies that call themselves: they refuse everybody, so nothing leaks there and nothing works there either.
use super::Judged;
use crate::event::{Event, Listener};
use crate::oracle::{Control, Verdict};
use crate::probes::{Object, Scene};
use std::collections::{BTreeMap, BTreeSet};

/// How many tables one note names.
const NAMED: usize = 8;

/// One note for each refusal of this kind, with the tables that it closes.
pub(super) fn tell(scene: &Scene, judged: &[Judged], listener: &mut dyn Listener) {
    let mut closed: BTreeMap<&str, BTreeSet<String>> = BTreeMap::new();
    for one in judged {
        let Verdict::Stopped(witness) = &one.verdict else {
            continue;
        };
        let Object::Relation(oid) = one.attack.object else {
            continue;
        };
        if let (Control::Recursion, Some(table)) = (witness.how(), scene.relation(oid)) {
            let name = table.display_name();
            closed.entry(&one.got).or_default().insert(name);
        }
    }
    for (got, tables) in closed {
        let shown: Vec<&str> = tables.iter().take(NAMED).map(String::as_str).collect();
        let more = match tables.len() - shown.len() {
            0 => String::new(),
            more => format!(" and {more} more"),
        };
        listener.hear(&Event::Note {
            text: format!(
                "a policy reads its own table, so PostgreSQL refuses everybody, members too, with {got}: statements on {}{more} are closed by that and by nothing else; let a SECURITY DEFINER function look the membership up, and check again",
                shown.join(", ")
            ),
        });
    }
}
