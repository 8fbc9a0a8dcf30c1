//! The directory of one run: made, locked while the run lives, swept by a later run when it was left behind.
//!
//! A run holds a lock on the file `lock` in its directory. The kernel lets go of it when the process ends, however it
//! ends, so a directory whose lock is free belongs to a run that is dead.
use super::account::Account;
use super::error::ServerError;
use std::fs::{File, Permissions, TryLockError};
use std::io::ErrorKind;
use std::os::unix::fs::{MetadataExt, PermissionsExt};
use std::path::{Path, PathBuf};
use std::time::{Duration, SystemTime};

const PREFIX: &str = "watertight-";
/// A directory without a lock is being made or being removed; after this time nobody is at it any more.
const UNFINISHED: Duration = Duration::from_secs(60);
const QUIT_LIMIT: Duration = Duration::from_secs(6);
/// Left in the directory by runs whose server is a container.
const DOCKER_MARK: &str = "docker";

/// The live directory of this run; removed when dropped.
#[derive(Debug)]
pub(super) struct RunDirectory {
    path: PathBuf,
    /// Held, never read: the kernel releases it when the process ends.
    lock: File,
}

impl RunDirectory {
    /// Makes a directory of mode 0700 in `base`, owned by `account`, locked before anyone else can see it.
    pub fn create(base: &Path, account: Option<&Account>) -> Result<RunDirectory, ServerError> {
        let name = format!("{PREFIX}{}", run_id());
        let hidden = base.join(format!(".{name}"));
        let path = base.join(name);
        std::fs::create_dir(&hidden).map_err(ServerError::io("make the directory", &hidden))?;
        let made = File::create(hidden.join("lock")).and_then(|lock| {
            std::fs::set_permissions(&hidden, Permissions::from_mode(0o700))?;
            lock.lock()?;
            std::fs::rename(&hidden, &path)?;
            Ok(lock)
        });
        match made {
            Ok(lock) => {
                let run = RunDirectory { path, lock };
                Account::own(account, &run.path)?;
                Ok(run)
            }
            Err(error) => {
                let _ = std::fs::remove_dir_all(&hidden);
                Err(ServerError::io("make the directory", &hidden)(error))
            }
        }
    }

    pub fn path(&self) -> &Path {
        &self.path
    }

    /// The part of the name that differs between runs.
    pub fn id(&self) -> &str {
        id_of(&self.path)
    }

    /// Notes that the run's server is a container, so that a sweep asks Docker too.
    pub fn mark_docker(&self) -> Result<(), ServerError> {
        let mark = self.path.join(DOCKER_MARK);
        std::fs::write(&mark, "").map_err(ServerError::io("write", &mark))
    }
}

impl Drop for RunDirectory {
    fn drop(&mut self) {
        remove(&self.path);
        // Explicit, so that nobody can see the directory unlocked before it is gone.
        let _ = self.lock.unlock();
    }
}

fn id_of(path: &Path) -> &str {
    let name = path.file_name().and_then(|name| name.to_str());
    name.and_then(|name| name.strip_prefix(PREFIX))
        .unwrap_or_default()
}

/// Eight hexadecimal digits that no other run has.
pub(super) fn run_id() -> String {
    let mut id = uuid::Uuid::new_v4().simple().to_string();
    id.truncate(8);
    id
}

/// A directory that a killed run left, with its lock taken over.
#[derive(Debug)]
pub(super) struct Dead {
    path: PathBuf,
    _lock: Option<File>,
}

impl Dead {
    /// The run's id, as container labels carry it.
    pub fn id(&self) -> &str {
        id_of(&self.path)
    }

    pub fn remove(self) {
        remove(&self.path);
    }
}

/// Ends the servers and removes the directories that killed runs left in `bases`.
/// Those of container runs are returned: they are removed once their containers are.
pub(super) fn sweep(bases: &[PathBuf], account: Option<&Account>) -> Vec<Dead> {
    let mut containers = Vec::new();
    for dead in bases.iter().flat_map(|base| dead_in(base, account)) {
        if dead.path.join(DOCKER_MARK).exists() {
            containers.push(dead);
        } else {
            end_postmaster(&dead.path.join("data"));
            dead.remove();
        }
    }
    containers
}

fn dead_in(base: &Path, account: Option<&Account>) -> Vec<Dead> {
    let Ok(entries) = std::fs::read_dir(base) else {
        return Vec::new();
    };
    entries
        .flatten()
        .filter(|entry| is_run_name(&entry.file_name().to_string_lossy()))
        .filter_map(|entry| examine(entry.path(), account))
        .collect()
}

fn is_run_name(name: &str) -> bool {
    let id = name.strip_prefix('.').unwrap_or(name).strip_prefix(PREFIX);
    id.is_some_and(|id| id.len() == 8 && id.bytes().all(|b| b.is_ascii_hexdigit()))
}

/// `None` for what is alive or not ours. Scratch directories are shared with other users of the machine.
fn examine(path: PathBuf, account: Option<&Account>) -> Option<Dead> {
    let found = std::fs::symlink_metadata(&path).ok()?;
    if !found.is_dir() || !Account::is_ours(account, found.uid()) {
        return None;
    }
    match File::open(path.join("lock")) {
        Ok(lock) => match lock.try_lock() {
            Ok(()) => Some(Dead {
                path,
                _lock: Some(lock),
            }),
            Err(TryLockError::WouldBlock | TryLockError::Error(_)) => None,
        },
        Err(error) if error.kind() == ErrorKind::NotFound => {
            let age = SystemTime::now().duration_since(found.modified().ok()?);
            age.is_ok_and(|age| age > UNFINISHED)
                .then_some(Dead { path, _lock: None })
        }
        Err(_) => None,
    }
}

/// Removes everything but the lock first, so that a removal that is cut short can be told from a live run.
pub(super) fn remove(path: &Path) {
    if let Ok(entries) = std::fs::read_dir(path) {
        for entry in entries.flatten().filter(|e| e.file_name() != "lock") {
            let path = entry.path();
            let _ = std::fs::remove_dir_all(&path).or_else(|_| std::fs::remove_file(&path));
        }
    }
    let _ = std::fs::remove_dir_all(path);
}

/// Ends the server that still runs on `data`, if one does.
fn end_postmaster(data: &Path) {
    let Some(pid) = postmaster(data) else { return };
    let _ = rustix::process::kill_process(pid, rustix::process::Signal::QUIT);
    let deadline = std::time::Instant::now() + QUIT_LIMIT;
    while serves(pid, data) {
        if std::time::Instant::now() > deadline {
            let _ = rustix::process::kill_process(pid, rustix::process::Signal::KILL);
            return;
        }
        std::thread::sleep(Duration::from_millis(2));
    }
}

/// The process id in `postmaster.pid`, when that process really serves this directory.
fn postmaster(data: &Path) -> Option<rustix::process::Pid> {
    let text = std::fs::read_to_string(data.join("postmaster.pid")).ok()?;
    let number: i32 = text.lines().next()?.trim().parse().ok()?;
    let pid = rustix::process::Pid::from_raw(number)?;
    serves(pid, data).then_some(pid)
}

/// Process ids are used again, so the process must have the directory as its own: postmaster works in its data directory.
fn serves(pid: rustix::process::Pid, data: &Path) -> bool {
    let number = pid.as_raw_nonzero();
    if Path::new("/proc/self/cwd").exists() {
        let cwd = std::fs::read_link(format!("/proc/{number}/cwd"));
        return cwd.is_ok_and(|cwd| data.canonicalize().is_ok_and(|data| cwd == data));
    }
    let asked = std::process::Command::new("ps")
        .args(["-o", "command=", "-p", &number.to_string()])
        .output();
    asked.is_ok_and(|said| String::from_utf8_lossy(&said.stdout).contains(&*data.to_string_lossy()))
}

#[cfg(test)]
mod tests {
    use super::{RunDirectory, is_run_name, sweep};

    #[test]
    fn a_live_directory_is_left_alone_and_a_dead_one_is_swept() {
        let base = tempfile::tempdir().unwrap();
        let live = RunDirectory::create(base.path(), None).unwrap();
        let dead = base.path().join("watertight-0badcafe");
        std::fs::create_dir_all(dead.join("data/base")).unwrap();
        std::fs::write(dead.join("lock"), "").unwrap();
        let stranger = base.path().join("watertight-notes");
        std::fs::create_dir(&stranger).unwrap();
        assert!(sweep(&[base.path().to_owned()], None).is_empty());
        assert!(live.path().exists());
        assert!(!dead.exists());
        assert!(stranger.exists());
        let path = live.path().to_owned();
        drop(live);
        assert!(!path.exists());
    }

    #[test]
    fn a_directory_that_is_still_being_made_is_left_alone() {
        let base = tempfile::tempdir().unwrap();
        let fresh = base.path().join(".watertight-12345678");
        std::fs::create_dir(&fresh).unwrap();
        sweep(&[base.path().to_owned()], None);
        assert!(fresh.exists());
    }

    #[test]
    fn only_names_of_runs_are_looked_at() {
        assert!(is_run_name("watertight-0123abcd"));
        assert!(is_run_name(".watertight-0123abcd"));
        assert!(!is_run_name("watertight-cache-0"));
        assert!(!is_run_name("watertight-0123abcd-x"));
    }
}
