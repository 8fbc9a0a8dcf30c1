//! The generated world: tenants, users and rows before they are loaded, and the truth read back after.
use crate::catalog::Oid;
use crate::tenancy::KeyId;
use std::collections::BTreeMap;

/// Index into `World::tenants`. Tenant 0 is the attacker's, 1 the victim, 2 a bystander.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct TenantId(pub usize);

/// Index into `World::users`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct UserId(pub usize);

/// Tenants with their users and rows. Each tenant is a closed universe: all keys and references of its rows
/// lead to rows of the same tenant or to shared rows, so whatever crosses is a leak.
#[derive(Debug, Clone, PartialEq)]
pub struct World {
    pub seed: u64,
    pub tenants: Vec<Tenant>,
    pub users: Vec<User>,
    /// In load order: a row comes after the rows that it refers to.
    pub rows: Vec<Row>,
}

#[derive(Debug, Clone, PartialEq)]
pub struct Tenant {
    /// `org_a`, `org_b`, `org_c`: how findings call it.
    pub name: String,
    /// The tenant's value of each key (not of the user key), as PostgreSQL prints it.
    pub keys: BTreeMap<KeyId, String>,
}

#[derive(Debug, Clone, PartialEq)]
pub struct User {
    /// `org_a's owner`, `a user of org_a and org_c`, `a user of no organization`.
    pub name: String,
    /// Tenants that the user belongs to; the first is home.
    pub tenants: Vec<TenantId>,
    /// What the membership tables' rank column says, where there is one.
    pub rank: Option<String>,
    /// The user's value of each key (the user key, and others found in rows keyed by it, such as an e-mail address).
    pub keys: BTreeMap<KeyId, String>,
}

/// One row to insert: values as PostgreSQL literals without quotes, by column number; absent columns take their default.
#[derive(Debug, Clone, PartialEq)]
pub struct Row {
    pub relation: Oid,
    pub values: BTreeMap<i16, Option<String>>,
    /// `None` for shared rows.
    pub tenant: Option<TenantId>,
    pub user: Option<UserId>,
}

/// What stands in the database after loading, read back by a superuser.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Truth {
    pub tables: BTreeMap<Oid, Vec<TrueRow>>,
    /// Rows that could not be loaded: (table, tenant, reason). A table without a victim's row is unproven, not safe.
    pub missing: Vec<Missing>,
}

#[derive(Debug, Clone, PartialEq)]
pub struct TrueRow {
    /// Physical address; stays as long as nothing commits.
    pub ctid: String,
    /// Text form of every column, in the order of `Relation::columns`.
    pub values: Vec<Option<String>>,
    pub tenant: Option<TenantId>,
    pub user: Option<UserId>,
    /// Made by a trigger and not by the world itself.
    pub by_trigger: bool,
}

#[derive(Debug, Clone, PartialEq)]
pub struct Missing {
    pub relation: Oid,
    pub tenant: Option<TenantId>,
    pub reason: String,
}
