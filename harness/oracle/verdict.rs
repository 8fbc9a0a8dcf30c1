//! The four outcomes of an attack. A stop needs a witness, and a witness can only be made from a control that reached.
use crate::catalog::Oid;
use crate::sqlstate::SqlState;
use crate::world::TenantId;

/// What is known after an attack and its controls.
#[derive(Debug, Clone, PartialEq)]
pub enum Verdict {
    Stopped(Witness),
    Leaked(Leak),
    /// The attack proved nothing; never a pass.
    Unproven(Reason),
    /// Something that the harness did not foresee.
    Errored(String),
}

/// Proof that the attack could have succeeded: the same statement, run by a role that may, reached the victim's row.
/// Its field is private: nothing but [`Witness::of`] makes one, so a vacuous pass does not type-check.
#[derive(Debug, Clone, PartialEq)]
pub struct Witness {
    how: Control,
}

/// Which control reached the victim's row.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Control {
    /// A superuser with the claims of the victim's member.
    Privileged,
    /// The same without triggers and foreign keys: with them, nobody can do it.
    Unchecked,
    /// A CHECK, a NOT NULL or a view's CHECK OPTION refuses this very row: it is asked of nothing but the row itself, and
    /// there was a row to ask it of.
    Closed,
    /// Policies that call themselves: PostgreSQL refuses the statement to everybody, whatever the rows are.
    Recursion,
    /// The victim's member sees another result when the victim's rows are taken out.
    Difference,
    /// The write went through to a row of the caller's own, and nobody reads or reaches anything else after it.
    Consequence,
}

impl Witness {
    /// A witness, if the control reached what the attack was aimed at.
    pub fn of(how: Control, reached: bool) -> Option<Witness> {
        reached.then_some(Witness { how })
    }

    pub fn how(&self) -> Control {
        self.how
    }
}

/// What the attacker got.
#[derive(Debug, Clone, PartialEq)]
pub struct Leak {
    pub victim: Option<TenantId>,
    pub gain: Gain,
    /// Where the reached rows stand, when it is known and is another relation than the attacked one.
    pub elsewhere: Option<Oid>,
    /// How many rows of others were reached.
    pub rows: usize,
}

#[derive(Debug, Clone, PartialEq)]
pub enum Gain {
    /// Received a value of a foreign row.
    Received {
        sample: String,
    },
    /// Received a value of a foreign row in an error or a message on the side.
    Told {
        sample: String,
    },
    Changed,
    Removed,
    /// A new row belongs to another tenant.
    Planted,
    /// A row of the attacker's own now belongs to another tenant.
    Moved,
    /// A row of the attacker's own refers to a foreign row.
    Referred,
    /// What was stored makes another tenant's query fail.
    Poisoned {
        told: String,
    },
    /// The outcome tells whether another tenant has a value or a row.
    Sensed {
        with: String,
        without: String,
    },
}

impl Gain {
    /// Gains that are one and the same leak: among few rows a row that was moved cannot always be told from one that was
    /// planted, nor a row that was changed from one that was removed.
    pub fn kind(&self) -> u8 {
        match self {
            Gain::Received { .. } => 0,
            Gain::Told { .. } => 6,
            Gain::Changed | Gain::Removed => 1,
            Gain::Planted | Gain::Moved => 2,
            Gain::Referred => 3,
            Gain::Poisoned { .. } => 4,
            Gain::Sensed { .. } => 5,
        }
    }
}

/// Why an attack proved nothing.
#[derive(Debug, Clone, PartialEq)]
pub enum Reason {
    /// No control reached the victim's row.
    Unreachable { control: String },
    /// Zero rows prove nothing where no member reaches even its own.
    NobodyReaches,
    /// The statement failed for a reason that is no refusal.
    Failed { sqlstate: SqlState, message: String },
    /// No call that was tried depends on the victim's rows.
    Independent,
    /// There is no foreign row to aim at.
    NoRow { why: String },
    /// No attack could be written for the cell.
    NoAttack { why: String },
    /// The time had run out before the cell was attacked.
    NotReached,
}

impl std::fmt::Display for Reason {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Reason::Unreachable { control } => {
                write!(f, "no control reached the victim's row either: {control}")
            }
            Reason::NobodyReaches => write!(
                f,
                "no member reaches even its own rows, so reaching none of the others' proves nothing"
            ),
            Reason::Failed { sqlstate, message } => write!(
                f,
                "the statement failed with SQLSTATE {sqlstate} ({}), which is no refusal",
                shortened(message)
            ),
            Reason::Independent => write!(f, "no call that was tried depends on the victim's rows"),
            Reason::NoRow { why } => write!(f, "there is no row of another tenant: {why}"),
            Reason::NoAttack { why } => write!(f, "no attack could be written: {why}"),
            Reason::NotReached => write!(f, "not reached: the time had run out"),
        }
    }
}

/// The start of a message that repeats a long value.
fn shortened(message: &str) -> String {
    const SHOWN: usize = 160;
    match message.char_indices().nth(SHOWN) {
        Some((end, _)) => format!("{}…", &message[..end]),
        None => message.to_owned(),
    }
}
