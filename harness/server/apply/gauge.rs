//! Measures what one statement does to the tables that stand there: which it rewrites, which it keeps others from, how long.
use super::{ApplyError, Run, place};
use crate::event::Lock;
use crate::migrations::{Control, Kind};
use crate::sqlstate::SqlState;
use std::collections::BTreeMap;
use std::time::{Duration, Instant};
use tokio_postgres::{Client, Error};

/// What one statement did.
#[derive(Debug, Clone, PartialEq)]
pub struct Gauged {
    /// Its index in the migrations.
    pub statement: usize,
    pub elapsed: Duration,
    /// From its begin to the end of its transaction: as long are its locks held.
    pub held: Duration,
    /// Tables that have new files: every row was written anew.
    pub rewrites: Vec<String>,
    /// Tables with the strongest lock that readers or writers feel.
    pub locks: Vec<(String, Lock)>,
}

/// Tables by oid, with their file and the modes in which this session holds them
/// (<https://www.postgresql.org/docs/current/view-pg-locks.html>).
const SAMPLE: &str = "select c.oid, n.nspname || '.' || c.relname, coalesce(pg_relation_filenode(c.oid), 0)::oid,
    coalesce((select string_agg(distinct l.mode, ',') from pg_locks l
      where l.pid = pg_backend_pid() and l.locktype = 'relation' and l.relation = c.oid
        and l.database = (select oid from pg_database where datname = current_database())), '')
  from pg_class c join pg_namespace n on n.oid = c.relnamespace
  where c.relkind in ('r', 'p', 'm') and c.oid >= 16384 and n.nspname not in ('watertight', 'pg_toast')
    and n.nspname not like 'pg\\_temp%'";

/// A table as the last look found it.
struct Seen {
    name: String,
    file: u32,
    locks: Vec<Lock>,
}

type Tables = BTreeMap<u32, Seen>;

/// All that was measured, and how the tables stood after the last statement.
pub(super) struct Gauge {
    tables: Tables,
    gauged: Vec<Gauged>,
    /// Where in `gauged` the open transaction's statements begin, with the moment at which each began and how long had been
    /// spent looking until then.
    open: Vec<(usize, Instant, Duration)>,
    /// Time spent on looking, which no statement is to blame for.
    looking: Duration,
}

impl Gauge {
    pub async fn new(client: &Client) -> Result<Gauge, ApplyError> {
        Ok(Gauge {
            tables: look(client).await?,
            gauged: Vec::new(),
            open: Vec::new(),
            looking: Duration::ZERO,
        })
    }

    /// The transaction ended: its locks are gone.
    pub fn release(&mut self) {
        for (at, begun, looked) in self.open.drain(..) {
            let looking = self.looking.saturating_sub(looked);
            self.gauged[at].held = begun.elapsed().saturating_sub(looking);
        }
    }

    pub fn finish(mut self) -> Vec<Gauged> {
        self.release();
        self.gauged
    }

    /// Compares the tables with how they stood before the statement. Tables that it made are nobody's concern.
    fn note(&mut self, statement: usize, begun: Instant, elapsed: Duration, now: Tables) {
        let mut gauged = Gauged {
            statement,
            elapsed,
            held: elapsed,
            rewrites: Vec::new(),
            locks: Vec::new(),
        };
        for (oid, table) in &now {
            let Some(before) = self.tables.get(oid) else {
                continue;
            };
            if table.file != before.file {
                gauged.rewrites.push(table.name.clone());
            }
            let strongest = table.locks.iter().max();
            // Inside of one transaction a lock that an earlier statement took is not this one's.
            if let Some(&lock) = strongest.filter(|lock| before.locks.iter().max() < Some(lock)) {
                gauged.locks.push((table.name.clone(), lock));
            }
        }
        self.open.push((self.gauged.len(), begun, self.looking));
        self.looking += begun.elapsed().saturating_sub(elapsed);
        self.gauged.push(gauged);
        self.tables = now;
    }

    /// Locks are gone with their transaction.
    fn unlock(&mut self) {
        for table in self.tables.values_mut() {
            table.locks.clear();
        }
        self.release();
    }
}

async fn look(client: &Client) -> Result<Tables, ApplyError> {
    let rows = client
        .query(SAMPLE, &[])
        .await
        .map_err(|error| ApplyError::server("looking at what a statement did", error))?;
    let table = |row: &tokio_postgres::Row| {
        let modes: String = row.get(3);
        let seen = Seen {
            name: row.get(1),
            file: row.get(2),
            locks: modes.split(',').filter_map(Lock::of).collect(),
        };
        (row.get(0), seen)
    };
    Ok(rows.iter().map(table).collect())
}

impl<P: FnMut(usize, usize)> Run<'_, P> {
    /// Runs one statement by itself and measures it. Outside of a transaction it gets one, because locks can only be seen
    /// while it lasts; a statement that refuses to run in any is measured without its locks.
    pub(super) async fn gauged(
        &mut self,
        statement: usize,
    ) -> Result<Result<(), Error>, ApplyError> {
        self.drain().await?;
        let (client, sql) = (self.client, self.migrations.text(statement));
        let kind = self.migrations.statements[statement].kind;
        let control = matches!(kind, Kind::Control(_));
        let lost = |error| ApplyError::server("measuring a statement of a migration", error);
        // An aborted transaction refuses even the number, and then the statement tells.
        let _ = client.batch_execute(&place(statement)).await;
        let wrap = !self.in_transaction && !control && kind != Kind::Alone;
        let mut begun = Instant::now();
        if wrap {
            client.batch_execute("begin").await.map_err(lost)?;
        }
        let mut received = self.in_time(client.batch_execute(sql)).await;
        let mut wrapped = wrap;
        if wrap && received.is_err() {
            client.batch_execute("rollback").await.map_err(lost)?;
            wrapped = false;
            // A DO block or procedure with a COMMIT of its own must not be in a transaction
            // (https://www.postgresql.org/docs/current/plpgsql-transactions.html).
            let own = received
                .as_ref()
                .err()
                .and_then(Error::code)
                .map(SqlState::from);
            if own == Some(SqlState::InvalidTransactionTermination) {
                begun = Instant::now();
                received = self.in_time(client.batch_execute(sql)).await;
            }
        }
        let elapsed = begun.elapsed();
        if received.is_ok() && !control {
            let now = look(client).await?;
            if let Some(gauge) = &mut self.gauge {
                gauge.note(statement, begun, elapsed, now);
            }
        }
        if wrapped {
            // A deferred constraint refuses at the end.
            received = client.batch_execute("commit").await;
        }
        let ended = wrap
            || kind == Kind::Alone
            || matches!(kind, Kind::Control(Control::Commit | Control::Rollback));
        if let Some(gauge) = self.gauge.as_mut().filter(|_| ended) {
            gauge.unlock();
        }
        Ok(received)
    }
}
