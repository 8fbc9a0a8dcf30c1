//! The initialised cluster: made once by initdb, kept in the cache under the hash of what made it, copied for each run.
use super::account::Account;
use super::discovery::Installation;
use super::error::{ServerError, with_causes, within};
use sha2::{Digest, Sha256};
use std::fmt::Write as _;
use std::os::unix::fs::{MetadataExt, PermissionsExt};
use std::path::{Path, PathBuf};
use std::process::Stdio;
use std::time::{Duration, SystemTime};

/// Raised when the layout of cache entries changes.
const FORMAT: u32 = 1;
const INITDB_LIMIT: Duration = Duration::from_secs(120);
/// Entries that no run used for so long go away when a new one is stored.
const KEPT: Duration = Duration::from_secs(90 * 24 * 60 * 60);
/// The superuser of private servers, the name that most migrations expect.
pub(super) const SUPERUSER: &str = "postgres";

/// Where the data directory of this run came from.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Origin {
    Cache,
    Initdb,
}

/// Puts an initialised cluster at `data`, from the cache where it has one.
pub(super) async fn provide(
    installation: &Installation,
    cache: Option<&Path>,
    data: &Path,
    account: Option<&Account>,
) -> Result<Origin, ServerError> {
    let entry = cache.map(|cache| entry_of(cache, installation));
    if let Some(entry) = &entry {
        if restore(entry, data, account).is_some() {
            return Ok(Origin::Cache);
        }
        // A copy that was cut short is worth nothing; initdb wants an empty place.
        let _ = std::fs::remove_dir_all(data);
    }
    initialise(installation, data, account).await?;
    if let Some(entry) = &entry {
        // The cache only saves time: a full disk or a read-only home is no reason to fail.
        let _ = store(data, entry);
    }
    Ok(Origin::Initdb)
}

/// Forgets the entry, for when a server did not start from it.
pub(super) fn forget(installation: &Installation, cache: Option<&Path>) {
    if let Some(cache) = cache {
        let _ = std::fs::remove_dir_all(entry_of(cache, installation));
    }
}

fn options(major: u32, locale: &str) -> Vec<String> {
    let mut options = vec![
        "--no-sync".to_owned(),
        "--no-instructions".to_owned(),
        "--auth=trust".to_owned(),
        "--encoding=UTF8".to_owned(),
        format!("--locale={locale}"),
        format!("--username={SUPERUSER}"),
        "--wal-segsize=1".to_owned(),
    ];
    if major >= 18 {
        // Checksums are on by default since 18; nothing here lives long enough to rot.
        options.push("--no-data-checksums".to_owned());
    }
    options
}

async fn initialise(
    installation: &Installation,
    data: &Path,
    account: Option<&Account>,
) -> Result<(), ServerError> {
    let first = initdb(installation, data, account, "C.UTF-8").await;
    match first {
        // Not every C library has C.UTF-8. C sorts the same way and UTF8 is the encoding in either case.
        Err(ServerError::Start { .. }) => {
            let _ = std::fs::remove_dir_all(data);
            initdb(installation, data, account, "C").await
        }
        done => done,
    }
}

async fn initdb(
    installation: &Installation,
    data: &Path,
    account: Option<&Account>,
    locale: &str,
) -> Result<(), ServerError> {
    let program = installation.bin.join("initdb");
    let failed = |reason: String, output: String| ServerError::Start {
        server: format!(
            "PostgreSQL {} in {}",
            installation.version,
            installation.bin.display()
        ),
        reason,
        output,
    };
    let mut command = std::process::Command::new(&program);
    super::local::as_account(&mut command, account);
    command
        .args(options(installation.major, locale))
        .arg("--pgdata")
        .arg(data)
        .stdin(Stdio::null());
    let mut command = tokio::process::Command::from(command);
    let output = within(INITDB_LIMIT, "making a cluster with initdb", async {
        command.kill_on_drop(true).output().await.map_err(|error| {
            failed(
                format!(
                    "{} cannot be run: {}",
                    program.display(),
                    with_causes(&error)
                ),
                String::new(),
            )
        })
    })
    .await?;
    if output.status.success() {
        Ok(())
    } else {
        let said = String::from_utf8_lossy(&output.stderr);
        Err(failed(
            format!("initdb failed with {}", output.status),
            super::local::last_lines(&said),
        ))
    }
}

/// The cache entry of this installation: everything that the files depend on is in its name.
fn entry_of(cache: &Path, installation: &Installation) -> PathBuf {
    let postgres = installation.bin.join("postgres");
    let (size, changed) = std::fs::metadata(&postgres).map_or((0, 0), |m| (m.size(), m.mtime()));
    let text = format!(
        "{FORMAT}\n{}\n{}\n{size} {changed}\n{}\n{}",
        installation.version,
        postgres.display(),
        std::env::consts::ARCH,
        options(installation.major, "C.UTF-8").join(" "),
    );
    let mut name = format!("{}-", installation.major);
    for byte in Sha256::digest(text.as_bytes()).iter().take(8) {
        let _ = write!(name, "{byte:02x}");
    }
    cache.join("clusters").join(name)
}

/// What a copy must amount to; written last, so an entry without it is unfinished.
#[derive(Debug, PartialEq, Eq)]
struct Tally {
    files: u64,
    bytes: u64,
}

impl Tally {
    fn text(&self) -> String {
        format!("files {} bytes {}\n", self.files, self.bytes)
    }
}

/// `None` when there is no entry, or one that is not whole: that one is removed.
fn restore(entry: &Path, data: &Path, account: Option<&Account>) -> Option<()> {
    let wanted = std::fs::read_to_string(entry.join("tally")).ok();
    if wanted.is_none() && !entry.exists() {
        return None;
    }
    match copy(&entry.join("data"), data, account) {
        Ok(tally) if Some(tally.text()) == wanted => {
            // The time tells which entries are in use.
            let tally = std::fs::File::options()
                .append(true)
                .open(entry.join("tally"));
            let _ = tally.and_then(|tally| tally.set_modified(SystemTime::now()));
            Some(())
        }
        _ => {
            let _ = std::fs::remove_dir_all(entry);
            None
        }
    }
}

/// Copies beside the entry first and renames, so that an entry is whole or absent even when two runs make it at once.
fn store(data: &Path, entry: &Path) -> std::io::Result<()> {
    let Some(parent) = entry.parent() else {
        return Ok(());
    };
    std::fs::create_dir_all(parent)?;
    prune(parent);
    let fresh = parent.join(format!(".{}", super::rundir::run_id()));
    std::fs::create_dir(&fresh)?;
    std::fs::set_permissions(&fresh, std::fs::Permissions::from_mode(0o700))?;
    let stored = copy(data, &fresh.join("data"), None)
        .and_then(|tally| std::fs::write(fresh.join("tally"), tally.text()))
        .and_then(|()| std::fs::rename(&fresh, entry));
    if stored.is_err() {
        let _ = std::fs::remove_dir_all(&fresh);
    }
    stored
}

fn prune(parent: &Path) {
    let Ok(entries) = std::fs::read_dir(parent) else {
        return;
    };
    for entry in entries.flatten() {
        let path = entry.path();
        let used = std::fs::metadata(path.join("tally")).or_else(|_| std::fs::metadata(&path));
        let age = used.and_then(|m| m.modified()).map(|at| at.elapsed());
        let limit = if entry.file_name().to_string_lossy().starts_with('.') {
            INITDB_LIMIT
        } else {
            KEPT
        };
        if age.is_ok_and(|age| age.is_ok_and(|age| age > limit)) {
            let _ = std::fs::remove_dir_all(path);
        }
    }
}

/// Copies a tree of plain files and directories, giving each to `account`. Two threads: making a thousand small files
/// is most of what a start costs.
fn copy(from: &Path, to: &Path, account: Option<&Account>) -> std::io::Result<Tally> {
    let mut files = Vec::new();
    let mut open = vec![(from.to_owned(), to.to_owned())];
    while let Some((from, to)) = open.pop() {
        std::fs::create_dir(&to)?;
        std::fs::set_permissions(&to, std::fs::Permissions::from_mode(0o700))?;
        own(account, &to)?;
        for entry in std::fs::read_dir(&from)? {
            let entry = entry?;
            let pair = (entry.path(), to.join(entry.file_name()));
            match entry.file_type()?.is_dir() {
                true => open.push(pair),
                false => files.push(pair),
            }
        }
    }
    let (one, other) = files.split_at(files.len() / 2);
    let (one, other) = std::thread::scope(|scope| {
        let other = scope.spawn(|| copy_files(other, account));
        let one = copy_files(one, account);
        (one, other.join())
    });
    let other = other.map_err(|_| std::io::Error::other("the copying thread panicked"))?;
    Ok(Tally {
        files: files.len() as u64,
        bytes: one? + other?,
    })
}

/// Returns the bytes copied.
fn copy_files(files: &[(PathBuf, PathBuf)], account: Option<&Account>) -> std::io::Result<u64> {
    let mut bytes = 0;
    for (from, to) in files {
        bytes += std::fs::copy(from, to)?;
        own(account, to)?;
    }
    Ok(bytes)
}

fn own(account: Option<&Account>, path: &Path) -> std::io::Result<()> {
    match account {
        Some(account) => std::os::unix::fs::chown(path, Some(account.uid), Some(account.gid)),
        None => Ok(()),
    }
}

#[cfg(test)]
mod tests {
    use super::{restore, store};

    #[test]
    fn an_entry_that_lost_a_file_is_not_used_and_is_removed() {
        let place = tempfile::tempdir().unwrap();
        let data = place.path().join("data");
        std::fs::create_dir_all(data.join("base/1")).unwrap();
        std::fs::write(data.join("PG_VERSION"), "15\n").unwrap();
        std::fs::write(data.join("base/1/1259"), "rows").unwrap();
        let entry = place.path().join("clusters/15-abc");
        store(&data, &entry).unwrap();
        assert!(restore(&entry, &place.path().join("first"), None).is_some());
        assert!(place.path().join("first/base/1/1259").exists());
        std::fs::remove_file(entry.join("data/base/1/1259")).unwrap();
        assert!(restore(&entry, &place.path().join("second"), None).is_none());
        assert!(!entry.exists());
    }

    #[test]
    fn an_unfinished_entry_is_not_used() {
        let place = tempfile::tempdir().unwrap();
        let entry = place.path().join("clusters/15-abc");
        std::fs::create_dir_all(entry.join("data")).unwrap();
        assert!(restore(&entry, &place.path().join("copy"), None).is_none());
    }
}
