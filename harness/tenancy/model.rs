//! What the schema says of tenants: keys that identify them, whose each row is, and how one becomes a user.
use crate::catalog::Oid;
use std::collections::{BTreeMap, BTreeSet};

/// Index into `Tenancy::keys`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct KeyId(pub usize);

/// A column of a relation.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct ColumnRef {
    pub relation: Oid,
    pub column: i16,
}

/// Everything inferred. A plain value with its evidence; the configuration may have overridden parts.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Tenancy {
    /// Kinds of identifying values: tenants' ids, users' ids, e-mail addresses that a policy compares …
    pub keys: Vec<Key>,
    /// The key that a tenant is. Equal to `user` when each user is a tenant of its own.
    pub tenant: Option<KeyId>,
    pub user: Option<KeyId>,
    /// Whose the rows of a table are, for every table, partitioned table and foreign table.
    pub scopes: BTreeMap<Oid, Scope>,
    /// Paths that tell whose a row is, by relation: the one that asks for most first.
    pub folders: BTreeMap<Oid, Vec<Folder>>,
    /// Tables whose policies ask who the caller is, though nothing known says whose their rows are.
    pub unknown: BTreeSet<Oid>,
    /// The settings and JSON paths that identify the caller.
    pub claims: Vec<Claim>,
    /// Claims that hold several values, by (setting, path).
    pub claim_lists: BTreeMap<(String, Vec<String>), ListShape>,
    /// What claims say of a member's standing in its tenant: the literals that policies ask for beside a key. Others make
    /// their bearer one of the platform's own people.
    pub claim_grades: BTreeMap<(String, Vec<String>), Vec<String>>,
    /// Ranks that stand over all tenants, by the column of a membership that holds them: no member begins with one.
    pub operators: BTreeMap<(Oid, i16), Vec<String>>,
    /// Columns that are compared with a claim that is no key, by (setting, path): whom a row is addressed to.
    pub addresses: BTreeMap<(String, Vec<String>), Vec<ColumnRef>>,
    /// Tables in which a row says that a user belongs to a tenant.
    pub memberships: Vec<Membership>,
    /// Columns by which a membership ends though its row stays.
    pub marks: Vec<Mark>,
    pub roles: Roles,
    /// Arguments of functions that take a value of a key: (function, position) to key.
    pub arguments: BTreeMap<(Oid, usize), KeyId>,
    /// Values at paths inside of arguments that are documents, which hold a key.
    pub fields: BTreeMap<(Oid, usize, Vec<String>), KeyId>,
    /// Columns that arguments of functions are compared with or stored in.
    pub argument_columns: BTreeMap<(Oid, usize), Vec<ColumnRef>>,
    /// Columns whose written value a trigger compares with columns of other tables.
    pub trigger_columns: BTreeMap<ColumnRef, Vec<ColumnRef>>,
    /// Tables whose rows join two tenants, and are each of theirs.
    pub parties: BTreeSet<Oid>,
    /// Columns of views that show a column of a table as it is.
    pub shown: BTreeMap<ColumnRef, ColumnRef>,
    /// Functions of the schema that read a claim, by (setting, path): one of them may be the cause of many leaks.
    pub claim_readers: BTreeMap<(String, Vec<String>), Vec<Oid>>,
    /// Functions of the schema that a policy asks for a claim, by policy.
    pub policy_functions: BTreeMap<Oid, Vec<Oid>>,
    /// Rows that policies show to everybody, signed in or not.
    pub published: Vec<Published>,
    /// One sentence per guess, for `list` and `init`.
    pub evidence: Vec<String>,
}

/// A set of columns and claims that hold the same kind of identifying value (they are compared or reference each other).
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Key {
    pub columns: Vec<ColumnRef>,
    /// The column that foreign keys of this key lead to (`organizations.id`); absent for a key without a table.
    pub root: Option<ColumnRef>,
    /// The type of the values, as `format_type` writes it.
    pub type_name: String,
    /// For people: `organizations.id` or `org_id`.
    pub name: String,
}

/// Whose the rows of one table are.
#[derive(Debug, Clone, PartialEq)]
pub enum Scope {
    /// Rows belong to a tenant; the paths say whose a row is, the surest first.
    Owned {
        paths: Vec<OwnerPath>,
        user_private: bool,
    },
    /// Rows belong to nobody: reference data.
    Shared { reason: String },
}

/// One way to tell whose a row is.
#[derive(Debug, Clone, PartialEq)]
pub enum OwnerPath {
    /// The column holds a key.
    Key { column: i16, key: KeyId },
    /// The columns refer to a row of `target` (its `target_columns`) and the row belongs to that row's owner.
    Parent {
        columns: Vec<i16>,
        target: Oid,
        target_columns: Vec<i16>,
    },
    /// The column is a path, and the parts of it that `Tenancy::folders` knows hold keys.
    Folder { column: i16 },
}

/// A column whose text is a path, of which some parts hold keys: `<tenant>/<file>`.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Folder {
    pub column: i16,
    /// What other columns of a row hold whose path is made so: the bucket that a file lies in.
    pub asked: BTreeMap<i16, Vec<String>>,
    /// Parts of the path that are the same for everybody, by their place.
    pub fixed: BTreeMap<usize, String>,
    /// The keys by their place in the path, counted from one.
    pub parts: BTreeMap<usize, KeyId>,
}

impl Folder {
    /// The places of keys, the tenant's before the user's before others'. Keys are numbered in that order.
    pub fn surest(&self) -> Vec<(usize, KeyId)> {
        let mut parts: Vec<(usize, KeyId)> =
            self.parts.iter().map(|(at, key)| (*at, *key)).collect();
        parts.sort_by_key(|(_, key)| *key);
        parts
    }
}

/// A setting, or a value inside a JSON setting, that says something of the caller.
#[derive(Debug, Clone, PartialEq)]
pub struct Claim {
    /// The setting, for example `request.jwt.claims` or `app.current_tenant`.
    pub setting: String,
    /// The path inside the JSON document; empty when the setting is a plain value.
    pub path: Vec<String>,
    pub meaning: ClaimMeaning,
    /// True when the claim's JSON path leads through a part that users can edit by themselves (`user_metadata`).
    pub user_editable: bool,
}

/// How a claim writes several values.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ListShape {
    /// `["a", "b"]`.
    Json,
    /// `{a,b}`, as PostgreSQL writes arrays.
    Braces,
}

#[derive(Debug, Clone, PartialEq)]
pub enum ClaimMeaning {
    /// Holds a value of this key: the user's id, the tenant's id …
    Key(KeyId),
    /// Compared with literals: a role name, a flag.
    Literals(Vec<String>),
    /// The name of the database role, as PostgREST sets it.
    Role,
    Unknown,
}

/// Rows that a policy declares public.
#[derive(Debug, Clone, PartialEq)]
pub struct Published {
    pub relation: Oid,
    /// The policy's name.
    pub policy: String,
    /// SQL over the table's columns.
    pub condition: String,
}

/// A table whose rows tie users to tenants.
#[derive(Debug, Clone, PartialEq)]
pub struct Membership {
    pub relation: Oid,
    pub user_column: i16,
    pub tenant_column: i16,
    /// The column that says what the member may do, and its values as the schema knows them.
    pub rank: Option<(i16, Vec<String>)>,
}

/// A column of a membership by which it ends though its row stays.
#[derive(Debug, Clone, PartialEq)]
pub struct Mark {
    pub relation: Oid,
    pub column: i16,
    pub kind: MarkKind,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub enum MarkKind {
    /// The time at which it began, ended or ends.
    Time,
    Switch,
    /// Its states as the schema knows them.
    State(Vec<String>),
}

/// The database roles of the application.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Roles {
    /// The role that the gateway logs in as.
    pub login: String,
    /// Roles that signed-in users take; equal to `[login]` when the application does not switch roles.
    pub members: Vec<String>,
    /// Roles taken without being signed in.
    pub anonymous: Vec<String>,
    /// Roles that are meant to reach every row (BYPASSRLS): positive controls.
    pub trusted: Vec<String>,
    /// Policies compare `current_user` with a column of this key: the world makes a login role for each value.
    pub role_is_key: Option<KeyId>,
    /// The login role does not exist in the schema: watertight makes it in its scratch database, with these grants.
    pub made: bool,
}

impl Roles {
    /// Takes a role that only visitors take away from the members, unless it is the only one.
    pub fn part_visitors(&mut self, visitor: &str) {
        if self.members.len() > 1 && self.members.iter().any(|name| name == visitor) {
            self.members.retain(|name| name != visitor);
            self.anonymous.push(visitor.to_owned());
        }
    }
}

impl Tenancy {
    /// The scope of a table; `None` for views and other relations that own no rows.
    pub fn scope(&self, relation: Oid) -> Option<&Scope> {
        self.scopes.get(&relation)
    }

    /// The key that a column holds, if any.
    pub fn key_of(&self, column: ColumnRef) -> Option<KeyId> {
        self.keys
            .iter()
            .position(|key| key.columns.contains(&column))
            .map(KeyId)
    }
}
