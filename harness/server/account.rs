//! Whose account the private server runs under: PostgreSQL refuses to run as root.
use super::error::ServerError;
use std::os::unix::fs::{PermissionsExt, chown};
use std::path::Path;

/// The unprivileged account that root gives the server to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Account {
    pub name: String,
    pub uid: u32,
    pub gid: u32,
}

impl Account {
    /// `None` when we are not root and the server simply runs as ourselves.
    pub fn unprivileged() -> Result<Option<Account>, ServerError> {
        if !rustix::process::geteuid().is_root() {
            return Ok(None);
        }
        let path = Path::new("/etc/passwd");
        let passwd = std::fs::read_to_string(path).map_err(ServerError::io("read", path))?;
        choose(&passwd).map(Some).ok_or_else(|| ServerError::Start {
            server: "a private PostgreSQL".to_owned(),
            reason: "PostgreSQL refuses to run as root, and /etc/passwd has neither a user postgres nor nobody; run as another user, or add one with useradd postgres".to_owned(),
            output: String::new(),
        })
    }

    /// Gives one file or directory to the account.
    pub fn own(account: Option<&Account>, path: &Path) -> Result<(), ServerError> {
        match account {
            Some(account) => chown(path, Some(account.uid), Some(account.gid))
                .map_err(ServerError::io("change the owner of", path)),
            None => Ok(()),
        }
    }

    /// Whether files of user `uid` are ours: our own or those of the account that we give servers to.
    pub fn is_ours(account: Option<&Account>, uid: u32) -> bool {
        uid == rustix::process::geteuid().as_raw() || account.is_some_and(|a| a.uid == uid)
    }

    /// Whether the account can walk into `directory`. Root's own directories are often closed to everyone else.
    pub fn can_enter(account: Option<&Account>, directory: &Path) -> bool {
        account.is_none()
            || directory.ancestors().all(|ancestor| {
                std::fs::metadata(ancestor).is_ok_and(|m| m.permissions().mode() & 0o001 != 0)
            })
    }
}

/// Prefers `postgres`; else `nobody`, which initdb accepts because it has an entry in passwd.
fn choose(passwd: &str) -> Option<Account> {
    let find = |wanted: &str| {
        passwd.lines().find_map(|line| {
            let mut fields = line.split(':');
            let name = fields.next()?;
            let uid: u32 = fields.nth(1)?.parse().ok()?;
            let gid: u32 = fields.next()?.parse().ok()?;
            (name == wanted && uid != 0).then(|| Account {
                name: name.to_owned(),
                uid,
                gid,
            })
        })
    };
    find("postgres").or_else(|| find("nobody"))
}

#[cfg(test)]
mod tests {
    use super::choose;

    const NOBODY: &str = "nobody:x:65534:65533:nobody:/nonexistent:/usr/sbin/nologin\n";

    #[test]
    fn postgres_is_preferred_to_nobody() {
        let passwd =
            format!("root:x:0:0:root:/root:/bin/bash\n{NOBODY}postgres:x:101:104::/:/bin/sh\n");
        let account = choose(&passwd).unwrap();
        assert_eq!(
            (account.name.as_str(), account.uid, account.gid),
            ("postgres", 101, 104)
        );
        assert_eq!(choose(NOBODY).unwrap().uid, 65534);
    }

    #[test]
    fn an_account_that_is_root_in_disguise_is_not_taken() {
        assert_eq!(choose("postgres:x:0:0::/:/bin/sh\nbroken line\n"), None);
    }
}
