//! What the world will hold, before any value is drawn: tables in load order, each column's possible sources, which
//! combinations the constraints allow, and what decides each reference.
use super::demands::demanded;
use super::groups::Group;
use super::kind::Kind;
use super::order::{Edge, order};
use super::parts::{chosen, levels, links, owners, part, uniques, unnamed};
use super::roster::is_roster;
use super::said::{Said, said};
use super::source::Source;
use super::sources::{self, Facts};
use super::words::Words;
use crate::catalog::{Catalog, Generated, Oid, Relation};
use crate::tenancy::{ColumnRef, Folder, KeyId, Tenancy};
use std::collections::{BTreeMap, BTreeSet};

/// Everything that generation needs to know. Depends on catalog, tenancy and the database's answers, never on the seed.
#[derive(Debug, Clone)]
pub struct Plan {
    /// In load order.
    pub(super) tables: Vec<Table>,
    /// What decides the values of each key, by `KeyId`.
    pub(super) levels: Vec<Level>,
    /// Rows that the migrations left, by relation.
    pub(super) existing: BTreeMap<Oid, Vec<BTreeMap<i16, Option<String>>>>,
}

/// What has one value of a key.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Level {
    /// One value per tenant.
    Tenant,
    /// One value per user.
    User,
    /// One value per row of the key's root table.
    Row,
}

/// What a table is to the world.
#[derive(Debug, Clone, PartialEq)]
pub enum Part {
    /// One row per tenant.
    Tenants,
    /// One row per user.
    Users,
    /// One row per membership; the index into `Tenancy::memberships`.
    Membership(usize),
    /// Rows of tenants.
    Owned,
    /// Rows of nobody.
    Shared,
}

#[derive(Debug, Clone)]
pub struct Table {
    pub relation: Oid,
    pub name: String,
    pub part: Part,
    pub columns: Vec<Column>,
    pub links: Vec<Link>,
    pub groups: Vec<Group>,
    pub uniques: Vec<Unique>,
    pub checks: Vec<Check>,
    /// Owner columns that always hold a key or a parent in rows of tenants.
    pub owners: BTreeSet<i16>,
    /// Columns of primary key, keys and links: equal in a world in which a tenant's data is changed.
    pub identity: BTreeSet<i16>,
    /// Every owner column can be NULL, so that rows of nobody can stand among the owned ones.
    pub ownerless: bool,
    pub user_private: bool,
    /// Paths that say whose a row is.
    pub folders: Vec<Folder>,
    /// Names the people who run the platform.
    pub roster: bool,
    /// Columns of the tenant's key that a policy asks to be NULL, in a table whose rows are somebody's all the same.
    pub unnamed: BTreeSet<i16>,
    /// What policies demand of a row's own values.
    pub demands: Vec<Demanded>,
    /// Values of further rows of each tenant: each satisfies a demand.
    pub demanded: Vec<BTreeMap<i16, Option<String>>>,
}

/// A condition under which a policy lets a row through.
#[derive(Debug, Clone)]
pub struct Demanded {
    pub predicate: String,
    pub literals: Vec<String>,
    /// Indexes into `Table::columns`.
    pub columns: Vec<usize>,
}

#[derive(Debug, Clone)]
pub struct Column {
    pub number: i16,
    pub name: String,
    pub kind: Kind,
    pub type_oid: Oid,
    pub modifier: i32,
    pub nullable: bool,
    pub key: Option<KeyId>,
    /// A key or link decides the value.
    pub reference: bool,
    pub words: Words,
    pub sources: Vec<Source>,
    /// How values of the key that it holds may look, where the column's constraints have a say.
    pub looks: Vec<Source>,
    /// The database must be asked which sources pass.
    pub asked: bool,
    /// Something that the caller's view of a row may depend on.
    pub mentioned: bool,
}

/// A reference to another table, by a foreign key or by a key that has a root table.
#[derive(Debug, Clone)]
pub struct Link {
    pub columns: Vec<i16>,
    pub target: Oid,
    pub target_columns: Vec<i16>,
    /// The database enforces it.
    pub enforced: bool,
    /// The target loads later: the columns are set by an UPDATE where they can be NULL at first.
    pub late: bool,
    /// Every column can be NULL.
    pub nullable: bool,
}

#[derive(Debug, Clone)]
pub struct Unique {
    pub columns: Vec<i16>,
    pub nulls_not_distinct: bool,
    pub predicate: Option<Check>,
    /// Combinations of sources for which the predicate holds; absent without a predicate.
    pub applies: Option<BTreeSet<Vec<usize>>>,
}

/// An expression over some columns, by their index in `Table::columns`.
#[derive(Debug, Clone)]
pub struct Check {
    pub expression: String,
    pub columns: Vec<usize>,
}

impl Plan {
    /// Plans a world. The sources of columns with CHECKs are not narrowed until the database has answered.
    pub fn new(catalog: &Catalog, tenancy: &Tenancy) -> Plan {
        let heard = said(catalog);
        let silent = Said::default();
        let chosen = chosen(catalog, tenancy);
        let levels = levels(catalog, tenancy);
        let mut tables: Vec<Table> = chosen
            .iter()
            .map(|relation| {
                let said = heard.get(&relation.oid).unwrap_or(&silent);
                table(catalog, tenancy, &levels, relation, said)
            })
            .collect();
        let places: BTreeMap<Oid, usize> = tables
            .iter()
            .enumerate()
            .map(|(i, t)| (t.relation, i))
            .collect();
        let mut edges = Vec::new();
        for (from, table) in tables.iter().enumerate() {
            for link in &table.links {
                if let Some(&to) = places.get(&link.target) {
                    let soft = link.nullable || !link.enforced;
                    edges.push(Edge { from, to, soft });
                }
            }
        }
        let order = order(tables.len(), &edges);
        let mut rank = vec![0; tables.len()];
        for (at, &table) in order.iter().enumerate() {
            rank[table] = at;
        }
        for (from, table) in tables.iter_mut().enumerate() {
            for link in &mut table.links {
                link.late = places
                    .get(&link.target)
                    .is_some_and(|&to| rank[to] > rank[from]);
            }
        }
        let mut slots: Vec<Option<Table>> = tables.into_iter().map(Some).collect();
        let tables = order.iter().filter_map(|&at| slots[at].take()).collect();
        Plan {
            tables,
            levels,
            existing: BTreeMap::new(),
        }
    }

    pub(super) fn table(&self, relation: Oid) -> Option<&Table> {
        self.tables.iter().find(|t| t.relation == relation)
    }
}

impl Table {
    pub fn column(&self, number: i16) -> Option<&Column> {
        self.columns.iter().find(|c| c.number == number)
    }

    /// Columns of truth values that are false unless somebody says otherwise and that something asks for: what an
    /// `is_admin` of a membership is. A flag in the one row that a user has says nothing of a tenant: it may make its bearer
    /// one of the platform's own people.
    pub fn flags(&self, user_column: i16) -> impl Iterator<Item = &Column> {
        let paired = !self.is_unique(user_column);
        self.columns.iter().filter(move |c| {
            let falsehood = Source::Literal("f".to_owned());
            paired && c.kind == Kind::Bool && c.mentioned && c.sources.first() == Some(&falsehood)
        })
    }

    /// True when the column alone tells the table's rows apart.
    pub fn is_unique(&self, number: i16) -> bool {
        self.uniques
            .iter()
            .any(|u| u.columns == [number] && u.predicate.is_none())
    }
}

fn table(
    catalog: &Catalog,
    tenancy: &Tenancy,
    levels: &[Level],
    relation: &Relation,
    said: &Said,
) -> Table {
    let part = part(tenancy, relation);
    let links = links(tenancy, levels, relation);
    let (owners, user_private) = owners(tenancy, relation);
    let columns = columns(catalog, tenancy, relation, said, &part, &links, &owners);
    let checks = sources::checks(relation, &columns);
    let uniques = uniques(relation, &columns);
    let mut identity: BTreeSet<i16> = relation.primary_key.iter().copied().collect();
    identity.extend(columns.iter().filter(|c| c.reference).map(|c| c.number));
    let ownerless = part == Part::Owned
        && owners
            .iter()
            .all(|n| columns.iter().any(|c| c.number == *n && c.nullable));
    let unnamed = match part == Part::Owned && !ownerless {
        true => unnamed(tenancy, relation, said, &columns),
        false => BTreeSet::new(),
    };
    let mut table = Table {
        relation: relation.oid,
        name: format!("{}.{}", relation.schema, relation.name),
        part,
        columns,
        links,
        groups: Vec::new(),
        uniques,
        checks,
        owners,
        identity,
        ownerless,
        user_private,
        folders: tenancy
            .folders
            .get(&relation.oid)
            .cloned()
            .unwrap_or_default(),
        roster: is_roster(catalog, tenancy, relation),
        unnamed,
        demands: Vec::new(),
        demanded: Vec::new(),
    };
    if table.part == Part::Owned {
        table.demands = demanded(catalog, relation, &table);
    }
    table
}

/// The columns that the world writes, each with its sources.
fn columns(
    catalog: &Catalog,
    tenancy: &Tenancy,
    relation: &Relation,
    said: &Said,
    part: &Part,
    links: &[Link],
    owners: &BTreeSet<i16>,
) -> Vec<Column> {
    let linked: BTreeSet<i16> = links
        .iter()
        .flat_map(|l| l.columns.iter().copied())
        .collect();
    let writable = relation
        .columns
        .iter()
        .filter(|c| c.generated != Generated::Expression);
    let mut columns: Vec<Column> = Vec::new();
    for column in writable {
        let key = tenancy.key_of(ColumnRef {
            relation: relation.oid,
            column: column.number,
        });
        let place = columns.iter().filter(|c| c.kind.is_time()).count();
        columns.push(Column {
            number: column.number,
            name: column.name.clone(),
            kind: Kind::of(catalog, column),
            type_oid: column.type_oid,
            modifier: column.type_modifier,
            nullable: !column.not_null && !relation.primary_key.contains(&column.number),
            key,
            reference: key.is_some() || linked.contains(&column.number),
            words: Words::suggested_by(&column.name),
            sources: Vec::new(),
            looks: Vec::new(),
            asked: false,
            mentioned: said.names.contains(&column.name),
        });
        let facts = Facts {
            catalog,
            relation,
            column,
            said,
            place,
            part,
            owners,
        };
        if let Some(planned) = columns.last_mut() {
            sources::fill(&facts, planned);
        }
    }
    columns
}
