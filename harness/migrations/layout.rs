//! Recognises how a directory holds its migrations, and lists them in the order in which they apply.
use super::error::ReadError;
use super::order::{self, Versioned};
use crate::config::nearest;
use std::path::{Path, PathBuf};

/// The tool whose conventions a directory follows.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Layout {
    /// The platform prelude inside the binary.
    Embedded,
    /// One file.
    File,
    /// A directory with an `order.txt`.
    Ordered,
    Drizzle,
    Prisma,
    Diesel,
    Flyway,
    Supabase,
    /// Files in order of their numbers: sqlx, dbmate, goose, golang-migrate, Rails-like and plain.
    Plain,
}

/// A migration's file, not yet read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Found {
    /// How people name it: the file's name without `.sql`, or the name of the directory around `up.sql` or `migration.sql`.
    pub name: String,
    pub path: PathBuf,
}

/// A directory's migrations, and the files that were left out although they look like some.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Listing {
    pub layout: Layout,
    pub found: Vec<Found>,
    pub left_out: Vec<(PathBuf, &'static str)>,
}

/// Where a project keeps its migrations, tried in this order when its root is given.
const USUAL_PLACES: [&str; 9] = [
    "supabase/migrations",
    "prisma/migrations",
    "db/migrations",
    "db/migration",
    "src/main/resources/db/migration",
    "migrations",
    "drizzle",
    "sql",
    "db",
];

/// The file beside the migrations that holds verification queries.
pub const CHECKS: &str = "checks.sql";

/// Lists the migrations of `root`: one file, a directory of migrations, or a project that has such a directory.
pub fn list(root: &Path) -> Result<Listing, ReadError> {
    let metadata = std::fs::metadata(root).map_err(|source| match source.kind() {
        std::io::ErrorKind::NotFound => ReadError::Missing {
            path: root.to_owned(),
        },
        _ => unreadable(root)(source),
    })?;
    if !metadata.is_dir() {
        return Ok(Listing {
            layout: Layout::File,
            found: vec![found(root)],
            left_out: Vec::new(),
        });
    }
    if let Some(listing) = directory(root, false)? {
        return Ok(listing);
    }
    for place in USUAL_PLACES {
        let inside = root.join(place);
        if inside.is_dir()
            && let Some(listing) = directory(&inside, true)?
        {
            return Ok(listing);
        }
    }
    nested(root)?.ok_or_else(|| ReadError::Empty {
        path: root.to_owned(),
    })
}

/// The migrations that stand in `at` itself, if any do. A project's root may also hold a stray .sql file, so its usual places
/// are looked into first.
fn directory(at: &Path, inside: bool) -> Result<Option<Listing>, ReadError> {
    let list = at.join("order.txt");
    if list.is_file() {
        return ordered(at, &list).map(Some);
    }
    let journal = at.join("meta/_journal.json");
    if journal.is_file() {
        return drizzle(at, &journal).map(Some);
    }
    let project = ["supabase/migrations", "prisma/migrations", "migrations"];
    if !inside && project.iter().any(|place| at.join(place).is_dir()) {
        return Ok(None);
    }
    let (directories, files) = entries(at)?;
    for (layout, file) in [
        (Layout::Prisma, "migration.sql"),
        (Layout::Diesel, "up.sql"),
    ] {
        let mut found: Vec<Found> = directories
            .iter()
            .filter(|directory| directory.join(file).is_file())
            .map(|directory| Found {
                name: name_of(directory),
                path: directory.join(file),
            })
            .collect();
        if !found.is_empty() {
            found.sort_by(|a, b| a.name.cmp(&b.name));
            return Ok(Some(Listing {
                layout,
                found,
                left_out: Vec::new(),
            }));
        }
    }
    if files.is_empty() {
        return Ok(None);
    }
    Ok(Some(flat(at, files)?))
}

/// Files in one directory, or, for Flyway, also below it.
fn flat(at: &Path, files: Vec<PathBuf>) -> Result<Listing, ReadError> {
    if files.iter().any(|path| order::flyway(path).is_some()) {
        return Ok(flyway(below(at)?));
    }
    let mut left_out = Vec::new();
    let mut found = Vec::new();
    let several = files.len() > 1;
    for path in &files {
        match not_a_migration(path, several, &files) {
            Some(reason) => left_out.push((path.clone(), reason)),
            None => found.push(self::found(path)),
        }
    }
    // Supabase and dbmate compare whole names, the others the numbers in front. They differ only where numbers of different
    // lengths stand together.
    let supabase = at.ends_with("supabase/migrations");
    if supabase {
        found.sort_by(|a, b| a.name.cmp(&b.name));
        let roles = at.with_file_name("roles.sql");
        if roles.is_file() {
            found.insert(0, self::found(&roles));
        }
    } else {
        found.sort_by(|a, b| order::natural(&a.name, &b.name));
    }
    Ok(Listing {
        layout: if supabase {
            Layout::Supabase
        } else {
            Layout::Plain
        },
        found,
        left_out,
    })
}

/// Directories of files that follow no convention, such as `tables/users.sql`: all of them, by path.
fn nested(root: &Path) -> Result<Option<Listing>, ReadError> {
    let files = below(root)?;
    if files.iter().any(|path| order::flyway(path).is_some()) {
        return Ok(Some(flyway(files)));
    }
    let mut found = Vec::new();
    let mut left_out = Vec::new();
    for path in &files {
        match not_a_migration(path, files.len() > 1, &files) {
            Some(reason) => left_out.push((path.clone(), reason)),
            None => {
                let inside = path.strip_prefix(root).unwrap_or(path);
                found.push(Found {
                    name: inside.with_extension("").to_string_lossy().into_owned(),
                    path: path.clone(),
                });
            }
        }
    }
    found.sort_by(|a, b| order::natural(&a.name, &b.name));
    Ok((!found.is_empty()).then_some(Listing {
        layout: Layout::Plain,
        found,
        left_out,
    }))
}

/// `order.txt`: one file name a line, `#` begins a comment. It also lists what no convention could order.
fn ordered(at: &Path, list: &Path) -> Result<Listing, ReadError> {
    let text = std::fs::read_to_string(list).map_err(unreadable(list))?;
    let mut listed = Vec::new();
    for line in text.lines() {
        let name = line.split('#').next().unwrap_or_default().trim();
        if name.is_empty() {
            continue;
        }
        let candidates = [at.join(name), at.join(format!("{name}.sql"))];
        let Some(path) = candidates.into_iter().find(|path| path.is_file()) else {
            let present = below(at)?;
            let names: Vec<String> = present.iter().map(|path| file_name(path)).collect();
            return Err(ReadError::Unlisted {
                list: list.to_owned(),
                name: name.to_owned(),
                nearest: nearest(name, names.iter().map(String::as_str)).map(str::to_owned),
            });
        };
        listed.push(found(&path));
    }
    if listed.is_empty() {
        return Err(ReadError::Empty {
            path: list.to_owned(),
        });
    }
    Ok(Listing {
        layout: Layout::Ordered,
        found: listed,
        left_out: Vec::new(),
    })
}

/// Drizzle's journal names the files and their order.
fn drizzle(at: &Path, journal: &Path) -> Result<Listing, ReadError> {
    #[derive(serde::Deserialize)]
    struct Journal {
        entries: Vec<Entry>,
    }
    #[derive(serde::Deserialize)]
    struct Entry {
        idx: u64,
        tag: String,
    }
    let text = std::fs::read_to_string(journal).map_err(unreadable(journal))?;
    let mut read: Journal = serde_json::from_str(&text).map_err(|error| ReadError::Journal {
        path: journal.to_owned(),
        reason: error.to_string(),
    })?;
    read.entries.sort_by_key(|entry| entry.idx);
    Ok(Listing {
        layout: Layout::Drizzle,
        found: read
            .entries
            .iter()
            .map(|entry| found(&at.join(format!("{}.sql", entry.tag))))
            .collect(),
        left_out: Vec::new(),
    })
}

/// Flyway: versions in numeric order, from the newest baseline on; then the repeatable ones by description.
fn flyway(files: Vec<PathBuf>) -> Listing {
    let mut named: Vec<(Versioned, PathBuf)> = Vec::new();
    let mut left_out = Vec::new();
    for path in files {
        match order::flyway(&path) {
            Some(Versioned::Undo) => left_out.push((path, "undoes a migration")),
            Some(version) => named.push((version, path)),
            None => left_out.push((path, "is not named as Flyway names migrations")),
        }
    }
    let baseline = named
        .iter()
        .filter_map(|(version, _)| match version {
            Versioned::Baseline(number) => Some(number.clone()),
            _ => None,
        })
        .max();
    named.retain(|(version, _)| match (version, &baseline) {
        (Versioned::Version(number), Some(baseline)) => number > baseline,
        (Versioned::Baseline(number), Some(baseline)) => number == baseline,
        _ => true,
    });
    named.sort();
    Listing {
        layout: Layout::Flyway,
        found: named.iter().map(|(_, path)| found(path)).collect(),
        left_out,
    }
}

/// Why a file among others is no migration that goes forward.
fn not_a_migration(path: &Path, several: bool, files: &[PathBuf]) -> Option<&'static str> {
    let stem = name_of(path).to_ascii_lowercase();
    if several && matches!(stem.as_str(), "seed" | "seeds") {
        return Some("fills tables, which watertight does itself");
    }
    let undoes = |part: &str| matches!(part, "down" | "undo" | "rollback");
    if stem.split('.').any(undoes) {
        return Some("undoes a migration");
    }
    let (start, last) = stem.rsplit_once('_')?;
    let forward = path.with_file_name(format!("{start}_up.sql"));
    (undoes(last) && files.contains(&forward)).then_some("undoes a migration")
}

/// The directories and the .sql files in `at`, hidden ones left out. Symbolic links count as what they point to.
fn entries(at: &Path) -> Result<(Vec<PathBuf>, Vec<PathBuf>), ReadError> {
    let (mut directories, mut files) = (Vec::new(), Vec::new());
    for entry in std::fs::read_dir(at).map_err(unreadable(at))? {
        let entry = entry.map_err(unreadable(at))?;
        let path = entry.path();
        if entry.file_name().to_string_lossy().starts_with('.') {
            continue;
        }
        if path.is_dir() {
            directories.push(path);
        } else if path
            .extension()
            .is_some_and(|extension| extension.eq_ignore_ascii_case("sql"))
            && !is_checks(&path)
        {
            files.push(path);
        }
    }
    directories.sort();
    files.sort();
    Ok((directories, files))
}

/// Verification queries stand beside the migrations and are none: they are named by `-- check:` lines.
fn is_checks(path: &Path) -> bool {
    path.ends_with(CHECKS)
        && std::fs::read_to_string(path)
            .is_ok_and(|text| text.contains("\n-- check:") || text.starts_with("-- check:"))
}

/// All .sql files at and below `root`, without directories of down-migrations and seeds.
fn below(root: &Path) -> Result<Vec<PathBuf>, ReadError> {
    /// Deeper trees are no migrations, and a symbolic link may lead in a circle.
    const DEPTH: usize = 6;
    let mut files = Vec::new();
    let mut waiting = vec![(root.to_owned(), 0)];
    while let Some((at, depth)) = waiting.pop() {
        let (directories, mut here) = entries(&at)?;
        files.append(&mut here);
        for directory in directories {
            let name = name_of(&directory).to_ascii_lowercase();
            let aside = [
                "down",
                "undo",
                "rollback",
                "seed",
                "seeds",
                "tests",
                "node_modules",
                "target",
            ];
            if depth < DEPTH && !aside.contains(&name.as_str()) {
                waiting.push((directory, depth + 1));
            }
        }
    }
    files.sort();
    Ok(files)
}

fn found(path: &Path) -> Found {
    Found {
        name: name_of(path),
        path: path.to_owned(),
    }
}

/// The file's name without `.sql`, and without `.up` where a tool pairs `.up.sql` with `.down.sql`.
fn name_of(path: &Path) -> String {
    let name = file_name(path);
    let stem = name.strip_suffix(".sql").unwrap_or(&name);
    stem.strip_suffix(".up").unwrap_or(stem).to_owned()
}

fn file_name(path: &Path) -> String {
    path.file_name()
        .map_or_else(String::new, |name| name.to_string_lossy().into_owned())
}

pub(super) fn unreadable(path: &Path) -> impl Fn(std::io::Error) -> ReadError + '_ {
    |source| ReadError::Unreadable {
        path: path.to_owned(),
        source,
    }
}
