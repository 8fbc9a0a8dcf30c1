//! Runs steps and then many reads in one transaction: what is visible after a write.
use super::ObserveError;
use super::observe::{Rows, Runner, identify, results};
use crate::server::Session;

/// The rows of each read after `steps`; `None` when the steps or one of the reads failed. Checks that are deferred to the
/// end are made right after the steps, which they belong to.
pub async fn sweep(
    session: &Session,
    runner: Runner<'_>,
    steps: &str,
    reads: &[String],
) -> Result<Option<Vec<Rows>>, ObserveError> {
    let mut message = format!("ROLLBACK;BEGIN;{}", identify(runner));
    if !steps.is_empty() {
        message.push_str(steps);
        message.push_str(";SET CONSTRAINTS ALL IMMEDIATE;");
    }
    for read in reads {
        message.push_str(read);
        message.push(';');
    }
    match session.client().simple_query(&message).await {
        Ok(messages) => {
            let mut all = results(messages);
            let own = all
                .len()
                .checked_sub(reads.len())
                .ok_or(ObserveError::Truncated)?;
            Ok(Some(all.drain(own..).map(|(rows, _)| rows).collect()))
        }
        Err(error) if error.as_db_error().is_some() => Ok(None),
        Err(error) => Err(ObserveError::lost(error)),
    }
}
