//! Tries proposals on copies of the filled database: the leak must be gone, members must reach what they reached before,
//! and nothing else may leak. What was not tried is not printed.
use super::campaign::{self, Judged, Living, Worker};
use super::finding::Caused;
use super::stage::{FILLED, Migrated};
use super::{CheckError, Ready, climb, rounds, workers};
use crate::config::CheckPlan;
use crate::event::Patch;
use crate::oracle::observe::accepts;
use crate::oracle::{Bench, Verdict};
use crate::patch::{Proposal, proposals};
use crate::probes::{Attack, AttackerId, Command, Object, Standing, is_stepwise, own_call};
use crate::stop::Stop;
use std::cell::Cell;
use std::collections::BTreeSet;

/// A copy that no session ever enters, and the one that a proposal is applied to.
const SPARE: &str = "spare";
const PATCHED: &str = "patched";
/// Proposals that one run tries.
const TRIALS: usize = 120;
/// Attacks that are repeated for one proposal.
const REPEATED: usize = 3000;

/// Makes the copy that all trials start from. No session may be in the filled database.
pub(super) async fn make(migrated: &Migrated) -> Result<(), CheckError> {
    Ok(migrated.server.clone_database(FILLED, SPARE).await?)
}

/// What trials need to know of the run.
pub(super) struct Trials<'a> {
    pub plan: &'a CheckPlan,
    pub ready: &'a Ready<'a>,
    pub bench: &'a Bench<'a>,
    /// What members reached of their own before.
    living: &'a Living,
    /// Every leak of the run.
    known: BTreeSet<Trace>,
    left: Cell<usize>,
}

/// What makes two leaks of different databases the same.
type Trace = (Object, Command, AttackerId, String);

fn trace(attack: &Attack) -> Trace {
    (
        attack.object,
        attack.command,
        attack.attacker,
        attack.statement.clone(),
    )
}

fn leaks(judged: &Judged) -> bool {
    matches!(judged.verdict, Verdict::Leaked(_))
}

impl<'a> Trials<'a> {
    pub fn new(
        plan: &'a CheckPlan,
        ready: &'a Ready<'a>,
        bench: &'a Bench<'a>,
        living: &'a Living,
        judged: &[Judged],
    ) -> Self {
        Trials {
            plan,
            ready,
            bench,
            living,
            known: judged
                .iter()
                .filter(|judged| leaks(judged))
                .map(|judged| trace(&judged.attack))
                .collect(),
            left: Cell::new(if plan.patches { TRIALS } else { 0 }),
        }
    }

    /// The first proposal that holds; none once somebody asked the run to stop.
    pub async fn patch(&self, group: &[Caused], stop: &Stop) -> Result<Option<Patch>, CheckError> {
        let attacks: Vec<&Attack> = group.iter().map(|caused| &caused.judged.attack).collect();
        let cause = &group[0].cause;
        for proposal in proposals(self.bench.scene, cause, &attacks) {
            if self.left.get() == 0 || stop.is_asked() {
                break;
            }
            self.left.set(self.left.get() - 1);
            let tried = self.try_one(&proposal, &attacks).await?;
            self.ready.migrated.server.drop_database(PATCHED).await?;
            if tried {
                return Ok(Some(Patch {
                    controls: self.kept(&proposal).count(),
                    sql: proposal.sql,
                    says: proposal.says,
                }));
            }
        }
        Ok(None)
    }

    async fn worker(&self, database: &str) -> Result<Worker, CheckError> {
        let (migrated, filled) = (self.ready.migrated, &self.ready.filled);
        workers::worker(self.plan, migrated, filled, database).await
    }

    /// Whether the leak is gone, every control holds and nothing else opened.
    async fn try_one(&self, proposal: &Proposal, attacks: &[&Attack]) -> Result<bool, CheckError> {
        let server = &self.ready.migrated.server;
        server.clone_database(SPARE, PATCHED).await?;
        let worker = self.worker(PATCHED).await?;
        Ok(accepts(&worker.superuser, &proposal.sql).await?
            && self.closed(&worker, attacks).await?
            && self.holds(&worker, proposal).await?
            && self.calls_kept(&worker, attacks).await?)
    }

    /// Whether none of the leaks is left and no new one is there.
    async fn closed(&self, worker: &Worker, attacks: &[&Attack]) -> Result<bool, CheckError> {
        let (stepwise, plain): (Vec<&Attack>, Vec<&Attack>) =
            attacks.iter().partition(|attack| is_stepwise(attack.probe));
        let (plain, apart) = rounds::divide(plain.into_iter().cloned().collect());
        // Two worlds and what a COMMIT leaves are not repeated here: without a trial there is no patch.
        if plain.is_empty() && (stepwise.is_empty() || !apart.is_empty()) {
            return Ok(false);
        }
        let leaking: BTreeSet<Trace> = plain.iter().map(trace).collect();
        let again = campaign::run(worker, self.bench, self.living, plain, &mut |_| {}).await?;
        if again.iter().any(leaks) {
            return Ok(false);
        }
        if !stepwise.is_empty() {
            let mut silent = Vec::new();
            let mut climbed = climb::climb(self.plan, worker, self.bench, &mut silent).await?;
            climbed.retain(leaks);
            let same = |one: &Attack, other: &Attack| {
                one.object == other.object
                    && one.command == other.command
                    && one.probe == other.probe
            };
            if climbed
                .iter()
                .any(|judged| stepwise.iter().any(|attack| same(attack, &judged.attack)))
            {
                return Ok(false);
            }
        }
        let nearby = self.nearby(attacks, &leaking);
        let around = campaign::run(worker, self.bench, self.living, nearby, &mut |_| {}).await?;
        let mut found = around.iter().filter(|judged| leaks(judged));
        Ok(!found.any(|judged| !self.known.contains(&trace(&judged.attack))))
    }

    /// Other attacks on the same objects.
    fn nearby(&self, attacks: &[&Attack], without: &BTreeSet<Trace>) -> Vec<Attack> {
        let objects: BTreeSet<Object> = attacks.iter().map(|attack| attack.object).collect();
        let (plain, _) = rounds::divide(rounds::attacks(self.plan, self.bench.scene));
        let mut chosen: Vec<Attack> = plain
            .into_iter()
            .filter(|attack| objects.contains(&attack.object) && !without.contains(&trace(attack)))
            .collect();
        chosen.truncate(REPEATED);
        chosen
    }

    /// Whether members reach all that they reached, but for what the proposal takes on purpose.
    async fn holds(&self, worker: &Worker, proposal: &Proposal) -> Result<bool, CheckError> {
        let after = super::prove(worker, self.bench).await?;
        Ok(self.kept(proposal).all(|way| after.contains(way)))
    }

    /// The ways of members to their own rows that a proposal must keep.
    fn kept(&self, proposal: &Proposal) -> impl Iterator<Item = &(Object, Command)> {
        let loses = proposal.loses;
        let ways = self.living.iter();
        ways.filter(move |(object, command)| !loses.holds(*object, *command))
    }

    /// Whether calls with their own values, which members could make before, still go through.
    async fn calls_kept(&self, worker: &Worker, attacks: &[&Attack]) -> Result<bool, CheckError> {
        let scene = self.bench.scene;
        let called: BTreeSet<Object> = attacks
            .iter()
            .filter(|attack| attack.command == Command::Call)
            .map(|attack| attack.object)
            .collect();
        let before = self.worker(FILLED).await?;
        let functions = scene.catalog.functions.iter();
        for function in functions.filter(|f| called.contains(&Object::Function(f.oid))) {
            let members = scene.attackers.iter().filter(|caller| {
                matches!(caller.standing, Standing::Member | Standing::VictimsMember)
            });
            for member in members {
                let Some(call) = own_call(scene, member, function) else {
                    continue;
                };
                let opening = crate::probes::statement::become_caller(member);
                let text = format!("BEGIN;{opening}{};", call.statement);
                let could = accepts(&before.gateway, &text).await?;
                let can = accepts(&worker.gateway, &text).await?;
                if could && !can {
                    return Ok(false);
                }
            }
        }
        Ok(true)
    }
}
