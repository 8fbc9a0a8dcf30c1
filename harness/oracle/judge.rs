//! Weighs what was seen against the controls. Pure: observations go in, a verdict comes out.
use super::observation::{Observation, Outcome, Refusal};
use super::sight::Sight;
use super::verdict::{Control, Gain, Leak, Reason, Verdict, Witness};
use crate::probes::{Attack, Command, Form, Standing};
use crate::sqlstate::SqlState;

/// What the controls of an attack showed.
#[derive(Debug, Clone, PartialEq)]
pub struct Controls {
    /// A superuser with the victim's claims reached the row.
    pub privileged: bool,
    /// The same without triggers and foreign keys.
    pub unchecked: bool,
    /// How the privileged control ended, for people.
    pub summary: String,
    pub sqlstate: Option<SqlState>,
    /// Some honest member reached rows of its own by this command, or no policy and no grant lets anybody.
    pub living: bool,
    /// Without the victim's rows the attack ends in the same way. `None` when not tried.
    pub alike: Option<bool>,
    /// Without the victim's rows the victim's member sees something else. `None` when not tried.
    pub depends: Option<bool>,
}

/// The verdict on an attack that did not leak by itself.
pub fn weigh(
    attack: &Attack,
    standing: Standing,
    observation: &Observation,
    sight: Sight,
    controls: &Controls,
) -> Verdict {
    if let Some(leak) = sight.leak {
        return Verdict::Leaked(leak);
    }
    if attack.command == Command::Call {
        return weigh_call(observation, controls);
    }
    if let Some(refusal) = observation.refusal() {
        return weigh_refusal(attack, standing, refusal, controls);
    }
    let privileged = Witness::of(Control::Privileged, controls.privileged);
    let unchecked = Witness::of(Control::Unchecked, controls.unchecked);
    match privileged.or(unchecked) {
        Some(witness) if controls.living => Verdict::Stopped(witness),
        Some(_) => Verdict::Unproven(Reason::NobodyReaches),
        None => unreachable(controls),
    }
}

fn unreachable(controls: &Controls) -> Verdict {
    Verdict::Unproven(Reason::Unreachable {
        control: controls.summary.clone(),
    })
}

/// A refusal is a stop where the statement would have reached the row without what refused it.
fn weigh_refusal(
    attack: &Attack,
    standing: Standing,
    refusal: &Refusal,
    controls: &Controls,
) -> Verdict {
    let privileged = Witness::of(Control::Privileged, controls.privileged);
    let unchecked = Witness::of(Control::Unchecked, controls.unchecked);
    let failed = || {
        Verdict::Unproven(Reason::Failed {
            sqlstate: refusal.sqlstate,
            message: refusal.message.clone(),
        })
    };
    let refused_alike = controls.sqlstate == Some(refusal.sqlstate);
    let constrained = controls.sqlstate.is_some_and(|state| state.is_constraint());
    match refusal.sqlstate {
        SqlState::InsufficientPrivilege => privileged
            .or(unchecked)
            .map_or_else(|| unreachable(controls), Verdict::Stopped),
        // The row was reached, and the view's own condition refuses what it would become.
        SqlState::WithCheckOptionViolation => privileged
            .or(unchecked)
            .or_else(|| Witness::of(Control::Closed, true))
            .map_or_else(failed, Verdict::Stopped),
        // A constraint or a trigger that refuses everybody the same, and that alone: without it the control reaches.
        state if refused_alike => {
            let made_up = matches!(attack.form, Form::Whole | Form::Taking);
            let closed = Witness::of(Control::Closed, made_up && asks_the_row_alone(state));
            unchecked.or(closed).map_or_else(failed, Verdict::Stopped)
        }
        // A reference that the attacker may not make can meet another constraint when the victim's member makes it.
        SqlState::ForeignKeyViolation if constrained => unchecked
            .or(privileged)
            .map_or_else(failed, Verdict::Stopped),
        // A trigger that names the application's roles lets the control through where a key stops it.
        SqlState::RaiseException => privileged
            .or(unchecked)
            .map_or_else(failed, Verdict::Stopped),
        state if state.is_constraint() && attack.command != Command::Select => {
            privileged.map_or_else(failed, Verdict::Stopped)
        }
        state if controls.alike == Some(true) => {
            refused_unseen(state, standing, controls).map_or_else(failed, Verdict::Stopped)
        }
        _ => failed(),
    }
}

/// The witness of a refusal that tells nothing, because it comes alike without the victim's rows.
fn refused_unseen(state: SqlState, standing: Standing, controls: &Controls) -> Option<Witness> {
    // Claims of the wrong shape make casts fail. So does a setting that is read without being set (42704), where
    // `current_setting` was not told to forgive it.
    let claims = state.class() == "22" || state == SqlState::UndefinedObject;
    if claims && !standing.is_honest() {
        return Witness::of(Control::Privileged, controls.privileged);
    }
    // A policy that reads its own table is refused while the statement is rewritten, before any row is read.
    let recursion = state == SqlState::InvalidObjectDefinition;
    Witness::of(
        Control::Recursion,
        recursion && (controls.privileged || controls.unchecked),
    )
}

/// A constraint that is decided by the written row and nothing else: a mixture of two owners' values that it refuses can
/// be written by nobody. (A value that an attack only made up says less: another value might be accepted.)
fn asks_the_row_alone(state: SqlState) -> bool {
    matches!(state, SqlState::NotNullViolation | SqlState::CheckViolation)
}

/// A function call tells by difference: with and without the victim's rows.
fn weigh_call(observation: &Observation, controls: &Controls) -> Verdict {
    if controls.alike == Some(false) {
        let with = observation.summary("call");
        return Verdict::Leaked(Leak {
            victim: None,
            elsewhere: None,
            gain: Gain::Sensed {
                with,
                without: "another result without the victim's rows".to_owned(),
            },
            rows: 1,
        });
    }
    let reached = Witness::of(Control::Privileged, controls.privileged)
        .or_else(|| Witness::of(Control::Difference, controls.depends == Some(true)));
    match (reached, observation.refusal()) {
        (Some(witness), None) => Verdict::Stopped(witness),
        (Some(witness), Some(refusal))
            if matches!(
                refusal.sqlstate,
                SqlState::InsufficientPrivilege | SqlState::RaiseException
            ) || controls.alike == Some(true) =>
        {
            Verdict::Stopped(witness)
        }
        (_, Some(refusal)) if refusal.sqlstate != SqlState::InsufficientPrivilege => {
            Verdict::Unproven(Reason::Failed {
                sqlstate: refusal.sqlstate,
                message: refusal.message.clone(),
            })
        }
        _ => Verdict::Unproven(Reason::Independent),
    }
}

/// Whether two observations tell the same: rows as a multiset, counts, SQLSTATE and texts.
pub fn tell_alike(a: &Observation, b: &Observation) -> bool {
    match (&a.outcome, &b.outcome) {
        (
            Outcome::Done {
                rows: left,
                count: m,
            },
            Outcome::Done {
                rows: right,
                count: n,
            },
        ) => {
            let sorted = |rows: &[Vec<Option<String>>]| {
                let mut rows = rows.to_vec();
                rows.sort();
                rows
            };
            m == n && sorted(left) == sorted(right)
        }
        (Outcome::Refused(left), Outcome::Refused(right)) => left == right,
        _ => false,
    }
}

/// The same, and the messages on the side.
pub fn sound_alike(a: &Observation, b: &Observation) -> bool {
    tell_alike(a, b) && a.notices == b.notices
}

/// What differs between two observations, in words: the first row that only the one has, or how each ended.
pub fn difference(a: &Observation, b: &Observation, command: &str) -> (String, String) {
    let only = |left: &Observation, right: &Observation| -> Option<String> {
        let (Outcome::Done { rows: left, .. }, Outcome::Done { rows: right, .. }) =
            (&left.outcome, &right.outcome)
        else {
            return None;
        };
        let row = left.iter().find(|row| !right.contains(row))?;
        let cells: Vec<&str> = row
            .iter()
            .map(|cell| cell.as_deref().unwrap_or("NULL"))
            .collect();
        Some(format!("({})", cells.join(", ")))
    };
    let heard = |own: &Observation, other: &Observation| {
        let text = own
            .notices
            .iter()
            .find(|text| !other.notices.contains(text))?;
        Some(format!("the message \u{201c}{text}\u{201d}"))
    };
    let told = |own: &Observation, other: &Observation| {
        only(own, other)
            .or_else(|| heard(own, other).filter(|_| tell_alike(own, other)))
            .unwrap_or_else(|| own.summary(command))
    };
    (told(a, b), told(b, a))
}

/// Whether two refusals are of the same kind. What the server shows of the refused row differs from run to run where its
/// key is made anew each time.
pub fn refused_alike(a: &Observation, b: &Observation) -> bool {
    match (a.refusal(), b.refusal()) {
        (Some(left), Some(right)) => {
            (left.sqlstate, &left.message, &left.constraint)
                == (right.sqlstate, &right.message, &right.constraint)
        }
        _ => false,
    }
}
