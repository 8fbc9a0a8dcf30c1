//! Where a run may put its files; tests pass directories of their own.
use super::account::Account;
use super::discovery::Search;
use std::os::unix::fs::{MetadataExt, PermissionsExt};
use std::path::{Path, PathBuf};

/// Free space that the memory file system must have before a cluster is put there.
const ROOM_IN_MEMORY: u64 = 1 << 30;
/// Memory that must stay available beside it.
const MEMORY_TO_SPARE: u64 = 2 << 30;

/// The places on this machine that the server stage reads and writes.
#[derive(Debug, Clone, Default)]
pub struct Places {
    /// Where PostgreSQL's programs may be.
    pub search: Search,
    /// Where run directories go, best first: memory, then disk.
    pub scratch: Vec<PathBuf>,
    /// Where initialised clusters are kept between runs; `None` keeps none.
    pub cache: Option<PathBuf>,
}

impl Places {
    /// This machine's.
    pub fn system() -> Places {
        let mut scratch = vec![
            PathBuf::from("/dev/shm"),
            std::env::temp_dir(),
            PathBuf::from("/tmp"),
            PathBuf::from("/var/tmp"),
        ];
        scratch.dedup();
        Places {
            search: Search::system(),
            scratch,
            cache: cache(),
        }
    }

    /// The scratch directories that can hold a cluster of `account`, best first.
    pub(super) fn roomy(&self, account: Option<&Account>) -> impl Iterator<Item = &Path> {
        self.scratch
            .iter()
            .map(PathBuf::as_path)
            .filter(move |base| base.is_dir() && Account::can_enter(account, base) && roomy(base))
    }
}

/// Memory file systems need room to spare; on disk the server tells when it is full.
fn roomy(base: &Path) -> bool {
    if !is_memory(base) {
        return true;
    }
    let room = rustix::fs::statvfs(base).is_ok_and(|s| s.f_bavail * s.f_frsize >= ROOM_IN_MEMORY);
    room && available_memory().is_none_or(|bytes| bytes >= MEMORY_TO_SPARE)
}

pub(super) fn is_memory(base: &Path) -> bool {
    base.starts_with("/dev/shm")
}

/// `MemAvailable` of Linux; `None` where it is not told.
fn available_memory() -> Option<u64> {
    let text = std::fs::read_to_string("/proc/meminfo").ok()?;
    let line = text.lines().find(|l| l.starts_with("MemAvailable:"))?;
    let kib: u64 = line.split_whitespace().nth(1)?.parse().ok()?;
    Some(kib * 1024)
}

/// `$XDG_CACHE_HOME/watertight`, `~/.cache/watertight`, or a directory of our own in the temporary one.
fn cache() -> Option<PathBuf> {
    let xdg = std::env::var_os("XDG_CACHE_HOME")
        .map(PathBuf::from)
        .filter(|path| path.is_absolute());
    let home = std::env::home_dir()
        .filter(|home| home.is_dir())
        .map(|home| home.join(".cache"));
    let uid = rustix::process::geteuid().as_raw();
    let temporary = || std::env::temp_dir().join(format!("watertight-cache-{uid}"));
    let usable = |path: &PathBuf| std::fs::create_dir_all(path).is_ok() && is_private(path, uid);
    xdg.or(home)
        .map(|base| base.join("watertight"))
        .filter(usable)
        .or_else(|| Some(temporary()).filter(usable))
}

/// A cluster from the cache is run as is, so nobody else may be able to write there.
fn is_private(path: &Path, uid: u32) -> bool {
    std::fs::symlink_metadata(path).is_ok_and(|found| {
        found.is_dir() && found.uid() == uid && found.permissions().mode() & 0o022 == 0
    })
}
