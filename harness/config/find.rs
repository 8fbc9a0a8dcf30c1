//! Where configurations and migrations usually stand.
use std::path::{Path, PathBuf};

/// Tried in this order when neither a flag nor a configuration names migrations.
pub const COMMON_DIRECTORIES: &[&str] = &[
    "supabase/migrations",
    "migrations",
    "db/migrations",
    "prisma/migrations",
    "drizzle",
    "drizzle/migrations",
    "database/migrations",
    "db/migrate",
    "sql/migrations",
    "src/main/resources/db/migration",
];

/// The configuration of the project in `directory`.
pub fn find_config(directory: &Path) -> Option<PathBuf> {
    ["watertight.toml", ".config/watertight.toml"]
        .iter()
        .find(|name| directory.join(name).is_file())
        .map(PathBuf::from)
}

/// The first common directory that there is.
pub fn find_migrations(directory: &Path) -> Option<PathBuf> {
    COMMON_DIRECTORIES
        .iter()
        .find(|name| directory.join(name).is_dir())
        .map(PathBuf::from)
}

/// What people would call the system whose migrations stand in `directory`: the nearest part of its path that
/// says more than "here are migrations".
pub(super) fn system_name(working: &Path, directory: &Path) -> String {
    const GENERIC: &[&str] = &[
        "migrations",
        "migration",
        "migrate",
        "supabase",
        "prisma",
        "drizzle",
        "database",
        "db",
        "sql",
        "resources",
        "main",
        "src",
    ];
    let full = working.join(directory);
    let name = full
        .components()
        .rev()
        .filter_map(|part| match part {
            std::path::Component::Normal(name) => Some(name.to_string_lossy().into_owned()),
            _ => None,
        })
        .find(|name| !GENERIC.contains(&name.as_str()));
    name.unwrap_or_else(|| "database".to_owned())
}
