//! Why migrations could not be read, and what to do about it.
use std::path::PathBuf;

/// Migrations could not be read. Whether they apply is PostgreSQL's to say, later.
#[derive(Debug, thiserror::Error)]
pub enum ReadError {
    #[error(
        "there is no file or directory {path}\n  help: give the directory that holds the migrations, or the project's root",
        path = path.display()
    )]
    Missing { path: PathBuf },
    #[error(
        "{path} holds no migrations\n  help: expected .sql files, or directories with migration.sql or up.sql, in one of these layouts: \
         Supabase, Flyway, sqlx, dbmate, goose, golang-migrate, Prisma, Drizzle, diesel, plain files",
        path = path.display()
    )]
    Empty { path: PathBuf },
    #[error("{path} cannot be read: {source}\n  help: check its permissions", path = path.display())]
    Unreadable {
        path: PathBuf,
        source: std::io::Error,
    },
    #[error("{path} is not a Drizzle journal: {reason}\n  help: generate it again", path = path.display())]
    Journal { path: PathBuf, reason: String },
    #[error(
        "{list} names {name}, which does not exist{nearest}",
        list = list.display(),
        nearest = did_you_mean(nearest)
    )]
    Unlisted {
        list: PathBuf,
        name: String,
        nearest: Option<String>,
    },
    #[error("there is no migration {name}{nearest}", nearest = did_you_mean(nearest))]
    UnknownThrough {
        name: String,
        nearest: Option<String>,
    },
    #[error("{name} names several migrations: {matches}\n  help: write one of them in full", matches = matches.join(", "))]
    AmbiguousThrough { name: String, matches: Vec<String> },
    #[error("there is no migration to read\n  help: name at least one directory")]
    NoRoot,
}

impl ReadError {
    /// Usage errors all.
    pub fn exit_code(&self) -> u8 {
        2
    }
}

fn did_you_mean(nearest: &Option<String>) -> String {
    nearest.as_ref().map_or_else(String::new, |name| {
        format!("\n  help: the nearest name is {name}")
    })
}

/// The name that needs the fewest edits to become `wanted`, when one is near enough to be a slip.
pub fn nearest<'a>(wanted: &str, names: impl IntoIterator<Item = &'a str>) -> Option<String> {
    names
        .into_iter()
        .map(|name| (edits(wanted, name), name))
        .filter(|(edits, name)| *edits <= 2 + wanted.len().max(name.len()) / 2)
        .min()
        .map(|(_, name)| name.to_owned())
}

/// Levenshtein's distance: letters to insert, drop or replace.
fn edits(from: &str, to: &str) -> usize {
    let to: Vec<char> = to.chars().collect();
    let mut row: Vec<usize> = (0..=to.len()).collect();
    for (i, a) in from.chars().enumerate() {
        let mut diagonal = row[0];
        row[0] = i + 1;
        for (j, &b) in to.iter().enumerate() {
            let replaced = diagonal + usize::from(a != b);
            diagonal = row[j + 1];
            row[j + 1] = replaced.min(row[j] + 1).min(diagonal + 1);
        }
    }
    row[to.len()]
}
