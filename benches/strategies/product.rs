//! Everything with everything: every policy with every strategy for every shape and tenant, once, warm, in blocks. Only the
//! policy that calls a function for every row, a second for each question, is asked with a few of the strategies.
use crate::advice::{self, Blind};
use crate::testbed::{Asker, Cell, Layout, Policy, Seen, Shape, Strategy, Tenant, Testbed};
use crate::testbed::{policy, shape, strategy};
use std::time::Instant;
use watertight::plans::{Asking, Standing};

/// One question to all three tenants.
#[derive(Debug, Clone)]
pub struct Line {
    pub strategy: &'static str,
    pub policy: &'static str,
    pub shape: &'static str,
    /// Hot, mid, tail.
    pub seen: [Seen; 3],
}

impl Line {
    pub fn blocks(&self) -> [u64; 3] {
        self.seen.each_ref().map(|seen| seen.buffers)
    }

    pub fn milliseconds(&self) -> [f64; 3] {
        self.seen.each_ref().map(|seen| seen.milliseconds)
    }

    /// Where the tenant's column stands: one word for all three tenants, or one for each.
    pub fn standing(&self) -> String {
        let words = self.seen.each_ref().map(|seen| word(&seen.tenant));
        match words.iter().all(|word| *word == words[0]) {
            true => words[0].to_owned(),
            false => words.join("/"),
        }
    }

    /// The line of the same question that differs in this.
    pub fn beside<'a>(&self, lines: &'a [Line], strategy: &str, policy: &str) -> Option<&'a Line> {
        let mut lines = lines.iter();
        lines.find(|line| {
            line.strategy == strategy && line.policy == policy && line.shape == self.shape
        })
    }
}

pub fn word(standing: &Standing) -> &'static str {
    match standing {
        Standing::Index(_) => "index",
        Standing::Filter => "filter",
        Standing::Nowhere => "nowhere",
        Standing::Unread => "unread",
    }
}

/// The strategies that the slowest policy is asked with.
const ENOUGH: [&str; 6] = [
    "none",
    "tenant-status-time",
    "status-time",
    "covering",
    "documents",
    "hashed-composite",
];

fn is_asked(strategy: &Strategy, policy: &Policy) -> bool {
    policy.name != "row-function" || ENOUGH.contains(&strategy.name)
}

/// All of it; progress goes to standard error.
pub async fn measure(bed: &Testbed) -> (Vec<Line>, Vec<Blind>) {
    let (mut lines, mut blind) = (Vec::new(), Vec::new());
    for strategy in &strategy::ALL {
        let begun = Instant::now();
        for &layout in strategy.layouts() {
            strategy.build(bed.client(), layout).await;
            blind.extend(advice::ask(bed, strategy, layout).await);
            for policy in &policy::ALL {
                if Layout::of(strategy, policy) != Some(layout) || !is_asked(strategy, policy) {
                    continue;
                }
                policy.set(bed.client(), layout).await;
                warm(bed, layout, policy).await;
                for shape in &shape::ALL {
                    let seen = ask_all(bed, layout, policy, shape).await;
                    lines.push(Line {
                        strategy: strategy.name,
                        policy: policy.name,
                        shape: shape.name,
                        seen,
                    });
                }
            }
            strategy.drop(bed.client(), layout).await;
        }
        eprintln!("{} is measured in {:.1?}", strategy.name, begun.elapsed());
    }
    same_rows(&lines);
    (lines, blind)
}

/// The first statement under a policy reads catalogs for its functions; those of all tenants are the same.
async fn warm(bed: &Testbed, layout: Layout, policy: &Policy) {
    for tenant in &bed.tenants {
        let shape = shape::named("look-up");
        let cell = Cell {
            layout,
            policy,
            shape,
            tenant,
        };
        Asker(bed.client()).ask(&cell, Asking::Measured).await;
    }
}

async fn ask_all(bed: &Testbed, layout: Layout, policy: &Policy, shape: &Shape) -> [Seen; 3] {
    let ask = async |tenant: &Tenant| {
        let cell = Cell {
            layout,
            policy,
            shape,
            tenant,
        };
        Asker(bed.client()).ask(&cell, Asking::Once).await
    };
    let [hot, mid, tail] = &bed.tenants;
    [ask(hot).await, ask(mid).await, ask(tail).await]
}

/// A policy that showed other rows than the rest would be compared for nothing.
fn same_rows(lines: &[Line]) {
    for line in lines {
        let free = line
            .beside(lines, line.strategy, policy::BYPASS.name)
            .expect("every strategy is measured with row security bypassed");
        for (seen, free) in line.seen.iter().zip(&free.seen) {
            let (rows, expected) = (seen.plan.root.rows, free.plan.root.rows);
            assert_eq!(
                rows, expected,
                "{} with {} shows other rows for {}",
                line.policy, line.strategy, line.shape
            );
        }
    }
}
