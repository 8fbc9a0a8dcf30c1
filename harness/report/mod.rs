//! Shows events to people and machines. Each format is one file and one line in `ALL`.
mod baseline;
mod concise;
mod covered_json;
mod excerpt;
mod full;
mod github;
mod html;
mod html_finding;
mod html_grid;
mod inferred;
mod json;
mod junit;
mod markdown;
mod merged;
mod merged_covered;
mod merged_findings;
mod plain;
mod plans;
mod plans_html;
mod plans_json;
mod plans_measured;
mod progress;
mod record;
mod recorded;
mod recorded_lines;
mod rehearsed;
mod rehearsed_json;
mod replayed;
mod replayed_json;
mod reports;
mod sarif;
mod sarif_log;
mod sarif_place;
mod starter;
mod status;
mod status_json;
mod status_words;
mod summary;
mod tally;

pub use baseline::{Baseline, Compared};
pub use excerpt::draw_failure;
pub use full::show_finding;
pub use inferred::describe;
pub use json::line as json_line;
pub use merged::{leaves_out, merge};
pub use plans::{PLANS_FORMATS, plans, plans_page, plans_worse};
pub use progress::{Pace, Progress, Remaining};
pub use recorded::{Recorded, RecordedError};
pub use replayed::{bisected, replayed};
pub use reports::{ReportError, Reports};
pub use starter::{starter_preface, starter_system};
pub use status::{STATUS_FORMATS, status};
pub use tally::Tally;

use crate::event::Event;
use std::io::{self, Write};

/// How text may look where it goes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Look {
    pub color: bool,
    /// In columns.
    pub width: usize,
    /// Several systems report into one stream, so lines must name theirs.
    pub many: bool,
    /// Where `events.jsonl` stands, as people should type it.
    pub events: String,
}

/// A fold over events that writes what a reader should see now.
pub trait Report {
    fn hear(&mut self, event: &Event, out: &mut dyn Write) -> io::Result<()>;

    /// After the last event of the last system.
    fn close(&mut self, out: &mut dyn Write) -> io::Result<()> {
        out.flush()
    }
}

/// A report format that `--format` can name.
pub struct Format {
    pub name: &'static str,
    /// For `--help`.
    pub summary: &'static str,
    pub make: fn(Look) -> Box<dyn Report>,
}

/// Every report format, the default first.
pub static ALL: &[Format] = &[
    full::FORMAT,
    concise::FORMAT,
    json::FORMAT,
    github::FORMAT,
    junit::FORMAT,
    markdown::FORMAT,
    sarif::FORMAT,
    html::FORMAT,
];

/// The format of this name.
pub fn format(name: &str) -> Option<&'static Format> {
    ALL.iter().find(|format| format.name == name)
}
