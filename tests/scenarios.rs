//! Every scenario file is a test: what it plants must be found, what it only seems to plant must be left alone.
use rstest::rstest;
use std::path::{Path, PathBuf};
use watertight::check;
use watertight::config::{CheckPlan, Config, Known, Settings, resolve};
use watertight::event::Event;
use watertight::probes;
use watertight::rehearse;
use watertight::scenario::{Base, Scenario};
use watertight::stop::Stop;

/// The one funnel: reads a scenario, runs it, and says what differs from its expectation.
fn differences(path: &Path, edit: impl FnOnce(&mut Scenario)) -> Vec<String> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let shown = path.strip_prefix(root).unwrap_or(path);
    let mut scenario = Scenario::read(&root.join(shown)).unwrap();
    edit(&mut scenario);
    let plan = base(&scenario, root);
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .unwrap();
    let mut events: Vec<Event> = Vec::new();
    let stop = Stop::default();
    let outcome = match scenario.is_rehearsal() {
        true => runtime.block_on(rehearse::rehearse(
            &scenario.rehearsal(plan),
            &stop,
            &mut events,
        )),
        false => runtime.block_on(check::check(&scenario.plan(plan), &stop, &mut events)),
    };
    match outcome {
        Ok(_) => scenario.differences(&events),
        Err(error) => vec![format!("did not run: {error}")],
    }
}

/// The plan that runs a scenario file, named from the project's folder.
pub fn plan_of(path: &str) -> CheckPlan {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let scenario = Scenario::read(&root.join(path)).unwrap();
    scenario.plan(base(&scenario, root))
}

fn base(scenario: &Scenario, root: &Path) -> CheckPlan {
    let names: Vec<&str> = probes::ALL.iter().map(|probe| probe.name()).collect();
    let known = Known {
        probes: &names,
        formats: &["full"],
    };
    let (system, migrations) = match &scenario.base {
        Base::System(name) => (Some(vec![name.clone()]), None),
        _ => (None, Some(vec![scenario.path.clone()])),
    };
    let text = std::fs::read_to_string(root.join(".config/watertight.toml")).unwrap();
    let config = Config::parse(Path::new(".config/watertight.toml"), &text).unwrap();
    let settings = Settings {
        system,
        migrations,
        jobs: Some(1),
        patches: Some(false),
        ..Settings::default()
    };
    resolve(settings, scenario.profile(), &config, root, known)
        .unwrap()
        .plans
        .remove(0)
}

#[rstest]
fn planted_leaks_are_found(#[files("scenarios/*/leaks/*.sql")] path: PathBuf) {
    assert_eq!(differences(&path, |_| ()), Vec::<String>::new());
}

#[rstest]
fn safe_look_alikes_are_left_alone(#[files("scenarios/*/safe/*.sql")] path: PathBuf) {
    assert_eq!(differences(&path, |_| ()), Vec::<String>::new());
}

#[rstest]
fn what_cannot_be_decided_is_said(#[files("scenarios/*/unproven/*.sql")] path: PathBuf) {
    assert_eq!(differences(&path, |_| ()), Vec::<String>::new());
}

#[rstest]
fn rehearsals_find_every_row_again(#[files("scenarios/*/rehearsals/*.sql")] path: PathBuf) {
    assert_eq!(differences(&path, |_| ()), Vec::<String>::new());
}

/// The alarm itself is tested: a scenario whose expectation is wrong must fail.
#[rstest]
#[case::expects_nothing_of_a_leak(
    "scenarios/conventions/leaks/user_owned_anonymous_reads.sql",
    "clean"
)]
#[case::blames_another_policy(
    "scenarios/conventions/leaks/user_owned_anonymous_reads.sql",
    "leak read-row on public.notes at nobody"
)]
#[case::expects_a_leak_of_a_safe_schema(
    "scenarios/conventions/safe/user_owned.sql",
    "leak read-row on public.notes at row-level security"
)]
fn a_wrong_expectation_fails(#[case] path: &str, #[case] expectation: &str) {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join(path);
    let text = format!("-- Wrong on purpose.\n-- system: none\n-- expect: {expectation}\n");
    let wrong = Scenario::parse(&path, &text).unwrap().expected;
    let found = differences(&path, |scenario| scenario.expected = wrong);
    assert!(
        !found.is_empty(),
        "the wrong expectation `{expectation}` went unnoticed"
    );
}

#[rstest]
fn canaries_are_heard(#[files("scenarios/canary/*.sql")] path: PathBuf) {
    assert_ne!(
        differences(&path, |_| ()),
        Vec::<String>::new(),
        "a wrong expectation went unnoticed: the alarm is dead"
    );
}
