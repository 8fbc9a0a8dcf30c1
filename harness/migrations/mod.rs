//! Reads migrations of any common layout into ordered statements with exact places. Speaks to no server.
mod clause;
mod decode;
mod error;
mod layout;
mod order;
mod outsiders;
mod placeholder;
mod platform;
mod section;
mod split;
mod statement;

pub use clause::{Clause, clause};
pub use error::ReadError;
pub use layout::{CHECKS, Layout};
pub use platform::{Platform, VISITOR};
pub use split::{MetaCommand, Piece, Split, head, split, tokens};
pub use statement::{Control, Kind};

use crate::config::nearest;
use crate::event::Source;
use crate::span::{Bytes, Place};
use std::path::{Path, PathBuf};
use std::sync::Arc;

/// Everything that is applied to an empty database, in order.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Migrations {
    pub files: Vec<File>,
    pub statements: Vec<Statement>,
    /// What was left out or guessed while reading.
    pub notes: Vec<Note>,
}

/// One file with its text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct File {
    /// How people name the migration: the file's name without `.sql`, or its directory's name.
    pub name: String,
    /// As shown to people: relative to the working directory where possible.
    pub path: PathBuf,
    pub text: Arc<str>,
    /// Belongs to the platform prelude, not to the user.
    pub platform: bool,
    pub layout: Layout,
}

/// One statement of a file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Statement {
    /// Index into `Migrations::files`.
    pub file: usize,
    /// From its first token to its last, in bytes of the file's text, without the semicolon.
    pub span: Bytes,
    /// The lines that follow `COPY … FROM stdin`.
    pub copy: Option<Bytes>,
    pub kind: Kind,
}

/// Something worth knowing about a migration that does not stop the run.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Note {
    pub place: Place,
    pub text: String,
}

impl std::fmt::Display for Note {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{}: {}", self.place, self.text)
    }
}

/// Reads the migrations of several roots, one after the other: up to and with the migration `through`, and with the platform prelude in
/// front where `platform` asks for it.
pub fn read(
    roots: &[PathBuf],
    through: Option<&str>,
    platform: Platform,
) -> Result<Migrations, ReadError> {
    let mut migrations = Migrations::default();
    if roots.is_empty() {
        return Err(ReadError::NoRoot);
    }
    for root in roots {
        migrations.add_root(root)?;
    }
    if migrations.statements.is_empty() {
        return Err(ReadError::Empty {
            path: roots[0].clone(),
        });
    }
    // The whole project decides about its platform: a cut must not change what stands in front of it.
    let prelude = platform::prelude(platform, &migrations);
    if let Some(name) = through {
        migrations.cut(name)?;
    }
    Ok(prelude.followed_by(migrations))
}

impl Migrations {
    /// The platform alone, for SQL that stands in no directory.
    pub fn platform(platform: Platform) -> Migrations {
        platform::prelude(platform, &Migrations::default())
    }

    /// Reads one text as if it were the migration `name`: for scenarios, which stand on top of a system's migrations.
    pub fn add_text(&mut self, name: &str, path: &Path, text: &str) {
        self.add(File {
            name: name.to_owned(),
            path: path.to_owned(),
            text: text.into(),
            platform: false,
            layout: Layout::File,
        });
    }

    /// The text of a statement, without its semicolon.
    pub fn text(&self, statement: usize) -> &str {
        let statement = &self.statements[statement];
        &self.files[statement.file].text[statement.span.clone()]
    }

    /// Where a statement begins.
    pub fn place(&self, statement: usize) -> Place {
        self.place_in(statement, 0)
    }

    /// The place of the byte `offset` of a statement.
    pub fn place_in(&self, statement: usize, offset: usize) -> Place {
        let statement = &self.statements[statement];
        let file = &self.files[statement.file];
        Place::of(&file.path, &file.text, statement.span.start + offset)
    }

    /// Whether a statement belongs to the platform prelude.
    pub fn is_platform(&self, statement: usize) -> bool {
        self.files[self.statements[statement].file].platform
    }

    /// A statement with one of its clauses underlined, as findings show it.
    pub fn source(&self, statement: usize, clause: Clause<'_>, label: &str) -> Source {
        let inner = self::clause(self.text(statement), clause);
        let of = &self.statements[statement];
        Source {
            place: self.place_in(statement, inner.start),
            text: self.files[of.file].text.clone(),
            statement: of.span.clone(),
            clause: of.span.start + inner.start..of.span.start + inner.end,
            label: label.to_owned(),
        }
    }

    /// The statements of a file, as indices.
    pub fn statements_of(&self, file: usize) -> std::ops::Range<usize> {
        let start = self.statements.partition_point(|of| of.file < file);
        let end = self.statements.partition_point(|of| of.file <= file);
        start..end
    }

    /// Names of the user's migrations, in order.
    pub fn names(&self) -> Vec<&str> {
        self.files
            .iter()
            .filter(|file| !file.platform)
            .map(|file| file.name.as_str())
            .collect()
    }

    /// Drops the migrations after the one called `name`.
    pub fn cut(&mut self, name: &str) -> Result<(), ReadError> {
        let last = self.position(name)?;
        self.files.truncate(last + 1);
        self.statements.retain(|statement| statement.file <= last);
        let kept: Vec<&Path> = self.files.iter().map(|file| file.path.as_path()).collect();
        self.notes
            .retain(|note| kept.contains(&note.place.file.as_path()));
        Ok(())
    }

    /// The file of a migration, which may be written with `.sql` and as an unambiguous beginning.
    pub fn position(&self, name: &str) -> Result<usize, ReadError> {
        let wanted = name.strip_suffix(".sql").unwrap_or(name);
        let wanted = wanted.strip_suffix(".up").unwrap_or(wanted);
        let exact = self.files.iter().rposition(|file| file.name == wanted);
        exact.map_or_else(|| self.beginning(wanted), Ok)
    }

    fn beginning(&self, wanted: &str) -> Result<usize, ReadError> {
        let matches: Vec<usize> = (0..self.files.len())
            .filter(|&file| !wanted.is_empty() && self.files[file].name.starts_with(wanted))
            .collect();
        match matches[..] {
            [one] => Ok(one),
            [] => Err(ReadError::UnknownThrough {
                name: wanted.to_owned(),
                nearest: nearest(wanted, self.names()).map(str::to_owned),
            }),
            _ => Err(ReadError::AmbiguousThrough {
                name: wanted.to_owned(),
                matches: matches
                    .iter()
                    .map(|&file| self.files[file].name.clone())
                    .collect(),
            }),
        }
    }

    fn add_root(&mut self, root: &Path) -> Result<(), ReadError> {
        let listing = layout::list(root)?;
        for (path, reason) in &listing.left_out {
            self.notes.push(Note {
                place: Place::of(shown(path), "", 0),
                text: format!("left out: {reason}"),
            });
        }
        for found in listing.found {
            let bytes = std::fs::read(&found.path).map_err(layout::unreadable(&found.path))?;
            let decoded = decode::decode(&bytes);
            let path = shown(&found.path);
            if let Some(note) = decoded.note {
                self.notes.push(Note {
                    place: Place::of(&path, "", 0),
                    text: format!("the file {note}"),
                });
            }
            self.add(File {
                name: found.name,
                path,
                text: decoded.text.into(),
                platform: false,
                layout: listing.layout,
            });
        }
        Ok(())
    }

    fn add(&mut self, mut file: File) {
        if let Some(filled) = placeholder::fill(&file.text) {
            for (written, value, at) in filled.values {
                self.notes.push(Note {
                    place: Place::of(&file.path, &file.text, at),
                    text: format!("the placeholder {written} stands for {value}"),
                });
            }
            file.text = filled.text.into();
        }
        let text = file.text.clone();
        for part in section::forward(&text) {
            let split = split(&text, part);
            for command in split.meta_commands {
                self.notes.push(Note {
                    place: Place::of(&file.path, &text, command.span.start),
                    text: format!("psql's {} is left out", first_word(&text[command.span])),
                });
            }
            self.statements
                .extend(split.pieces.into_iter().map(|piece| Statement {
                    file: self.files.len(),
                    kind: Kind::of(&text[piece.span.clone()]),
                    span: piece.span,
                    copy: piece.copy,
                }));
        }
        self.files.push(file);
    }

    fn followed_by(mut self, mut other: Migrations) -> Migrations {
        for statement in &mut other.statements {
            statement.file += self.files.len();
        }
        self.files.append(&mut other.files);
        self.statements.append(&mut other.statements);
        self.notes.append(&mut other.notes);
        self
    }
}

fn first_word(text: &str) -> &str {
    text.split_ascii_whitespace().next().unwrap_or(text)
}

/// The path as people write it: relative to the working directory where it lies below that.
fn shown(path: &Path) -> PathBuf {
    let relative = std::env::current_dir()
        .ok()
        .and_then(|here| path.strip_prefix(here).ok().map(Path::to_owned));
    let path = relative.unwrap_or_else(|| path.to_owned());
    path.strip_prefix(".").map_or(path.clone(), Path::to_owned)
}
