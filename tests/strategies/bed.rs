//! A small testbed with a server of its own, and the funnel that all assertions go through.
use super::testbed::{Asker, Cell, Dataset, Layout, Seen, Testbed, policy, shape, strategy};
use crate::support::{self, Ground};
use watertight::plans::Asking;
use watertight::server::{Places, Request, Server, SourceChoice};

/// Small enough that ANALYZE reads every row, so that the statistics, and with them the plans, are the same each time.
pub const SMALL: Dataset = Dataset {
    rows: 4_000,
    tenants: 40,
};

pub struct Bed {
    pub testbed: Testbed,
    server: Server,
    _ground: Ground,
}

impl Bed {
    pub async fn lay(dataset: Dataset, all_layouts: bool) -> Bed {
        let mut ground = Ground::new();
        ground.places.cache = Places::system().cache;
        let request = Request {
            source: SourceChoice::Local,
            ..Request::default()
        };
        let server = support::start(&request, &ground.places).await;
        let testbed = Testbed::lay(&server, "testbed", dataset, all_layouts).await;
        Bed {
            testbed,
            server,
            _ground: ground,
        }
    }

    /// Builds a strategy in all of its layouts.
    pub async fn build(&self, name: &str) {
        for layout in strategy::named(name).layouts() {
            strategy::named(name)
                .build(self.testbed.client(), *layout)
                .await;
        }
    }

    pub async fn drop(&self, name: &str) {
        for layout in strategy::named(name).layouts() {
            strategy::named(name)
                .drop(self.testbed.client(), *layout)
                .await;
        }
    }

    /// What the server does for a tenant (`hot`, `mid`, `tail`), in the layout that the strategy and the policy need.
    pub async fn ask(&self, strategy: &str, policy: &str, question: (&str, &str)) -> Seen {
        self.ask_so(strategy, policy, question, Asking::StructureRun)
            .await
    }

    /// The same, asked in another manner.
    pub async fn ask_so(
        &self,
        strategy: &str,
        policy: &str,
        (shape, tenant): (&str, &str),
        asking: Asking,
    ) -> Seen {
        let policy = policy::named(policy);
        let layout = Layout::of(strategy::named(strategy), policy);
        let mut tenants = self.testbed.tenants.iter();
        let cell = Cell {
            layout: layout.expect("the strategy and the policy meet"),
            policy,
            shape: shape::named(shape),
            tenant: tenants.find(|one| one.name == tenant).unwrap(),
        };
        policy.set(self.testbed.client(), cell.layout).await;
        Asker(self.testbed.client()).ask(&cell, asking).await
    }

    pub fn server_version(&self) -> u32 {
        self.server.version()
    }

    pub async fn stop(self) {
        self.testbed.session.close().await;
        self.server.stop().await.unwrap();
    }
}

/// Fails with both plans side by side: the one that was seen, and one that shows what could be.
#[track_caller]
pub fn expect(holds: bool, what: &str, seen: &Seen, beside: (&str, &Seen)) {
    let (name, other) = beside;
    assert!(
        holds,
        "{what}\n\n{}",
        side_by_side(("seen", &described(seen)), (name, &described(other)))
    );
}

fn described(seen: &Seen) -> String {
    format!(
        "{}{} blocks, {} rows thrown away",
        seen.plan.shape(),
        seen.buffers,
        seen.removed
    )
}

/// Two texts in two columns.
fn side_by_side(left: (&str, &str), right: (&str, &str)) -> String {
    let lines = |(title, text): (&str, &str)| -> Vec<String> {
        let head = [title.to_owned(), "-".repeat(title.chars().count())];
        head.into_iter()
            .chain(text.lines().map(str::to_owned))
            .collect()
    };
    let (left, right) = (lines(left), lines(right));
    let width = left.iter().map(|line| line.chars().count()).max();
    let width = width.unwrap_or_default();
    let mut text = String::new();
    for number in 0..left.len().max(right.len()) {
        let cell = |lines: &[String]| lines.get(number).cloned().unwrap_or_default();
        let line = format!("{:width$}  |  {}", cell(&left), cell(&right));
        text.push_str(line.trim_end());
        text.push('\n');
    }
    text
}

#[test]
fn two_plans_stand_side_by_side() {
    let text = side_by_side(("seen", "Limit\n  Sort"), ("could be", "Limit"));
    let lines: Vec<&str> = text.lines().collect();
    assert_eq!(
        lines,
        [
            "seen    |  could be",
            "----    |  --------",
            "Limit   |  Limit",
            "  Sort  |"
        ]
    );
}
