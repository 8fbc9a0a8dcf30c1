//! Compares the rows before with the rows after: who lost, who gained, who is somebody else's now.
use super::heirs::Heirs;
use super::snapshot::{Fate, Finder, Row, Snapshot, Table};
use crate::event::{Problem, ProblemKind, RehearsedTable};
use crate::world::{TenantId, World};
use std::collections::{BTreeMap, BTreeSet};

/// Example rows shown with a problem.
const EXAMPLES: usize = 3;

/// Where every row of before is now, by table and row.
pub fn fates(before: &Snapshot, after: &Snapshot) -> BTreeMap<(String, usize), Fate> {
    let finder = Finder::new(after, before);
    let mut out = BTreeMap::new();
    for (name, table) in &before.tables {
        for (at, row) in table.rows.iter().enumerate() {
            out.insert((name.clone(), at), finder.fate(name, table, row));
        }
    }
    out
}

/// What is wrong with one row.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Wrong {
    pub kind: ProblemKind,
    pub table: String,
    /// The row's index before.
    pub row: usize,
    /// Who has it now, for rows that moved.
    pub now: Option<TenantId>,
}

/// The rows compared, with owners told on both sides.
pub struct Compared<'a> {
    pub before: &'a Snapshot,
    pub after: &'a Snapshot,
    pub fates: &'a BTreeMap<(String, usize), Fate>,
    pub heirs: &'a Heirs,
    pub old_world: &'a World,
    /// Tables whose rows belonged to somebody before the migrations.
    pub owned_before: BTreeSet<String>,
    /// Tables whose rows belong to somebody after the migrations.
    pub owned: BTreeSet<String>,
    pub platform: BTreeSet<String>,
    /// The column that says most surely whose a row is, by table of after.
    pub owner_columns: BTreeMap<String, String>,
}

impl Compared<'_> {
    /// Every row that is not where it should be.
    pub fn wrongs(&self) -> Vec<Wrong> {
        let finder = Finder::new(self.after, self.before);
        let original = Finder::new(self.before, self.before);
        let mut wrongs = Vec::new();
        for ((name, at), fate) in self.fates {
            let table = &self.before.tables[name];
            let row = &table.rows[*at];
            let mut tell = |kind, now| {
                wrongs.push(Wrong {
                    kind,
                    table: name.clone(),
                    row: *at,
                    now,
                });
            };
            let (place, found) = match fate {
                Fate::Lost => {
                    tell(ProblemKind::Lost, None);
                    continue;
                }
                Fate::Kept(place, found) | Fate::Elsewhere(place, found) => (place, *found),
            };
            let now = &self.after.tables[place].rows[found];
            if let Some(kind) = self.owner_fault(name, row, place, now) {
                tell(kind, now.tenant);
            }
            // Rows may have been alike before: then the migrations copied nothing.
            let copied = finder.copies(place, table, row, found) > 0
                && original.copies(name, table, row, *at) == 0;
            if copied && matches!(fate, Fate::Kept(..)) {
                tell(ProblemKind::Duplicated, None);
            }
        }
        wrongs
    }

    fn owner_fault(&self, name: &str, row: &Row, place: &str, now: &Row) -> Option<ProblemKind> {
        let heirs = self.heirs.of(name, row.tenant, row.user)?;
        let column = self.owner_columns.get(place).map(std::slice::from_ref);
        let cells = column.and_then(|column| self.after.tables[place].cells(now, column));
        if cells.is_some_and(|cells| cells == [None]) {
            // That some other column still leads to an owner does not help those who ask this one.
            return Some(ProblemKind::Ownerless);
        }
        match now.tenant {
            Some(TenantId(tenant)) if heirs.contains(&tenant) => None,
            Some(_) => Some(ProblemKind::Moved),
            None if self.owned.contains(place) => Some(ProblemKind::Ownerless),
            None => None,
        }
    }

    /// One line per table of before and after.
    pub fn tables(&self, wrongs: &[Wrong]) -> Vec<RehearsedTable> {
        let names: BTreeSet<&String> = self
            .before
            .tables
            .keys()
            .chain(self.after.tables.keys())
            .collect();
        let empty = Table::default();
        names
            .into_iter()
            .map(|name| {
                let before = self.before.tables.get(name).unwrap_or(&empty);
                let after = self.after.tables.get(name);
                let count = |kind| {
                    wrongs
                        .iter()
                        .filter(|w| w.table == *name && w.kind == kind)
                        .count()
                };
                let fates =
                    || (0..before.rows.len()).filter_map(|at| self.fates.get(&(name.clone(), at)));
                let went: BTreeSet<&String> = fates()
                    .filter_map(|fate| match fate {
                        Fate::Elsewhere(place, _) => Some(place),
                        Fate::Kept(place, _) => (place != name).then_some(place),
                        Fate::Lost => None,
                    })
                    .collect();
                let found = self.fates.values().filter(|fate| match fate {
                    Fate::Kept(place, _) | Fate::Elsewhere(place, _) => place == name,
                    Fate::Lost => false,
                });
                let rows_after = after.map_or(0, |table| table.rows.len());
                let wrong = count(ProblemKind::Moved)
                    + count(ProblemKind::Lost)
                    + count(ProblemKind::Ownerless);
                RehearsedTable {
                    name: name.clone(),
                    platform: self.platform.contains(name),
                    rows_before: before.rows.len(),
                    rows_after,
                    kept: before.rows.len() - wrong,
                    moved: count(ProblemKind::Moved),
                    lost: count(ProblemKind::Lost),
                    duplicated: count(ProblemKind::Duplicated),
                    ownerless: count(ProblemKind::Ownerless),
                    made: rows_after.saturating_sub(found.count()),
                    orphans: match self.owned_before.contains(name) {
                        true => before
                            .rows
                            .iter()
                            .filter(|row| row.tenant.is_none())
                            .count(),
                        false => 0,
                    },
                    went_to: went.into_iter().cloned().collect(),
                    dropped: after.is_none(),
                    immutable: None,
                    updatable: None,
                    refused: 0,
                }
            })
            .filter(|table| table.rows_before + table.rows_after > 0)
            .collect()
    }

    /// One problem per table and kind, the worst kinds first.
    pub fn problems(&self, wrongs: &[Wrong]) -> Vec<Problem> {
        let mut groups: BTreeMap<(ProblemKind, &str), Vec<&Wrong>> = BTreeMap::new();
        for wrong in wrongs {
            groups
                .entry((wrong.kind, &wrong.table))
                .or_default()
                .push(wrong);
        }
        groups
            .into_iter()
            .map(|((kind, name), wrongs)| {
                let table = &self.before.tables[name];
                let example = |wrong: &&Wrong| table.name_of(&table.rows[wrong.row]);
                Problem {
                    kind,
                    object: name.to_owned(),
                    title: self.sentence(kind, name, &wrongs),
                    migration: None,
                    place: None,
                    examples: wrongs.iter().take(EXAMPLES).map(example).collect(),
                    allowed: None,
                }
            })
            .collect()
    }

    fn sentence(&self, kind: ProblemKind, name: &str, wrongs: &[&Wrong]) -> String {
        let count = wrongs.len();
        let rows = if count == 1 {
            "1 row".to_owned()
        } else {
            format!("{count} rows")
        };
        let table = &self.before.tables[name];
        let of: BTreeSet<&str> = wrongs
            .iter()
            .filter_map(|wrong| {
                Some(
                    self.old_world.tenants[table.rows[wrong.row].tenant?.0]
                        .name
                        .as_str(),
                )
            })
            .collect();
        let of = match of.is_empty() {
            true => "of nobody".to_owned(),
            false => format!("of {}", of.into_iter().collect::<Vec<_>>().join(" and ")),
        };
        let now: BTreeSet<&str> = wrongs
            .iter()
            .filter_map(|wrong| Some(self.heirs.world.tenants[wrong.now?.0].name.as_str()))
            .collect();
        let now = now.into_iter().collect::<Vec<_>>().join(" and ");
        match kind {
            ProblemKind::Moved => format!("{rows} {of} in {name} now belong to {now}"),
            ProblemKind::Lost => format!("{rows} {of} in {name} are nowhere any more"),
            ProblemKind::Duplicated => format!("{rows} {of} in {name} stand there more than once"),
            ProblemKind::Ownerless => format!("{rows} {of} in {name} belong to nobody any more"),
            _ => format!("{rows} {of} in {name}"),
        }
    }

    /// Where rows of nobody went: sentences, and a problem when one table gave them to more than one tenant.
    pub fn orphans(&self) -> (Vec<String>, Vec<Problem>) {
        let mut tenants: BTreeMap<Option<usize>, (usize, BTreeSet<&str>)> = BTreeMap::new();
        for ((name, at), fate) in self.fates {
            let row = &self.before.tables[name].rows[*at];
            let (Fate::Kept(place, found) | Fate::Elsewhere(place, found)) = fate else {
                continue;
            };
            if row.tenant.is_some() || row.user.is_some() || !self.owned.contains(place) {
                continue;
            }
            let now = self.after.tables[place].rows[*found]
                .tenant
                .map(|tenant| tenant.0);
            let entry = tenants.entry(now).or_default();
            entry.0 += 1;
            entry.1.insert(name);
        }
        let mut notes = Vec::new();
        for (now, (count, tables)) in &tenants {
            let to = now.map_or("nobody".to_owned(), |at| self.tenant(at));
            let rows = if *count == 1 { "1 row" } else { "rows" };
            let count = if *count == 1 {
                String::new()
            } else {
                format!("{count} ")
            };
            notes.push(format!(
                "{count}{rows} of nobody in {} went to {to}",
                listed(tables)
            ));
        }
        let given: Vec<usize> = tenants.keys().copied().flatten().collect();
        let problems = match given.len() {
            0 | 1 => Vec::new(),
            _ => vec![Problem {
                kind: ProblemKind::Scattered,
                object: String::new(),
                title: format!("rows of nobody went to {} different tenants", given.len()),
                migration: None,
                place: None,
                examples: notes.clone(),
                allowed: None,
            }],
        };
        (notes, problems)
    }

    fn tenant(&self, at: usize) -> String {
        let tenant = &self.heirs.world.tenants[at];
        let value = tenant.keys.values().next().map_or("", String::as_str);
        match tenant.name.ends_with(value) {
            true => tenant.name.clone(),
            false => format!("{} ({value})", tenant.name),
        }
    }
}

/// A few names, and how many more there are.
fn listed(names: &BTreeSet<&str>) -> String {
    let shown: Vec<&str> = names.iter().take(4).copied().collect();
    match names.len().saturating_sub(shown.len()) {
        0 => shown.join(", "),
        1 => format!("{} and one more table", shown.join(", ")),
        more => format!("{} and {more} more tables", shown.join(", ")),
    }
}
