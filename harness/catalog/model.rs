//! The catalog as a plain value: everything a later stage may need to know of a migrated database.
//!
//! All SQL text in it (expressions, definitions, type names) is as PostgreSQL prints it under an empty search_path, so names outside of
//! pg_catalog are qualified: `public.status`, never `status`.
//!
//! `Deserialize` reads what the queries of `read.rs` build; nothing else is written in that form.
use serde::Deserialize;
use std::collections::BTreeMap;

/// An object identifier of PostgreSQL. Stable within one database and its clones, never across runs.
pub type Oid = u32;

/// One database, read once, after all migrations.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Catalog {
    /// `server_version_num`, for example 150018.
    pub version: u32,
    /// Relations of every schema that is not PostgreSQL's own or watertight's own, in order of (schema, name).
    pub relations: Vec<Relation>,
    /// Functions and procedures of the same schemas, in order of (schema, name, arguments). Members of extensions are left out.
    pub functions: Vec<Function>,
    /// Enums, domains, composites and ranges of the same schemas.
    pub types: BTreeMap<Oid, Type>,
    pub roles: Vec<Role>,
    /// Schemas and who may look into them.
    pub schemas: Vec<Schema>,
    /// Which statements made or changed each object, oldest first.
    pub origins: BTreeMap<ObjectKey, Vec<Origin>>,
}

/// Names an object in `origins`: (catalog oid, object oid, sub-object), as in `pg_depend`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct ObjectKey {
    pub class: Oid,
    pub object: Oid,
}

/// One statement that touched an object.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Origin {
    /// Index into `Migrations::statements`.
    pub statement: usize,
    /// `CREATE TABLE`, `ALTER TABLE`, `GRANT` …
    pub tag: String,
}

#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
pub struct Schema {
    pub oid: Oid,
    pub name: String,
    pub owner: Oid,
    /// True when the schema was made by the platform prelude and not by the user's migrations.
    #[serde(skip)]
    pub platform: bool,
    /// Roles with USAGE; 0 stands for PUBLIC.
    pub usage: Vec<Oid>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Deserialize)]
pub enum RelationKind {
    #[serde(rename = "r")]
    Table,
    #[serde(rename = "p")]
    Partitioned,
    #[serde(rename = "v")]
    View,
    #[serde(rename = "m")]
    MaterializedView,
    #[serde(rename = "f")]
    ForeignTable,
    #[serde(rename = "S")]
    Sequence,
}

#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
pub struct Relation {
    pub oid: Oid,
    pub schema: String,
    pub name: String,
    pub kind: RelationKind,
    pub owner: Oid,
    /// True when the platform prelude made it.
    #[serde(skip)]
    pub platform: bool,
    /// Row-level security is enabled.
    pub rls: bool,
    /// Row-level security also holds for the owner.
    pub force_rls: bool,
    pub columns: Vec<Column>,
    /// Attribute numbers of the primary key, in key order; empty without one.
    pub primary_key: Vec<i16>,
    /// Unique constraints and unique indexes, the primary key included.
    pub uniques: Vec<Unique>,
    /// Every index, the unique ones included.
    pub indexes: Vec<Index>,
    pub checks: Vec<Check>,
    pub foreign_keys: Vec<ForeignKey>,
    /// Exclusion constraints by name, with their definition.
    pub exclusions: Vec<(String, String)>,
    pub policies: Vec<Policy>,
    pub triggers: Vec<Trigger>,
    pub grants: Vec<Grant>,
    /// Direct parents by inheritance or partitioning.
    pub parents: Vec<Oid>,
    /// True for a partition (as opposed to a plain inheritance child).
    pub is_partition: bool,
    /// `pg_get_expr(relpartbound)`, for example `FOR VALUES FROM (…) TO (…)`.
    pub partition_bound: Option<String>,
    /// `pg_get_partkeydef` of a partitioned table, for example `RANGE (created_at)`.
    pub partition_key: Option<String>,
    /// The query of a view or materialized view, by `pg_get_viewdef`.
    pub definition: Option<String>,
    /// A view that checks with the rights and policies of its caller.
    pub security_invoker: bool,
    pub security_barrier: bool,
    /// Relations that a view or materialized view reads directly.
    pub reads: Vec<Oid>,
    /// Commands that `pg_relation_is_updatable` allows on a view, as (insert, update, delete).
    pub updatable: (bool, bool, bool),
    /// Rewrite rules other than a view's own SELECT rule: (name, definition).
    pub rules: Vec<(String, String)>,
    /// Names of the publications that carry it.
    pub publications: Vec<String>,
    /// Belongs to an extension.
    pub extension: Option<String>,
}

#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
pub struct Column {
    pub number: i16,
    pub name: String,
    /// The type as written by `format_type`, for example `character varying(80)`.
    pub type_name: String,
    pub type_oid: Oid,
    /// `atttypmod`: a varchar's length is this minus 4; -1 without one.
    pub type_modifier: i32,
    pub not_null: bool,
    /// `pg_get_expr` of the default.
    pub default: Option<String>,
    pub generated: Generated,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Generated {
    No,
    /// `generated always as identity`: needs OVERRIDING SYSTEM VALUE.
    IdentityAlways,
    IdentityByDefault,
    /// `generated always as (expression) stored` or, from PostgreSQL 18, virtual: cannot be written.
    Expression,
}

#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
pub struct Unique {
    pub name: String,
    pub index: Oid,
    /// Attribute numbers in index order; 0 stands for an expression.
    pub columns: Vec<i16>,
    pub primary: bool,
    /// The predicate of a partial unique index.
    pub predicate: Option<String>,
    /// Text of the expressions where `columns` has 0.
    pub expressions: Vec<String>,
    pub nulls_not_distinct: bool,
}

#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
pub struct Index {
    pub name: String,
    /// The access method: `btree`, `hash`, `gin` …
    pub method: String,
    /// Attribute numbers in index order; 0 stands for an expression.
    pub columns: Vec<i16>,
    /// The predicate of a partial index.
    pub predicate: Option<String>,
    /// False where building it concurrently failed half-way: queries do not use it.
    pub valid: bool,
}

#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
pub struct Check {
    pub name: String,
    /// The expression alone, by `pg_get_expr(conbin)`.
    pub expression: String,
    pub columns: Vec<i16>,
    pub validated: bool,
}

#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
pub struct ForeignKey {
    pub name: String,
    pub oid: Oid,
    pub columns: Vec<i16>,
    pub target: Oid,
    pub target_columns: Vec<i16>,
    /// False for NOT VALID: the rows that were there before were not looked at.
    pub validated: bool,
    pub deferrable: bool,
    /// `a` no action, `r` restrict, `c` cascade, `n` set null, `d` set default.
    pub on_delete: char,
    pub on_update: char,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Deserialize)]
pub enum PolicyCommand {
    #[serde(rename = "*")]
    All,
    #[serde(rename = "r")]
    Select,
    #[serde(rename = "a")]
    Insert,
    #[serde(rename = "w")]
    Update,
    #[serde(rename = "d")]
    Delete,
}

#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
pub struct Policy {
    pub oid: Oid,
    pub name: String,
    pub permissive: bool,
    pub command: PolicyCommand,
    /// Role oids; 0 stands for PUBLIC.
    pub roles: Vec<Oid>,
    /// `pg_get_expr(polqual)`.
    pub using: Option<String>,
    /// `pg_get_expr(polwithcheck)`.
    pub check: Option<String>,
}

#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
pub struct Trigger {
    pub oid: Oid,
    pub name: String,
    pub function: Oid,
    /// `pg_get_triggerdef`.
    pub definition: String,
    /// `tgtype`, the bit mask of row, timing and events.
    pub kind: i16,
    /// `tgenabled`: O origin, D disabled, R replica, A always.
    pub enabled: char,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Deserialize)]
#[serde(rename_all = "UPPERCASE")]
pub enum Privilege {
    Select,
    Insert,
    Update,
    Delete,
    Truncate,
    References,
    Trigger,
    Execute,
    Usage,
}

/// A privilege that a role holds by a grant. The owner's implicit rights are listed too (`aclexplode` of `acldefault`).
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
pub struct Grant {
    /// 0 stands for PUBLIC.
    pub role: Oid,
    pub privilege: Privilege,
    /// A column-level grant.
    pub column: Option<i16>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
pub enum Volatility {
    #[serde(rename = "i")]
    Immutable,
    #[serde(rename = "s")]
    Stable,
    #[serde(rename = "v")]
    Volatile,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
pub enum FunctionKind {
    #[serde(rename = "f")]
    Function,
    #[serde(rename = "p")]
    Procedure,
    #[serde(rename = "a")]
    Aggregate,
    #[serde(rename = "w")]
    Window,
}

#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
pub struct Function {
    pub oid: Oid,
    pub schema: String,
    pub name: String,
    pub kind: FunctionKind,
    pub owner: Oid,
    #[serde(skip)]
    pub platform: bool,
    pub language: String,
    /// SECURITY DEFINER.
    pub definer: bool,
    pub volatility: Volatility,
    pub leakproof: bool,
    pub strict: bool,
    pub returns_set: bool,
    /// `format_type(prorettype)`; `trigger` and `event_trigger` cannot be called.
    pub returns: String,
    pub returns_oid: Oid,
    pub arguments: Vec<Argument>,
    /// Output columns of OUT arguments and RETURNS TABLE.
    pub outputs: Vec<Argument>,
    /// The body (`prosrc`), or the SQL-standard body by `pg_get_function_sqlbody`.
    pub body: String,
    /// `SET` clauses, for example `search_path=""`.
    pub settings: Vec<String>,
    pub grants: Vec<Grant>,
}

/// An argument that a caller passes.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
pub struct Argument {
    pub name: Option<String>,
    pub type_name: String,
    pub type_oid: Oid,
    pub has_default: bool,
    pub variadic: bool,
}

#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
pub struct Role {
    pub oid: Oid,
    pub name: String,
    pub superuser: bool,
    pub bypass_rls: bool,
    pub login: bool,
    pub inherit: bool,
    pub replication: bool,
    /// Roles that it is a direct member of.
    pub member_of: Vec<Oid>,
}

#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
pub struct Type {
    pub oid: Oid,
    pub schema: String,
    pub name: String,
    pub shape: Shape,
}

#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Shape {
    Enum(Vec<String>),
    Domain {
        base: Oid,
        base_name: String,
        base_modifier: i32,
        not_null: bool,
        checks: Vec<String>,
    },
    Composite(Vec<Column>),
    Range {
        of: Oid,
    },
    /// An array of one of these types or of a built-in one.
    Array {
        of: Oid,
    },
    Other,
}
