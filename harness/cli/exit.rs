//! Exit codes: what a script can rely on.
use crate::report::Tally;

/// How a run ended. The numbers are a promise: they change only with the major version.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Exit {
    /// Every attack was stopped, and every cell was decided or is allowed to stay undecided.
    Clean = 0,
    /// A tenant got at what is another tenant's; or, of `plans`, a plan is worse than in its baseline.
    Leak = 1,
    /// The command line, the configuration or a migration is wrong; nothing was attacked.
    Usage = 2,
    /// No leak, but some cells could not be decided, so nothing is known of them.
    Unproven = 3,
    /// Members cannot reach their own rows, so being stopped at other rows would prove nothing.
    Baseline = 4,
    /// No PostgreSQL to attack in.
    NoServer = 5,
    /// A bug in watertight.
    Bug = 70,
    /// Stopped by Ctrl-C or SIGTERM; what was found until then has been written.
    Interrupted = 130,
}

impl Exit {
    const ALL: [Exit; 8] = [
        Exit::Interrupted,
        Exit::Bug,
        Exit::Leak,
        Exit::Baseline,
        Exit::Usage,
        Exit::NoServer,
        Exit::Unproven,
        Exit::Clean,
    ];

    pub fn code(self) -> u8 {
        self as u8
    }

    /// The meaning of a stage's code; codes that nobody promised are bugs.
    fn of_code(code: u8) -> Exit {
        Exit::ALL
            .into_iter()
            .find(|exit| exit.code() == code)
            .unwrap_or(Exit::Bug)
    }
}

/// How the whole run ended. Over several systems the worst counts: a leak outranks whatever could not be done
/// elsewhere, because it is certain.
pub fn of(tally: &Tally) -> Exit {
    let mut seen: Vec<Exit> = tally
        .failures
        .iter()
        .map(|&code| Exit::of_code(code))
        .collect();
    if tally.interrupted {
        seen.push(Exit::Interrupted);
    }
    if tally.leaks > 0 || tally.broken > 0 {
        seen.push(Exit::Leak);
    }
    // An attack that went wrong decided nothing either.
    if tally.unproven > 0 || tally.errored > 0 {
        seen.push(Exit::Unproven);
    }
    Exit::ALL
        .into_iter()
        .find(|exit| seen.contains(exit))
        .unwrap_or(Exit::Clean)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_leak_outranks_a_system_that_does_not_migrate() {
        let tally = Tally {
            leaks: 1,
            failures: vec![2],
            ..Tally::default()
        };
        assert_eq!(of(&tally), Exit::Leak);
    }

    #[test]
    fn an_errored_attack_is_never_clean() {
        let tally = Tally {
            errored: 1,
            ..Tally::default()
        };
        assert_eq!(of(&tally), Exit::Unproven);
        assert_eq!(of(&Tally::default()), Exit::Clean);
    }

    #[test]
    fn an_unpromised_code_is_a_bug() {
        let tally = Tally {
            failures: vec![99],
            ..Tally::default()
        };
        assert_eq!(of(&tally), Exit::Bug);
    }
}
