//! Hands a row of the attacker's own to another tenant.
use super::read_row::victim_of;
use super::{Aim, Attack, Command, Form, Object, Preparation, Probe, Scene, named, statement};
use crate::event::Severity;

pub struct ReassignRow;

impl Probe for ReassignRow {
    fn name(&self) -> &'static str {
        "reassign-row"
    }

    fn explanation(&self) -> &'static str {
        include_str!("reassign_row.md")
    }

    fn attacks(&self, scene: &Scene) -> Vec<Attack> {
        let mut out = Vec::new();
        for (id, attacker) in scene
            .honest()
            .filter(|(_, attacker)| !attacker.tenants.is_empty())
        {
            for relation in scene.owned() {
                let (Some((_, own)), Some((leaf, foreign))) = (
                    scene.own_row(attacker, relation.oid),
                    scene.victim_row(attacker, relation.oid),
                ) else {
                    continue;
                };
                let first = statement::ownership(scene, relation, foreign, false);
                let whole = statement::ownership(scene, relation, foreign, true);
                let filter = format!(" WHERE {}", scene.finds(relation, own));
                let mut variants = vec![
                    (Form::Bare, &first, ""),
                    (Form::Filtered, &first, filter.as_str()),
                ];
                if whole != first {
                    variants.push((Form::Whole, &whole, filter.as_str()));
                }
                for (form, values, filter) in variants
                    .into_iter()
                    .filter(|(_, values, _)| !values.is_empty())
                {
                    out.push(Attack {
                        probe: self.name(),
                        severity: Severity::High,
                        object: Object::Relation(relation.oid),
                        command: Command::Update,
                        form,
                        attacker: id,
                        // A key that is unique per owner would collide with the victim's own row.
                        preparation: vec![Preparation::Erase {
                            relation: leaf,
                            ctid: foreign.ctid.clone(),
                        }],
                        statement: format!(
                            "UPDATE {} SET {}{filter}",
                            named(relation),
                            statement::assignments(relation, values)
                        ),
                        supplied: values.values().cloned().collect(),
                        aim: Aim::Write,
                        victim: victim_of(attacker, foreign),
                        watch: Vec::new(),
                        suspect: None,
                    });
                }
            }
        }
        out
    }
}
