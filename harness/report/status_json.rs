//! A status as lines of JSON, from types made for it, so that the engine's types may change.
use crate::catalog::PolicyCommand;
use crate::status::{
    Convention, Filled, Gap, Immutable, KeyColumn, Policing, Reference, Security, Side, Stage,
    Status, Table,
};
use serde::Serialize;

/// Version of the lines: fields may be added under the same number, never removed or changed in meaning.
const VERSION: u8 = 1;

#[derive(Serialize)]
struct Line<'a> {
    v: u8,
    #[serde(flatten)]
    event: Kind<'a>,
}

#[derive(Serialize)]
#[serde(tag = "event", rename_all = "snake_case")]
enum Kind<'a> {
    Status {
        system: &'a str,
        /// The migration that it was stopped after.
        through: Option<&'a str>,
        /// The migration at which the rows were filled in.
        from: Option<&'a str>,
        new: &'a str,
        old: &'a [String],
        candidate: Option<&'a str>,
    },
    Table(TableLine<'a>),
    LeftOut {
        system: &'a str,
        table: &'a str,
        reason: &'a str,
    },
    Progress {
        system: &'a str,
        tables: usize,
        moved: usize,
        half: usize,
        not_begun: usize,
        percent: usize,
        /// Tables with the old column and no new one.
        without_new_column: Vec<&'a str>,
        with_old_policies: Vec<&'a str>,
    },
}

#[derive(Serialize)]
struct TableLine<'a> {
    system: &'a str,
    table: &'a str,
    stage: &'static str,
    row_security: &'static str,
    policed: &'static str,
    /// The table through which rows reach the new key.
    parent: Option<&'a str>,
    rows: Option<u64>,
    columns: Vec<ColumnLine<'a>>,
    policies: Vec<PolicyLine<'a>>,
    gaps: Vec<GapLine<'a>>,
}

#[derive(Serialize)]
struct ColumnLine<'a> {
    column: &'a str,
    key: &'a str,
    side: &'static str,
    #[serde(rename = "type")]
    type_name: &'a str,
    not_null: bool,
    default: Option<&'a str>,
    indexed: bool,
    reference: &'static str,
    /// `enforced`, `counted` or `unproven`.
    filled: &'static str,
    nulls: Option<u64>,
    immutable: &'static str,
    /// The SQLSTATE of a refusal, or why nothing is proven.
    why: Option<&'a str>,
}

#[derive(Serialize)]
struct PolicyLine<'a> {
    policy: &'a str,
    command: &'static str,
    permissive: bool,
    convention: &'static str,
}

#[derive(Serialize)]
struct GapLine<'a> {
    gap: &'static str,
    /// The column or the policy.
    of: Option<&'a str>,
    holds_back: bool,
}

/// One line for the system, one for each table, one for the sum.
pub(super) fn lines(status: &Status) -> String {
    let system = status.system.as_str();
    let names = |tables: &mut dyn Iterator<Item = &'_ Table>| -> Vec<String> {
        tables.map(|table| table.name.clone()).collect()
    };
    let without = names(&mut status.without_new_column());
    let legacy = names(&mut status.with_old_policies());
    let mut kinds = vec![Kind::Status {
        system,
        through: status.through.as_deref(),
        from: status.from.as_deref(),
        new: &status.new,
        old: &status.old,
        candidate: status.candidate.as_ref().map(|c| c.column.as_str()),
    }];
    let moves = status.moves();
    // Where nothing moves, no table has a place on the way.
    let tables = status.tables.iter().filter(|_| moves);
    kinds.extend(tables.map(|table| Kind::Table(table_line(system, table))));
    kinds.extend(status.left_out.iter().map(|left| Kind::LeftOut {
        system,
        table: &left.table,
        reason: &left.reason,
    }));
    if moves {
        kinds.push(Kind::Progress {
            system,
            tables: status.tables.len(),
            moved: status.moved(),
            half: status.at(Stage::Half).count(),
            not_begun: status.at(Stage::NotBegun).count(),
            percent: status.percent(),
            without_new_column: without.iter().map(String::as_str).collect(),
            with_old_policies: legacy.iter().map(String::as_str).collect(),
        });
    }
    let line = |event| {
        let line = Line { v: VERSION, event };
        serde_json::to_string(&line).expect("strings and numbers always become JSON") + "\n"
    };
    kinds.into_iter().map(line).collect()
}

fn table_line<'a>(system: &'a str, table: &'a Table) -> TableLine<'a> {
    TableLine {
        system,
        table: &table.name,
        stage: match table.stage {
            Stage::Moved => "moved",
            Stage::Half => "half",
            Stage::NotBegun => "not_begun",
        },
        row_security: match table.security {
            Security::Off => "off",
            Security::On => "on",
            Security::Forced => "forced",
        },
        policed: table.policed().map_or("none", Convention::name),
        parent: table.parent.as_deref(),
        rows: table.rows,
        columns: table.columns.iter().map(column_line).collect(),
        policies: table.policies.iter().map(policy_line).collect(),
        gaps: table.gaps.iter().map(gap_line).collect(),
    }
}

fn column_line(column: &KeyColumn) -> ColumnLine<'_> {
    let (filled, nulls) = match column.filled {
        Filled::Enforced => ("enforced", Some(0)),
        Filled::Counted { nulls, .. } => ("counted", Some(nulls)),
        Filled::Unproven => ("unproven", None),
    };
    let (immutable, why) = match &column.immutable {
        Immutable::Refused(state) => ("refused", Some(state.as_str())),
        Immutable::PutBack => ("put_back", None),
        Immutable::Frozen => ("frozen", None),
        Immutable::No => ("no", None),
        Immutable::Unproven(reason) => ("unproven", Some(reason.as_str())),
    };
    ColumnLine {
        column: &column.name,
        key: &column.key,
        side: match column.side {
            Side::New => "new",
            Side::Old => "old",
            Side::Beside => "beside",
        },
        type_name: &column.type_name,
        not_null: column.not_null,
        default: column.default.as_deref(),
        indexed: column.indexed,
        reference: match column.reference {
            Reference::Missing => "missing",
            Reference::NotValidated => "not_validated",
            Reference::Validated => "validated",
            Reference::NotNeeded => "not_needed",
        },
        filled,
        nulls,
        immutable,
        why,
    }
}

fn policy_line(policy: &Policing) -> PolicyLine<'_> {
    PolicyLine {
        policy: &policy.name,
        command: match policy.command {
            PolicyCommand::All => "all",
            PolicyCommand::Select => "select",
            PolicyCommand::Insert => "insert",
            PolicyCommand::Update => "update",
            PolicyCommand::Delete => "delete",
        },
        permissive: policy.permissive,
        convention: policy.convention.name(),
    }
}

fn gap_line(gap: &Gap) -> GapLine<'_> {
    let (name, of) = match gap {
        Gap::NoColumn => ("no_column", None),
        Gap::SecurityOff => ("row_security_off", None),
        Gap::Nullable(column) => ("nullable", Some(column)),
        Gap::OldPolicy(policy) => ("old_policy", Some(policy)),
        Gap::OpenPolicy(policy) => ("open_policy", Some(policy)),
        Gap::Nulls { column, .. } => ("nulls", Some(column)),
        Gap::NoReference(column) => ("no_reference", Some(column)),
        Gap::NotValidated(column) => ("not_validated", Some(column)),
        Gap::NoIndex(column) => ("no_index", Some(column)),
        Gap::Changeable(column) => ("changeable", Some(column)),
    };
    GapLine {
        gap: name,
        of: of.map(String::as_str),
        holds_back: gap.holds_back(),
    }
}
