//! Makes a leaking case small: fewer rows, fewer claims, fewer statements, while it still leaks; and keeps it.
mod case;
mod closure;
mod judgement;
mod privileges;
mod reduce;
mod saved;
mod schema;
mod script;
mod table;

pub use case::{Before, Case, columns_said, insert_row, ordered, render, render_twice};
pub use closure::{closure, founded};
pub use privileges::{privileges, roles};
pub use reduce::{reduce, reduce_to};
pub use saved::*;
pub use schema::{Concerned, concerned, guarding, pieces, units, whole};
pub use script::{LEAKS, Piece, attack, body, excuse, replay, script, statements};
pub use table::Table;
