//! Puts rows whose path says whose they are into the folders of their owners.
use super::generate::{Builder, Draft};
use super::kind::Kind;
use super::links::universe_of;
use super::plan::{Level, Plan, Table};
use super::token::Universe;
use crate::tenancy::{Folder, KeyId};
use std::collections::BTreeSet;

/// A folder that no key names.
const PLAIN: &str = "files";

impl Builder<'_> {
    /// Rows of tenants take turns among the kinds of folders; some lie in none, where something else says whose they are.
    pub(super) fn choose_folder(&self, table: &Table, draft: &mut Draft) {
        let users = self.people.of(draft.universe).len();
        let kinds = table.folders.len() + usize::from(!table.owners.is_empty());
        if kinds == 0 {
            return;
        }
        let later = (draft.row as usize + 1).saturating_sub(users);
        let Some(folder) = table.folders.get(later % kinds) else {
            return;
        };
        if !matches!(draft.universe, Universe::Tenant(_)) {
            return;
        }
        for (number, texts) in &folder.asked {
            let stands = |text: &&String| self.may_refer(table, *number, text);
            if let Some(text) = texts.iter().find(stands) {
                let value = || Some(text.clone());
                draft.values.entry(*number).or_insert_with(value);
            }
        }
    }

    /// Whether a column refers to nothing, or to a row with this value that is there.
    fn may_refer(&self, table: &Table, number: i16, text: &str) -> bool {
        let mut links = table.links.iter();
        let Some(link) = links.find(|link| link.columns == [number]) else {
            return true;
        };
        let made = self.places.get(&link.target).into_iter().flatten();
        let rows = made.map(|&at| &self.rows[at]);
        let existing = self.existing.get(&link.target).into_iter().flatten();
        rows.chain(existing).any(|row| {
            let value = row.values.get(&link.target_columns[0]);
            value.and_then(Option::as_deref) == Some(text)
        })
    }

    /// The drawn text becomes the file's own name, below the folders of its owner. Rows of nobody lie in no folder.
    pub(super) fn put_into_folder(&self, table: &Table, draft: &mut Draft) {
        let Some((folder, path)) = self.path(table, draft) else {
            return;
        };
        let column = table.column(folder.column);
        let room = column.is_some_and(|c| matches!(c.kind, Kind::Text { max: None }));
        let Some(Some(name)) = draft.values.get(&folder.column) else {
            return;
        };
        if room {
            let name = format!("{path}/{}", name.replace('/', "_"));
            draft.values.insert(folder.column, Some(name));
        }
    }

    /// Whether nothing says whose the row is: it lies in no folder, and no column names an owner.
    pub(super) fn is_astray(&self, table: &Table, draft: &Draft) -> bool {
        let told = table.folders.is_empty() || !table.owners.is_empty();
        let lies = self.path(table, draft).is_some_and(|(folder, path)| {
            let text = draft.values.get(&folder.column).and_then(Option::as_ref);
            text.is_some_and(|text| text.starts_with(&path))
        });
        !told && !lies
    }

    /// Whether the row lies in the folder of a user.
    pub(super) fn lies_with_user(&self, table: &Table, draft: &Draft) -> bool {
        let of_user = |key: &KeyId| self.plan.levels[key.0] == Level::User;
        self.path(table, draft)
            .is_some_and(|(folder, _)| folder.parts.values().any(of_user))
    }

    /// The folder that is made as this row's path has to be, and its path.
    fn path<'t>(&self, table: &'t Table, draft: &Draft) -> Option<(&'t Folder, String)> {
        let fits = |folder: &&Folder| {
            folder.asked.iter().all(|(number, texts)| {
                let value = draft.values.get(number).and_then(Option::as_ref);
                value.is_some_and(|value| texts.contains(value))
            })
        };
        let folder = table.folders.iter().find(fits)?;
        let places = folder.parts.keys().chain(folder.fixed.keys());
        let last = places.copied().max()?;
        let parts: Option<Vec<String>> = (1..=last)
            .map(|at| match folder.parts.get(&at) {
                Some(key) => self.part(draft, *key),
                None => {
                    let fixed = folder.fixed.get(&at).map(String::as_str);
                    Some(fixed.unwrap_or(PLAIN).to_owned())
                }
            })
            .collect();
        Some((folder, parts?.join("/")))
    }

    /// The value of a key in the row's universe.
    fn part(&self, draft: &Draft, key: KeyId) -> Option<String> {
        let Universe::Tenant(tenant) = draft.universe else {
            let user = &self.people.users[draft.user?.0];
            return user.keys.get(&key).cloned();
        };
        match self.plan.levels[key.0] {
            Level::Tenant => self.people.tenants[tenant].keys.get(&key).cloned(),
            Level::User => self.people.users[draft.user?.0].keys.get(&key).cloned(),
            Level::Row => {
                let root = self.roots.get(&key)?;
                let mut places = self.places.get(&root.relation)?.iter();
                let row = places.find_map(|&at| {
                    let row = &self.rows[at];
                    (universe_of(row) == draft.universe).then_some(row)
                })?;
                row.values.get(&root.column).cloned().flatten()
            }
        }
    }
}

/// Values that rows of a shared table must have for folders in other tables to be made: the buckets that policies name and
/// no migration makes.
pub(super) fn named_by_folders(plan: &Plan, table: &Table) -> BTreeSet<(i16, String)> {
    let mut out = BTreeSet::new();
    for other in &plan.tables {
        let links = other.links.iter();
        for link in links.filter(|link| link.target == table.relation && link.columns.len() == 1) {
            let asked = other
                .folders
                .iter()
                .filter_map(|folder| folder.asked.get(&link.columns[0]));
            let named = asked
                .flatten()
                .map(|text| (link.target_columns[0], text.clone()));
            out.extend(named);
        }
    }
    let existing = plan.existing.get(&table.relation).into_iter().flatten();
    for row in existing {
        out.retain(|(column, text)| row.get(column).and_then(Option::as_ref) != Some(text));
    }
    out
}
