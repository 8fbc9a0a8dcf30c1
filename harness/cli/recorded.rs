//! Opens the events of earlier runs.
use super::{Engine, Session};
use crate::config::Resolved;
use crate::error::Failure;
use crate::report::{Baseline, Recorded, RecordedError};
use std::path::Path;

/// The events of `path`, below the working directory.
pub(super) fn read<E: Engine>(
    path: &Path,
    session: &Session<'_, E>,
) -> Result<Recorded, RecordedError> {
    Recorded::read(path, session.working)
}

/// What the settings compare with, where they name it.
pub(super) fn baseline<E: Engine>(
    resolved: &Resolved,
    session: &Session<'_, E>,
) -> Result<Option<Baseline>, Failure> {
    let Some(path) = &resolved.baseline else {
        return Ok(None);
    };
    let recorded = read(path, session).map_err(|error| {
        failure(&error).help("the first run has nothing to compare with: leave out `--baseline`")
    })?;
    Ok(Some(Baseline::of(
        &path.display().to_string(),
        &recorded.events,
    )))
}

pub(super) fn failure(error: &RecordedError) -> Failure {
    Failure::new(error.exit_code(), error.to_string())
}
