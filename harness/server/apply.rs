//! Applies migrations to a database, statement by statement, and has the database record which statement made which object.
mod copy;
mod database;
mod failure;
mod gauge;
mod outsiders;
mod provenance;
mod tolerate;

pub use failure::{ApplyError, FailedStatement};
pub use gauge::Gauged;
pub use tolerate::Absent;

use crate::migrations::{Control, Kind, Migrations, Note};
use database::{DATABASE_SETTINGS, MAINTAIN_SINCE, current_database, settings_kept};
use gauge::Gauge;
use std::collections::VecDeque;
use std::future::Future;
use std::ops::Range;
use std::pin::Pin;
use std::time::Duration;
use tokio_postgres::{Client, Error, NoTls};

/// The longest that one statement may take. A migration of an empty database takes milliseconds; what takes longer waits for
/// something that never comes.
const STATEMENT_LIMIT: Duration = Duration::from_secs(120);

/// Statements on their way to the server at once: enough to hide the round trip, few enough that little is wasted after a failure.
const IN_FLIGHT: usize = 64;

/// What came of applying migrations.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Applied {
    /// Statements that were left out, changed or forgiven, each with its reason.
    pub notes: Vec<Note>,
    /// Extensions that the migrations ask for and that the server does not have.
    pub absent: Vec<Absent>,
    /// What `ALTER DATABASE … SET` set, as `SET …` or `RESET …`: a clone of the database does not inherit it.
    pub database_settings: Vec<String>,
    /// Whether it was recorded which statement made which object. It is not on servers where the user is no superuser.
    pub provenance: bool,
}

/// Applies all statements. `progress` hears how many of how many are done.
pub async fn apply(
    client: &Client,
    migrations: &Migrations,
    progress: impl FnMut(usize, usize),
) -> Result<Applied, ApplyError> {
    apply_range(client, migrations, 0..migrations.statements.len(), progress).await
}

/// Applies a part of the statements to a database that has those before them, for rehearsals and scenarios.
pub async fn apply_range(
    client: &Client,
    migrations: &Migrations,
    range: Range<usize>,
    progress: impl FnMut(usize, usize),
) -> Result<Applied, ApplyError> {
    let (applied, _) = run(client, migrations, range, false, progress).await?;
    Ok(applied)
}

/// The same one statement after the other, with what each did to the tables: for rehearsals.
pub async fn apply_gauged(
    client: &Client,
    migrations: &Migrations,
    range: Range<usize>,
    progress: impl FnMut(usize, usize),
) -> Result<(Applied, Vec<Gauged>), ApplyError> {
    run(client, migrations, range, true, progress).await
}

async fn run(
    client: &Client,
    migrations: &Migrations,
    range: Range<usize>,
    gauged: bool,
    progress: impl FnMut(usize, usize),
) -> Result<(Applied, Vec<Gauged>), ApplyError> {
    let (database, version) = current_database(client).await?;
    let mut run = Run {
        client,
        migrations,
        database,
        version,
        in_transaction: false,
        waiting: VecDeque::new(),
        applied: Applied {
            notes: outsiders::make(client, migrations).await?,
            provenance: provenance::install(client, migrations).await?,
            ..Applied::default()
        },
        done: 0,
        total: range.len(),
        gauge: match gauged {
            true => Some(Gauge::new(client).await?),
            false => None,
        },
        progress,
    };
    let mut next = range.start;
    while next < range.end {
        let file = run.migrations.statements[next].file;
        let end = migrations.statements_of(file).end.min(range.end);
        run.file(next..end).await?;
        next = end;
    }
    let gauged = run.gauge.map(Gauge::finish).unwrap_or_default();
    let mut applied = run.applied;
    for (name, set) in settings_kept(client).await? {
        let known = |told: &String| told.contains(&name);
        if !applied.database_settings.iter().any(known) {
            applied.database_settings.push(set);
        }
    }
    if applied.provenance {
        provenance::stop(client).await?;
    }
    Ok((applied, gauged))
}

/// A request that was sent, and its answer to come.
type Answer<'a> = Pin<Box<dyn Future<Output = Result<(), Error>> + 'a>>;

struct Run<'a, P> {
    client: &'a Client,
    migrations: &'a Migrations,
    database: String,
    /// The server's version, as 170004.
    version: i32,
    in_transaction: bool,
    /// Statements that were sent, in order, with their answers.
    waiting: VecDeque<(usize, Answer<'a>)>,
    applied: Applied,
    done: usize,
    total: usize,
    /// Present when each statement is measured.
    gauge: Option<Gauge>,
    progress: P,
}

impl<'a, P: FnMut(usize, usize)> Run<'a, P> {
    /// Applies the statements of one file.
    ///
    /// Each statement is its own transaction, because that is the most lenient: `ALTER TYPE … ADD VALUE` and a use of the value
    /// may stand in one file. A file whose statements need a transaction gets one, and one that brings its own keeps it.
    async fn file(&mut self, range: Range<usize>) -> Result<(), ApplyError> {
        self.fresh_session().await?;
        let kinds = || range.clone().map(|of| self.migrations.statements[of].kind);
        let own = kinds().any(|kind| matches!(kind, Kind::Control(Control::Begin)));
        let wrap = !own
            && kinds().any(|kind| kind == Kind::NeedsTransaction)
            && !kinds().any(|kind| kind == Kind::Alone);
        if wrap {
            self.control("begin", Control::Begin).await?;
        }
        for statement in range.clone() {
            self.statement(statement).await?;
        }
        self.drain().await?;
        if self.in_transaction {
            if let Some(last) = range.last().filter(|_| own) {
                self.note(
                    last,
                    "the file begins a transaction and does not end it: committed".to_owned(),
                );
            }
            self.control("commit", Control::Commit).await?;
        }
        Ok(())
    }

    /// Settings, roles and temporary tables of one file do not reach the next: dumps empty the search_path, for example.
    async fn fresh_session(&mut self) -> Result<(), ApplyError> {
        let reset = format!(
            "reset session authorization; reset role; reset all; discard temp; set statement_timeout = {}",
            STATEMENT_LIMIT.as_millis()
        );
        self.client
            .batch_execute(&format!("{reset};{DATABASE_SETTINGS}"))
            .await
            .map_err(|error| {
                ApplyError::server("resetting the session between two migrations", error)
            })
    }

    async fn control(&mut self, sql: &str, control: Control) -> Result<(), ApplyError> {
        self.in_transaction = control == Control::Begin;
        self.client
            .batch_execute(sql)
            .await
            .map_err(|error| ApplyError::server("ending the transaction of a migration", error))?;
        if let Some(gauge) = self.gauge.as_mut().filter(|_| control != Control::Begin) {
            gauge.release();
        }
        Ok(())
    }

    async fn statement(&mut self, statement: usize) -> Result<(), ApplyError> {
        let migrations = self.migrations;
        let kind = migrations.statements[statement].kind;
        match kind {
            Kind::Outside => {
                self.skip(statement, "it reaches beyond this database");
            }
            Kind::CopyOut => self.skip(statement, "it only prints"),
            Kind::CopyIn => self.copy_in(statement).await?,
            Kind::CreateExtension => self.create_extension(statement).await?,
            _ => {
                let text = migrations.text(statement);
                if let Some(sql) = tolerate::redirected(text, &self.database) {
                    self.redirected(statement, &sql).await?;
                } else if kind == Kind::Grant
                    && self.version < MAINTAIN_SINCE
                    && let Some(sql) = tolerate::without_maintain(text)
                {
                    self.unmaintained(statement, &sql).await?;
                } else if self.in_transaction && tolerate::is_forgivable(kind) {
                    let sent = self.guarded(statement, migrations.text(statement)).await?;
                    self.settle(statement, sent)?;
                } else if self.gauge.is_some() {
                    let received = self.gauged(statement).await?;
                    self.settle(statement, received)?;
                } else {
                    self.send(statement).await?;
                }
                if let Kind::Control(control) = kind {
                    self.in_transaction = control == Control::Begin;
                }
            }
        }
        Ok(())
    }

    /// Sends a statement and its number without waiting for the answers.
    async fn send(&mut self, statement: usize) -> Result<(), ApplyError> {
        while self.waiting.len() >= IN_FLIGHT {
            self.receive().await?;
        }
        let (client, sql) = (self.client, self.migrations.text(statement));
        // Two messages and not one: several statements in one message are a transaction, and some refuse to run in any.
        let mut placed = sent(async move { client.batch_execute(&place(statement)).await }).await;
        let mut answer = sent(client.batch_execute(sql)).await;
        let both: Answer<'a> = Box::pin(async move {
            // Only a broken connection or an aborted transaction refuses the number, and then the statement tells.
            let _ = placed.as_mut().await;
            answer.as_mut().await
        });
        self.waiting.push_back((statement, both));
        Ok(())
    }

    async fn receive(&mut self) -> Result<(), ApplyError> {
        if let Some((statement, answer)) = self.waiting.pop_front() {
            let received = self.in_time(answer).await;
            self.settle(statement, received)?;
        }
        Ok(())
    }

    async fn drain(&mut self) -> Result<(), ApplyError> {
        while !self.waiting.is_empty() {
            self.receive().await?;
        }
        Ok(())
    }

    /// Waits for an answer. A migration may switch the server's own limit off, so a late statement is cancelled from here.
    async fn in_time(&self, answer: impl Future<Output = Result<(), Error>>) -> Result<(), Error> {
        let mut answer = std::pin::pin!(answer);
        match tokio::time::timeout(STATEMENT_LIMIT, &mut answer).await {
            Ok(received) => received,
            Err(_) => {
                let _ = self.client.cancel_token().cancel_query(NoTls).await;
                answer.await
            }
        }
    }

    /// Runs `sql` in place of a statement, when all before it are done. In a transaction a failure takes only itself back.
    async fn guarded(
        &mut self,
        statement: usize,
        sql: &str,
    ) -> Result<Result<(), Error>, ApplyError> {
        self.drain().await?;
        let lost = |error| ApplyError::server("guarding a statement of a migration", error);
        let client = self.client;
        client
            .batch_execute(&place(statement))
            .await
            .map_err(lost)?;
        if !self.in_transaction {
            return Ok(self.in_time(client.batch_execute(sql)).await);
        }
        client
            .batch_execute("savepoint watertight")
            .await
            .map_err(lost)?;
        let received = self.in_time(client.batch_execute(sql)).await;
        let undo = match received {
            Ok(()) => "release savepoint watertight",
            Err(_) => "rollback to savepoint watertight; release savepoint watertight",
        };
        client.batch_execute(undo).await.map_err(lost)?;
        Ok(received)
    }

    async fn create_extension(&mut self, statement: usize) -> Result<(), ApplyError> {
        let sql = self.migrations.text(statement);
        let mut received = self.guarded(statement, sql).await?;
        // Which versions a server has differs from server to server; the one that it prefers does as well.
        if received.as_ref().is_err_and(tolerate::is_wrong_version)
            && let Some(any) = tolerate::without_version(sql)
        {
            received = self.guarded(statement, &any).await?;
            if received.is_ok() {
                self.note(
                    statement,
                    "the server's own version of the extension is used".to_owned(),
                );
            }
        }
        self.settle(statement, received)
    }

    async fn redirected(&mut self, statement: usize, sql: &str) -> Result<(), ApplyError> {
        let received = self.guarded(statement, sql).await?;
        if received.is_ok() {
            let database = self.database.clone();
            self.note(
                statement,
                format!("applied to the scratch database {database}"),
            );
            self.applied
                .database_settings
                .extend(tolerate::database_setting(self.migrations.text(statement)));
        }
        self.settle(statement, received)
    }

    /// Takes note of an answer: done, forgiven, or the end.
    fn settle(&mut self, statement: usize, received: Result<(), Error>) -> Result<(), ApplyError> {
        if let Err(error) = received {
            let kind = self.migrations.statements[statement].kind;
            let forgiven = error
                .code()
                .and_then(|code| tolerate::forgive(kind, code, &self.applied.absent));
            let Some(forgiven) = forgiven else {
                return Err(ApplyError::failed(
                    self.migrations,
                    statement,
                    error,
                    &self.applied.absent,
                ));
            };
            if forgiven == tolerate::Forgiven::AbsentExtension {
                self.applied.absent.push(Absent {
                    name: tolerate::extension_name(self.migrations.text(statement)),
                    place: self.migrations.place(statement),
                });
            }
            let message = error.as_db_error().map_or("", |error| error.message());
            self.note(statement, format!("{forgiven}: {message}"));
        }
        self.done += 1;
        (self.progress)(self.done, self.total);
        Ok(())
    }

    fn skip(&mut self, statement: usize, reason: &str) {
        self.note(statement, format!("left out: {reason}"));
        self.done += 1;
        (self.progress)(self.done, self.total);
    }

    fn note(&mut self, statement: usize, text: String) {
        let place = self.migrations.place(statement);
        self.applied.notes.push(Note { place, text });
    }
}

/// Polls a request once, which writes its message: requests polled in order are sent in order.
async fn sent<'a>(request: impl Future<Output = Result<(), Error>> + 'a) -> Answer<'a> {
    let mut request: Answer<'a> = Box::pin(request);
    match futures_util::poll!(&mut request) {
        std::task::Poll::Ready(answer) => Box::pin(std::future::ready(answer)),
        std::task::Poll::Pending => request,
    }
}

/// Tells the recording trigger which statement runs.
fn place(statement: usize) -> String {
    format!("set watertight.place = '{statement}'")
}
