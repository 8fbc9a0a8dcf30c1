//! What both the benches and the plan assertions stand on: the workspace system's tables with rows, and what is tried on them.
pub mod dataset;
pub mod measure;
pub mod policy;
pub mod shape;
pub mod strategy;

pub use dataset::{Dataset, Tenant, Testbed};
pub use measure::{Asker, Cell, Seen};
pub use policy::Policy;
pub use shape::Shape;
pub use strategy::Strategy;

/// How a table is stored: a schema of `tables.sql`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Layout {
    /// One heap, the status is text.
    Heap,
    /// One heap, the status is an enum.
    Enumerated,
    /// Sixteen partitions by the hash of the tenant, the status is text.
    Hashed,
}

impl Layout {
    pub fn schema(self) -> &'static str {
        match self {
            Layout::Heap => "heap",
            Layout::Enumerated => "enumerated",
            Layout::Hashed => "hashed",
        }
    }

    /// Where a strategy and a policy meet; `None` for enums in partitions, which nobody needs to see twice.
    pub fn of(strategy: &Strategy, policy: &Policy) -> Option<Layout> {
        match (strategy.is_hashed, policy.is_enumerated) {
            (false, false) => Some(Layout::Heap),
            (false, true) => Some(Layout::Enumerated),
            (true, false) => Some(Layout::Hashed),
            (true, true) => None,
        }
    }
}
