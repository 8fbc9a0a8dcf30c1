//! The command line that opens a scratch database in psql.
use tokio_postgres::Config;
use tokio_postgres::config::Host;

/// For a person to paste while the server runs; `password` is put in front when one is needed, and so are settings that the
/// session begins with.
pub(super) fn command(
    config: &Config,
    database: &str,
    password: Option<&str>,
    settings: &[(String, String)],
) -> String {
    let mut words = Vec::new();
    if !settings.is_empty() {
        // Blanks and backslashes in a value are escaped (PostgreSQL manual, 34.1.2, `options`).
        let escaped = |text: &str| text.replace('\\', "\\\\").replace(' ', "\\ ");
        let options: Vec<String> = settings
            .iter()
            .map(|(name, value)| format!("-c {name}={}", escaped(value)))
            .collect();
        words.push(format!("PGOPTIONS={}", quoted(&options.join(" "))));
    }
    if let Some(password) = password {
        words.push(format!("PGPASSWORD={}", quoted(password)));
    }
    words.push("psql".to_owned());
    match config.get_hosts().first() {
        Some(Host::Tcp(host)) => words.extend(["-h".to_owned(), quoted(host)]),
        Some(Host::Unix(path)) => words.extend(["-h".to_owned(), quoted(&path.to_string_lossy())]),
        None => {}
    }
    if let Some(port) = config.get_ports().first().filter(|port| **port != 5432) {
        words.extend(["-p".to_owned(), port.to_string()]);
    }
    if let Some(user) = config.get_user() {
        words.extend(["-U".to_owned(), quoted(user)]);
    }
    words.push(quoted(database));
    words.join(" ")
}

/// A word for a POSIX shell, quoted only when it needs to be.
fn quoted(word: &str) -> String {
    let plain = |c: char| c.is_ascii_alphanumeric() || "-_./:=@%+,".contains(c);
    if !word.is_empty() && word.chars().all(plain) {
        word.to_owned()
    } else {
        format!("'{}'", word.replace('\'', r"'\''"))
    }
}

#[cfg(test)]
mod tests {
    use super::{command, quoted};
    use tokio_postgres::Config;

    #[test]
    fn words_are_quoted_only_when_needed() {
        assert_eq!(quoted("/dev/shm/watertight-1"), "/dev/shm/watertight-1");
        assert_eq!(quoted("a b"), "'a b'");
        assert_eq!(quoted("it's"), r"'it'\''s'");
        assert_eq!(quoted(""), "''");
    }

    #[test]
    fn the_command_names_what_differs_from_the_defaults() {
        let mut config = Config::new();
        config.host("127.0.0.1").port(49153).user("postgres");
        assert_eq!(
            command(&config, "template", Some("secret"), &[]),
            "PGPASSWORD=secret psql -h 127.0.0.1 -p 49153 -U postgres template"
        );
    }

    #[test]
    fn settings_come_first_with_their_blanks_escaped() {
        let mut config = Config::new();
        config.host("127.0.0.1").user("authenticator");
        let settings = [
            ("role".to_owned(), "authenticated".to_owned()),
            (
                "request.jwt.claims".to_owned(),
                r#"{"sub": "x\"}"#.to_owned(),
            ),
        ];
        assert_eq!(
            command(&config, "filled", None, &settings),
            r#"PGOPTIONS='-c role=authenticated -c request.jwt.claims={"sub":\ "x\\"}' psql -h 127.0.0.1 -U authenticator filled"#
        );
    }
}
