//! Reads another tenant's rows from a partition or an inheritance child, past the parent's policies.
use super::read_row::read;
use super::{Attack, Probe, Scene};
use crate::catalog::Relation;

pub struct ReadPartition;

impl Probe for ReadPartition {
    fn name(&self) -> &'static str {
        "read-partition"
    }

    fn explanation(&self) -> &'static str {
        include_str!("read_partition.md")
    }

    fn attacks(&self, scene: &Scene) -> Vec<Attack> {
        let children: Vec<&Relation> = scene
            .owned()
            .filter(|relation| !relation.parents.is_empty())
            .collect();
        scene
            .honest()
            .flat_map(|(id, attacker)| {
                children
                    .iter()
                    .filter_map(move |relation| read(scene, id, attacker, relation, self.name()))
            })
            .collect()
    }
}
