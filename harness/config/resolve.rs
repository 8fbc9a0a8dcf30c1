//! From what was typed to what it means: flags over profile over file over defaults, one plan per system.
use super::find::system_name;
use super::{
    COMMON_DIRECTORIES, CheckPlan, Color, Config, ConfigError, ServerRequest, Settings, Sql,
    System, find_migrations, nearest,
};
use std::path::{Path, PathBuf};

/// Names that flags and configuration may use but that other stages own.
#[derive(Debug, Clone, Copy)]
pub struct Known<'a> {
    pub probes: &'a [&'a str],
    pub formats: &'a [&'a str],
}

/// Everything decided.
#[derive(Debug, Clone, PartialEq)]
pub struct Resolved {
    pub plans: Vec<CheckPlan>,
    pub format: String,
    /// Further reports: format and file.
    pub reports: Vec<(String, PathBuf)>,
    pub output: PathBuf,
    /// The events of an earlier run to compare with.
    pub baseline: Option<PathBuf>,
    /// Where the patches that were tried are written as one migration.
    pub fix_file: Option<PathBuf>,
    /// The folder whose cases are tried first in every run.
    pub cases: PathBuf,
    pub color: Color,
    pub quiet: bool,
    /// The directory that was taken because nobody named one.
    pub taken: Option<PathBuf>,
}

/// Decides what a run does. `working` is the directory that relative paths start from.
pub fn resolve(
    flags: Settings,
    profile: Option<&str>,
    config: &Config,
    working: &Path,
    known: Known<'_>,
) -> Result<Resolved, ConfigError> {
    let chosen = profile_chosen(profile, config)?;
    // A directory or system that a flag names replaces the choice of the lower layers as a whole.
    let mut file = chosen.over(config.settings.clone());
    if flags.migrations.is_some() {
        file.system = None;
    }
    if flags.system.is_some() {
        file.migrations = None;
    }
    let defaults = Config::defaults();
    let settings = flags.clone().over(file).over(defaults.settings);
    let (systems, taken) = systems(&settings, config, working)?;
    let probes = probes(&settings, known.probes)?;
    let plans = systems
        .into_iter()
        .map(|system| plan(system, &flags, &settings, config, &probes, working))
        .collect::<Result<Vec<_>, _>>()?;
    known_probes(&plans, known.probes)?;
    // Where time ends a run early is not known yet, so a limit counts as leaving something out.
    let partial =
        probes.len() < known.probes.len() || settings.shard.is_some() || settings.time.is_some();
    let plans = plans
        .into_iter()
        .map(|plan| CheckPlan { partial, ..plan })
        .collect();
    shown(settings, plans, taken, known)
}

/// A probe that nothing accepts any more would be told at the end of the run; a mistyped one is told before it.
fn known_probes(plans: &[CheckPlan], known: &[&str]) -> Result<(), ConfigError> {
    let accepted = plans.iter().flat_map(|plan| &plan.accept);
    let mut named = accepted.filter_map(|accepted| accepted.probe.as_deref());
    match named.find(|name| !known.is_empty() && !known.contains(name)) {
        Some(stranger) => Err(unknown("probe", stranger, known)),
        None => Ok(()),
    }
}

/// Decides how events are shown that are there already: nothing is attacked, so no migrations are looked for.
pub fn resolve_reports(
    flags: Settings,
    profile: Option<&str>,
    config: &Config,
    known: Known<'_>,
) -> Result<Resolved, ConfigError> {
    let file = profile_chosen(profile, config)?.over(config.settings.clone());
    let settings = flags.over(file).over(Config::defaults().settings);
    shown(settings, Vec::new(), None, known)
}

fn shown(
    settings: Settings,
    plans: Vec<CheckPlan>,
    taken: Option<PathBuf>,
    known: Known<'_>,
) -> Result<Resolved, ConfigError> {
    let reports = reports(
        settings.report.as_deref().unwrap_or_default(),
        known.formats,
    )?;
    let format = settings.format.unwrap_or_else(|| "full".to_owned());
    if !known.formats.contains(&format.as_str()) {
        return Err(unknown("report format", &format, known.formats));
    }
    Ok(Resolved {
        plans,
        format,
        reports,
        output: settings
            .output
            .unwrap_or_else(|| PathBuf::from("watertight-out")),
        baseline: settings.baseline,
        fix_file: settings.fix_file,
        cases: settings
            .cases
            .unwrap_or_else(|| PathBuf::from("tests/cases")),
        color: settings.color.unwrap_or_default(),
        quiet: settings.quiet.unwrap_or_default(),
        taken,
    })
}

/// `junit=reports/junit.xml`, several times.
fn reports(typed: &[String], known: &[&str]) -> Result<Vec<(String, PathBuf)>, ConfigError> {
    typed
        .iter()
        .map(|text| match text.split_once('=') {
            Some((format, file)) if !file.is_empty() => match known.contains(&format) {
                true => Ok((format.to_owned(), PathBuf::from(file))),
                false => Err(unknown("report format", format, known)),
            },
            _ => Err(ConfigError::NoReportFile {
                typed: text.clone(),
            }),
        })
        .collect()
}

fn unknown(what: &'static str, name: &str, known: &[&str]) -> ConfigError {
    ConfigError::UnknownName {
        what,
        name: name.to_owned(),
        nearest: nearest(name, known.iter().copied()).map(str::to_owned),
        known: known.iter().map(|&name| name.to_owned()).collect(),
    }
}

fn profile_chosen(profile: Option<&str>, config: &Config) -> Result<Settings, ConfigError> {
    match profile.or(config.profile.as_deref()) {
        Some(name) => profile_named(config, name),
        None => Ok(Settings::default()),
    }
}

fn profile_named(config: &Config, name: &str) -> Result<Settings, ConfigError> {
    let defaults = Config::defaults().profiles;
    // The user's own profile of a name stands before the one that comes with the program.
    let mut all = config.profiles.iter().chain(&defaults);
    match all.find(|(known, _)| known == name) {
        Some((_, settings)) => Ok(settings.clone()),
        // `default` is what holds without any profile, so that scripts may always name one.
        None if name == "default" => Ok(Settings::default()),
        None => {
            let own = config.profiles.iter().chain(&defaults);
            let known: Vec<&str> = own.map(|(name, _)| &**name).collect();
            Err(unknown("profile", name, &known))
        }
    }
}

/// Which systems to check: the directories named, else the systems named, else all systems, else a common place.
fn systems(
    settings: &Settings,
    config: &Config,
    working: &Path,
) -> Result<(Vec<System>, Option<PathBuf>), ConfigError> {
    if settings.migrations.is_some() && settings.system.is_some() {
        return Err(ConfigError::Contradiction {
            left: "a directory of migrations".into(),
            right: "the name of a system".into(),
        });
    }
    if let Some(roots) = &settings.migrations {
        return Ok((vec![system_at(roots, config, working)], None));
    }
    if let Some(names) = settings.system.as_ref().filter(|names| !names.is_empty()) {
        let known: Vec<&str> = config.systems.iter().map(|system| &*system.name).collect();
        let found = names.iter().map(|name| {
            let system = config.systems.iter().find(|system| system.name == *name);
            system
                .cloned()
                .ok_or_else(|| unknown("system", name, &known))
        });
        return Ok((found.collect::<Result<_, _>>()?, None));
    }
    if !config.systems.is_empty() {
        return Ok((config.systems.clone(), None));
    }
    let taken = find_migrations(working).ok_or_else(|| ConfigError::NoMigrations {
        looked_in: COMMON_DIRECTORIES
            .iter()
            .map(|&name| name.to_owned())
            .collect(),
    })?;
    let system = system_at(std::slice::from_ref(&taken), config, working);
    Ok((vec![system], Some(taken)))
}

/// The system whose migrations these are, so that naming its directory keeps what the configuration says of it.
fn system_at(roots: &[PathBuf], config: &Config, working: &Path) -> System {
    let same = |system: &&System| {
        system.migrations.len() == roots.len()
            && system.migrations.iter().zip(roots).all(|(left, right)| {
                working
                    .join(left)
                    .components()
                    .eq(working.join(right).components())
            })
    };
    if let Some(system) = config.systems.iter().find(same) {
        return system.clone();
    }
    System {
        name: roots
            .last()
            .map_or_else(|| "database".into(), |root| system_name(working, root)),
        migrations: roots.to_vec(),
        ..System::default()
    }
}

fn probes(settings: &Settings, known: &[&str]) -> Result<Vec<String>, ConfigError> {
    let chosen = settings.probe.as_deref().unwrap_or_default();
    let skipped = settings.skip_probe.as_deref().unwrap_or_default();
    if let Some(stranger) = chosen
        .iter()
        .chain(skipped)
        .find(|name| !known.contains(&name.as_str()))
    {
        return Err(unknown("probe", stranger, known));
    }
    let holds = |names: &[String], probe: &str| names.iter().any(|name| name == probe);
    let probes: Vec<String> = known
        .iter()
        .filter(|probe| chosen.is_empty() || holds(chosen, probe))
        .filter(|probe| !holds(skipped, probe))
        .map(|&probe| probe.to_owned())
        .collect();
    if probes.is_empty() && !known.is_empty() {
        return Err(ConfigError::NoProbes);
    }
    Ok(probes)
}

/// Read below the working directory, shown as typed.
fn on_top(then: &[PathBuf], working: &Path) -> Result<Vec<Sql>, ConfigError> {
    let read = |path: &PathBuf| {
        let sql = Sql::read(&working.join(path))?;
        let path = path.clone();
        Ok(Sql { path, ..sql })
    };
    then.iter().map(read).collect()
}

fn plan(
    system: System,
    flags: &Settings,
    settings: &Settings,
    config: &Config,
    probes: &[String],
    working: &Path,
) -> Result<CheckPlan, ConfigError> {
    if let Some(path) = system
        .migrations
        .iter()
        .find(|path| !working.join(path).exists())
    {
        return Err(ConfigError::NoDirectory { path: path.clone() });
    }
    let cores = std::thread::available_parallelism().map_or(1, usize::from);
    Ok(CheckPlan {
        system: system.name,
        migrations: system.migrations,
        // A flag says more than the system's own table; the other layers say less.
        through: flags
            .through
            .clone()
            .or(system.through)
            .or_else(|| settings.through.clone()),
        platform: flags
            .platform
            .or(system.platform)
            .or(settings.platform)
            .unwrap_or_default(),
        server: ServerRequest {
            choice: settings.server.unwrap_or_default(),
            database_url: settings.database_url.clone(),
            postgres: settings.postgres,
            docker_image: settings.docker_image.clone(),
        },
        seed: settings.seed.unwrap_or(1),
        probes: probes.to_vec(),
        statement_timeout_ms: settings.statement_timeout.unwrap_or(5_000),
        jobs: match settings.jobs.unwrap_or(0) {
            0 => cores,
            jobs => jobs,
        },
        depth: settings.depth.unwrap_or(3),
        patches: settings.patches.unwrap_or(true),
        keep_server: settings.keep_server.unwrap_or_default(),
        time: settings.time,
        shard: settings.shard,
        tenancy: system.tenancy.over(config.tenancy.clone()),
        accept: [system.accept, config.accept.clone()].concat(),
        allow_unproven: [system.allow_unproven, config.allow_unproven.clone()].concat(),
        allow_every_unproven: settings.allow_unproven.unwrap_or(false),
        partial: false,
        on_top: on_top(settings.then.as_deref().unwrap_or_default(), working)?,
        ..CheckPlan::default()
    })
}
