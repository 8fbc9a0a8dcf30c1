//! Decides who lives in the world: tenants, their users, one user of two tenants, one of none, and everybody's keys.
use super::bounds::listed;
use super::kind::Kind;
use super::model::{Tenant, TenantId, User, UserId};
use super::plan::{Level, Part, Plan};
use super::source::Source;
use super::token::{Universe, mix, runner, token};
use super::value::{Cell, strategy};
use super::words::Words;
use crate::catalog::Catalog;
use crate::tenancy::{KeyId, Tenancy};
use proptest::strategy::{Strategy, ValueTree};
use std::collections::{BTreeMap, BTreeSet};

/// Attacker, victim, bystander.
const TENANTS: [&str; 3] = ["org_a", "org_b", "org_c"];
/// Most users of one tenant.
const USERS: usize = 5;

/// Who there is, before there are rows.
pub struct People {
    pub tenants: Vec<Tenant>,
    pub users: Vec<User>,
}

impl People {
    pub fn new(catalog: &Catalog, tenancy: &Tenancy, plan: &Plan, seed: u64) -> People {
        let mut people = People {
            tenants: Vec::new(),
            users: Vec::new(),
        };
        let ranks = ranks(tenancy);
        let each = if tenancy.user.is_some() && tenancy.user == tenancy.tenant {
            1
        } else if !plan.levels.contains(&Level::User) {
            ranks.len().clamp(1, USERS)
        } else {
            ranks.len().clamp(2, USERS)
        };
        let each = match each {
            1 if tenancy.user.is_some() && tenancy.user == tenancy.tenant => 1,
            each => each.max(1 + standings(tenancy, plan)).min(USERS),
        };
        for (index, name) in TENANTS.iter().enumerate() {
            people.tenants.push(Tenant {
                name: (*name).to_owned(),
                keys: BTreeMap::new(),
            });
            for place in 0..each {
                let rank = ranks.get(place % ranks.len().max(1)).cloned();
                people.users.push(User {
                    name: user_name(name, rank.as_deref(), place, each, ranks.len()),
                    tenants: vec![TenantId(index)],
                    rank,
                    keys: BTreeMap::new(),
                });
            }
        }
        if can_travel(tenancy, plan) {
            people.users.push(User {
                name: format!("a user of {} and {}", TENANTS[0], TENANTS[2]),
                tenants: vec![TenantId(0), TenantId(2)],
                rank: ranks.first().cloned(),
                keys: BTreeMap::new(),
            });
        }
        if can_be_alone(tenancy, plan) {
            people.users.push(User {
                name: "a user of no organization".to_owned(),
                tenants: Vec::new(),
                rank: None,
                keys: BTreeMap::new(),
            });
        }
        people.give_keys(catalog, tenancy, plan, seed);
        people
    }

    /// The universe in which a user's own row stands.
    pub fn home(&self, user: UserId) -> Universe {
        match self.users[user.0].tenants.first() {
            Some(tenant) => Universe::Tenant(tenant.0),
            None => Universe::Outsider,
        }
    }

    /// Users whose home is in a universe.
    pub fn of(&self, universe: Universe) -> Vec<UserId> {
        (0..self.users.len())
            .map(UserId)
            .filter(|&user| self.home(user) == universe)
            .collect()
    }

    fn give_keys(&mut self, catalog: &Catalog, tenancy: &Tenancy, plan: &Plan, seed: u64) {
        for (index, level) in plan.levels.iter().enumerate() {
            let id = KeyId(index);
            let maker = Maker::new(catalog, tenancy, plan, id, seed);
            let named = tenancy.roles.role_is_key == Some(id);
            match level {
                Level::Tenant => {
                    let parted = parted(catalog, tenancy, id);
                    for (at, tenant) in self.tenants.iter_mut().enumerate() {
                        let role = named.then(|| format!("wt_{seed:x}_{}", tenant.name));
                        let value = role
                            .or_else(|| parted.get(at).cloned().flatten())
                            .or_else(|| maker.value(Universe::Tenant(at), 0));
                        tenant.keys.extend(value.map(|value| (id, value)));
                    }
                }
                Level::User => {
                    for at in 0..self.users.len() {
                        let home = self.home(UserId(at));
                        let role = named.then(|| format!("wt_{seed:x}_user_{at}"));
                        let value = role.or_else(|| maker.value(home, at));
                        self.users[at].keys.extend(value.map(|value| (id, value)));
                    }
                }
                Level::Row => {}
            }
        }
        self.meet_numbers(catalog, tenancy, plan, seed);
    }

    /// Where tenants and users are both numbered, the last member of the attacking tenant has the victim's number: whoever
    /// takes a user's number for a tenant's lets that member in. Keys that are drawn by chance never meet.
    fn meet_numbers(&mut self, catalog: &Catalog, tenancy: &Tenancy, plan: &Plan, seed: u64) {
        let (Some(tenant), Some(user)) = (tenancy.tenant, tenancy.user) else {
            return;
        };
        let levels = (plan.levels[tenant.0], plan.levels[user.0]);
        if tenant == user || levels != (Level::Tenant, Level::User) {
            return;
        }
        let makers = [tenant, user].map(|key| Maker::new(catalog, tenancy, plan, key, seed));
        let fits = match [&makers[0], &makers[1]].map(|maker| (&maker.kind, &maker.source)) {
            [
                (Kind::Int(theirs), Source::Fresh),
                (Kind::Int(own), Source::Fresh),
            ] => theirs <= own,
            _ => false,
        };
        let members = self.users.iter_mut();
        let mut members = members.filter(|user| user.tenants == [TenantId(0)]);
        let (Some(_), Some(last)) = (members.next(), members.last()) else {
            return;
        };
        let victim = &self.tenants[1];
        if let Some(number) = victim.keys.get(&tenant).filter(|_| fits) {
            last.keys.insert(user, number.clone());
            last.name = format!("{} with the number of {}", last.name, victim.name);
        }
    }
}

/// Values that tenants must have, because a table has a partition for each tenant and no room for others. The victim gets
/// the partition that others may name, if there is one.
fn parted(catalog: &Catalog, tenancy: &Tenancy, key: KeyId) -> Vec<Option<String>> {
    let columns = tenancy.keys[key.0].columns.iter();
    let found = columns.filter_map(|column| {
        let mut relations = catalog.relations.iter();
        let relation = relations.find(|r| r.oid == column.relation)?;
        let mut own = relation.columns.iter();
        let column = own.find(|c| c.number == column.column)?;
        Some(listed(catalog, relation, column)).filter(|values| values.len() > 1)
    });
    let mut values = found.into_iter().next().unwrap_or_default().into_iter();
    let victim = values.next();
    let second = values.next();
    match values.next() {
        Some(third) => vec![Some(third), victim, second],
        None => vec![second, victim],
    }
}

/// Makes values of one key that is decided before there are rows.
struct Maker {
    kind: Kind,
    source: Source,
    words: Words,
    key: usize,
    seed: u64,
}

impl Maker {
    /// Values look as the key's root column wants them, else as its first column that says how it looks.
    fn new(catalog: &Catalog, tenancy: &Tenancy, plan: &Plan, id: KeyId, seed: u64) -> Maker {
        let key = &tenancy.keys[id.0];
        let columns = key.root.iter().chain(&key.columns);
        let told = columns
            .filter_map(|c| plan.table(c.relation)?.column(c.column))
            .find(|c| !matches!(c.kind, Kind::Array(_)));
        let kind = told.map_or_else(|| Kind::named(catalog, &key.type_name), |c| c.kind.clone());
        let words = told.map_or(Words::Plain, |c| c.words);
        let source = told
            .and_then(|c| c.looks.first().cloned())
            .unwrap_or(match kind {
                Kind::Text { .. } => Source::Text(words),
                _ => Source::Fresh,
            });
        Maker {
            kind,
            source,
            words,
            key: id.0,
            seed,
        }
    }

    fn value(&self, universe: Universe, place: usize) -> Option<String> {
        // Numbers below the first row's, so that no row's own number meets them.
        let number = (self.key * 64 + place + 1) as u32;
        let cell = Cell {
            universe,
            number,
            row: 0,
            token: token(universe, number, self.seed, false),
            words: self.words,
            changed: false,
        };
        let place = [
            self.seed,
            mix(&[self.key as u64]),
            universe.ordinal().into(),
            place as u64,
        ];
        let mut runner = runner(&place);
        strategy(&self.kind, &self.source, &cell)
            .new_tree(&mut runner)
            .ok()?
            .current()
    }
}

/// The first number that a row's cell takes in each universe.
pub fn first_number(plan: &Plan) -> u32 {
    plan.levels.len() as u32 * 64 + 64
}

/// How many standings beside ranks members of a tenant can have: flags of memberships, grades in tokens.
fn standings(tenancy: &Tenancy, plan: &Plan) -> usize {
    let flags = plan.tables.iter().filter_map(|table| match table.part {
        Part::Membership(at) => Some(table.flags(tenancy.memberships[at].user_column).count()),
        _ => None,
    });
    let grades = tenancy.claim_grades.values().map(Vec::len);
    flags.chain(grades).max().unwrap_or(0)
}

/// Every rank that a membership knows, in the schema's order.
fn ranks(tenancy: &Tenancy) -> Vec<String> {
    let mut seen = BTreeSet::new();
    let known = tenancy.memberships.iter().filter_map(|m| m.rank.as_ref());
    let first = known
        .map(|(_, values)| values)
        .find(|values| !values.is_empty());
    first
        .into_iter()
        .flatten()
        .filter(|rank| seen.insert((*rank).clone()))
        .take(USERS)
        .cloned()
        .collect()
}

fn user_name(tenant: &str, rank: Option<&str>, place: usize, each: usize, ranks: usize) -> String {
    match rank {
        Some(rank) if place < ranks => format!("{tenant}'s {rank}"),
        Some(rank) => format!("{tenant}'s second {rank}"),
        None if each == 1 => format!("{tenant}'s user"),
        None => format!("{tenant}'s user {}", place + 1),
    }
}

/// A user can belong to two tenants when a table of memberships has room for a second row of the same user.
fn can_travel(tenancy: &Tenancy, plan: &Plan) -> bool {
    tenancy.user != tenancy.tenant
        && plan.tables.iter().any(|table| match table.part {
            Part::Membership(index) => !table.is_unique(tenancy.memberships[index].user_column),
            _ => false,
        })
}

/// A user can belong to no tenant when the table of users does not demand one.
fn can_be_alone(tenancy: &Tenancy, plan: &Plan) -> bool {
    if tenancy.user.is_none() || tenancy.user == tenancy.tenant {
        return false;
    }
    let users = plan.tables.iter().find(|table| table.part == Part::Users);
    let bound = |table: &super::plan::Table| {
        table
            .columns
            .iter()
            .any(|c| c.key.is_some_and(|key| plan.levels[key.0] != Level::User) && !c.nullable)
    };
    match users {
        Some(table) => !bound(table),
        None => !tenancy.memberships.is_empty(),
    }
}
