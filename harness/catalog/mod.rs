//! Reads a migrated database into one plain value.
mod find;
mod model;
mod read;

pub use find::PUBLIC;
pub use model::*;
pub use read::{CatalogError, class, read};
