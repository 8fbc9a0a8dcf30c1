//! Blocks touched in place of time, for criterion: what a plan reads is exact, whatever else the machine does.
use criterion::Throughput;
use criterion::measurement::{Measurement, ValueFormatter};

/// Shared buffers hit or read, in blocks of 8 kB.
pub struct Blocks;

impl Measurement for Blocks {
    type Intermediate = ();
    type Value = u64;

    /// Blocks are counted by the server: every bench gives its own count (`Bencher::iter_custom`).
    fn start(&self) {}

    fn end(&self, (): ()) -> u64 {
        0
    }

    fn add(&self, one: &u64, other: &u64) -> u64 {
        one + other
    }

    fn zero(&self) -> u64 {
        0
    }

    fn to_f64(&self, blocks: &u64) -> f64 {
        *blocks as f64
    }

    fn formatter(&self) -> &dyn ValueFormatter {
        &Formatter
    }
}

struct Formatter;

impl ValueFormatter for Formatter {
    fn scale_values(&self, _typical: f64, _values: &mut [f64]) -> &'static str {
        "blocks"
    }

    fn scale_throughputs(
        &self,
        _typical: f64,
        _throughput: &Throughput,
        _values: &mut [f64],
    ) -> &'static str {
        "blocks"
    }

    fn scale_for_machines(&self, _values: &mut [f64]) -> &'static str {
        "blocks"
    }
}
