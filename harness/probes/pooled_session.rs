//! Takes over a pooled connection on which another tenant's user left something: a setting, a temporary table.
use super::arguments::{Call, Mix, call};
use super::{
    Aim, Attack, Command, Form, Object, Probe, Scene, Standing, Victim, attackers, statement,
};
use crate::catalog::{Function, FunctionKind};
use crate::event::Severity;
use std::collections::BTreeSet;

pub struct PooledSession;

impl Probe for PooledSession {
    fn name(&self) -> &'static str {
        "pooled-session"
    }

    fn explanation(&self) -> &'static str {
        include_str!("pooled_session.md")
    }

    fn attacks(&self, scene: &Scene) -> Vec<Attack> {
        let functions = scene.catalog.functions.iter().filter(|f| leaves(f));
        let mut out = Vec::new();
        for function in functions {
            out.extend(handed_on(scene, function, self.name()));
        }
        out
    }
}

/// Whether a function may leave something on the session that outlives its transaction: a setting that is not local, a
/// temporary table, a prepared statement. That it may is read off; whether it does is tried.
pub fn leaves(function: &Function) -> bool {
    let body = function.body.to_lowercase();
    let words: BTreeSet<&str> = crate::sql::words(&body).collect();
    let has = |word: &str| words.contains(word);
    let callable = matches!(
        function.kind,
        FunctionKind::Function | FunctionKind::Procedure
    ) && !matches!(function.returns.as_str(), "trigger" | "event_trigger");
    callable
        && !function.platform
        && (has("set_config") && has("false")
            || has("temp")
            || has("temporary")
            || has("set") && has("session")
            || has("prepare"))
}

/// The victim's member calls it and commits; the next borrower of the connection calls it too, or reads.
fn handed_on(scene: &Scene, function: &Function, probe: &'static str) -> Vec<Attack> {
    let victim = scene
        .attackers
        .iter()
        .find(|caller| caller.standing == Standing::VictimsMember);
    let said = victim.and_then(|victim| {
        let all = function.arguments.len();
        call(scene, victim, function, Mix::Own, all)
    });
    let Some(Call {
        statement: said, ..
    }) = said
    else {
        return Vec::new();
    };
    let mut kinds = BTreeSet::new();
    let borrowers = scene
        .attackers_that(|standing| standing.is_honest() || standing == Standing::WithoutClaims);
    let mut out = Vec::new();
    for (id, borrower) in borrowers.filter(|(_, b)| kinds.insert((b.standing, &b.role))) {
        let own = call(
            scene,
            borrower,
            function,
            Mix::Own,
            function.arguments.len(),
        );
        let own = own.filter(|_| borrower.user.is_some() || function.arguments.is_empty());
        let tables = scene
            .owned()
            .filter(|table| !table.platform && scene.victim_row(borrower, table.oid).is_some());
        let reads = tables
            .take(TABLES)
            .map(|table| statement::select(scene, &borrower.role, table));
        let then = own.map(|call| call.statement).into_iter().chain(reads);
        for statement in then {
            out.push(Attack {
                probe,
                severity: Severity::Critical,
                object: Object::Function(function.oid),
                command: Command::Call,
                form: Form::Bare,
                attacker: id,
                preparation: Vec::new(),
                statement,
                supplied: Vec::new(),
                aim: Aim::Inherit { said: said.clone() },
                victim: Victim::Tenant(attackers::VICTIM),
                watch: Vec::new(),
                suspect: None,
            });
        }
    }
    out
}

/// Tables that are read after each call: what a leftover opens, it opens in all of them.
const TABLES: usize = 6;
