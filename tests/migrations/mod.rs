//! Reading migrations: layouts, splitting, the platform's decision and clauses. No server.
mod clauses;
mod layouts;
mod platform;
mod splitting;

use std::path::Path;
use watertight::migrations::{Migrations, Platform, ReadError};

/// Writes a tree of files into a throw-away directory.
pub fn tree(files: &[(&str, &str)]) -> tempfile::TempDir {
    let root = tempfile::tempdir().unwrap();
    for (name, text) in files {
        let path = root.path().join(name);
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        std::fs::write(path, text).unwrap();
    }
    root
}

/// Reads a directory without a platform.
pub fn read(root: &Path) -> Result<Migrations, ReadError> {
    watertight::migrations::read(&[root.to_owned()], None, Platform::None)
}

/// The statements' texts, in order.
pub fn texts(migrations: &Migrations) -> Vec<&str> {
    (0..migrations.statements.len())
        .map(|statement| migrations.text(statement))
        .collect()
}
