//! Somebody wants the run to end early: it stops attacking, tells what it found, and cleans up.
use tokio::sync::watch;

/// Whether the run shall end. The command line asks, the conductor obeys.
#[derive(Debug)]
pub struct Stop {
    asked: watch::Sender<bool>,
    /// The way in to a server that stays up after the run, until somebody is done with it.
    kept: watch::Sender<Kept>,
}

#[derive(Debug, Clone, PartialEq, Eq)]
enum Kept {
    Running,
    Up(String),
    Released,
}

/// The work was given up because somebody asked for it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("stopped before the end")]
pub struct Stopped;

impl Default for Stop {
    fn default() -> Stop {
        Stop {
            asked: watch::Sender::new(false),
            kept: watch::Sender::new(Kept::Running),
        }
    }
}

impl Stop {
    pub fn ask(&self) {
        self.asked.send_replace(true);
    }

    pub fn is_asked(&self) -> bool {
        *self.asked.borrow()
    }

    /// Keeps the server up, tells the way in, and waits until somebody is done with it or wants everything to stop.
    pub async fn keep(&self, way_in: String) -> Result<(), Stopped> {
        self.kept.send_replace(Kept::Up(way_in));
        let mut kept = self.kept.subscribe();
        self.or(async {
            // The sender is a field of `self`, so it cannot be gone.
            let _ = kept.wait_for(|kept| *kept == Kept::Released).await;
            Ok(())
        })
        .await
    }

    /// The way in, once the server is up for nothing but somebody who looks around.
    pub async fn until_kept(&self) -> String {
        let mut kept = self.kept.subscribe();
        loop {
            if let Kept::Up(way_in) = &*kept.borrow_and_update() {
                return way_in.clone();
            }
            if kept.changed().await.is_err() {
                std::future::pending::<()>().await;
            }
        }
    }

    /// Whoever looked around is done.
    pub fn release(&self) {
        self.kept.send_replace(Kept::Released);
    }

    /// Does the work; when asked to stop, drops it where it is.
    pub async fn or<T, E: From<Stopped>>(
        &self,
        work: impl Future<Output = Result<T, E>>,
    ) -> Result<T, E> {
        let mut asked = self.asked.subscribe();
        tokio::select! {
            biased;
            _ = asked.wait_for(|asked| *asked) => Err(Stopped.into()),
            done = work => done,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::{Stop, Stopped};

    #[tokio::test]
    async fn work_is_dropped_once_a_stop_is_asked_for() {
        let stop = Stop::default();
        assert_eq!(stop.or(async { Ok::<_, Stopped>(1) }).await, Ok(1));
        let both =
            futures_util::future::join(stop.or(std::future::pending::<Result<(), _>>()), async {
                stop.ask();
            });
        assert_eq!(both.await.0, Err(Stopped));
        assert_eq!(
            stop.or(async { Ok(1) }).await,
            Err(Stopped),
            "it stays asked"
        );
    }

    #[tokio::test]
    async fn a_kept_server_stays_until_it_is_released() {
        let stop = Stop::default();
        let looks = async {
            assert_eq!(stop.until_kept().await, "psql shop");
            stop.release();
        };
        let both = futures_util::future::join(stop.keep("psql shop".to_owned()), looks);
        assert_eq!(both.await.0, Ok(()));
        stop.ask();
        assert_eq!(stop.keep("psql shop".to_owned()).await, Err(Stopped));
    }
}
