//! Reads another tenant's rows straight from the table.
use super::shapes::{first_members, shapes};
use super::{
    Aim, Attack, Attacker, AttackerId, Command, Form, Object, Probe, Scene, Victim, statement,
};
use crate::catalog::Relation;
use crate::event::Severity;

pub struct ReadRow;

impl Probe for ReadRow {
    fn name(&self) -> &'static str {
        "read-row"
    }

    fn explanation(&self) -> &'static str {
        include_str!("read_row.md")
    }

    fn attacks(&self, scene: &Scene) -> Vec<Attack> {
        let tables: Vec<&Relation> = scene
            .owned()
            .filter(|relation| relation.parents.is_empty())
            .collect();
        let plain = scene.honest().flat_map(|(id, attacker)| {
            tables
                .iter()
                .filter_map(move |relation| read(scene, id, attacker, relation, self.name()))
        });
        let mut out: Vec<Attack> = plain.collect();
        for (id, attacker) in first_members(scene) {
            for relation in &tables {
                out.extend(shapes(scene, id, attacker, relation, self.name()));
            }
        }
        out
    }
}

/// `SELECT` of everything that the relation gives; any foreign value in it is a leak.
pub(super) fn read(
    scene: &Scene,
    id: AttackerId,
    attacker: &Attacker,
    relation: &Relation,
    probe: &'static str,
) -> Option<Attack> {
    let (_, row) = scene.victim_row(attacker, relation.oid)?;
    Some(reading(
        id,
        relation,
        probe,
        Form::Bare,
        statement::select(scene, &attacker.role, relation),
        victim_of(attacker, row),
    ))
}

/// A reading attack on a relation.
pub(super) fn reading(
    attacker: AttackerId,
    relation: &Relation,
    probe: &'static str,
    form: Form,
    statement: String,
    victim: Victim,
) -> Attack {
    Attack {
        probe,
        severity: Severity::Critical,
        object: Object::Relation(relation.oid),
        command: Command::Select,
        form,
        attacker,
        preparation: Vec::new(),
        statement,
        supplied: Vec::new(),
        aim: Aim::Read,
        victim,
        watch: Vec::new(),
        suspect: None,
    }
}

/// Whose a row is, as the aim of an attack.
pub(super) fn victim_of(attacker: &Attacker, row: &crate::world::TrueRow) -> Victim {
    match (row.tenant, row.user) {
        (Some(tenant), Some(user)) if attacker.tenants.contains(&tenant) => Victim::Colleague(user),
        (Some(tenant), _) => Victim::Tenant(tenant),
        (None, _) => Victim::Tenant(super::attackers::VICTIM),
    }
}
