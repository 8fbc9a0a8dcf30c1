//! An attack as a plain value: who does what, aimed at whose rows.
use crate::catalog::Oid;
use crate::event::Severity;
use crate::world::{TenantId, UserId};
use std::collections::BTreeSet;

/// Index into `Scene::attackers`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct AttackerId(pub usize);

/// What a cell of the coverage grid is about.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Object {
    Relation(Oid),
    Function(Oid),
}

impl Object {
    pub fn oid(self) -> Oid {
        match self {
            Object::Relation(oid) | Object::Function(oid) => oid,
        }
    }
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Command {
    Select,
    Insert,
    Update,
    Delete,
    Truncate,
    Call,
}

impl Command {
    pub fn name(self) -> &'static str {
        match self {
            Command::Select => "select",
            Command::Insert => "insert",
            Command::Update => "update",
            Command::Delete => "delete",
            Command::Truncate => "truncate",
            Command::Call => "call",
        }
    }
}

/// How the statement is written. A sound SELECT policy hides a leaky UPDATE or DELETE policy from every statement that
/// reads columns, so each write is tried without reading any (PostgreSQL manual, CREATE POLICY, "Policies Applied by
/// Command Type").
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Form {
    Bare,
    Filtered,
    Returning,
    Join,
    Whole,
    /// Makes the victim's row the attacker's own: a write check that asks only for the new owner lets that through.
    Taking,
    /// The same by another statement that does the same: a cursor, a MERGE, an upsert.
    Reshaped,
    /// A row of the attacker's own by whose values a trigger finds the victim's row.
    Pointing,
    /// A call with a secret that the caller reads in the same statement.
    Bearing,
    /// The same by a member whose membership was marked as ended, and before it was.
    Removed,
}

/// Something that the superuser does inside the attack's transaction, before the attacker takes over.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Preparation {
    /// Removes one row without firing triggers or cascades, so that the attacker can insert the very same row.
    Erase { relation: Oid, ctid: String },
    /// Removes the rows whose foreign keys would forbid a delete.
    Unbind { relation: Oid },
    /// Removes these rows of one relation.
    EraseRows { relation: Oid, ctids: Vec<String> },
    /// Leaves nothing but these rows: how small a world still shows a leak.
    KeepOnly { rows: Vec<(Oid, String)> },
    /// Gives a row these values, by column name, without firing triggers.
    Rewrite {
        relation: Oid,
        ctid: String,
        values: Vec<(String, Option<String>)>,
    },
    /// Writes these rows once more as they are, as if they had been inserted in the attack's own transaction.
    Renew { rows: Vec<(Oid, String)> },
    /// Leaves these columns of a row to their defaults: how little of it still shows a leak.
    Reset {
        relation: Oid,
        ctid: String,
        columns: Vec<String>,
    },
    /// Removes every row of one tenant, wherever it stands: the world without the victim.
    EraseTenant { tenant: TenantId },
}

impl Preparation {
    /// Whether it gives this row other values.
    pub fn rewrites(&self, (of, at): &(Oid, String)) -> bool {
        matches!(self, Preparation::Rewrite { relation, ctid, .. } if relation == of && ctid == at)
    }
}

/// What the observation is read for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Aim {
    /// Any value of a foreign row in what the attacker receives.
    Read,
    /// Any foreign row changed, removed, added or re-owned.
    Write,
    /// A row of the attacker's own that refers to this foreign row.
    Refer {
        target: Oid,
        columns: Vec<i16>,
        values: Vec<String>,
        /// All columns of the key, with the values that lead to the foreign row: some are the same for many tenants.
        whole: Vec<(i16, String)>,
    },
    /// The statement's outcome differs from the outcome of `with` the same statement about a value that nobody has.
    Tell { free: String },
    /// The same with what the caller may read after it took another role.
    Switch { role: Oid },
    /// The same with what a trigger hears that the caller hung on the table.
    Plant,
    /// The same with what another member stored as a large object.
    Store,
    /// The same with what a function marked LEAKPROOF tells of its argument.
    Leakproof { function: Oid },
    /// The same with a table of the caller's own in the place of one that a function trusts.
    Shadow,
    /// The victim's own query, last in the statement, fails by what the caller stored. `apart` is both the other way
    /// round: each of them can be done.
    Poison {
        relation: Oid,
        policy: Oid,
        apart: String,
    },
    /// What the caller gets on a connection on which the victim's member said this before, and committed.
    Inherit { said: String },
    /// What the caller hears while the victim's member says these, one after the other, and commits. `written` is the
    /// row that is written.
    Overhear {
        said: Vec<String>,
        written: (Oid, String),
    },
    /// The outcome differs in a database in which the victim's private data is other.
    Sense,
    /// Both: functions may read and write.
    Anything,
    /// What the statements before the last opened to it: rows that it did not reach without them.
    Gained {
        relation: Oid,
        /// The last statement writes.
        writes: bool,
        /// The rows that were out of reach: (relation, ctid).
        hidden: BTreeSet<(Oid, String)>,
    },
}

/// One attack: one attacker, one statement, one transaction that is rolled back.
#[derive(Debug, Clone, PartialEq)]
pub struct Attack {
    pub probe: &'static str,
    pub severity: Severity,
    pub object: Object,
    pub command: Command,
    pub form: Form,
    pub attacker: AttackerId,
    pub preparation: Vec<Preparation>,
    pub statement: String,
    /// Values of the victim that the attacker already put into the statement: seeing them again proves nothing.
    pub supplied: Vec<String>,
    pub aim: Aim,
    pub victim: Victim,
    /// Relations to look at even when PostgreSQL's counters say that nothing happened there (TRUNCATE does not count).
    pub watch: Vec<Oid>,
    /// What let it through when no policy did: a constraint's name.
    pub suspect: Option<String>,
}

/// Whose rows the attack is aimed at. Any other foreign row that it reaches counts as well.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Victim {
    Tenant(TenantId),
    /// A colleague in the same tenant; only for tables that are declared private to their user.
    Colleague(UserId),
}
