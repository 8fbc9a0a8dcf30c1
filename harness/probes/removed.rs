//! Reads of a member whose membership was marked as ended, and of the same member before that.
//!
//! Whether the mark means a removal is not read from its name: it does when most of what the member saw is closed to it
//! afterwards. That is weighed when all of these are judged.
use super::read_row::read;
use super::{Attack, Attacker, Form, Preparation, Scene};
use crate::catalog::{Column, Relation};
use crate::tenancy::{Mark, MarkKind};

/// A day in the past, for memberships that end by their time.
const PAST: &str = "2001-01-01";
/// The moment of the attack.
const NOW: &str = "now";
/// Most ways in which one membership is ended.
const WAYS: usize = 12;

/// What the member reads of each table, first as it is and then with each mark.
pub(super) fn removed_reads(scene: &Scene, probe: &'static str) -> Vec<Attack> {
    let mut out = Vec::new();
    for (id, attacker) in scene.attackers_that(|standing| standing == super::Standing::Removed) {
        let endings = endings(scene, attacker);
        if endings.is_empty() {
            continue;
        }
        let tables = scene
            .owned()
            .filter(|r| !r.platform && r.parents.is_empty());
        for relation in tables {
            let before = read(scene, id, attacker, relation, probe);
            let Some(before) = before.map(|attack| Attack {
                form: Form::Removed,
                ..attack
            }) else {
                continue;
            };
            out.extend(endings.iter().map(|ending| Attack {
                preparation: vec![ending.clone()],
                ..before.clone()
            }));
            out.push(before);
        }
    }
    out
}

/// Each way to end the membership of this user.
fn endings(scene: &Scene, attacker: &Attacker) -> Vec<Preparation> {
    let mut out = Vec::new();
    for mark in &scene.tenancy.marks {
        let Some((relation, column)) = column(scene, mark) else {
            continue;
        };
        let rows = scene.rows(mark.relation).into_iter();
        let own = rows.filter(|(_, row)| row.user.is_some() && row.user == attacker.user);
        for (leaf, row) in own {
            let held = scene.value(relation, row, mark.column);
            out.extend(
                values(mark, column, held)
                    .into_iter()
                    .map(|value| Preparation::Rewrite {
                        relation: leaf,
                        ctid: row.ctid.clone(),
                        values: vec![(column.name.clone(), value)],
                    }),
            );
        }
    }
    out.truncate(WAYS);
    out
}

fn column<'a>(scene: &Scene<'a>, mark: &Mark) -> Option<(&'a Relation, &'a Column)> {
    let relation = scene.relation(mark.relation)?;
    Some((relation, relation.column(mark.column)?))
}

/// Values that say otherwise than the one that the row holds.
fn values(mark: &Mark, column: &Column, held: Option<&str>) -> Vec<Option<String>> {
    let text = |text: &str| Some(text.to_owned());
    match (&mark.kind, held) {
        (MarkKind::Time, None) => vec![text(NOW), text(PAST)],
        (MarkKind::Time, Some(_)) if column.not_null => vec![text(PAST)],
        (MarkKind::Time, Some(_)) => vec![text(PAST), None],
        (MarkKind::Switch, Some("t")) => vec![text("f")],
        (MarkKind::Switch, _) => vec![text("t")],
        (MarkKind::State(labels), held) => {
            let others = labels.iter().filter(|label| Some(label.as_str()) != held);
            others.map(|label| text(label)).collect()
        }
    }
}
