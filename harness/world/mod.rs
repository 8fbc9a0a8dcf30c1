//! Generates tenants, users and rows, and loads them.
mod model;

pub use model::*;
