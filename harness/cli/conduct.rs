//! Conducts the work of a command: decides on what, runs it until it is done or stopped, and says how it ended.
use super::{Engine, Exit, Session, bug, exit, runtime, stop};
use crate::config::{Known, Resolved, Settings, resolve, resolve_reports};
use crate::error::Failure;
use crate::event::{Event, Listener, Summary};
use crate::report::{self, Look, ReportError, Reports};
use crate::stop::Stop;

/// The systems that the settings name and all that the configuration says of them.
pub(super) fn decide<E: Engine>(
    settings: Settings,
    profile: Option<&str>,
    session: &Session<'_, E>,
) -> Result<Resolved, Failure> {
    let probes: Vec<&str> = session.engine.probes().iter().map(|p| p.name).collect();
    let formats: Vec<&str> = report::ALL.iter().map(|format| format.name).collect();
    let known = Known {
        probes: &probes,
        formats: &formats,
    };
    let config = session.config()?;
    Ok(resolve(settings, profile, &config, session.working, known)?)
}

/// How events are shown that are there already.
pub(super) fn decide_reports<E: Engine>(
    settings: Settings,
    session: &Session<'_, E>,
) -> Result<Resolved, Failure> {
    let formats: Vec<&str> = report::ALL.iter().map(|format| format.name).collect();
    let known = Known {
        probes: &[],
        formats: &formats,
    };
    let profile = session.global.profile.as_deref();
    Ok(resolve_reports(
        settings,
        profile,
        &session.config()?,
        known,
    )?)
}

/// How work ended that could be stopped.
pub(super) enum End<T> {
    Done(T),
    /// By Ctrl-C or one of its like.
    Stopped,
    /// It could not begin.
    Failed(Failure),
    /// It has told so itself.
    Panicked,
}

/// Does the work until it is done or stopped.
pub(super) fn end_of<T>(stop: &Stop, work: impl Future<Output = T>) -> Result<End<T>, Failure> {
    let runtime = runtime()?;
    let finished = bug::contain(|| runtime.block_on(stop::until_stopped(stop, work)));
    Ok(match finished {
        Some(Ok(Some(done))) => End::Done(done),
        Some(Ok(None)) => End::Stopped,
        Some(Err(reason)) => {
            let title = format!("cannot listen for Ctrl-C: {reason}");
            End::Failed(Failure::new(Exit::Bug.code(), title))
        }
        None => End::Panicked,
    })
}

/// Does the work for one plan after the other: each has the whole machine, and reports do not interleave.
pub(super) fn report_each<E: Engine, P>(
    plans: &[P],
    mut reports: Reports,
    session: &Session<'_, E>,
    work: impl AsyncFn(&P, &Stop, &mut Reports) -> Result<Summary, Failure>,
) -> Result<Exit, Failure> {
    let stop = Stop::default();
    let end = end_of(&stop, async {
        for plan in plans {
            let outcome = work(plan, &stop, &mut reports).await;
            // What fails after a stop is a consequence of it, and no other system shall begin.
            if stop.is_asked() {
                return;
            }
            if let Err(failure) = outcome {
                reports.hear(&Event::Failed(Box::new(failure)));
            }
        }
    })?;
    let panicked = matches!(end, End::Panicked);
    match end {
        End::Stopped => reports.hear(&Event::Interrupted),
        End::Failed(failure) => reports.hear(&Event::Failed(Box::new(failure))),
        End::Done(()) | End::Panicked => {}
    }
    Ok(close(reports, panicked, session))
}

/// After the last event: tells what could not be written, and how the run ended.
pub(super) fn close<E: Engine>(reports: Reports, panicked: bool, session: &Session<'_, E>) -> Exit {
    let (mut tally, trouble) = reports.close();
    if panicked {
        tally.failures.push(Exit::Bug.code());
    }
    if let Some(trouble) = trouble {
        tally.failures.push(trouble.exit_code());
        session.tell(&unwritten(&trouble));
    }
    exit::of(&tally)
}

/// The reports that the settings ask for.
pub(super) fn open<E: Engine>(
    resolved: &Resolved,
    session: &Session<'_, E>,
) -> Result<Reports, Failure> {
    let look = Look {
        many: resolved.plans.len() > 1,
        events: resolved.output.join("events.jsonl").display().to_string(),
        ..session.streams.look(resolved.color)
    };
    let format = named_format(&resolved.format)?;
    let paper = Look {
        color: false,
        width: 100,
        ..look.clone()
    };
    let progress = session.streams.progress(resolved.quiet, &look);
    let error_look = session.streams.error_look(resolved.color);
    let mut reports = Reports::open(
        &session.working.join(&resolved.output),
        (format.make)(look),
        error_look,
        progress,
        (session.streams.out)(),
        (session.streams.err)(),
    )
    .map_err(|error| unwritten(&error))?;
    for (name, file) in &resolved.reports {
        let path = session.working.join(file);
        let report = (named_format(name)?.make)(paper.clone());
        reports.add_file(&path, report).map_err(|e| unwritten(&e))?;
    }
    Ok(reports)
}

fn named_format(name: &str) -> Result<&'static report::Format, Failure> {
    report::format(name).ok_or_else(|| {
        let title = format!("there is no report format named `{name}`");
        Failure::new(Exit::Usage.code(), title)
    })
}

fn unwritten(error: &ReportError) -> Failure {
    let help = match error {
        ReportError::File { .. } => "name a file that can be written: `--report FORMAT=FILE`",
        _ => "choose a folder that can be written to: `--output DIR`",
    };
    Failure::new(error.exit_code(), error.to_string()).help(help)
}
