//! Stores a value in the caller's own row with which other tenants' queries fail.
use super::{
    Aim, Attack, Attacker, Command, Form, Object, Preparation, Probe, Scene, Standing, Victim,
    attackers, named, rights, statement,
};
use crate::catalog::{Column, Policy, PolicyCommand, Privilege, Relation};
use crate::event::Severity;
use crate::sql::{identifier, literal};
use std::collections::BTreeMap;

/// What no key, number or moment looks like.
const POISON: &str = "not-a-key";

pub struct PoisonRow;

impl Probe for PoisonRow {
    fn name(&self) -> &'static str {
        "poison-row"
    }

    fn explanation(&self) -> &'static str {
        include_str!("poison_row.md")
    }

    fn attacks(&self, scene: &Scene) -> Vec<Attack> {
        let member = |standing| standing == Standing::Member;
        let Some((id, attacker)) = scene.attackers_that(member).next() else {
            return Vec::new();
        };
        let victim = scene
            .attackers
            .iter()
            .find(|other| other.standing == Standing::VictimsMember && other.role == attacker.role);
        let Some(victim) = victim else {
            return Vec::new();
        };
        let mut out = Vec::new();
        for relation in scene.owned().filter(|r| r.parents.is_empty()) {
            for (column, policies) in asked(scene, relation) {
                let writes = writes(scene, attacker, relation, column, &policies);
                for (command, preparation, write) in writes {
                    for (target, policy) in &policies {
                        let read = reads(scene, victim, target);
                        out.push(Attack {
                            probe: self.name(),
                            severity: Severity::High,
                            object: Object::Relation(relation.oid),
                            command,
                            form: Form::Whole,
                            attacker: id,
                            preparation: preparation.clone(),
                            statement: format!("{write};\n{read}"),
                            supplied: Vec::new(),
                            aim: Aim::Poison {
                                relation: target.oid,
                                policy: policy.oid,
                                // Both can be done, in the order in which they do not meet.
                                apart: format!(
                                    "{read};\n{}{write}",
                                    statement::become_caller(attacker)
                                ),
                            },
                            victim: Victim::Tenant(attackers::VICTIM),
                            watch: Vec::new(),
                            suspect: None,
                        });
                    }
                }
            }
        }
        out.extend(second_membership(scene, victim, self.name()));
        out.truncate(MOST);
        out
    }
}

/// The victim's user written into a tenant of the attacker's: a policy that takes the membership for a single value raises
/// from then on (PostgreSQL manual, 4.2.11 "Scalar Subqueries").
fn second_membership(scene: &Scene, victim: &Attacker, probe: &'static str) -> Vec<Attack> {
    let mut out = Vec::new();
    let writers = scene.attackers_that(|standing| standing == Standing::Member);
    let writers: Vec<_> = writers.filter(|(_, w)| w.tenants.len() == 1).collect();
    for membership in &scene.tenancy.memberships {
        let Some(relation) = scene.relation(membership.relation) else {
            continue;
        };
        let user = scene
            .tenancy
            .user
            .and_then(|key| super::arguments::own_key(scene, victim, key));
        let Some(user) = user else { continue };
        let asking = scene.owned().filter(|table| {
            let mut policies = table.policies.iter();
            !table.platform && policies.any(|policy| mentions(policy, &relation.name))
        });
        let targets: Vec<(&Relation, &Policy)> = asking
            .filter_map(|table| {
                let mut policies = table.policies.iter();
                let read = policies.find(|policy| {
                    matches!(policy.command, PolicyCommand::All | PolicyCommand::Select)
                        && mentions(policy, &relation.name)
                })?;
                Some((table, read))
            })
            .take(4)
            .collect();
        for (writer, caller) in &writers {
            let Some((_, own)) = scene.own_row(caller, relation.oid) else {
                continue;
            };
            let values = BTreeMap::from([(membership.user_column, user.clone())]);
            let write = statement::insert(scene, &caller.role, relation, own, &values);
            for (target, policy) in &targets {
                let read = reads(scene, victim, target);
                out.push(Attack {
                    probe,
                    severity: Severity::High,
                    object: Object::Relation(relation.oid),
                    command: Command::Insert,
                    form: Form::Whole,
                    attacker: *writer,
                    preparation: Vec::new(),
                    statement: format!("{write};\n{read}"),
                    supplied: Vec::new(),
                    aim: Aim::Poison {
                        relation: target.oid,
                        policy: policy.oid,
                        apart: format!("{read};\n{}{write}", statement::become_caller(caller)),
                    },
                    victim: Victim::Tenant(attackers::VICTIM),
                    watch: Vec::new(),
                    suspect: None,
                });
            }
        }
    }
    out
}

/// Columns whose text policies take apart are few; a schema that has more of them is tried this far.
const MOST: usize = 400;

/// Free columns of a relation that policies read as something else, with those policies and their tables.
fn asked<'a>(
    scene: &Scene<'a>,
    relation: &'a Relation,
) -> Vec<(&'a Column, Vec<(&'a Relation, &'a Policy)>)> {
    let textual = |column: &&Column| {
        let name = column.type_name.as_str();
        matches!(name, "text" | "json" | "jsonb") || name.starts_with("character varying")
    };
    let columns = relation.columns.iter().filter(textual);
    columns
        .filter_map(|column| {
            let own = relation.policies.iter().map(|policy| (relation, policy));
            let others = scene.owned().filter(|other| other.oid != relation.oid);
            let others = others.flat_map(|other| other.policies.iter().map(move |p| (other, p)));
            let naming = others.filter(|(_, policy)| mentions(policy, &relation.name));
            let asking: Vec<(&Relation, &Policy)> = own
                .chain(naming)
                .filter(|(_, policy)| {
                    matches!(policy.command, PolicyCommand::All | PolicyCommand::Select)
                })
                .filter(|(_, policy)| mentions(policy, &column.name))
                .take(3)
                .collect();
            (!asking.is_empty()).then_some((column, asking))
        })
        .collect()
}

fn mentions(policy: &Policy, name: &str) -> bool {
    let using = policy.using.as_deref();
    using.is_some_and(|text| crate::sql::names(text, name))
}

type Write = (Command, Vec<Preparation>, String);

/// The caller's own row with the poison in it, changed or written anew.
fn writes(
    scene: &Scene,
    attacker: &Attacker,
    relation: &Relation,
    column: &Column,
    policies: &[(&Relation, &Policy)],
) -> Vec<Write> {
    let Some((leaf, own)) = scene.own_row(attacker, relation.oid) else {
        return Vec::new();
    };
    let value = match column.type_name.as_str() {
        "json" | "jsonb" => document(policies),
        _ => POISON.to_owned(),
    };
    let erase = vec![Preparation::Erase {
        relation: leaf,
        ctid: own.ctid.clone(),
    }];
    let replaced = BTreeMap::from([(column.number, value.clone())]);
    let mut out = vec![(
        Command::Insert,
        erase,
        statement::insert(scene, &attacker.role, relation, own, &replaced),
    )];
    let may = rights::columns(scene, &attacker.role, relation, Privilege::Update);
    if may.iter().any(|free| free.number == column.number) {
        let update = format!(
            "UPDATE {} SET {} = {} WHERE {}",
            named(relation),
            identifier(&column.name),
            literal(&value),
            scene.finds(relation, own)
        );
        out.push((Command::Update, Vec::new(), update));
    }
    out
}

/// A document that has the poison under every name that the policies look for.
fn document(policies: &[(&Relation, &Policy)]) -> String {
    let texts = policies
        .iter()
        .filter_map(|(_, policy)| policy.using.as_deref());
    let names = texts.flat_map(|text| text.split('\'').skip(1).step_by(2));
    let pairs = names.map(|name| (name.to_owned(), serde_json::Value::from(POISON)));
    serde_json::Value::Object(pairs.collect()).to_string()
}

/// What the victim's member reads, after taking the session over.
fn reads(scene: &Scene, victim: &Attacker, relation: &Relation) -> String {
    let read = statement::select(scene, &victim.role, relation);
    format!("{}{read}", statement::become_caller(victim))
}
