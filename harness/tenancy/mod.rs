//! Infers what a tenant is, whose each row is and how one becomes a user, from the catalog alone.
mod calls;
mod classes;
mod conventions;
mod demands;
mod facts;
mod grades;
mod headers;
mod infer;
mod keys;
mod lists;
mod memberships;
mod model;
mod names;
mod published;
mod queries;
mod reading;
mod roles;
mod scopes;
mod statements;
mod strays;
mod syntax;
mod triggers;

pub use conventions::{Alternative, conventions};
pub use demands::{Demand, demands};
pub use infer::infer;
pub use model::*;
pub use published::published;
