//! Decides how many rows a table gets in each universe, whose they are and which states they show.
use super::folders::named_by_folders;
use super::model::{TenantId, UserId};
use super::people::People;
use super::plan::{Level, Part, Plan, Table};
use super::token::Universe;
use crate::tenancy::{KeyId, Tenancy};
use std::collections::BTreeMap;

/// A row to be made.
#[derive(Debug, Clone)]
pub struct Slot {
    pub universe: Universe,
    /// Whose the row is, as far as its table knows users.
    pub user: Option<UserId>,
    /// The row is about this user and can be about no other.
    pub bound: bool,
    /// Counts the rows of the table in the universe.
    pub row: u32,
    /// (group, combination): where the row differs from the plain state.
    pub states: Vec<(usize, usize)>,
    pub forced: BTreeMap<i16, Option<String>>,
}

/// Least and most rows of a tenant that show states, besides the plain ones.
const STATES: (usize, usize) = (3, 9);

/// Every row that the table should get, tenants taking turns so that none uses up what must be unique.
pub fn slots(tenancy: &Tenancy, plan: &Plan, people: &People, table: &Table) -> Vec<Slot> {
    let mut slots = match table.part {
        Part::Tenants => per_tenant(people),
        Part::Users => per_user(people, people.users.len()),
        Part::Membership(index) => memberships(tenancy, people, table, index),
        Part::Owned => owned(plan, people, table),
        Part::Shared => shared(plan, table),
    };
    if table.roster {
        let apart = |user: &UserId| match people.users[user.0].tenants.as_slice() {
            [] | [TenantId(0), ..] => false,
            [_, ..] => true,
        };
        slots.retain(|slot| slot.user.as_ref().is_some_and(apart));
    }
    if table.ownerless {
        let nothing: BTreeMap<i16, Option<String>> =
            table.owners.iter().map(|&column| (column, None)).collect();
        for _ in 0..2 {
            let slot = plain(Universe::Shared, None, false);
            slots.push(Slot {
                forced: nothing.clone(),
                ..slot
            });
        }
    }
    if !table.unnamed.is_empty() {
        let nothing: BTreeMap<i16, Option<String>> =
            table.unnamed.iter().map(|&column| (column, None)).collect();
        for tenant in 0..people.tenants.len() {
            let universe = Universe::Tenant(tenant);
            let slot = plain(universe, people.of(universe).first().copied(), false);
            slots.push(Slot {
                forced: nothing.clone(),
                ..slot
            });
        }
    }
    let mut counts: BTreeMap<Universe, u32> = BTreeMap::new();
    for slot in &mut slots {
        let count = counts.entry(slot.universe).or_default();
        slot.row = *count;
        *count += 1;
    }
    slots
}

fn plain(universe: Universe, user: Option<UserId>, bound: bool) -> Slot {
    Slot {
        universe,
        user,
        bound,
        row: 0,
        states: Vec::new(),
        forced: BTreeMap::new(),
    }
}

fn per_tenant(people: &People) -> Vec<Slot> {
    (0..people.tenants.len())
        .map(|at| {
            let universe = Universe::Tenant(at);
            plain(universe, people.of(universe).first().copied(), false)
        })
        .collect()
}

fn per_user(people: &People, count: usize) -> Vec<Slot> {
    (0..count)
        .map(UserId)
        .map(|user| plain(people.home(user), Some(user), true))
        .collect()
}

fn memberships(tenancy: &Tenancy, people: &People, table: &Table, index: usize) -> Vec<Slot> {
    let membership = &tenancy.memberships[index];
    let rank = membership.rank.as_ref().filter(|(column, values)| {
        let linked = table.links.iter().any(|l| l.columns.contains(column));
        !values.is_empty() && !linked
    });
    let mut slots = Vec::new();
    for (at, user) in people.users.iter().enumerate() {
        let place = people
            .of(people.home(UserId(at)))
            .iter()
            .position(|u| u.0 == at);
        for &TenantId(tenant) in &user.tenants {
            let mut slot = plain(Universe::Tenant(tenant), Some(UserId(at)), true);
            if let Some((column, values)) = rank {
                let own = user.rank.as_ref().filter(|rank| values.contains(rank));
                let turn = &values[place.unwrap_or(0) % values.len()];
                slot.forced
                    .insert(*column, Some(own.unwrap_or(turn).clone()));
            }
            // The last colleagues have one flag each; the first has none.
            let flags: Vec<i16> = table
                .flags(membership.user_column)
                .map(|c| c.number)
                .collect();
            let behind = each(people, UserId(at)).zip(place).map(|(n, p)| n - 1 - p);
            if let Some(flag) = behind
                .filter(|_| place != Some(0))
                .and_then(|n| flags.get(n))
            {
                slot.forced.entry(*flag).or_insert(Some("t".to_owned()));
            }
            slots.push(slot);
        }
    }
    slots
}

/// How many users are at home where this one is; nobody but those of one tenant alone carries a flag.
fn each(people: &People, user: UserId) -> Option<usize> {
    let alone = |user: &UserId| people.users[user.0].tenants.len() == 1;
    let colleagues = people.of(people.home(user)).into_iter().filter(alone);
    alone(&user).then(|| colleagues.count())
}

fn owned(plan: &Plan, people: &People, table: &Table) -> Vec<Slot> {
    let level = |column: &super::plan::Column| column.key.map(|key| plan.levels[key.0]);
    let single = |wanted: Level| {
        let of_level = |c: &&super::plan::Column| level(c) == Some(wanted);
        table
            .columns
            .iter()
            .filter(of_level)
            .any(|c| table.is_unique(c.number))
    };
    let owner_is_user = table
        .columns
        .iter()
        .any(|c| table.owners.contains(&c.number) && level(c) == Some(Level::User));
    let per_user = single(Level::User);
    let one_each = per_user || single(Level::Tenant);
    let of_user = |key: &KeyId| plan.levels[key.0] == Level::User;
    let mut folders = table
        .folders
        .iter()
        .flat_map(|folder| folder.parts.values());
    let personal = per_user || owner_is_user || table.user_private || folders.any(of_user);
    let shown = deviations(table, one_each);
    let mut slots = Vec::new();
    let most = people.users.len() + shown.len();
    for at in 0..most {
        for tenant in 0..people.tenants.len() {
            let universe = Universe::Tenant(tenant);
            let users = people.of(universe);
            let first = if personal { users.len().max(1) } else { 1 };
            let user = users.get(at % users.len().max(1)).copied();
            let mut slot = plain(universe, user, false);
            let state = match at.checked_sub(first) {
                // Identities of attacker and victim stay plain, so that they can do what members do.
                None if one_each && tenant >= 2 && (at > 0 || first == 1) => shown.get(at),
                None => None,
                Some(_) if one_each => continue,
                Some(nth) if nth < shown.len() => shown.get(nth),
                Some(_) => continue,
            };
            slot.states = state.cloned().unwrap_or_default();
            slots.push(slot);
        }
    }
    for values in table.demanded.iter().filter(|_| !one_each) {
        for tenant in 0..people.tenants.len() {
            let universe = Universe::Tenant(tenant);
            let slot = plain(universe, people.of(universe).first().copied(), false);
            slots.push(Slot {
                forced: values.clone(),
                ..slot
            });
        }
    }
    slots
}

fn shared(plan: &Plan, table: &Table) -> Vec<Slot> {
    let named = named_by_folders(plan, table).into_iter();
    let named: Vec<Slot> = named
        .map(|(column, text)| Slot {
            forced: BTreeMap::from([(column, Some(text))]),
            ..plain(Universe::Shared, None, false)
        })
        .collect();
    // Reference data that the migrations wrote is more real than ours.
    if plan
        .existing
        .get(&table.relation)
        .is_some_and(|rows| rows.len() > STATES.0)
    {
        return named;
    }
    let mut slots = vec![plain(Universe::Shared, None, false)];
    slots.extend(named);
    for states in deviations(table, false) {
        slots.push(Slot {
            states,
            ..plain(Universe::Shared, None, false)
        });
    }
    slots
}

/// For each further row, where it differs from the plain state. What policies mention gets a row of its own as long as
/// there are rows; the rest is spread evenly. Every state of every group appears in some row.
fn deviations(table: &Table, few: bool) -> Vec<Vec<(usize, usize)>> {
    let mut all: Vec<(usize, usize)> = Vec::new();
    for mentioned in [true, false] {
        for (group, found) in table.groups.iter().enumerate() {
            if found.mentioned == mentioned {
                all.extend((1..found.tuples.len()).map(|tuple| (group, tuple)));
            }
        }
    }
    let telling = table
        .groups
        .iter()
        .filter(|g| g.mentioned)
        .map(|g| g.tuples.len() - 1)
        .sum();
    let longest = table
        .groups
        .iter()
        .map(|g| g.tuples.len() - 1)
        .max()
        .unwrap_or(0);
    let count = longest.max(telling).clamp(STATES.0, STATES.1).max(longest);
    let count = if few { count.min(STATES.0) } else { count };
    let mut rows: Vec<Vec<(usize, usize)>> = vec![Vec::new(); count];
    for (nth, state) in all.into_iter().enumerate() {
        let free = |row: &Vec<(usize, usize)>| row.iter().all(|&(group, _)| group != state.0);
        let place = (0..count)
            .map(|step| (nth + step) % count)
            .find(|&row| free(&rows[row]));
        if let Some(place) = place {
            rows[place].push(state);
        }
    }
    rows
}
