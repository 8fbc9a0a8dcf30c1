//! `watertight selftest`: plants every scenario; shows what was found and what was rightly left alone.
use super::conduct::{self, End};
use super::flags::Selftest;
use super::{Engine, Exit, Session};
use crate::config::{CheckPlan, Settings};
use crate::error::Failure;
use crate::event::{Event, Summary};
use crate::scenario::classes::{self, How};
use crate::scenario::{Base, Expected, Scenario};
use crate::stop::Stop;
use std::path::{Path, PathBuf};

/// How one scenario went.
struct Line {
    scenario: Scenario,
    differences: Vec<String>,
    summary: Option<Summary>,
}

impl Line {
    /// As expected; a canary, whose expectation is wrong, must have been noticed.
    fn is_right(&self) -> bool {
        self.differences.is_empty() != self.scenario.canary
    }
}

pub(super) fn run<E: Engine>(flags: &Selftest, session: &Session<'_, E>) -> Result<Exit, Failure> {
    let scenarios = read_all(&flags.paths, session.working)?;
    let stop = Stop::default();
    let end = conduct::end_of(&stop, async {
        let mut lines = Vec::new();
        for scenario in scenarios {
            if !stop.is_asked() {
                let line = try_one(scenario, flags, &stop, session).await?;
                session.print(&line.text())?;
                lines.push(line);
            }
        }
        Ok::<Vec<Line>, Failure>(lines)
    })?;
    let lines = match end {
        End::Done(lines) => lines?,
        End::Stopped => return Ok(Exit::Interrupted),
        End::Failed(failure) => return Err(failure),
        End::Panicked => return Ok(Exit::Bug),
    };
    session.print(&table(&lines))?;
    Ok(match lines.iter().all(Line::is_right) {
        true => Exit::Clean,
        false => Exit::Leak,
    })
}

async fn try_one<E: Engine>(
    scenario: Scenario,
    flags: &Selftest,
    stop: &Stop,
    session: &Session<'_, E>,
) -> Result<Line, Failure> {
    let plan = base(&scenario, flags, session)?;
    let mut events: Vec<Event> = Vec::new();
    let outcome = match scenario.is_rehearsal() {
        true => {
            let plan = scenario.rehearsal(plan);
            session.engine.rehearse(&plan, stop, &mut events).await
        }
        false => {
            let plan = scenario.plan(plan);
            session.engine.check(&plan, stop, &mut events).await
        }
    };
    let (differences, summary) = match outcome {
        Ok(summary) => (scenario.differences(&events), Some(summary)),
        Err(failure) => {
            let notes = failure.notes.join("; ");
            (
                vec![format!("did not run: {} {notes}", failure.title)],
                None,
            )
        }
    };
    Ok(Line {
        scenario,
        differences,
        summary,
    })
}

/// The plan of the system that a scenario stands on.
fn base<E: Engine>(
    scenario: &Scenario,
    flags: &Selftest,
    session: &Session<'_, E>,
) -> Result<CheckPlan, Failure> {
    let settings = Settings {
        system: match &scenario.base {
            Base::System(name) => Some(vec![name.clone()]),
            _ => None,
        },
        migrations: match &scenario.base {
            Base::System(_) => None,
            _ => Some(vec![scenario.path.clone()]),
        },
        jobs: flags.jobs,
        patches: Some(false),
        ..session.global.settings()
    };
    let asked = session.global.profile.as_deref();
    let profile = asked.or_else(|| scenario.profile());
    let resolved = conduct::decide(settings, profile, session)?;
    resolved.plans.into_iter().next().ok_or_else(|| {
        let title = format!("{} stands on no system", scenario.path.display());
        Failure::new(Exit::Usage.code(), title)
    })
}

/// Reads every scenario below the paths, sorted by path.
fn read_all(paths: &[PathBuf], working: &Path) -> Result<Vec<Scenario>, Failure> {
    let mut files = Vec::new();
    for path in paths {
        collect(&working.join(path), &mut files).map_err(|reason| {
            let title = format!("cannot read {}: {reason}", path.display());
            Failure::new(Exit::Usage.code(), title)
        })?;
    }
    files.sort();
    files
        .iter()
        .map(|path| {
            let shown = path.strip_prefix(working).unwrap_or(path);
            Scenario::read(shown)
                .map_err(|error| Failure::new(error.exit_code(), error.to_string()))
        })
        .collect()
}

fn collect(path: &Path, files: &mut Vec<PathBuf>) -> std::io::Result<()> {
    if path.is_dir() {
        for entry in std::fs::read_dir(path)? {
            collect(&entry?.path(), files)?;
        }
        return Ok(());
    }
    if path.extension().is_some_and(|extension| extension == "sql") {
        files.push(path.to_owned());
    }
    Ok(())
}

/// One line a leak class, then the verdict.
fn table(lines: &[Line]) -> String {
    let mut text = String::new();
    if lines.len() > 1 {
        text.push_str(&by_class(lines));
    }
    let scored: Vec<&Line> = lines.iter().filter(|line| !line.scenario.canary).collect();
    let (found, leaks) = score(scored.iter().copied().filter(|line| line.plants()));
    let (alone, safe) = score(scored.iter().copied().filter(|line| !line.plants()));
    text.push_str(&format!(
        "{found} of {leaks} planted leaks found as expected, {alone} of {safe} look-alikes left alone\n"
    ));
    let canaries = lines.iter().filter(|line| line.scenario.canary);
    let (heard, all) = score(canaries);
    if all > 0 {
        text.push_str(&format!("{heard} of {all} canaries heard\n"));
    }
    text
}

impl Line {
    /// What a person reads as soon as the scenario ended.
    fn text(&self) -> String {
        let mark = if self.is_right() { "ok" } else { "FAILED" };
        let path = self.scenario.path.display().to_string();
        let mut text = format!("{mark:7} {path:70} {:6} ms\n", self.took());
        if self.scenario.canary && !self.is_right() {
            text.push_str("          a wrong expectation went unnoticed: the alarm is dead\n");
        }
        for difference in self.differences.iter().filter(|_| !self.scenario.canary) {
            text.push_str(&format!("          {difference}\n"));
        }
        text
    }

    fn plants(&self) -> bool {
        let leak = |expected: &Expected| matches!(expected, Expected::Leak { .. });
        self.scenario.expected.iter().any(leak)
    }

    fn took(&self) -> u64 {
        self.summary
            .as_ref()
            .map_or(0, |summary| summary.elapsed_ms)
    }
}

fn score<'l>(lines: impl Iterator<Item = &'l Line>) -> (usize, usize) {
    lines.fold((0, 0), |(right, all), line| {
        (right + usize::from(line.is_right()), all + 1)
    })
}

/// The detection table: what each class planted, what was found of it, and what was rightly left alone.
fn by_class(lines: &[Line]) -> String {
    let mut text = format!(
        "\n{:>5}  {:<42} {:>8} {:>7} {:>11} {:>9}\n",
        "class", "", "planted", "found", "look-alikes", "time"
    );
    for class in classes::ALL {
        let of = |plants: bool| {
            let own = move |line: &&Line| {
                line.scenario.classes.contains(&class.number) && line.plants() == plants
            };
            lines.iter().filter(own)
        };
        let (found, planted) = score(of(true));
        let (alone, safe) = score(of(false));
        let took: u64 = of(true).chain(of(false)).map(Line::took).sum();
        let line = match class.how {
            How::Attack if planted + safe == 0 => continue,
            How::Attack => format!(
                "{planted:>8} {found:>7} {:>11} {:>6.1} s",
                format!("{alone} of {safe}"),
                took as f64 / 1000.0
            ),
            How::Engine => "  the server's own: tried once in every run".to_owned(),
            How::Control(says) => format!("  control: {says}"),
            How::Advice(says) => format!("  advice: {says}"),
            How::Open(says) => format!("  NOT YET TRIED: {says}"),
            How::Outside(says) => format!("  out of scope: {says}"),
        };
        text.push_str(&format!("{:>5}  {:<42} {line}\n", class.number, class.name));
    }
    text.push('\n');
    text
}
