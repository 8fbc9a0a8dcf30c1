//! What is measured: this project's own systems, as its configuration names them.
use std::path::Path;
use watertight::config::{CheckPlan, Config, Known, Settings, resolve};
use watertight::probes;

pub fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

/// The plan that `watertight check --system <name> --jobs <jobs>` follows here.
pub fn plan(name: &str, jobs: usize) -> CheckPlan {
    let config = Config::read(&root().join(".config/watertight.toml"))
        .expect("the project's configuration is valid");
    let flags = Settings {
        system: Some(vec![name.to_owned()]),
        jobs: Some(jobs),
        ..Settings::default()
    };
    let probes: Vec<&str> = probes::ALL.iter().map(|probe| probe.name()).collect();
    let known = Known {
        probes: &probes,
        formats: &["full"],
    };
    let mut resolved =
        resolve(flags, None, &config, root(), known).expect("the configuration names this system");
    resolved.plans.remove(0)
}

/// The same kind of runtime as the command line's.
pub fn runtime() -> tokio::runtime::Runtime {
    tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .expect("a runtime can be made")
}
