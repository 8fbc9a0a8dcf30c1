//! A migrated database with its catalog and tenancy, for worlds to be loaded into.
use crate::support::{self, Ground};
use std::path::Path;
use watertight::catalog::{self, Catalog, Relation};
use watertight::migrations::{self, Migrations, Platform};
use watertight::server::{Request, Server, Session, SourceChoice, apply};
use watertight::tenancy::{self, Scope, Tenancy};
use watertight::world::{self, Generated, Missing, Plan, TenantId, Truth, World};

pub struct Stage {
    pub session: Session,
    pub catalog: Catalog,
    pub tenancy: Tenancy,
    _server: Server,
    _ground: Ground,
}

impl Stage {
    pub async fn of_file(name: &str) -> Stage {
        let path = Path::new(env!("CARGO_MANIFEST_DIR"))
            .join("tests/fixtures/world")
            .join(name);
        Stage::of(&std::fs::read_to_string(path).unwrap()).await
    }

    pub async fn of(sql: &str) -> Stage {
        let mut migrations = Migrations::default();
        migrations.add_text("schema", std::path::Path::new("schema.sql"), sql);
        Stage::migrated(migrations).await
    }

    /// A directory of migrations below the repository, with the platform that it asks for.
    pub async fn of_directory(path: &str) -> Stage {
        let path = Path::new(env!("CARGO_MANIFEST_DIR")).join(path);
        Stage::migrated(migrations::read(&[path], None, Platform::Auto).unwrap()).await
    }

    async fn migrated(migrations: Migrations) -> Stage {
        let ground = Ground::new();
        let request = Request {
            source: SourceChoice::Local,
            ..Request::default()
        };
        let server = support::start(&request, &ground.places).await;
        server.create_database("world").await.unwrap();
        let session = server.connect("world", None).await.unwrap();
        let applied = apply::apply(session.client(), &migrations, |_, _| {}).await;
        if let Err(error) = applied {
            panic!("{error:#?}");
        }
        let catalog = catalog::read(session.client()).await.unwrap();
        let tenancy = tenancy::infer(&catalog, &["user_metadata".to_owned()]);
        Stage {
            session,
            catalog,
            tenancy,
            _server: server,
            _ground: ground,
        }
    }

    pub async fn plan(&self) -> Plan {
        world::load::plan(self.session.client(), &self.catalog, &self.tenancy)
            .await
            .unwrap()
    }

    pub fn draw(&self, plan: &Plan, seed: u64, changed: Option<TenantId>) -> Generated {
        world::generate(&self.catalog, &self.tenancy, plan, seed, changed)
    }

    pub async fn load(&self, plan: &Plan, generated: Generated) -> (World, Truth) {
        world::load::load(
            self.session.client(),
            &self.catalog,
            &self.tenancy,
            plan,
            generated,
        )
        .await
        .unwrap()
    }

    pub fn table(&self, name: &str) -> &Relation {
        self.catalog.relation_named(name).unwrap()
    }

    /// `table: reason` of everything that is missing.
    pub fn missing(&self, missing: &[Missing]) -> Vec<String> {
        let line = |m: &Missing| {
            let relation = self.catalog.relation(m.relation).unwrap();
            format!("{} of {:?}: {}", relation.qualified(), m.tenant, m.reason)
        };
        missing.iter().map(line).collect()
    }

    /// Owned tables that have no row of some tenant, partitions counted with their parent.
    pub fn bare(&self, truth: &Truth) -> Vec<String> {
        let mut bare = Vec::new();
        for (&oid, scope) in &self.tenancy.scopes {
            let relation = self.catalog.relation(oid).unwrap();
            if !matches!(scope, Scope::Owned { .. }) || relation.is_partition {
                continue;
            }
            for tenant in (0..3).map(TenantId) {
                let mut family = vec![oid];
                let mut at = 0;
                while at < family.len() {
                    family.extend(self.catalog.children(family[at]).map(|r| r.oid));
                    at += 1;
                }
                let rows = family
                    .iter()
                    .filter_map(|oid| truth.tables.get(oid))
                    .flatten();
                if !rows.into_iter().any(|row| row.tenant == Some(tenant)) {
                    bare.push(format!("{} of {tenant:?}", relation.qualified()));
                }
            }
        }
        bare
    }
}
