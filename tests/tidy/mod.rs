//! The standards of this project, enforced. Every complaint says where, what and why.
mod classes;
mod code;
mod files;
mod layers;
mod probes;
mod readme;
mod scenarios;
mod style;

use files::SourceFile;

/// Fails with every complaint at once, and the reason for the rule.
#[track_caller]
fn expect_none(why: &str, complaints: Vec<String>) {
    assert!(
        complaints.is_empty(),
        "\n{}\n\nThe rule: {why}\n",
        complaints.join("\n")
    );
}

/// Every complaint of a rule that looks at one file at a time.
fn each(files: &[SourceFile], rule: impl Fn(&SourceFile) -> Vec<String>) -> Vec<String> {
    files.iter().flat_map(rule).collect()
}
