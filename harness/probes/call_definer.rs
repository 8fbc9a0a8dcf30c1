//! Calls functions that run with their owner's rights, with arguments drawn from the victim's real values.
use super::arguments::{Call, calls, opens_door};
use super::mixes::{extreme, mixed};
use super::secrets::secret_calls;
use super::smuggled::runs_text;
use super::{
    Aim, Attack, Attacker, AttackerId, Command, Form, Object, Probe, Scene, Standing, Victim,
    attackers,
};
use crate::catalog::{Function, FunctionKind};
use crate::event::Severity;
use std::collections::BTreeSet;

pub struct CallDefiner;

impl Probe for CallDefiner {
    fn name(&self) -> &'static str {
        "call-definer"
    }

    fn explanation(&self) -> &'static str {
        include_str!("call_definer.md")
    }

    fn attacks(&self, scene: &Scene) -> Vec<Attack> {
        let functions: Vec<&Function> = scene
            .catalog
            .functions
            .iter()
            .filter(|f| is_door(scene, f))
            .collect();
        let mut out = Vec::new();
        for (id, attacker) in scene
            .attackers_that(|standing| standing.is_honest() || standing == Standing::WithoutClaims)
        {
            for function in &functions {
                let calls = tried(scene, attacker, function);
                out.extend(
                    calls
                        .into_iter()
                        .map(|call| calling(id, function, self.name(), call)),
                );
                let bearing = secret_calls(scene, attacker, function).into_iter();
                out.extend(bearing.map(|(call, _)| Attack {
                    form: Form::Bearing,
                    ..calling(id, function, self.name(), call)
                }));
            }
        }
        out
    }
}

/// A call as an attack: it may read and write.
pub(super) fn calling(
    attacker: AttackerId,
    function: &Function,
    probe: &'static str,
    call: Call,
) -> Attack {
    Attack {
        probe,
        severity: Severity::Critical,
        object: Object::Function(function.oid),
        command: Command::Call,
        form: Form::Bare,
        attacker,
        preparation: Vec::new(),
        statement: call.statement,
        supplied: call.supplied,
        aim: Aim::Anything,
        victim: Victim::Tenant(attackers::VICTIM),
        watch: Vec::new(),
        suspect: None,
    }
}

/// The calls that one caller tries, without repetition.
fn tried(scene: &Scene, attacker: &Attacker, function: &Function) -> BTreeSet<Call> {
    let mut out: BTreeSet<Call> = calls(scene, attacker, function).into_iter().collect();
    out.extend(mixed(scene, attacker, function));
    out.extend(extreme(scene, attacker, function));
    out
}

/// Functions that a caller can call and that may reach more than the caller: SECURITY DEFINER, with a body that names
/// rows, or any that runs the text it is given. Another function with the caller's own rights opens nothing that a plain statement would not.
pub(super) fn is_door(scene: &Scene, function: &Function) -> bool {
    let callable = matches!(
        function.kind,
        FunctionKind::Function | FunctionKind::Procedure
    ) && !matches!(function.returns.as_str(), "trigger" | "event_trigger");
    callable
        && (function.definer || runs_text(function))
        && !function.platform
        && opens_door(scene, function)
}
