//! Hands a row of the attacker's own to another tenant.
use super::projection::{Projection, projections};
use super::read_row::victim_of;
use super::{
    Aim, Attack, Attacker, AttackerId, Command, Form, Object, Preparation, Probe, Scene, Victim,
    attackers, folders, named, statement,
};
use crate::catalog::{Column, Oid, Policy, PolicyCommand, Relation};
use crate::event::Severity;
use crate::sql;
use crate::world::TrueRow;
use std::collections::{BTreeMap, BTreeSet};

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
        let views = projections(scene, |(_, updates, _)| updates);
        for (id, attacker) in scene
            .honest()
            .filter(|(_, attacker)| !attacker.tenants.is_empty())
        {
            for relation in scene.owned() {
                out.extend(moves(scene, id, attacker, relation, self.name()));
            }
            for view in &views {
                out.extend(through(scene, id, attacker, view, self.name()));
            }
        }
        out
    }
}

/// The attacker's own row with the victim's tenant or owner: one column, all of them, with and without a WHERE.
fn moves(
    scene: &Scene,
    id: AttackerId,
    attacker: &Attacker,
    relation: &Relation,
    probe: &'static str,
) -> Vec<Attack> {
    let (Some(moved), Some((_, foreign))) = (
        scene.own_row(attacker, relation.oid),
        scene.victim_row(attacker, relation.oid),
    ) else {
        return Vec::new();
    };
    let first = statement::ownership(scene, relation, foreign, false);
    let whole = statement::ownership(scene, relation, foreign, true);
    let filter = format!(" WHERE {}", scene.finds(relation, moved.1));
    let emptied = first.keys().next().map_or_else(String::new, |column| {
        statement::emptied(scene, relation, moved.1, *column)
    });
    // A row of two owners can be one that a CHECK lets nobody write.
    let plain = |form: Form| {
        if emptied.is_empty() {
            form
        } else {
            Form::Whole
        }
    };
    let mut variants = vec![
        (plain(Form::Bare), &first, ""),
        (plain(Form::Filtered), &first, filter.as_str()),
    ];
    if !emptied.is_empty() {
        variants.push((Form::Whole, &first, emptied.as_str()));
    }
    // Where two columns name a tenant, each alone must be held.
    let mut singles = singles(scene, relation, foreign);
    singles.extend(folders::crossed(scene, relation, moved.1, foreign));
    let other = singles.iter().filter(|single| **single != first);
    variants.extend(other.map(|single| (plain(Form::Bare), single, "")));
    if whole != first {
        // A composite reference lets the row move only together with what it refers to.
        variants.push((Form::Whole, &whole, ""));
        variants.push((Form::Whole, &whole, filter.as_str()));
    }
    let attack = |(form, values, tail): (Form, &BTreeMap<i16, String>, &str)| Attack {
        preparation: alone(scene, relation.oid, moved),
        victim: victim_of(attacker, foreign),
        ..moving(id, relation, probe, form, (values, tail))
    };
    // The check of another policy may accept the row in another state, whosever it is.
    let stated = in_states(scene, attacker, relation, (moved.1, foreign));
    variants.extend(stated.iter().map(|values| (Form::Whole, values, "")));
    variants.retain(|(_, values, _)| !values.is_empty());
    variants.into_iter().map(attack).collect()
}

/// The victim's tenant together with each state that its rows have: what the policies ask beside the tenant.
fn in_states(
    scene: &Scene,
    attacker: &Attacker,
    relation: &Relation,
    (moved, foreign): (&TrueRow, &TrueRow),
) -> BTreeSet<BTreeMap<i16, String>> {
    let asked = |column: &Column| {
        let mut policies = relation.policies.iter();
        let update =
            |policy: &&Policy| matches!(policy.command, PolicyCommand::All | PolicyCommand::Update);
        let refers = || {
            let mut keys = relation.foreign_keys.iter();
            keys.any(|key| key.columns.contains(&column.number))
        };
        statement::is_settable(column)
            && !relation.primary_key.contains(&column.number)
            && !scene.names_owner(relation, column.number)
            && !refers()
            && policies.by_ref().filter(update).any(|policy| {
                let mut texts = policy.using.iter().chain(&policy.check);
                texts.any(|text| sql::names(text, &column.name))
            })
    };
    let asked: Vec<i16> = relation
        .columns
        .iter()
        .filter(|c| asked(c))
        .map(|c| c.number)
        .collect();
    let rows = scene.rows(relation.oid);
    let victims = rows.iter().filter(|(_, row)| {
        row.tenant == foreign.tenant
            && scene.is_foreign(attacker, relation.oid, row.tenant, row.user)
    });
    let mut out = BTreeSet::new();
    for (_, row) in victims {
        let state = asked.iter().filter_map(|number| {
            let value = scene.value(relation, row, *number)?;
            let differs = scene.value(relation, moved, *number) != Some(value);
            differs.then(|| (*number, value.to_owned()))
        });
        let state: BTreeMap<i16, String> = state.collect();
        let owner = statement::ownership(scene, relation, foreign, false);
        if !state.is_empty() && !owner.is_empty() && out.len() < STATES {
            out.insert(owner.into_iter().chain(state).collect());
        }
    }
    out
}

/// States that are tried of each table.
const STATES: usize = 4;

/// The same through a view, which may show its caller nothing but own rows and still take any row.
fn through(
    scene: &Scene,
    id: AttackerId,
    attacker: &Attacker,
    view: &Projection,
    probe: &'static str,
) -> Vec<Attack> {
    let base = view.base;
    let (Some(moved), Some((_, foreign))) = (
        scene.own_row(attacker, base.oid),
        scene.victim_row(attacker, base.oid),
    ) else {
        return Vec::new();
    };
    let first = view.values(&statement::ownership(scene, base, foreign, false));
    let whole = view.values(&statement::ownership(scene, base, foreign, true));
    let filter = format!(
        " WHERE {}",
        scene.finds(&view.view, &view.row(scene, moved.1))
    );
    let mut variants = vec![(&first, ""), (&first, filter.as_str())];
    if whole != first {
        variants.extend([(&whole, ""), (&whole, filter.as_str())]);
    }
    variants.retain(|(values, _)| !values.is_empty());
    let attack = |variant| Attack {
        preparation: alone(scene, base.oid, moved),
        victim: victim_of(attacker, foreign),
        ..moving(id, &view.view, probe, Form::Whole, variant)
    };
    variants.into_iter().map(attack).collect()
}

/// An update of the own row to these values, with or without a WHERE behind it.
fn moving(
    id: AttackerId,
    relation: &Relation,
    probe: &'static str,
    form: Form,
    (values, tail): (&BTreeMap<i16, String>, &str),
) -> Attack {
    let set = statement::assignments(relation, values);
    Attack {
        probe,
        severity: Severity::High,
        object: Object::Relation(relation.oid),
        command: Command::Update,
        form,
        attacker: id,
        preparation: Vec::new(),
        statement: format!("UPDATE {} SET {set}{tail}", named(relation)),
        supplied: values.values().cloned().collect(),
        aim: Aim::Write,
        victim: Victim::Tenant(attackers::VICTIM),
        watch: Vec::new(),
        suspect: None,
    }
}

/// Each column that names a tenant, by itself, as it is in the victim's row.
fn singles(scene: &Scene, relation: &Relation, foreign: &TrueRow) -> Vec<BTreeMap<i16, String>> {
    let settable = |number: &i16| {
        let found = relation.columns.iter().find(|c| c.number == *number);
        found.is_some_and(statement::is_settable)
    };
    if scene.tenancy.parties.contains(&relation.oid) {
        return Vec::new();
    }
    scene
        .tenant_columns(relation)
        .into_iter()
        .filter(settable)
        .filter_map(|column| {
            let value = scene.value(relation, foreign, column)?;
            Some(BTreeMap::from([(column, value.to_owned())]))
        })
        .collect()
}

/// Leaves the one row that is moved: the victim's would collide with it where a key is unique per owner, and a row in a
/// state that a policy refuses would hide what happens to the others.
pub fn alone(scene: &Scene, relation: Oid, moved: (Oid, &TrueRow)) -> Vec<Preparation> {
    let mut by_leaf: BTreeMap<Oid, Vec<String>> = BTreeMap::new();
    for (leaf, row) in scene.rows(relation) {
        if (leaf, &row.ctid) != (moved.0, &moved.1.ctid) {
            by_leaf.entry(leaf).or_default().push(row.ctid.clone());
        }
    }
    by_leaf
        .into_iter()
        .map(|(relation, ctids)| Preparation::EraseRows { relation, ctids })
        .collect()
}
