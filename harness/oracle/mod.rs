//! Observes attacks and judges what was seen.
pub mod judge;
mod observation;
pub mod observe;
pub mod observe_cause;
mod observe_error;
pub mod observe_roles;
pub mod observe_setup;
mod verdict;

pub use judge::{Bench, Controls, Sight};
pub use observation::*;
pub use observe_error::ObserveError;
pub use verdict::*;
