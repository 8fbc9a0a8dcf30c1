//! The harness's own speed: attacks per second beside pgbench, the stages, whole checks and how they grow.
mod checks;
mod core;
mod pgbench;
mod stages;
mod synthetic;
mod systems;
mod wire;

use criterion::Criterion;
use std::time::Duration;

fn main() {
    // Without `--bench` (`cargo test --benches`) everything runs once, to see that it works.
    let measured = std::env::args().any(|argument| argument == "--bench");
    let mut criterion = Criterion::default()
        .sample_size(10)
        .warm_up_time(Duration::from_millis(500))
        .measurement_time(Duration::from_secs(5))
        .without_plots()
        .configure_from_args();
    wire::measure(&mut criterion, measured);
    stages::measure(&mut criterion);
    checks::measure(measured);
    criterion.final_summary();
}

/// The middle of several measurements.
fn median(values: &[f64]) -> f64 {
    let mut sorted = values.to_vec();
    sorted.sort_by(f64::total_cmp);
    sorted[sorted.len() / 2]
}
