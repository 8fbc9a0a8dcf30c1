//! Folds what the schema says and what was observed into the status.
use super::model::{
    Convention, Filled, Gap, Immutable, KeyColumn, Policing, Reference, Security, Side, Stage,
    Status, Table,
};
use super::observe::Observed;
use super::outline::{Outline, Outlined, named, reference};
use super::policies::Conventions;
use crate::catalog::{Catalog, Column, Oid, Relation};
use crate::sql::identifier;
use crate::tenancy::{Alternative, ColumnRef, KeyId, OwnerPath, Scope, Tenancy};
use std::collections::{BTreeMap, BTreeSet};

/// Access methods that find a row by a column's value.
const SEARCHABLE: [&str; 2] = ["btree", "hash"];

/// The status of one system; its name and where it was stopped are the caller's to fill in.
pub fn fold(
    catalog: &Catalog,
    tenancy: &Tenancy,
    alternatives: &BTreeMap<Oid, Vec<Alternative>>,
    outline: &Outline,
    observed: &Observed,
) -> Status {
    let conventions = Conventions {
        catalog,
        tenancy,
        alternatives,
        new: outline.new,
        old: &outline.old,
    };
    let tables = outline.tables.iter().filter_map(|outlined| {
        let relation = catalog.relation(outlined.relation)?;
        let columns = columns(catalog, tenancy, relation, outlined, observed);
        Some(table(
            &Place {
                catalog,
                tenancy,
                relation,
                outline,
            },
            columns,
            conventions.of(relation),
            observed.rows(relation.oid),
        ))
    });
    Status {
        new: key_name(catalog, tenancy, outline.new),
        old: outline
            .old
            .iter()
            .map(|key| key_name(catalog, tenancy, *key))
            .collect(),
        candidate: outline.candidate.clone(),
        tables: tables.collect(),
        left_out: outline.left_out.clone(),
        ..Status::default()
    }
}

fn key_name(catalog: &Catalog, tenancy: &Tenancy, key: KeyId) -> String {
    let key = &tenancy.keys[key.0];
    key.root
        .map_or_else(|| key.name.clone(), |root| named(catalog, root))
}

/// Where a table stands.
struct Place<'a> {
    catalog: &'a Catalog,
    tenancy: &'a Tenancy,
    relation: &'a Relation,
    outline: &'a Outline,
}

impl Place<'_> {
    /// The table whose rows a path leads to. The users' own, and whatever else the old model had, is no parent.
    fn above(&self, path: &OwnerPath) -> Option<Oid> {
        match path {
            OwnerPath::Parent { target, .. } => Some(*target),
            OwnerPath::Folder { .. } => None,
            OwnerPath::Key { key, .. } => {
                let models = *key == self.outline.new
                    || self.outline.old.contains(key)
                    || Some(*key) == self.tenancy.user;
                let root = self.tenancy.keys[key.0].root.filter(|_| !models)?;
                Some(root.relation)
            }
        }
    }
}

fn table(
    place: &Place<'_>,
    columns: Vec<KeyColumn>,
    policies: Vec<Policing>,
    rows: Option<u64>,
) -> Table {
    let relation = place.relation;
    let has = |side| columns.iter().any(|column| column.side == side);
    let asks = policies
        .iter()
        .any(|p| p.permissive && matches!(p.convention, Convention::New | Convention::Both));
    let parent = match has(Side::New) {
        true => None,
        false => parent_with(place),
    };
    let through_parent = parent.is_some() && (asks || !has(Side::Old));
    let gaps = gaps(
        relation,
        &columns,
        &policies,
        has(Side::New) || through_parent,
    );
    let stage = match gaps.iter().any(Gap::holds_back) {
        false => Stage::Moved,
        true if has(Side::New) || asks => Stage::Half,
        true => Stage::NotBegun,
    };
    Table {
        name: relation.display_name(),
        stage,
        security: match (relation.rls, relation.force_rls) {
            (false, _) => Security::Off,
            (true, false) => Security::On,
            (true, true) => Security::Forced,
        },
        columns,
        parent: parent.filter(|_| through_parent),
        policies,
        rows,
        gaps,
    }
}

fn gaps(
    relation: &Relation,
    columns: &[KeyColumn],
    policies: &[Policing],
    reaches: bool,
) -> Vec<Gap> {
    let mut gaps = Vec::new();
    if !reaches {
        gaps.push(Gap::NoColumn);
    }
    let new: Vec<&KeyColumn> = columns.iter().filter(|c| c.side == Side::New).collect();
    // Where several columns hold the new key, one that is always there says whose the row is.
    let owner = new.iter().find(|c| c.not_null).or(new.first());
    if let Some(owner) = owner.filter(|owner| !owner.not_null) {
        gaps.push(Gap::Nullable(owner.name.clone()));
    }
    if let Some(owner) = owner
        && let Filled::Counted { nulls, rows } = owner.filled
        && nulls > 0
    {
        let column = owner.name.clone();
        gaps.push(Gap::Nulls {
            column,
            nulls,
            rows,
        });
    }
    if !relation.rls {
        gaps.push(Gap::SecurityOff);
    }
    let named = |convention| {
        move |p: &&Policing| {
            p.convention == convention && (p.permissive || convention != Convention::Neither)
        }
    };
    for convention in [Convention::Old, Convention::Both] {
        let old = policies.iter().filter(named(convention));
        gaps.extend(old.map(|p| Gap::OldPolicy(p.name.clone())));
    }
    let open = policies.iter().filter(named(Convention::Neither));
    gaps.extend(open.map(|p| Gap::OpenPolicy(p.name.clone())));
    let Some(owner) = owner else { return gaps };
    let name = || owner.name.clone();
    match owner.reference {
        Reference::Missing => gaps.push(Gap::NoReference(name())),
        Reference::NotValidated => gaps.push(Gap::NotValidated(name())),
        Reference::Validated | Reference::NotNeeded => {}
    }
    if !owner.indexed {
        gaps.push(Gap::NoIndex(name()));
    }
    if owner.immutable == Immutable::No {
        gaps.push(Gap::Changeable(name()));
    }
    gaps
}

/// The table, nearest first, that this one's rows refer to and that has a column of the new key.
fn parent_with(place: &Place<'_>) -> Option<String> {
    let holds = |oid: Oid| {
        let mut columns = place.tenancy.keys[place.outline.new.0].columns.iter();
        columns.any(|column| column.relation == oid)
    };
    let mut seen = BTreeSet::from([place.relation.oid]);
    let mut ring = vec![place.relation.oid];
    while !ring.is_empty() {
        let mut next = Vec::new();
        for oid in ring {
            let Some(Scope::Owned { paths, .. }) = place.tenancy.scope(oid) else {
                continue;
            };
            let above = paths.iter().filter_map(|path| place.above(path));
            next.extend(above.filter(|target| seen.insert(*target)));
        }
        if let Some(found) = next.iter().find(|oid| holds(**oid)) {
            return place
                .catalog
                .relation(*found)
                .map(|relation| relation.display_name());
        }
        ring = next;
    }
    None
}

fn columns(
    catalog: &Catalog,
    tenancy: &Tenancy,
    relation: &Relation,
    outlined: &Outlined,
    observed: &Observed,
) -> Vec<KeyColumn> {
    let each = outlined.columns.iter().filter_map(|(at, key, side)| {
        let column = relation.column(at.column)?;
        let not_null = column.not_null || is_checked(relation, column);
        Some(KeyColumn {
            name: column.name.clone(),
            key: key_name(catalog, tenancy, *key),
            side: *side,
            type_name: column.type_name.clone(),
            not_null,
            default: column.default.clone(),
            indexed: is_indexed(relation, column.number),
            reference: refers(tenancy, relation, *at, *key),
            filled: match observed.nulls(*at) {
                _ if not_null => Filled::Enforced,
                Some((nulls, rows)) => Filled::Counted { nulls, rows },
                None => Filled::Unproven,
            },
            immutable: observed.immutable(*at),
        })
    });
    each.collect()
}

/// A validated CHECK that refuses NULL, as PostgreSQL prints it.
fn is_checked(relation: &Relation, column: &Column) -> bool {
    let spelled = [column.name.clone(), identifier(&column.name)];
    let spelled = spelled.map(|name| format!("({name} IS NOT NULL)"));
    relation
        .checks
        .iter()
        .any(|check| check.validated && spelled.contains(&check.expression))
}

fn is_indexed(relation: &Relation, column: i16) -> bool {
    relation.indexes.iter().any(|index| {
        index.valid
            && index.predicate.is_none()
            && index.columns.first() == Some(&column)
            && SEARCHABLE.contains(&index.method.as_str())
    })
}

/// Whether a foreign key leads from the column to another one of its key.
fn refers(tenancy: &Tenancy, relation: &Relation, at: ColumnRef, key: KeyId) -> Reference {
    let key = &tenancy.keys[key.0];
    if key.root.is_none_or(|root| root == at) {
        return Reference::NotNeeded;
    }
    let leads = |foreign: &&crate::catalog::ForeignKey| {
        let mut pairs = foreign.columns.iter().zip(&foreign.target_columns);
        pairs.any(|(from, to)| {
            let target = ColumnRef {
                relation: foreign.target,
                column: *to,
            };
            reference(relation, *from) == at && target != at && key.columns.contains(&target)
        })
    };
    let found: Vec<bool> = relation
        .foreign_keys
        .iter()
        .filter(leads)
        .map(|foreign| foreign.validated)
        .collect();
    match (found.is_empty(), found.contains(&true)) {
        (true, _) => Reference::Missing,
        (false, true) => Reference::Validated,
        (false, false) => Reference::NotValidated,
    }
}
