//! Who may use whom, who may speak SQL and who may write to the terminal.
use super::files::{SourceFile, rust};
use super::{each, expect_none};

/// The stages, left to right, as in the head of `harness/lib.rs`.
const STAGES: [&str; 12] = [
    "migrations",
    "server",
    "catalog",
    "tenancy",
    "world",
    "probes",
    "oracle",
    "patch",
    "shrink",
    "status",
    "plans",
    "report",
];

/// Above all stages: no stage may use them.
const CONDUCTORS: [&str; 3] = ["check", "cli", "rehearse"];

#[test]
fn a_stage_uses_only_those_on_its_left() {
    let complaints = each(&rust("harness"), |file| {
        let Some(stage) = stage_of(&file.path) else {
            return Vec::new();
        };
        let own = position(stage);
        used_modules(file)
            .into_iter()
            .filter(|(_, module)| {
                CONDUCTORS.contains(&module.as_str())
                    || position(module).is_some_and(|used| Some(used) > own)
            })
            .map(|(offset, module)| {
                format!(
                    "{}: the stage `{stage}` uses `{module}`, which is on its right",
                    file.at(offset)
                )
            })
            .collect()
    });
    let order = STAGES.join(" → ");
    expect_none(
        &format!(
            "{order}. Data flows one way, so each stage can be read and tested without those after it."
        ),
        complaints,
    );
}

fn position(module: &str) -> Option<usize> {
    STAGES.iter().position(|stage| *stage == module)
}

fn stage_of(path: &str) -> Option<&'static str> {
    let inside = path.strip_prefix("harness/")?;
    let name = inside.split('/').next()?.trim_end_matches(".rs");
    STAGES.into_iter().find(|stage| *stage == name)
}

/// The top-level modules that the file reaches by `crate::`, nested lists included.
fn used_modules(file: &SourceFile) -> Vec<(usize, String)> {
    let mut used = Vec::new();
    for (at, path) in file.product.match_indices("crate::") {
        let rest = &file.product[at + path.len()..];
        match rest.strip_prefix('{') {
            None => used.push((at, first_word(rest))),
            Some(list) => {
                let mut depth = 0;
                let mut fresh = true;
                for (offset, c) in list.char_indices() {
                    match c {
                        '}' if depth == 0 => break,
                        '{' => depth += 1,
                        '}' => depth -= 1,
                        ',' if depth == 0 => fresh = true,
                        c if fresh && c.is_alphabetic() => {
                            used.push((at, first_word(&list[offset..])));
                            fresh = false;
                        }
                        _ => {}
                    }
                }
            }
        }
    }
    used
}

fn first_word(text: &str) -> String {
    let end = text.find(|c: char| !c.is_alphanumeric() && c != '_');
    text[..end.unwrap_or(text.len())].to_owned()
}

#[test]
fn only_commands_and_reports_write_to_the_terminal() {
    const WRITERS: [&str; 3] = ["harness/cli/", "harness/report/", "harness/main.rs"];
    const WORDS: [&str; 7] = [
        "print!(",
        "println!(",
        "eprint!(",
        "eprintln!(",
        "dbg!(",
        "io::stdout(",
        "io::stderr(",
    ];
    let complaints = each(&rust("harness"), |file| {
        // The build script speaks to cargo on standard output.
        if starts_with_any(&file.path, &WRITERS) || file.path == "harness/build.rs" {
            return Vec::new();
        }
        found(file, &file.product, &WORDS)
    });
    expect_none(
        "the engine emits events (harness/event.rs); reports decide what a person or a machine sees of them.",
        complaints,
    );
}

#[test]
fn nobody_panics_by_printing_to_a_closed_pipe() {
    const WORDS: [&str; 4] = ["print!(", "println!(", "eprint!(", "eprintln!("];
    let complaints = each(&rust("harness"), |file| match file.path.as_str() {
        "harness/build.rs" => Vec::new(),
        _ => found(file, &file.product, &WORDS),
    });
    expect_none(
        "these macros panic when the reader is gone (`watertight check | head`); use write! and look at the result.",
        complaints,
    );
}

#[test]
fn only_some_stages_speak_sql_to_a_server() {
    const SPEAKERS: [&str; 7] = [
        // Speaks to nobody, but reads the code out of the driver's error.
        "harness/sqlstate.rs",
        "harness/server/",
        "harness/catalog/",
        "harness/world/load",
        "harness/oracle/observe",
        "harness/status/observe",
        "harness/plans/",
    ];
    let complaints = each(&rust("harness"), |file| {
        if starts_with_any(&file.path, &SPEAKERS) {
            return Vec::new();
        }
        found(file, &file.product, &["tokio_postgres"])
    });
    expect_none(
        "probes, judging and reports are pure, so that they can be tested without a server; SQL is spoken only in \
         server/, catalog/, world/load, oracle/observe, status/observe and plans/.",
        complaints,
    );
}

#[test]
fn probes_are_pure() {
    let complaints = each(&rust("harness/probes"), |file| {
        found(file, &file.product, &["async ", ".await"])
    });
    expect_none(
        "a probe describes statements; it never holds a session and cannot wait.",
        complaints,
    );
}

fn starts_with_any(path: &str, prefixes: &[&str]) -> bool {
    prefixes.iter().any(|prefix| path.starts_with(prefix))
}

/// A complaint for every one of the words in the code; longer names that end in a word are other names.
fn found(file: &SourceFile, code: &str, words: &[&str]) -> Vec<String> {
    let whole = |at: usize| {
        let before = code[..at].chars().next_back();
        before.is_none_or(|c| !c.is_alphanumeric() && c != '_')
    };
    words
        .iter()
        .flat_map(|word| code.match_indices(word))
        .filter(|(at, _)| whole(*at))
        .map(|(at, word)| format!("{}: `{word}` does not belong here", file.at(at)))
        .collect()
}
