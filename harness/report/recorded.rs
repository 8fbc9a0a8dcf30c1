//! Reads `events.jsonl` back into events: what one run wrote, another command explains, joins or compares with.
use super::recorded_lines::Kind;
use crate::event::Event;
use std::io;
use std::path::{Path, PathBuf};

/// Why a file of events cannot be read.
#[derive(Debug, thiserror::Error)]
pub enum RecordedError {
    #[error("cannot read {}: {reason}", path.display())]
    Unreadable { path: PathBuf, reason: io::Error },
    #[error("{}:{line}: this is no event of watertight: {reason}", path.display())]
    Garbled {
        path: PathBuf,
        line: usize,
        reason: serde_json::Error,
    },
    #[error("{}:{line}: the event is of version {version}, and this watertight reads version {}", path.display(), super::json::VERSION)]
    Version {
        path: PathBuf,
        line: usize,
        version: u64,
    },
    #[error("{} has no events: its run ended before it began", path.display())]
    Empty { path: PathBuf },
}

impl RecordedError {
    pub fn exit_code(&self) -> u8 {
        2
    }
}

/// What a file holds, in its order.
#[derive(Debug, Default, PartialEq)]
pub struct Recorded {
    pub events: Vec<Event>,
    /// Kinds of events that are not read, each once: rehearsals, and what later versions tell.
    pub unread: Vec<String>,
}

impl Recorded {
    /// The events of `path`. Excerpts are drawn over the migrations below `working`, where these still stand as the events
    /// say.
    pub fn read(path: &Path, working: &Path) -> Result<Recorded, RecordedError> {
        let text = std::fs::read_to_string(working.join(path)).map_err(|reason| {
            RecordedError::Unreadable {
                path: path.to_owned(),
                reason,
            }
        })?;
        Recorded::parse(path, &text, &|file| {
            std::fs::read_to_string(working.join(file)).ok()
        })
    }

    /// The events of `text`; `open` gives the text of a migration.
    pub fn parse(
        path: &Path,
        text: &str,
        open: &dyn Fn(&Path) -> Option<String>,
    ) -> Result<Recorded, RecordedError> {
        let mut recorded = Recorded::default();
        // The last line of a run that was killed may be half written: it ends without a line feed.
        let whole = text.rfind('\n').map_or("", |end| &text[..end]);
        for (at, line) in whole.lines().enumerate() {
            let garbled = |reason| RecordedError::Garbled {
                path: path.to_owned(),
                line: at + 1,
                reason,
            };
            let object: serde_json::Value = serde_json::from_str(line).map_err(garbled)?;
            match object["v"].as_u64() {
                Some(version) if version != u64::from(super::json::VERSION) => {
                    return Err(RecordedError::Version {
                        path: path.to_owned(),
                        line: at + 1,
                        version,
                    });
                }
                _ => {}
            }
            let name = object["event"].as_str().unwrap_or_default().to_owned();
            if !name.is_empty() && !Kind::NAMES.contains(&name.as_str()) {
                if !recorded.unread.contains(&name) {
                    recorded.unread.push(name);
                }
                continue;
            }
            let kind: Kind = serde_json::from_value(object).map_err(garbled)?;
            recorded.events.push(kind.event(open));
        }
        match recorded.events.is_empty() && recorded.unread.is_empty() {
            true => Err(RecordedError::Empty {
                path: path.to_owned(),
            }),
            false => Ok(recorded),
        }
    }
}
