//! What a matching index saves: sorting, reading in vain, and growth with the table; and for whom it does not.
use super::bed::{Bed, expect};
use super::testbed::Dataset;
use watertight::plans::{Asking, Standing};

/// Large enough for the largest tenant that an order is worth more than a few rows; ANALYZE still reads every row.
const SKEWED: Dataset = Dataset {
    rows: 20_000,
    tenants: 100,
};

/// Blocks that an ordered page of 50 rows may take, however large the table is: one for each row, and a few for the way down
/// the index.
const PAGE: u64 = 4 + 50 + 3 * 3;

#[tokio::test]
async fn statistics_decide_between_forms_and_tenants() {
    let bed = Bed::lay(SKEWED, false).await;
    for strategy in ["none", "tenant-status-time"] {
        bed.build(strategy).await;
        the_same_question_costs_the_same(&bed, strategy).await;
        if strategy == "tenant-status-time" {
            a_matching_index_reads_little_and_sorts_nothing_of_a_large_tenant(&bed).await;
            wrapping_hides_a_large_tenant_from_the_planner(&bed).await;
        }
        bed.drop(strategy).await;
    }
    an_index_without_the_tenant_is_good_for_the_largest_alone(&bed).await;
    bed.stop().await;
}

async fn measured(bed: &Bed, strategy: &str, policy: &str, tenant: &str) -> super::testbed::Seen {
    let asked = bed.ask_so(strategy, policy, ("list", tenant), Asking::Measured);
    asked.await
}

async fn the_same_question_costs_the_same(bed: &Bed, strategy: &str) {
    let first = measured(bed, strategy, "wrapped", "mid").await;
    for _ in 0..5 {
        let again = measured(bed, strategy, "wrapped", "mid").await;
        let what = "blocks are exact: the same plan reads the same ones each time";
        expect(
            first.buffers == again.buffers,
            what,
            &again,
            ("the first time", &first),
        );
    }
}

async fn a_matching_index_reads_little_and_sorts_nothing_of_a_large_tenant(bed: &Bed) {
    let ideal = measured(bed, "tenant-status-time", "bypass", "hot").await;
    for tenant in ["hot", "mid", "tail"] {
        let seen = measured(bed, "tenant-status-time", "function", tenant).await;
        let beside = ("bypassing row security, the hot tenant", &ideal);
        let what = format!("a page of the {tenant} tenant takes at most {PAGE} blocks");
        expect(seen.buffers <= PAGE, &what, &seen, beside);
        expect(seen.removed == 0, "no row is read in vain", &seen, beside);
        if tenant == "hot" {
            let what = "the index has the rows in their order";
            expect(!seen.plan.sorts(), what, &seen, beside);
        }
    }
}

/// The planner computes a STABLE function to look its value up among the most common ones; of what a subquery will give it
/// knows nothing, and takes the mean (<https://www.postgresql.org/docs/current/xfunc-volatility.html>,
/// <https://www.postgresql.org/docs/current/row-estimation-examples.html>): the largest tenant passes for one of the usual size.
async fn wrapping_hides_a_large_tenant_from_the_planner(bed: &Bed) {
    let bare = measured(bed, "tenant-status-time", "function", "hot").await;
    let wrapped = measured(bed, "tenant-status-time", "wrapped", "hot").await;
    let beside = ("not wrapped", &bare);
    let what = "wrapped, all rows of the largest tenant are read and sorted for one page";
    expect(wrapped.plan.sorts(), what, &wrapped, beside);
    let what = "which takes at least five times the blocks";
    expect(wrapped.buffers >= 5 * bare.buffers, what, &wrapped, beside);
    expect(
        matches!(wrapped.tenant, Standing::Index(_)),
        "by the index all the same",
        &wrapped,
        beside,
    );
}

/// An advisor that asks as a superuser sees no tenant in the query, and this index is the best there is for it.
async fn an_index_without_the_tenant_is_good_for_the_largest_alone(bed: &Bed) {
    let without = measured(bed, "none", "function", "tail").await;
    bed.build("status-time").await;
    let hot = measured(bed, "status-time", "in", "hot").await;
    let tail = measured(bed, "status-time", "in", "tail").await;
    bed.drop("status-time").await;
    let beside = ("the tail tenant without an index", &without);
    let what = "the largest tenant finds its page early";
    expect(hot.buffers * 2 < without.buffers, what, &hot, beside);
    let what = "the smallest looks through everybody's rows for its own, as if there were no index";
    expect(
        tail.buffers * 10 >= without.buffers * 9,
        what,
        &tail,
        beside,
    );
    expect(tail.tenant == Standing::Filter, what, &tail, beside);
}
