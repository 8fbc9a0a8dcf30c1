//! Reads a large object that another tenant's member stored.
use super::read_row::{reading, victim_of};
use super::{Aim, Attack, Form, Probe, Scene, Standing, statement};
use crate::catalog::{Column, Function};
use crate::event::Severity;
use crate::sql::literal;

/// A number that no object of the platform has; objects made here vanish with the transaction.
const NUMBER: u32 = 990_000_001;

pub struct ReadLargeObject;

impl Probe for ReadLargeObject {
    fn name(&self) -> &'static str {
        "read-large-object"
    }

    fn explanation(&self) -> &'static str {
        include_str!("read_large_object.md")
    }

    fn attacks(&self, scene: &Scene) -> Vec<Attack> {
        // Objects that a function makes with its owner's rights belong to the owner, and nobody else reads them.
        if scene
            .catalog
            .functions
            .iter()
            .any(|f| f.definer && stores(f))
        {
            return Vec::new();
        }
        let reader = scene
            .attackers_that(|standing| standing == Standing::Member)
            .next();
        let Some((id, attacker)) = reader else {
            return Vec::new();
        };
        let victim = scene.attackers.iter().find(|caller| {
            caller.standing == Standing::VictimsMember && caller.role == attacker.role
        });
        let Some(victim) = victim else {
            return Vec::new();
        };
        let tables = scene
            .owned()
            .filter(|r| !r.platform && r.parents.is_empty());
        tables
            .filter(|table| table.columns.iter().any(|c| is_object(scene, c)))
            .filter_map(|table| {
                let (_, row) = scene.victim_row(attacker, table.oid)?;
                // Something that can be known again when it is read.
                let content = row.values.iter().flatten().max_by_key(|text| text.len())?;
                let text = format!(
                    "{}SELECT lo_from_bytea({NUMBER}, convert_to({}, 'UTF8'));\n{}SELECT convert_from(lo_get({NUMBER}), 'UTF8')",
                    statement::become_caller(victim),
                    literal(content),
                    statement::become_caller(attacker),
                );
                Some(Attack {
                    severity: Severity::Medium,
                    aim: Aim::Store,
                    ..reading(id, table, self.name(), Form::Bare, text, victim_of(attacker, row))
                })
            })
            .collect()
    }
}

fn is_object(scene: &Scene, column: &Column) -> bool {
    use crate::catalog::Shape;
    let domain = scene.catalog.types.get(&column.type_oid).map(|t| &t.shape);
    column.type_name == "oid"
        || matches!(domain, Some(Shape::Domain { base_name, .. }) if base_name == "oid")
}

fn stores(function: &Function) -> bool {
    let body = function.body.to_lowercase();
    [
        "lo_from_bytea",
        "lo_create",
        "lo_creat",
        "lo_import",
        "lo_put",
    ]
    .iter()
    .any(|word| body.contains(word))
}
