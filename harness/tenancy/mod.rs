//! Infers what a tenant is, whose each row is and how one becomes a user, from the catalog alone.
mod model;

pub use model::*;
