//! Words for findings of several steps: what the first step was, and what followed from it.
use super::finding::{Caused, object_name};
use crate::event::Culprit;
use crate::oracle::observe_cause::Cause;
use crate::oracle::{Gain, Leak};
use crate::probes::{Attack, Command, Scene, is_stepwise};
use std::collections::BTreeSet;

/// `org_a's viewer can insert into public.shares and then read rows of org_b in public.notes`.
pub(super) fn title(scene: &Scene, attack: &Attack, leak: &Leak, victim: &str) -> Option<String> {
    if !is_stepwise(attack.probe) {
        return None;
    }
    let who = &scene.attacker(attack.attacker).name;
    let (object, _) = object_name(scene, attack.object);
    let first = match attack.command {
        Command::Select => format!("read secrets in {object}, use one"),
        Command::Insert => format!("insert into {object}"),
        Command::Update => format!("update its own row in {object}"),
        Command::Delete => format!("delete from {object}"),
        Command::Truncate => format!("truncate {object}"),
        Command::Call => format!("call {object}"),
    };
    let reached = reached(scene, leak, victim)?;
    let tenants = &scene.attacker(attack.attacker).tenants;
    let inside = leak.victim.is_some_and(|victim| tenants.contains(&victim));
    Some(match inside {
        true => format!("{who} can {first} and then {reached} that it did not reach before"),
        false => format!("{who} can {first} and then {reached}"),
    })
}

/// `read rows of org_b in public.notes`.
fn reached(scene: &Scene, leak: &Leak, victim: &str) -> Option<String> {
    let relation = leak.elsewhere.and_then(|oid| scene.relation(oid))?;
    let verb = match leak.gain {
        Gain::Changed => "change",
        Gain::Removed => "delete",
        _ => "read",
    };
    Some(format!(
        "{verb} rows of {victim} in {}.{}",
        relation.schema, relation.name
    ))
}

/// What follows from a write that is a leak by itself.
pub(super) fn follows(scene: &Scene, group: &[Caused]) -> Option<String> {
    if is_stepwise(group.first()?.judged.attack.probe) {
        return None;
    }
    let steps = group
        .iter()
        .filter(|caused| is_stepwise(caused.judged.attack.probe));
    let reached: BTreeSet<String> = steps
        .filter_map(|caused| {
            let victim = caused.leak.victim?;
            reached(scene, &caused.leak, &scene.world.tenants[victim.0].name)
        })
        .collect();
    let reached: Vec<String> = reached.into_iter().take(3).collect();
    (!reached.is_empty()).then(|| format!("after that it can {}", reached.join(", ")))
}

/// What to do about the step.
pub(super) fn help(cause: &Cause, attack: &Attack) -> Option<String> {
    if !is_stepwise(attack.probe) {
        return None;
    }
    let text = match (cause, attack.command) {
        (Cause::Function(_), _) => {
            "let the function check that the caller was let in by somebody who may, before it writes what policies ask"
        }
        (Cause::Policy { .. }, Command::Update) => {
            "keep callers from the columns that policies ask: grant UPDATE on the other columns only, or let a trigger put them back"
        }
        (Cause::Policy { .. }, Command::Insert) => {
            "let WITH CHECK ask whether the caller may give away what the row gives, not only whether it names the caller"
        }
        (Cause::Policy { .. }, Command::Delete) => {
            "let only those delete the row who may let somebody in: it keeps its subject out"
        }
        (Cause::Policy { .. }, Command::Select) => {
            "whoever reads the secret may use it: show it to nobody but those whom it is for"
        }
        _ => return None,
    };
    Some(text.to_owned())
}

/// The clause does what it says; what is wrong is what follows.
pub(super) fn labelled(attack: &Attack, mut culprit: Culprit) -> Culprit {
    if let Some(source) = culprit
        .source
        .as_mut()
        .filter(|_| is_stepwise(attack.probe))
    {
        source.label = match attack.command {
            Command::Select => "shows what lets its reader in",
            Command::Call => "lets its caller write what policies ask",
            _ => "lets the caller write what policies ask",
        }
        .to_owned();
    }
    culprit
}
