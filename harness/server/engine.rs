//! The container engine: whether it answers, and the containers that killed runs left there, found again by label.
use super::error::with_causes;
use super::rundir::{Dead, RunDirectory};
use std::collections::{BTreeMap, HashMap};
use std::fs::File;
use std::time::{Duration, SystemTime, UNIX_EPOCH};
use testcontainers::bollard::Docker;
use testcontainers::bollard::models::{ContainerSummary, ContainerSummaryStateEnum};
use testcontainers::bollard::query_parameters::{
    ListContainersOptionsBuilder, RemoveContainerOptionsBuilder,
};
use testcontainers::core::client::docker_client_instance;

const PING_LIMIT: Duration = Duration::from_secs(5);
const SWEEP_LIMIT: Duration = Duration::from_secs(30);
/// A running container whose lock file nobody can find is given this time: it may belong to another machine's view.
const UNKNOWN_KEPT: Duration = Duration::from_secs(24 * 60 * 60);

const RUN_LABEL: &str = "watertight.run";
const MACHINE_LABEL: &str = "watertight.machine";
const LOCK_LABEL: &str = "watertight.lock";

/// The labels of a run's container: enough to find it, and to tell whether the run still lives.
pub(super) fn labels(run: &RunDirectory) -> BTreeMap<&'static str, String> {
    let lock = run.path().join("lock");
    BTreeMap::from([
        (RUN_LABEL, run.id().to_owned()),
        (MACHINE_LABEL, machine()),
        (LOCK_LABEL, lock.to_string_lossy().into_owned()),
    ])
}

/// Whether an engine answers; the reason when not.
pub(super) async fn answers() -> Result<(), String> {
    engine().await.map(drop)
}

pub(super) async fn engine() -> Result<Docker, String> {
    let asked = async {
        let docker = docker_client_instance()
            .await
            .map_err(|error| with_causes(&error))?;
        docker.ping().await.map_err(|error| with_causes(&error))?;
        Ok(docker)
    };
    match tokio::time::timeout(PING_LIMIT, asked).await {
        Ok(answer) => answer,
        Err(_) => Err(format!("no answer within {} s", PING_LIMIT.as_secs())),
    }
}

/// Removes the containers of killed runs, then the directories that told of them.
pub(super) async fn sweep(dead: Vec<Dead>) {
    // Without an engine everything stays as it is, for a run that has one.
    let Ok(docker) = engine().await else { return };
    let swept = tokio::time::timeout(SWEEP_LIMIT, async {
        for found in labelled(&docker, &format!("{MACHINE_LABEL}={}", machine())).await {
            if is_dead(&found, &dead) {
                remove(&docker, &found).await;
            }
        }
    });
    if swept.await.is_ok() {
        dead.into_iter().for_each(Dead::remove);
    }
}

fn is_dead(found: &ContainerSummary, dead: &[Dead]) -> bool {
    let label = |name| found.labels.as_ref().and_then(|labels| labels.get(name));
    if label(RUN_LABEL).is_some_and(|run| dead.iter().any(|dead| dead.id() == run)) {
        return true;
    }
    let Some(lock) = label(LOCK_LABEL) else {
        return false;
    };
    match File::open(lock) {
        Ok(lock) => lock.try_lock().is_ok(),
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => {
            let created =
                UNIX_EPOCH + Duration::from_secs(found.created.unwrap_or(0).unsigned_abs());
            let age = SystemTime::now().duration_since(created);
            let runs = found.state == Some(ContainerSummaryStateEnum::RUNNING);
            !runs || age.is_ok_and(|age| age > UNKNOWN_KEPT)
        }
        // Another user's run.
        Err(_) => false,
    }
}

async fn labelled(docker: &Docker, filter: &str) -> Vec<ContainerSummary> {
    let filters = HashMap::from([("label".to_owned(), vec![filter.to_owned()])]);
    let options = ListContainersOptionsBuilder::new()
        .all(true)
        .filters(&filters);
    docker
        .list_containers(Some(options.build()))
        .await
        .unwrap_or_default()
}

async fn remove(docker: &Docker, found: &ContainerSummary) {
    if let Some(id) = &found.id {
        let options = RemoveContainerOptionsBuilder::new().force(true).v(true);
        // Somebody else removed it in the meantime, or the engine tells the next run.
        let _ = docker.remove_container(id, Some(options.build())).await;
    }
}

/// Several machines may share one engine.
fn machine() -> String {
    rustix::system::uname()
        .nodename()
        .to_string_lossy()
        .into_owned()
}

/// Removes the container of one run.
pub(super) async fn remove_run(run: &str) {
    let Ok(docker) = engine().await else { return };
    for found in labelled(&docker, &format!("{RUN_LABEL}={run}")).await {
        remove(&docker, &found).await;
    }
}
