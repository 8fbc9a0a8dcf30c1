//! Observes attacks and judges what was seen.
mod changes;
mod gained;
pub mod judge;
mod observation;
pub mod observe;
pub mod observe_admission;
pub mod observe_case;
pub mod observe_cause;
mod observe_copy;
pub mod observe_engine;
mod observe_error;
pub mod observe_rehearsal;
pub mod observe_roles;
pub mod observe_setup;
pub mod observe_sweep;
mod observe_trusted;
mod sensed;
mod sight;
mod suspects;
mod verdict;

pub use changes::prepared;
pub use gained::Place;
pub use judge::Controls;
pub use observation::*;
pub use observe_error::ObserveError;
pub use sight::{Bench, Sight};
pub use verdict::*;
