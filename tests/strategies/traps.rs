//! Columns of an index that row security does not let PostgreSQL use, and partitions that it does not let it leave out.
use super::bed::{Bed, SMALL, expect};
use super::testbed::Seen;
use std::collections::BTreeSet;
use watertight::plans::Standing;

/// Under row security a condition of the query may be asked before the policy's only when its functions are LEAKPROOF
/// (<https://www.postgresql.org/docs/current/rules-privileges.html>): equality of text is, equality of enums and `lower` are not.
#[tokio::test]
async fn what_may_leak_is_no_index_condition() {
    let bed = Bed::lay(SMALL, true).await;
    an_enum_is_dead_weight(&bed).await;
    an_expression_is_dead_weight(&bed).await;
    partitions_are_left_out_for_some_forms(&bed).await;
    bed.stop().await;
}

fn finds(standing: &Standing) -> bool {
    matches!(standing, Standing::Index(_))
}

async fn an_enum_is_dead_weight(bed: &Bed) {
    bed.build("tenant-status").await;
    let text = bed.ask("tenant-status", "wrapped", ("list", "mid")).await;
    let asked = bed.ask("tenant-status", "wrapped-enum", ("list", "mid"));
    let typed = asked.await;
    let what = "a status of type text is looked for in the index";
    expect(finds(&text.status), what, &text, ("as an enum", &typed));
    let beside = ("as text", &text);
    let what = "a status of an enum is not, though it is the same index";
    expect(typed.status == Standing::Filter, what, &typed, beside);
    expect(finds(&typed.tenant), "the tenant still is", &typed, beside);
    let what = "so the tenant's other rows are read in vain";
    expect(typed.removed > 0, what, &typed, beside);
    bed.drop("tenant-status").await;
    // What a partial index holds is settled before any row is read.
    bed.build("partial").await;
    let asked = bed.ask("partial", "wrapped-enum", ("list", "mid"));
    let partial = asked.await;
    let what = "a partial index on the enum reads no row in vain";
    let good = finds(&partial.tenant) && partial.removed == 0;
    expect(good, what, &partial, ("as a column", &typed));
    bed.drop("partial").await;
}

async fn an_expression_is_dead_weight(bed: &Bed) {
    bed.build("expression").await;
    let free = bed.ask("expression", "bypass", ("by-email", "hot")).await;
    let tenant = bed.ask("expression", "wrapped", ("by-email", "hot")).await;
    bed.drop("expression").await;
    let by_email = |seen: &Seen| {
        let mut nodes = seen.plan.nodes();
        nodes.any(|node| {
            let condition = node.index_condition.as_deref();
            condition.is_some_and(|text| node.columns_in(text).iter().any(|name| name == "email"))
        })
    };
    let what = "a role that bypasses row security finds the address in the index";
    expect(by_email(&free), what, &free, ("a tenant", &tenant));
    let beside = ("bypassing row security", &free);
    let what = "a tenant reads all of its rows to lower their addresses";
    let vain = !by_email(&tenant) && finds(&tenant.tenant) && tenant.removed > 100;
    expect(vain, what, &tenant, beside);
}

async fn partitions_are_left_out_for_some_forms(bed: &Bed) {
    let free = bed.ask("hashed", "bypass", ("count", "tail")).await;
    let read = |seen: &Seen| {
        let scans = seen.plan.scans(|name| name.starts_with("hashed."));
        let read = scans.filter(|scan| scan.loops > 0.0);
        let partitions: BTreeSet<_> = read.filter_map(|scan| scan.reads()).collect();
        partitions.len()
    };
    for form in ["function", "wrapped"] {
        let seen = bed.ask("hashed", form, ("count", "tail")).await;
        let what = format!("`{form}` reads one partition of sixteen");
        expect(read(&seen) == 1, &what, &seen, ("bypassing", &free));
    }
    for form in ["in", "exists", "row-function"] {
        let seen = bed.ask("hashed", form, ("count", "tail")).await;
        let what = format!("`{form}` reads all sixteen partitions, not {}", read(&seen));
        expect(read(&seen) == 16, &what, &seen, ("bypassing", &free));
    }
}
