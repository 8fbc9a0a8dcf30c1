//! What the user says of tenants where the schema does not say it.
use super::{ColumnName, TableName};

/// Corrections of the inferred tenancy; everything absent or empty stays as inferred.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct TenancyOverrides {
    /// The column that a tenant is: `public.organizations.id`.
    pub tenant: Option<ColumnName>,
    /// The column that a user is: `auth.users.id`.
    pub user: Option<ColumnName>,
    /// Tables whose rows belong to nobody.
    pub shared: Vec<Reasoned>,
    /// Tables whose rows are one user's, hidden from colleagues too.
    pub user_private: Vec<Reasoned>,
    /// Columns that say whose a row is.
    pub owner: Vec<OwnerColumn>,
    /// Rows that everybody may read.
    pub public_rows: Vec<PublicRows>,
    pub login_role: Option<String>,
    pub member_roles: Option<Vec<String>>,
    pub anonymous_roles: Option<Vec<String>>,
    pub trusted_roles: Option<Vec<String>>,
    pub claims: Vec<NamedClaim>,
}

/// A table and why it is an exception.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Reasoned {
    pub table: TableName,
    pub reason: String,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OwnerColumn {
    pub table: TableName,
    pub column: String,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PublicRows {
    pub table: TableName,
    /// A condition over the table's columns.
    pub condition: String,
    pub reason: String,
}

/// A setting, or a value inside a JSON setting, that says who the caller is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NamedClaim {
    pub setting: String,
    pub path: Vec<String>,
    pub holds: ClaimHolds,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ClaimHolds {
    Tenant,
    User,
    /// The name of the database role.
    Role,
}

impl ClaimHolds {
    pub const NAMES: [&'static str; 3] = ["tenant", "user", "role"];

    pub fn parse(name: &str) -> Option<ClaimHolds> {
        match name {
            "tenant" => Some(ClaimHolds::Tenant),
            "user" => Some(ClaimHolds::User),
            "role" => Some(ClaimHolds::Role),
            _ => None,
        }
    }
}

impl TenancyOverrides {
    /// Puts `self` over `base`: single values replace, lists come first and so win over the same table in `base`.
    #[must_use]
    pub fn over(mut self, base: TenancyOverrides) -> TenancyOverrides {
        self.shared.extend(base.shared);
        self.user_private.extend(base.user_private);
        self.owner.extend(base.owner);
        self.public_rows.extend(base.public_rows);
        self.claims.extend(base.claims);
        TenancyOverrides {
            tenant: self.tenant.or(base.tenant),
            user: self.user.or(base.user),
            login_role: self.login_role.or(base.login_role),
            member_roles: self.member_roles.or(base.member_roles),
            anonymous_roles: self.anonymous_roles.or(base.anonymous_roles),
            trusted_roles: self.trusted_roles.or(base.trusted_roles),
            ..self
        }
    }
}
