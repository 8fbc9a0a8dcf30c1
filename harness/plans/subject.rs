//! Which tables are examined, and by whose eyes.
use super::model::LeftOut;
use super::observe::Caller;
use super::plan::Plan;
use super::questions::Standing;
use crate::catalog::{Catalog, Column, Privilege, Relation, RelationKind};
use crate::tenancy::{KeyId, OwnerPath, Scope, Tenancy};
use crate::world::{TenantId, UserId, World, settings};
use std::collections::BTreeMap;

/// A table whose rows belong to tenants.
#[derive(Debug, Clone)]
pub struct Subject<'a> {
    pub relation: &'a Relation,
    /// The column that says whose a row is, or that leads to the row that does.
    pub column: &'a Column,
    /// The key that the column holds; `None` where it leads to another row.
    pub key: Option<KeyId>,
    /// The table and its partitions, by `schema.name`.
    pub names: Vec<String>,
    /// The first column of each of their B-trees, by the name of the index.
    pub leading: BTreeMap<String, String>,
}

impl Subject<'_> {
    pub fn is(&self, name: &str) -> bool {
        self.names.iter().any(|own| own == name)
    }

    /// How a plan of reading the whole table finds its rows.
    pub(super) fn found_by(&self, plan: &Plan) -> Standing {
        let first = |index: &str| self.leading.get(index).map(String::as_str);
        plan.found_by(|name| self.is(name), first)
    }
}

/// Somebody of one tenant.
#[derive(Debug, Clone)]
pub struct Person {
    pub caller: Caller,
    pub tenants: Vec<TenantId>,
    pub user: UserId,
}

/// Everybody of the world, as the gateway lets them in.
pub fn people(tenancy: &Tenancy, world: &World) -> Vec<Person> {
    let Some(role) = tenancy.roles.members.first() else {
        return Vec::new();
    };
    let person = |(at, user): (usize, &crate::world::User)| {
        let own = tenancy.roles.role_is_key.and_then(|key| {
            let tenant = user.tenants.first().map(|tenant| &world.tenants[tenant.0]);
            let of_tenant = tenant.and_then(|tenant| tenant.keys.get(&key));
            of_tenant.or_else(|| user.keys.get(&key)).cloned()
        });
        Person {
            caller: Caller {
                name: user.name.clone(),
                role: own.unwrap_or_else(|| role.clone()),
                settings: settings(tenancy, world, UserId(at)),
            },
            tenants: user.tenants.clone(),
            user: UserId(at),
        }
    };
    world.users.iter().enumerate().map(person).collect()
}

/// The tables to examine, and those that cannot be.
pub fn subjects<'a>(catalog: &'a Catalog, tenancy: &Tenancy) -> (Vec<Subject<'a>>, Vec<LeftOut>) {
    let mut found = Vec::new();
    let mut left_out = Vec::new();
    let tables = catalog.relations.iter().filter(|r| {
        matches!(r.kind, RelationKind::Table | RelationKind::Partitioned)
            && !r.is_partition
            && !r.platform
    });
    for relation in tables {
        match subject(catalog, tenancy, relation) {
            Ok(subject) => found.push(subject),
            Err(Some(reason)) => left_out.push(LeftOut {
                table: relation.display_name(),
                reason: reason.to_owned(),
            }),
            Err(None) => {}
        }
    }
    (found, left_out)
}

fn subject<'a>(
    catalog: &'a Catalog,
    tenancy: &Tenancy,
    relation: &'a Relation,
) -> Result<Subject<'a>, Option<&'static str>> {
    let Some(Scope::Owned { paths, .. }) = tenancy.scope(relation.oid) else {
        // Nobody's rows need not be found by their owner.
        return Err(None);
    };
    if !relation.rls {
        return Err(Some("row security is off, so that no policy asks anything"));
    }
    let member = tenancy.roles.members.first();
    let role = member.and_then(|name| catalog.role_named(name));
    let reads = role.is_none_or(|role| {
        let mut columns = relation.columns.iter();
        columns
            .any(|c| catalog.has_column_privilege(role.oid, relation, c.number, Privilege::Select))
    });
    if !reads && !tenancy.roles.made {
        return Err(Some("members may not read it"));
    }
    let key_column = |wanted: Option<KeyId>| {
        paths.iter().find_map(|path| match path {
            OwnerPath::Key { column, key } if wanted.is_none_or(|w| w == *key) => {
                Some((*column, Some(*key)))
            }
            _ => None,
        })
    };
    let parent = || {
        paths.iter().find_map(|path| match path {
            OwnerPath::Parent { columns, .. } => columns.first().map(|column| (*column, None)),
            _ => None,
        })
    };
    let column = tenancy.tenant.and_then(|key| key_column(Some(key)));
    let column = column.or_else(|| key_column(None)).or_else(parent);
    let (number, key) = column.ok_or(Some("no column says whose a row is"))?;
    let family = family(catalog, relation);
    Ok(Subject {
        relation,
        column: relation.column(number).ok_or(None)?,
        key,
        names: family.iter().map(|one| one.display_name()).collect(),
        leading: family.iter().flat_map(|one| leading(one)).collect(),
    })
}

/// A table with its partitions, however deep.
fn family<'a>(catalog: &'a Catalog, relation: &'a Relation) -> Vec<&'a Relation> {
    let mut found = vec![relation];
    for child in catalog.children(relation.oid) {
        found.extend(family(catalog, child));
    }
    found
}

fn leading(relation: &Relation) -> impl Iterator<Item = (String, String)> {
    let trees = relation.indexes.iter().filter(|i| i.method == "btree");
    trees.filter_map(|index| {
        let first = relation.column(*index.columns.first()?)?;
        Some((index.name.clone(), first.name.clone()))
    })
}
