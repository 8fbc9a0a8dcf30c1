//! Somebody wants the run to end early: it stops attacking, tells what it found, and cleans up.
use tokio::sync::watch;

/// Whether the run shall end. The command line asks, the conductor obeys.
#[derive(Debug)]
pub struct Stop {
    asked: watch::Sender<bool>,
}

/// The work was given up because somebody asked for it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("stopped before the end")]
pub struct Stopped;

impl Default for Stop {
    fn default() -> Stop {
        Stop {
            asked: watch::Sender::new(false),
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
}
