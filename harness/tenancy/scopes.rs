//! Says whose the rows of each table are: by a key column, by a parent, or nobody's.
use super::facts::Facts;
use super::keys::{column_name, key_index};
use super::{ColumnRef, Folder, Key, KeyId, OwnerPath, Scope};
use crate::catalog::{Catalog, Column, ForeignKey, Oid, Relation, RelationKind};
use std::collections::{BTreeMap, BTreeSet};

pub struct Chosen<'a> {
    pub catalog: &'a Catalog,
    pub facts: &'a Facts,
    pub keys: &'a [Key],
    pub folders: &'a BTreeMap<Oid, Vec<Folder>>,
    pub tenant: Option<KeyId>,
    pub user: Option<KeyId>,
}

/// Adds columns that no key and no policy ties to the tenant, but that are named and typed as the tenant's columns of
/// other tables are: a table that a migration forgot is just such a one. One other table is enough where the name stands
/// for nothing else in the schema and no row is told apart by the column alone.
pub fn add_namesakes(catalog: &Catalog, keys: &mut [Key], wanted: &[KeyId]) -> Vec<String> {
    let mut evidence = Vec::new();
    let taken: BTreeSet<ColumnRef> = keys
        .iter()
        .flat_map(|key| key.columns.iter().copied())
        .collect();
    for id in wanted {
        let mut names: BTreeMap<(String, u32), BTreeSet<Oid>> = BTreeMap::new();
        for column in &keys[id.0].columns {
            if let Some((relation, found)) = find(catalog, *column)
                && !relation.primary_key.contains(&column.column)
            {
                names
                    .entry((found.name.clone(), found.type_oid))
                    .or_default()
                    .insert(column.relation);
            }
        }
        for relation in tables(catalog).filter(|r| !r.platform) {
            for column in &relation.columns {
                let here = ColumnRef {
                    relation: relation.oid,
                    column: column.number,
                };
                let known = names
                    .get(&(column.name.clone(), column.type_oid))
                    .map_or(0, BTreeSet::len);
                let fits = known >= 2 || known == 1 && names_only(catalog, &keys[id.0], column);
                let alone = is_alone(relation, column.number);
                if fits && !taken.contains(&here) && !alone {
                    keys[id.0].columns.push(here);
                    evidence.push(format!("{} is taken for {}: of {known} others the column of that name and type holds it", column_name(catalog, here), keys[id.0].name));
                }
            }
        }
    }
    evidence
}

/// Whether the column alone tells the table's rows apart.
fn is_alone(relation: &Relation, column: i16) -> bool {
    let single = |unique: &crate::catalog::Unique| unique.columns == [column];
    relation.primary_key == [column] || relation.uniques.iter().any(single)
}

/// Whether every column of this name holds the key as far as anything is known of it, and could refer to nothing else.
fn names_only(catalog: &Catalog, key: &Key, like: &Column) -> bool {
    let named_so = |relation: &&Relation| {
        let mut columns = relation.columns.iter();
        columns.any(|column| column.name == like.name)
    };
    tables(catalog)
        .filter(|r| !r.platform)
        .filter(named_so)
        .all(|relation| {
            relation
                .columns
                .iter()
                .filter(|c| c.name == like.name)
                .all(|column| {
                    let here = ColumnRef {
                        relation: relation.oid,
                        column: column.number,
                    };
                    let leads = relation
                        .foreign_keys
                        .iter()
                        .any(|f| f.columns.contains(&column.number));
                    key.columns.contains(&here)
                        || !leads
                            && column.type_oid == like.type_oid
                            && !is_alone(relation, column.number)
                })
        })
}

pub fn tables(catalog: &Catalog) -> impl Iterator<Item = &Relation> {
    catalog.relations.iter().filter(|r| {
        matches!(
            r.kind,
            RelationKind::Table | RelationKind::Partitioned | RelationKind::ForeignTable
        ) && r.extension.is_none()
    })
}

fn find(catalog: &Catalog, column: ColumnRef) -> Option<(&Relation, &crate::catalog::Column)> {
    let relation = catalog
        .relations
        .iter()
        .find(|r| r.oid == column.relation)?;
    Some((
        relation,
        relation
            .columns
            .iter()
            .find(|c| c.number == column.column)?,
    ))
}

/// The scope of every table.
pub fn scopes(chosen: &Chosen) -> BTreeMap<Oid, Scope> {
    let compared: BTreeSet<ColumnRef> = chosen
        .facts
        .policies
        .values()
        .flat_map(|policy| policy.compared.iter().copied())
        .collect();
    let compared_names: BTreeSet<&str> = compared
        .iter()
        .filter_map(|column| find(chosen.catalog, *column))
        .map(|(_, column)| column.name.as_str())
        .collect();
    let strong = |relation: &Relation, number: i16| {
        let column = ColumnRef {
            relation: relation.oid,
            column: number,
        };
        let Some((_, found)) = find(chosen.catalog, column) else {
            return false;
        };
        found.not_null || compared.contains(&column) || compared_names.contains(found.name.as_str())
    };
    let mut paths: BTreeMap<Oid, Vec<OwnerPath>> = BTreeMap::new();
    for relation in tables(chosen.catalog) {
        let own = key_paths(chosen, relation, &strong);
        if !own.is_empty() {
            paths.insert(relation.oid, own);
        }
    }
    add_parents(chosen.catalog, &mut paths, &strong);
    tables(chosen.catalog)
        .map(|relation| {
            let scope = match paths.remove(&relation.oid) {
                Some(paths) => Scope::Owned {
                    paths,
                    user_private: false,
                },
                None => Scope::Shared {
                    reason: "no column and no reference leads to a tenant or a user".to_owned(),
                },
            };
            (relation.oid, scope)
        })
        .collect()
}

/// Paths by the table's own key columns: the tenant's first, then the user's, then other keys'.
fn key_paths(
    chosen: &Chosen,
    relation: &Relation,
    strong: &dyn Fn(&Relation, i16) -> bool,
) -> Vec<OwnerPath> {
    let mut found: Vec<(usize, bool, OwnerPath)> = Vec::new();
    for column in &relation.columns {
        let here = ColumnRef {
            relation: relation.oid,
            column: column.number,
        };
        let Some(key) = key_index(chosen.keys, here) else {
            continue;
        };
        let rank = if Some(key) == chosen.tenant {
            0
        } else if Some(key) == chosen.user {
            1
        } else {
            2
        };
        found.push((
            rank,
            !strong(relation, column.number),
            OwnerPath::Key {
                column: column.number,
                key,
            },
        ));
    }
    for folder in chosen.folders.get(&relation.oid).into_iter().flatten() {
        let rank = match folder.surest().first() {
            Some((_, key)) if Some(*key) == chosen.tenant => 0,
            Some((_, key)) if Some(*key) == chosen.user => 1,
            _ => 2,
        };
        let path = OwnerPath::Folder {
            column: folder.column,
        };
        if found.iter().all(|(_, _, known)| *known != path) {
            found.push((rank, false, path));
        }
    }
    found.sort_by_key(|(rank, weak, _)| (*rank, *weak));
    // A nullable user column that no policy cares for (`updated_by`) does not make reference data somebody's.
    if found.iter().all(|(_, weak, _)| *weak) {
        found.retain(|(rank, _, _)| *rank == 0);
    }
    found.into_iter().map(|(_, _, path)| path).collect()
}

/// Adds, until nothing changes, the tables whose references lead to owned tables.
fn add_parents(
    catalog: &Catalog,
    paths: &mut BTreeMap<Oid, Vec<OwnerPath>>,
    strong: &dyn Fn(&Relation, i16) -> bool,
) {
    loop {
        let mut added: Vec<(Oid, OwnerPath)> = Vec::new();
        for relation in tables(catalog) {
            for key in &relation.foreign_keys {
                let leads = key.target != relation.oid && paths.contains_key(&key.target);
                let fixed = key.columns.iter().all(|column| strong(relation, *column));
                let path = parent(key);
                let known = paths
                    .get(&relation.oid)
                    .is_some_and(|own| own.contains(&path) || covers(own, key));
                if leads && !known && (fixed || paths.contains_key(&relation.oid)) {
                    added.push((relation.oid, path));
                }
            }
        }
        if added.is_empty() {
            return;
        }
        for (relation, path) in added {
            let own = paths.entry(relation).or_default();
            if !own.contains(&path) {
                own.push(path);
            }
        }
    }
}

fn parent(key: &ForeignKey) -> OwnerPath {
    OwnerPath::Parent {
        columns: key.columns.clone(),
        target: key.target,
        target_columns: key.target_columns.clone(),
    }
}

/// A single-column reference to a key's own table says no more than the key column does.
fn covers(own: &[OwnerPath], key: &ForeignKey) -> bool {
    matches!(&key.columns[..], [column] if own.iter().any(|path| matches!(path, OwnerPath::Key { column: c, .. } if c == column)))
}
