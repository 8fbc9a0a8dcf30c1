//! Embeds the platform prelude, and rebuilds the tests when a scenario or migration is added: rstest's `#[files]`
//! expands at compile time.
use std::fmt::Write as _;
use std::path::{Path, PathBuf};

fn main() -> Result<(), Box<dyn std::error::Error>> {
    println!("cargo:rerun-if-changed=harness/build.rs");
    println!("cargo:rerun-if-changed=scenarios");
    println!("cargo:rerun-if-changed=migrations");
    let root = PathBuf::from(std::env::var("CARGO_MANIFEST_DIR")?);
    let out = PathBuf::from(std::env::var("OUT_DIR")?);
    std::fs::write(out.join("prelude.rs"), prelude(&root)?)?;
    Ok(())
}

/// A Rust slice of (shown path, text), one entry for each file of `migrations/platform/`, in order of the file names.
/// A user runs the binary anywhere, so the prelude travels inside it, and a new file needs no code.
fn prelude(root: &Path) -> Result<String, Box<dyn std::error::Error>> {
    let shown = "migrations/platform";
    let mut names = Vec::new();
    for entry in std::fs::read_dir(root.join(shown))? {
        let name = entry?.file_name().to_string_lossy().into_owned();
        if name.ends_with(".sql") {
            names.push(name);
        }
    }
    names.sort();
    let mut code = String::from("&[\n");
    for name in names {
        let path = root.join(shown).join(&name);
        writeln!(
            code,
            "    ({:?}, include_str!({:?})),",
            format!("{shown}/{name}"),
            path
        )?;
    }
    code.push_str("]\n");
    Ok(code)
}
