//! One finding of the page: what leaks, the lines that let it through, and SQL to copy.
use super::html::{sql, words};
use crate::event::{Finding, Source};
use crate::span::Bytes;
use maud::{Markup, html};

pub(super) fn article(finding: &Finding, prefix: &str) -> Markup {
    let severity = finding.severity.name();
    let culprit = &finding.culprit;
    html! {
        article.finding id={ (prefix) "-f-" (words(&finding.fingerprint)) } {
            h3 { (words(&finding.title)) }
            p.meta {
                span class={ "severity " (severity) } { (severity) }
                " " code { (words(&finding.probe)) }
                @if let Some(source) = &culprit.source {
                    " " span.place { (words(&source.place.to_string())) }
                }
            }
            @if let Some(source) = &culprit.source { (excerpt(source)) }
            dl {
                div { dt { "let through by" } dd { (words(&culprit.kind)) " " code { (words(&culprit.name)) } } }
                div {
                    dt { "as" }
                    dd {
                        code { (words(&finding.role)) } ", " (words(&finding.attacker)) ": "
                        (words(&finding.command.to_uppercase())) " " code { (words(&finding.object)) }
                    }
                }
                div { dt { "expected" } dd { (words(&finding.expected)) } }
                div { dt { "got" } dd { (words(&finding.got)) } }
                @for note in &finding.notes { div { dt { "note" } dd { (words(note)) } } }
                @if let Some(help) = &finding.help { div.help { dt { "help" } dd { (words(help)) } } }
            }
            details {
                summary { "SQL that shows it, and rolls back" }
                pre.copy { code { (sql(&finding.repro)) } }
            }
            @if let Some(patch) = &finding.patch {
                details open {
                    summary { "A patch: " (words(&patch.says)) }
                    pre.copy { code { (sql(&patch.sql)) } }
                    p.quiet { (words(&patch.trial())) }
                }
            }
            p.quiet {
                code { "watertight explain " (words(&finding.probe)) }
                " · fingerprint " code { (words(&finding.fingerprint)) }
            }
        }
    }
}

/// Lines before and after the clause that are shown.
const AROUND: usize = 4;

/// The statement around the clause that is wrong; what is far from the clause is left out.
pub(super) fn excerpt(source: &Source) -> Markup {
    let text = &*source.text;
    let statement = within(text, &source.statement);
    let clause = within(text, &source.clause);
    let first = line_of(text, statement.start.min(clause.start));
    let last = line_of(text, statement.end.max(clause.end));
    let marked = line_of(text, clause.start)
        ..=line_of(text, clause.end).min(line_of(text, clause.start) + AROUND);
    let near = marked.start().saturating_sub(AROUND)..=marked.end() + AROUND;
    let shown = |line: usize| line == first || near.contains(&line);
    let mut lines = Vec::new();
    let mut start = 0;
    for (line, content) in text.split_inclusive('\n').enumerate() {
        if (first..=last).contains(&line) {
            match shown(line) {
                true => lines.push(Some((
                    line + 1,
                    start,
                    content.trim_end_matches(['\n', '\r']),
                ))),
                false if lines.last().is_some_and(Option::is_none) => {}
                false => lines.push(None),
            }
        }
        start += content.len();
    }
    html! {
        @if !lines.is_empty() { pre.excerpt {
            @for line in &lines {
                @match line {
                    Some((number, start, content)) => {
                        span.line {
                            span.number { (number) }
                            span { (marked_line(content, *start, &clause)) }
                        }
                    }
                    None => { span.line { span.number { "…" } span { } } }
                }
            }
        } }
        @if !source.label.is_empty() { p.label { (words(&source.label)) } }
    }
}

/// The line with its part of the clause marked.
fn marked_line(content: &str, start: usize, clause: &Bytes) -> Markup {
    let from = clause.start.clamp(start, start + content.len()) - start;
    let to = clause.end.clamp(start, start + content.len()) - start;
    // Indentation of a further line is no part of what is wrong.
    let blank = content[from..to].len() - content[from..to].trim_start().len();
    let from = from + blank;
    html! {
        (sql_part(&content[..from]))
        @if from < to { mark { (sql_part(&content[from..to])) } }
        (sql_part(&content[to..]))
    }
}

fn sql_part(text: &str) -> String {
    super::plain::printable(text)
}

/// Counted from 0.
fn line_of(text: &str, offset: usize) -> usize {
    text[..offset].matches('\n').count()
}

fn within(text: &str, span: &Bytes) -> Bytes {
    text.floor_char_boundary(span.start)..text.floor_char_boundary(span.end.max(span.start))
}
