//! The rows of every table at one moment, found again by their keys or by what they hold.
use crate::catalog::{Catalog, Oid, Relation};
use crate::world::{TenantId, TrueRow, Truth, UserId, is_token};
use std::collections::{BTreeMap, BTreeSet, HashMap};

/// All tables with rows, by schema-qualified name. Partitions are counted with the table that they are part of.
#[derive(Debug, Clone, Default)]
pub struct Snapshot {
    pub tables: BTreeMap<String, Table>,
    /// Tables by oid: a rename keeps it.
    names: BTreeMap<Oid, String>,
}

#[derive(Debug, Clone, Default)]
pub struct Table {
    pub oid: Oid,
    /// Names of the columns, in the order of the rows' values.
    pub columns: Vec<String>,
    /// Names of the primary key's columns; empty without one.
    pub key: Vec<String>,
    pub rows: Vec<Row>,
}

#[derive(Debug, Clone, Default)]
pub struct Row {
    pub values: Vec<Option<String>>,
    pub tenant: Option<TenantId>,
    pub user: Option<UserId>,
}

impl Table {
    /// The values of some columns; `None` when one of the columns is not there.
    pub fn cells<'t>(&self, row: &'t Row, names: &[String]) -> Option<Vec<Option<&'t str>>> {
        let place = |name: &String| self.columns.iter().position(|column| column == name);
        names
            .iter()
            .map(|name| Some(row.values[place(name)?].as_deref()))
            .collect()
    }

    /// How people name a row: by its key, else by all of its values.
    pub fn name_of(&self, row: &Row) -> String {
        let names = if self.key.is_empty() {
            &self.columns
        } else {
            &self.key
        };
        let cells = self.cells(row, names).unwrap_or_default();
        let cells = names.iter().zip(cells).take(4);
        let shown = cells.map(|(name, value)| format!("{name} {}", value.unwrap_or("NULL")));
        shown.collect::<Vec<_>>().join(", ")
    }
}

impl Snapshot {
    pub fn new(catalog: &Catalog, truth: &Truth) -> Snapshot {
        let mut snapshot = Snapshot::default();
        for relation in &catalog.relations {
            let Some(rows) = truth.tables.get(&relation.oid) else {
                continue;
            };
            let top = top(catalog, relation);
            snapshot.names.insert(top.oid, top.display_name());
            let table = snapshot
                .tables
                .entry(top.display_name())
                .or_insert_with(|| Table {
                    oid: top.oid,
                    columns: top.columns.iter().map(|c| c.name.clone()).collect(),
                    key: key(top),
                    rows: Vec::new(),
                });
            // A partition may number its columns otherwise.
            let places: Vec<Option<usize>> = table
                .columns
                .iter()
                .map(|name| relation.columns.iter().position(|c| c.name == *name))
                .collect();
            let row = |row: &TrueRow| Row {
                values: places
                    .iter()
                    .map(|place| place.and_then(|place| row.values.get(place).cloned().flatten()))
                    .collect(),
                tenant: row.tenant,
                user: row.user,
            };
            table.rows.extend(rows.iter().map(row));
        }
        snapshot
    }
}

/// Where a row of an earlier moment is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Fate {
    /// In the table of the same name or, after a rename, of the same identity: (table, row).
    Kept(String, usize),
    /// In another table.
    Elsewhere(String, usize),
    Lost,
}

/// Rows of one table by the values of some columns.
type Index<'s> = HashMap<Vec<Option<&'s str>>, usize>;

/// A snapshot with what it takes to find rows of earlier moments in it.
pub struct Finder<'s> {
    snapshot: &'s Snapshot,
    /// By table, then by the key's column names and values.
    by_key: HashMap<(&'s str, Vec<String>), Index<'s>>,
    /// Words that stand in one row of ours alone, with all places where they stand.
    by_word: HashMap<&'s str, Vec<(&'s str, usize)>>,
}

impl<'s> Finder<'s> {
    /// `keys` are the key columns by which rows of each table will be looked for.
    pub fn new(snapshot: &'s Snapshot, earlier: &Snapshot) -> Finder<'s> {
        let mut finder = Finder {
            snapshot,
            by_key: HashMap::new(),
            by_word: HashMap::new(),
        };
        let keys: BTreeSet<&Vec<String>> = earlier.tables.values().map(|t| &t.key).collect();
        for (name, table) in &snapshot.tables {
            for key in keys.iter().filter(|key| !key.is_empty()) {
                let index: Option<Index<'_>> = table
                    .rows
                    .iter()
                    .enumerate()
                    .map(|(at, row)| Some((table.cells(row, key)?, at)))
                    .collect();
                if let Some(index) = index {
                    finder.by_key.insert((name, (*key).clone()), index);
                }
            }
            for (at, row) in table.rows.iter().enumerate() {
                for word in words(table, row) {
                    finder.by_word.entry(word).or_default().push((name, at));
                }
            }
        }
        finder
    }

    /// Where a row of `table`, which was called `name`, is now.
    pub fn fate(&self, name: &str, table: &Table, row: &Row) -> Fate {
        let renamed = self.snapshot.names.get(&table.oid);
        for place in [Some(name), renamed.map(String::as_str)]
            .into_iter()
            .flatten()
        {
            if let Some(at) = self.by_key(place, table, row) {
                return Fate::Kept(place.to_owned(), at);
            }
        }
        let mut seen: BTreeMap<(&str, usize), usize> = BTreeMap::new();
        for word in words(table, row) {
            for place in self.by_word.get(word).into_iter().flatten() {
                *seen.entry(*place).or_default() += 1;
            }
        }
        // The row that shares most words; of equals the one in a table of the same name.
        let best = seen
            .iter()
            .max_by_key(|((table, at), count)| (**count, *table == name, std::cmp::Reverse(*at)));
        match best {
            Some(((found, at), _)) if *found == name => Fate::Kept(name.to_owned(), *at),
            Some(((found, at), _)) => Fate::Elsewhere((*found).to_owned(), *at),
            None => self.elsewhere_by_key(name, table, row),
        }
    }

    fn by_key(&self, place: &str, table: &Table, row: &Row) -> Option<usize> {
        let index = self
            .by_key
            .get(&(place, table.key.clone()) as &(&str, Vec<String>))?;
        index.get(&table.cells(row, &table.key)?).copied()
    }

    /// A row without text is known by its key alone, when that is no small number that other tables have too.
    fn elsewhere_by_key(&self, name: &str, table: &Table, row: &Row) -> Fate {
        let cells = table.cells(row, &table.key).unwrap_or_default();
        let distinctive = cells.iter().flatten().any(|cell| cell.len() >= 32);
        let places = self.snapshot.tables.keys().filter(|_| distinctive);
        places
            .filter(|place| *place != name)
            .find_map(|place| {
                Some(Fate::Elsewhere(
                    place.clone(),
                    self.by_key(place, table, row)?,
                ))
            })
            .unwrap_or(Fate::Lost)
    }

    /// Rows of a table that hold the same words as the row and are not it: copies.
    pub fn copies(&self, place: &str, table: &Table, row: &Row, itself: usize) -> usize {
        let mut found: BTreeSet<usize> = BTreeSet::new();
        for word in words(table, row) {
            let places = self.by_word.get(word).into_iter().flatten();
            found.extend(
                places
                    .filter(|(name, at)| *name == place && *at != itself)
                    .map(|(_, at)| at),
            );
        }
        found.len()
    }
}

/// Tokens of the row's own cells. The key is left out: other rows may refer by it.
fn words<'r>(table: &Table, row: &'r Row) -> impl Iterator<Item = &'r str> {
    let own = |at: usize| !table.key.contains(&table.columns[at]);
    let cells: Vec<&str> = row
        .values
        .iter()
        .enumerate()
        .filter(|(at, _)| own(*at))
        .filter_map(|(_, value)| value.as_deref())
        .collect();
    cells
        .into_iter()
        .flat_map(|cell| cell.split(|c: char| !c.is_ascii_alphanumeric()))
        .filter(|word| is_token(word))
}

/// The table that a partition is part of, however indirectly; any other table itself.
pub(super) fn top<'c>(catalog: &'c Catalog, relation: &'c Relation) -> &'c Relation {
    let mut top = relation;
    while let Some(parent) = top.is_partition.then(|| top.parents.first()).flatten() {
        match catalog.relation(*parent) {
            Some(found) => top = found,
            None => break,
        }
    }
    top
}

fn key(relation: &Relation) -> Vec<String> {
    let name = |number: &i16| Some(relation.column(*number)?.name.clone());
    relation.primary_key.iter().filter_map(name).collect()
}
