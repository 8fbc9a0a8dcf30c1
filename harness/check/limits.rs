//! When attacks end before all of them are made: somebody stops the run, or its time has run out.
use super::CheckError;
use crate::config::CheckPlan;
use crate::stop::Stop;
use std::time::Instant;

/// The two ends of a run. A stop ends the run and is told; when the time has run out, the run goes on to tell what it found
/// and what it did not reach.
pub struct Limits<'a> {
    pub stop: &'a Stop,
    until: Option<Instant>,
}

impl<'a> Limits<'a> {
    /// Time counts from `started`, because whoever waits counts the server and the migrations too.
    pub fn of(plan: &CheckPlan, started: Instant, stop: &'a Stop) -> Limits<'a> {
        Limits {
            stop,
            until: plan.time.and_then(|time| started.checked_add(time)),
        }
    }

    pub fn has_run_out(&self) -> bool {
        self.until.is_some_and(|until| Instant::now() >= until)
    }

    /// Does the work; `None` when it was dropped where it was, or not begun.
    pub async fn within<T>(
        &self,
        work: impl Future<Output = Result<T, CheckError>>,
    ) -> Result<Option<T>, CheckError> {
        if self.stop.is_asked() || self.has_run_out() {
            return Ok(None);
        }
        let work = self.stop.or(work);
        let done = match self.until {
            Some(until) => match tokio::time::timeout_at(until.into(), work).await {
                Ok(done) => done,
                Err(_) => return Ok(None),
            },
            None => work.await,
        };
        match done {
            Ok(done) => Ok(Some(done)),
            Err(CheckError::Stopped(_)) => Ok(None),
            Err(error) => Err(error),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::time::Duration;

    fn limited(time: Option<Duration>) -> CheckPlan {
        CheckPlan {
            time,
            ..CheckPlan::default()
        }
    }

    #[tokio::test]
    async fn work_is_dropped_when_the_time_has_run_out() {
        let stop = Stop::default();
        let limits = Limits::of(
            &limited(Some(Duration::from_millis(5))),
            Instant::now(),
            &stop,
        );
        let never = std::future::pending::<Result<(), CheckError>>();
        assert_eq!(limits.within(never).await.unwrap(), None);
        assert!(limits.has_run_out());
        assert_eq!(limits.within(async { Ok(1) }).await.unwrap(), None);
    }

    #[tokio::test]
    async fn work_without_a_limit_is_done_unless_stopped() {
        let stop = Stop::default();
        let limits = Limits::of(&limited(None), Instant::now(), &stop);
        assert_eq!(limits.within(async { Ok(1) }).await.unwrap(), Some(1));
        stop.ask();
        assert_eq!(limits.within(async { Ok(1) }).await.unwrap(), None);
    }
}
