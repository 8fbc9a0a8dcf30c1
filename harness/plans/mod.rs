//! What PostgreSQL does to answer a tenant's questions: plans as values, and what is worth knowing of them.
mod error;
mod observe;
mod plan;
mod questions;
mod shape;

pub use error::PlanError;
pub use observe::{Asking, Caller, explain, explain_within};
pub use plan::{Link, Node, Plan};
pub use questions::Standing;
