//! Index strategies under row security, measured: which index pays, under which form of policy, for which tenant.
//!
//! `cargo bench --bench strategies` lays a throwaway server, asks every question of the product policies × strategies × shapes
//! × tenants once, warm, for its blocks (see `product.rs`), and then has criterion measure a star around the centre `wrapped` ·
//! `tenant-status-time` · `list` in blocks and in time (see `star.rs`). Blocks of a plan are exact and repeatable; time is not,
//! and is given for its ratios alone. The tables are printed at the end and written below `target/strategies`.
//!
//! `STRATEGIES_ROWS` scales everything (100,000 leads otherwise). A hundredth of that is the number of tenants;
//! `STRATEGIES_TENANTS` sets it apart.
mod advice;
mod blocks;
mod product;
mod skews;
mod star;
mod storage;
mod table;

#[allow(
    dead_code,
    reason = "the plan assertions use what the benches do not, and the other way round"
)]
mod testbed;

use std::time::Instant;
use testbed::{Dataset, Testbed};
use watertight::server::{Request, Server};

fn main() {
    let arguments: Vec<String> = std::env::args().collect();
    if arguments.iter().any(|argument| argument == "--list") {
        return star::list();
    }
    // Without `--bench` (`cargo test --benches`) everything runs once on few rows, to see that it works.
    let measured = arguments.iter().any(|argument| argument == "--bench");
    let rows = setting("STRATEGIES_ROWS").unwrap_or(if measured { 100_000 } else { 2_000 });
    let dataset = Dataset {
        rows,
        tenants: setting("STRATEGIES_TENANTS").unwrap_or((rows / 100).max(10)),
    };
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .expect("a runtime can be made");
    let begun = Instant::now();
    let server = runtime
        .block_on(Server::start(&Request::default()))
        .unwrap_or_else(|error| {
            panic!("this needs PostgreSQL's programs on this machine: {error}")
        });
    let bed = runtime.block_on(Testbed::lay(&server, "strategies", dataset, true));
    table::introduce(&server.description(), &bed);
    let (lines, blind) = runtime.block_on(product::measure(&bed));
    eprintln!("the product is measured after {:.0?}", begun.elapsed());
    let skews = runtime.block_on(skews::measure(&server, dataset));
    star::measure(&runtime, &bed);
    eprintln!("the star is measured after {:.0?}", begun.elapsed());
    let storage = runtime.block_on(storage::measure(&bed));
    table::print(&lines, &blind, &skews, &storage);
    table::write(&lines, &skews, &storage);
    let Testbed { session, .. } = bed;
    runtime.block_on(session.close());
    runtime.block_on(server.stop()).expect("the server stops");
    println!("all of it took {:.0?}", begun.elapsed());
}

/// A number from the environment.
fn setting(name: &str) -> Option<u64> {
    let text = std::env::var(name).ok()?;
    let number: Result<u64, _> = text.replace('_', "").parse();
    match number {
        Ok(number) if number >= 1_000 || (name.ends_with("TENANTS") && number >= 10) => {
            Some(number)
        }
        _ => panic!("{name}={text}: a number of at least 1000 is wanted, or of 10 for tenants"),
    }
}
