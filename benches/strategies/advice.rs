//! What an advisor chooses that asks as a superuser, and what its choice does for tenants.
use crate::product::Line;
use crate::testbed::{Asker, Cell, Layout, Strategy, Testbed, policy, shape, strategy};
use watertight::plans::Asking;

/// The shapes in which the order, or a part of the rows, is asked for.
const SHAPES: [&str; 5] = ["list", "page", "top", "count", "poll"];

/// One question without a tenant, with one strategy.
#[derive(Debug, Clone)]
pub struct Blind {
    pub shape: &'static str,
    pub strategy: &'static str,
    pub blocks: u64,
}

/// The choice for one shape.
#[derive(Debug, Clone)]
pub struct Advice<'a> {
    /// The strategy that reads the fewest blocks for the query as it stands in the application.
    pub blind: &'a Blind,
    /// What tenants get of it.
    pub chosen: &'a Line,
    /// What is best for the tenant that is worst off.
    pub best: &'a Line,
}

/// Asks as a role that bypasses row security, with the query as the application sends it: without a tenant.
pub async fn ask(bed: &Testbed, strategy: &'static Strategy, layout: Layout) -> Vec<Blind> {
    let mut all = Vec::new();
    if layout != Layout::Heap {
        return all;
    }
    for name in SHAPES {
        let cell = Cell {
            layout,
            policy: &policy::BLIND,
            shape: shape::named(name),
            tenant: &bed.tenants[0],
        };
        let seen = Asker(bed.client()).ask(&cell, Asking::Measured).await;
        all.push(Blind {
            shape: cell.shape.name,
            strategy: strategy.name,
            blocks: seen.buffers,
        });
    }
    all
}

/// For every shape, under a policy that an index can serve.
pub fn weigh<'a>(lines: &'a [Line], blind: &'a [Blind]) -> Vec<Advice<'a>> {
    let judge = |shape: &str| {
        let asked = blind.iter().filter(|one| one.shape == shape);
        let blind = asked.min_by_key(|one| one.blocks)?;
        let of_tenants = lines.iter().filter(|line| {
            line.shape == shape
                && line.policy == "function"
                && !strategy::named(line.strategy).is_hashed
        });
        let best = of_tenants
            .clone()
            .min_by_key(|line| line.blocks().into_iter().max());
        let mut of_tenants = of_tenants;
        let chosen = of_tenants.find(|line| line.strategy == blind.strategy);
        Some(Advice {
            blind,
            chosen: chosen?,
            best: best?,
        })
    };
    SHAPES.into_iter().filter_map(judge).collect()
}
