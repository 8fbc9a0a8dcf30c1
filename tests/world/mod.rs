//! Worlds on real servers: every table of hard schemas gets rows for every tenant, and seeds reproduce.
mod loading;
pub mod stage;
mod tracing;
