//! Finds PostgreSQL's programs on this machine, newest version first.
use std::collections::BTreeSet;
use std::ffi::OsString;
use std::path::{Path, PathBuf};
use std::process::Stdio;
use std::time::Duration;
use tokio::process::Command;

/// `--version` answers in milliseconds; a program that does not is no candidate.
const ANSWER_LIMIT: Duration = Duration::from_secs(10);

/// Where distributions put versions side by side: `parent`/`prefix`*/`suffix`.
const USUAL_PLACES: &[(&str, &str, &str)] = &[
    ("usr/lib/postgresql", "", "bin"),         // Debian, Ubuntu
    ("usr", "pgsql-", "bin"),                  // PGDG on Fedora and RHEL
    ("usr/lib", "postgresql", "bin"),          // openSUSE
    ("usr/libexec", "postgresql", ""),         // Alpine
    ("usr/lib64", "postgresql-", "bin"),       // Gentoo
    ("usr/local", "pgsql", "bin"),             // built from source
    ("usr/local/opt", "postgresql", "bin"),    // Homebrew on Intel
    ("opt/homebrew/opt", "postgresql", "bin"), // Homebrew on Apple silicon
    ("home/linuxbrew/.linuxbrew/opt", "postgresql", "bin"),
    ("opt/local/lib", "postgresql", "bin"), // MacPorts
    ("Applications/Postgres.app/Contents/Versions", "", "bin"),
    ("Library/PostgreSQL", "", "bin"), // EDB's installer
    ("opt/postgresql", "", "bin"),
];

/// The same below the home directory: version managers.
const HOME_PLACES: &[(&str, &str, &str)] = &[
    (".asdf/installs/postgres", "", "bin"),
    (".local/share/mise/installs/postgres", "", "bin"),
    (".pgenv", "pgsql-", "bin"),
];

/// Where to look; a test passes an empty one.
#[derive(Debug, Clone, Default)]
pub struct Search {
    /// Directories that hold programs, as in `PATH`.
    pub path: Option<OsString>,
    /// Stands in front of the distributions' usual places; `/` outside tests.
    pub root: Option<PathBuf>,
    pub home: Option<PathBuf>,
}

impl Search {
    /// This machine.
    pub fn system() -> Search {
        Search {
            path: std::env::var_os("PATH"),
            root: Some(PathBuf::from("/")),
            home: std::env::home_dir(),
        }
    }
}

/// One set of PostgreSQL programs that can make and run a server.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Installation {
    pub bin: PathBuf,
    pub major: u32,
    /// As `postgres --version` says it: `15.18`.
    pub version: String,
}

/// What was found, and what was seen on the way, for the message when nothing was.
#[derive(Debug, Default)]
pub(super) struct Found {
    /// Newest first.
    pub installations: Vec<Installation>,
    /// Sentences about places that did not help.
    pub tried: Vec<String>,
}

/// Looks in all places; `wanted` chooses a major version.
pub(super) async fn find(search: &Search, wanted: Option<u32>) -> Found {
    let mut found = Found::default();
    let directories = candidates(search).await;
    let asked = directories.iter().map(|bin| inspect(bin));
    for (bin, answer) in directories
        .iter()
        .zip(futures_util::future::join_all(asked).await)
    {
        match answer {
            Ok(installation) if wanted.is_some_and(|n| n != installation.major) => {
                found.tried.push(format!(
                    "{} is PostgreSQL {}",
                    bin.display(),
                    installation.version
                ));
            }
            Ok(installation) if installation.major < super::OLDEST => {
                found.tried.push(format!(
                    "{} is PostgreSQL {}, older than {}",
                    bin.display(),
                    installation.version,
                    super::OLDEST
                ));
            }
            Ok(installation) => found.installations.push(installation),
            Err(reason) => found.tried.push(reason),
        }
    }
    found
        .installations
        .sort_by_key(|i| std::cmp::Reverse(version_key(&i.version)));
    if directories.is_empty() {
        found.tried.push(
            "no PostgreSQL programs in PATH, from pg_config, or in the usual places of distributions".to_owned(),
        );
    }
    found
}

/// Directories that hold a `postgres` program, each once.
async fn candidates(search: &Search) -> Vec<PathBuf> {
    let mut directories = Vec::new();
    if let Some(path) = &search.path {
        for directory in std::env::split_paths(path) {
            let pg_config = directory.join("pg_config");
            if pg_config.is_file()
                && let Some(bin) = bindir(&pg_config).await
            {
                directories.push(bin);
            }
            directories.push(directory);
        }
    }
    let below = |base: &Option<PathBuf>, places: &[(&str, &str, &str)]| {
        let base = base.clone();
        places
            .iter()
            .flat_map(move |(parent, prefix, suffix)| {
                let parent = base.as_ref().map(|base| base.join(parent));
                parent.map_or(Vec::new(), |parent| side_by_side(&parent, prefix, suffix))
            })
            .collect::<Vec<_>>()
    };
    directories.extend(below(&search.root, USUAL_PLACES));
    directories.extend(below(&search.home, HOME_PLACES));
    let mut seen = BTreeSet::new();
    directories.retain(|bin| {
        bin.join("postgres").is_file()
            && seen.insert(bin.canonicalize().unwrap_or_else(|_| bin.clone()))
    });
    directories
}

fn side_by_side(parent: &Path, prefix: &str, suffix: &str) -> Vec<PathBuf> {
    let Ok(entries) = std::fs::read_dir(parent) else {
        return Vec::new();
    };
    let mut bins: Vec<PathBuf> = entries
        .flatten()
        .filter(|entry| entry.file_name().to_string_lossy().starts_with(prefix))
        .map(|entry| entry.path().join(suffix))
        .collect();
    bins.sort();
    bins
}

async fn bindir(pg_config: &Path) -> Option<PathBuf> {
    let text = answer(pg_config, "--bindir").await.ok()?;
    Some(PathBuf::from(text.trim()))
}

async fn inspect(bin: &Path) -> Result<Installation, String> {
    if !bin.join("initdb").is_file() {
        return Err(format!("{} has postgres but no initdb", bin.display()));
    }
    let text = answer(&bin.join("postgres"), "--version").await?;
    let version = version_of(&text);
    let major = version.as_deref().map(version_key);
    match (version, major) {
        (Some(version), Some((major, _))) => Ok(Installation {
            bin: bin.to_owned(),
            major,
            version,
        }),
        _ => Err(format!(
            "{} does not tell its version: {:?}",
            bin.display(),
            text.trim()
        )),
    }
}

async fn answer(program: &Path, question: &str) -> Result<String, String> {
    let asked = Command::new(program)
        .arg(question)
        .stdin(Stdio::null())
        .kill_on_drop(true)
        .output();
    match tokio::time::timeout(ANSWER_LIMIT, asked).await {
        Ok(Ok(output)) if output.status.success() => {
            Ok(String::from_utf8_lossy(&output.stdout).into_owned())
        }
        Ok(Ok(output)) => Err(format!(
            "{} {question} failed: {}",
            program.display(),
            String::from_utf8_lossy(&output.stderr).trim()
        )),
        Ok(Err(error)) => Err(format!("{} cannot be run: {error}", program.display())),
        Err(_) => Err(format!("{} {question} hung", program.display())),
    }
}

/// `postgres (PostgreSQL) 15.18 (Debian 15.18-0+deb12u1)` → `15.18`.
fn version_of(text: &str) -> Option<String> {
    let after = text.split("(PostgreSQL)").nth(1)?;
    let version = after.split_whitespace().next()?;
    version
        .starts_with(|c: char| c.is_ascii_digit())
        .then(|| version.to_owned())
}

/// `15.18` → (15, 18); `19beta1` → (19, 0), so that a release sorts above its betas.
fn version_key(version: &str) -> (u32, u32) {
    let mut numbers = version.split('.').map(|part| {
        let digits: String = part.chars().take_while(char::is_ascii_digit).collect();
        digits.parse().unwrap_or(0)
    });
    (numbers.next().unwrap_or(0), numbers.next().unwrap_or(0))
}

#[cfg(test)]
mod tests {
    use super::{Search, find, version_key, version_of};
    use std::os::unix::fs::PermissionsExt;
    use std::path::Path;

    fn install(bin: &Path, version: &str) {
        std::fs::create_dir_all(bin).unwrap();
        for program in ["postgres", "initdb"] {
            let path = bin.join(program);
            std::fs::write(
                &path,
                format!("#!/bin/sh\necho '{program} (PostgreSQL) {version}'\n"),
            )
            .unwrap();
            std::fs::set_permissions(&path, std::fs::Permissions::from_mode(0o755)).unwrap();
        }
    }

    #[test]
    fn versions_are_read_from_what_postgres_says() {
        let debian = "postgres (PostgreSQL) 15.18 (Debian 15.18-0+deb12u1)\n";
        assert_eq!(version_of(debian).as_deref(), Some("15.18"));
        assert_eq!(
            version_of("postgres (PostgreSQL) 19beta1"),
            Some("19beta1".into())
        );
        assert_eq!(version_of("something else"), None);
        assert!(version_key("18.0") > version_key("9.6.24"));
        assert!(version_key("15.10") > version_key("15.9"));
    }

    #[tokio::test]
    async fn the_newest_comes_first_and_each_directory_once() {
        let tree = tempfile::tempdir().unwrap();
        let debian = tree.path().join("usr/lib/postgresql");
        install(&debian.join("14/bin"), "14.9");
        install(&debian.join("17/bin"), "17.2 (Debian 17.2-1)");
        install(&debian.join("13/bin"), "13.1");
        let search = Search {
            path: Some(debian.join("14/bin").into()),
            root: Some(tree.path().to_owned()),
            home: None,
        };
        let found = find(&search, None).await;
        let versions: Vec<_> = found
            .installations
            .iter()
            .map(|i| i.version.as_str())
            .collect();
        assert_eq!(versions, ["17.2", "14.9"]);
        assert_eq!(found.tried.len(), 1, "13 is too old: {:?}", found.tried);
        let chosen = find(&search, Some(14)).await;
        assert_eq!(chosen.installations[0].major, 14);
        assert_eq!(chosen.installations.len(), 1);
    }

    #[tokio::test]
    async fn a_directory_without_initdb_is_told_about() {
        let tree = tempfile::tempdir().unwrap();
        install(tree.path(), "16.1");
        std::fs::remove_file(tree.path().join("initdb")).unwrap();
        let search = Search {
            path: Some(tree.path().into()),
            ..Search::default()
        };
        let found = find(&search, None).await;
        assert!(found.installations.is_empty());
        assert!(found.tried[0].contains("no initdb"), "{:?}", found.tried);
    }
}
