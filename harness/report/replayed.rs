//! Words for saved cases that were tried again.
use super::Look;
use super::excerpt::draw_failure;
use super::plain::one_line;
use crate::error::Failure;
use crate::event::{Bisected, Opened, Replay, ReplayOutcome};

/// One line for each case, with the reason below it where there is one, and a last line that counts.
pub fn replayed(replays: &[Replay]) -> String {
    let mut text: String = replays.iter().map(|replay| line(replay) + "\n").collect();
    let count = |name: &str| replays.iter().filter(|r| r.outcome.name() == name).count();
    let cases = match replays.len() {
        1 => "1 case".to_owned(),
        many => format!("{many} cases"),
    };
    text.push_str(&format!(
        "\n{cases}: {} fixed, {} leaking, {} could not be run\n",
        count("fixed"),
        count("leaks"),
        count("cannot run")
    ));
    text
}

/// `leaks       6bed6ec3e01d1d19  org_a's user 1 can read …`
pub(super) fn line(replay: &Replay) -> String {
    let said = format!(
        "{:<11} {}  {}",
        replay.outcome.name(),
        replay.fingerprint,
        one_line(&replay.title)
    );
    match &replay.outcome {
        ReplayOutcome::CannotRun(why) => format!("{said}\n            {}", one_line(why)),
        _ => said,
    }
}

/// What a run tells of a case that it tried first; a fixed one is passed in silence.
pub(super) fn draw(replay: &Replay, look: &Look) -> Option<String> {
    let case = replay.case.display();
    let failure = match &replay.outcome {
        ReplayOutcome::Fixed => return None,
        ReplayOutcome::Leaks => Failure::new(1, format!("the saved case leaks: {}", replay.title))
            .note(format!("saved in {case}"))
            .help(format!(
                "`watertight bisect {case}` names the migration that opened it"
            )),
        ReplayOutcome::CannotRun(why) => Failure::new(
            3,
            format!("the saved case cannot be tried: {}", replay.title),
        )
        .note(why.clone())
        .note(format!("saved in {case}"))
        .help("run `watertight check`; when that is clean, the case has had its day: remove it"),
    };
    Some(draw_failure(&failure, look))
}

/// The migration that opened a leak, with its statement.
pub fn bisected(title: &str, found: &Bisected) -> String {
    let opened = match found {
        Bisected::Opened(opened) => opened,
        Bisected::Closed(ReplayOutcome::CannotRun(why)) => {
            return format!("the case cannot be tried after the last migration: {why}\n");
        }
        Bisected::Closed(_) => {
            return "the case does not leak after the last migration: it is fixed\n".to_owned();
        }
    };
    let Opened { place, steps, .. } = &**opened;
    let before = match &opened.before {
        ReplayOutcome::CannotRun(why) => format!("before it the attack cannot be made: {why}"),
        _ => "before it the attack shows nothing".to_owned(),
    };
    let lines = opened.statement.lines().map(|line| format!("    {line}\n"));
    format!(
        "{}\nopened by {} at {}:{}:{}\n\n{}\n{}\nfound in {steps} steps among {} migrations\n",
        one_line(title),
        opened.migration,
        place.file.display(),
        place.line.0,
        place.column.0,
        lines.collect::<String>(),
        one_line(&before),
        opened.migrations
    )
}
