//! How far a schema has come from one key of ownership to another: a plain value, folded from what was read and tried.
mod fold;
mod model;
pub mod observe;
mod observe_trial;
mod outline;
mod policies;

pub use fold::fold;
pub use model::*;
pub use outline::Outline;
