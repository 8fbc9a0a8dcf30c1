//! Applying migrations to a real database: what is recorded, forgiven and refused.
mod failing;
mod forgiven;
mod origins;
mod transactions;

use crate::support::Scratch;
use watertight::catalog::{Catalog, Origin};
use watertight::migrations::Migrations;
use watertight::server::apply::{Applied, ApplyError, apply};

/// Migrations made of texts, one file each.
pub fn migrations(files: &[(&str, &str)]) -> Migrations {
    let mut migrations = Migrations::default();
    for (name, text) in files {
        let path = std::path::Path::new(name);
        let stem = path.file_stem().unwrap().to_string_lossy();
        migrations.add_text(&stem, path, text);
    }
    migrations
}

/// Applies one text on a server of its own.
pub async fn try_apply(sql: &str) -> (Scratch, Migrations, Result<Applied, ApplyError>) {
    let scratch = Scratch::new().await;
    let migrations = migrations(&[("1.sql", sql)]);
    let applied = apply(scratch.client(), &migrations, |_, _| {}).await;
    (scratch, migrations, applied)
}

/// The same where it has to succeed.
pub async fn applied(sql: &str) -> (Scratch, Migrations, Applied) {
    let (scratch, migrations, applied) = try_apply(sql).await;
    let applied = applied.unwrap_or_else(|error| panic!("{error}"));
    (scratch, migrations, applied)
}

/// Origins as `tag line`.
pub fn shown(migrations: &Migrations, origins: &[Origin]) -> Vec<String> {
    origins
        .iter()
        .map(|origin| {
            format!(
                "{} {}",
                origin.tag,
                migrations.place(origin.statement).line.0
            )
        })
        .collect()
}

/// The origins of a relation as `tag line`.
pub fn origins(migrations: &Migrations, catalog: &Catalog, relation: &str) -> Vec<String> {
    let relation = catalog.relation_named(relation).unwrap();
    shown(
        migrations,
        catalog.origins_of(watertight::catalog::class::RELATION, relation.oid),
    )
}
