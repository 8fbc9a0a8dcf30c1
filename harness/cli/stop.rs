//! Ctrl-C, SIGTERM and SIGHUP: the work is dropped, and dropping it cleans up.
use std::io;
use tokio::signal::unix::{SignalKind, signal};

/// Runs the work until it is done or somebody wants it to stop; `None` when stopped.
///
/// The future is dropped before this returns: servers, directories and databases go with it.
pub(super) async fn until_stopped<T>(work: impl Future<Output = T>) -> io::Result<Option<T>> {
    let mut interrupt = signal(SignalKind::interrupt())?;
    let mut terminate = signal(SignalKind::terminate())?;
    let mut hangup = signal(SignalKind::hangup())?;
    tokio::select! {
        biased;
        _ = interrupt.recv() => Ok(None),
        _ = terminate.recv() => Ok(None),
        _ = hangup.recv() => Ok(None),
        done = work => Ok(Some(done)),
    }
}
