//! Rebuilds the tests when a scenario or migration is added: rstest's `#[files]` expands at compile time.
fn main() {
    println!("cargo:rerun-if-changed=scenarios");
    println!("cargo:rerun-if-changed=migrations");
}
