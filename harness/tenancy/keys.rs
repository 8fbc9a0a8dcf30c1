//! Chooses, among the classes of columns and claims, which is the tenant and which the user.
use super::classes::{Class, column_type};
use super::facts::Facts;
use super::{ColumnRef, Key, KeyId};
use crate::catalog::{Catalog, Oid, RelationKind};
use std::collections::{BTreeMap, BTreeSet};

/// The classes that matter, and the two that matter most, by index into `classes`.
pub struct Choice {
    pub tenant: Option<usize>,
    pub user: Option<usize>,
    /// Further classes whose values tenants hold: projects found through memberships, e-mail addresses.
    pub others: Vec<usize>,
    pub evidence: Vec<String>,
}

/// Chooses by what policies compare; without policies, by the table that foreign keys lead to most.
pub fn choose(catalog: &Catalog, facts: &Facts, classes: &[Class]) -> Choice {
    let claimed: Vec<usize> = (0..classes.len())
        .filter(|&at| classes[at].identifies() && !classes[at].columns.is_empty())
        .collect();
    let reach = |at: usize| reached(catalog, &classes[at]).len();
    let named = user_class(catalog, facts, classes, &claimed);
    let session = named.and_then(|at| session_of(catalog, facts, classes, at));
    let user = session.or(named);
    let derived: Vec<usize> = (0..classes.len())
        .filter(|at| !claimed.contains(at) && is_derived(catalog, facts, classes, *at, user))
        .collect();
    let mut candidates: Vec<usize> = claimed
        .iter()
        .chain(&derived)
        .copied()
        .filter(|at| Some(*at) != user && may_be_tenant(catalog, &classes[*at]))
        .filter(|at| session.is_none() || Some(*at) != named)
        .collect();
    candidates.sort_by_key(|&at| (std::cmp::Reverse(reach(at)), at));
    let mut evidence = Vec::new();
    let tenant = match (candidates.first(), user) {
        (Some(&at), _) => {
            let how = if claimed.contains(&at) {
                "policies compare it with a claim of the caller"
            } else {
                "policies find it through the caller's memberships"
            };
            evidence.push(format!(
                "the tenant is {}: {how}; {} tables lead to it",
                describe(catalog, &classes[at]),
                reach(at)
            ));
            Some(at)
        }
        (None, Some(at)) => {
            evidence.push(format!(
                "each user is a tenant of its own: policies compare rows only with {}",
                describe(catalog, &classes[at])
            ));
            Some(at)
        }
        (None, None) => by_foreign_keys(catalog, classes).inspect(|&at| {
            evidence.push(format!(
                "the tenant is {}: no policy names the caller, but {} tables refer to it",
                describe(catalog, &classes[at]),
                reach(at)
            ));
        }),
    };
    if let Some(at) = user {
        let named = named.filter(|_| session.is_some());
        evidence.push(user_evidence(catalog, classes, at, named));
    }
    let others = claimed
        .into_iter()
        .chain(derived)
        .filter(|at| Some(*at) != tenant && Some(*at) != user)
        .collect();
    Choice {
        tenant,
        user,
        others,
        evidence,
    }
}

/// Who a user is, and how it is known: by a claim, or by the session that a claim names.
fn user_evidence(
    catalog: &Catalog,
    classes: &[Class],
    user: usize,
    session: Option<usize>,
) -> String {
    let how = session.map_or_else(
        || claims_of(&classes[user]),
        |at| format!("a session names it: {}", describe(catalog, &classes[at])),
    );
    format!("a user is {}: {how}", describe(catalog, &classes[user]))
}

/// The class that names the person: a JWT's `sub` (RFC 7519, 4.1.2), or the key of a table in which each row of it has
/// one row of another claimed class.
fn user_class(
    catalog: &Catalog,
    facts: &Facts,
    classes: &[Class],
    claimed: &[usize],
) -> Option<usize> {
    let subject = |at: &&usize| {
        classes[**at].claims.iter().any(|(setting, path)| {
            path.last().is_some_and(|last| last == "sub") || setting.ends_with(".sub")
        })
    };
    if let Some(&at) = claimed.iter().find(subject) {
        return Some(at);
    }
    let one_to_one = |at: &&usize| {
        claimed.iter().any(|&other| {
            other != **at && is_unique_beside(catalog, &classes[**at], &classes[other])
        })
    };
    if let Some(&at) = claimed.iter().find(one_to_one) {
        return Some(at);
    }
    if let Some(at) = narrower_beside_widest(catalog, classes, claimed) {
        return Some(at);
    }
    // The only claim finds other keys through a lookup: it names the person.
    match claimed {
        [only] => (0..classes.len())
            .any(|at| at != *only && is_derived(catalog, facts, classes, at, Some(*only)))
            .then_some(*only),
        _ => None,
    }
}

/// The user behind a claim that names a session: a row of a table that nothing else knows of and that refers to the user, by
/// whom memberships are looked up in turn.
fn session_of(catalog: &Catalog, facts: &Facts, classes: &[Class], named: usize) -> Option<usize> {
    let mut columns = classes[named].columns.iter();
    let (key, None) = (columns.next()?, columns.next()) else {
        return None;
    };
    let mut relations = catalog.relations.iter();
    let table = relations
        .find(|r| r.oid == key.relation && r.primary_key == [key.column])
        .filter(|r| facts.lookups.contains(&r.oid))?;
    let refers = |at: &usize| {
        let mut columns = classes[*at].columns.iter();
        !classes[*at].roots.is_empty() && columns.any(|c| c.relation == table.oid)
    };
    let found: Vec<usize> = (0..classes.len()).filter(refers).collect();
    let [user] = found[..] else { return None };
    (0..classes.len())
        .any(|at| at != named && is_derived(catalog, facts, classes, at, Some(user)))
        .then_some(user)
}

/// Whether a table holds both classes, and the first of them only once.
fn is_unique_beside(catalog: &Catalog, class: &Class, other: &Class) -> bool {
    catalog.relations.iter().any(|relation| {
        let column_of = |class: &Class| {
            let mut columns = class.columns.iter();
            let found = columns.find(|c| c.relation == relation.oid);
            found.map(|c| c.column)
        };
        match (column_of(class), column_of(other)) {
            (Some(mine), Some(theirs)) => {
                let mut uniques = relation.uniques.iter();
                mine != theirs && uniques.any(|unique| unique.columns == [mine])
            }
            _ => false,
        }
    })
}

/// Two claims, one table that ties their values: the one that fewer tables lead to is the person.
fn narrower_beside_widest(
    catalog: &Catalog,
    classes: &[Class],
    claimed: &[usize],
) -> Option<usize> {
    let reach = |at: usize| reached(catalog, &classes[at]).len();
    let rank = |at: &&usize| (reach(**at), std::cmp::Reverse(**at));
    let widest = claimed.iter().max_by_key(rank)?;
    let relations: BTreeSet<Oid> = classes[*widest]
        .columns
        .iter()
        .map(|c| c.relation)
        .collect();
    let shares = |at: &&usize| {
        let mut columns = classes[**at].columns.iter();
        *at != widest && columns.any(|c| relations.contains(&c.relation))
    };
    claimed.iter().filter(shares).max_by_key(rank).copied()
}

/// A class that policies find by looking the user up: a column beside the user's in a looked-up table, compared with
/// columns of other tables.
fn is_derived(
    catalog: &Catalog,
    facts: &Facts,
    classes: &[Class],
    at: usize,
    user: Option<usize>,
) -> bool {
    let Some(user) = user else { return false };
    if at == user || classes[at].identifies() {
        return false;
    }
    // A table whose own key is looked up is a parent that belongs to the caller, not a membership.
    let is_own_key = |column: &ColumnRef| {
        catalog
            .relations
            .iter()
            .any(|r| r.oid == column.relation && r.primary_key == [column.column])
    };
    facts.lookups.iter().any(|lookup| {
        let beside = classes[user].columns.iter().any(|c| c.relation == *lookup)
            && classes[at]
                .columns
                .iter()
                .any(|c| c.relation == *lookup && !is_own_key(c));
        beside
            && facts.policies.values().any(|policy| {
                policy
                    .compared
                    .iter()
                    .any(|c| c.relation != *lookup && classes[at].columns.contains(c))
            })
            && catalog.relations.iter().any(|r| r.oid == *lookup)
    })
}

/// Booleans, timestamps and enums are compared with claims too, but they name nobody.
fn may_be_tenant(catalog: &Catalog, class: &Class) -> bool {
    let fits = |column: &ColumnRef| {
        column_type(catalog, *column).is_some_and(|name| {
            matches!(
                name.as_str(),
                "uuid"
                    | "text"
                    | "character varying"
                    | "character"
                    | "citext"
                    | "name"
                    | "bigint"
                    | "integer"
                    | "smallint"
                    | "numeric"
            ) || catalog
                .types
                .values()
                .any(|t| t.name == name && matches!(t.shape, crate::catalog::Shape::Domain { .. }))
        })
    };
    class.columns.iter().any(fits)
}

/// The tables that have a column of the class, or refer to one that has, and so on.
pub fn reached(catalog: &Catalog, class: &Class) -> BTreeSet<Oid> {
    let mut found: BTreeSet<Oid> = class.columns.iter().map(|column| column.relation).collect();
    loop {
        let before = found.len();
        for relation in catalog.relations.iter().filter(|r| !r.platform) {
            if relation
                .foreign_keys
                .iter()
                .any(|key| found.contains(&key.target))
            {
                found.insert(relation.oid);
            }
        }
        if found.len() == before {
            return found;
        }
    }
}

/// Without any policy: the root that the most tables lead to, if at least two do.
fn by_foreign_keys(catalog: &Catalog, classes: &[Class]) -> Option<usize> {
    let counts: BTreeMap<usize, usize> = (0..classes.len())
        .filter(|&at| !classes[at].roots.is_empty())
        .map(|at| (at, reached(catalog, &classes[at]).len()))
        .collect();
    counts
        .into_iter()
        .filter(|(_, count)| *count > 2)
        .max_by_key(|(at, count)| (*count, std::cmp::Reverse(*at)))
        .map(|(at, _)| at)
}

/// The key as the later stages see it.
pub fn key(catalog: &Catalog, class: &Class) -> Key {
    let columns: Vec<ColumnRef> = class.columns.iter().copied().collect();
    let root = root_of(catalog, class);
    let type_name = root
        .or(columns.first().copied())
        .and_then(|column| column_type(catalog, column))
        .unwrap_or_else(|| "text".to_owned());
    Key {
        columns,
        root,
        type_name,
        name: describe(catalog, class),
    }
}

/// Where the key's values live: what foreign keys lead to, else a column that alone is a primary key.
fn root_of(catalog: &Catalog, class: &Class) -> Option<ColumnRef> {
    let is_table = |column: &&ColumnRef| {
        catalog.relations.iter().any(|r| {
            r.oid == column.relation
                && matches!(r.kind, RelationKind::Table | RelationKind::Partitioned)
        })
    };
    class.roots.iter().find(is_table).copied().or_else(|| {
        let alone = |column: &&ColumnRef| {
            catalog
                .relations
                .iter()
                .any(|r| r.oid == column.relation && r.primary_key == [column.column])
        };
        class.columns.iter().filter(is_table).find(alone).copied()
    })
}

pub fn describe(catalog: &Catalog, class: &Class) -> String {
    let column = root_of(catalog, class).or_else(|| class.columns.first().copied());
    column
        .map(|column| column_name(catalog, column))
        .unwrap_or_else(|| claims_of(class))
}

pub fn column_name(catalog: &Catalog, column: ColumnRef) -> String {
    let Some(relation) = catalog.relations.iter().find(|r| r.oid == column.relation) else {
        return String::from("?");
    };
    let name = relation
        .columns
        .iter()
        .find(|c| c.number == column.column)
        .map_or("?", |c| c.name.as_str());
    format!("{}.{}.{}", relation.schema, relation.name, name)
}

fn claims_of(class: &Class) -> String {
    let mut parts: Vec<String> = class
        .claims
        .iter()
        .map(|(setting, path)| claim_name(setting, path))
        .collect();
    if class.current_role {
        parts.push("the database role".to_owned());
    }
    if parts.is_empty() {
        "no claim holds it".to_owned()
    } else {
        format!("held by {}", parts.join(", "))
    }
}

/// `request.jwt.claims → app_metadata → org_id`.
pub fn claim_name(setting: &str, path: &[String]) -> String {
    std::iter::once(setting)
        .chain(path.iter().map(String::as_str))
        .collect::<Vec<_>>()
        .join(" → ")
}

/// The key that a column belongs to among chosen ones.
pub fn key_index(keys: &[Key], column: ColumnRef) -> Option<KeyId> {
    keys.iter()
        .position(|key| key.columns.contains(&column))
        .map(KeyId)
}
