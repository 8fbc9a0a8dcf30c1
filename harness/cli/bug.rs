//! A panic is a bug in watertight and says so, instead of looking like a finding.
use std::io::Write;
use std::panic::{self, AssertUnwindSafe};

/// Replaces the message of panics for the rest of the process.
pub fn announce_panics() {
    panic::set_hook(Box::new(|panic| {
        let place = panic.location().map_or_else(String::new, |place| {
            format!(" ({}:{})", place.file(), place.line())
        });
        let words = panic.payload_as_str().unwrap_or("no further words");
        // Standard error may be closed, and a panic inside of the hook would abort without cleaning up.
        drop(writeln!(
            std::io::stderr(),
            "error: this is a bug in watertight, not in your schema: {words}{place}\n\
             help: what was found until then is in events.jsonl; please report this message with the migrations \
             that lead to it"
        ));
    }));
}

/// Runs the work; `None` when it panicked, after everything that it owned was dropped.
pub(super) fn contain<T>(work: impl FnOnce() -> T) -> Option<T> {
    panic::catch_unwind(AssertUnwindSafe(work)).ok()
}
