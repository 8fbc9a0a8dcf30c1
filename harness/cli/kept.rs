//! `--keep-server`: the way in is shown, and the server stays until somebody presses Enter.
use super::{Engine, Session};
use crate::stop::Stop;
use std::convert::Infallible;
use std::io::Write;
use tokio::sync::oneshot;

/// Does the work, and shows the way in once the work keeps its server up.
pub(super) async fn beside<E: Engine, T>(
    stop: &Stop,
    session: &Session<'_, E>,
    work: impl Future<Output = T>,
) -> T {
    let shown = async {
        let way_in = stop.until_kept().await;
        let text = format!("\nthe server stays up; {way_in}press Enter to stop it\n");
        // There is nobody left to tell when standard error is closed.
        drop((session.streams.err)().write_all(text.as_bytes()));
        enter().await;
        stop.release();
        std::future::pending::<Infallible>().await
    };
    tokio::select! {
        done = work => done,
        never = shown => match never {},
    }
}

/// Waits for a line, or for the end of standard input where nobody can press anything.
async fn enter() {
    let (pressed, waits) = oneshot::channel();
    // Reading blocks, and a runtime would wait for its own thread at the end: this one is left behind.
    std::thread::spawn(move || {
        let _ = std::io::stdin().read_line(&mut String::new());
        // The run may be over before somebody presses anything.
        let _ = pressed.send(());
    });
    let _ = waits.await;
}
