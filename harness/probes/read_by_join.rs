//! Reads another tenant's rows by joining a table to the one that it refers to.
use super::read_row::{reading, victim_of};
use super::{Attack, Form, Probe, Scene, named};
use crate::catalog::{ForeignKey, Relation};
use crate::sql::identifier;

pub struct ReadByJoin;

impl Probe for ReadByJoin {
    fn name(&self) -> &'static str {
        "read-by-join"
    }

    fn explanation(&self) -> &'static str {
        include_str!("read_by_join.md")
    }

    fn attacks(&self, scene: &Scene) -> Vec<Attack> {
        let mut out = Vec::new();
        for (id, attacker) in scene.honest() {
            for child in scene.owned().filter(|relation| relation.parents.is_empty()) {
                for key in child
                    .foreign_keys
                    .iter()
                    .filter(|key| key.target != child.oid && scene.is_owned(key.target))
                {
                    let Some(parent) = scene.relation(key.target) else {
                        continue;
                    };
                    let Some((_, row)) = scene.victim_row(attacker, child.oid) else {
                        continue;
                    };
                    out.push(reading(
                        id,
                        child,
                        self.name(),
                        Form::Join,
                        join(child, parent, key),
                        victim_of(attacker, row),
                    ));
                }
            }
        }
        out
    }
}

fn join(child: &Relation, parent: &Relation, key: &ForeignKey) -> String {
    let name = |relation: &Relation, number: i16| {
        relation
            .columns
            .iter()
            .find(|c| c.number == number)
            .map(|c| identifier(&c.name))
            .unwrap_or_default()
    };
    let on: Vec<String> = key
        .columns
        .iter()
        .zip(&key.target_columns)
        .map(|(a, b)| format!("p.{} = c.{}", name(parent, *b), name(child, *a)))
        .collect();
    format!(
        "SELECT c.*, p.* FROM {} AS c LEFT JOIN {} AS p ON {}",
        named(child),
        named(parent),
        on.join(" AND ")
    )
}
