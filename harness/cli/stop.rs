//! Ctrl-C, SIGTERM and SIGHUP: the work is asked to end, and dropped when it does not.
use crate::stop::Stop;
use std::io;
use std::pin::pin;
use std::time::Duration;
use tokio::signal::unix::{Signal, SignalKind, signal};

/// How long the work may take to tell what it found; a second signal ends it at once.
const LAST_WORDS_LIMIT: Duration = Duration::from_secs(10);

/// Runs the work until it is done or somebody wants it to stop; `None` when stopped.
///
/// The future is dropped before this returns: servers, directories and databases go with it.
pub(super) async fn until_stopped<T>(
    stop: &Stop,
    work: impl Future<Output = T>,
) -> io::Result<Option<T>> {
    let mut signals = Signals::new()?;
    let mut work = pin!(work);
    tokio::select! {
        biased;
        () = signals.next() => stop.ask(),
        done = &mut work => return Ok(Some(done)),
    }
    tokio::select! {
        biased;
        () = signals.next() => {}
        () = tokio::time::sleep(LAST_WORDS_LIMIT) => {}
        _ = work => {}
    }
    Ok(None)
}

struct Signals {
    interrupt: Signal,
    terminate: Signal,
    hangup: Signal,
}

impl Signals {
    fn new() -> io::Result<Signals> {
        Ok(Signals {
            interrupt: signal(SignalKind::interrupt())?,
            terminate: signal(SignalKind::terminate())?,
            hangup: signal(SignalKind::hangup())?,
        })
    }

    async fn next(&mut self) {
        tokio::select! {
            _ = self.interrupt.recv() => {}
            _ = self.terminate.recv() => {}
            _ = self.hangup.recv() => {}
        }
    }
}
