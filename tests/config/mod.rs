//! Reading `watertight.toml` and resolving it with the flags.
use rstest::rstest;
use std::path::{Path, PathBuf};
use watertight::config::*;

fn parse(text: &str) -> Result<Config, ConfigError> {
    Config::parse(Path::new("watertight.toml"), text)
}

/// The defaults with every commented example switched on.
fn uncommented() -> String {
    let lines: Vec<&str> = Config::DEFAULTS
        .lines()
        .map(|line| example(line).unwrap_or(""))
        .collect();
    // The example of a list stands above the plain default of the same key.
    lines.join("\n").replace("allow_unproven = false\n", "\n")
}

/// The TOML of a line: examples stand behind `# `, prose never looks like a key or a table.
fn example(line: &str) -> Option<&str> {
    let Some(comment) = line.strip_prefix("# ") else {
        return (!line.starts_with('#')).then_some(line);
    };
    let key = comment.split(" = ").next().unwrap_or_default();
    let is_key = comment.contains(" = ") && key.chars().all(|c| c.is_ascii_lowercase() || c == '_');
    let is_table = comment.starts_with('[') && comment.ends_with(']');
    let is_list = comment.starts_with("    {") || comment == "]";
    (is_key || is_table || is_list).then_some(comment)
}

#[test]
fn the_defaults_are_read_and_say_every_default() {
    let settings = Config::defaults().settings;
    assert_eq!(settings.platform, Some(Platform::Auto));
    assert_eq!(settings.server, Some(ServerChoice::Auto));
    assert_eq!(settings.seed, Some(1));
    assert_eq!(settings.output, Some(PathBuf::from("watertight-out")));
    assert_eq!(settings.format.as_deref(), Some("full"));
    assert_eq!(settings.statement_timeout, Some(5_000));
    assert_eq!(settings.jobs, Some(0));
    assert_eq!(settings.allow_unproven, Some(false));
    assert_eq!(settings.color, Some(Color::Auto));
    assert_eq!(settings.quiet, Some(false));
}

#[test]
fn the_commented_examples_are_read_too() {
    let text = uncommented();
    let config = parse(&text).unwrap_or_else(|error| panic!("{error}\n{error:?}\n{text}"));
    assert_eq!(config.accept.len(), 2);
    assert_eq!(config.allow_unproven.len(), 1);
    assert_eq!(config.profiles.len(), 3);
    assert_eq!(config.systems[0].migrations.len(), 2);
    assert_eq!(config.systems[0].rehearse.from.len(), 2);
    assert_eq!(config.tenancy.claims.len(), 1);
    assert_eq!(config.tenancy.public_rows[0].condition, "is_public");
}

#[test]
fn every_key_is_documented() {
    let text = uncommented();
    for key in keys() {
        let said = [
            format!("{key} = "),
            format!("[{key}]"),
            format!("[{key}."),
            format!(".{key}]"),
        ];
        assert!(
            said.iter().any(|said| text.contains(said)),
            "harness/default.toml does not document the key `{key}`"
        );
    }
}

#[test]
fn the_configuration_of_this_project_is_read() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let config = Config::read(&root.join(".config/watertight.toml")).unwrap();
    for system in &config.systems {
        for directory in &system.migrations {
            assert!(root.join(directory).is_dir(), "{}", directory.display());
        }
    }
}

#[rstest]
#[case::top("sede = 1", "unknown key `sede` in watertight's configuration")]
#[case::system(
    "[systems.a]\nmigrations = \"x\"\nplatfrom = \"none\"",
    "unknown key `platfrom` in `[systems.a]`"
)]
#[case::tenancy("[tenancy]\ntenat = \"a.b\"", "unknown key `tenat` in `[tenancy]`")]
#[case::inside_system(
    "[systems.a]\nmigrations = \"x\"\n[systems.a.tenancy]\nx = 1",
    "unknown key `x` in `[systems.a.tenancy]`"
)]
#[case::entry(
    "accept = [{ fingerprint = \"a\", reson = \"b\" }]",
    "unknown key `reson` in `accept`"
)]
#[case::profile(
    "[profiles.ci]\nsystems = 1",
    "unknown key `systems` in `[profiles.ci]`"
)]
#[case::no_reason("accept = [{ fingerprint = \"a\" }]", "`accept` needs `reason`")]
#[case::empty_reason(
    "accept = [{ fingerprint = \"a\", reason = \" \" }]",
    "`accept` needs `reason`"
)]
#[case::nothing_named(
    "accept = [{ probe = \"read-row\", reason = \"b\" }]",
    "`accept` needs `fingerprint`"
)]
#[case::shared_without_reason("[tenancy]\nshared = [{ table = \"a\" }]", "`shared` needs `reason`")]
#[case::not_a_day(
    "accept = [{ fingerprint = \"a\", reason = \"b\", until = \"soon\" }]",
    "`until` must be a day"
)]
#[case::not_a_number("seed = -1", "`seed` must be a whole number from 0")]
#[case::no_time(
    "statement_timeout = 0",
    "`statement_timeout` must be a whole number from 1"
)]
#[case::not_a_platform(
    "platform = \"heroku\"",
    "`platform` must be one of auto, supabase, none"
)]
#[case::not_a_column(
    "[tenancy]\ntenant = \"organizations\"",
    "`tenant` must be a column such as"
)]
#[case::no_migrations("[systems.a]\n", "`[systems.a]` needs `migrations`")]
#[case::not_toml("seed = = 1", "the configuration is not valid TOML")]
fn mistakes_are_named(#[case] text: &str, #[case] message: &str) {
    let error = parse(text).unwrap_err();
    assert!(error.to_string().starts_with(message), "{error}");
    assert_eq!(error.exit_code(), 2);
    let failure = watertight::error::Failure::from(error);
    assert!(
        failure.excerpt.is_some(),
        "no line is shown for {failure:?}"
    );
}

const KNOWN: Known<'_> = Known {
    probes: &["read-row", "reassign-row"],
    formats: &["full", "json"],
};

fn project() -> tempfile::TempDir {
    let folder = tempfile::tempdir().unwrap();
    for directory in ["supabase/migrations", "db/migrations", "other"] {
        std::fs::create_dir_all(folder.path().join(directory)).unwrap();
    }
    folder
}

fn resolved(flags: Settings, profile: Option<&str>, config: &str) -> Result<Resolved, ConfigError> {
    let folder = project();
    resolve(
        flags,
        profile,
        &parse(config).unwrap(),
        folder.path(),
        KNOWN,
    )
}

#[test]
fn flags_win_over_profiles_and_profiles_over_the_file() {
    let config = "seed = 2\njobs = 2\nformat = \"json\"\n[profiles.ci]\nseed = 3\njobs = 3\n";
    let flags = Settings {
        seed: Some(4),
        ..Settings::default()
    };
    let resolved = resolved(flags, Some("ci"), config).unwrap();
    assert_eq!((resolved.plans[0].seed, resolved.plans[0].jobs), (4, 3));
    assert_eq!(resolved.format, "json");
}

#[test]
fn a_system_says_more_than_the_file_and_less_than_a_flag() {
    let config = "platform = \"none\"\nthrough = \"0009\"\n\
                  [systems.shop]\nmigrations = \"other\"\nplatform = \"supabase\"\nthrough = \"0002\"\n";
    let plan = resolved(Settings::default(), None, config)
        .unwrap()
        .plans
        .remove(0);
    assert_eq!(
        (plan.platform, plan.through.as_deref()),
        (Platform::Supabase, Some("0002"))
    );
    let flags = Settings {
        platform: Some(Platform::Auto),
        ..Settings::default()
    };
    let plan = resolved(flags, None, config).unwrap().plans.remove(0);
    assert_eq!(plan.platform, Platform::Auto);
}

#[test]
fn a_system_is_also_found_by_its_directory() {
    let config =
        "[systems.shop]\nmigrations = \"other\"\n[systems.shop.tenancy]\nlogin_role = \"app\"\n";
    let flags = Settings {
        migrations: Some(vec!["./other/".into()]),
        ..Settings::default()
    };
    let plan = resolved(flags, None, config).unwrap().plans.remove(0);
    assert_eq!(
        (plan.system.as_str(), plan.tenancy.login_role.as_deref()),
        ("shop", Some("app"))
    );
}

#[test]
fn a_common_directory_is_taken_and_named() {
    let resolved = resolved(Settings::default(), None, "").unwrap();
    assert_eq!(resolved.taken, Some(PathBuf::from("supabase/migrations")));
}

#[test]
fn probes_are_run_in_the_order_of_their_list() {
    let flags = Settings {
        probe: Some(vec!["reassign-row".into(), "read-row".into()]),
        ..Settings::default()
    };
    let plan = resolved(flags, None, "").unwrap().plans.remove(0);
    assert_eq!(plan.probes, ["read-row", "reassign-row"]);
    assert!(!plan.partial);
    let flags = Settings {
        skip_probe: Some(vec!["read-row".into()]),
        ..Settings::default()
    };
    let plan = resolved(flags, None, "").unwrap().plans.remove(0);
    assert_eq!(plan.probes, ["reassign-row"]);
    assert!(plan.partial);
}

#[test]
fn an_acceptance_of_a_probe_that_there_is_not_is_refused_before_the_run() {
    let config = |probe: &str| {
        format!("accept = [{{ probe = \"{probe}\", object = \"public.a\", reason = \"known\" }}]")
    };
    assert!(resolved(Settings::default(), None, &config("read-row")).is_ok());
    let error = resolved(Settings::default(), None, &config("read-rows")).unwrap_err();
    assert!(
        matches!(&error, ConfigError::UnknownName { what: "probe", nearest: Some(near), .. } if near == "read-row"),
        "{error:?}"
    );
}

#[test]
fn a_run_without_probes_is_refused() {
    let every = KNOWN.probes.iter().map(|&name| name.to_owned()).collect();
    let flags = Settings {
        skip_probe: Some(every),
        ..Settings::default()
    };
    assert_eq!(
        resolved(flags, None, "").unwrap_err(),
        ConfigError::NoProbes
    );
}

#[test]
fn an_existing_server_is_never_taken_from_the_environment() {
    // The URL of the plan comes from flag or file alone; nothing reads DATABASE_URL or PGHOST.
    let plan = resolved(Settings::default(), None, "")
        .unwrap()
        .plans
        .remove(0);
    assert_eq!(plan.server.database_url, None);
}
