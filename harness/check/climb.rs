//! Attacks of several steps: after every write that succeeds, reads and writes are tried again with what was gained.
use super::campaign::{Judged, Worker};
use super::climbers::{chosen, climbers, is_asked_for, session};
use super::facts::{Fact, Shape, facts, shape};
use super::reached::{Before, Opened, opened};
use crate::config::CheckPlan;
use crate::event::{Event, Listener};
use crate::oracle::observe::{Request, Runner, observe};
use crate::oracle::{
    Bench, Change, Control, Fate, Observation, ObserveError, Outcome, Verdict, Witness,
};
use crate::probes::claim_sources::minted;
use crate::probes::gain_access::Reach;
use crate::probes::steps::{self, Step};
use crate::probes::{AttackerId, Command, Object, gain_access};
use crate::server::Session;
use crate::sql::{identifier, literal};
use std::collections::BTreeSet;

/// Statements that the steps of one system may take; what is cut is told.
const BUDGET: usize = 6000;

/// Everything that was tried, with the leaks among it.
#[derive(Debug, Default)]
pub struct Climbed {
    pub judged: Vec<Judged>,
    pub statements: usize,
    /// Steps that were not tried any more.
    pub cut: usize,
}

/// Climbs as a plain member, as a stranger and as a visitor, as far as the plan's depth.
pub async fn climb(
    plan: &CheckPlan,
    worker: &Worker,
    bench: &Bench<'_>,
    listener: &mut dyn Listener,
) -> Result<Vec<Judged>, ObserveError> {
    let chosen = chosen(plan);
    let mut climbed = Climbed::default();
    if !is_asked_for(plan) {
        return Ok(climbed.judged);
    }
    let everybody = climbers(worker, bench, &mut climbed.statements).await?;
    for (at, id) in everybody.into_iter().enumerate() {
        if plan.shard.is_some_and(|shard| !shard.holds_at(at)) {
            continue;
        }
        let mut climber = Climber::new(worker, bench, id, &chosen, &mut climbed);
        climber.run(plan.depth).await?;
    }
    if climbed.cut > 0 {
        listener.hear(&Event::Note {
            text: format!(
                "several steps: {} were not tried, because {} statements had been spent on others; a smaller `depth` spends fewer on each",
                climbed.cut, climbed.statements
            ),
        });
    }
    Ok(climbed.judged)
}

/// A list of steps that succeeded one after the other.
struct State {
    path: Vec<usize>,
    changes: Vec<Change>,
    /// The last step touched another row, or another key, than those before it.
    touches: bool,
}

struct Climber<'a> {
    worker: &'a Worker,
    bench: &'a Bench<'a>,
    id: AttackerId,
    probes: &'a [&'static str],
    climbed: &'a mut Climbed,
    steps: Vec<Step>,
    /// What is known to leak already, by probe and first step.
    leaked: BTreeSet<(&'static str, Object, Command)>,
}

impl<'a> Climber<'a> {
    fn new(
        worker: &'a Worker,
        bench: &'a Bench<'a>,
        id: AttackerId,
        probes: &'a [&'static str],
        climbed: &'a mut Climbed,
    ) -> Self {
        Climber {
            worker,
            bench,
            id,
            probes,
            climbed,
            steps: steps::steps(bench.scene, id),
            leaked: BTreeSet::new(),
        }
    }

    fn session(&self) -> &'a Session {
        session(self.worker, self.bench.scene, self.id)
    }

    async fn run(&mut self, depth: usize) -> Result<(), ObserveError> {
        if self.steps.is_empty() {
            return Ok(());
        }
        let relations: BTreeSet<_> = self
            .steps
            .iter()
            .flat_map(|step| step.watched.iter().copied())
            .collect();
        let mut before = Before::read(self.worker, self.bench, self.id, &relations).await?;
        before.witness(self.worker, self.bench).await?;
        self.climbed.statements += std::mem::take(&mut before.statements);
        let start = State {
            path: Vec::new(),
            changes: Vec::new(),
            touches: true,
        };
        let all: Vec<usize> = (0..self.steps.len()).collect();
        let (mut open, taken) = self.attempt(&start, &all).await?;
        for level in 1..=depth {
            let mut next = Vec::new();
            for state in open {
                if !self.weigh(&state, &mut before).await? && level < depth {
                    let further = self.further(&state, &taken);
                    next.extend(self.attempt(&state, &further).await?.0);
                }
            }
            open = next;
        }
        Ok(())
    }

    /// Steps that were refused at first and that depend on what the last one wrote.
    fn further(&self, state: &State, taken: &BTreeSet<usize>) -> Vec<usize> {
        let Some(last) = state.path.last().map(|&at| &self.steps[at]) else {
            return Vec::new();
        };
        let depends = |step: &Step| !step.asks.is_disjoint(&last.writes);
        let place = |step: &Step| (step.object, step.command, step.column);
        let done: Vec<_> = state
            .path
            .iter()
            .map(|&at| place(&self.steps[at]))
            .collect();
        (0..self.steps.len())
            .filter(|at| !taken.contains(at) && depends(&self.steps[*at]))
            .filter(|at| !done.contains(&place(&self.steps[*at])))
            .collect()
    }

    fn statements(&self, path: &[usize]) -> String {
        let statements = path.iter().map(|&at| self.steps[at].statement.as_str());
        statements.collect::<Vec<_>>().join(";\n")
    }

    /// Each of the steps after those of `state`: the states in which it changed something, and the steps that did.
    async fn attempt(
        &mut self,
        state: &State,
        steps: &[usize],
    ) -> Result<(Vec<State>, BTreeSet<usize>), ObserveError> {
        let left = BUDGET.saturating_sub(self.climbed.statements);
        let tried = &steps[..steps.len().min(left)];
        self.climbed.cut += steps.len() - tried.len();
        self.climbed.statements += tried.len();
        let paths: Vec<Vec<usize>> = tried
            .iter()
            .map(|&at| state.path.iter().copied().chain([at]).collect())
            .collect();
        let runner = Runner::Attacker(self.bench.scene.attacker(self.id));
        let requests: Vec<Request> = paths
            .iter()
            .map(|path| Request::new(&self.statements(path), &[], &[], true, runner))
            .collect();
        let mut out: Vec<(usize, Vec<Change>)> = Vec::new();
        observe(
            self.session(),
            &requests,
            self.bench.traces,
            |at, observation| {
                let more = shape(&observation.changes) != shape(&state.changes);
                let wrote = match &observation.outcome {
                    Outcome::Done { count, .. } => *count > 0,
                    Outcome::Refused(_) => false,
                };
                let last = &self.steps[tried[at]];
                let by_call = matches!(last.command, Command::Call | Command::Select);
                if wrote && !observation.changes.is_empty() && (more || !by_call) {
                    out.push((at, observation.changes));
                }
            },
        )
        .await?;
        let taken = out.iter().map(|(at, _)| tried[*at]).collect();
        let known = facts(self.bench, &state.changes);
        let mut seen: Vec<(Object, Shape, BTreeSet<Fact>)> = Vec::new();
        let mut states: Vec<State> = Vec::new();
        for (at, changes) in out {
            let step = &self.steps[tried[at]];
            let found = facts(self.bench, &changes);
            // Two calls that touch the same rows and keys open the same, and so does the same change by another statement.
            let place = (step.object, shape(&changes), found.clone());
            let by_call = step.command == Command::Call && seen.contains(&place);
            if by_call || states.iter().any(|state| state.changes == changes) {
                continue;
            }
            seen.push(place);
            states.push(State {
                path: paths[at].clone(),
                touches: found != known,
                changes,
            });
        }
        Ok((states, taken))
    }

    /// Looks at what the state opens, with the caller's token and with one minted anew; whether it is a leak.
    async fn weigh(
        &mut self,
        state: &State,
        before: &mut Before<'_>,
    ) -> Result<bool, ObserveError> {
        let path: Vec<Step> = state
            .path
            .iter()
            .map(|&at| self.steps[at].clone())
            .collect();
        let Some(first) = path.first() else {
            return Ok(false);
        };
        if self.is_known("gain-access", first) {
            return Ok(true);
        }
        if self.climbed.statements >= BUDGET {
            self.climbed.cut += 1;
            return Ok(false);
        }
        before.writing = state.touches;
        let mut leaks = self.look(&path, &state.changes, before).await?;
        let token = self.token(&state.changes);
        if !leaks && !token.is_empty() {
            let mut renewed = path.clone();
            if let Some(last) = renewed.last_mut() {
                let token = format!(";\n-- its next token:\n{token}");
                last.statement.push_str(&token);
                last.shorter
                    .iter_mut()
                    .for_each(|text| text.push_str(&token));
            }
            leaks = self.look(&renewed, &state.changes, before).await?;
        }
        if !leaks {
            self.stopped(&path, before);
        }
        Ok(leaks)
    }

    fn is_known(&self, probe: &'static str, first: &Step) -> bool {
        self.leaked.contains(&(probe, first.object, first.command))
    }

    /// The settings of a token that is minted after the changes.
    fn token(&self, changes: &[Change]) -> String {
        let attacker = self.bench.scene.attacker(self.id);
        let new = changes.iter().filter_map(|change| match &change.fate {
            Fate::New(row) => Some((change.relation, row)),
            Fate::Gone => None,
        });
        let settings =
            new.flat_map(|(relation, row)| minted(self.bench.scene, attacker, relation, row));
        let set = settings
            .map(|(name, value)| format!("SET LOCAL {} = {}", identifier(&name), literal(&value)));
        set.collect::<Vec<_>>().join(";\n")
    }

    /// Reads and writes after the steps; whether something was out of reach before.
    async fn look(
        &mut self,
        path: &[Step],
        changes: &[Change],
        before: &mut Before<'_>,
    ) -> Result<bool, ObserveError> {
        let opened = opened(self.worker, self.bench, before, path, changes).await?;
        self.climbed.statements += std::mem::take(&mut before.statements);
        for Opened { probe, reach } in opened {
            let known = path
                .first()
                .is_some_and(|first| self.is_known(probe, first));
            if known || !self.probes.contains(&probe) {
                continue;
            }
            if let Some(judged) = self.judge(probe, path, &reach).await? {
                let shown = self.shorten(judged, path, probe, &reach).await?;
                let attack = &shown.attack;
                self.leaked.insert((probe, attack.object, attack.command));
                self.climbed.judged.push(shown);
                return Ok(true);
            }
        }
        Ok(false)
    }

    /// Fewer steps, and shorter ones, while it leaks by the same first step.
    async fn shorten(
        &mut self,
        mut shown: Judged,
        path: &[Step],
        probe: &'static str,
        reach: &Reach,
    ) -> Result<Judged, ObserveError> {
        let mut kept = path.to_vec();
        for at in (1..kept.len()).rev() {
            let mut fewer = kept.clone();
            fewer.remove(at);
            if let Some(judged) = self.judge(probe, &fewer, reach).await? {
                (shown, kept) = (judged, fewer);
            }
        }
        for at in 0..kept.len() {
            let mut shorter = kept.clone();
            let Some(text) = shorter[at].shorter.take() else {
                continue;
            };
            shorter[at].statement = text;
            if let Some(judged) = self.judge(probe, &shorter, reach).await? {
                (shown, kept) = (judged, shorter);
            }
        }
        Ok(shown)
    }

    /// Runs the whole attack once more, as the shrinking will.
    async fn judge(
        &mut self,
        probe: &'static str,
        path: &[Step],
        reach: &Reach,
    ) -> Result<Option<Judged>, ObserveError> {
        let steps: Vec<&Step> = path.iter().collect();
        let scene = self.bench.scene;
        let Some(attack) = gain_access::attack(scene, probe, self.id, &steps, reach.clone()) else {
            return Ok(None);
        };
        let runner = Runner::Attacker(self.bench.scene.attacker(self.id));
        let mut seen: Option<Observation> = None;
        let request = [Request::of(&attack, runner)];
        observe(
            self.session(),
            &request,
            self.bench.traces,
            |_, observation| seen = Some(observation),
        )
        .await?;
        self.climbed.statements += 1;
        let leak = seen
            .as_ref()
            .and_then(|observation| self.bench.see(&attack, observation, None).leak);
        let got = seen.map(|observation| observation.summary(attack.command.name()));
        Ok(leak.map(|leak| Judged {
            attack,
            verdict: Verdict::Leaked(leak),
            got: got.unwrap_or_default(),
        }))
    }

    /// A state that opened nothing is an attack that was stopped, if the reads after it could have reached something.
    fn stopped(&mut self, path: &[Step], before: &Before<'_>) {
        let steps: Vec<&Step> = path.iter().collect();
        let reached = steps
            .iter()
            .flat_map(|step| &step.watched)
            .find(|relation| before.witnessed.contains(relation));
        let Some(witness) = Witness::of(Control::Privileged, reached.is_some()) else {
            return;
        };
        let reach = Reach {
            relation: reached.copied().unwrap_or_default(),
            writes: false,
            statement: String::new(),
            hidden: BTreeSet::new(),
        };
        let Some(probe) = self.probes.first() else {
            return;
        };
        if let Some(attack) = gain_access::attack(self.bench.scene, probe, self.id, &steps, reach) {
            self.climbed.judged.push(Judged {
                attack,
                verdict: Verdict::Stopped(witness),
                got: String::new(),
            });
        }
    }
}
