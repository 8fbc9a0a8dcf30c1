//! `--format markdown`: a comment for a pull request, or the summary of a workflow run.
//!
//! GitHub refuses comments of more than 65,536 characters
//! (https://docs.github.com/en/rest/issues/comments), so what does not fit is counted.
use super::plain::{counted, one_line, printable};
use super::record::{AtEnd, Record, SystemRecord, undecided};
use super::summary::{last_line, seconds};
use super::{Format, Look};
use crate::event::Finding;

pub(super) const FORMAT: Format = Format {
    name: "markdown",
    summary: "Markdown for a pull request or a workflow's summary",
    make: |look: Look| {
        AtEnd::boxed(look, |record, look, out| {
            out.write_all(page(record, look).as_bytes())
        })
    },
};

/// Room for the findings themselves, in bytes; the lists around them are short.
const MOST_BYTES: usize = 40_000;
const MOST_ROWS: usize = 60;
const MOST_REASONS: usize = 20;
const MOST_OBJECTS: usize = 6;

fn page(record: &Record, look: &Look) -> String {
    let verdict = record.verdict();
    let mark = match verdict.word {
        "clean" => "✅",
        "leaks" | "broken" => "❌",
        _ => "⚠️",
    };
    let mut page = format!("## {mark} {}\n", text(&verdict.sentence));
    let findings: Vec<&Finding> = record.systems.iter().flat_map(|s| &s.findings).collect();
    if !findings.is_empty() {
        page.push_str(&table(&findings, look));
        page.push_str(&details(&findings, look));
    }
    for system in &record.systems {
        page.push_str(&rest(system, look));
    }
    page
}

fn table(findings: &[&Finding], look: &Look) -> String {
    let mut out = "\n| Severity | Leak | Where | Fingerprint |\n|---|---|---|---|\n".to_owned();
    for finding in findings.iter().take(MOST_ROWS) {
        let place = match &finding.culprit.source {
            Some(source) => format!("{}:{}", source.place.file.display(), source.place.line.0),
            None => finding.object.clone(),
        };
        let row = format!(
            "| {} | **{}** {} | {} | {} |\n",
            finding.severity.name(),
            text(&finding.probe),
            text(&finding.title),
            code(&place),
            code(&finding.fingerprint)
        );
        out.push_str(&row);
    }
    out.push_str(&more(findings.len(), MOST_ROWS, look));
    out
}

fn more(all: usize, shown: usize, look: &Look) -> String {
    match all.saturating_sub(shown) {
        0 => String::new(),
        more => format!("\n{more} more in {}.\n", code(&look.events)),
    }
}

/// Each finding with its SQL, folded, as far as there is room.
fn details(findings: &[&Finding], look: &Look) -> String {
    let mut out = String::new();
    for (shown, finding) in findings.iter().enumerate() {
        let detail = detail(finding);
        if out.len() + detail.len() > MOST_BYTES {
            let left = findings.len() - shown;
            out.push_str(&format!(
                "\nThe SQL of {} is in {}: there was no more room here.\n",
                counted(left, "leak"),
                code(&look.events)
            ));
            break;
        }
        out.push_str(&detail);
    }
    out
}

fn detail(finding: &Finding) -> String {
    let mut lines = vec![format!(
        "\n<details><summary>{}: {}</summary>\n",
        escaped(&one_line(&finding.probe)),
        escaped(&one_line(&finding.title))
    )];
    lines.push(format!(
        "- {} {} as {}, {}: expected {}, got {}",
        text(&finding.command.to_uppercase()),
        code(&finding.object),
        code(&finding.role),
        text(&finding.attacker),
        text(&finding.expected),
        text(&finding.got)
    ));
    let culprit = &finding.culprit;
    lines.push(format!(
        "- let through by: {} {}",
        text(&culprit.kind),
        code(&culprit.name)
    ));
    lines.extend(finding.notes.iter().map(|note| format!("- {}", text(note))));
    lines.extend(
        finding
            .help
            .iter()
            .map(|help| format!("- **help:** {}", text(help))),
    );
    lines.push(format!(
        "- `watertight explain {}`\n",
        one_line(&finding.probe)
    ));
    lines.push("In psql on the migrated database; it rolls back:\n".to_owned());
    lines.push(fenced(&finding.repro));
    if let Some(patch) = &finding.patch {
        lines.push(format!("\nA patch, {}:\n", patch.trial()));
        lines.push(fenced(&patch.sql));
    }
    lines.push("\n</details>\n".to_owned());
    lines.join("\n")
}

/// What there is of a system besides its leaks.
fn rest(system: &SystemRecord, look: &Look) -> String {
    let mut out = format!("\n### {}\n\n", text(system.title()));
    for failure in &system.failures {
        out.push_str(&format!("- **{}**\n", text(&failure.title)));
        for line in failure.notes.iter().chain(&failure.help) {
            out.push_str(&format!("  - {}\n", text(line)));
        }
    }
    for problem in system.problems() {
        let (kind, title) = (problem.kind.name(), text(&problem.title));
        out.push_str(&format!("- **{kind}** {title}\n"));
    }
    for (check, got) in system.failed_checks() {
        out.push_str(&format!(
            "- **check-fails** {} (got {})\n",
            text(&check.name),
            text(got)
        ));
    }
    let groups = undecided(&system.unproven);
    for group in groups.iter().take(MOST_REASONS) {
        let objects = group.objects();
        let named = objects
            .iter()
            .take(MOST_OBJECTS)
            .map(|(object, _)| code(object));
        let named: Vec<String> = named.collect();
        let more = match objects.len().saturating_sub(MOST_OBJECTS) {
            0 => String::new(),
            more => format!(" and {more} more"),
        };
        out.push_str(&format!(
            "- unproven{}: {} × {}: {}{more}\n",
            if group.allowed { ", but allowed" } else { "" },
            group.cells.len(),
            text(group.reason),
            named.join(", ")
        ));
    }
    out.push_str(&more(groups.len(), MOST_REASONS, look));
    for errored in &system.errored {
        let what = format!(
            "{} {} as {}",
            errored.command.to_uppercase(),
            errored.object,
            errored.role
        );
        out.push_str(&format!(
            "- errored: {}: {}\n",
            code(&what),
            text(&errored.reason)
        ));
    }
    for (finding, reason) in &system.accepted {
        out.push_str(&format!(
            "- accepted: {} ({})\n",
            text(&finding.title),
            text(reason)
        ));
    }
    for note in &system.notes {
        out.push_str(&format!("- note: {}\n", text(note)));
    }
    out.push_str(&facts(system, look));
    out
}

fn facts(system: &SystemRecord, look: &Look) -> String {
    let mut facts = Vec::new();
    if let Some(summary) = &system.finished {
        let alone = Look {
            many: false,
            ..look.clone()
        };
        facts.push(text(&last_line(summary, &alone)));
    }
    if let Some(rehearsed) = &system.rehearsed {
        facts.push(format!("rehearsed in {}", seconds(rehearsed.elapsed_ms)));
    }
    if let Some(started) = &system.started {
        facts.push(text(&format!(
            "{}, {}, {}; {}; seed {}",
            counted(started.tables, "table"),
            counted(started.policies, "policy"),
            counted(started.functions, "function"),
            started.server,
            started.seed
        )));
    }
    match facts.is_empty() {
        true => String::new(),
        false => format!("\n{}\n", facts.join("  \n")),
    }
}

/// Prose: nothing in it is markup, and nobody is mentioned by it.
fn text(text: &str) -> String {
    let line: Vec<char> = one_line(text).chars().collect();
    let is_word = |at: Option<usize>| {
        let c = at.and_then(|at| line.get(at));
        c.is_some_and(|c| c.is_alphanumeric())
    };
    let mut out = String::new();
    for (at, &c) in line.iter().enumerate() {
        match c {
            // Inside of a word it emphasizes nothing, and names are full of it.
            '_' if is_word(at.checked_sub(1)) && is_word(Some(at + 1)) => out.push('_'),
            '\\' | '`' | '*' | '_' | '[' | ']' | '|' | '~' | '#' => out.extend(['\\', c]),
            // An address or a name after it would be told about every run.
            '@' => out.push_str("&#64;"),
            c => out.push_str(&escaped(&c.to_string())),
        }
    }
    out
}

fn escaped(text: &str) -> String {
    text.replace('&', "&amp;")
        .replace('<', "&lt;")
        .replace('>', "&gt;")
}

/// Code inside of a line, between more backticks than it has. A pipe would end a table's cell even there.
fn code(text: &str) -> String {
    let text = one_line(text).replace('|', "\\|");
    let ticks = "`".repeat(longest_ticks(&text) + 1);
    match ticks.len() {
        1 => format!("`{text}`"),
        _ => format!("{ticks} {text} {ticks}"),
    }
}

fn fenced(sql: &str) -> String {
    let sql = printable(sql.trim_end());
    let fence = "`".repeat(longest_ticks(&sql).max(2) + 1);
    format!("{fence}sql\n{sql}\n{fence}")
}

fn longest_ticks(text: &str) -> usize {
    text.split(|c| c != '`').map(str::len).max().unwrap_or(0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_no_markup() {
        assert_eq!(text("a|b <c> @d\n*e*"), "a\\|b &lt;c&gt; &#64;d \\*e\\*");
        assert_eq!(text("org_a _b_"), "org_a \\_b\\_");
        assert_eq!(code("a`b"), "`` a`b ``");
        assert_eq!(fenced("```\n"), "````sql\n```\n````");
    }
}
