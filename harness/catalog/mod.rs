//! Reads a migrated database into one plain value.
mod model;

pub use model::*;
