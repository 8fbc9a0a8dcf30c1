//! Groups leaks by their cause and turns each group into one finding.
use super::advice::advice;
use super::campaign::Judged;
use super::cause_source::{culprit, granted_by, kind_of};
use super::finding_steps;
use crate::catalog::Privilege;
use crate::event::{Door, Finding, Severity};
use crate::migrations::Migrations;
use crate::oracle::observe_cause::Cause;
use crate::oracle::{Gain, Leak};
use crate::probes::{Attack, Attacker, Object, Scene};
use sha2::{Digest, Sha256};
use std::collections::{BTreeMap, BTreeSet};

/// One leak with what let it through.
#[derive(Debug, Clone)]
pub struct Caused {
    pub judged: Judged,
    pub leak: Leak,
    pub cause: Cause,
}

/// Leaks that one mend closes. Partitions of one table are one group, whichever of them was reached; so are tables that one
/// GRANT, or the same default privileges, opened.
pub fn group(scene: &Scene, migrations: &Migrations, leaks: Vec<Caused>) -> Vec<Vec<Caused>> {
    let mut groups: BTreeMap<Mend, Vec<Caused>> = BTreeMap::new();
    for caused in leaks {
        groups
            .entry(mend(scene, migrations, &caused.cause))
            .or_default()
            .push(caused);
    }
    let mut out: Vec<Vec<Caused>> = groups.into_values().collect();
    for group in &mut out {
        // A write that leaks by itself is named by itself; what follows from it is a note.
        group.sort_by_key(|caused| {
            let attack = &caused.judged.attack;
            (
                crate::probes::is_stepwise(attack.probe),
                rank(scene, attack),
            )
        });
    }
    out.sort_by_key(|group| rank(scene, &group[0].judged.attack));
    out
}

/// The place where one mend closes all leaks of a group.
#[derive(PartialEq, Eq, PartialOrd, Ord)]
enum Mend {
    Cause(Cause),
    /// The statement that granted; `None` for default privileges.
    Grant(Privilege, Option<usize>),
}

fn mend(scene: &Scene, migrations: &Migrations, cause: &Cause) -> Mend {
    match cause {
        Cause::NoRls(oid) => {
            let parent = scene
                .relation(*oid)
                .filter(|r| r.is_partition)
                .and_then(|r| r.parents.first());
            Mend::Cause(Cause::NoRls(*parent.unwrap_or(oid)))
        }
        Cause::Policy {
            relation, policy, ..
        } => Mend::Cause(Cause::Policy {
            relation: *relation,
            policy: *policy,
            check: false,
        }),
        Cause::Grant {
            relation,
            privilege,
        } => Mend::Grant(
            *privilege,
            granted_by(scene.catalog, migrations, *relation, *privilege),
        ),
        _ => Mend::Cause(cause.clone()),
    }
}

/// What a person should see first: the worst, by the plainest attacker, in the plainest form.
fn rank(scene: &Scene, attack: &Attack) -> impl Ord + use<> {
    let attacker = scene.attacker(attack.attacker);
    let object = match attack.object {
        Object::Relation(oid) => scene
            .relation(oid)
            .map(|r| format!("{}.{}", r.schema, r.name)),
        Object::Function(_) => None,
    };
    (
        std::cmp::Reverse(attack.severity),
        attack.command,
        attacker.standing,
        crate::probes::is_roundabout(attack.probe),
        attack.form,
        object.unwrap_or_default(),
        attack.statement.len(),
        attack.attacker,
    )
}

/// One finding out of a group.
pub fn finding(
    scene: &Scene,
    migrations: &Migrations,
    system: &str,
    group: &[Caused],
    repro: String,
) -> Finding {
    let first = &group[0];
    let attack = &first.judged.attack;
    let attacker = scene.attacker(attack.attacker);
    let victim = victim_name(scene, first);
    let doctored = attack.probe.starts_with("claim-");
    let (object, object_kind) = match &first.cause {
        // One function that believes the token opens every table whose policies ask it.
        Cause::Function(oid) if doctored => object_name(scene, Object::Function(*oid)),
        _ => object_name(scene, attack.object),
    };
    let door = if object_kind == "table" {
        "direct".to_owned()
    } else {
        format!("{object_kind} {object}")
    };
    let culprit = culprit(scene.catalog, migrations, &first.cause);
    let culprit = finding_steps::labelled(attack, culprit);
    Finding {
        system: system.to_owned(),
        probe: attack.probe.to_owned(),
        severity: severity(attack, &first.leak),
        title: title(scene, attacker, attack, &first.leak, &victim),
        fingerprint: fingerprint(attack, &object, &attacker.role, &door),
        command: attack.command.name().to_owned(),
        role: attacker.role.clone(),
        attacker: attacker.name.clone(),
        expected: expected(attack, &first.leak, &victim),
        got: got(&first.leak, &first.judged.got),
        notes: notes(scene, group, &object),
        help: Some(
            finding_steps::help(&first.cause, attack)
                .unwrap_or_else(|| advice(&first.cause, attack)),
        ),
        patch: None,
        doors: doors(scene, group),
        object,
        object_kind: object_kind.to_owned(),
        victim,
        door,
        culprit,
        repro,
    }
}

/// An oracle tells less than a read.
fn severity(attack: &Attack, leak: &Leak) -> Severity {
    match leak.gain {
        Gain::Sensed { .. } => Severity::Medium,
        _ => attack.severity,
    }
}

pub(super) fn object_name(scene: &Scene, object: Object) -> (String, &'static str) {
    match object {
        Object::Relation(oid) => scene
            .relation(oid)
            .map(|r| (format!("{}.{}", r.schema, r.name), kind_of(r)))
            .unwrap_or_default(),
        Object::Function(oid) => {
            let function = scene.catalog.functions.iter().find(|f| f.oid == oid);
            let name = function.map(|f| {
                let arguments: Vec<&str> =
                    f.arguments.iter().map(|a| a.type_name.as_str()).collect();
                format!("{}.{}({})", f.schema, f.name, arguments.join(", "))
            });
            (name.unwrap_or_default(), "function")
        }
    }
}

fn victim_name(scene: &Scene, caused: &Caused) -> String {
    match caused.judged.attack.victim {
        crate::probes::Victim::Colleague(user) => scene.world.users[user.0].name.clone(),
        _ if caused.leak.victim.is_none()
            && matches!(caused.leak.gain, Gain::Changed | Gain::Removed) =>
        {
            "everybody".to_owned()
        }
        crate::probes::Victim::Tenant(tenant) => scene.world.tenants
            [caused.leak.victim.unwrap_or(tenant).0]
            .name
            .clone(),
    }
}

fn title(scene: &Scene, attacker: &Attacker, attack: &Attack, leak: &Leak, victim: &str) -> String {
    if let Some(title) = finding_steps::title(scene, attack, leak, victim) {
        return title;
    }
    let who = &attacker.name;
    let (object, kind) = object_name(scene, attack.object);
    let named = if kind == "table" {
        object
    } else {
        format!("the {kind} {object}")
    };
    let at = match leak.elsewhere.and_then(|oid| scene.relation(oid)) {
        Some(relation) => format!(
            "{}.{}, by {} of {named}",
            relation.schema,
            relation.name,
            attack.command.name()
        ),
        None => named,
    };
    match &leak.gain {
        Gain::Received { .. } => format!("{who} can read rows of {victim} in {at}"),
        Gain::Told { .. } => {
            format!("{who} is told values of {victim} by an error or a message of {at}")
        }
        Gain::Changed => format!("{who} can change rows of {victim} in {at}"),
        Gain::Removed => format!("{who} can delete rows of {victim} in {at}"),
        Gain::Planted => format!("{who} can insert a row that belongs to {victim} in {at}"),
        Gain::Moved => format!("{who} can move its own row into {victim} in {at}"),
        Gain::Referred => format!("{who} can make its own row refer to a row of {victim} in {at}"),
        Gain::Poisoned { .. } => {
            format!("{who} can store a value in {at} that makes the queries of {victim} fail")
        }
        Gain::Sensed { .. } => format!("{who} can tell by {at} what {victim} has"),
    }
}

fn expected(attack: &Attack, leak: &Leak, victim: &str) -> String {
    if crate::probes::is_stepwise(attack.probe) {
        return format!(
            "SQLSTATE 42501, or no row of {victim} that the caller did not reach before"
        );
    }
    match leak.gain {
        Gain::Received { .. } | Gain::Changed | Gain::Removed => {
            format!("SQLSTATE 42501, or no row of {victim}")
        }
        Gain::Poisoned { .. } => format!("{victim} reads its own rows, whatever others store"),
        Gain::Sensed { .. } => format!("the same outcome whatever {victim} has"),
        _ => "SQLSTATE 42501".to_owned(),
    }
}

fn got(leak: &Leak, got: &str) -> String {
    match &leak.gain {
        Gain::Received { sample } | Gain::Told { sample } => {
            format!("{got}, among them {}", shortened(sample))
        }
        Gain::Poisoned { told } => format!("{got} of {told}"),
        Gain::Sensed { with, without } => format!("{with}; {without}"),
        _ => got.to_owned(),
    }
}

fn shortened(text: &str) -> String {
    let mut out: String = text.chars().take(60).collect();
    if out.len() < text.len() {
        out.push('…');
    }
    format!("“{out}”")
}

/// The same cause by other commands, through other doors, for other attackers.
fn notes(scene: &Scene, group: &[Caused], object: &str) -> Vec<String> {
    let mut out = Vec::new();
    let commands: BTreeSet<&str> = group
        .iter()
        .skip(1)
        .map(|c| c.judged.attack.command.name())
        .filter(|c| *c != group[0].judged.attack.command.name())
        .collect();
    if !commands.is_empty() {
        out.push(format!(
            "the same cause lets through: {}",
            commands.into_iter().collect::<Vec<_>>().join(", ")
        ));
    }
    out.extend(finding_steps::follows(scene, group));
    let others: BTreeSet<String> = group
        .iter()
        .map(|c| object_name(scene, c.judged.attack.object).0)
        .filter(|name| name != object)
        .collect();
    if !others.is_empty() {
        let shown: Vec<&str> = others.iter().take(6).map(String::as_str).collect();
        let more = if others.len() > shown.len() {
            format!(" and {} more", others.len() - shown.len())
        } else {
            String::new()
        };
        out.push(format!("the same cause opens: {}{more}", shown.join(", ")));
    }
    let attackers: BTreeSet<&str> = group
        .iter()
        .map(|c| scene.attacker(c.judged.attack.attacker).name.as_str())
        .filter(|name| *name != scene.attacker(group[0].judged.attack.attacker).name)
        .collect();
    if !attackers.is_empty() {
        out.push(format!(
            "the same works for: {}",
            attackers.into_iter().collect::<Vec<_>>().join(", ")
        ));
    }
    out
}

fn doors(scene: &Scene, group: &[Caused]) -> Vec<Door> {
    let each = |caused: &Caused| {
        let attack = &caused.judged.attack;
        let attacker = scene.attacker(attack.attacker);
        Door {
            probe: attack.probe.to_owned(),
            object: object_name(scene, attack.object).0,
            command: attack.command.name().to_owned(),
            role: attacker.role.clone(),
        }
    };
    let found: BTreeSet<Door> = group.iter().map(each).collect();
    found.into_iter().collect()
}

/// Sixteen hexadecimal digits of what stays the same from run to run.
fn fingerprint(attack: &Attack, object: &str, role: &str, door: &str) -> String {
    let text = [attack.probe, object, attack.command.name(), role, door].join("\u{1f}");
    let digest = Sha256::digest(text.as_bytes());
    digest
        .iter()
        .take(8)
        .map(|byte| format!("{byte:02x}"))
        .collect()
}
