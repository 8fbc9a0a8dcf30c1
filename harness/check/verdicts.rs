//! Turns verdicts into findings, listed gaps and the summary.
use super::CheckError;
use super::campaign::{Judged, Worker};
use super::cause_source::explicit_grant;
use super::coverage::{Cell, Mark};
use super::finding::{self, Caused};
use super::repro::repro;
use super::saving::Saving;
use super::stage::Migrated;
use super::trials::Trials;
use crate::config::CheckPlan;
use crate::event::{Event, Finding, Listener, Phase, Summary, Unproven};
use crate::oracle::observe_admission::Admissions;
use crate::oracle::observe_cause::{Cause, cause};
use crate::oracle::{Bench, Verdict};
use crate::probes::{Attack, Command, Object, Scene, Standing, is_beyond_grid};
use crate::stop::Stop;
use std::collections::{BTreeMap, BTreeSet};
use std::time::Instant;

/// Findings are limited: after so many causes a person needs no more, and shrinking each takes time.
const MOST_FINDINGS: usize = 200;

/// Groups leaks by cause, worst first, each with the smallest script that shows it.
pub(super) async fn findings(
    trials: &Trials<'_>,
    judged: &[Judged],
    stop: &Stop,
    listener: &mut dyn Listener,
) -> Result<Vec<Finding>, CheckError> {
    let (plan, bench, migrated) = (trials.plan, trials.bench, trials.ready.migrated);
    let worker = &trials.ready.workers[0];
    let caused = caused(worker, bench, judged).await?;
    let groups = finding::group(bench.scene, &migrated.migrations, caused);
    let total = groups.len().min(MOST_FINDINGS);
    let mut out = Vec::new();
    let mut saving = plan.saved.clone().map(|folder| {
        let timeout_ms = plan.statement_timeout_ms;
        Saving::new(migrated, folder, timeout_ms)
    });
    for (at, group) in groups.iter().take(MOST_FINDINGS).enumerate() {
        listener.hear(&Event::Phase {
            phase: Phase::Shrink,
            done: at,
            total,
        });
        let mut found = finding::finding(
            bench.scene,
            &migrated.migrations,
            &plan.system,
            group,
            String::new(),
        );
        let reproduced = repro(
            worker,
            bench,
            &group[0].judged.attack,
            &group[0].leak,
            &found.victim,
        )
        .await?;
        found.repro = reproduced.script;
        if by_platform(migrated, &group[0].cause) {
            // Executed, true, and on every project of the platform: told each time, but no reason to fail one of them.
            let reason = "the platform's default privileges give it; a REST gateway sends no such statement, but SQL can".to_owned();
            listener.hear(&Event::Accepted {
                finding: Box::new(found),
                reason,
            });
            continue;
        }
        found.patch = trials.patch(group, stop).await?;
        // Who stops a run wants to know what was found, at once.
        if let Some(saving) = saving.as_mut().filter(|_| !stop.is_asked()) {
            saving.save(bench, &mut found, &reproduced.reduced).await?;
        }
        listener.hear(&Event::Leak(Box::new(found.clone())));
        out.push(found);
    }
    if let Some(saving) = saving {
        saving.close(listener).await;
    }
    if groups.len() > total {
        listener.hear(&Event::Note {
            text: format!(
                "{} more causes leak; the first {total} are shown",
                groups.len() - total
            ),
        });
    }
    Ok(out)
}

/// The leaks that are told apart, each with what let it through.
async fn caused(
    worker: &Worker,
    bench: &Bench<'_>,
    judged: &[Judged],
) -> Result<Vec<Caused>, CheckError> {
    let mut caused = Vec::new();
    let admissions = Admissions::default();
    for judged in distinct(bench.scene, judged) {
        let Verdict::Leaked(leak) = &judged.verdict else {
            continue;
        };
        let cause = cause(&worker.superuser, bench, &admissions, &judged.attack, leak).await?;
        caused.push(Caused {
            judged: judged.clone(),
            leak: leak.clone(),
            cause,
        });
    }
    Ok(caused)
}

/// Whether a privilege comes from nothing but the platform's own default privileges.
fn by_platform(migrated: &Migrated, cause: &Cause) -> bool {
    let Cause::Grant {
        relation,
        privilege,
    } = cause
    else {
        return false;
    };
    let migrations = &migrated.migrations;
    let own = |statement: usize| !migrations.is_platform(statement);
    let granted = explicit_grant(&migrated.catalog, migrations, *relation, *privilege).is_some();
    let defaults = (0..migrations.statements.len())
        .filter(|&at| own(at))
        .any(|at| {
            let text = migrations.text(at).to_lowercase();
            text.contains("default") && text.contains("privileges") && text.contains("grant")
        });
    migrations.files.iter().any(|file| file.platform) && !granted && !defaults
}

/// One leak per probe, object, command and kind of attacker: the plainest. The rest has the same cause.
fn distinct<'j>(scene: &Scene, judged: &'j [Judged]) -> Vec<&'j Judged> {
    let mut first: BTreeMap<(&str, Object, Command, Standing), &Judged> = BTreeMap::new();
    for judged in judged
        .iter()
        .filter(|j| matches!(j.verdict, Verdict::Leaked(_)))
    {
        let attack: &Attack = &judged.attack;
        let standing = scene.attacker(attack.attacker).standing;
        let known = first
            .entry((attack.probe, attack.object, attack.command, standing))
            .or_insert(judged);
        if (attack.attacker, attack.form) < (known.attack.attacker, known.attack.form) {
            *known = judged;
        }
    }
    first.into_values().collect()
}

/// Lists the cells that no attack could decide.
pub fn tell(
    plan: &CheckPlan,
    scene: &Scene,
    coverage: &BTreeMap<Cell, Mark>,
    listener: &mut dyn Listener,
) {
    for ((object, command, attacker), mark) in coverage {
        let caller = scene.attacker(*attacker);
        let object = name(scene, *object);
        match mark {
            Mark::Unproven(reason) => listener.hear(&Event::Unproven(Unproven {
                system: plan.system.clone(),
                object,
                command: command.name().to_owned(),
                role: caller.role.clone(),
                attacker: caller.name.clone(),
                reason: reason.to_string(),
                allowed: false,
            })),
            Mark::Errored(reason) => listener.hear(&Event::Errored {
                probe: String::new(),
                object,
                command: command.name().to_owned(),
                role: caller.role.clone(),
                reason: reason.clone(),
            }),
            Mark::Stopped | Mark::Leaked => {}
        }
    }
}

pub(super) fn name(scene: &Scene, object: Object) -> String {
    match object {
        Object::Relation(oid) => scene
            .relation(oid)
            .map(|r| format!("{}.{}", r.schema, r.name))
            .unwrap_or_default(),
        Object::Function(oid) => scene
            .catalog
            .functions
            .iter()
            .find(|f| f.oid == oid)
            .map(|f| format!("{}.{}", f.schema, f.name))
            .unwrap_or_default(),
    }
}

pub fn summary(
    plan: &CheckPlan,
    judged: &[Judged],
    coverage: &BTreeMap<Cell, Mark>,
    findings: usize,
    started: Instant,
) -> Summary {
    // A call whose arguments reached nothing, of a function that other calls decided, neither proves nor fails anything.
    let spare = |judged: &&Judged| {
        let attack = &judged.attack;
        let mark = coverage.get(&(attack.object, attack.command, attack.attacker));
        matches!(judged.verdict, Verdict::Unproven(_))
            && (is_beyond_grid(attack) || !matches!(mark, Some(Mark::Unproven(_))))
    };
    let counted: Vec<&Judged> = judged.iter().filter(|judged| !spare(judged)).collect();
    let count =
        |wanted: fn(&Verdict) -> bool| counted.iter().filter(|j| wanted(&j.verdict)).count();
    let proven: BTreeSet<&Cell> = coverage
        .iter()
        .filter(|(_, mark)| matches!(mark, Mark::Stopped | Mark::Leaked))
        .map(|(cell, _)| cell)
        .collect();
    Summary {
        system: plan.system.clone(),
        attacks: counted.len(),
        stopped: count(|v| matches!(v, Verdict::Stopped(_))),
        leaked: count(|v| matches!(v, Verdict::Leaked(_))),
        unproven: count(|v| matches!(v, Verdict::Unproven(_))),
        errored: count(|v| matches!(v, Verdict::Errored(_))),
        not_reached: 0,
        findings,
        accepted: 0,
        cells: coverage.len(),
        cells_proven: proven.len(),
        elapsed_ms: u64::try_from(started.elapsed().as_millis()).unwrap_or(u64::MAX),
    }
}
