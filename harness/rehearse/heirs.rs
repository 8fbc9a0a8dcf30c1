//! Who the tenants are after the migrations, and whose rows must be theirs: the heirs of the tenants before.
use super::snapshot::{Fate, Row, Snapshot};
use crate::catalog::{Catalog, Oid};
use crate::tenancy::{ClaimMeaning, ColumnRef, KeyId, Tenancy};
use crate::world::{Tenant, TenantId, TrueRow, User, UserId, World};
use serde_json::Value;
use std::collections::{BTreeMap, BTreeSet};

/// Tenants and users after the migrations, and which of them may own what the old ones owned.
#[derive(Debug, Clone)]
pub struct Heirs {
    pub world: World,
    /// By old user: the new tenants that the user is of.
    users: Vec<BTreeSet<usize>>,
    /// By old tenant.
    tenants: Vec<BTreeSet<usize>>,
    /// Tables whose rows belonged to a user and to no tenant: they go where the user goes.
    by_user: BTreeSet<String>,
}

/// What stood there before, and what stands there now.
pub struct Sides<'a> {
    pub old_tenancy: &'a Tenancy,
    pub old_world: &'a World,
    /// Tables of before whose rows belonged to a user and to no tenant.
    pub by_user: BTreeSet<String>,
    pub catalog: &'a Catalog,
    pub tenancy: &'a Tenancy,
    /// Owners unknown.
    pub rows: &'a BTreeMap<Oid, Vec<TrueRow>>,
    pub before: &'a Snapshot,
    pub after: &'a Snapshot,
    /// By table and row of `before`.
    pub fates: &'a BTreeMap<(String, usize), Fate>,
}

impl Heirs {
    /// The new tenants that may own a row of the table whose owner was this tenant and user.
    pub fn of(
        &self,
        table: &str,
        tenant: Option<TenantId>,
        user: Option<UserId>,
    ) -> Option<&BTreeSet<usize>> {
        let user = user.filter(|_| self.by_user.contains(table));
        let by_user = user.map(|user| &self.users[user.0]);
        by_user
            .filter(|found| !found.is_empty())
            .or_else(|| tenant.map(|tenant| &self.tenants[tenant.0]))
    }

    /// Finds out from the migrated rows who belongs to whom now.
    pub fn find(sides: &Sides<'_>) -> Heirs {
        let values = Values::new(sides);
        let old = sides.old_world;
        let by_user = &sides.by_user;
        let old_user = sides.old_tenancy.user;
        let ids: Vec<Option<&String>> = old
            .users
            .iter()
            .map(|user| old_user.and_then(|key| user.keys.get(&key)))
            .collect();
        let mut users: Vec<BTreeSet<&str>> = ids
            .iter()
            .map(|id| id.map(|id| values.tenants_of(id)).unwrap_or_default())
            .collect();
        for (at, found) in users.iter_mut().enumerate() {
            if found.is_empty() {
                let owned = |table: &str, row: &Row| match by_user.contains(table) {
                    true => row.user == Some(UserId(at)),
                    false => {
                        row.tenant.is_some() && row.tenant == old.users[at].tenants.first().copied()
                    }
                };
                found.extend(values.most_common(&owned));
            }
        }
        let tenants: Vec<BTreeSet<&str>> = (0..old.tenants.len())
            .map(|at| values.heirs_of_tenant(TenantId(at), &users))
            .collect();
        // Whom the users of a tenant are of now comes first: they are the ones who attack.
        let followed: Vec<BTreeSet<&str>> = (0..old.tenants.len())
            .map(|at| followed(old, TenantId(at), &users))
            .chain(tenants.iter().cloned())
            .collect();
        let order = order(&followed, &values.all);
        let number = |value: &str| order.iter().position(|known| *known == value);
        let numbers = |found: &BTreeSet<&str>| found.iter().filter_map(|v| number(v)).collect();
        let users: Vec<BTreeSet<usize>> = users.iter().map(numbers).collect();
        let tenants: Vec<BTreeSet<usize>> = tenants.iter().map(numbers).collect();
        let world = world(sides, &order, &users, &tenants, &ids);
        Heirs {
            world,
            users,
            tenants,
            by_user: by_user.clone(),
        }
    }

    /// Sentences about tenants that became one, and users who are of none.
    pub fn notes(&self, old: &World) -> Vec<String> {
        let mut notes = Vec::new();
        for (at, tenant) in self.world.tenants.iter().enumerate() {
            let of: Vec<&str> = (0..old.tenants.len())
                .filter(|old| self.tenants[*old].contains(&at))
                .map(|at| old.tenants[at].name.as_str())
                .collect();
            if of.len() > 1 {
                let value = tenant.keys.values().next().map_or("?", String::as_str);
                notes.push(format!(
                    "{} are one tenant now ({value}): they share every row",
                    of.join(" and ")
                ));
            }
        }
        for (at, user) in old.users.iter().enumerate() {
            if self.users[at].is_empty() && !user.tenants.is_empty() {
                notes.push(format!("{} belongs to no tenant now", user.name));
            }
        }
        notes
    }
}

/// The migrated rows, as far as they say who is of which tenant.
struct Values<'a> {
    sides: &'a Sides<'a>,
    key: Option<KeyId>,
    /// Every tenant there is.
    all: Vec<&'a str>,
}

impl<'a> Values<'a> {
    fn new(sides: &'a Sides<'a>) -> Values<'a> {
        let key = sides.tenancy.tenant;
        let columns = key.map(|key| &sides.tenancy.keys[key.0]);
        let root: Vec<ColumnRef> = columns.and_then(|key| key.root).into_iter().collect();
        let places = match (root.is_empty(), columns) {
            (true, Some(key)) => key.columns.clone(),
            _ => root,
        };
        let mut all: Vec<&str> = Vec::new();
        for place in places {
            for value in column(sides, place) {
                if !all.contains(&value) {
                    all.push(value);
                }
            }
        }
        Values { sides, key, all }
    }

    /// The tenants that a user's own rows, memberships or claims name.
    fn tenants_of(&self, id: &'a str) -> BTreeSet<&'a str> {
        let tenancy = self.sides.tenancy;
        let (Some(user), Some(tenant)) = (tenancy.user, self.key) else {
            return BTreeSet::new();
        };
        if user == tenant {
            return BTreeSet::from([id]);
        }
        let mut found = BTreeSet::new();
        for relation in &self.sides.catalog.relations {
            let here = |key: KeyId| {
                let columns = tenancy.keys[key.0].columns.iter();
                columns
                    .filter(|c| c.relation == relation.oid)
                    .map(|c| c.column)
            };
            let membership = tenancy
                .memberships
                .iter()
                .find(|m| m.relation == relation.oid);
            let own = |column: &i16| {
                relation
                    .uniques
                    .iter()
                    .any(|unique| unique.columns == [*column] && unique.predicate.is_none())
            };
            let people: Vec<i16> = match membership {
                Some(membership) => vec![membership.user_column],
                None => here(user).filter(own).collect(),
            };
            let tenants: Vec<i16> = match membership {
                Some(membership) => vec![membership.tenant_column],
                None => here(tenant).collect(),
            };
            let place = |number: &i16| relation.columns.iter().position(|c| c.number == *number);
            let people: Vec<usize> = people.iter().filter_map(place).collect();
            let tenants: Vec<usize> = tenants.iter().filter_map(place).collect();
            for row in self.sides.rows.get(&relation.oid).into_iter().flatten() {
                if !people
                    .iter()
                    .any(|&at| row.values[at].as_deref() == Some(id))
                {
                    continue;
                }
                found.extend(tenants.iter().filter_map(|&at| row.values[at].as_deref()));
                found.extend(
                    row.values
                        .iter()
                        .flatten()
                        .filter_map(|value| self.claimed(value)),
                );
            }
        }
        found
    }

    /// A document of a user's own row that holds the tenant at the end of a claim's path: what the token will say.
    fn claimed(&self, document: &str) -> Option<&'a str> {
        if !document.starts_with('{') {
            return None;
        }
        let value: Value = serde_json::from_str(document).ok()?;
        let claims = self.sides.tenancy.claims.iter();
        let of_tenants = claims.filter(|c| {
            self.key
                .is_some_and(|key| c.meaning == ClaimMeaning::Key(key))
        });
        let mut paths = of_tenants
            .filter(|c| !c.user_editable)
            .map(|c| c.path.as_slice());
        paths.find_map(|path| {
            // The whole path, or its end: the document is often stored as the part of the token that it becomes.
            let mut ends = (0..path.len()).map(|from| &path[from..]);
            let held = ends.find_map(|end| end.iter().try_fold(&value, |at, step| at.get(step)))?;
            self.all
                .iter()
                .copied()
                .find(|known| Some(*known) == held.as_str())
        })
    }

    /// The tenant that most rows of an old owner are of now.
    fn most_common(&self, owned: &dyn Fn(&str, &Row) -> bool) -> Option<&'a str> {
        let mut counts: BTreeMap<&str, usize> = BTreeMap::new();
        for ((name, at), fate) in self.sides.fates {
            let row = &self.sides.before.tables[name].rows[*at];
            let (Fate::Kept(place, found), true) = (fate, owned(name, row)) else {
                continue;
            };
            let table = &self.sides.after.tables[place];
            let columns = self
                .key
                .map(|key| self.sides.tenancy.keys[key.0].columns.iter());
            for column in columns
                .into_iter()
                .flatten()
                .filter(|c| c.relation == table.oid)
            {
                let relation = self
                    .sides
                    .catalog
                    .relations
                    .iter()
                    .find(|r| r.oid == table.oid);
                let at =
                    relation.and_then(|r| r.columns.iter().position(|c| c.number == column.column));
                if let Some(value) = at.and_then(|at| table.rows[*found].values[at].as_deref()) {
                    *counts.entry(value).or_default() += 1;
                }
            }
        }
        counts
            .into_iter()
            .max_by_key(|(_, count)| *count)
            .map(|(value, _)| value)
    }

    /// A tenant that is still there is its own heir; else its users' tenants are, else the one that most of its rows are of.
    fn heirs_of_tenant(&self, old: TenantId, users: &[BTreeSet<&'a str>]) -> BTreeSet<&'a str> {
        let world = self.sides.old_world;
        let key = self.sides.old_tenancy.tenant;
        let value = key.and_then(|key| world.tenants[old.0].keys.get(&key));
        if let Some(same) = value.and_then(|value| self.all.iter().find(|known| *known == value)) {
            return BTreeSet::from([*same]);
        }
        let found = followed(world, old, users);
        match found.is_empty() {
            true => self
                .most_common(&|_, row| row.tenant == Some(old))
                .into_iter()
                .collect(),
            false => found,
        }
    }
}

/// Where the users of one tenant alone are now.
fn followed<'a>(world: &World, old: TenantId, users: &[BTreeSet<&'a str>]) -> BTreeSet<&'a str> {
    let own = world
        .users
        .iter()
        .zip(users)
        .filter(|(user, _)| user.tenants == [old]);
    own.flat_map(|(_, tenants)| tenants).copied().collect()
}

fn column<'a>(sides: &'a Sides<'a>, place: ColumnRef) -> Vec<&'a str> {
    let relation = sides
        .catalog
        .relations
        .iter()
        .find(|r| r.oid == place.relation);
    let at = relation.and_then(|r| r.columns.iter().position(|c| c.number == place.column));
    let rows = sides.rows.get(&place.relation).into_iter().flatten();
    let values = rows.filter_map(|row| row.values.get(at?)?.as_deref());
    values.collect()
}

/// The heirs of the attacking tenant first, then of the victim, then of the bystander, then the others.
fn order<'a>(tenants: &[BTreeSet<&'a str>], all: &[&'a str]) -> Vec<&'a str> {
    let mut order: Vec<&str> = Vec::new();
    for value in tenants.iter().flatten().chain(all) {
        if !order.contains(value) {
            order.push(value);
        }
    }
    order
}

fn world(
    sides: &Sides<'_>,
    order: &[&str],
    users: &[BTreeSet<usize>],
    tenants: &[BTreeSet<usize>],
    ids: &[Option<&String>],
) -> World {
    let old = sides.old_world;
    let of_users = |tenant: usize, at: usize| {
        let mut own = old
            .users
            .iter()
            .zip(users)
            .filter(|(user, _)| user.tenants == [TenantId(tenant)]);
        own.any(|(_, tenants)| tenants.contains(&at))
    };
    let named = |at: usize| {
        let of: Vec<&str> = (0..old.tenants.len())
            .filter(|old| tenants[*old].contains(&at) || of_users(*old, at))
            .map(|at| old.tenants[at].name.as_str())
            .collect();
        match of.is_empty() {
            true => format!("the tenant {}", order[at]),
            false => of.join("+"),
        }
    };
    let key_of = |key: Option<KeyId>, value: &str| key.map(|key| (key, value.to_owned()));
    World {
        seed: old.seed,
        tenants: order
            .iter()
            .enumerate()
            .map(|(at, value)| Tenant {
                name: named(at),
                keys: key_of(sides.tenancy.tenant, value).into_iter().collect(),
            })
            .collect(),
        users: old
            .users
            .iter()
            .enumerate()
            .map(|(at, user)| User {
                name: user.name.clone(),
                tenants: users[at].iter().map(|&tenant| TenantId(tenant)).collect(),
                rank: user.rank.clone(),
                keys: ids[at]
                    .and_then(|id| key_of(sides.tenancy.user, id))
                    .into_iter()
                    .collect(),
            })
            .collect(),
        rows: Vec::new(),
    }
}
