//! `watertight check`: attack, report, and say by the exit code how it ended.
use super::fixes::{self, Fixes};
use super::flags::Check;
use super::{Engine, Exit, Session, conduct, kept, recorded};
use crate::config::{CheckPlan, Date, Gate, Resolved};
use crate::error::Failure;
use crate::event::{Event, Listener};
use crate::report::{Baseline, Compared, Reports};
use crate::scenario::{Base, Scenario};
use std::cell::{Cell, RefCell};
use std::path::Path;
use std::time::Instant;

pub(super) fn run<E: Engine>(flags: &Check, session: &Session<'_, E>) -> Result<Exit, Failure> {
    let resolved = decide(flags, session)?;
    // Read before anything is written: it may be the file that is written anew.
    let baseline = recorded::baseline(&resolved, session)?;
    let mut reports = conduct::open(&resolved, session)?;
    if let Some(directory) = &resolved.taken {
        let text = format!(
            "no migrations were named, so {} is checked",
            directory.display()
        );
        reports.hear(&Event::Note { text });
    }
    let shares = Shares::of(resolved.plans.len());
    let none = Baseline::default();
    let mended = RefCell::new(Vec::new());
    let work = async |plan: &CheckPlan, stop: &_, reports: &mut Reports| {
        let plan = &shares.next(plan);
        let known = baseline.as_ref().unwrap_or(&none);
        let mut compared = Compared::new(known, plan.partial, reports);
        let mut found = Vec::new();
        let mut fixes = Fixes {
            found: &mut found,
            inner: &mut compared,
        };
        let mut gate = Gate::new(plan, Date::today(), &mut fixes);
        let attack = session.engine.check(plan, stop, &mut gate);
        let outcome = match plan.keep_server {
            true => kept::beside(stop, session, attack).await,
            false => attack.await,
        };
        mended.borrow_mut().append(&mut found);
        outcome
    };
    let exit = conduct::report_each(&resolved.plans, reports, session, work)?;
    if let Some(path) = &resolved.fix_file {
        fixes::write(&session.working.join(path), &mended.borrow())?;
    }
    Ok(exit)
}

/// Divides the time evenly among the systems that are left: what one does not need, those after it have.
struct Shares {
    begun: Instant,
    left: Cell<u32>,
}

impl Shares {
    fn of(systems: usize) -> Shares {
        Shares {
            begun: Instant::now(),
            left: Cell::new(u32::try_from(systems).unwrap_or(u32::MAX)),
        }
    }

    fn next(&self, plan: &CheckPlan) -> CheckPlan {
        let left = self.left.get().max(1);
        self.left.set(left - 1);
        let share = |time: std::time::Duration| time.saturating_sub(self.begun.elapsed()) / left;
        CheckPlan {
            time: plan.time.map(share),
            ..plan.clone()
        }
    }
}

fn decide<E: Engine>(flags: &Check, session: &Session<'_, E>) -> Result<Resolved, Failure> {
    let mut settings = session.global.settings().over(flags.settings());
    let scenario = scenario_of(flags, session.working);
    if let Some(Scenario {
        base: Base::System(name),
        ..
    }) = &scenario
    {
        settings.migrations = None;
        settings.system = Some(vec![name.clone()]);
    }
    let profile = session.global.profile.as_deref();
    let mut resolved = conduct::decide(settings, profile, session)?;
    let stored = super::replay::stored(&resolved, session.working);
    for plan in &mut resolved.plans {
        plan.saved = Some(resolved.output.join("cases"));
        plan.stored = stored.clone();
    }
    if let Some(scenario) = scenario {
        resolved.plans = resolved
            .plans
            .into_iter()
            .take(1)
            .map(|plan| scenario.plan(plan))
            .collect();
    }
    Ok(resolved)
}

/// A file with a scenario's header says itself what it stands on.
fn scenario_of(flags: &Check, working: &Path) -> Option<Scenario> {
    let path = flags.target.directory.as_ref()?;
    let is_sql = path.extension().is_some_and(|extension| extension == "sql");
    let text = is_sql.then(|| std::fs::read_to_string(working.join(path)).ok())??;
    Scenario::parse(path, &text).ok()
}
