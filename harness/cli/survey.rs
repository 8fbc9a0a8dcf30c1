//! Runs the engine for the commands that attack nothing.
use super::conduct::{self, End};
use super::flags::Target;
use super::{Engine, Exit, Session, Survey};
use crate::config::{CheckPlan, Known, Resolved, resolve};
use crate::error::Failure;
use crate::event::{Event, Listener};
use crate::report::Progress;
use crate::stop::Stop;

/// What is inferred of each system that the flags name; `None` when stopped by Ctrl-C.
pub(super) fn of<E: Engine>(
    target: &Target,
    session: &Session<'_, E>,
) -> Result<Option<Vec<(CheckPlan, Survey)>>, Failure> {
    let resolved = decide(target, session)?;
    each(session, &resolved, async |plan, stop, told| {
        let survey = session.engine.survey(plan, stop, told).await?;
        Ok((plan.clone(), survey))
    })
}

/// The systems that the flags name.
pub(super) fn decide<E: Engine>(
    target: &Target,
    session: &Session<'_, E>,
) -> Result<Resolved, Failure> {
    let config = session.config()?;
    let known = Known {
        probes: &[],
        formats: &["full"],
    };
    let settings = session.global.settings().over(target.settings());
    let profile = session.global.profile.as_deref();
    // Which probes run and how they are reported does not matter here.
    let config = crate::config::Config {
        settings: crate::config::Settings {
            probe: None,
            skip_probe: None,
            format: None,
            ..config.settings
        },
        ..config
    };
    Ok(resolve(settings, profile, &config, session.working, known)?)
}

/// Does the work for each system; `None` when stopped by Ctrl-C.
pub(super) fn each<E: Engine, T>(
    session: &Session<'_, E>,
    resolved: &Resolved,
    work: impl AsyncFn(&CheckPlan, &Stop, &mut dyn Listener) -> Result<T, Failure>,
) -> Result<Option<Vec<T>>, Failure> {
    let look = session.streams.error_look(resolved.color);
    let mut told = Told(session.streams.progress(resolved.quiet, &look));
    let stop = Stop::default();
    let end = conduct::end_of(&stop, async {
        let mut done = Vec::new();
        for plan in &resolved.plans {
            done.push(work(plan, &stop, &mut told).await?);
        }
        Ok(done)
    })?;
    told.0.clear();
    match end {
        End::Done(done) => done.map(Some),
        End::Stopped => Ok(None),
        End::Failed(failure) => Err(failure),
        End::Panicked => Err(Failure::new(Exit::Bug.code(), "nothing can be shown")),
    }
}

/// Only progress is shown; what there is to say is printed at the end.
struct Told(Progress);

impl Listener for Told {
    fn hear(&mut self, event: &Event) {
        self.0.hear(event);
    }
}
