//! The same number of rows among few, usual and many tenants: what a planner believes of a tenant that it cannot see.
use crate::product::word;
use crate::testbed::{Asker, Cell, Dataset, Layout, Testbed, policy, shape, strategy};
use watertight::plans::Asking;
use watertight::server::Server;

/// One page of the list.
#[derive(Debug, Clone)]
pub struct Skewed {
    pub tenants: u64,
    pub policy: &'static str,
    pub strategy: &'static str,
    /// Rows of the hot, the mid and the tail tenant.
    pub rows: [i64; 3],
    pub blocks: [u64; 3],
    pub sorts: [bool; 3],
    pub standing: &'static str,
}

const POLICIES: [&str; 4] = ["bypass", "function", "wrapped", "any-array"];
const STRATEGIES: [&str; 4] = ["none", "tenant", "tenant-status-time", "status-time"];

pub async fn measure(server: &Server, dataset: Dataset) -> Vec<Skewed> {
    let mut all = Vec::new();
    for tenants in [
        10,
        (dataset.rows / 100).max(10),
        (dataset.rows / 10).max(10),
    ] {
        let dataset = Dataset { tenants, ..dataset };
        let name = format!("skew_{tenants}");
        let bed = Testbed::lay(server, &name, dataset, false).await;
        for strategy in STRATEGIES.map(strategy::named) {
            strategy.build(bed.client(), Layout::Heap).await;
            for policy in POLICIES.map(policy::named) {
                all.push(page(&bed, strategy, policy).await);
            }
            strategy.drop(bed.client(), Layout::Heap).await;
        }
        bed.session.close().await;
        let dropped = server.drop_database(&name).await;
        dropped.expect("the database can be dropped");
    }
    all
}

async fn page(
    bed: &Testbed,
    strategy: &'static strategy::Strategy,
    policy: &'static policy::Policy,
) -> Skewed {
    policy.set(bed.client(), Layout::Heap).await;
    let mut seen = Vec::new();
    for tenant in &bed.tenants {
        let cell = Cell {
            layout: Layout::Heap,
            policy,
            shape: shape::named("list"),
            tenant,
        };
        seen.push(Asker(bed.client()).ask(&cell, Asking::Measured).await);
    }
    Skewed {
        tenants: bed.dataset.tenants,
        policy: policy.name,
        strategy: strategy.name,
        rows: bed.tenants.each_ref().map(|tenant| tenant.rows),
        blocks: [0, 1, 2].map(|at| seen[at].buffers),
        sorts: [0, 1, 2].map(|at| seen[at].plan.sorts()),
        standing: word(&seen[1].tenant),
    }
}
