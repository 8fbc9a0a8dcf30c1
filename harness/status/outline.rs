//! What is to be looked at: the two models, the tables that count, and their columns that hold keys.
use super::model::{Candidate, LeftOut, Side};
use crate::catalog::{Catalog, Oid, Relation, RelationKind};
use crate::tenancy::{Alternative, ColumnRef, KeyId, OwnerPath, Scope, Tenancy};
use std::collections::{BTreeMap, BTreeSet};

/// References to one table that make it worth a question whether it is the new key's.
const FEWEST_REFERENCES: usize = 3;

/// The part of a status that the schema alone decides.
#[derive(Debug, Clone)]
pub struct Outline {
    pub new: KeyId,
    /// Other keys that rows belong to, or that policies ask for.
    pub old: BTreeSet<KeyId>,
    pub tables: Vec<Outlined>,
    pub left_out: Vec<LeftOut>,
    pub candidate: Option<Candidate>,
}

/// A table that counts.
#[derive(Debug, Clone)]
pub struct Outlined {
    pub relation: Oid,
    /// Columns that hold a key, the new one's first.
    pub columns: Vec<(ColumnRef, KeyId, Side)>,
}

impl Outline {
    /// `None` without a tenant.
    pub fn of(
        catalog: &Catalog,
        tenancy: &Tenancy,
        alternatives: &BTreeMap<Oid, Vec<Alternative>>,
    ) -> Option<Outline> {
        let new = tenancy.tenant?;
        let others: BTreeSet<KeyId> = match tenancy.user == tenancy.tenant {
            true => BTreeSet::new(),
            false => (0..tenancy.keys.len())
                .map(KeyId)
                .filter(|key| *key != new && (Some(*key) == tenancy.user || is_top(tenancy, *key)))
                .collect(),
        };
        let (relations, left_out) = counted(catalog, tenancy, new, &others);
        let old: BTreeSet<KeyId> = relations
            .iter()
            .flat_map(|relation| owning(tenancy, relation).chain(asked(relation, alternatives)))
            .filter(|key| others.contains(key))
            .collect();
        let names = old_names(catalog, tenancy, alternatives, &relations, new, &old);
        let tables = relations
            .iter()
            .map(|relation| Outlined {
                relation: relation.oid,
                columns: columns(tenancy, relation, new, &old, &names),
            })
            .collect();
        let candidate = match old.is_empty() {
            true => candidate(catalog, tenancy, &relations, new),
            false => None,
        };
        Some(Outline {
            new,
            old,
            tables,
            left_out,
            candidate,
        })
    }

    /// The columns that say whose a row is, in either model.
    pub fn tried(&self) -> impl Iterator<Item = (ColumnRef, KeyId)> {
        self.tables
            .iter()
            .flat_map(|table| &table.columns)
            .filter(|(_, _, side)| *side != Side::Beside)
            .map(|(column, key, _)| (*column, *key))
    }
}

/// Whether the key's own table belongs to nobody else: one that does is a parent, whose children follow it.
fn is_top(tenancy: &Tenancy, key: KeyId) -> bool {
    let Some(root) = tenancy.keys[key.0].root else {
        return false;
    };
    match tenancy.scope(root.relation) {
        Some(Scope::Owned { paths, .. }) => paths.iter().all(|path| match path {
            OwnerPath::Key { column, .. } => *column == root.column,
            OwnerPath::Parent { .. } | OwnerPath::Folder { .. } => false,
        }),
        _ => true,
    }
}

/// Tables that belong to tenants, and those that do not count, with reasons.
fn counted<'c>(
    catalog: &'c Catalog,
    tenancy: &Tenancy,
    new: KeyId,
    others: &BTreeSet<KeyId>,
) -> (Vec<&'c Relation>, Vec<LeftOut>) {
    let roots: BTreeSet<Oid> = others
        .iter()
        .chain([&new])
        .filter_map(|key| Some(tenancy.keys[key.0].root?.relation))
        .collect();
    let is_table = |relation: &&Relation| {
        let kinds = [
            RelationKind::Table,
            RelationKind::Partitioned,
            RelationKind::ForeignTable,
        ];
        !relation.platform
            && relation.extension.is_none()
            && !relation.is_partition
            && kinds.contains(&relation.kind)
    };
    let (mut counted, mut left_out) = (Vec::new(), Vec::new());
    for relation in catalog.relations.iter().filter(is_table) {
        let reason = match tenancy.scope(relation.oid) {
            _ if roots.contains(&relation.oid) => Some("it has the keys themselves".to_owned()),
            _ if is_membership(tenancy, relation) => {
                Some("it says which users belong to which tenant".to_owned())
            }
            _ if extends_root(catalog, tenancy, relation, new) => {
                Some("it has one row for each user and goes with the person".to_owned())
            }
            Some(Scope::Owned {
                user_private: true, ..
            }) if !holds(tenancy, relation, new) => Some("each row is one user's own".to_owned()),
            Some(Scope::Owned { paths, .. }) if !paths.is_empty() => None,
            Some(Scope::Shared { reason }) => Some(reason.clone()),
            _ => Some("nothing says whose its rows are".to_owned()),
        };
        match reason {
            None => counted.push(relation),
            Some(reason) => left_out.push(LeftOut {
                table: relation.display_name(),
                reason,
            }),
        }
    }
    (counted, left_out)
}

/// Whether a row is the same person as a row of the users' own table: its primary key takes the place and the name of
/// theirs.
fn extends_root(catalog: &Catalog, tenancy: &Tenancy, relation: &Relation, new: KeyId) -> bool {
    let Some(user) = tenancy.user else {
        return false;
    };
    let Some(root) = tenancy.keys[user.0].root else {
        return false;
    };
    let name = |column: ColumnRef| {
        let relation = catalog.relation(column.relation)?;
        Some(&relation.column(column.column)?.name)
    };
    let [alone] = relation.primary_key[..] else {
        return false;
    };
    let own = reference(relation, alone);
    tenancy.key_of(own) == Some(user)
        && name(own) == name(root)
        && (user == new || !holds(tenancy, relation, new))
}

fn is_membership(tenancy: &Tenancy, relation: &Relation) -> bool {
    let mut memberships = tenancy.memberships.iter();
    memberships.any(|membership| membership.relation == relation.oid)
}

fn holds(tenancy: &Tenancy, relation: &Relation, key: KeyId) -> bool {
    let mut columns = tenancy.keys[key.0].columns.iter();
    columns.any(|column| column.relation == relation.oid)
}

/// The keys that a table's rows belong to by columns of their own.
fn owning(tenancy: &Tenancy, relation: &Relation) -> impl Iterator<Item = KeyId> {
    let paths = match tenancy.scope(relation.oid) {
        Some(Scope::Owned { paths, .. }) => paths.as_slice(),
        _ => &[],
    };
    paths.iter().filter_map(|path| match path {
        OwnerPath::Key { key, .. } => Some(*key),
        OwnerPath::Parent { .. } | OwnerPath::Folder { .. } => None,
    })
}

/// The keys that a table's policies ask for.
fn asked(
    relation: &Relation,
    alternatives: &BTreeMap<Oid, Vec<Alternative>>,
) -> impl Iterator<Item = KeyId> {
    let policies = relation.policies.iter();
    policies
        .filter_map(|policy| alternatives.get(&policy.oid))
        .flatten()
        .flat_map(|alternative| alternative.keys.iter().copied())
}

/// How often policies let rows through by an old key's column of each name. Once no policy does any more, the name that
/// most tables still carry.
fn old_names(
    catalog: &Catalog,
    tenancy: &Tenancy,
    alternatives: &BTreeMap<Oid, Vec<Alternative>>,
    relations: &[&Relation],
    new: KeyId,
    old: &BTreeSet<KeyId>,
) -> BTreeMap<String, usize> {
    let is_old = |column: &ColumnRef| {
        tenancy
            .key_of(*column)
            .is_some_and(|key| old.contains(&key))
    };
    let name = |column: &ColumnRef| {
        let relation = catalog.relation(column.relation)?;
        Some(relation.column(column.column)?.name.clone())
    };
    let mut asked: BTreeMap<String, usize> = BTreeMap::new();
    let policies = relations.iter().flat_map(|relation| &relation.policies);
    for alternative in policies
        .filter_map(|policy| alternatives.get(&policy.oid))
        .flatten()
    {
        if alternative.keys.contains(&new) {
            continue;
        }
        for name in alternative
            .columns
            .iter()
            .filter(|c| is_old(c))
            .filter_map(name)
        {
            *asked.entry(name).or_default() += 1;
        }
    }
    if !asked.is_empty() {
        return asked;
    }
    let mut carried: BTreeMap<String, usize> = BTreeMap::new();
    for relation in relations {
        for column in &relation.columns {
            if is_old(&reference(relation, column.number)) {
                *carried.entry(column.name.clone()).or_default() += 1;
            }
        }
    }
    let most = carried
        .into_iter()
        .max_by_key(|(name, count)| (*count, std::cmp::Reverse(name.clone())));
    most.into_iter().collect()
}

fn columns(
    tenancy: &Tenancy,
    relation: &Relation,
    new: KeyId,
    old: &BTreeSet<KeyId>,
    names: &BTreeMap<String, usize>,
) -> Vec<(ColumnRef, KeyId, Side)> {
    let asked = |column: i16| {
        let name = relation.column(column).map(|column| &column.name);
        name.and_then(|name| names.get(name)).copied().unwrap_or(0)
    };
    let mut found: Vec<(ColumnRef, KeyId, Side)> = relation
        .columns
        .iter()
        .filter_map(|column| {
            let here = reference(relation, column.number);
            let key = tenancy.key_of(here)?;
            let side = match () {
                () if key == new => Side::New,
                () if old.contains(&key) && asked(column.number) > 0 => Side::Old,
                () => Side::Beside,
            };
            Some((here, key, side))
        })
        .collect();
    found
        .sort_by_key(|(here, _, side)| (*side, std::cmp::Reverse(asked(here.column)), here.column));
    found
}

/// A table of nobody's that many others refer to: tables of tenants look like that before a policy asks for them.
fn candidate(
    catalog: &Catalog,
    tenancy: &Tenancy,
    relations: &[&Relation],
    new: KeyId,
) -> Option<Candidate> {
    let mut referring: BTreeMap<ColumnRef, BTreeSet<Oid>> = BTreeMap::new();
    for relation in relations {
        for key in &relation.foreign_keys {
            if let [target] = key.target_columns[..] {
                let target = ColumnRef {
                    relation: key.target,
                    column: target,
                };
                referring.entry(target).or_default().insert(relation.oid);
            }
        }
    }
    let fits = |(target, from): &(ColumnRef, usize)| {
        let counts = relations.iter().any(|r| r.oid == target.relation);
        *from >= FEWEST_REFERENCES && !counts && tenancy.key_of(*target) != Some(new)
    };
    let (target, tables) = referring
        .into_iter()
        .map(|(target, from)| (target, from.len()))
        .filter(fits)
        .max_by_key(|(target, from)| (*from, std::cmp::Reverse(*target)))?;
    Some(Candidate {
        column: named(catalog, target),
        tables,
    })
}

/// `public.contacts.org_id`.
pub(super) fn named(catalog: &Catalog, column: ColumnRef) -> String {
    let found = catalog
        .relation(column.relation)
        .and_then(|r| Some((r.display_name(), &r.column(column.column)?.name)));
    found.map_or_else(String::new, |(table, name)| format!("{table}.{name}"))
}

pub(super) fn reference(relation: &Relation, column: i16) -> ColumnRef {
    ColumnRef {
        relation: relation.oid,
        column,
    }
}
