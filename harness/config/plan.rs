//! What one run over one system shall do: plain values, everything decided.
use super::{ConfigError, Date, Shard, TenancyOverrides};
use std::fmt;
use std::path::{Path, PathBuf};
use std::time::Duration;

/// All that the conductor needs for one system.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct CheckPlan {
    /// The system's name in the configuration, or its directory's name.
    pub system: String,
    /// Directories or files of migrations, applied one after the other.
    pub migrations: Vec<PathBuf>,
    /// Applied after the last migration: a scenario, a down-path.
    pub on_top: Vec<Sql>,
    /// Stop after the migration of this name; all of them when absent.
    pub through: Option<String>,
    pub platform: Platform,
    pub server: ServerRequest,
    pub seed: u64,
    /// Probes to run, by name; already validated, in the order of the list of all probes.
    pub probes: Vec<String>,
    /// No statement may take longer.
    pub statement_timeout_ms: u64,
    /// How many writes in a row an attack may make before it looks at what it gained; 0 tries none.
    pub depth: usize,
    /// Workers, each with a database of its own.
    pub jobs: usize,
    /// Whether proposals to mend a leak are tried.
    pub patches: bool,
    /// Whether the server stays up after the run, for somebody who looks around.
    pub keep_server: bool,
    /// When attacks end, counted from the start of the run; never when absent.
    pub time: Option<Duration>,
    /// The part of the attacks to make; all of them when absent.
    pub shard: Option<Shard>,
    pub tenancy: TenancyOverrides,
    /// Leaks that do not fail the run; applied by `Gate`, after the engine.
    pub accept: Vec<Accepted>,
    /// Cells that may stay unproven; applied by `Gate`, after the engine.
    pub allow_unproven: Vec<Allowed>,
    /// No unproven cell fails the run.
    pub allow_every_unproven: bool,
    /// Directories of saved cases that are tried before anything else.
    pub stored: Vec<PathBuf>,
    /// Where each leak is saved as a case; nowhere when absent.
    pub saved: Option<PathBuf>,
    /// Some probes or objects were left out, so an acceptance that matches nothing says nothing.
    pub partial: bool,
}

/// SQL that belongs to no directory of migrations.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Sql {
    /// How people call it, as they call a migration.
    pub name: String,
    /// Where it stands; lines are counted there.
    pub path: PathBuf,
    pub text: String,
}

impl Sql {
    /// A whole file, named as a migration would be.
    pub fn read(path: &Path) -> Result<Sql, ConfigError> {
        let text = std::fs::read_to_string(path).map_err(|error| ConfigError::Unreadable {
            path: path.to_owned(),
            reason: error.to_string(),
        })?;
        Ok(Sql {
            name: path
                .file_stem()
                .unwrap_or_default()
                .to_string_lossy()
                .into_owned(),
            path: path.to_owned(),
            text,
        })
    }
}

/// What one rehearsal over one system shall do.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct RehearsalPlan {
    pub check: CheckPlan,
    /// The migration at which the database is filled; the last but one when absent.
    pub from: Option<String>,
    /// SQL that is run right after the database was filled, to put it into a state that this system is known to have.
    pub seed_rows: Option<Sql>,
    /// Rows that each table is brought to before the statements are timed; 0 times them on the world's few.
    pub rows: usize,
    /// Tables whose problems do not fail the run.
    pub allowed: Vec<Allowed>,
}

/// What is to be found out about the plans of one system.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct PlansPlan {
    pub check: CheckPlan,
    /// Rows that each measured table is filled with; 0 measures none.
    pub rows: usize,
    /// The tables to measure; a handful of the busiest when empty.
    pub tables: Vec<TableName>,
    /// Statements to ask besides those that the schema suggests.
    pub queries: Option<Sql>,
}

/// Whether a hosting platform's own roles and schemas come before the migrations.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Platform {
    /// Put it in front when the migrations use its roles or schemas and do not make them.
    #[default]
    Auto,
    Supabase,
    None,
}

impl Platform {
    pub const NAMES: [&'static str; 3] = ["auto", "supabase", "none"];

    pub fn parse(name: &str) -> Option<Platform> {
        match name {
            "auto" => Some(Platform::Auto),
            "supabase" => Some(Platform::Supabase),
            "none" => Some(Platform::None),
            _ => None,
        }
    }
}

/// Which PostgreSQL to attack in.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct ServerRequest {
    pub choice: ServerChoice,
    /// An existing server, in which watertight makes and drops databases of its own.
    pub database_url: Option<String>,
    /// Major version of the local binaries; the newest found when absent.
    pub postgres: Option<u32>,
    /// Image for `docker`; the server stage's default when absent.
    pub docker_image: Option<String>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum ServerChoice {
    /// Local binaries, else Docker.
    #[default]
    Auto,
    Local,
    Docker,
}

impl ServerChoice {
    pub const NAMES: [&'static str; 3] = ["auto", "local", "docker"];

    pub fn parse(name: &str) -> Option<ServerChoice> {
        match name {
            "auto" => Some(ServerChoice::Auto),
            "local" => Some(ServerChoice::Local),
            "docker" => Some(ServerChoice::Docker),
            _ => None,
        }
    }
}

/// A leak that the user has decided to live with.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Accepted {
    pub fingerprint: Option<String>,
    pub probe: Option<String>,
    pub object: Option<String>,
    pub reason: String,
    /// The last day on which it holds.
    pub until: Option<Date>,
}

/// Cells that may stay unproven.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Allowed {
    pub object: String,
    pub reason: String,
}

/// A relation's name as the configuration writes it: `public.contacts`, or `contacts` for the schema `public`.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct TableName {
    pub schema: String,
    pub name: String,
}

impl TableName {
    pub fn parse(text: &str) -> Option<TableName> {
        match name_parts(text)?.as_slice() {
            [name] => Some(TableName {
                schema: "public".into(),
                name: name.clone(),
            }),
            [schema, name] => Some(TableName {
                schema: schema.clone(),
                name: name.clone(),
            }),
            _ => None,
        }
    }
}

impl fmt::Display for TableName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}.{}", self.schema, self.name)
    }
}

/// A column's name as the configuration writes it: `public.organizations.id`.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct ColumnName {
    pub table: TableName,
    pub column: String,
}

impl ColumnName {
    pub fn parse(text: &str) -> Option<ColumnName> {
        let (schema, name, column) = match name_parts(text)?.as_slice() {
            [name, column] => ("public".to_owned(), name.clone(), column.clone()),
            [schema, name, column] => (schema.clone(), name.clone(), column.clone()),
            _ => return None,
        };
        let table = TableName { schema, name };
        Some(ColumnName { table, column })
    }
}

impl fmt::Display for ColumnName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}.{}", self.table, self.column)
    }
}

/// Splits at dots outside double quotes; unquoted parts are folded to lower case as PostgreSQL folds identifiers
/// (https://www.postgresql.org/docs/current/sql-syntax-lexical.html#SQL-SYNTAX-IDENTIFIERS).
fn name_parts(text: &str) -> Option<Vec<String>> {
    let mut parts = Vec::new();
    let mut rest = text.trim();
    loop {
        let (part, after) = match rest.strip_prefix('"') {
            Some(quoted) => {
                let end = quoted.find('"')?;
                (quoted[..end].to_owned(), &quoted[end + 1..])
            }
            None => {
                let end = rest.find('.').unwrap_or(rest.len());
                (rest[..end].to_lowercase(), &rest[end..])
            }
        };
        if part.is_empty() {
            return None;
        }
        parts.push(part);
        if after.is_empty() {
            return Some(parts);
        }
        rest = after.strip_prefix('.')?;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_fold_like_identifiers() {
        let column = ColumnName::parse("Public.Organizations.\"Id.x\"").unwrap();
        assert_eq!(column.to_string(), "public.organizations.Id.x");
        assert_eq!(
            TableName::parse("posts").unwrap().to_string(),
            "public.posts"
        );
    }

    #[test]
    fn names_with_holes_are_refused() {
        for text in ["", "a..b", "a.b.c.d", "\"a", "\"a\"b"] {
            assert_eq!(ColumnName::parse(text), None, "{text}");
        }
    }
}
