//! Watertight proves, by attacking, that tenants of a PostgreSQL application cannot read, write or sense each other's data.
//!
//! Data flows one way: migrations → server → catalog → tenancy → world → probes → oracle → shrink → report.
//! A stage uses only those on its left.
pub mod catalog;
pub mod check;
pub mod cli;
pub mod config;
pub mod error;
pub mod event;
pub mod migrations;
pub mod oracle;
pub mod probes;
pub mod report;
pub mod scenario;
pub mod server;
pub mod shrink;
pub mod span;
pub mod sql;
pub mod sqlstate;
pub mod stop;
pub mod tenancy;
pub mod world;
