//! The stages before the attacks: reading the migrations and the catalog, inferring, filling a database with a world.
use crate::systems;
use criterion::{Criterion, Throughput};
use std::time::{Duration, Instant};
use watertight::check::{self, MIGRATED, Migrated};
use watertight::world::{self, load};
use watertight::{catalog, migrations, tenancy};

pub fn measure(criterion: &mut Criterion) {
    let runtime = systems::runtime();
    let plan = systems::plan("voxanne", 1);
    let mut heard = Vec::new();
    let migrated = runtime
        .block_on(check::migrate(&plan, &mut heard))
        .unwrap_or_else(|error| {
            panic!("this needs PostgreSQL's programs on this machine: {error}")
        });
    let mut group = criterion.benchmark_group("stages");
    group.bench_function("migrations are read", |b| {
        b.iter(|| migrations::read(&plan.migrations, None, migrations::Platform::Supabase));
    });
    let session = runtime.block_on(migrated.server.connect(MIGRATED, None));
    let session = session.expect("the database is there");
    group.bench_function("the catalog is read", |b| {
        b.iter(|| {
            runtime
                .block_on(catalog::read(session.client()))
                .expect("it can be read")
        });
    });
    runtime.block_on(session.close());
    group.bench_function("tenancy is inferred", |b| {
        b.iter(|| tenancy::infer(&migrated.catalog, &[]));
    });
    let (rows, _) = runtime.block_on(fill(&migrated));
    group.throughput(Throughput::Elements(rows));
    group.bench_function("a world is loaded", |b| {
        b.iter_custom(|times| {
            (0..times)
                .map(|_| runtime.block_on(fill(&migrated)).1)
                .sum()
        });
    });
    group.finish();
    runtime
        .block_on(migrated.server.stop())
        .expect("the server stops");
}

/// Rows of a new world and the time that planning, generating and loading it took, in a fresh clone.
async fn fill(migrated: &Migrated) -> (u64, Duration) {
    const NAME: &str = "loaded";
    let server = &migrated.server;
    let cloned = server.clone_database(MIGRATED, NAME).await;
    cloned.expect("nobody is connected to the template");
    let session = server
        .connect(NAME, None)
        .await
        .expect("the clone is there");
    let (schema, tenancy) = (&migrated.catalog, &migrated.tenancy);
    let begun = Instant::now();
    let outline = load::plan(session.client(), schema, tenancy).await;
    let outline = outline.expect("the database answers what the plan asks");
    let generated = world::generate(schema, tenancy, &outline, 0, None);
    let loaded = load::load(session.client(), schema, tenancy, &outline, generated).await;
    let (_, truth) = loaded.expect("the world can be loaded");
    let took = begun.elapsed();
    session.close().await;
    server.drop_database(NAME).await.expect("the clone can go");
    (
        truth.tables.values().map(Vec::len).sum::<usize>() as u64,
        took,
    )
}
