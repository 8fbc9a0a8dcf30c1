//! The keys that are flags too, as typed: nothing is decided yet, absent means "not said".
use super::table::Table;
use super::{ConfigError, Platform, ServerChoice, Shard, parse_time};
use std::path::PathBuf;
use std::time::Duration;

/// When to use colours.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Color {
    /// On a terminal, unless `NO_COLOR` is set.
    #[default]
    Auto,
    Always,
    Never,
}

impl Color {
    pub const NAMES: [&'static str; 3] = ["auto", "always", "never"];

    pub fn parse(name: &str) -> Option<Color> {
        match name {
            "auto" => Some(Color::Auto),
            "always" => Some(Color::Always),
            "never" => Some(Color::Never),
            _ => None,
        }
    }
}

/// One layer of settings: the defaults, the file, a profile, a system, the flags.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Settings {
    pub color: Option<Color>,
    pub quiet: Option<bool>,
    pub migrations: Option<Vec<PathBuf>>,
    /// Systems to check, by name.
    pub system: Option<Vec<String>>,
    pub through: Option<String>,
    /// Files applied after the last migration.
    pub then: Option<Vec<PathBuf>>,
    pub platform: Option<Platform>,
    pub server: Option<ServerChoice>,
    pub database_url: Option<String>,
    pub postgres: Option<u32>,
    pub docker_image: Option<String>,
    pub seed: Option<u64>,
    pub format: Option<String>,
    /// Further reports into files, as typed: `junit=junit.xml`.
    pub report: Option<Vec<String>>,
    pub output: Option<PathBuf>,
    /// The events of an earlier run, whose leaks do not fail this one.
    pub baseline: Option<PathBuf>,
    /// The folder whose saved cases are tried first.
    pub cases: Option<PathBuf>,
    pub probe: Option<Vec<String>>,
    pub skip_probe: Option<Vec<String>>,
    /// Whether unproven cells fail the run.
    pub allow_unproven: Option<bool>,
    pub statement_timeout: Option<u64>,
    pub jobs: Option<usize>,
    pub depth: Option<usize>,
    pub patches: Option<bool>,
    pub keep_server: Option<bool>,
    pub fix_file: Option<PathBuf>,
    /// When attacks end.
    pub time: Option<Duration>,
    pub shard: Option<Shard>,
}

/// The keys of `Settings`, in the order of `default.toml`.
pub(super) const KEYS: &[&str] = &[
    "color",
    "quiet",
    "migrations",
    "system",
    "through",
    "then",
    "platform",
    "server",
    "database_url",
    "postgres",
    "docker_image",
    "seed",
    "format",
    "report",
    "output",
    "baseline",
    "cases",
    "probe",
    "skip_probe",
    "allow_unproven",
    "statement_timeout",
    "jobs",
    "depth",
    "patches",
    "keep_server",
    "fix_file",
    "time",
    "shard",
];

impl Settings {
    /// Reads the keys of `KEYS`; paths are relative to the directory of the file's project, as in the shell.
    pub(super) fn read(table: &Table<'_>) -> Result<Settings, ConfigError> {
        let small = |number: u64| u32::try_from(number).unwrap_or(u32::MAX);
        Ok(Settings {
            color: table.one_of("color", &Color::NAMES, Color::parse)?,
            quiet: table.flag("quiet")?,
            migrations: paths(table.texts("migrations")?),
            system: table.texts("system")?,
            through: table.text("through")?,
            then: paths(table.texts("then")?),
            platform: table.one_of("platform", &Platform::NAMES, Platform::parse)?,
            server: table.one_of("server", &ServerChoice::NAMES, ServerChoice::parse)?,
            database_url: table.text("database_url")?,
            postgres: table.number("postgres", 1)?.map(small),
            docker_image: table.text("docker_image")?,
            seed: table.number("seed", 0)?,
            format: table.text("format")?,
            report: table.texts("report")?,
            output: table.text("output")?.map(PathBuf::from),
            baseline: table.text("baseline")?.map(PathBuf::from),
            cases: table.text("cases")?.map(PathBuf::from),
            probe: table.texts("probe")?,
            skip_probe: table.texts("skip_probe")?,
            allow_unproven: match table.is_flag("allow_unproven") {
                true => table.flag("allow_unproven")?,
                false => None,
            },
            statement_timeout: table.number("statement_timeout", 1)?,
            jobs: table
                .number("jobs", 0)?
                .map(|jobs| usize::try_from(jobs).unwrap_or(usize::MAX)),
            depth: table
                .number("depth", 0)?
                .map(|depth| usize::try_from(depth).unwrap_or(usize::MAX)),
            patches: table.flag("patches")?,
            keep_server: table.flag("keep_server")?,
            fix_file: table.text("fix_file")?.map(PathBuf::from),
            time: table.read(
                "time",
                "a time such as \"20m\", \"90s\" or \"2h\"",
                parse_time,
            )?,
            shard: table.read("shard", "a part such as \"1/4\"", Shard::parse)?,
        })
    }

    /// Puts `self` over `base`: what `self` says wins.
    #[must_use]
    pub fn over(self, base: Settings) -> Settings {
        Settings {
            color: self.color.or(base.color),
            quiet: self.quiet.or(base.quiet),
            migrations: self.migrations.or(base.migrations),
            system: self.system.or(base.system),
            through: self.through.or(base.through),
            then: self.then.or(base.then),
            platform: self.platform.or(base.platform),
            server: self.server.or(base.server),
            database_url: self.database_url.or(base.database_url),
            postgres: self.postgres.or(base.postgres),
            docker_image: self.docker_image.or(base.docker_image),
            seed: self.seed.or(base.seed),
            format: self.format.or(base.format),
            report: self.report.or(base.report),
            output: self.output.or(base.output),
            baseline: self.baseline.or(base.baseline),
            cases: self.cases.or(base.cases),
            probe: self.probe.or(base.probe),
            skip_probe: self.skip_probe.or(base.skip_probe),
            allow_unproven: self.allow_unproven.or(base.allow_unproven),
            statement_timeout: self.statement_timeout.or(base.statement_timeout),
            jobs: self.jobs.or(base.jobs),
            depth: self.depth.or(base.depth),
            patches: self.patches.or(base.patches),
            keep_server: self.keep_server.or(base.keep_server),
            fix_file: self.fix_file.or(base.fix_file),
            time: self.time.or(base.time),
            shard: self.shard.or(base.shard),
        }
    }
}

pub(super) fn paths(texts: Option<Vec<String>>) -> Option<Vec<PathBuf>> {
    texts.map(|texts| texts.into_iter().map(PathBuf::from).collect())
}
