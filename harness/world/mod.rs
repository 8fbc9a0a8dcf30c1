//! Generates tenants, users and rows, and loads them.
//!
//! `load::plan` settles with the database what the catalog leaves open, `generate` draws a world from a seed alone,
//! `load::load` fills a database with it and reads the truth back. `Owners` and `Traces` answer, without a database,
//! whose a row or a text is.
mod bounds;
mod demands;
mod folders;
mod generate;
mod groups;
mod kind;
mod links;
mod literals;
pub mod load;
mod model;
mod moment;
mod order;
mod other;
mod owners;
mod parts;
mod pattern;
mod people;
mod plan;
mod questions;
mod roster;
mod said;
mod settings;
mod slots;
mod source;
mod sources;
mod token;
mod traces;
mod uniques;
mod value;
mod words;

pub use generate::{Generated, generate, worlds};
pub use model::*;
pub use other::{Edit, edits, vanishing};
pub use owners::{Owner, Owners};
pub use plan::Plan;
pub use settings::settings;
pub use token::{is_token, runner as draws};
pub use traces::{Trace, Traces};
