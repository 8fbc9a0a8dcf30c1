//! Fills keys and references of a row in the making, so that they lead to rows of its own universe or to shared rows.
use super::generate::{Builder, Draft, tenant_of};
use super::kind::Kind;
use super::model::{Row, UserId};
use super::plan::{Level, Link, Part, Table};
use super::source::Source;
use super::token::Universe;
use super::value::array_of;
use crate::tenancy::KeyId;
use std::collections::BTreeMap;

/// The bystander lends a user or tenant to shared rows whose columns cannot be NULL.
const LENDER: Universe = Universe::Tenant(2);

impl Builder<'_> {
    /// Sets the columns that hold keys of tenants and users.
    pub(super) fn give_keys(&self, table: &Table, draft: &mut Draft) {
        for column in &table.columns {
            let (Some(key), false) = (column.key, draft.values.contains_key(&column.number)) else {
                continue;
            };
            let source = draft.source(table, column.number);
            let value = match self.plan.levels[key.0] {
                _ if source == Some(&Source::Null) => None,
                Level::Row => continue,
                Level::Tenant => self.tenant_key(draft.universe, key, column.nullable),
                Level::User => {
                    let owner = table.owners.contains(&column.number);
                    self.user_key(table, draft, key, source, owner, column.nullable)
                }
            };
            let wrap = |text: String| match column.kind {
                Kind::Array(_) => array_of(&[text]),
                _ => text,
            };
            if value.is_some() || column.nullable {
                draft.values.insert(column.number, value.map(wrap));
            }
        }
    }

    fn tenant_key(&self, universe: Universe, key: KeyId, nullable: bool) -> Option<String> {
        let tenant = match (tenant_of(universe), tenant_of(LENDER)) {
            (Some(own), _) => own,
            (None, Some(lender)) if !nullable => lender,
            _ => return None,
        };
        self.people.tenants.get(tenant.0)?.keys.get(&key).cloned()
    }

    fn user_key(
        &self,
        table: &Table,
        draft: &Draft,
        key: KeyId,
        source: Option<&Source>,
        owner: bool,
        nullable: bool,
    ) -> Option<String> {
        let value = |user: UserId| self.people.users[user.0].keys.get(&key).cloned();
        let users = self.people.of(draft.universe);
        if let (Some(Source::Reference(rank)), true) = (source, ranked(table, draft)) {
            let mut values: Vec<String> = users.iter().filter_map(|&user| value(user)).collect();
            values.sort();
            return pick(&values, usize::from(*rank), draft.turn()).cloned();
        }
        match draft.user {
            // Columns besides the owner's show colleagues in further rows.
            Some(user)
                if !owner && draft.row as usize >= users.len() && table.part == Part::Owned =>
            {
                let at = users.iter().position(|&u| u == user).unwrap_or(0);
                users
                    .get((at + draft.row as usize) % users.len().max(1))
                    .copied()
                    .and_then(value)
            }
            Some(user) => value(user),
            None if nullable => None,
            None => {
                let lent = self
                    .people
                    .of(Universe::Outsider)
                    .into_iter()
                    .chain(self.people.of(LENDER));
                lent.into_iter().find_map(value)
            }
        }
    }

    /// Sets the columns of foreign keys, those of several columns first.
    pub(super) fn link(&self, table: &Table, draft: &mut Draft) -> Result<(), String> {
        for (index, link) in table.links.iter().enumerate() {
            let null = |column: &i16| {
                draft.values.get(column) == Some(&None)
                    || !draft.values.contains_key(column)
                        && draft.source(table, *column) == Some(&Source::Null)
            };
            if link.columns.iter().any(null) {
                continue;
            }
            if link.late && link.target != table.relation {
                draft.waiting.push(index);
                continue;
            }
            match self.parent(table, draft, link) {
                Some(values) => draft.values.extend(values),
                None => self.orphan(table, draft, link)?,
            }
        }
        for column in table.columns.iter().filter(|c| c.reference) {
            let waits = draft
                .waiting
                .iter()
                .any(|&l| table.links[l].columns.contains(&column.number));
            if !draft.values.contains_key(&column.number) && !waits {
                if !column.nullable {
                    return Err(format!("nothing decides column {}", column.name));
                }
                draft.values.insert(column.number, None);
            }
        }
        Ok(())
    }

    /// Values of the link's columns from a fitting parent row.
    fn parent(
        &self,
        table: &Table,
        draft: &Draft,
        link: &Link,
    ) -> Option<BTreeMap<i16, Option<String>>> {
        let fixed = |row: &&Row| {
            link.columns
                .iter()
                .zip(&link.target_columns)
                .all(|(own, theirs)| {
                    let Some(value) = draft.values.get(own) else {
                        return true;
                    };
                    row.values.get(theirs).is_some_and(|v| v == value)
                })
        };
        let filled = |row: &&Row| {
            link.target_columns
                .iter()
                .all(|c| row.values.get(c).is_some_and(Option::is_some))
        };
        let near: Vec<&Row> = self
            .near(draft.universe, link)
            .into_iter()
            .filter(filled)
            .collect();
        let mut rows: Vec<&Row> = near.iter().copied().filter(fixed).collect();
        let decided = link.columns.iter().all(|c| draft.values.contains_key(c));
        if rows.is_empty() && decided {
            // A user of two tenants has one row, in the first tenant's universe.
            let anywhere = self.places.get(&link.target).into_iter().flatten();
            rows = anywhere
                .map(|&at| &self.rows[at])
                .filter(fixed)
                .take(1)
                .collect();
            if rows.is_empty() && link.target == table.relation {
                return refers_to_itself(draft, link).then(BTreeMap::new);
            }
        }
        let same: Vec<&Row> = rows
            .iter()
            .copied()
            .filter(|r| r.user == draft.user)
            .collect();
        let any = same.is_empty() || draft.attempt % 8 == 7 || ranked(table, draft);
        let rows = if any { rows } else { same };
        let row = choose(table, draft, link, rows)?;
        let values = link.columns.iter().zip(&link.target_columns);
        Some(
            values
                .map(|(&own, theirs)| (own, row.values.get(theirs).cloned().flatten()))
                .collect(),
        )
    }

    /// Rows that a row of the universe may refer to.
    fn near<'s>(&'s self, universe: Universe, link: &Link) -> Vec<&'s Row> {
        let shared_target = self
            .plan
            .table(link.target)
            .is_none_or(|table| table.part == Part::Shared);
        let here = |row: &&Row| universe_of(row) == universe;
        let all = || {
            self.places
                .get(&link.target)
                .into_iter()
                .flatten()
                .map(|&at| &self.rows[at])
        };
        if shared_target {
            return all().chain(self.existing_rows(link)).collect();
        }
        let own: Vec<&Row> = all().filter(here).collect();
        if !own.is_empty() || tenant_of(universe).is_some() {
            return own;
        }
        // Rows of nobody borrow a parent only where they cannot do without.
        if link.nullable {
            return Vec::new();
        }
        let lent = |row: &&Row| [Universe::Outsider, LENDER].contains(&universe_of(row));
        all().filter(lent).collect()
    }

    fn existing_rows(&self, link: &Link) -> impl Iterator<Item = &Row> {
        self.existing.get(&link.target).into_iter().flatten()
    }

    /// No parent fits: let go of what can be let go of.
    fn orphan(&self, table: &Table, draft: &mut Draft, link: &Link) -> Result<(), String> {
        let own_row = link.target == table.relation;
        if own_row && !link.nullable {
            // The first row of a table whose rows must refer to a row of the same table refers to itself.
            for (own, theirs) in link.columns.iter().zip(&link.target_columns) {
                if let Some(value) = draft.values.get(theirs).cloned() {
                    draft.values.entry(*own).or_insert(value);
                }
            }
            return Ok(());
        }
        let free = link.columns.iter().find(|column| {
            let nullable = table.column(**column).is_some_and(|c| c.nullable);
            nullable && !table.owners.contains(column)
        });
        if let Some(&column) = free {
            draft.values.insert(column, None);
            return Ok(());
        }
        let loose: Vec<i16> = link
            .columns
            .iter()
            .copied()
            .filter(|&c| self.is_loose(table, c) && draft.values.contains_key(&c))
            .collect();
        let saved = draft.values.clone();
        for column in &loose {
            draft.values.remove(column);
        }
        match self.parent(table, draft, link) {
            Some(values) if !loose.is_empty() => {
                draft.values.extend(values);
                Ok(())
            }
            _ => {
                draft.values = saved;
                let target = self
                    .plan
                    .table(link.target)
                    .map_or("another table", |t| &t.name);
                Err(format!("no row of {target} to refer to"))
            }
        }
    }

    /// A column of a user key that may name another user of the same tenant.
    fn is_loose(&self, table: &Table, number: i16) -> bool {
        let key = table.column(number).and_then(|c| c.key);
        key.is_some_and(|key| self.plan.levels[key.0] == Level::User)
    }

    /// Fills references to tables that came later.
    pub(super) fn close_cycles(&mut self) {
        for (at, index) in std::mem::take(&mut self.late) {
            let Some(table) = self.plan.table(self.rows[at].relation) else {
                continue;
            };
            let row = &self.rows[at];
            let draft = Draft {
                values: row.values.clone(),
                sources: vec![0; table.columns.len()],
                user: row.user,
                row: at as u32,
                attempt: 0,
                universe: universe_of(row),
                waiting: Vec::new(),
            };
            let link = &table.links[index];
            let values = self.parent(table, &draft, link).unwrap_or_else(|| {
                let open = link.columns.iter().filter(|c| !row.values.contains_key(c));
                open.map(|&c| (c, None)).collect()
            });
            self.rows[at].values.extend(values);
        }
    }

    /// The user that a row belongs to, by its owner columns.
    pub(super) fn owner(&self, table: &Table, draft: &Draft) -> Option<UserId> {
        if matches!(table.part, Part::Users | Part::Membership(_)) {
            return draft.user;
        }
        if self.lies_with_user(table, draft) {
            return draft.user;
        }
        for column in table
            .columns
            .iter()
            .filter(|c| table.owners.contains(&c.number))
        {
            let Some(key) = column.key else { continue };
            let value = draft.values.get(&column.number).cloned().flatten();
            let holder = |user: &crate::world::User| {
                user.keys
                    .get(&key)
                    .is_some_and(|v| Some(v) == value.as_ref())
            };
            if let Some(at) = self.people.users.iter().position(holder) {
                return Some(UserId(at));
            }
        }
        let link = table
            .links
            .iter()
            .find(|l| l.columns.iter().all(|c| table.owners.contains(c)))?;
        let matches = |row: &&Row| {
            link.columns
                .iter()
                .zip(&link.target_columns)
                .all(|(own, theirs)| {
                    draft
                        .values
                        .get(own)
                        .is_some_and(|v| v.is_some() && row.values.get(theirs) == Some(v))
                })
        };
        let rows = self
            .places
            .get(&link.target)?
            .iter()
            .map(|&at| &self.rows[at]);
        rows.filter(|row| universe_of(row) == draft.universe)
            .find(matches)?
            .user
    }
}

impl Draft {
    /// Turns through candidates from row to row and from attempt to attempt.
    fn turn(&self) -> usize {
        self.row as usize + self.attempt as usize
    }
}

pub(super) fn universe_of(row: &Row) -> Universe {
    match (row.tenant, row.user) {
        (Some(tenant), _) => Universe::Tenant(tenant.0),
        (None, Some(_)) => Universe::Outsider,
        (None, None) => Universe::Shared,
    }
}

/// Does a CHECK of this row compare references with each other?
fn ranked(table: &Table, draft: &Draft) -> bool {
    let high = |c: &super::plan::Column| matches!(draft.source(table, c.number), Some(Source::Reference(rank)) if *rank > 0);
    table.columns.iter().any(high)
}

/// A candidate from the lower, middle or upper third.
fn pick<T>(sorted: &[T], rank: usize, turn: usize) -> Option<&T> {
    let count = sorted.len();
    let start = rank * count / 3;
    let end = ((rank + 1) * count / 3).max(start + 1).min(count.max(1));
    sorted.get((start + turn % (end - start)).min(count.checked_sub(1)?))
}

/// Sorts numbers as numbers and everything else as text.
fn order_of(row: &Row, column: i16) -> (Option<i64>, Option<String>) {
    let text = row.values.get(&column).cloned().flatten();
    (text.as_ref().and_then(|t| t.parse().ok()), text)
}

/// A row may refer to itself.
fn refers_to_itself(draft: &Draft, link: &Link) -> bool {
    let mut pairs = link.columns.iter().zip(&link.target_columns);
    pairs.all(|(own, theirs)| draft.values.get(own) == draft.values.get(theirs))
}

/// The parent whose turn it is; where a CHECK compares references, one of the fitting rank.
fn choose<'r>(
    table: &Table,
    draft: &Draft,
    link: &Link,
    mut rows: Vec<&'r Row>,
) -> Option<&'r Row> {
    match link.columns.first().and_then(|&c| draft.source(table, c)) {
        Some(Source::Reference(rank)) if ranked(table, draft) => {
            rows.sort_by_key(|row| order_of(row, link.target_columns[0]));
            pick(&rows, usize::from(*rank), draft.turn()).copied()
        }
        _ => rows.get(draft.turn() % rows.len().max(1)).copied(),
    }
}
