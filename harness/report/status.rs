//! The status of a move between tenant keys, as a table that fits a terminal.
use super::Look;
use super::plain::{counted, one_line, wrap};
use super::status_json;
use super::status_words::{column_words, few, policy_words, todo};
use crate::status::{LeftOut, Side, Stage, Status, Table};

/// What `watertight status --format` can name, the default first.
pub const STATUS_FORMATS: [&str; 2] = ["full", "json"];

/// The answer of `watertight status` for one system.
pub fn status(status: &Status, format: &str, look: &Look) -> String {
    match format {
        "json" => status_json::lines(status),
        _ => full(status, look),
    }
}

const BAR_WIDTH: usize = 30;

/// A table's name gives way before the marks beside it do.
const NARROWEST_NAME: usize = 16;

fn full(status: &Status, look: &Look) -> String {
    let mut page = Page {
        look,
        text: String::new(),
    };
    let at = match &status.through {
        Some(through) => format!(" at {}", one_line(through)),
        None => String::new(),
    };
    let filled = match &status.from {
        Some(from) => format!(", filled at {}", one_line(from)),
        None => String::new(),
    };
    let at = at + &filled;
    let title = one_line(&status.system);
    if !status.moves() {
        page.line(&format!("{title}{at}: {}", nothing(status)), 0);
        page.left_out(&status.left_out);
        return page.text;
    }
    let (old, new) = (status.old.join(", "), &status.new);
    page.line(&one_line(&format!("{title}{at}: from {old} to {new}")), 0);
    page.tables(status);
    page.line(LEGEND, 2);
    page.lists(status);
    page.left_out(&status.left_out);
    page.progress(status);
    page.text
}

const LEGEND: &str = "N not null, F filled, I indexed, R references (r not validated), M immutable; · no, – unproven";

fn nothing(status: &Status) -> String {
    let new = one_line(&status.new);
    let tables = counted(status.tables.len(), "table");
    let ask = match &status.candidate {
        Some(candidate) => format!(
            ". If they shall move to {0}, to which {1} of them refer, say so: --tenant {0}",
            one_line(&candidate.column),
            candidate.tables
        ),
        None => String::new(),
    };
    format!("there is nothing to move, because the rows of all {tables} belong to {new} alone{ask}")
}

struct Page<'a> {
    look: &'a Look,
    text: String,
}

/// One row of the table.
struct Cells {
    name: String,
    new: String,
    old: String,
    policies: String,
}

impl Cells {
    fn of(table: &Table) -> Cells {
        let new = match (table.column(Side::New), &table.parent) {
            (Some(column), _) => column_words(column),
            (None, Some(parent)) => format!("by {}", one_line(parent)),
            (None, None) => "none".to_owned(),
        };
        let old = table.column(Side::Old);
        Cells {
            name: one_line(&table.name),
            new,
            old: old.map_or_else(|| "none".to_owned(), column_words),
            policies: policy_words(table),
        }
    }

    fn heading(text: String) -> Cells {
        Cells {
            name: text,
            new: "new column".to_owned(),
            old: "old column".to_owned(),
            policies: "policies".to_owned(),
        }
    }
}

fn width(text: &str) -> usize {
    text.chars().count()
}

/// Cut to `most` characters; what is cut shows.
fn cut(text: &str, most: usize) -> String {
    match width(text) <= most {
        true => text.to_owned(),
        false => text
            .chars()
            .take(most.saturating_sub(1))
            .chain(['…'])
            .collect(),
    }
}

impl Page<'_> {
    fn blank(&mut self) {
        self.text.push('\n');
    }

    /// Text that is wrapped and indented.
    fn line(&mut self, text: &str, indent: usize) {
        let wrapped = wrap(text, self.look.width.saturating_sub(indent));
        for line in wrapped.lines() {
            self.text
                .push_str(&format!("{:indent$}{line}\n", "", indent = indent));
        }
    }

    fn painted(&self, text: &str, stage: Stage) -> String {
        // SGR 1 is bold; 31, 32 and 33 are red, green and yellow (ECMA-48, 8.3.117).
        let color = match stage {
            Stage::Moved => 32,
            Stage::Half => 33,
            Stage::NotBegun => 31,
        };
        match self.look.color {
            true => format!("\u{1b}[1;{color}m{text}\u{1b}[0m"),
            false => text.to_owned(),
        }
    }

    fn tables(&mut self, status: &Status) {
        let cells: Vec<Cells> = status.tables.iter().map(Cells::of).collect();
        let widest = |of: fn(&Cells) -> &str, least: usize| {
            let widths = cells.iter().map(|cells| width(of(cells)));
            widths.max().unwrap_or(0).max(least)
        };
        let (new, old) = (widest(|c| &c.new, 10), widest(|c| &c.old, 10));
        let policies = widest(|c| &c.policies, 8);
        let room = self.look.width.saturating_sub(4 + new + old + policies + 6);
        let wished = widest(|c| &c.name, 24);
        // The schema is the first to go where all tables stand in the same one; the lists below name it.
        let schema = (wished > room).then(|| common_schema(status)).flatten();
        let shown = |name: &str| match &schema {
            Some(schema) => name
                .strip_prefix(schema.as_str())
                .unwrap_or(name)
                .to_owned(),
            None => name.to_owned(),
        };
        let longest = cells.iter().map(|cells| width(&shown(&cells.name))).max();
        let name = longest.unwrap_or(0).max(24).min(room.max(NARROWEST_NAME));
        for stage in Stage::ALL {
            let tables: Vec<&Table> = status.at(stage).collect();
            if tables.is_empty() {
                continue;
            }
            let title = heading(stage, tables.len());
            let columns = Cells::heading(String::new());
            let rest = name + 2;
            self.blank();
            let line = format!(
                "  {}{:pad$}  {:new$}  {:old$}  {}",
                self.painted(&title, stage),
                "",
                columns.new,
                columns.old,
                columns.policies,
                pad = rest.saturating_sub(width(&title)),
            );
            self.text.push_str(line.trim_end());
            self.blank();
            for table in tables {
                let cells = Cells::of(table);
                let line = format!(
                    "    {:name$}  {:new$}  {:old$}  {}",
                    cut(&shown(&cells.name), name),
                    cells.new,
                    cells.old,
                    cells.policies
                );
                self.text.push_str(line.trim_end());
                self.blank();
                if stage == Stage::Half {
                    self.line(&format!("to do: {}", todo(&table.gaps)), 6);
                }
            }
        }
        self.blank();
    }

    /// The two lists by which a move is verified.
    fn lists(&mut self, status: &Status) {
        let without: Vec<String> = status
            .without_new_column()
            .map(|table| one_line(&table.name))
            .collect();
        self.list("with the old column and no new one", &without);
        let legacy: Vec<String> = status
            .with_old_policies()
            .map(|table| {
                let names: Vec<&str> = table.old_policies().map(|p| p.name.as_str()).collect();
                one_line(&format!("{} ({})", table.name, few(&names)))
            })
            .collect();
        self.list("with policies that ask for the old key", &legacy);
    }

    fn list(&mut self, heading: &str, entries: &[String]) {
        self.blank();
        self.line(
            &format!("{heading}: {}", counted(entries.len(), "table")),
            2,
        );
        self.line(&entries.join(", "), 4);
    }

    fn left_out(&mut self, tables: &[LeftOut]) {
        if tables.is_empty() {
            return;
        }
        self.blank();
        self.line(
            &format!("not counted: {}", counted(tables.len(), "table")),
            2,
        );
        let mut reasons: Vec<(&str, Vec<String>)> = Vec::new();
        for left in tables {
            let name = one_line(&left.table);
            match reasons
                .iter_mut()
                .find(|(reason, _)| *reason == left.reason)
            {
                Some((_, names)) => names.push(name),
                None => reasons.push((&left.reason, vec![name])),
            }
        }
        for (reason, names) in reasons {
            self.line(&format!("{}: {}", names.join(", "), one_line(reason)), 4);
        }
    }

    /// `[█████░░░░░] 34 of 88 tables moved (38 %)`
    fn progress(&mut self, status: &Status) {
        let (moved, all) = (status.moved(), status.tables.len());
        let full = (BAR_WIDTH * moved).checked_div(all).unwrap_or(BAR_WIDTH);
        let bar = format!("{}{}", "█".repeat(full), "░".repeat(BAR_WIDTH - full));
        let stage = if moved == all {
            Stage::Moved
        } else {
            Stage::Half
        };
        let bar = self.painted(&bar, stage);
        self.blank();
        let line = format!(
            "[{bar}] {moved} of {} moved ({} %)\n",
            counted(all, "table"),
            status.percent()
        );
        self.text.push_str(&line);
    }
}

/// `public.`, when every table's name begins with it.
fn common_schema(status: &Status) -> Option<String> {
    let first = status.tables.first()?;
    let end = first.name.find('.')? + 1;
    let schema = &first.name[..end];
    let same = |table: &Table| table.name.starts_with(schema);
    status.tables.iter().all(same).then(|| schema.to_owned())
}

fn heading(stage: Stage, tables: usize) -> String {
    let name = match stage {
        Stage::Moved => "moved",
        Stage::Half => "half moved",
        Stage::NotBegun => "not begun",
    };
    format!("{name}: {}", counted(tables, "table"))
}
