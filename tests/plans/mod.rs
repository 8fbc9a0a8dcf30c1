//! Plans as values: what is read of recorded ones, and what a server answers.
mod asked;
mod forms;
mod hypothetical;
mod reading;
pub mod shown;

use watertight::plans::Plan;

/// A plan that PostgreSQL 15 answered once, without its zeros.
pub fn recorded(name: &str) -> Plan {
    let path = format!(
        "{}/tests/fixtures/plans/{name}.json",
        env!("CARGO_MANIFEST_DIR")
    );
    Plan::read(&std::fs::read_to_string(path).unwrap()).unwrap()
}
