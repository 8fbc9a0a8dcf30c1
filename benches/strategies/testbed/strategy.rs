//! The index strategies that are compared: what is built on the leads and on the outbox.
use super::Layout;
use tokio_postgres::Client;

/// Indexes that are built together. Columns are those of the layouts' tables; the child table keeps the index on its key.
#[derive(Debug, PartialEq)]
pub struct Strategy {
    pub name: &'static str,
    pub is_hashed: bool,
    /// What follows `CREATE INDEX … ON leads`.
    leads: &'static [&'static str],
    /// The same for the outbox.
    outbox: &'static [&'static str],
}

const fn strategy(
    name: &'static str,
    leads: &'static [&'static str],
    outbox: &'static [&'static str],
) -> Strategy {
    Strategy {
        name,
        is_hashed: false,
        leads,
        outbox,
    }
}

pub static ALL: [Strategy; 15] = [
    strategy("none", &[], &[]),
    strategy("tenant", &["(workspace_id)"], &["(workspace_id)"]),
    strategy(
        "tenant-status",
        &["(workspace_id, status)"],
        &["(workspace_id, status)"],
    ),
    strategy(
        "tenant-status-time",
        &["(workspace_id, status, created_at desc)"],
        &["(workspace_id, status, scheduled_at)"],
    ),
    strategy(
        "tenant-time",
        &["(workspace_id, created_at desc)"],
        &["(workspace_id, scheduled_at)"],
    ),
    strategy(
        "tenant-score",
        &["(workspace_id, score desc)"],
        &["(workspace_id, attempts)"],
    ),
    // The wrong order: what all tenants share comes first.
    strategy(
        "status-tenant",
        &["(status, workspace_id)"],
        &["(status, workspace_id)"],
    ),
    // What an advisor that runs as a superuser proposes: it sees no tenant in the query.
    strategy(
        "status-time",
        &["(status, created_at desc)"],
        &["(status, scheduled_at)"],
    ),
    strategy(
        "partial",
        &["(workspace_id, created_at desc) where status = 'new'"],
        &["(workspace_id, scheduled_at) where status in ('scheduled', 'pending')"],
    ),
    strategy(
        "covering",
        &["(workspace_id, status, created_at desc) include (id, first_name, score)"],
        &["(workspace_id, status, scheduled_at) include (id, recipient, subject)"],
    ),
    strategy(
        "brin",
        &["using brin (workspace_id)"],
        &["using brin (workspace_id)"],
    ),
    strategy(
        "expression",
        &["(workspace_id, lower(email))"],
        &["(workspace_id, lower(recipient))"],
    ),
    // Recommendation 4 of the workspace system, word for word.
    strategy(
        "documents",
        &[
            "(workspace_id, status)",
            "(workspace_id, created_at desc)",
            "(workspace_id, score desc)",
            "(workspace_id) where tags is not null",
        ],
        &["(workspace_id, status, scheduled_at) where status in ('scheduled', 'pending')"],
    ),
    Strategy {
        is_hashed: true,
        ..strategy("hashed", &[], &[])
    },
    Strategy {
        is_hashed: true,
        ..strategy(
            "hashed-composite",
            &["(workspace_id, status, created_at desc)"],
            &["(workspace_id, status, scheduled_at)"],
        )
    },
];

/// The strategy of that name.
pub fn named(name: &str) -> &'static Strategy {
    let found = ALL.iter().find(|strategy| strategy.name == name);
    found.unwrap_or_else(|| panic!("no strategy is called {name}"))
}

impl Strategy {
    /// The layouts that it can be built in.
    pub fn layouts(&self) -> &'static [Layout] {
        match self.is_hashed {
            true => &[Layout::Hashed],
            false => &[Layout::Heap, Layout::Enumerated],
        }
    }

    /// Names and statements of the indexes in one layout.
    fn indexes(&self, layout: Layout) -> Vec<(String, String)> {
        let schema = layout.schema();
        let both = [("leads", self.leads), ("channel_outbox", self.outbox)];
        let mut indexes = Vec::new();
        for (table, definitions) in both {
            for (number, definition) in definitions.iter().enumerate() {
                let name = format!("{table}_{}_{number}", self.name.replace('-', "_"));
                let sql = format!("create index {name} on {schema}.{table} {definition};");
                indexes.push((name, sql));
            }
        }
        indexes
    }

    pub async fn build(&self, client: &Client, layout: Layout) {
        let statements = self.indexes(layout).into_iter().map(|(_, sql)| sql);
        let mut sql: String = statements.collect();
        if self.name == "expression" {
            // Only then are there statistics on what is indexed.
            sql.push_str(&format!("analyze {}.leads;", layout.schema()));
        }
        client
            .batch_execute(&sql)
            .await
            .expect("the strategy's indexes can be built");
    }

    pub async fn drop(&self, client: &Client, layout: Layout) {
        let drop = |(name, _): (String, String)| format!("drop index {}.{name};", layout.schema());
        let sql: String = self.indexes(layout).into_iter().map(drop).collect();
        client
            .batch_execute(&sql)
            .await
            .expect("the strategy's indexes are there");
    }
}
