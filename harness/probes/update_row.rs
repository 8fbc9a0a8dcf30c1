//! Changes another tenant's rows, with and without a WHERE that reads them.
use super::pointed::pointed;
use super::read_row::victim_of;
use super::reassign_row::alone;
use super::shapes::{first_members, is_plain};
use super::upserts::upserts;
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
            let views = writable_views(scene).filter(|view| view.updatable.1);
            for relation in scene.owned().chain(views) {
                out.extend(change(scene, id, attacker, relation, self.name()));
                out.extend(take_over(scene, id, attacker, relation, self.name()));
            }
            out.extend(pointed(scene, id, attacker, self.name()));
        }
        for (id, attacker) in first_members(scene) {
            for relation in scene.owned().filter(|relation| is_plain(relation)) {
                out.extend(upserts(scene, id, attacker, relation, self.name()));
            }
        }
        out
    }
}

/// Views over owned tables that PostgreSQL lets callers write.
pub(super) fn writable_views<'a>(scene: &Scene<'a>) -> impl Iterator<Item = &'a Relation> {
    let views: Vec<&Relation> = scene
        .catalog
        .relations
        .iter()
        .filter(|r| r.kind == RelationKind::View && statement::shows_owned(scene, r))
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
        return rewrite(scene, id, attacker, relation, probe);
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

/// Where a table holds nothing but keys and references: the victim's row is given a value that it already has.
fn rewrite(
    scene: &Scene,
    id: AttackerId,
    attacker: &Attacker,
    relation: &Relation,
    probe: &'static str,
) -> Vec<Attack> {
    let Some(row) = scene.victim_row(attacker, relation.oid) else {
        return Vec::new();
    };
    let Some(set) = statement::same_set(scene, attacker, relation, row.1) else {
        return Vec::new();
    };
    let bare = format!("UPDATE {} SET {set}", named(relation));
    let kind = (probe, Command::Update);
    let mut out = both(scene, id, attacker, relation, kind, &bare);
    for attack in out.iter_mut().filter(|a| a.form == Form::Bare) {
        attack.preparation = alone(scene, relation.oid, row);
    }
    out
}

/// The victim's row gets the attacker's own tenant or user. A write check that holds only the new row to the caller's
/// tenant accepts that, although it refuses every other change of the row.
fn take_over(
    scene: &Scene,
    id: AttackerId,
    attacker: &Attacker,
    relation: &Relation,
    probe: &'static str,
) -> Vec<Attack> {
    let (Some((_, own)), Some(_)) = (
        scene.own_row(attacker, relation.oid),
        scene.victim_row(attacker, relation.oid),
    ) else {
        return Vec::new();
    };
    let first = statement::ownership(scene, relation, own, false);
    let whole = statement::ownership(scene, relation, own, true);
    let mut sets = vec![&first];
    if whole != first {
        sets.push(&whole);
    }
    let mut out = Vec::new();
    for set in sets.into_iter().filter(|set| !set.is_empty()) {
        let values = statement::assignments(relation, set);
        let bare = format!("UPDATE {} SET {values}", named(relation));
        let kind = (probe, Command::Update);
        out.extend(both(scene, id, attacker, relation, kind, &bare));
    }
    for attack in &mut out {
        attack.form = Form::Taking;
    }
    out
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
    // A partition of one tenant holds nothing foreign to that tenant.
    if row.is_none() && base.is_partition && !scene.rows(base.oid).is_empty() {
        return Vec::new();
    }
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
