//! What the user asked for: `watertight.toml` and the flags, resolved into plans that the engine can follow.
//!
//! Reading only validates what was typed; `resolve` says what it means. Nothing here touches a database.
mod accept;
mod date;
mod error;
mod file;
mod find;
mod nearest;
mod plan;
mod resolve;
mod settings;
mod shard;
mod table;
mod tenancy;
mod time;

pub use accept::Gate;
pub use date::Date;
pub use error::ConfigError;
pub use file::{Config, Rehearsals, System, keys};
pub use find::{COMMON_DIRECTORIES, find_config, find_migrations};
pub use nearest::nearest;
pub use plan::{
    Accepted, Allowed, CheckPlan, ColumnName, PlansPlan, Platform, RehearsalPlan, ServerChoice,
    ServerRequest, Sql, TableName,
};
pub use resolve::{Known, Resolved, resolve, resolve_reports};
pub use settings::{Color, Settings};
pub use shard::Shard;
pub use tenancy::{ClaimHolds, NamedClaim, OwnerColumn, PublicRows, Reasoned, TenancyOverrides};
pub use time::parse_time;
