//! Tells whose a row is from its values alone: for rows that triggers made, and for rows that attacks plant.
use super::model::{TenantId, Truth, UserId, World};
use crate::catalog::{Catalog, Oid};
use crate::tenancy::{Folder, KeyId, OwnerPath, Scope, Tenancy};
use std::collections::{BTreeMap, HashMap};

/// Tenant and user, as far as known.
pub type Owner = (Option<TenantId>, Option<UserId>);

/// Values of one key, or of a parent's referenced columns, with their owner.
type Index = HashMap<Vec<String>, Owner>;

/// Looks up owners by key values and by parent rows.
#[derive(Debug, Clone, Default)]
pub struct Owners {
    paths: BTreeMap<Oid, Vec<Path>>,
    keys: BTreeMap<KeyId, HashMap<String, Owner>>,
    parents: BTreeMap<(Oid, Vec<i16>), Index>,
}

/// An owner path with columns as positions in a row's values.
#[derive(Debug, Clone)]
enum Path {
    Key {
        place: usize,
        key: KeyId,
    },
    Parent {
        places: Vec<usize>,
        target: (Oid, Vec<i16>),
    },
    Folder {
        place: usize,
        shapes: Vec<Shape>,
    },
}

/// How a path is made where other values of the row, by position, are among these.
#[derive(Debug, Clone)]
struct Shape {
    asked: Vec<(usize, Vec<String>)>,
    fixed: BTreeMap<usize, String>,
    parts: Vec<(usize, KeyId)>,
}

impl Owners {
    pub fn new(catalog: &Catalog, tenancy: &Tenancy, world: &World, truth: &Truth) -> Owners {
        let mut owners = Owners::default();
        for relation in &catalog.relations {
            let paths = paths(catalog, tenancy, relation.oid);
            for path in &paths {
                if let Path::Parent { target, .. } = path {
                    owners.parents.entry(target.clone()).or_default();
                }
            }
            owners.paths.insert(relation.oid, paths);
        }
        owners.read_keys(catalog, tenancy, world, truth);
        for ((target, columns), index) in &mut owners.parents {
            for (values, owner) in rows_with(catalog, truth, *target, columns) {
                // The first row wins: rows that refer to a key are owned alike.
                index.entry(values).or_insert(owner);
            }
        }
        owners
    }

    fn read_keys(&mut self, catalog: &Catalog, tenancy: &Tenancy, world: &World, truth: &Truth) {
        for (index, key) in tenancy.keys.iter().enumerate() {
            let known = self.keys.entry(KeyId(index)).or_default();
            for (at, tenant) in world.tenants.iter().enumerate() {
                if let Some(value) = tenant.keys.get(&KeyId(index)) {
                    known.insert(value.clone(), (Some(TenantId(at)), None));
                }
            }
            for (at, user) in world.users.iter().enumerate() {
                if let Some(value) = user.keys.get(&KeyId(index)) {
                    known.insert(
                        value.clone(),
                        (user.tenants.first().copied(), Some(UserId(at))),
                    );
                }
            }
            if let Some(root) = key.root {
                for (mut values, owner) in rows_with(catalog, truth, root.relation, &[root.column])
                {
                    if let Some(value) = values.pop() {
                        known.entry(value).or_insert(owner);
                    }
                }
            }
        }
    }

    /// The owner that each of the relation's paths leads to; `values` in the order of the relation's columns.
    pub fn owner_of(&self, relation: Oid, values: &[Option<String>]) -> Vec<Option<TenantId>> {
        self.each(relation, values)
            .into_iter()
            .map(|(tenant, _)| tenant)
            .collect()
    }

    /// Whether the row's paths name owners that cannot be one and the same: another tenant than a path says, or a user who is
    /// not of it.
    pub fn disagree(&self, relation: Oid, values: &[Option<String>], world: &World) -> bool {
        let may_be = |(tenant, user): Owner| match user {
            Some(user) => world.users[user.0].tenants.clone(),
            None => tenant.into_iter().collect(),
        };
        let named = self.each(relation, values).into_iter().map(may_be);
        let mut named = named.filter(|tenants| !tenants.is_empty());
        let Some(mut common) = named.next() else {
            return false;
        };
        for tenants in named {
            common.retain(|tenant| tenants.contains(tenant));
        }
        common.is_empty()
    }

    /// The first owner that a path leads to, with the user where a path knows one.
    pub fn first(&self, relation: Oid, values: &[Option<String>]) -> Owner {
        let found = self.each(relation, values);
        let tenant = found.iter().find_map(|owner| owner.0);
        let user = found
            .iter()
            .filter(|owner| owner.0 == tenant)
            .find_map(|owner| owner.1);
        (tenant, user)
    }

    fn each(&self, relation: Oid, values: &[Option<String>]) -> Vec<Owner> {
        let value = |place: usize| values.get(place).cloned().flatten();
        let paths = self.paths.get(&relation).into_iter().flatten();
        paths
            .map(|path| match path {
                Path::Key { place, key } => value(*place)
                    .and_then(|v| self.key_owner(*key, &v))
                    .unwrap_or_default(),
                Path::Parent { places, target } => {
                    let row: Option<Vec<String>> = places.iter().map(|&p| value(p)).collect();
                    let index = self.parents.get(target);
                    row.and_then(|row| index?.get(&row).copied())
                        .unwrap_or_default()
                }
                Path::Folder { place, shapes } => {
                    let fits = |shape: &&Shape| {
                        let mut asked = shape.asked.iter();
                        let path = value(*place).unwrap_or_default();
                        let lies = |(at, text): (&usize, &String)| {
                            path.split('/').nth(at - 1) == Some(text.as_str())
                        };
                        asked.all(|(at, texts)| value(*at).is_some_and(|v| texts.contains(&v)))
                            && shape.fixed.iter().all(lies)
                    };
                    let shape = shapes.iter().find(fits);
                    shape
                        .zip(value(*place))
                        .map(|(shape, path)| self.folder_owner(shape, &path))
                        .unwrap_or_default()
                }
            })
            .collect()
    }

    /// Whose a path is: of the tenant that the surest part names, and of the user that another part names.
    fn folder_owner(&self, shape: &Shape, path: &str) -> Owner {
        let parts: Vec<&str> = path.split('/').collect();
        let named = shape.parts.iter().filter_map(|(at, key)| {
            // The last part is the file's own name.
            let folders = parts.get(..parts.len() - 1)?;
            self.key_owner(*key, folders.get(at - 1)?)
        });
        let named: Vec<Owner> = named.collect();
        let tenant = named.iter().find_map(|owner| owner.0);
        let user = named
            .iter()
            .filter(|owner| owner.0 == tenant)
            .find_map(|owner| owner.1);
        (tenant, user)
    }

    /// Whose a key's value is.
    pub fn key_owner(&self, key: KeyId, value: &str) -> Option<Owner> {
        let known = self.keys.get(&key)?;
        known.get(value).copied().or_else(|| {
            // An array of keys belongs to whom its first element belongs to.
            let first = value
                .strip_prefix('{')?
                .trim_end_matches('}')
                .split(',')
                .next()?;
            known.get(first.trim_matches('"')).copied()
        })
    }
}

/// The paths of a relation; a partition without its own has those of its parent, whose columns may be numbered otherwise.
fn paths(catalog: &Catalog, tenancy: &Tenancy, relation: Oid) -> Vec<Path> {
    let find = |oid: Oid| catalog.relations.iter().find(|r| r.oid == oid);
    let Some(own) = find(relation) else {
        return Vec::new();
    };
    let mut scoped = Some(own);
    while let Some(found) = scoped {
        if tenancy.scope(found.oid).is_some() {
            break;
        }
        scoped = found.parents.first().and_then(|&parent| find(parent));
    }
    let Some((source, Some(Scope::Owned { paths, .. }))) =
        scoped.map(|s| (s, tenancy.scope(s.oid)))
    else {
        return Vec::new();
    };
    let place = |number: &i16| {
        let name = &source.columns.iter().find(|c| c.number == *number)?.name;
        own.columns.iter().position(|c| c.name == *name)
    };
    paths
        .iter()
        .filter_map(|path| match path {
            OwnerPath::Key { column, key } => Some(Path::Key {
                place: place(column)?,
                key: *key,
            }),
            OwnerPath::Parent {
                columns,
                target,
                target_columns,
            } => Some(Path::Parent {
                places: columns.iter().map(place).collect::<Option<_>>()?,
                target: (*target, target_columns.clone()),
            }),
            OwnerPath::Folder { column } => Some(Path::Folder {
                place: place(column)?,
                shapes: shapes(tenancy, source.oid, *column, &place),
            }),
        })
        .collect()
}

fn shapes(
    tenancy: &Tenancy,
    relation: Oid,
    column: i16,
    place: &dyn Fn(&i16) -> Option<usize>,
) -> Vec<Shape> {
    let folders = tenancy.folders.get(&relation).into_iter().flatten();
    let shape = |folder: &Folder| {
        let asked = folder.asked.iter();
        let asked: Option<Vec<(usize, Vec<String>)>> = asked
            .map(|(number, texts)| Some((place(number)?, texts.clone())))
            .collect();
        Some(Shape {
            asked: asked?,
            fixed: folder.fixed.clone(),
            parts: folder.surest(),
        })
    };
    folders
        .filter(|folder| folder.column == column)
        .filter_map(shape)
        .collect()
}

/// Values of some columns of every row of a relation and of its partitions, with the row's owner. Rows with a NULL in
/// these columns are left out.
fn rows_with<'t>(
    catalog: &'t Catalog,
    truth: &'t Truth,
    target: Oid,
    columns: &'t [i16],
) -> impl Iterator<Item = (Vec<String>, Owner)> + 't {
    let top = catalog.relations.iter().find(|r| r.oid == target);
    let names: Vec<&str> = columns
        .iter()
        .filter_map(|n| {
            top?.columns
                .iter()
                .find(|c| c.number == *n)
                .map(|c| c.name.as_str())
        })
        .collect();
    family(catalog, target).into_iter().flat_map(move |oid| {
        let relation = catalog.relations.iter().find(|r| r.oid == oid);
        let places: Vec<usize> = names
            .iter()
            .filter_map(|name| relation?.columns.iter().position(|c| c.name == *name))
            .collect();
        let rows = truth.tables.get(&oid).into_iter().flatten();
        rows.filter_map(move |row| {
            let values: Option<Vec<String>> = places
                .iter()
                .map(|&p| row.values.get(p).cloned().flatten())
                .collect();
            Some((values?, (row.tenant, row.user)))
        })
    })
}

/// A relation with all that inherit from it.
pub(super) fn family(catalog: &Catalog, top: Oid) -> Vec<Oid> {
    let mut found = vec![top];
    let mut at = 0;
    while at < found.len() {
        let parent = found[at];
        let children = catalog
            .relations
            .iter()
            .filter(|r| r.parents.contains(&parent));
        let new: Vec<Oid> = children
            .map(|r| r.oid)
            .filter(|oid| !found.contains(oid))
            .collect();
        found.extend(new);
        at += 1;
    }
    found
}
