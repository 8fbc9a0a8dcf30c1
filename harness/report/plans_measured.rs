//! One measured table for the terminal: blocks by question, tenant and state of the schema; then the indexes that help.
use super::Look;
use super::plain::{counted, one_line, wrap};
use crate::plans::{Advice, Answer, Candidate, Made, Measured, TableAdvice, Trying, ratio};

const LEGEND: &str =
    "blocks of 8 kB, hit or read, the second time asked; * rows read in vain, s sorted";

/// Rows read and thrown away that are worth a mark: looking at one row by its key is none.
const VAIN: u64 = 100;

pub(super) fn measured(table: &TableAdvice, found: &Measured, look: &Look) -> String {
    let tenants: Vec<String> = found
        .tenants
        .iter()
        .map(|(name, rows)| format!("{name} {rows}"))
        .collect();
    let mut text = format!(
        "  {}: {} rows in {}; of them {}\n",
        one_line(&table.table),
        found.rows,
        bytes(found.table_bytes),
        tenants.join(", ")
    );
    text.push_str(&answers(found, look));
    text.push_str(&format!("    {LEGEND}\n"));
    for candidate in &found.candidates {
        text.push_str(&format!("    {};\n", one_line(&candidate.sql)));
        for line in wrap(&price(candidate, found), look.width.saturating_sub(6)).lines() {
            text.push_str(&format!("      {line}\n"));
        }
    }
    if !found.unused.is_empty() {
        let names: Vec<String> = found
            .unused
            .iter()
            .map(|(name, size)| format!("{} ({})", one_line(name), bytes(*size)))
            .collect();
        let unused = format!("used by none of these questions: {}", names.join(", "));
        for line in wrap(&unused, look.width.saturating_sub(4)).lines() {
            text.push_str(&format!("    {line}\n"));
        }
    }
    for note in &found.notes {
        text.push_str(&format!("    {note}\n"));
    }
    text
}

/// One line for each question and tenant, one column for each state of the schema.
fn answers(found: &Measured, look: &Look) -> String {
    let Some(first) = found.strategies.first() else {
        return String::new();
    };
    let widths: Vec<usize> = found
        .strategies
        .iter()
        .map(|s| s.name.len().max(9))
        .collect();
    let taken: usize = widths.iter().map(|width| width + 2).sum();
    let room = look.width.saturating_sub(taken + 14).max(16);
    let longest = first
        .answers
        .iter()
        .map(|a| a.question.chars().count())
        .max();
    let name = longest.unwrap_or(0).min(room);
    let mut text = format!("    {:name$}  {:6}", "", "");
    for (strategy, width) in found.strategies.iter().zip(&widths) {
        text.push_str(&format!("  {:>width$}", strategy.name));
    }
    text.push('\n');
    let mut before = "";
    for answer in &first.answers {
        let question = match answer.question == before {
            true => String::new(),
            false => cut(&one_line(&answer.question), name),
        };
        before = &answer.question;
        text.push_str(&format!("    {question:name$}  {:6}", answer.tenant));
        for (strategy, width) in found.strategies.iter().zip(&widths) {
            let same = |a: &&Answer| a.question == answer.question && a.tenant == answer.tenant;
            let cell = strategy
                .answers
                .iter()
                .find(same)
                .map_or("–".to_owned(), cell);
            text.push_str(&format!("  {cell:>width$}"));
        }
        text.push('\n');
    }
    text
}

fn cell(answer: &Answer) -> String {
    let sorted = if answer.sorts { " s" } else { "" };
    let looked = if answer.removed > VAIN { " *" } else { "" };
    format!("{}{sorted}{looked}", answer.blocks)
}

fn cut(text: &str, most: usize) -> String {
    match text.chars().count() <= most {
        true => text.to_owned(),
        false => text
            .chars()
            .take(most.saturating_sub(1))
            .chain(['…'])
            .collect(),
    }
}

fn price(candidate: &Candidate, found: &Measured) -> String {
    let gains: Vec<String> = candidate
        .gains
        .iter()
        .map(|(tenant, before, after)| {
            format!(
                "{tenant} {before} → {after} ({})",
                times(ratio(*before, *after))
            )
        })
        .collect();
    let share = 100.0 * candidate.bytes as f64 / found.table_bytes.max(1) as f64;
    let (blocks, more) = candidate.insert_blocks;
    let (ms, longer) = candidate.insert_ms;
    let rewrite = if candidate.needs_rewrite {
        "; only with the policy rewritten"
    } else {
        ""
    };
    format!(
        "for {}: {}; {} bytes a row, {share:.0} % of the table; inserting touches {} as many blocks, takes {} as long{rewrite}",
        one_line(&candidate.question),
        gains.join(", "),
        candidate.bytes / found.rows.max(1),
        times(ratio(more, blocks)),
        times(longer / ms.max(0.001)),
    )
}

/// How indexes were made that were tried in a trial; `None` where none had to be.
pub(super) fn tried(advice: &Advice) -> Option<String> {
    let count = |made| {
        advice
            .tables
            .iter()
            .filter(|t| t.made == Some(made))
            .count()
    };
    let (hypothetical, real) = (count(Made::Hypothetical), count(Made::Real));
    let built = format!("real and rolled back for {}", counted(real, "table"));
    let said = match (&advice.trying, hypothetical, real) {
        (_, 0, 0) => return None,
        (Trying::Real { reason }, ..) => format!("{built} ({reason})"),
        (Trying::Hypothetical { version }, 0, _) => {
            format!("{built}, for which HypoPG {version} cannot tell")
        }
        (Trying::Hypothetical { version }, _, 0) => format!(
            "hypothetical for {} (HypoPG {version})",
            counted(hypothetical, "table")
        ),
        (Trying::Hypothetical { version }, ..) => format!(
            "hypothetical for {} (HypoPG {version}), {built}, for which it cannot tell",
            counted(hypothetical, "table")
        ),
    };
    Some(format!("indexes on trial: {said}"))
}

/// `13×`, `1.4×`.
pub(super) fn times(ratio: f64) -> String {
    match ratio < 9.95 {
        true => format!("{ratio:.1}×"),
        false => format!("{ratio:.0}×"),
    }
}

pub(super) fn bytes(count: u64) -> String {
    match count {
        0..1_000_000 => format!("{} kB", count.div_ceil(1000)),
        _ => format!("{:.1} MB", count as f64 / 1_000_000.0),
    }
}
