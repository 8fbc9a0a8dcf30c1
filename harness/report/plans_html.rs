//! What plans tell, as one page: no script, nothing fetched, light and dark, with a drawing for each measured question.
use super::plans_measured::{bytes, times, tried};
use crate::plans::{Advice, Answer, Candidate, Finding, Measured, TableAdvice, ratio};

/// Width of a bar that is as long as can be, in pixels of the drawing.
const LONGEST: f64 = 420.0;
/// Height of one bar with the gap below it.
const STEP: usize = 18;
/// Where bars begin.
const LEFT: f64 = 190.0;

const STYLE: &str = "
:root { color-scheme: light dark; --ink: #1c2733; --soft: #5b6b7b; --line: #d5dde5; --page: #fff;
  --s0: #8b98a5; --s1: #2f7d5b; --s2: #c98a1b; --s3: #2f6fb3; }
@media (prefers-color-scheme: dark) { :root { --ink: #e4eaf0; --soft: #9fb0c0; --line: #33414e; --page: #131a21;
  --s0: #7d8b98; --s1: #4fb286; --s2: #e0a93f; --s3: #63a4e6; } }
body { margin: 2rem auto; max-width: 62rem; padding: 0 1rem; background: var(--page); color: var(--ink);
  font: 15px/1.5 system-ui, sans-serif; }
h1, h2, h3 { line-height: 1.2; } h2 { margin-top: 2.5rem; }
table { border-collapse: collapse; width: 100%; } th, td { text-align: left; padding: .25rem .6rem .25rem 0;
  border-bottom: 1px solid var(--line); vertical-align: top; overflow-wrap: anywhere; } td.n, th.n { text-align: right; }
pre, code { font: 13px/1.45 ui-monospace, monospace; overflow-wrap: anywhere; } pre { overflow-x: auto; padding: .6rem .8rem;
  border: 1px solid var(--line); border-radius: 4px; white-space: pre-wrap; }
.soft { color: var(--soft); } .key span { margin-right: 1rem; white-space: nowrap; }
.key i { display: inline-block; width: .8em; height: .8em; margin-right: .35em; }
svg { max-width: 100%; height: auto; display: block; } svg text { font: 12px system-ui, sans-serif; fill: var(--ink); }
svg .soft { fill: var(--soft); } figure { margin: 1.2rem 0; } figcaption { font-weight: 600; }
.s0 { fill: var(--s0); background: var(--s0); } .s1 { fill: var(--s1); background: var(--s1); }
.s2 { fill: var(--s2); background: var(--s2); } .s3 { fill: var(--s3); background: var(--s3); }";

pub(super) fn page(systems: &[Advice]) -> String {
    let mut text = format!(
        "<!doctype html>\n<html lang=\"en\">\n<meta charset=\"utf-8\">\n<meta name=\"viewport\" content=\"width=device-width\">\n<title>Plans under row security</title>\n<style>{STYLE}\n</style>\n<h1>Plans under row security</h1>\n"
    );
    for advice in systems {
        system(advice, &mut text);
    }
    text.push_str("</html>\n");
    text
}

fn system(advice: &Advice, text: &mut String) {
    let count =
        |wanted: fn(&TableAdvice) -> bool| advice.tables.iter().filter(|t| wanted(t)).count();
    let tried = tried(advice).map(|said| format!("; {}", escape(&said)));
    text.push_str(&format!(
        "<h2>{}</h2>\n<p>Of {} tables with policies, <b>{}</b> find a tenant's rows by an index, <b>{}</b> would if there were one, <b>{}</b> read every row whatever indexes there are. <span class=\"soft\">{}{}</span></p>\n",
        escape(&advice.system),
        advice.tables.len(),
        count(|t| matches!(t.finding, Finding::Index(_))),
        count(|t| t.finding == Finding::NoIndex),
        count(|t| t.finding == Finding::EveryRow),
        escape(&advice.server),
        tried.unwrap_or_default(),
    ));
    to_do(advice, text);
    for table in advice.tables.iter().filter(|t| t.measured.is_some()) {
        if let Some(found) = &table.measured {
            measured(table, found, text);
        }
    }
    if !advice.left_out.is_empty() {
        let left = advice.left_out.iter().map(|left| {
            format!(
                "<li><code>{}</code>: {}\n",
                escape(&left.table),
                escape(&left.reason)
            )
        });
        text.push_str(&format!(
            "<h3>Left out</h3>\n<ul>\n{}</ul>\n",
            left.collect::<String>()
        ));
    }
}

/// What to change comes before what was measured: it is what most readers came for.
fn to_do(advice: &Advice, text: &mut String) {
    let wanting: Vec<&TableAdvice> = advice.tables.iter().filter(|t| !t.is_fine()).collect();
    if wanting.is_empty() {
        return;
    }
    text.push_str(
        "<h3>What there is to do</h3>\n<table>\n<tr><th>Table<th>Rows are found<th>Policy, index\n",
    );
    for table in wanting {
        row(table, text);
    }
    text.push_str("</table>\n");
}

fn row(table: &TableAdvice, text: &mut String) {
    let found = match &table.finding {
        Finding::Index(name) => format!("by <code>{}</code>", escape(name)),
        Finding::NoIndex => "by reading all: no index".to_owned(),
        Finding::EveryRow => "by reading all, whatever indexes there are".to_owned(),
    };
    let mut todo = Vec::new();
    for fault in &table.faults {
        let place = fault.place.as_ref().map(|place| {
            format!(
                " <span class=\"soft\">{}</span>",
                escape(&place.to_string())
            )
        });
        let mut said = format!(
            "<code>{}</code> {}{}",
            escape(&fault.policy),
            escape(&fault.reason),
            place.unwrap_or_default()
        );
        if let Some(rewrite) = &fault.rewrite {
            let statements: Vec<String> = rewrite
                .before
                .iter()
                .chain([&rewrite.sql])
                .map(|sql| format!("{};", escape(sql)))
                .collect();
            said.push_str(&format!("<pre>{}</pre>", statements.join("\n")));
        }
        todo.push(said);
    }
    todo.extend(table.missing.iter().map(|m| {
        format!(
            "<code>{};</code> <span class=\"soft\">{}</span>",
            escape(&m.sql),
            escape(&m.reason)
        )
    }));
    todo.extend(table.redundant.iter().map(|r| {
        format!(
            "<code>{}</code> is redundant: <code>{}</code> does its work",
            escape(&r.index),
            escape(&r.by)
        )
    }));
    todo.extend(table.dead.iter().map(|d| {
        format!(
            "<code>{}</code> is dead weight in <code>{}</code>",
            escape(&d.column),
            escape(&d.index)
        )
    }));
    text.push_str(&format!(
        "<tr><td><code>{}</code><td>{found}<td>{}\n",
        escape(&table.table),
        todo.join("<br>")
    ));
}

fn measured(table: &TableAdvice, found: &Measured, text: &mut String) {
    let tenants: Vec<String> = found
        .tenants
        .iter()
        .map(|(name, rows)| format!("{name} {rows}"))
        .collect();
    text.push_str(&format!(
        "<h3><code>{}</code></h3>\n<p>{} rows in {}; of them {}. Bars are blocks of 8 kB that a question touches, hit or read, when asked for the second time; the scale is logarithmic. Times are of one run.</p>\n",
        escape(&table.table),
        found.rows,
        bytes(found.table_bytes),
        tenants.join(", ")
    ));
    let key: Vec<String> = found
        .strategies
        .iter()
        .enumerate()
        .map(|(at, s)| {
            format!(
                "<span><i class=\"s{}\"></i>{}</span>",
                at % 4,
                escape(&s.name)
            )
        })
        .collect();
    text.push_str(&format!("<p class=\"key\">{}</p>\n", key.concat()));
    let mut questions: Vec<&str> = Vec::new();
    for answer in found.strategies.iter().flat_map(|s| &s.answers) {
        if !questions.contains(&answer.question.as_str()) {
            questions.push(&answer.question);
        }
    }
    for question in questions {
        text.push_str(&format!(
            "<figure><figcaption>{}</figcaption>\n{}</figure>\n",
            escape(question),
            drawing(found, question)
        ));
    }
    if !found.candidates.is_empty() {
        text.push_str("<table>\n<tr><th>Index<th class=\"n\">reads fewer, at best<th class=\"n\">bytes a row<th class=\"n\">inserting touches\n");
        for candidate in &found.candidates {
            text.push_str(&candidate_row(candidate, found));
        }
        text.push_str("</table>\n");
    }
}

fn candidate_row(candidate: &Candidate, found: &Measured) -> String {
    let (before, after) = candidate.insert_blocks;
    format!(
        "<tr><td><code>{};</code><br><span class=\"soft\">for {}</span><td class=\"n\">{}<td class=\"n\">{}<td class=\"n\">{}\n",
        escape(&candidate.sql),
        escape(&candidate.question),
        times(candidate.gain()),
        candidate.bytes / found.rows.max(1),
        times(ratio(after, before)),
    )
}

/// Bars of one question, grouped by tenant.
fn drawing(found: &Measured, question: &str) -> String {
    let answers = || {
        found
            .strategies
            .iter()
            .flat_map(|s| &s.answers)
            .filter(|a| a.question == question)
    };
    let most = answers().map(|a| a.blocks).max().unwrap_or(1);
    let scale = LONGEST / ((most + 1) as f64).ln().max(0.7);
    let mut bars = String::new();
    let mut line = 0;
    for (tenant, _) in &found.tenants {
        let mut first = true;
        for (at, strategy) in found.strategies.iter().enumerate() {
            let same = |a: &&Answer| a.question == question && a.tenant == *tenant;
            let Some(answer) = strategy.answers.iter().find(same) else {
                continue;
            };
            let y = line * STEP;
            if first {
                bars.push_str(&format!(
                    "<text x=\"0\" y=\"{}\">{}</text>",
                    y + 12,
                    escape(tenant)
                ));
                first = false;
            }
            let width = ((answer.blocks + 1) as f64).ln() * scale;
            bars.push_str(&format!(
                "<text class=\"soft\" x=\"{}\" y=\"{}\" text-anchor=\"end\">{}</text><rect class=\"s{}\" x=\"{LEFT}\" y=\"{}\" width=\"{width:.1}\" height=\"12\"/><text x=\"{:.1}\" y=\"{}\">{} <tspan class=\"soft\">{:.2} ms</tspan></text>\n",
                LEFT - 8.0, y + 12, escape(&strategy.name), at % 4, y + 2, LEFT + width + 6.0, y + 12, answer.blocks, answer.execution_ms
            ));
            line += 1;
        }
    }
    format!(
        "<svg viewBox=\"0 0 760 {}\" role=\"img\" aria-label=\"Blocks read for {}\">\n{bars}</svg>\n",
        line * STEP + 4,
        escape(question)
    )
}

fn escape(text: &str) -> String {
    super::plain::printable(text)
        .replace('&', "&amp;")
        .replace('<', "&lt;")
        .replace('>', "&gt;")
        .replace('"', "&quot;")
}
