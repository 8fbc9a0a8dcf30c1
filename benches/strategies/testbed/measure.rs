//! One question under one policy with one strategy: what the server does, in steps and blocks.
use super::{Layout, Policy, Shape, Tenant};
use tokio_postgres::Client;
use watertight::plans::{Asking, Caller, Plan, Standing, explain};

/// What is asked, by whom, of which layout.
#[derive(Clone, Copy)]
pub struct Cell<'a> {
    pub layout: Layout,
    pub policy: &'a Policy,
    pub shape: &'a Shape,
    pub tenant: &'a Tenant,
}

/// A session that asks.
pub struct Asker<'a>(pub &'a Client);

/// What was seen of one answer.
#[derive(Debug, Clone)]
pub struct Seen {
    pub plan: Plan,
    /// Where the tenant's column stands in the scans of the shape's table.
    pub tenant: Standing,
    /// Where the status stands.
    pub status: Standing,
    /// Blocks of 8 kB.
    pub buffers: u64,
    /// Rows that were read and thrown away.
    pub removed: u64,
    /// In milliseconds, of one run.
    pub milliseconds: f64,
}

impl Cell<'_> {
    pub fn sql(&self) -> String {
        self.shape.sql(self.tenant, self.policy.bypasses())
    }

    pub fn caller(&self) -> Caller {
        let Tenant {
            workspace, user, ..
        } = self.tenant;
        let claims =
            format!(r#"{{"sub":"{user}","role":"authenticated","workspace_id":"{workspace}"}}"#);
        let path = format!("{}, strategies, public", self.layout.schema());
        Caller {
            name: format!("a member of the {} tenant", self.tenant.name),
            role: self.policy.role().to_owned(),
            settings: vec![
                ("request.jwt.claims".to_owned(), claims),
                ("search_path".to_owned(), path),
                // Scans of large tables begin where another one is; what they find first must not depend on that.
                ("synchronize_seqscans".to_owned(), "off".to_owned()),
            ],
        }
    }

    fn see(&self, plan: Plan) -> Seen {
        let table = format!("{}.{}", self.layout.schema(), self.shape.table);
        let is_it = |name: &str| {
            let rest = name.strip_prefix(table.as_str());
            rest.is_some_and(|rest| rest.is_empty() || rest.starts_with('_'))
        };
        Seen {
            tenant: plan.standing(is_it, "workspace_id"),
            status: plan.standing(is_it, "status"),
            buffers: plan.shared_blocks(),
            removed: plan.removed(is_it),
            milliseconds: plan.execution_ms,
            plan,
        }
    }
}

impl Asker<'_> {
    pub async fn ask(&self, cell: &Cell<'_>, asking: Asking) -> Seen {
        let plan = explain(self.0, &cell.caller(), &cell.sql(), asking).await;
        cell.see(plan.unwrap_or_else(|error| panic!("{}: {error}", cell.policy.name)))
    }
}
