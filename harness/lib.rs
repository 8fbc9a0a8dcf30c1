//! Watertight proves, by attacking, that tenants of a PostgreSQL application cannot read, write or sense each other's data.
//!
//! Data flows one way: migrations → server → catalog → tenancy → world → probes → oracle → patch → shrink → report;
//! `status` and `plans` stand beside the probes and need none of them. `check` conducts and `cli` starts it. What holds everywhere, and is held by `tests/tidy.rs` where it can be:
//!
//! 1. A stage uses only those on its left.
//! 2. Only `server`, `catalog`, `world::load`, `oracle::observe*`, `status::observe` and `plans` speak SQL to a server.
//! 3. Only `cli` and `report` write to the terminal; the engine emits events.
//! 4. Probes and the judge are pure. A probe describes statements; it never holds a session.
//! 5. Every random choice comes from the seed: the same seed gives the same events, times aside.
//! 6. Everything has a limit: rows, questions while shrinking, statement time, findings.
pub mod catalog;
pub mod check;
pub mod cli;
pub mod config;
pub mod error;
pub mod event;
pub mod migrations;
pub mod oracle;
pub mod patch;
pub mod plans;
pub mod probes;
pub mod rehearse;
pub mod report;
pub mod scenario;
pub mod server;
pub mod shrink;
pub mod span;
pub mod sql;
pub mod sqlstate;
pub mod status;
pub mod stop;
pub mod tenancy;
pub mod world;
