//! Draws findings and failures over the user's own lines. Everything of annotate-snippets stays in this file.
use super::Look;
use super::plain::{one_line, printable, wrap};
use crate::error::Failure;
use crate::event::{Finding, Source};
use crate::span::Bytes;
use annotate_snippets::renderer::DecorStyle;
use annotate_snippets::{
    Annotation, AnnotationKind, Element, Group, Level, Origin, Renderer, Snippet,
};

/// A finding in the compiler's manner: the title, the clause underlined where it stands, notes, help.
pub(super) fn draw_finding(finding: &Finding, look: &Look) -> String {
    let mut elements = Vec::new();
    match &finding.culprit.source {
        Some(source) => {
            let named = name_in_statement(source, &finding.culprit.name);
            let label = format!("the {} that let it through", finding.culprit.kind);
            elements.push(snippet(source, named.map(|span| (span, label)), look));
        }
        None => elements.push(Element::from(Origin::path(one_line(&finding.object)))),
    }
    let mut notes = vec![
        format!(
            "as {}, {}: {} {}{}",
            finding.role,
            finding.attacker,
            finding.command.to_uppercase(),
            finding.object,
            through(finding)
        ),
        format!("expected {}, got {}", finding.expected, finding.got),
    ];
    let source = finding.culprit.source.as_ref();
    if source.is_none_or(|source| source.text.is_empty()) {
        let culprit = &finding.culprit;
        notes.push(format!("let through by: {} {}", culprit.kind, culprit.name));
    }
    notes.extend(finding.notes.iter().cloned());
    elements.extend(messages(&notes, finding.help.as_deref(), look));
    let probe = one_line(&finding.probe);
    let before = "error[]: ".len() + probe.chars().count();
    let title = wrap(&finding.title, look.width.saturating_sub(before).max(40));
    let title = Level::ERROR.primary_title(title).id(probe);
    renderer(look).render(&[title.elements(elements)])
}

/// The door, unless it is the attacked object itself.
fn through(finding: &Finding) -> String {
    match finding.door.as_str() {
        "direct" | "" => String::new(),
        door if door.ends_with(&finding.object) => String::new(),
        door => format!(" through {door}"),
    }
}

/// A failure in the same manner; without an excerpt it is plain lines.
pub fn draw_failure(failure: &Failure, look: &Look) -> String {
    let mut elements = Vec::new();
    if let Some(source) = &failure.excerpt {
        elements.push(snippet(source, None, look));
    }
    elements.extend(messages(&failure.notes, failure.help.as_deref(), look));
    let title = wrap(&failure.title, look.width.saturating_sub(7).max(40));
    let title = Level::ERROR.primary_title(title);
    let group: Group<'_> = title.elements(elements);
    renderer(look).render(&[group])
}

/// A remark that is neither leak nor failure.
pub(super) fn draw_note(text: &str, look: &Look) -> String {
    let text = wrap(text, look.width.saturating_sub(6).max(40));
    let title = Level::NOTE.primary_title(text);
    renderer(look).render(&[Group::with_title(title)])
}

pub(super) fn draw_warning(id: &str, title: &str, notes: &[String], look: &Look) -> String {
    let title = Level::WARNING
        .primary_title(one_line(title))
        .id(one_line(id));
    renderer(look).render(&[title.elements(messages(notes, None, look))])
}

fn renderer(look: &Look) -> Renderer {
    let renderer = match look.color {
        true => Renderer::styled(),
        false => Renderer::plain(),
    };
    renderer
        .decor_style(DecorStyle::Unicode)
        .term_width(look.width)
}

fn messages(notes: &[String], help: Option<&str>, look: &Look) -> Vec<Element<'static>> {
    // Line numbers, rule and `note: ` stand in front.
    let width = look.width.saturating_sub(14).max(40);
    let notes = notes
        .iter()
        .map(|note| Element::from(Level::NOTE.message(wrap(note, width))));
    let help = help
        .into_iter()
        .map(|help| Element::from(Level::HELP.message(wrap(help, width))));
    notes.chain(help).collect()
}

/// The statement's lines with the clause underlined, and the culprit's name marked.
fn snippet(source: &Source, named: Option<(Bytes, String)>, look: &Look) -> Element<'static> {
    // The words are not at hand: the events of another run tell only where they stood.
    if source.text.is_empty() {
        return Element::from(Origin::path(one_line(&source.place.to_string())));
    }
    let text = &*source.text;
    let clause = within(text, &headline(text, &source.clause));
    let first = clause.start.min(within(text, &source.statement).start);
    let last = clause.end.max(within(text, &source.statement).end);
    // Only the statement's own lines are handed over: a dump of a whole database may be one file.
    let start = text[..first].rfind('\n').map_or(0, |at| at + 1);
    let end = text[last..].find('\n').map_or(text.len(), |at| last + at);
    let excerpt = &text[start..end];
    let line = text[..start].matches('\n').count() + 1;
    let shift = |span: &Bytes| span.start - start..span.end - start;
    let mut annotations: Vec<Annotation<'static>> = vec![
        AnnotationKind::Primary
            .span(shift(&clause))
            .label(one_line(&source.label)),
    ];
    // Two marks far apart on one line of SQL would make it wider than the terminal.
    let beside = |span: &Bytes| {
        let between = &text[span.start.min(clause.start)..span.end.max(clause.end)];
        let apart = span.end <= clause.start || span.start >= clause.end;
        apart && (between.contains('\n') || between.chars().count() + 20 < look.width)
    };
    if let Some((span, label)) = named
        && beside(&span)
    {
        annotations.push(AnnotationKind::Context.span(shift(&span)).label(label));
    }
    let path = printable(&source.place.file.display().to_string());
    Snippet::source(excerpt.to_owned())
        .line_start(line)
        .path(path)
        .annotations(annotations)
        .into()
}

/// A clause of many lines is shown by its first one: a whole function body underlined points at nothing.
fn headline(text: &str, clause: &Bytes) -> Bytes {
    const MOST_LINES: usize = 4;
    let clause = within(text, clause);
    let shown = &text[clause.clone()];
    match shown.find('\n') {
        Some(end) if shown.matches('\n').count() >= MOST_LINES => {
            clause.start..clause.start + shown[..end].trim_end().len().max(1)
        }
        _ => clause,
    }
}

/// The span, moved to character boundaries inside of the text: an excerpt must never be what panics.
fn within(text: &str, span: &Bytes) -> Bytes {
    let mut start = span.start.min(text.len());
    while !text.is_char_boundary(start) {
        start -= 1;
    }
    let mut end = span.end.clamp(start, text.len());
    while !text.is_char_boundary(end) {
        end += 1;
    }
    start..end
}

/// Where the culprit's own name stands in the statement that made it.
fn name_in_statement(source: &Source, name: &str) -> Option<Bytes> {
    let statement = within(&source.text, &source.statement);
    // Lower case of other alphabets may be longer or shorter, and then offsets would lie.
    let text = source.text[statement.clone()].to_ascii_lowercase();
    let bare = name.split('(').next().unwrap_or(name);
    let bare = bare.rsplit('.').next().unwrap_or(bare);
    let bare = bare.trim_matches('"').to_ascii_lowercase();
    if bare.is_empty() {
        return None;
    }
    let is_word = |c: char| c.is_alphanumeric() || c == '_' || c == '$';
    text.match_indices(&bare)
        .find(|(at, _)| {
            !text[..*at].ends_with(is_word) && !text[at + bare.len()..].starts_with(is_word)
        })
        .map(|(at, _)| statement.start + at..statement.start + at + bare.len())
}
