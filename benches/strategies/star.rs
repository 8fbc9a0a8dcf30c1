//! What criterion measures: a star around a centre, once in blocks and once in time. Everything with everything, a hundred
//! samples each, would take hours.
use crate::blocks::Blocks;
use crate::testbed::{Asker, Cell, Layout, Policy, Shape, Strategy, Tenant, Testbed};
use crate::testbed::{policy, shape, strategy};
use criterion::measurement::{Measurement, WallTime};
use criterion::{BenchmarkId, Criterion, SamplingMode};
use std::time::{Duration, Instant};
use tokio::runtime::Runtime;
use watertight::plans::Asking;

/// The centre.
const POLICY: &str = "wrapped";
const STRATEGY: &str = "tenant-status-time";
const SHAPE: &str = "list";

type Point = (&'static Strategy, &'static Policy, &'static Shape);

/// Every policy and every shape with the centre's strategy, every strategy with the centre's policy, and beside each the same
/// with row security bypassed.
fn points() -> Vec<Point> {
    let mut points = Vec::new();
    for strategy in &strategy::ALL {
        for policy in &policy::ALL {
            for shape in &shape::ALL {
                let away = [
                    strategy.name != STRATEGY,
                    policy.name != POLICY && !policy.bypasses(),
                    shape.name != SHAPE,
                ];
                let distance = away.into_iter().filter(|away| *away).count();
                if distance <= 1 && Layout::of(strategy, policy).is_some() {
                    points.push((strategy, policy, shape));
                }
            }
        }
    }
    points
}

/// The names, for `-- --list`.
pub fn list() {
    for (strategy, policy, shape) in points() {
        for tenant in ["hot", "mid", "tail"] {
            for measure in ["blocks", "time"] {
                println!(
                    "{measure}/{}/{} {}/{tenant}: benchmark",
                    strategy.name, policy.name, shape.name
                );
            }
        }
    }
}

pub fn measure(runtime: &Runtime, bed: &Testbed) {
    // Bootstrapping a hundred thousand times takes longer than the queries do.
    let tuned = Criterion::default()
        .sample_size(10)
        .nresamples(10_000)
        .warm_up_time(Duration::from_millis(30))
        .measurement_time(Duration::from_millis(150))
        .without_plots();
    let mut blocks = tuned.with_measurement(Blocks).configure_from_args();
    let mut time = Criterion::default()
        .sample_size(10)
        .nresamples(10_000)
        .warm_up_time(Duration::from_millis(50))
        .measurement_time(Duration::from_millis(250))
        .without_plots()
        .configure_from_args();
    let points = points();
    for strategy in &strategy::ALL {
        for &layout in strategy.layouts() {
            let here: Vec<&Point> = points
                .iter()
                .filter(|(other, policy, _)| {
                    *other == strategy && Layout::of(strategy, policy) == Some(layout)
                })
                .collect();
            if here.is_empty() {
                continue;
            }
            runtime.block_on(strategy.build(bed.client(), layout));
            for (_, policy, shape) in here {
                runtime.block_on(policy.set(bed.client(), layout));
                for tenant in &bed.tenants {
                    let cell = Cell {
                        layout,
                        policy,
                        shape,
                        tenant,
                    };
                    count(&mut blocks, runtime, bed, strategy, &cell);
                    clock(&mut time, runtime, bed, strategy, &cell);
                }
            }
            runtime.block_on(strategy.drop(bed.client(), layout));
        }
    }
    blocks.final_summary();
    time.final_summary();
}

/// In blocks: the server counts them.
fn count(
    criterion: &mut Criterion<Blocks>,
    runtime: &Runtime,
    bed: &Testbed,
    strategy: &Strategy,
    cell: &Cell<'_>,
) {
    let asker = Asker(bed.client());
    sampled(criterion, "blocks", strategy, cell, |times| {
        runtime.block_on(async {
            let mut blocks = 0;
            for _ in 0..times {
                blocks += asker.ask(cell, Asking::Once).await.buffers;
            }
            blocks
        })
    });
}

/// In time: planned and answered, as an application's statement that was not prepared.
fn clock(
    criterion: &mut Criterion<WallTime>,
    runtime: &Runtime,
    bed: &Testbed,
    strategy: &Strategy,
    cell: &Cell<'_>,
) {
    let client = bed.client();
    let sql = cell.sql();
    let mut begin = format!("begin; set local role {};", cell.policy.role());
    for (name, value) in cell.caller().settings {
        // SET would take a list of schemas for the name of one.
        begin.push_str(&format!("select set_config('{name}', '{value}', true);"));
    }
    let sent = async |sql: &str| {
        let answer = client.batch_execute(sql).await;
        answer.expect("the server answers");
    };
    runtime.block_on(sent(&begin));
    sampled(criterion, "time", strategy, cell, |times| {
        runtime.block_on(async {
            let begun = Instant::now();
            for _ in 0..times {
                sent(&sql).await;
            }
            begun.elapsed()
        })
    });
    runtime.block_on(sent("rollback"));
}

fn sampled<M: Measurement>(
    criterion: &mut Criterion<M>,
    measure: &str,
    strategy: &Strategy,
    cell: &Cell<'_>,
    mut run: impl FnMut(u64) -> M::Value,
) {
    let Tenant { name: tenant, .. } = cell.tenant;
    let mut group = criterion.benchmark_group(format!("{measure}/{}", strategy.name));
    group.sampling_mode(SamplingMode::Flat);
    let function = format!("{} {}", cell.policy.name, cell.shape.name);
    group.bench_function(BenchmarkId::new(function, tenant), |bencher| {
        bencher.iter_custom(&mut run);
    });
    group.finish();
}
