//! Writes what decides who is let in, and then reaches rows of another tenant.
use super::steps::Step;
use super::{Aim, Attack, AttackerId, Command, Form, Probe, Scene, Victim, attackers};
use crate::catalog::Oid;
use crate::event::Severity;
use std::collections::BTreeSet;

pub struct GainAccess;

impl Probe for GainAccess {
    fn name(&self) -> &'static str {
        "gain-access"
    }

    fn explanation(&self) -> &'static str {
        include_str!("gain_access.md")
    }

    /// Its attacks are found step by step, each from what the one before it opened: `steps` says what may be tried.
    fn attacks(&self, _: &Scene) -> Vec<Attack> {
        Vec::new()
    }
}

/// What is tried after the steps.
#[derive(Debug, Clone, PartialEq)]
pub struct Reach {
    pub relation: Oid,
    pub writes: bool,
    pub statement: String,
    /// The rows that were out of reach before the steps.
    pub hidden: BTreeSet<(Oid, String)>,
}

/// The statements of the steps with the last one after them, as one attack on what the first telling step writes.
pub fn attack(
    scene: &Scene,
    probe: &'static str,
    attacker: AttackerId,
    steps: &[&Step],
    reach: Reach,
) -> Option<Attack> {
    // To take a row away, and put another in its place, is the fault of what lets the other in.
    let replaced = |at: usize, step: &Step| {
        let mut later = steps.iter().skip(at + 1);
        step.command == Command::Delete
            && later.any(|other| other.command == Command::Insert && other.object == step.object)
    };
    let mut telling = steps.iter().enumerate();
    let (_, first) = telling.find(|(at, step)| !replaced(*at, step))?;
    let own = &scene.attacker(attacker).tenants;
    let victim = reach.hidden.iter().find_map(|(relation, ctid)| {
        let rows = scene.truth.tables.get(relation)?;
        rows.iter().find(|row| row.ctid == *ctid)?.tenant
    });
    let statements = steps.iter().map(|step| step.statement.as_str());
    let all: Vec<&str> = statements.chain([reach.statement.as_str()]).collect();
    Some(Attack {
        probe,
        severity: match victim.is_some_and(|victim| own.contains(&victim)) {
            true => Severity::High,
            false => Severity::Critical,
        },
        object: first.object,
        command: first.command,
        form: Form::Bare,
        attacker,
        preparation: Vec::new(),
        statement: all.join(";\n"),
        supplied: steps
            .iter()
            .flat_map(|step| step.supplied.clone())
            .collect(),
        aim: Aim::Gained {
            relation: reach.relation,
            writes: reach.writes,
            hidden: reach.hidden,
        },
        victim: Victim::Tenant(victim.unwrap_or(attackers::VICTIM)),
        watch: Vec::new(),
        suspect: None,
    })
}
