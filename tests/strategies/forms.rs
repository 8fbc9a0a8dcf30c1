//! The form of a policy decides, before any index does, how a tenant's rows are found.
use super::bed::{Bed, SMALL, expect};
use super::testbed::policy;
use std::path::Path;
use watertight::plans::{Asking, Standing};
use watertight::server::OLDEST;

/// Indexes that begin with the tenant, one that is split by it, and what the documents recommend.
const STRATEGIES: [&str; 5] = [
    "tenant",
    "tenant-status-time",
    "partial",
    "documents",
    "hashed-composite",
];

#[tokio::test]
async fn only_some_forms_find_rows_by_an_index() {
    let bed = Bed::lay(SMALL, true).await;
    let mut shapes = String::new();
    for strategy in STRATEGIES {
        bed.build(strategy).await;
        let ideal = bed.ask(strategy, "bypass", ("list", "mid")).await;
        for policy in &policy::ALL {
            if strategy == "hashed-composite" && policy.is_enumerated {
                continue;
            }
            let seen = bed.ask(strategy, policy.name, ("list", "mid")).await;
            let finds = matches!(seen.tenant, Standing::Index(_));
            let beside = ("bypassing row security", &ideal);
            let form = format!("`{}` with `{strategy}`", policy.name);
            let what = match policy.finds_rows {
                true => format!("{form} must look for the tenant in the index"),
                false => format!("{form} can look at the tenant only when the row is read"),
            };
            expect(finds == policy.finds_rows, &what, &seen, beside);
            let rows = seen.plan.root.rows;
            let what = format!("{form} shows the tenant as many rows as it has");
            expect(rows == ideal.plan.root.rows, &what, &seen, beside);
            if strategy == "tenant-status-time" {
                if policy.finds_rows && !policy.is_enumerated {
                    let what = format!("{form} reads no row in vain");
                    expect(seen.removed == 0, &what, &seen, beside);
                }
                shapes.push_str(&format!("{}\n{}\n", policy.name, seen.plan.shape()));
            }
        }
        bed.drop(strategy).await;
    }
    let version = bed.server_version();
    bed.stop().await;
    expect_shapes("list_by_policy", version, &shapes);
}

#[tokio::test]
async fn a_query_that_names_the_tenant_finds_its_rows_under_every_form() {
    let bed = Bed::lay(SMALL, true).await;
    bed.build("tenant-status-time").await;
    let ideal = bed
        .ask("tenant-status-time", "bypass", ("list-filtered", "mid"))
        .await;
    for policy in &policy::ALL {
        let question = ("list-filtered", "mid");
        let seen = bed.ask("tenant-status-time", policy.name, question).await;
        let what = format!("`{}` is helped by the query's own condition", policy.name);
        let finds = matches!(seen.tenant, Standing::Index(_));
        expect(finds, &what, &seen, ("bypassing row security", &ideal));
    }
    subqueries_run_once(&bed).await;
    bed.stop().await;
}

async fn subqueries_run_once(bed: &Bed) {
    let question = ("list", "hot");
    let bare = bed.ask("tenant-status-time", "function", question).await;
    for form in ["wrapped", "any-array", "or-super-admin"] {
        for asking in [Asking::StructureRun, Asking::Measured] {
            let asked = bed.ask_so("tenant-status-time", form, question, asking);
            let seen = asked.await;
            let loops = seen.plan.init_plan_loops();
            // `or` does not ask whether somebody is an administrator before a row of another tenant comes.
            let once = !loops.is_empty() && loops.iter().all(|&count| count <= 1);
            let what =
                format!("`{form}` asks who is calling once, and not for each row: {loops:?}");
            expect(once, &what, &seen, ("not wrapped", &bare));
        }
    }
}

/// Plans are drawn a little differently from release to release: the snapshot is the one of the newest major version that has
/// one and is not newer than the server.
fn expect_shapes(name: &str, version: u32, shapes: &str) {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/strategies/snapshots");
    let exists = |major: &u32| {
        let file = format!("tests__strategies__forms__{name}@{major}.snap");
        folder.join(file).exists()
    };
    let mut settings = insta::Settings::clone_current();
    if let Some(major) = (OLDEST..=version / 10_000).rev().find(exists) {
        settings.set_snapshot_suffix(major.to_string());
    }
    settings.bind(|| insta::assert_snapshot!(name, shapes));
}
