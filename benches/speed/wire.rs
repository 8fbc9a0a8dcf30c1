//! Attacks judged per second on one core, beside pgbench sending the same messages to the same server in the same run.
use crate::core::OneCore;
use crate::pgbench::Pgbench;
use crate::{median, systems};
use criterion::{Criterion, Throughput};
use std::time::{Duration, Instant};
use tokio::runtime::Runtime;
use watertight::check::{self, Ready, Worker};
use watertight::config::CheckPlan;
use watertight::oracle::observe::{Request, Runner, alone, observe};
use watertight::oracle::{Bench, Controls, Observation, Verdict, judge};
use watertight::probes::{Attack, Command, Standing};

const ROUNDS: usize = 7;
/// About how long one side of one round takes.
const ROUND: Duration = Duration::from_millis(1500);

pub fn measure(criterion: &mut Criterion, measured: bool) {
    let core = OneCore::take();
    let runtime = crate::systems::runtime();
    let plan = systems::plan("voxanne", 1);
    let mut heard = Vec::new();
    let migrated = runtime
        .block_on(check::migrate(&plan, &mut heard))
        .unwrap_or_else(|error| {
            panic!("this needs PostgreSQL's programs on this machine: {error}")
        });
    let ready = runtime
        .block_on(Ready::of(&plan, &migrated, &mut heard))
        .expect("voxanne can be filled");
    let scene = ready.scene();
    let bench = ready.bench(&scene);
    let wire = runtime.block_on(Wire::new(&plan, &ready.workers[0], &bench));
    if measured {
        let placed = if core.is_some() {
            "one core for client and server"
        } else {
            "cores as the scheduler likes"
        };
        println!(
            "wire: {} of one member's {} attacks end without an error, {placed}",
            wire.attacks.len(),
            wire.all
        );
        runtime.block_on(wire.compare());
        runtime.block_on(whole(&plan, &ready.workers[0], &bench));
    }
    wire.sample(criterion, &runtime);
    drop(wire);
    drop(ready);
    runtime
        .block_on(migrated.server.stop())
        .expect("the server stops");
}

/// One member's attacks whose statements end without an error: pgbench gives up at the first one.
struct Wire<'a> {
    worker: &'a Worker,
    bench: &'a Bench<'a>,
    attacks: Vec<Attack>,
    /// How many attacks the member has, refused ones included.
    all: usize,
    pgbench: Pgbench,
}

impl<'a> Wire<'a> {
    async fn new(plan: &CheckPlan, worker: &'a Worker, bench: &'a Bench<'a>) -> Wire<'a> {
        let attacks: Vec<Attack> = check::attacks(plan, bench.scene)
            .into_iter()
            .filter(|attack| {
                let first = bench.scene.attackers_that(|s| s == Standing::Member).next();
                first.is_some_and(|(member, _)| member == attack.attacker)
                    && !matches!(attack.command, Command::Call | Command::Truncate)
            })
            .collect();
        let requests = requests(bench, &attacks);
        let mut done = Vec::new();
        let each = |_: usize, seen: Observation| done.push(seen.refusal().is_none());
        let ran = observe(&worker.gateway, &requests, bench.traces, each).await;
        ran.expect("the server answers");
        let all = attacks.len();
        let kept = |&(at, _): &(usize, Attack)| done[at];
        let attacks: Vec<Attack> = attacks
            .into_iter()
            .enumerate()
            .filter(kept)
            .map(|(_, a)| a)
            .collect();
        let requests = self::requests(bench, &attacks);
        let messages: Vec<&str> = requests.iter().map(Request::message).collect();
        let pgbench = Pgbench::new(worker, &messages).await;
        Wire {
            worker,
            bench,
            attacks,
            all,
            pgbench,
        }
    }

    /// As `check` runs attacks: the statements are put together, sent in a pipeline, seen and weighed.
    async fn pipelined(&self, passes: usize) -> f64 {
        let begun = Instant::now();
        for _ in 0..passes {
            let requests = requests(self.bench, &self.attacks);
            let each = |at: usize, seen: Observation| self.judge(at, &seen);
            let ran = observe(&self.worker.gateway, &requests, self.bench.traces, each).await;
            ran.expect("the server answers");
        }
        begun.elapsed().as_secs_f64()
    }

    /// The same, waiting for each answer as pgbench does.
    async fn one_by_one(&self, passes: usize) -> f64 {
        let begun = Instant::now();
        for _ in 0..passes {
            let requests = requests(self.bench, &self.attacks);
            for (at, request) in requests.iter().enumerate() {
                let seen = alone(&self.worker.gateway, request).await;
                self.judge(at, &seen.expect("the server answers"));
            }
        }
        begun.elapsed().as_secs_f64()
    }

    fn judge(&self, at: usize, seen: &Observation) {
        let attack = &self.attacks[at];
        let standing = self.bench.scene.attacker(attack.attacker).standing;
        let sight = self.bench.see(attack, seen, None);
        let verdict = judge::weigh(attack, standing, seen, sight, &controls());
        assert!(
            !matches!(verdict, Verdict::Leaked(_)),
            "{}: {verdict:?}",
            attack.statement
        );
        std::hint::black_box(seen.summary(attack.command.name()));
    }

    /// Rounds of all three, by turns, so that a noisy moment meets all of them.
    async fn compare(&self) {
        let once = self.pgbench.seconds(1).max(1e-3);
        let passes = (ROUND.as_secs_f64() / once).ceil() as usize;
        let sent = (passes * self.attacks.len()) as f64;
        let mut rates = [const { Vec::new() }; 3];
        for round in 0..ROUNDS {
            // Rolled-back writes leave dead rows, which would slow down whoever comes later.
            let swept = self.worker.superuser.client().batch_execute("VACUUM").await;
            swept.expect("the server sweeps");
            for turn in 0..3 {
                let side = (round + turn) % 3;
                let seconds = match side {
                    0 => self.pgbench.seconds(passes),
                    1 => self.pipelined(passes).await,
                    _ => self.one_by_one(passes).await,
                };
                rates[side].push(sent / seconds);
            }
        }
        let ratio = |side: usize| {
            let pairs = rates[side].iter().zip(&rates[0]);
            median(
                &pairs
                    .map(|(ours, theirs)| ours / theirs)
                    .collect::<Vec<_>>(),
            )
        };
        println!("  pgbench                    {:>8.0}/s", median(&rates[0]));
        println!(
            "  watertight, as check runs  {:>8.0}/s  {:.2} of pgbench",
            median(&rates[1]),
            ratio(1)
        );
        println!(
            "  watertight, one by one     {:>8.0}/s  {:.2} of pgbench",
            median(&rates[2]),
            ratio(2)
        );
    }

    /// The same for criterion, which compares with the run before.
    fn sample(&self, criterion: &mut Criterion, runtime: &Runtime) {
        let mut group = criterion.benchmark_group("wire");
        group.throughput(Throughput::Elements(self.attacks.len() as u64));
        group.bench_function("pgbench", |b| {
            b.iter_custom(|passes| Duration::from_secs_f64(self.pgbench.seconds(passes as usize)));
        });
        group.bench_function("attacks", |b| {
            b.iter_custom(|passes| {
                Duration::from_secs_f64(runtime.block_on(self.pipelined(passes as usize)))
            });
        });
        group.finish();
    }
}

fn requests(bench: &Bench, attacks: &[Attack]) -> Vec<Request> {
    let runner = |attack: &Attack| Runner::Attacker(bench.scene.attacker(attack.attacker));
    attacks
        .iter()
        .map(|attack| Request::of(attack, runner(attack)))
        .collect()
}

/// What controls show where everything is sound.
fn controls() -> Controls {
    Controls {
        privileged: true,
        unchecked: true,
        summary: String::new(),
        sqlstate: None,
        living: true,
        alike: Some(true),
        depends: Some(true),
    }
}

/// Every attack of every attacker with all controls: what a verdict costs in the end.
async fn whole(plan: &CheckPlan, worker: &Worker, bench: &Bench<'_>) {
    let controls = watertight::probes::controls::controls(bench.scene);
    let living = check::prove_baseline(worker, bench, &controls).await;
    let living = living.expect("members reach their own rows");
    let attacks = check::attacks(plan, bench.scene);
    let before = transactions(worker).await;
    let begun = Instant::now();
    let judged = check::run(worker, bench, &living, attacks, &mut |_| {}).await;
    let seconds = begun.elapsed().as_secs_f64();
    let count = judged.expect("the server answers").len();
    let messages = transactions(worker).await - before;
    println!(
        "  whole campaign             {:>8.0}/s  {count} verdicts, {:.2} messages each with all controls",
        count as f64 / seconds,
        messages as f64 / count as f64,
    );
}

/// Transactions of the worker's database so far: every message of ours is one.
async fn transactions(worker: &Worker) -> i64 {
    // A session tells the statistics at most once a second, when it falls idle.
    tokio::time::sleep(Duration::from_millis(1200)).await;
    for session in [&worker.gateway, &worker.pristine, &worker.superuser] {
        session
            .client()
            .batch_execute("SELECT 1")
            .await
            .expect("the server answers");
    }
    tokio::time::sleep(Duration::from_millis(200)).await;
    let sql = "SELECT xact_commit + xact_rollback FROM pg_stat_database WHERE datname = current_database()";
    let row = worker.superuser.client().query_one(sql, &[]).await;
    row.expect("the server answers").get(0)
}
