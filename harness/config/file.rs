//! The shape of `watertight.toml`: which tables there are and which keys they know.
use super::settings::{KEYS as SETTINGS, Settings, paths};
use super::table::{File, Table};
use super::*;
use std::path::{Path, PathBuf};

/// A whole configuration file, as typed.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Config {
    pub settings: Settings,
    /// The profile taken when no flag names one.
    pub profile: Option<String>,
    pub profiles: Vec<(String, Settings)>,
    pub systems: Vec<System>,
    pub tenancy: TenancyOverrides,
    pub accept: Vec<Accepted>,
    pub allow_unproven: Vec<Allowed>,
}

/// One `[systems.<name>]`.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct System {
    pub name: String,
    pub migrations: Vec<PathBuf>,
    pub platform: Option<Platform>,
    pub through: Option<String>,
    pub tenancy: TenancyOverrides,
    pub accept: Vec<Accepted>,
    pub allow_unproven: Vec<Allowed>,
    pub rehearse: Rehearsals,
}

/// What `[systems.<name>.rehearse]` says.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Rehearsals {
    /// Migrations at which the database is filled, one rehearsal each.
    pub from: Vec<String>,
    /// Tables whose problems are as wanted.
    pub allowed: Vec<Allowed>,
}

const TOP: &[&str] = &["profile", "profiles", "systems", "tenancy", "accept"];
const SYSTEM: &[&str] = &[
    "migrations",
    "platform",
    "through",
    "tenancy",
    "accept",
    "allow_unproven",
    "rehearse",
];
const REHEARSE: &[&str] = &["from", "allow"];
const TENANCY: &[&str] = &[
    "tenant",
    "user",
    "shared",
    "user_private",
    "owner",
    "public_rows",
    "login_role",
    "member_roles",
    "anonymous_roles",
    "trusted_roles",
    "claims",
];
const REASONED: &[&str] = &["table", "reason"];
const OWNER: &[&str] = &["table", "column"];
const PUBLIC_ROWS: &[&str] = &["table", "where", "reason"];
const CLAIM: &[&str] = &["setting", "path", "holds"];
const ACCEPT: &[&str] = &["fingerprint", "probe", "object", "reason", "until"];
const ALLOW: &[&str] = &["object", "reason"];

/// Every key of every table, for the test that `default.toml` documents them all.
pub fn keys() -> Vec<&'static str> {
    [
        SETTINGS,
        TOP,
        SYSTEM,
        REHEARSE,
        TENANCY,
        REASONED,
        OWNER,
        PUBLIC_ROWS,
        CLAIM,
        ACCEPT,
        ALLOW,
    ]
    .concat()
}

impl Config {
    /// Every key with its default and its meaning: the manual that is also the lowest layer.
    pub const DEFAULTS: &str = include_str!("../default.toml");

    pub fn read(path: &Path) -> Result<Config, ConfigError> {
        let text = std::fs::read_to_string(path).map_err(|error| ConfigError::Unreadable {
            path: path.to_owned(),
            reason: error.to_string(),
        })?;
        Config::parse(path, &text)
    }

    pub fn defaults() -> Config {
        Config::parse(Path::new("default.toml"), Config::DEFAULTS)
            .expect("default.toml is part of the program and parsed by a test")
    }

    pub fn parse(path: &Path, text: &str) -> Result<Config, ConfigError> {
        let file = File { path, text };
        let document = file.parse()?;
        let known = [SETTINGS, TOP].concat();
        let table = Table::open(
            file,
            "watertight's configuration",
            0..0,
            document.get_ref(),
            &known,
        )?;
        let mut config = Config {
            settings: Settings::read(&table)?,
            profile: table.text("profile")?,
            tenancy: tenancy(&table)?,
            accept: accepted(&table)?,
            allow_unproven: allowed(&table, "allow_unproven")?,
            ..Config::default()
        };
        for (name, inner) in table.named("profiles", SETTINGS)? {
            config.profiles.push((name.value, Settings::read(&inner)?));
        }
        for (name, inner) in table.named("systems", SYSTEM)? {
            config.systems.push(system(name.value, &inner)?);
        }
        Ok(config)
    }
}

fn system(name: String, table: &Table<'_>) -> Result<System, ConfigError> {
    let migrations =
        paths(table.texts("migrations")?).ok_or_else(|| table.missing("migrations"))?;
    Ok(System {
        name,
        migrations,
        platform: table.one_of("platform", &Platform::NAMES, Platform::parse)?,
        through: table.text("through")?,
        tenancy: tenancy(table)?,
        accept: accepted(table)?,
        allow_unproven: allowed(table, "allow_unproven")?,
        rehearse: rehearsals(table)?,
    })
}

fn rehearsals(parent: &Table<'_>) -> Result<Rehearsals, ConfigError> {
    let Some(table) = parent.table("rehearse", REHEARSE)? else {
        return Ok(Rehearsals::default());
    };
    Ok(Rehearsals {
        from: table.texts("from")?.unwrap_or_default(),
        allowed: allowed(&table, "allow")?,
    })
}

fn tenancy(parent: &Table<'_>) -> Result<TenancyOverrides, ConfigError> {
    let Some(table) = parent.table("tenancy", TENANCY)? else {
        return Ok(TenancyOverrides::default());
    };
    let column = "a column such as \"public.organizations.id\"";
    Ok(TenancyOverrides {
        tenant: table.read("tenant", column, ColumnName::parse)?,
        user: table.read("user", column, ColumnName::parse)?,
        shared: reasoned(&table, "shared")?,
        user_private: reasoned(&table, "user_private")?,
        owner: each(&table, "owner", OWNER, |entry| {
            Ok(OwnerColumn {
                table: table_name(entry)?,
                column: entry.required_text("column")?,
            })
        })?,
        public_rows: each(&table, "public_rows", PUBLIC_ROWS, |entry| {
            Ok(PublicRows {
                table: table_name(entry)?,
                condition: entry.required_text("where")?,
                reason: entry.required_text("reason")?,
            })
        })?,
        login_role: table.text("login_role")?,
        member_roles: table.texts("member_roles")?,
        anonymous_roles: table.texts("anonymous_roles")?,
        trusted_roles: table.texts("trusted_roles")?,
        claims: each(&table, "claims", CLAIM, |entry| {
            let holds = entry.one_of("holds", &ClaimHolds::NAMES, ClaimHolds::parse)?;
            Ok(NamedClaim {
                setting: entry.required_text("setting")?,
                path: entry.texts("path")?.unwrap_or_default(),
                holds: holds.ok_or_else(|| entry.missing("holds"))?,
            })
        })?,
    })
}

fn reasoned(table: &Table<'_>, key: &str) -> Result<Vec<Reasoned>, ConfigError> {
    each(table, key, REASONED, |entry| {
        Ok(Reasoned {
            table: table_name(entry)?,
            reason: entry.required_text("reason")?,
        })
    })
}

fn accepted(table: &Table<'_>) -> Result<Vec<Accepted>, ConfigError> {
    each(table, "accept", ACCEPT, |entry| {
        let accepted = Accepted {
            fingerprint: entry.text("fingerprint")?,
            probe: entry.text("probe")?,
            object: entry.text("object")?,
            reason: entry.required_text("reason")?,
            until: entry.day("until")?,
        };
        let by_name = accepted.probe.is_some() && accepted.object.is_some();
        if accepted.fingerprint.is_none() && !by_name {
            return Err(entry.missing("fingerprint"));
        }
        Ok(accepted)
    })
}

fn allowed(table: &Table<'_>, key: &str) -> Result<Vec<Allowed>, ConfigError> {
    // `true` and `false` belong to the flag of the same name.
    if table.is_flag(key) {
        return Ok(Vec::new());
    }
    each(table, key, ALLOW, |entry| {
        Ok(Allowed {
            object: entry.required_text("object")?,
            reason: entry.required_text("reason")?,
        })
    })
}

fn table_name(entry: &Table<'_>) -> Result<TableName, ConfigError> {
    let expected = "a table such as \"public.contacts\"";
    entry
        .read("table", expected, TableName::parse)?
        .ok_or_else(|| entry.missing("table"))
}

fn each<T>(
    table: &Table<'_>,
    key: &str,
    known: &[&str],
    read: impl Fn(&Table<'_>) -> Result<T, ConfigError>,
) -> Result<Vec<T>, ConfigError> {
    table.list(key, known)?.iter().map(read).collect()
}
