//! The command line as typed. Nothing is decided here; `config::resolve` says what it means.
mod plans;

pub(super) use plans::Plans;

use super::replay::{Bisect, Replay};
use crate::config::{Color, ColumnName, Platform, ServerChoice, Settings, Shard, parse_time};
use crate::report;
use clap::builder::{PossibleValuesParser, TypedValueParser};
use clap::{Args, Parser, Subcommand};
use std::path::PathBuf;
use std::time::Duration;

/// Proves, by attacking, that tenants of a PostgreSQL application cannot read, write or sense each other's data.
#[derive(Debug, Parser)]
#[command(name = "watertight", version, max_term_width = 100, after_help = EXIT_CODES)]
pub(super) struct Cli {
    #[command(flatten)]
    pub global: Global,
    #[command(subcommand)]
    pub command: Command,
}

const EXIT_CODES: &str = "\
Exit codes: 0 clean, 1 leak or worse plan, 2 usage, configuration or a migration that fails,
3 unproven, 4 baseline failed, 5 no server, 70 a bug in watertight, 130 interrupted.";

#[derive(Debug, Args)]
pub(super) struct Global {
    /// Read this configuration instead of watertight.toml or .config/watertight.toml
    #[arg(long, global = true, value_name = "FILE")]
    pub config: Option<PathBuf>,
    /// Take the settings of this profile of the configuration
    #[arg(long, global = true, value_name = "NAME")]
    pub profile: Option<String>,
    /// When to use colours: auto, always or never
    #[arg(long, global = true, value_name = "WHEN", hide_possible_values = true,
          value_parser = PossibleValuesParser::new(Color::NAMES).map(|name| Color::parse(&name).unwrap_or_default()))]
    pub color: Option<Color>,
    /// Show no progress
    #[arg(long, short, global = true)]
    pub quiet: bool,
}

#[derive(Debug, Subcommand)]
pub(super) enum Command {
    /// Attack the tenants of a schema and report every leak
    Check(Box<Check>),
    /// Show the probes; with a directory or system, what was inferred and would be attacked
    List(List),
    /// Show how far the tables have come from one tenant key to another
    Status(Status),
    /// Explain what a probe tries and how to stop it, or show a leak of the last run again
    Explain(Explain),
    /// Fill a database at one migration, apply the rest, and say what became of every row
    Rehearse(Box<Rehearse>),
    /// Show how policies meet indexes, measure better ones, and compare plans with a baseline
    Plans(Box<Plans>),
    /// Try saved cases on today's migrations: fixed, leaks or cannot run
    Replay(Replay),
    /// Name the migration that opened the leak of a saved case
    Bisect(Bisect),
    /// Plant every scenario and show what was found and what was left alone
    Selftest(Selftest),
    /// Write a commented watertight.toml from what was inferred
    Init(Init),
    /// Join the events of several runs, the parts of a shared one for example, into one report
    Merge(Merge),
}

/// Which migrations, and in which PostgreSQL.
#[derive(Debug, Args)]
pub(super) struct Target {
    /// Directory of migrations
    #[arg(value_name = "DIR", conflicts_with_all = ["migrations", "system"])]
    pub directory: Option<PathBuf>,
    /// Directory of migrations; may be given several times
    #[arg(long, value_name = "DIR", conflicts_with = "system")]
    pub migrations: Vec<PathBuf>,
    /// A system of the configuration; may be given several times
    #[arg(long, value_name = "NAME")]
    pub system: Vec<String>,
    /// Stop after this migration
    #[arg(long, value_name = "NAME")]
    pub through: Option<String>,
    /// Apply this file after the last migration, a down-path for example; may be given several times
    #[arg(long, value_name = "FILE")]
    pub then: Vec<PathBuf>,
    /// Roles and schemas of a hosting platform in front of the migrations
    #[arg(long, value_name = "NAME",
          value_parser = PossibleValuesParser::new(Platform::NAMES).map(|name| Platform::parse(&name).unwrap_or_default()))]
    pub platform: Option<Platform>,
    /// Where to find a PostgreSQL
    #[arg(long, value_name = "WHERE", help_heading = "Server",
          value_parser = PossibleValuesParser::new(ServerChoice::NAMES).map(|name| ServerChoice::parse(&name).unwrap_or_default()))]
    pub server: Option<ServerChoice>,
    /// An existing server, used only inside of databases that watertight makes there and drops
    #[arg(
        long,
        value_name = "URL",
        help_heading = "Server",
        conflicts_with = "server"
    )]
    pub database_url: Option<String>,
    /// Major version of the local PostgreSQL binaries
    #[arg(long, value_name = "N", help_heading = "Server")]
    pub postgres: Option<u32>,
    /// Image of the container
    #[arg(long, value_name = "IMAGE", help_heading = "Server")]
    pub docker_image: Option<String>,
    /// No statement may take longer, in milliseconds
    #[arg(long, value_name = "MS", help_heading = "Server",
          value_parser = clap::value_parser!(u64).range(1..))]
    pub statement_timeout: Option<u64>,
}

#[derive(Debug, Args)]
pub(super) struct Check {
    #[command(flatten)]
    pub target: Target,
    /// Run only this probe; may be given several times
    #[arg(long, value_name = "NAME", help_heading = "Attacks")]
    pub probe: Vec<String>,
    /// Leave out this probe; may be given several times
    #[arg(long, value_name = "NAME", help_heading = "Attacks")]
    pub skip_probe: Vec<String>,
    /// The number that every random choice comes from
    #[arg(long, value_name = "N", help_heading = "Attacks")]
    pub seed: Option<u64>,
    /// Workers, each with a database of its own; 0 is one per core
    #[arg(long, value_name = "N", help_heading = "Attacks")]
    pub jobs: Option<usize>,
    /// How many writes may open the way for one another before something is reached; 0 tries none
    #[arg(long, value_name = "N", help_heading = "Attacks")]
    pub depth: Option<usize>,
    /// Leave the server up when the run is done, until Enter is pressed, and print the way into the attacker's place
    #[arg(long, help_heading = "Attacks")]
    pub keep_server: bool,
    /// Whether proposals to mend a leak are tried on copies
    #[arg(long, value_name = "BOOL", help_heading = "Attacks")]
    pub patches: Option<bool>,
    /// Stop attacking after this time, 20m for example, and tell what was not reached
    #[arg(long, value_name = "TIME", help_heading = "Attacks", value_parser = time)]
    pub time: Option<Duration>,
    /// Attack one part of the objects, 1/4 for example; `watertight merge` joins the parts
    #[arg(long, value_name = "K/N", help_heading = "Attacks", value_parser = shard)]
    pub shard: Option<Shard>,
    /// Do not fail because of cells that no attack could decide
    #[arg(long, help_heading = "Attacks")]
    pub allow_unproven: bool,
    /// Events of an earlier run: what it tells is known and does not fail this one
    #[arg(long, value_name = "FILE", help_heading = "Attacks")]
    pub baseline: Option<PathBuf>,
    /// How to report on standard output
    #[arg(long, value_name = "FORMAT", help_heading = "Report",
          value_parser = PossibleValuesParser::new(report::ALL.iter().map(|format| {
              clap::builder::PossibleValue::new(format.name).help(format.summary)
          })))]
    pub format: Option<String>,
    /// Write one more report, such as junit=junit.xml; may be given several times
    #[arg(long, value_name = "FORMAT=FILE", help_heading = "Report")]
    pub report: Vec<String>,
    /// Folder for events.jsonl
    #[arg(long, value_name = "DIR", help_heading = "Report")]
    pub output: Option<PathBuf>,
    /// Write the patches that were tried as one migration
    #[arg(long, value_name = "FILE", help_heading = "Report")]
    pub fix_file: Option<PathBuf>,
}

#[derive(Debug, Args)]
pub(super) struct Rehearse {
    #[command(flatten)]
    pub target: Target,
    /// Fill the database after this migration; the last but one when not given
    #[arg(long, value_name = "NAME", help_heading = "Rehearsal")]
    pub from: Option<String>,
    /// SQL to run right after the database was filled: rows in a state that your own database is known to have
    #[arg(long, value_name = "FILE", help_heading = "Rehearsal")]
    pub seed_rows: Option<PathBuf>,
    /// Time the statements on about so many rows in each table
    #[arg(long, value_name = "N", help_heading = "Rehearsal")]
    pub rows: Option<usize>,
    /// The number that every random choice comes from
    #[arg(long, value_name = "N", help_heading = "Attacks")]
    pub seed: Option<u64>,
    /// Workers, each with a database of its own; 0 is one per core
    #[arg(long, value_name = "N", help_heading = "Attacks")]
    pub jobs: Option<usize>,
    /// How to report on standard output
    #[arg(long, value_name = "FORMAT", help_heading = "Report",
          value_parser = PossibleValuesParser::new(report::ALL.iter().map(|format| {
              clap::builder::PossibleValue::new(format.name).help(format.summary)
          })))]
    pub format: Option<String>,
    /// Write one more report, such as junit=junit.xml; may be given several times
    #[arg(long, value_name = "FORMAT=FILE", help_heading = "Report")]
    pub report: Vec<String>,
    /// Folder for events.jsonl
    #[arg(long, value_name = "DIR", help_heading = "Report")]
    pub output: Option<PathBuf>,
}

#[derive(Debug, Args)]
pub(super) struct List {
    #[command(flatten)]
    pub target: Target,
}

#[derive(Debug, Args)]
pub(super) struct Status {
    #[command(flatten)]
    pub target: Target,
    /// The column that rows shall belong to, such as public.organizations.id
    #[arg(long, value_name = "COLUMN", value_parser = column)]
    pub tenant: Option<ColumnName>,
    /// Fill the database after this migration, and count what the migrations after it left without an owner
    #[arg(long, value_name = "NAME")]
    pub from: Option<String>,
    /// How to show it on standard output
    #[arg(long, value_name = "FORMAT", default_value = "full",
          value_parser = PossibleValuesParser::new(report::STATUS_FORMATS))]
    pub format: String,
}

fn column(text: &str) -> Result<ColumnName, String> {
    ColumnName::parse(text).ok_or_else(|| "write it as schema.table.column".to_owned())
}

fn time(text: &str) -> Result<Duration, String> {
    parse_time(text).ok_or_else(|| "write it as 90s, 20m or 2h".to_owned())
}

fn shard(text: &str) -> Result<Shard, String> {
    Shard::parse(text).ok_or_else(|| "write it as 1/4, 2/4 … 4/4".to_owned())
}

#[derive(Debug, Args)]
pub(super) struct Explain {
    /// The probe's name (`watertight list` shows them), or the fingerprint of a leak or its beginning
    #[arg(value_name = "PROBE|FINGERPRINT")]
    pub name: String,
    /// The events in which to look for the fingerprint; those of the last run when not given
    #[arg(long, value_name = "FILE")]
    pub events: Option<PathBuf>,
}

#[derive(Debug, Args)]
pub(super) struct Merge {
    /// The events.jsonl of each run
    #[arg(value_name = "FILE", required = true)]
    pub files: Vec<PathBuf>,
    /// Events of an earlier run: what it tells is known and does not fail this one
    #[arg(long, value_name = "FILE")]
    pub baseline: Option<PathBuf>,
    /// How to report on standard output
    #[arg(long, value_name = "FORMAT", help_heading = "Report",
          value_parser = PossibleValuesParser::new(report::ALL.iter().map(|format| {
              clap::builder::PossibleValue::new(format.name).help(format.summary)
          })))]
    pub format: Option<String>,
    /// Write one more report, such as junit=junit.xml; may be given several times
    #[arg(long, value_name = "FORMAT=FILE", help_heading = "Report")]
    pub report: Vec<String>,
    /// Folder for events.jsonl
    #[arg(long, value_name = "DIR", help_heading = "Report")]
    pub output: Option<PathBuf>,
}

#[derive(Debug, Args)]
pub(super) struct Selftest {
    /// Scenario files, or directories of them
    #[arg(value_name = "PATH", default_value = "scenarios")]
    pub paths: Vec<PathBuf>,
    /// Workers, each with a database of its own; 0 is one per core
    #[arg(long, value_name = "N")]
    pub jobs: Option<usize>,
}

#[derive(Debug, Args)]
pub(super) struct Init {
    #[command(flatten)]
    pub target: Target,
    /// Write to standard output and leave files alone
    #[arg(long)]
    pub print: bool,
}

fn some<T>(values: &[T]) -> Option<Vec<T>>
where
    T: Clone,
{
    (!values.is_empty()).then(|| values.to_vec())
}

impl Global {
    pub fn settings(&self) -> Settings {
        Settings {
            color: self.color,
            quiet: self.quiet.then_some(true),
            ..Settings::default()
        }
    }
}

impl Target {
    /// Whether the command line names something to look at.
    pub fn is_named(&self) -> bool {
        self.directory.is_some() || !self.migrations.is_empty() || !self.system.is_empty()
    }

    pub fn settings(&self) -> Settings {
        let roots: Vec<PathBuf> = self
            .directory
            .iter()
            .chain(&self.migrations)
            .cloned()
            .collect();
        Settings {
            migrations: some(&roots),
            system: some(&self.system),
            through: self.through.clone(),
            then: some(&self.then),
            platform: self.platform,
            server: self.server,
            database_url: self.database_url.clone(),
            postgres: self.postgres,
            docker_image: self.docker_image.clone(),
            statement_timeout: self.statement_timeout,
            ..Settings::default()
        }
    }
}

impl Rehearse {
    pub fn settings(&self) -> Settings {
        Settings {
            seed: self.seed,
            format: self.format.clone(),
            report: some(&self.report),
            output: self.output.clone(),
            jobs: self.jobs,
            ..self.target.settings()
        }
    }
}

impl Merge {
    pub fn settings(&self) -> Settings {
        Settings {
            format: self.format.clone(),
            report: some(&self.report),
            output: self.output.clone(),
            baseline: self.baseline.clone(),
            ..Settings::default()
        }
    }
}

impl Check {
    pub fn settings(&self) -> Settings {
        Settings {
            seed: self.seed,
            format: self.format.clone(),
            report: some(&self.report),
            output: self.output.clone(),
            probe: some(&self.probe),
            skip_probe: some(&self.skip_probe),
            allow_unproven: self.allow_unproven.then_some(true),
            jobs: self.jobs,
            depth: self.depth,
            patches: self.patches,
            keep_server: self.keep_server.then_some(true),
            fix_file: self.fix_file.clone(),
            time: self.time,
            shard: self.shard,
            baseline: self.baseline.clone(),
            ..self.target.settings()
        }
    }
}
