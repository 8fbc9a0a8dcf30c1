//! What was measured, as tables for people and as files for programs.
use crate::advice::{self, Blind};
use crate::product::Line;
use crate::skews::Skewed;
use crate::storage::Storage;
use crate::testbed::{Testbed, policy};
use serde_json::{Value, json};
use std::path::PathBuf;

/// The shape that is printed whole; the files have all of them.
const SHAPE: &str = "list";
const TENANTS: [&str; 3] = ["hot", "mid", "tail"];

pub fn introduce(server: &str, bed: &Testbed) {
    println!(
        "{server}: {} leads and as many messages of {} workspaces, Zipf, vacuumed and analyzed, warm",
        bed.dataset.rows, bed.dataset.tenants
    );
    for tenant in &bed.tenants {
        println!("  the {} tenant has {} leads", tenant.name, tenant.rows);
    }
}

pub fn print(lines: &[Line], blind: &[Blind], skews: &[Skewed], storage: &[Storage]) {
    print_product(lines);
    print_bands(lines);
    print_advice(lines, blind);
    print_skews(skews);
    print_storage(storage);
}

fn print_product(lines: &[Line]) {
    println!("\n`{SHAPE}`: blocks of 8 kB for the hot, the mid and the tail tenant");
    println!(
        "{:15}{:20}{:14}{:>24}  {:>21}  {:>21}",
        "policy", "strategy", "tenant in", "blocks", "none ÷ it", "it ÷ bypass"
    );
    for policy in &policy::ALL {
        let of_policy = |line: &&Line| line.shape == SHAPE && line.policy == policy.name;
        for line in lines.iter().filter(of_policy) {
            let [none, bypass] = ratios(lines, line);
            println!(
                "{:15}{:20}{:14}{:>24}  {:>21}  {:>21}",
                line.policy,
                line.strategy,
                line.standing(),
                line.blocks().map(|blocks| blocks.to_string()).join(" · "),
                none.map(ratio).join(" · "),
                bypass.map(ratio).join(" · "),
            );
        }
    }
}

/// How much less it reads than without an index, and how much more than a role that bypasses row security.
fn ratios(lines: &[Line], line: &Line) -> [[f64; 3]; 2] {
    let none = line.beside(lines, "none", line.policy);
    let bypass = line.beside(lines, line.strategy, policy::BYPASS.name);
    let none = none.expect("every policy is measured without an index");
    let bypass = bypass.expect("every strategy is measured with row security bypassed");
    let over = |above: &Line, below: &Line| {
        let (above, below) = (above.blocks(), below.blocks());
        [0, 1, 2].map(|at| above[at] as f64 / below[at].max(1) as f64)
    };
    [over(none, line), over(line, bypass)]
}

fn ratio(ratio: f64) -> String {
    match ratio {
        ratio if ratio >= 9.95 => format!("{ratio:.0}"),
        ratio => format!("{ratio:.1}"),
    }
}

/// How many of all combinations of shape, strategy and tenant fall into the band that the documents promise.
fn print_bands(lines: &[Line]) {
    println!("\nblocks without an index ÷ with it, all shapes, strategies and tenants");
    println!(
        "{:15}{:>10}{:>10}{:>10}{:>10}{:>10}",
        "policy", "below 1.5", "1.5–10", "10–100", "over 100", "of"
    );
    for policy in &policy::ALL {
        let mut bands = [0_usize; 4];
        let of_policy = lines
            .iter()
            .filter(|line| line.policy == policy.name && line.strategy != "none");
        for line in of_policy {
            for ratio in ratios(lines, line)[0] {
                bands[band(ratio)] += 1;
            }
        }
        let all: usize = bands.iter().sum();
        let [below, few, promised, over] =
            bands.map(|count| format!("{:.0} %", 100.0 * count as f64 / all.max(1) as f64));
        println!(
            "{:15}{below:>10}{few:>10}{promised:>10}{over:>10}{all:>10}",
            policy.name
        );
    }
}

fn band(ratio: f64) -> usize {
    match ratio {
        ratio if ratio < 1.5 => 0,
        ratio if ratio < 10.0 => 1,
        ratio if ratio <= 100.0 => 2,
        _ => 3,
    }
}

fn print_advice(lines: &[Line], blind: &[Blind]) {
    println!(
        "\nwhat a superuser sees: the query without its tenant; then what tenants get of that choice, and of the best for them"
    );
    println!(
        "{:8}{:20}{:>8}{:>22}   {:20}{:>22}",
        "shape", "chosen", "blocks", "for tenants", "best for tenants", "for tenants"
    );
    for advice in advice::weigh(lines, blind) {
        let joined = |line: &Line| line.blocks().map(|blocks| blocks.to_string()).join(" · ");
        println!(
            "{:8}{:20}{:>8}{:>22}   {:20}{:>22}",
            advice.blind.shape,
            advice.blind.strategy,
            advice.blind.blocks,
            joined(advice.chosen),
            advice.best.strategy,
            joined(advice.best),
        );
    }
}

fn print_skews(skews: &[Skewed]) {
    println!(
        "\n`{SHAPE}` by the number of tenants: blocks for hot, mid and tail; s where rows were sorted"
    );
    println!(
        "{:9}{:13}{:20}{:10}{:>24}  rows of the tenants",
        "tenants", "policy", "strategy", "tenant in", "blocks"
    );
    for skewed in skews {
        let blocks = [0, 1, 2].map(|at| {
            let sorted = if skewed.sorts[at] { "s" } else { "" };
            format!("{}{sorted}", skewed.blocks[at])
        });
        println!(
            "{:<9}{:13}{:20}{:10}{:>24}  {}",
            skewed.tenants,
            skewed.policy,
            skewed.strategy,
            skewed.standing,
            blocks.join(" · "),
            skewed.rows.map(|rows| rows.to_string()).join(" · "),
        );
    }
}

fn print_storage(storage: &[Storage]) {
    println!("\nwhat the indexes on the leads cost");
    println!(
        "{:20}{:>14}{:>14}{:>26}",
        "strategy", "bytes a row", "% of heap", "blocks of 1,000 inserts"
    );
    for one in storage {
        println!(
            "{:20}{:>14.1}{:>14.1}{:>26}",
            one.strategy,
            one.bytes_per_row(),
            one.share(),
            one.insert_blocks
        );
    }
}

/// Writes `strategies.csv` and `strategies.json` below the target directory.
pub fn write(lines: &[Line], skews: &[Skewed], storage: &[Storage]) {
    let folder = folder();
    let written = std::fs::create_dir_all(&folder)
        .and_then(|()| std::fs::write(folder.join("strategies.csv"), csv(lines)))
        .and_then(|()| {
            let text = format!("{:#}\n", json(lines, skews, storage));
            std::fs::write(folder.join("strategies.json"), text)
        });
    match written {
        Ok(()) => println!("\nall of it: {}", folder.display()),
        Err(error) => panic!("{} cannot be written: {error}", folder.display()),
    }
}

/// `target/strategies`, beside criterion's own; the bench itself lies in `target/<profile>/deps`.
fn folder() -> PathBuf {
    let bench = std::env::current_exe().expect("a running program has a path");
    let target = bench.ancestors().nth(3);
    target.expect("cargo builds into target").join("strategies")
}

fn csv(lines: &[Line]) -> String {
    let mut text = "policy,strategy,shape,tenant,tenant_in,status_in,blocks,rows,removed,sorts,milliseconds,none_ratio,bypass_ratio\n"
        .to_owned();
    for line in lines {
        for record in records(lines, line) {
            let field = |value: &Value| match value {
                Value::String(text) => text.clone(),
                other => other.to_string(),
            };
            let fields = record.as_object().expect("a record is an object").values();
            text.push_str(&fields.map(field).collect::<Vec<_>>().join(","));
            text.push('\n');
        }
    }
    text
}

fn records(lines: &[Line], line: &Line) -> [Value; 3] {
    let [none, bypass] = ratios(lines, line);
    [0, 1, 2].map(|at| {
        let seen = &line.seen[at];
        json!({
            "policy": line.policy,
            "strategy": line.strategy,
            "shape": line.shape,
            "tenant": TENANTS[at],
            "tenant_in": crate::product::word(&seen.tenant),
            "status_in": crate::product::word(&seen.status),
            "blocks": seen.buffers,
            "rows": seen.plan.root.rows,
            "removed": seen.removed,
            "sorts": seen.plan.sorts(),
            "milliseconds": line.milliseconds()[at],
            "none_ratio": none[at],
            "bypass_ratio": bypass[at],
        })
    })
}

fn json(lines: &[Line], skews: &[Skewed], storage: &[Storage]) -> Value {
    let product: Vec<Value> = lines.iter().flat_map(|line| records(lines, line)).collect();
    let skew = |skewed: &Skewed| {
        json!({
            "tenants": skewed.tenants, "policy": skewed.policy, "strategy": skewed.strategy,
            "tenant_in": skewed.standing, "rows": skewed.rows, "blocks": skewed.blocks, "sorts": skewed.sorts,
        })
    };
    let stored = |one: &Storage| {
        json!({
            "strategy": one.strategy, "index_bytes": one.index_bytes, "heap_bytes": one.heap_bytes, "rows": one.rows,
            "insert_blocks": one.insert_blocks,
        })
    };
    json!({
        "v": 1,
        "product": product,
        "skews": skews.iter().map(skew).collect::<Vec<_>>(),
        "storage": storage.iter().map(stored).collect::<Vec<_>>(),
    })
}
