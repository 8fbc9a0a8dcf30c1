//! Proposals for tables: row-level security switched on, a policy that asks whose the row is, a leftover one dropped.
use super::condition::conditions;
use super::{Proposal, application};
use crate::catalog::{Oid, Policy, PolicyCommand, Relation};
use crate::probes::{Attack, Command, Scene, named};
use crate::sql::identifier;

/// Row-level security on a table that has none.
pub(super) fn enabled(scene: &Scene, table: &Relation) -> Vec<Proposal> {
    let name = named(table);
    let enable = format!("ALTER TABLE {name} ENABLE ROW LEVEL SECURITY");
    let mut out = Vec::new();
    if !table.policies.is_empty() {
        out.push(Proposal::new(
            "switch row-level security on: the policies are there",
            [enable.clone()],
        ));
    }
    if table.is_partition {
        // Policies of the parent hold for queries that name the parent: the partition itself needs nobody.
        let revoke = format!("REVOKE ALL ON {name} FROM {}", application(scene));
        out.push(Proposal::new(
            "let nobody but the parent table lead to the partition",
            [enable.clone(), revoke],
        ));
    }
    let roles: Vec<String> = scene
        .tenancy
        .roles
        .members
        .iter()
        .map(|role| identifier(role))
        .collect();
    for condition in conditions(scene, table, None) {
        let policy = format!(
            "CREATE POLICY {} ON {name} TO {}\n  USING ({condition})\n  WITH CHECK ({condition})",
            identifier(&format!("{}_of_the_caller", table.name)),
            roles.join(", ")
        );
        out.push(Proposal::new(
            "switch row-level security on, with a policy that asks whose the row is",
            [enable.clone(), policy],
        ));
    }
    out
}

/// A policy that lets too much through.
pub(super) fn tightened(
    scene: &Scene,
    table: &Relation,
    policy: Oid,
    attacks: &[&Attack],
) -> Vec<Proposal> {
    let Some(policy) = table.policies.iter().find(|own| own.oid == policy) else {
        return Vec::new();
    };
    let mut out = Vec::new();
    let target = format!("{} ON {}", identifier(&policy.name), named(table));
    if !policy.permissive {
        return out;
    }
    if let Some(using) = policy.using.as_ref().filter(|using| asks(using)) {
        // What the old row must satisfy is the least that the new row must satisfy.
        let checked = matches!(policy.command, PolicyCommand::All | PolicyCommand::Update);
        if checked && policy.check.as_ref() != Some(using) && writes(attacks) {
            let alter = format!("ALTER POLICY {target}\n  WITH CHECK ({using})");
            out.push(Proposal::new(
                "ask of the new row what the policy asks of the old one",
                [alter],
            ));
        }
    }
    if others_cover(table, policy) {
        let drop = format!("DROP POLICY {target}");
        out.push(Proposal::new(
            "drop it: permissive policies are ORed, and others let the members through",
            [drop],
        ));
    }
    for condition in conditions(scene, table, Some(policy.oid)) {
        out.push(Proposal::new(
            "let the policy ask whose the row is",
            [altered(policy, &target, &condition)],
        ));
    }
    // Dropping what nobody's baseline needs comes last: it may take away what was meant for visitors.
    if !others_cover(table, policy) {
        out.push(Proposal::new(
            "drop it: no member needs it",
            [format!("DROP POLICY {target}")],
        ));
    }
    out
}

/// The policy with the condition added to each of its sides.
fn altered(policy: &Policy, target: &str, condition: &str) -> String {
    let both = |text: &String| match asks(text) {
        true => format!("({text}) AND ({condition})"),
        false => condition.to_owned(),
    };
    let using = policy
        .using
        .as_ref()
        .map(|text| format!("\n  USING ({})", both(text)));
    let check = policy
        .check
        .as_ref()
        .map(|text| format!("\n  WITH CHECK ({})", both(text)));
    format!(
        "ALTER POLICY {target}{}{}",
        using.unwrap_or_default(),
        check.unwrap_or_default()
    )
}

/// Whether a condition asks anything at all.
fn asks(text: &str) -> bool {
    !matches!(text.trim().trim_matches(['(', ')']), "true" | "1 = 1")
}

fn writes(attacks: &[&Attack]) -> bool {
    attacks
        .iter()
        .any(|attack| !matches!(attack.command, Command::Select))
}

/// Whether other permissive policies stand for every command of this one.
fn others_cover(table: &Relation, policy: &Policy) -> bool {
    let covers = |command: PolicyCommand| {
        table.policies.iter().any(|other| {
            other.oid != policy.oid
                && other.permissive
                && (other.command == PolicyCommand::All || other.command == command)
        })
    };
    match policy.command {
        PolicyCommand::All => [
            PolicyCommand::Select,
            PolicyCommand::Insert,
            PolicyCommand::Update,
            PolicyCommand::Delete,
        ]
        .into_iter()
        .all(covers),
        command => covers(command),
    }
}
