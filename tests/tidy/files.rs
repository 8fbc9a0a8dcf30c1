//! The files of this project as the rules see them.
use super::code;
use std::path::{Path, PathBuf};

/// A Rust file.
pub struct SourceFile {
    /// Relative to the project, with `/` between the parts.
    pub path: String,
    pub text: String,
    /// The text without comments, strings and characters: blanks stand in their places, so lines and offsets agree.
    pub code: String,
    /// `code` without the unit tests.
    pub product: String,
}

impl SourceFile {
    /// What a complaint begins with.
    pub fn at(&self, offset: usize) -> String {
        format!(
            "{}:{}",
            self.path,
            self.text[..offset].matches('\n').count() + 1
        )
    }
}

pub fn root() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR"))
}

/// All files below `folder`, in order of their paths, relative to the project.
pub fn paths(folder: &str) -> Vec<String> {
    let mut found = Vec::new();
    let mut open = vec![root().join(folder)];
    while let Some(path) = open.pop() {
        if path.is_dir() {
            open.extend(
                std::fs::read_dir(path)
                    .unwrap()
                    .map(|entry| entry.unwrap().path()),
            );
        } else if path.is_file() {
            found.push(shown(&path));
        }
    }
    found.sort();
    found
}

fn shown(path: &Path) -> String {
    let short = path.strip_prefix(root()).unwrap();
    short.to_string_lossy().replace('\\', "/")
}

/// The Rust files below `folder`.
pub fn rust(folder: &str) -> Vec<SourceFile> {
    paths(folder)
        .into_iter()
        .filter(|path| path.ends_with(".rs"))
        .map(|path| {
            let text = std::fs::read_to_string(root().join(&path)).unwrap();
            let code = code::blank(&text);
            let product = code::without_tests(&code);
            SourceFile {
                path,
                text,
                code,
                product,
            }
        })
        .collect()
}
