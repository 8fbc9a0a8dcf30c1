//! What a probe may look at: the schema, whose rows are whose, what stands in the database, and who attacks.
use super::attack::AttackerId;
use crate::catalog::{Catalog, Column, Oid, Relation, RelationKind};
use crate::sql;
use crate::tenancy::{ColumnRef, KeyId, Scope, Tenancy};
use crate::world::{TenantId, TrueRow, Truth, UserId, World};
use std::collections::BTreeMap;

/// What kind of caller an attacker is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Standing {
    /// Belongs to the attacking tenant (and perhaps to a bystander).
    Member,
    /// Signed in, belongs to no tenant.
    Stranger,
    /// Not signed in.
    Anonymous,
    /// A signed-in role whose claims are absent or empty.
    WithoutClaims,
    /// A signed-in role whose claims are of the wrong shape.
    Malformed,
    /// A user with another tenant's keys in the editable part of the token.
    Forged,
    /// A user who was a member of the victim's, with the token from then.
    Former,
    /// A user whose membership of the victim's was marked as ended.
    Removed,
    /// The victim's own member: the positive control.
    VictimsMember,
}

impl Standing {
    /// Attackers whose claims are as the gateway would send them.
    pub fn is_honest(self) -> bool {
        matches!(
            self,
            Standing::Member | Standing::Stranger | Standing::Anonymous | Standing::VictimsMember
        )
    }
}

/// One caller: a database role and the settings that the gateway would set.
#[derive(Debug, Clone, PartialEq)]
pub struct Attacker {
    pub name: String,
    pub standing: Standing,
    pub role: String,
    pub settings: Vec<(String, String)>,
    pub tenants: Vec<TenantId>,
    pub user: Option<UserId>,
}

pub struct Scene<'a> {
    pub catalog: &'a Catalog,
    pub tenancy: &'a Tenancy,
    pub world: &'a World,
    pub truth: &'a Truth,
    pub attackers: &'a [Attacker],
    relations: BTreeMap<Oid, &'a Relation>,
}

impl<'a> Scene<'a> {
    pub fn new(
        catalog: &'a Catalog,
        tenancy: &'a Tenancy,
        world: &'a World,
        truth: &'a Truth,
        attackers: &'a [Attacker],
    ) -> Self {
        let relations = catalog
            .relations
            .iter()
            .map(|relation| (relation.oid, relation))
            .collect();
        Scene {
            catalog,
            tenancy,
            world,
            truth,
            attackers,
            relations,
        }
    }

    pub fn relation(&self, oid: Oid) -> Option<&'a Relation> {
        self.relations.get(&oid).copied()
    }

    pub fn attacker(&self, id: AttackerId) -> &'a Attacker {
        &self.attackers[id.0]
    }

    /// Attackers of the wanted standings, without the positive controls.
    pub fn attackers_that(
        &self,
        wanted: impl Fn(Standing) -> bool,
    ) -> impl Iterator<Item = (AttackerId, &'a Attacker)> {
        self.attackers
            .iter()
            .enumerate()
            .filter(move |(_, a)| a.standing != Standing::VictimsMember && wanted(a.standing))
            .map(|(at, a)| (AttackerId(at), a))
    }

    /// Attackers with honest claims: the plain threat.
    pub fn honest(&self) -> impl Iterator<Item = (AttackerId, &'a Attacker)> {
        self.attackers_that(Standing::is_honest)
    }

    /// Tables whose rows belong to tenants, partitions and partitioned parents included.
    pub fn owned(&self) -> impl Iterator<Item = &'a Relation> {
        self.catalog.relations.iter().filter(|relation| {
            matches!(
                relation.kind,
                RelationKind::Table | RelationKind::Partitioned | RelationKind::ForeignTable
            ) && self.is_owned(relation.oid)
        })
    }

    /// The table whose rows are the tenants, where tenants are something else than users.
    pub fn is_tenants(&self, relation: &Relation) -> bool {
        let tenant = self
            .tenancy
            .tenant
            .filter(|key| Some(*key) != self.tenancy.user);
        let root = tenant.and_then(|key| self.tenancy.keys.get(key.0)?.root);
        root.is_some_and(|root| root.relation == relation.oid)
    }

    pub fn is_owned(&self, relation: Oid) -> bool {
        matches!(self.tenancy.scope(relation), Some(Scope::Owned { .. }))
    }

    pub fn is_user_private(&self, relation: Oid) -> bool {
        matches!(
            self.tenancy.scope(relation),
            Some(Scope::Owned {
                user_private: true,
                ..
            })
        )
    }

    /// Whether `leaf` is the relation itself or one of its partitions.
    pub fn covers(&self, relation: Oid, leaf: Oid) -> bool {
        relation == leaf
            || self.relation(leaf).is_some_and(|r| {
                r.parents
                    .iter()
                    .any(|parent| self.covers(relation, *parent))
            })
    }

    /// Rows that stand in a table; for a partitioned table those of its partitions.
    pub fn rows(&self, relation: Oid) -> Vec<(Oid, &'a TrueRow)> {
        let mut out: Vec<(Oid, &TrueRow)> = self
            .truth
            .tables
            .get(&relation)
            .into_iter()
            .flatten()
            .map(|row| (relation, row))
            .collect();
        for child in self
            .catalog
            .relations
            .iter()
            .filter(|r| r.parents.contains(&relation))
        {
            out.extend(self.rows(child.oid));
        }
        out
    }

    /// Whether a row is foreign to an attacker: of a tenant that it does not belong to, or of a colleague where rows are
    /// private to their user.
    pub fn is_foreign(
        &self,
        attacker: &Attacker,
        relation: Oid,
        tenant: Option<TenantId>,
        user: Option<UserId>,
    ) -> bool {
        let Some(tenant) = tenant else { return false };
        // A user's own rows stay its own, whatever the token says of tenants.
        if user.is_some() && user == attacker.user {
            return false;
        }
        if !attacker.tenants.contains(&tenant) {
            return true;
        }
        self.is_user_private(relation) && user.is_some() && user != attacker.user
    }

    /// A foreign row to aim at: of the victim tenant if possible, else of any tenant that is foreign, else of a colleague.
    pub fn victim_row(&self, attacker: &Attacker, relation: Oid) -> Option<(Oid, &'a TrueRow)> {
        let rows = self.rows(relation);
        let foreign =
            |row: &&(Oid, &TrueRow)| self.is_foreign(attacker, relation, row.1.tenant, row.1.user);
        let victims = rows.iter().filter(foreign);
        victims
            .clone()
            .find(|(_, row)| row.tenant == Some(super::attackers::VICTIM))
            .or_else(|| victims.clone().next())
            .copied()
    }

    /// A row of the attacker's own: its user's if there is one, else its home tenant's.
    pub fn own_row(&self, attacker: &Attacker, relation: Oid) -> Option<(Oid, &'a TrueRow)> {
        let rows = self.rows(relation);
        let home = attacker.tenants.first().copied()?;
        let mine = rows.iter().filter(|(_, row)| row.tenant == Some(home));
        mine.clone()
            .find(|(_, row)| row.user.is_some() && row.user == attacker.user)
            .or_else(|| mine.clone().next())
            .copied()
    }

    pub fn column_ref(&self, relation: Oid, column: i16) -> ColumnRef {
        ColumnRef { relation, column }
    }

    /// Whether a column says whose the row is: a key, or a reference to a row that belongs to somebody.
    pub fn names_owner(&self, relation: &Relation, number: i16) -> bool {
        let key = self.tenancy.key_of(self.column_ref(relation.oid, number));
        let mut references = relation.foreign_keys.iter();
        key.is_some()
            || self.is_path(relation, number)
            || references.any(|key| key.columns.contains(&number) && self.is_owned(key.target))
    }

    /// Whether the folders in a column's text say whose the row is.
    pub fn is_path(&self, relation: &Relation, number: i16) -> bool {
        let folders = self.tenancy.folders.get(&relation.oid);
        folders.is_some_and(|folders| folders.iter().any(|folder| folder.column == number))
    }

    /// The tables of tenants and users themselves: a name that is unique among them is taken for everybody by design.
    pub fn is_directory(&self, relation: &Relation) -> bool {
        let (tenant, user) = (self.tenancy.tenant, self.tenancy.user);
        let keys = self.tenancy.keys.iter().enumerate();
        let mut roots = keys
            .filter(|(at, _)| [tenant, user].contains(&Some(KeyId(*at))))
            .filter_map(|(_, key)| key.root);
        let names_itself = || {
            relation.columns.iter().any(|column| {
                let place = self.column_ref(relation.oid, column.number);
                relation.primary_key == [column.number] && self.tenancy.key_of(place).is_some()
            })
        };
        roots.any(|root| root.relation == relation.oid) || names_itself()
    }

    /// The columns of a relation that hold the tenant itself.
    pub fn tenant_columns(&self, relation: &Relation) -> Vec<i16> {
        let holds = |number: &i16| {
            self.tenancy.tenant.is_some()
                && self.tenancy.key_of(self.column_ref(relation.oid, *number))
                    == self.tenancy.tenant
        };
        relation
            .columns
            .iter()
            .map(|column| column.number)
            .filter(holds)
            .collect()
    }

    /// The value of a column in a row.
    pub fn value<'r>(&self, relation: &Relation, row: &'r TrueRow, number: i16) -> Option<&'r str> {
        let at = relation
            .columns
            .iter()
            .position(|column| column.number == number)?;
        row.values.get(at)?.as_deref()
    }

    /// `"id" = '…' AND …`: finds exactly this row, by its primary key or else by everything that can be compared.
    pub fn finds(&self, relation: &Relation, row: &TrueRow) -> String {
        let key: Vec<i16> = match relation.primary_key.is_empty() {
            false => relation.primary_key.clone(),
            true => relation
                .columns
                .iter()
                .filter(|c| comparable(c))
                .map(|c| c.number)
                .collect(),
        };
        let parts: Vec<String> = key
            .iter()
            .filter_map(|number| self.equals(relation, row, *number))
            .collect();
        if parts.is_empty() {
            "true".to_owned()
        } else {
            parts.join(" AND ")
        }
    }

    fn equals(&self, relation: &Relation, row: &TrueRow, number: i16) -> Option<String> {
        let column = relation.columns.iter().find(|c| c.number == number)?;
        let name = sql::identifier(&column.name);
        Some(match self.value(relation, row, number) {
            Some(value) => format!("{name} = {}", sql::literal(value)),
            None => format!("{name} IS NULL"),
        })
    }
}

/// Types without an equality operator cannot find a row.
fn comparable(column: &Column) -> bool {
    !matches!(
        column.type_name.as_str(),
        "json" | "xml" | "point" | "polygon" | "box" | "path" | "line" | "lseg" | "circle"
    )
}

/// The relation's name in SQL.
pub fn named(relation: &Relation) -> String {
    sql::qualified(&relation.schema, &relation.name)
}
