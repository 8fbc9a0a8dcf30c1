//! `--format html`: one page that needs nothing else, for people who did not run it.
//!
//! No script and nothing from elsewhere: it opens from a CI artifact, from a mail, in a browser without a network.
use super::html_finding;
use super::html_grid;
use super::plain::{counted, one_line, printable};
use super::record::{AtEnd, Record, SystemRecord, Undecided, undecided};
use super::summary::{last_line, seconds};
use super::{Format, Look};
use maud::{DOCTYPE, Markup, PreEscaped, html};

pub(super) const FORMAT: Format = Format {
    name: "html",
    summary: "one page that needs nothing else",
    make: |look: Look| {
        AtEnd::boxed(look, |record, look, out| {
            out.write_all(page(record, look).into_string().as_bytes())
        })
    },
};

const STYLE: &str = include_str!("html.css");

/// Objects named for one reason before the rest is only counted.
const MOST_OBJECTS: usize = 60;

fn page(record: &Record, look: &Look) -> Markup {
    let verdict = record.verdict();
    let many = record.systems.len() > 1;
    html! {
        (DOCTYPE)
        html lang="en" {
            head {
                meta charset="utf-8";
                meta name="viewport" content="width=device-width, initial-scale=1";
                meta name="color-scheme" content="light dark";
                // Names come out of somebody's database: even if one were markup, nothing of it could run or load.
                meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'";
                title { "watertight: " (words(&verdict.sentence)) }
                style { (PreEscaped(STYLE)) }
            }
            body {
                header {
                    p.maker { "watertight" }
                    h1 class=(verdict.word) {
                        span.word { (verdict.word) }
                        " " (words(&verdict.sentence))
                    }
                    @for system in &record.systems {
                        (headline(system, look, many))
                    }
                }
                main {
                    @for (number, system) in record.systems.iter().enumerate() {
                        (section(system, number, look, many))
                    }
                }
                footer {
                    p { "watertight " (env!("CARGO_PKG_VERSION")) ". Every event of the run: " code { (words(&look.events)) } }
                }
            }
        }
    }
}

/// A system's counts, with the ways to what is below.
fn headline(system: &SystemRecord, look: &Look, many: bool) -> Markup {
    let look = Look {
        many,
        ..look.clone()
    };
    html! {
        @if let Some(summary) = &system.finished {
            p.counts { (words(&last_line(summary, &look))) }
        } @else if many {
            p.counts { (words(system.title())) ": not finished" }
        }
    }
}

fn section(system: &SystemRecord, number: usize, look: &Look, many: bool) -> Markup {
    let prefix = format!("s{number}");
    html! {
        section.system id=(prefix) {
            @if many { h2.system { (words(system.title())) } }
            (ways(system, &prefix))
            @for failure in &system.failures {
                article.failure {
                    h3 { (words(&failure.title)) }
                    @if let Some(source) = &failure.excerpt { (html_finding::excerpt(source)) }
                    @for note in &failure.notes { p { (words(note)) } }
                    @if let Some(help) = &failure.help { p { strong { "help: " } (words(help)) } }
                }
            }
            @if !system.findings.is_empty() {
                section id={ (prefix) "-leaks" } {
                    h2 { (counted(system.findings.len(), "leak")) }
                    @for finding in &system.findings {
                        (html_finding::article(finding, &prefix))
                    }
                }
            }
            (rehearsal(system))
            @if has_grid(system) {
                section id={ (prefix) "-grid" } {
                    h2 { "What was tried" }
                    (html_grid::grid(system, &prefix))
                }
            }
            (unproven(system, &prefix, look))
            (beside(system))
            (facts(system, &prefix))
        }
    }
}

/// A rehearsal attacks the rows that it migrated, which decide only a part of the cells: the grid is `check`'s.
fn has_grid(system: &SystemRecord) -> bool {
    system.rehearsed.is_none()
}

fn ways(system: &SystemRecord, prefix: &str) -> Markup {
    let open = system.open_unproven().count() + system.errored.len();
    html! {
        nav {
            @if !system.findings.is_empty() {
                a href={ "#" (prefix) "-leaks" } { (counted(system.findings.len(), "leak")) }
            }
            @if has_grid(system) { a href={ "#" (prefix) "-grid" } { "grid" } }
            @if !system.unproven.is_empty() || open > 0 {
                a href={ "#" (prefix) "-unproven" } {
                    @if open > 0 { (open) " undecided" } @else { "undecided, all allowed" }
                }
            }
            a href={ "#" (prefix) "-run" } { "the run" }
        }
    }
}

fn rehearsal(system: &SystemRecord) -> Markup {
    let problems: Vec<_> = system.problems().collect();
    let checks: Vec<_> = system.failed_checks().collect();
    html! {
        @if !problems.is_empty() || !checks.is_empty() {
            section {
                h2 { (counted(problems.len() + checks.len(), "problem")) " with migrated rows" }
                ul {
                    @for problem in &problems {
                        li {
                            strong { (problem.kind.name()) } " " (words(&problem.title))
                            @if let Some(place) = &problem.place { " " code { (words(&place.to_string())) } }
                        }
                    }
                    @for (check, got) in &checks {
                        li { strong { "check-fails" } " " (words(&check.name)) " (got " (words(got)) ")" }
                    }
                }
            }
        }
    }
}

fn unproven(system: &SystemRecord, prefix: &str, look: &Look) -> Markup {
    let groups = undecided(&system.unproven);
    html! {
        @if !groups.is_empty() || !system.errored.is_empty() {
            section id={ (prefix) "-unproven" } {
                h2 { "What is not proven" }
                p.quiet { "No attack could decide these, so nothing is known of them. They are not called safe." }
                @for errored in &system.errored {
                    div.reason {
                        p { strong { "! went wrong: " } (words(&errored.reason)) }
                        p { code { (words(&errored.object)) } " " (words(&errored.command)) " as " (words(&errored.role)) }
                    }
                }
                @for group in &groups { (reason(group, look)) }
            }
        }
    }
}

fn reason(group: &Undecided<'_>, look: &Look) -> Markup {
    let objects = group.objects();
    let more = objects.len().saturating_sub(MOST_OBJECTS);
    let mark = if group.allowed { "~ allowed: " } else { "? " };
    html! {
        div.reason {
            p {
                strong { (mark) (counted(group.cells.len(), "cell")) ": " }
                (words(group.reason))
            }
            p.names {
                @for (object, commands) in objects.iter().take(MOST_OBJECTS) {
                    span { code { (words(object)) } " " (words(&commands.join(", "))) }
                    " "
                }
                @if more > 0 { span { "and " (more) " more in " code { (words(&look.events)) } } }
            }
        }
    }
}

/// What a person should know and what does not fail the run.
fn beside(system: &SystemRecord) -> Markup {
    html! {
        @if !system.accepted.is_empty() {
            section {
                h2 { "Accepted" }
                ul {
                    @for (finding, reason) in &system.accepted {
                        li id={ "f-" (words(&finding.fingerprint)) } {
                            (words(&finding.title)) ": " (words(reason))
                            " " code { (words(&finding.fingerprint)) }
                        }
                    }
                }
            }
        }
        @if !system.notes.is_empty() {
            section {
                h2 { "Notes" }
                ul { @for note in &system.notes { li { (words(note)) } } }
            }
        }
    }
}

fn facts(system: &SystemRecord, prefix: &str) -> Markup {
    let mut facts: Vec<(&str, String)> = vec![("system", system.title().to_owned())];
    if let Some(started) = &system.started {
        facts.extend([
            ("server", started.server.clone()),
            (
                "migrations",
                format!("{} from {}", started.migrations, started.directory),
            ),
            ("tables", started.tables.to_string()),
            ("policies", started.policies.to_string()),
            ("functions", started.functions.to_string()),
            (
                "world",
                format!(
                    "{}, {} and {}",
                    counted(started.tenants, "tenant"),
                    counted(started.users, "user"),
                    counted(started.rows, "row")
                ),
            ),
            ("seed", started.seed.to_string()),
        ]);
        facts.extend(started.shard.iter().map(|part| ("part", part.clone())));
        if !started.left_out.is_empty() {
            facts.push(("probes left out", started.left_out.join(", ")));
        }
    }
    if let Some(summary) = &system.finished {
        facts.extend([
            ("attacks", summary.attacks.to_string()),
            (
                "cells decided",
                format!("{} of {}", summary.cells_proven, summary.cells),
            ),
            ("time", seconds(summary.elapsed_ms)),
        ]);
        if summary.not_reached > 0 {
            facts.push((
                "not reached in time",
                counted(summary.not_reached, "attack"),
            ));
        }
    }
    html! {
        section id={ (prefix) "-run" } {
            h2 { "The run" }
            dl.facts {
                @for (name, value) in &facts {
                    div { dt { (name) } dd { (words(value)) } }
                }
            }
        }
    }
}

/// Words on one line that cannot be taken for something else.
pub(super) fn words(text: &str) -> String {
    one_line(text)
}

/// SQL as it stands, without characters that move a cursor.
pub(super) fn sql(text: &str) -> String {
    printable(text.trim_end())
}
