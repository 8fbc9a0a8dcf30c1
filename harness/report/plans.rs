//! What plans tell, as a page that fits a terminal: the worst first, one cause once.
use super::Look;
use super::plain::{counted, one_line, wrap};
use super::plans_html;
use super::plans_json;
use super::plans_measured::{self, measured, times};
use crate::plans::{Advice, Candidate, Fault, Finding, TableAdvice, Worse};
use std::collections::BTreeMap;

/// What `watertight plans --format` can name, the default first.
pub const PLANS_FORMATS: [&str; 2] = ["full", "json"];

/// How many tables with the same fault are named.
const NAMED: usize = 6;

/// The answer of `watertight plans` for one system.
pub fn plans(advice: &Advice, format: &str, look: &Look) -> String {
    match format {
        "json" => plans_json::lines(advice),
        _ => full(advice, look),
    }
}

/// The same as one page of HTML that needs nothing else.
pub fn plans_page(systems: &[Advice]) -> String {
    plans_html::page(systems)
}

/// What became worse since the baseline.
pub fn plans_worse(worse: &[Worse], format: &str, look: &Look) -> String {
    if format == "json" {
        return worse.iter().map(plans_json::worse).collect();
    }
    if worse.is_empty() {
        return "no plan is worse than in the baseline\n".to_owned();
    }
    let mut page = Page {
        look,
        text: String::new(),
    };
    for found in worse {
        let question = found
            .question
            .as_ref()
            .map(|q| format!(" ({})", one_line(q)));
        let (table, question) = (one_line(&found.table), question.unwrap_or_default());
        page.line(&format!("worse: {table}{question}: {}", found.what), 0);
        for (what, place) in &found.culprits {
            let place = place.as_ref().map(|place| format!("{place}: "));
            page.line(
                &format!("{}{}", place.unwrap_or_default(), one_line(what)),
                2,
            );
        }
        for (name, shape) in [("before", &found.before), ("now", &found.now)] {
            for (at, line) in shape.iter().enumerate() {
                let name = if at == 0 { name } else { "" };
                page.text.push_str(&format!(
                    "    {name:6}  {}\n",
                    super::plain::printable(line)
                ));
            }
        }
    }
    page.text
}

fn full(advice: &Advice, look: &Look) -> String {
    let mut page = Page {
        look,
        text: String::new(),
    };
    page.heading(advice);
    page.faults(advice);
    page.worth_adding(advice);
    page.missing(advice);
    page.redundant(advice);
    page.dead(advice);
    for table in &advice.tables {
        if let Some(found) = &table.measured {
            page.text.push('\n');
            page.text.push_str(&measured(table, found, look));
        }
    }
    if !advice.left_out.is_empty() {
        page.title("left out", advice.left_out.len(), "table");
        for left in &advice.left_out {
            page.line(&format!("{}: {}", one_line(&left.table), left.reason), 4);
        }
    }
    page.text
}

struct Page<'a> {
    look: &'a Look,
    text: String,
}

impl Page<'_> {
    /// Text that is wrapped and indented, further lines by two more.
    fn line(&mut self, text: &str, indent: usize) {
        let wrapped = wrap(text, self.look.width.saturating_sub(indent + 2));
        for (at, line) in wrapped.lines().enumerate() {
            let indent = indent + if at > 0 { 2 } else { 0 };
            self.text.push_str(&format!("{:indent$}{line}\n", ""));
        }
    }

    /// SQL is not broken, so that it can be copied.
    fn sql(&mut self, text: &str, indent: usize) {
        self.text
            .push_str(&format!("{:indent$}{};\n", "", one_line(text)));
    }

    fn title(&mut self, text: &str, count: usize, noun: &str) {
        let counted = match (count, noun) {
            (1, _) => format!("1 {noun}"),
            // The one noun here whose plural is not made by an s.
            (_, "index") => format!("{count} indexes"),
            _ => counted(count, noun),
        };
        let text = format!("{text}: {counted}");
        // SGR 1 is bold (ECMA-48, 8.3.117).
        let text = match self.look.color {
            true => format!("\u{1b}[1m{text}\u{1b}[0m"),
            false => text,
        };
        self.text.push_str(&format!("\n  {text}\n"));
    }

    fn heading(&mut self, advice: &Advice) {
        let count =
            |wanted: fn(&TableAdvice) -> bool| advice.tables.iter().filter(|t| wanted(t)).count();
        let by_index = count(|t| matches!(t.finding, Finding::Index(_)));
        let every = count(|t| t.finding == Finding::EveryRow);
        let none = count(|t| t.finding == Finding::NoIndex);
        self.line(
            &format!(
                "{}: of {} with policies, {by_index} find a tenant's rows by an index, {none} would if there were one, {every} read every row whatever indexes there are ({})",
                one_line(&advice.system),
                counted(advice.tables.len(), "table"),
                advice.server
            ),
            0,
        );
        if let Some(tried) = plans_measured::tried(advice) {
            self.line(&tried, 2);
        }
    }

    /// Tables whose policies are at fault for the same reason are told together.
    fn faults(&mut self, advice: &Advice) {
        let mut causes: BTreeMap<&str, Vec<(&TableAdvice, &Fault)>> = BTreeMap::new();
        let mut unexplained = Vec::new();
        let every = advice
            .tables
            .iter()
            .filter(|t| t.finding == Finding::EveryRow);
        for table in every.clone() {
            if table.faults.is_empty() {
                unexplained.push(table);
            }
            for fault in &table.faults {
                causes
                    .entry(&fault.reason)
                    .or_default()
                    .push((table, fault));
            }
        }
        if every.clone().count() == 0 {
            return;
        }
        self.title(
            "every row is read, whatever indexes there are",
            every.count(),
            "table",
        );
        let mut causes: Vec<_> = causes.into_iter().collect();
        causes.sort_by_key(|(_, tables)| std::cmp::Reverse(tables.len()));
        for (reason, tables) in causes {
            self.cause(reason, &tables);
        }
        for table in unexplained {
            let text = format!(
                "{}: each policy could use an index, but joined by OR they cannot use any together",
                one_line(&table.table)
            );
            self.line(&text, 4);
        }
    }

    fn cause(&mut self, reason: &str, tables: &[(&TableAdvice, &Fault)]) {
        self.line(
            &format!(
                "{}: the policy {}",
                counted(tables.len(), "time"),
                one_line(reason)
            ),
            4,
        );
        for (table, fault) in tables.iter().take(NAMED) {
            let place = match &fault.place {
                Some(place) => format!(" at {place}"),
                None => String::new(),
            };
            let (policy, table) = (one_line(&fault.policy), one_line(&table.table));
            self.line(&format!("{policy} on {table}{place}"), 6);
        }
        self.more(tables.len(), 6);
        let rewritten = tables.iter().filter(|(_, f)| f.rewrite.is_some());
        let (done, first) = (rewritten.clone().count(), rewritten.clone().next());
        let Some((
            _,
            Fault {
                rewrite: Some(rewrite),
                ..
            },
        )) = first
        else {
            self.line(
                "no other way to write it was found that shows everybody the same rows",
                6,
            );
            return;
        };
        let which = match (done, tables.len()) {
            (1, 1) => "tried".to_owned(),
            (done, all) if done == all => "tried on each, here the first".to_owned(),
            (done, all) => format!("tried on each, good on {done} of {all}, here the first"),
        };
        let text = format!(
            "{which}: an index is used, and {} see the same rows:",
            counted(rewrite.callers, "caller")
        );
        self.line(&text, 6);
        for statement in rewrite.before.iter().chain([&rewrite.sql]) {
            self.sql(statement, 8);
        }
    }

    fn missing(&mut self, advice: &Advice) {
        let all: Vec<_> = advice.tables.iter().flat_map(|t| &t.missing).collect();
        if all.is_empty() {
            return;
        }
        self.title("missing", all.len(), "index");
        let mut reasons: BTreeMap<&str, Vec<&str>> = BTreeMap::new();
        for missing in &all {
            reasons
                .entry(&missing.reason)
                .or_default()
                .push(&missing.sql);
        }
        let mut reasons: Vec<_> = reasons.into_iter().collect();
        reasons.sort_by_key(|(_, statements)| std::cmp::Reverse(statements.len()));
        for (reason, statements) in reasons {
            self.line(reason, 4);
            for sql in statements.iter().take(NAMED) {
                self.sql(sql, 6);
            }
            self.more(statements.len(), 6);
        }
    }

    /// What was not shown of a list.
    fn more(&mut self, all: usize, indent: usize) {
        if all > NAMED {
            let rest = all - NAMED;
            self.line(
                &format!("and {rest} more: --format json has them all"),
                indent,
            );
        }
    }

    /// The indexes that were built and measured, each on one line; more stands with its table.
    fn worth_adding(&mut self, advice: &Advice) {
        let measured = advice.tables.iter().filter_map(|t| t.measured.as_ref());
        let mut all: Vec<&Candidate> = measured.flat_map(|m| &m.candidates).collect();
        if all.is_empty() {
            return;
        }
        all.sort_by(|a, b| b.gain().total_cmp(&a.gain()));
        self.title("worth adding, by what was measured", all.len(), "index");
        for candidate in all {
            let (sql, gain) = (one_line(&candidate.sql), times(candidate.gain()));
            self.text
                .push_str(&format!("    {sql};  -- up to {gain} fewer blocks\n"));
        }
    }

    fn redundant(&mut self, advice: &Advice) {
        let all: Vec<_> = advice
            .tables
            .iter()
            .flat_map(|t| t.redundant.iter().map(move |r| (t, r)))
            .collect();
        if all.is_empty() {
            return;
        }
        self.title("redundant, another one does its work", all.len(), "index");
        let count = all.len();
        for (table, found) in all.into_iter().take(NAMED) {
            let place = found.place.as_ref().map(|place| format!(" ({place})"));
            let text = format!(
                "{} on {}: {} begins with its columns{}",
                one_line(&found.index),
                one_line(&table.table),
                one_line(&found.by),
                place.unwrap_or_default()
            );
            self.line(&text, 4);
        }
        self.more(count, 4);
    }

    fn dead(&mut self, advice: &Advice) {
        let all: Vec<_> = advice
            .tables
            .iter()
            .flat_map(|t| t.dead.iter().map(move |d| (t, d)))
            .collect();
        if all.is_empty() {
            return;
        }
        self.title(
            "dead weight under row security, because comparing may tell what is compared",
            all.len(),
            "column",
        );
        let count = all.len();
        for (table, found) in all.into_iter().take(NAMED) {
            let text = format!(
                "{} ({}) in {} on {}",
                one_line(&found.column),
                one_line(&found.type_name),
                one_line(&found.index),
                one_line(&table.table)
            );
            self.line(&text, 4);
        }
        self.more(count, 4);
    }
}
