//! Places in the user's migrations: one-based lines and columns, byte spans.
use std::num::NonZeroU32;
use std::ops::Range;
use std::path::PathBuf;

/// A one-based line number. Bare integers are how off-by-one places are made, so nothing else is accepted.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Line(pub NonZeroU32);

/// A one-based column, counted in characters as editors count them.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Column(pub NonZeroU32);

/// Where something stands in a migration. `file` is shown to people: relative to the working directory where possible.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Place {
    pub file: PathBuf,
    pub line: Line,
    pub column: Column,
}

impl Place {
    /// The place of byte `offset` in `text`, the content of `file`.
    pub fn of(file: impl Into<PathBuf>, text: &str, offset: usize) -> Place {
        let offset = floor_char(text, offset);
        let before = &text[..offset];
        let line = before.bytes().filter(|&b| b == b'\n').count() as u32;
        let start = before.rfind('\n').map_or(0, |at| at + 1);
        let column = text[start..offset].chars().count() as u32;
        Place {
            file: file.into(),
            line: Line(NonZeroU32::MIN.saturating_add(line)),
            column: Column(NonZeroU32::MIN.saturating_add(column)),
        }
    }
}

impl std::fmt::Display for Place {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(
            f,
            "{}:{}:{}",
            self.file.display(),
            self.line.0,
            self.column.0
        )
    }
}

/// The nearest character boundary at or before `offset`.
fn floor_char(text: &str, offset: usize) -> usize {
    let mut offset = offset.min(text.len());
    while !text.is_char_boundary(offset) {
        offset -= 1;
    }
    offset
}

/// A half-open range of bytes in a file.
pub type Bytes = Range<usize>;
