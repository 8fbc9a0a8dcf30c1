//! A server in a container, through testcontainers.
use super::account::Account;
use super::error::{ServerError, with_causes, within};
use super::places::Places;
use super::rundir::RunDirectory;
use super::session::Session;
use super::{Request, engine, settings};
use std::collections::HashMap;
use std::path::Path;
use std::time::{Duration, Instant};
use testcontainers::bollard::Docker;
use testcontainers::bollard::models::{HostConfig, ImageConfig, PortBinding};
use testcontainers::core::{ContainerPort, Mount};
use testcontainers::runners::AsyncRunner;
use testcontainers::{ContainerAsync, ContainerRequest, GenericImage, ImageExt};
use tokio_postgres::Config;

const PULL_LIMIT: Duration = Duration::from_secs(15 * 60);
const START_LIMIT: Duration = Duration::from_secs(120);
const STOP_LIMIT: Duration = Duration::from_secs(30);
const TRY_LIMIT: Duration = Duration::from_secs(5);
const POLL: Duration = Duration::from_millis(20);
const PORT: u16 = 5432;
/// The official image's version when none is asked for.
const DEFAULT_MAJOR: u32 = 17;
/// A running container. Its run directory holds nothing but the lock that tells later runs that we live.
pub(super) struct Container {
    container: Option<ContainerAsync<GenericImage>>,
    run: RunDirectory,
    pub image: String,
    pub config: Config,
    pub password: String,
}

/// Starts a container and waits until PostgreSQL answers from outside of it.
pub(super) async fn start(
    request: &Request,
    places: &Places,
) -> Result<(Container, Session), ServerError> {
    let docker = engine::engine().await.map_err(|reason| ServerError::Docker {
        reason: format!("no engine answers: {reason}"),
        help: "start Docker (for example with systemctl start docker), or use local programs with --server local".to_owned(),
    })?;
    let major = request.postgres.unwrap_or(DEFAULT_MAJOR);
    let image = request
        .docker_image
        .clone()
        .unwrap_or_else(|| format!("postgres:{major}"));
    let description = describe(&docker, &image).await?;
    let mut container = Container {
        container: None,
        run: run_directory(places)?,
        config: Config::new(),
        password: uuid::Uuid::new_v4().simple().to_string(),
        image,
    };
    let wanted = container.request(&description);
    let started = within(START_LIMIT, "starting a container", async {
        wanted
            .start()
            .await
            .map_err(|error| failed("the container did not start", &error))
    });
    let running = started.await?;
    container.config = way_in(&running, &description, &container.password).await?;
    let session = answer(&running, &container.config, &container.image).await;
    container.container = Some(running);
    Ok((container, session?))
}

fn failed(what: &str, error: &dyn std::error::Error) -> ServerError {
    ServerError::Docker {
        reason: format!("{what}: {}", with_causes(error)),
        help: "try the image by hand with docker run, or use local programs with --server local"
            .to_owned(),
    }
}

/// A directory for the lock, on disk: it needs no room.
fn run_directory(places: &Places) -> Result<RunDirectory, ServerError> {
    let account = Account::unprivileged()?;
    let mut last = None;
    for base in places.roomy(account.as_ref()) {
        match RunDirectory::create(base, None) {
            Ok(run) => {
                run.mark_docker()?;
                return Ok(run);
            }
            Err(error) => last = Some(error),
        }
    }
    Err(last.unwrap_or_else(|| ServerError::Docker {
        reason: "no scratch directory can be written".to_owned(),
        help: "set TMPDIR to one that can".to_owned(),
    }))
}

/// What the image says of itself; pulls it first when the engine does not have it.
async fn describe(docker: &Docker, image: &str) -> Result<ImageConfig, ServerError> {
    let inspected = within(TRY_LIMIT, "inspecting the image", async {
        Ok(docker.inspect_image(image).await)
    });
    let found = match inspected.await? {
        Ok(found) => found,
        Err(_) => {
            let (name, tag) = parts(image);
            within(PULL_LIMIT, "pulling the image", async {
                let pulled = GenericImage::new(name, tag).pull_image().await;
                pulled
                    .map(drop)
                    .map_err(|error| failed(&format!("the image {image} cannot be pulled"), &error))
            })
            .await?;
            let inspected = docker.inspect_image(image).await;
            inspected.map_err(|error| failed(&format!("no image {image}"), &error))?
        }
    };
    Ok(found.config.unwrap_or_default())
}

/// `registry:5000/postgres:17` → (`registry:5000/postgres`, `17`).
fn parts(image: &str) -> (&str, &str) {
    match image.rsplit_once(':') {
        Some((name, tag)) if !tag.contains('/') => (name, tag),
        _ => (image, "latest"),
    }
}

fn variable<'a>(description: &'a ImageConfig, name: &str) -> Option<&'a str> {
    let variables = description.env.as_deref().unwrap_or_default();
    variables
        .iter()
        .find_map(|variable| variable.strip_prefix(name)?.strip_prefix('='))
}

impl Container {
    fn request(&self, description: &ImageConfig) -> ContainerRequest<GenericImage> {
        let (name, tag) = parts(&self.image);
        let loopback = engine_is_here();
        let mut request = GenericImage::new(name, tag)
            .with_exposed_port(ContainerPort::Tcp(PORT))
            .with_startup_timeout(START_LIMIT)
            .with_cmd(command(description))
            .with_env_var("POSTGRES_PASSWORD", &self.password)
            .with_env_var("POSTGRES_INITDB_ARGS", "--no-sync --encoding=UTF8")
            .with_labels(engine::labels(&self.run))
            .with_host_config_modifier(move |host| publish(host, loopback));
        if let Some(data) = declared_volume(description) {
            request = request.with_mount(Mount::tmpfs_mount(data));
        }
        request
    }

    /// Removes the container and waits until the engine has done so.
    pub async fn stop(mut self) -> Result<(), ServerError> {
        if let Some(container) = self.container.take() {
            within(STOP_LIMIT, "removing the container", async {
                let removed = container.rm().await;
                removed.map_err(|error| failed("the container cannot be removed", &error))
            })
            .await?;
        }
        Ok(())
    }
}

impl Drop for Container {
    /// Removes by label from a thread of its own: start may have been cut short, and testcontainers' own destructor
    /// needs a runtime that may be gone.
    fn drop(&mut self) {
        let removed_by_stop = self.container.is_none() && !self.config.get_hosts().is_empty();
        if let Some(container) = self.container.take() {
            std::mem::forget(container);
        }
        if removed_by_stop {
            return;
        }
        let run = self.run.id().to_owned();
        let remover = std::thread::spawn(move || {
            let runtime = tokio::runtime::Builder::new_current_thread()
                .enable_all()
                .build();
            let Ok(runtime) = runtime else { return };
            runtime.block_on(async {
                // What cannot be removed now is swept by the next run.
                let _ = tokio::time::timeout(STOP_LIMIT, engine::remove_run(&run)).await;
            });
        });
        let _ = remover.join();
    }
}

/// The image's own command with our settings behind it: images with extensions start PostgreSQL with options of theirs.
fn command(description: &ImageConfig) -> Vec<String> {
    let own = description.cmd.clone().unwrap_or_default();
    let starts_postgres = own.first().is_some_and(|word| word.ends_with("postgres"));
    let mut command = if starts_postgres {
        own
    } else {
        vec!["postgres".to_owned()]
    };
    command.extend(settings::arguments(settings::throwaway()));
    command
}

/// The data directory, when the image declares it a volume: then nothing of the image is in it, and memory serves better.
fn declared_volume(description: &ImageConfig) -> Option<&str> {
    let data = variable(description, "PGDATA")?;
    let volumes = description.volumes.as_deref().unwrap_or_default();
    let inside = |volume: &String| Path::new(data).starts_with(volume);
    volumes.iter().any(inside).then_some(data)
}

/// A random port, on the loopback address only when that is where we are: the server belongs to nobody else.
fn publish(host: &mut HostConfig, loopback: bool) {
    let binding = PortBinding {
        host_ip: loopback.then(|| "127.0.0.1".to_owned()),
        host_port: None,
    };
    host.publish_all_ports = Some(false);
    host.port_bindings = Some(HashMap::from([(
        format!("{PORT}/tcp"),
        Some(vec![binding]),
    )]));
}

/// The engine shares our loopback address: it is not remote, and we are not in a container ourselves.
fn engine_is_here() -> bool {
    let remote = std::env::var("DOCKER_HOST").is_ok_and(|host| !host.starts_with("unix:"));
    !remote && !Path::new("/.dockerenv").exists()
}

async fn way_in(
    running: &ContainerAsync<GenericImage>,
    description: &ImageConfig,
    password: &str,
) -> Result<Config, ServerError> {
    let host = running
        .get_host()
        .await
        .map_err(|e| failed("no address", &e))?;
    let port = running
        .get_host_port_ipv4(PORT)
        .await
        .map_err(|e| failed("no published port", &e))?;
    // Published on 127.0.0.1 only, and localhost may mean ::1 first.
    let host = match host.to_string().as_str() {
        "localhost" => "127.0.0.1".to_owned(),
        other => other.to_owned(),
    };
    let mut config = Config::new();
    config
        .host(host)
        .port(port)
        .user(variable(description, "POSTGRES_USER").unwrap_or("postgres"))
        .password(password)
        .connect_timeout(TRY_LIMIT);
    Ok(config)
}

/// Tries until PostgreSQL answers or the container ended. The engine's proxy accepts connections before PostgreSQL does.
async fn answer(
    running: &ContainerAsync<GenericImage>,
    config: &Config,
    image: &str,
) -> Result<Session, ServerError> {
    let mut config = config.clone();
    config.dbname("postgres").application_name("watertight");
    let ended = |output: String| ServerError::Start {
        server: format!("PostgreSQL in the container {image}"),
        reason: "the container ended before PostgreSQL answered".to_owned(),
        output,
    };
    within(
        START_LIMIT,
        "waiting for PostgreSQL in the container",
        async {
            let mut looked = Instant::now();
            loop {
                if let Ok(Ok(session)) =
                    tokio::time::timeout(TRY_LIMIT, Session::open(&config)).await
                {
                    return Ok(session);
                }
                if looked.elapsed() > Duration::from_millis(500) {
                    looked = Instant::now();
                    if !running.is_running().await.unwrap_or(true) {
                        let said = running.stderr_to_vec().await.unwrap_or_default();
                        return Err(ended(super::local::last_lines(&String::from_utf8_lossy(
                            &said,
                        ))));
                    }
                }
                tokio::time::sleep(POLL).await;
            }
        },
    )
    .await
}

#[cfg(test)]
mod tests {
    use super::{command, declared_volume, parts};
    use testcontainers::bollard::models::ImageConfig;

    #[test]
    fn an_image_is_split_into_name_and_tag() {
        assert_eq!(parts("postgres:17"), ("postgres", "17"));
        assert_eq!(
            parts("registry:5000/postgres"),
            ("registry:5000/postgres", "latest")
        );
        assert_eq!(
            parts("registry:5000/a/b:15-alpine"),
            ("registry:5000/a/b", "15-alpine")
        );
    }

    #[test]
    fn the_command_of_an_image_is_kept_and_its_volume_moves_to_memory() {
        let words = |words: &[&str]| Some(words.iter().map(|w| (*w).to_owned()).collect());
        let image = ImageConfig {
            cmd: words(&["postgres", "-D", "/etc/postgresql"]),
            env: words(&["PGDATA=/var/lib/postgresql/18/docker"]),
            volumes: words(&["/var/lib/postgresql"]),
            ..ImageConfig::default()
        };
        assert_eq!(command(&image)[..3], ["postgres", "-D", "/etc/postgresql"]);
        assert_eq!(
            declared_volume(&image),
            Some("/var/lib/postgresql/18/docker")
        );
        let shell = ImageConfig {
            cmd: words(&["/bin/sh"]),
            ..ImageConfig::default()
        };
        assert_eq!(command(&shell)[0], "postgres");
        assert_eq!(declared_volume(&shell), None);
    }
}
