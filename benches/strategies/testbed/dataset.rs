//! A database with the workspace system's migrations, and rows of many tenants in its tables.
use std::path::Path;
use tokio_postgres::Client;
use watertight::migrations::{self, Platform};
use watertight::server::{Server, Session, apply};

/// How much there is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Dataset {
    /// Leads, and as many messages.
    pub rows: u64,
    /// Workspaces. The rows follow Zipf's law: the more tenants, the smaller the usual one beside the largest.
    pub tenants: u64,
}

/// A tenant by its size, and a member of it who asks.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Tenant {
    /// `hot`, `mid` or `tail`.
    pub name: &'static str,
    pub workspace: String,
    pub user: String,
    /// Its leads.
    pub rows: i64,
    /// Its lead in the middle, to look up.
    pub lead: String,
    pub email: String,
    /// Where its second page begins.
    pub page: String,
}

/// The database, with sessions of a superuser.
pub struct Testbed {
    pub session: Session,
    pub dataset: Dataset,
    /// The largest tenant, one at the end of the first tenth, one of the last tenth.
    pub tenants: [Tenant; 3],
}

impl Testbed {
    /// Migrates and fills the database `name`, with all layouts or with the heap of leads alone.
    pub async fn lay(server: &Server, name: &str, dataset: Dataset, all_layouts: bool) -> Testbed {
        let made = server.create_database(name).await;
        made.expect("a database can be made");
        let session = server.connect(name, None).await.expect("a session opens");
        let directory = Path::new(env!("CARGO_MANIFEST_DIR")).join("migrations/workspace");
        let migrations = migrations::read(&[directory], None, Platform::Supabase)
            .expect("the workspace system's migrations are there");
        let applied = apply::apply(session.client(), &migrations, |_, _| {}).await;
        applied.expect("the workspace system's migrations apply");
        let client = session.client();
        run(client, &dataset.settings()).await;
        run(client, include_str!("tables.sql")).await;
        run(client, include_str!("rows.sql")).await;
        if all_layouts {
            run(client, include_str!("copies.sql")).await;
        }
        // The visibility map decides whether an index alone is enough, and statistics decide the rest.
        run(client, "vacuum analyze").await;
        let tenants = [
            tenant(client, "hot", 1).await,
            tenant(client, "mid", dataset.tenants.div_ceil(10).max(4)).await,
            tenant(client, "tail", dataset.tenants * 9 / 10).await,
        ];
        Testbed {
            session,
            dataset,
            tenants,
        }
    }

    pub fn client(&self) -> &Client {
        self.session.client()
    }
}

impl Dataset {
    fn settings(self) -> String {
        let Dataset { rows, tenants } = self;
        format!("set strategies.rows = {rows}; set strategies.tenants = {tenants};")
    }
}

async fn run(client: &Client, sql: &str) {
    if let Err(error) = client.batch_execute(sql).await {
        panic!("the rows cannot be laid: {error:?}");
    }
}

/// The first tenant of that rank or above which has rows; a small data set may have none for the last ones.
async fn tenant(client: &Client, name: &'static str, rank: u64) -> Tenant {
    let sql = "
        select leads.workspace_id::text, md5('user ' || rank || ' 1')::uuid::text, count(*),
          (array_agg(leads.id::text order by leads.created_at))[1 + count(*) / 2],
          (array_agg(leads.email order by leads.created_at))[1 + count(*) / 2],
          ((array_agg(leads.created_at order by leads.created_at))[1 + count(*) / 2])::text
        from generate_series($1::bigint, 1, -1) as rank
        join heap.leads on leads.workspace_id = md5('workspace ' || rank)::uuid
        where rank > $1::bigint - 50
        group by rank, leads.workspace_id order by rank desc limit 1";
    let rank = i64::try_from(rank).expect("there are fewer tenants than that");
    let row = client.query_one(sql, &[&rank]).await;
    let row = row.expect("a tenant about there has rows");
    Tenant {
        name,
        workspace: row.get(0),
        user: row.get(1),
        rows: row.get(2),
        lead: row.get(3),
        email: row.get(4),
        page: row.get(5),
    }
}
