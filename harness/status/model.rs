//! The status of a move from one tenant key to another, table by table.
use crate::catalog::PolicyCommand;

/// How far one system has come.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Status {
    pub system: String,
    /// The migration that it was stopped after.
    pub through: Option<String>,
    /// The migration at which the rows were filled in; without one they say nothing of what migrations filled.
    pub from: Option<String>,
    /// What rows shall belong to: `public.organizations.id`.
    pub new: String,
    /// What rows belonged to before; empty when no row belongs to anything else.
    pub old: Vec<String>,
    /// The key that most tables refer to besides the present one, when it might be meant as the new one.
    pub candidate: Option<Candidate>,
    /// The tables that belong to tenants.
    pub tables: Vec<Table>,
    /// Tables that are not counted, each with the reason.
    pub left_out: Vec<LeftOut>,
}

/// A column that would be the new key if somebody said so.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Candidate {
    pub column: String,
    /// How many of the tables refer to it.
    pub tables: usize,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LeftOut {
    pub table: String,
    pub reason: String,
}

/// One table that belongs to tenants.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Table {
    pub name: String,
    pub stage: Stage,
    pub security: Security,
    /// Columns that hold a key, the new one's first.
    pub columns: Vec<KeyColumn>,
    /// The table through which rows without a column of the new key reach it.
    pub parent: Option<String>,
    pub policies: Vec<Policing>,
    /// Rows that were seen, where rows say anything.
    pub rows: Option<u64>,
    /// What is still to be done, the most important first.
    pub gaps: Vec<Gap>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Stage {
    /// Every row has the new key, and nothing else lets anybody at it.
    Moved,
    /// The column is there, or a policy asks for the new key; something of the old is left.
    Half,
    NotBegun,
}

impl Stage {
    pub const ALL: [Stage; 3] = [Stage::Moved, Stage::Half, Stage::NotBegun];
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Security {
    Off,
    On,
    /// Also for the table's owner.
    Forced,
}

/// Which of the two models a column belongs to.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Side {
    New,
    Old,
    /// It holds a key, but does not say whose the row is: `created_by`.
    Beside,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct KeyColumn {
    pub name: String,
    pub key: String,
    pub side: Side,
    pub type_name: String,
    /// By the column itself, or by a validated CHECK.
    pub not_null: bool,
    pub default: Option<String>,
    /// A valid, complete index begins with it.
    pub indexed: bool,
    pub reference: Reference,
    pub filled: Filled,
    pub immutable: Immutable,
}

/// Whether a foreign key leads to the table that has the key.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Reference {
    Missing,
    /// The rows that were there before were not looked at.
    NotValidated,
    Validated,
    /// The key has no table, or this is it.
    NotNeeded,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Filled {
    /// The schema refuses NULL.
    Enforced,
    /// So many rows without a value, among the rows that a migration had to fill.
    Counted { nulls: u64, rows: u64 },
    /// Rows that nobody migrated say nothing.
    Unproven,
}

/// What happened to an attempt to give a row to another owner.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Immutable {
    /// Other updates work, this one was refused with this SQLSTATE.
    Refused(String),
    /// The update ran, and the row kept its owner.
    PutBack,
    /// No update of the row works at all.
    Frozen,
    /// The row went to the other owner.
    No,
    Unproven(String),
}

impl Immutable {
    pub fn holds(&self) -> bool {
        matches!(
            self,
            Immutable::Refused(_) | Immutable::PutBack | Immutable::Frozen
        )
    }
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Policing {
    pub name: String,
    pub command: PolicyCommand,
    pub permissive: bool,
    pub convention: Convention,
}

/// By which key a policy, or all of a table's policies, tell whose a row is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Convention {
    New,
    Old,
    /// By the one or the other.
    Both,
    /// By none: `true`, or something about the caller alone.
    Neither,
    /// It says nothing of tenants: for a trusted role, for rows that are public, or for the person that a row names.
    Aside,
}

impl Convention {
    pub fn name(self) -> &'static str {
        match self {
            Convention::New => "new",
            Convention::Old => "old",
            Convention::Both => "both",
            Convention::Neither => "neither",
            Convention::Aside => "aside",
        }
    }
}

/// Something that is still to be done for a table.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Gap {
    /// No column holds the new key, and no parent does for it.
    NoColumn,
    Nullable(String),
    SecurityOff,
    /// A policy that lets rows through by the old key.
    OldPolicy(String),
    /// A policy that lets rows through by no key.
    OpenPolicy(String),
    Nulls {
        column: String,
        nulls: u64,
        rows: u64,
    },
    NoReference(String),
    NotValidated(String),
    NoIndex(String),
    Changeable(String),
}

impl Gap {
    /// Whether the table is not moved as long as it is there. The others are good practice.
    pub fn holds_back(&self) -> bool {
        matches!(
            self,
            Gap::NoColumn
                | Gap::Nullable(_)
                | Gap::SecurityOff
                | Gap::OldPolicy(_)
                | Gap::OpenPolicy(_)
        )
    }
}

impl Table {
    pub fn column(&self, side: Side) -> Option<&KeyColumn> {
        self.columns.iter().find(|column| column.side == side)
    }

    /// Policies that still let rows through by the old key.
    pub fn old_policies(&self) -> impl Iterator<Item = &Policing> {
        self.policies
            .iter()
            .filter(|policy| matches!(policy.convention, Convention::Old | Convention::Both))
    }

    /// By which convention the permissive policies tell whose a row is; `None` without any.
    pub fn policed(&self) -> Option<Convention> {
        let counted = |policy: &&Policing| policy.permissive;
        let each = self.policies.iter().filter(counted).map(|p| p.convention);
        let mut found = each.filter(|convention| *convention != Convention::Aside);
        let first = found.next()?;
        Some(found.fold(first, |all, one| match (all, one) {
            _ if all == one => all,
            // A policy that asks for nothing makes the others idle, because permissive policies are ORed.
            (Convention::Neither, _) | (_, Convention::Neither) => Convention::Neither,
            _ => Convention::Both,
        }))
    }
}

impl Status {
    /// Whether rows ever belonged to something else than they shall belong to.
    pub fn moves(&self) -> bool {
        !self.old.is_empty()
    }

    pub fn at(&self, stage: Stage) -> impl Iterator<Item = &Table> {
        self.tables.iter().filter(move |table| table.stage == stage)
    }

    pub fn moved(&self) -> usize {
        self.at(Stage::Moved).count()
    }

    /// Whole percents, never rounded up: 100 means all.
    pub fn percent(&self) -> usize {
        match self.tables.len() {
            0 => 100,
            tables => self.moved() * 100 / tables,
        }
    }

    /// Tables that have the old column and not the new one, nor a parent that has it for them.
    pub fn without_new_column(&self) -> impl Iterator<Item = &Table> {
        self.tables.iter().filter(|table| {
            table.column(Side::Old).is_some()
                && table.column(Side::New).is_none()
                && table.stage != Stage::Moved
        })
    }

    pub fn with_old_policies(&self) -> impl Iterator<Item = &Table> {
        self.tables
            .iter()
            .filter(|table| table.old_policies().next().is_some())
    }
}
