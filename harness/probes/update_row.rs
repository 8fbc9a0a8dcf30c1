//! Changes another tenant's rows, with and without a WHERE that reads them.
use super::read_row::victim_of;
use super::{
    Aim, Attack, Attacker, AttackerId, Command, Form, Object, Preparation, Probe, Scene, Victim,
    attackers, named, rights, statement,
};
use crate::catalog::{Relation, RelationKind};
use crate::event::Severity;

pub struct UpdateRow;

impl Probe for UpdateRow {
    fn name(&self) -> &'static str {
        "update-row"
    }

    fn explanation(&self) -> &'static str {
        include_str!("update_row.md")
    }

    fn attacks(&self, scene: &Scene) -> Vec<Attack> {
        let mut out = Vec::new();
        for (id, attacker) in scene.honest() {
            for relation in scene.owned().chain(writable_views(scene)) {
                out.extend(change(scene, id, attacker, relation, self.name()));
            }
        }
        out
    }
}

/// Views over owned tables that PostgreSQL lets callers update.
pub(super) fn writable_views<'a>(scene: &Scene<'a>) -> impl Iterator<Item = &'a Relation> {
    let views: Vec<&Relation> = scene
        .catalog
        .relations
        .iter()
        .filter(|r| {
            r.kind == RelationKind::View && r.updatable.1 && statement::shows_owned(scene, r)
        })
        .collect();
    views.into_iter()
}

/// The bare and the filtered update of a relation.
pub(super) fn change(
    scene: &Scene,
    id: AttackerId,
    attacker: &Attacker,
    relation: &Relation,
    probe: &'static str,
) -> Vec<Attack> {
    let Some(set) = statement::harmless_set(scene, attacker, relation) else {
        return Vec::new();
    };
    let bare = format!("UPDATE {} SET {set}", named(relation));
    both(
        scene,
        id,
        attacker,
        relation,
        (probe, Command::Update),
        &bare,
    )
}

/// A write as it stands, and with a WHERE that finds the victim's row.
pub(super) fn both(
    scene: &Scene,
    id: AttackerId,
    attacker: &Attacker,
    relation: &Relation,
    (probe, command): (&'static str, Command),
    bare: &str,
) -> Vec<Attack> {
    let base = rights::base_of(scene, relation).unwrap_or(relation);
    let row = scene.victim_row(attacker, base.oid);
    let victim = row.map_or(Victim::Tenant(attackers::VICTIM), |(_, row)| {
        victim_of(attacker, row)
    });
    let one = |form: Form, statement: String, supplied: Vec<String>| Attack {
        probe,
        severity: Severity::Critical,
        object: Object::Relation(relation.oid),
        command,
        form,
        attacker: id,
        preparation: Vec::<Preparation>::new(),
        statement,
        supplied,
        aim: Aim::Write,
        victim,
        watch: Vec::new(),
        suspect: None,
    };
    let mut out = vec![one(Form::Bare, bare.to_owned(), Vec::new())];
    if let Some((_, row)) = row.filter(|_| base.oid == relation.oid) {
        let found = format!("{bare} WHERE {}", scene.finds(base, row));
        out.push(one(
            Form::Filtered,
            found,
            row.values.iter().flatten().cloned().collect(),
        ));
    }
    out
}
