//! Finds things in a catalog and answers who may do what, without a server.
use super::model::*;
use super::read::class;
use crate::sql;
use std::collections::BTreeSet;

/// The role oid that stands for everybody.
pub const PUBLIC: Oid = 0;

/// Predefined roles whose privileges no list of grants shows (<https://www.postgresql.org/docs/current/predefined-roles.html>); their
/// oids are fixed in `src/include/catalog/pg_authid.dat`.
const READ_ALL_DATA: Oid = 6181;
const WRITE_ALL_DATA: Oid = 6182;

impl Catalog {
    pub fn relation(&self, oid: Oid) -> Option<&Relation> {
        self.relations.iter().find(|relation| relation.oid == oid)
    }

    /// A relation by `schema.name`, or by its name alone where that is clear: in schema public, else the only one so named.
    pub fn relation_named(&self, name: &str) -> Option<&Relation> {
        let shown = |relation: &&Relation| relation.display_name() == name;
        if let Some(found) = self.relations.iter().find(shown) {
            return Some(found);
        }
        let alike: Vec<&Relation> = self
            .relations
            .iter()
            .filter(|relation| relation.name == name)
            .collect();
        match alike[..] {
            [one] => Some(one),
            _ => alike
                .into_iter()
                .find(|relation| relation.schema == "public"),
        }
    }

    pub fn function(&self, oid: Oid) -> Option<&Function> {
        self.functions.iter().find(|function| function.oid == oid)
    }

    /// All functions called `schema.name`; several differ in their arguments.
    pub fn functions_named<'a>(&'a self, name: &'a str) -> impl Iterator<Item = &'a Function> {
        self.functions
            .iter()
            .filter(move |function| function.display_name() == name)
    }

    pub fn role(&self, oid: Oid) -> Option<&Role> {
        self.roles.iter().find(|role| role.oid == oid)
    }

    pub fn role_named(&self, name: &str) -> Option<&Role> {
        self.roles.iter().find(|role| role.name == name)
    }

    /// The name of a role; `public` for everybody.
    pub fn role_name(&self, oid: Oid) -> &str {
        match self.role(oid) {
            Some(role) => &role.name,
            None => "public",
        }
    }

    pub fn schema_named(&self, name: &str) -> Option<&Schema> {
        self.schemas.iter().find(|schema| schema.name == name)
    }

    /// Relations that inherit from `parent` or are its partitions, directly.
    pub fn children(&self, parent: Oid) -> impl Iterator<Item = &Relation> {
        self.relations
            .iter()
            .filter(move |relation| relation.parents.contains(&parent))
    }

    /// The statements that made or changed an object, oldest first.
    pub fn origins_of(&self, class: Oid, object: Oid) -> &[Origin] {
        self.origins
            .get(&ObjectKey { class, object })
            .map_or(&[], Vec::as_slice)
    }

    /// The statement that made a relation, as an index into `Migrations::statements`.
    pub fn made_relation(&self, relation: Oid) -> Option<usize> {
        self.made(class::RELATION, relation)
    }

    /// The statement that gave a policy its present form: the last that created or altered it.
    pub fn made_policy(&self, policy: Oid) -> Option<usize> {
        self.shaped(class::POLICY, policy)
    }

    /// The statement that gave a function its present body. ALTER FUNCTION and GRANT do not touch the body.
    pub fn made_function(&self, function: Oid) -> Option<usize> {
        let origins = self.origins_of(class::FUNCTION, function).iter();
        let mut creating = origins.filter(|origin| origin.tag.starts_with("CREATE"));
        creating.next_back().map(|origin| origin.statement)
    }

    /// The statement that gave a view its present query.
    pub fn made_view(&self, view: Oid) -> Option<usize> {
        let origins = self.origins_of(class::RELATION, view).iter();
        let mut creating = origins.filter(|origin| origin.tag.starts_with("CREATE"));
        creating.next_back().map(|origin| origin.statement)
    }

    /// The last GRANT or REVOKE that changed the privileges on an object.
    pub fn granted(&self, class: Oid, object: Oid) -> Option<usize> {
        let origins = self.origins_of(class, object).iter();
        let mut granting =
            origins.filter(|origin| matches!(origin.tag.as_str(), "GRANT" | "REVOKE"));
        granting.next_back().map(|origin| origin.statement)
    }

    /// The first statement that touched an object, which is the one that made it.
    pub fn made(&self, class: Oid, object: Oid) -> Option<usize> {
        let origins = self.origins_of(class, object);
        origins.first().map(|origin| origin.statement)
    }

    /// The last statement that created or altered an object.
    pub fn shaped(&self, class: Oid, object: Oid) -> Option<usize> {
        let mut shaping = self
            .origins_of(class, object)
            .iter()
            .filter(|origin| origin.tag.starts_with("CREATE") || origin.tag.starts_with("ALTER"));
        shaping.next_back().map(|origin| origin.statement)
    }

    /// Whether a session that logged in as `login` may SET ROLE to `role`: itself, or a role that it is a member of, however indirectly.
    pub fn role_reaches(&self, login: Oid, role: Oid) -> bool {
        login == role
            || self.role(login).is_some_and(|login| login.superuser)
            || self.memberships(login, |_| true).contains(&role)
    }

    /// Whether a role holds a privilege on the whole relation: granted to it, to everybody or to a role whose rights it inherits.
    pub fn has_privilege(&self, role: Oid, relation: &Relation, privilege: Privilege) -> bool {
        self.holds(role, &relation.grants, predefined(privilege), |grant| {
            grant.privilege == privilege && grant.column.is_none()
        })
    }

    /// Whether a role holds a privilege on a column, by itself or through the whole relation.
    pub fn has_column_privilege(
        &self,
        role: Oid,
        relation: &Relation,
        column: i16,
        privilege: Privilege,
    ) -> bool {
        self.holds(role, &relation.grants, predefined(privilege), |grant| {
            grant.privilege == privilege && grant.column.is_none_or(|of| of == column)
        })
    }

    /// Whether a role may call a function.
    pub fn has_execute(&self, role: Oid, function: &Function) -> bool {
        self.holds(role, &function.grants, None, |grant| {
            grant.privilege == Privilege::Execute
        })
    }

    /// Whether a role may name the objects of a schema.
    pub fn has_usage(&self, role: Oid, schema: &str) -> bool {
        let superuser = self.role(role).is_some_and(|role| role.superuser);
        let roles = self.acting_as(role);
        superuser
            || roles.contains(&READ_ALL_DATA)
            || roles.contains(&WRITE_ALL_DATA)
            || self
                .schema_named(schema)
                .is_some_and(|schema| schema.usage.iter().any(|granted| roles.contains(granted)))
    }

    /// The roles whose privileges a session of `role` has: itself, everybody, and those that it inherits from.
    pub fn acting_as(&self, role: Oid) -> BTreeSet<Oid> {
        let mut roles = self.memberships(role, |role| role.inherit);
        roles.extend([PUBLIC, role]);
        roles
    }

    /// An owner holds exactly what the list of grants says, also about itself; superusers hold everything.
    fn holds(
        &self,
        role: Oid,
        grants: &[Grant],
        predefined: Option<Oid>,
        wanted: impl Fn(&Grant) -> bool,
    ) -> bool {
        if self.role(role).is_some_and(|role| role.superuser) {
            return true;
        }
        let roles = self.acting_as(role);
        predefined.is_some_and(|of| roles.contains(&of))
            || grants
                .iter()
                .any(|grant| wanted(grant) && roles.contains(&grant.role))
    }

    /// Every role that `role` is a member of, directly or through roles that `through` accepts.
    fn memberships(&self, role: Oid, through: impl Fn(&Role) -> bool) -> BTreeSet<Oid> {
        let mut found = BTreeSet::new();
        let mut waiting = vec![role];
        while let Some(next) = waiting.pop() {
            let Some(member) = self.role(next).filter(|role| through(role)) else {
                continue;
            };
            waiting.extend(member.member_of.iter().filter(|of| found.insert(**of)));
        }
        found
    }
}

/// The predefined role that holds a privilege on every relation.
fn predefined(privilege: Privilege) -> Option<Oid> {
    match privilege {
        Privilege::Select => Some(READ_ALL_DATA),
        Privilege::Insert | Privilege::Update | Privilege::Delete => Some(WRITE_ALL_DATA),
        _ => None,
    }
}

impl Relation {
    /// The name as SQL: `"public"."contacts"`.
    pub fn qualified(&self) -> String {
        sql::qualified(&self.schema, &self.name)
    }

    /// The name as people write it: `public.contacts`.
    pub fn display_name(&self) -> String {
        format!("{}.{}", self.schema, self.name)
    }

    /// `table`, `view` … as findings say it.
    pub fn kind_name(&self) -> &'static str {
        match self.kind {
            RelationKind::Table if self.is_partition => "partition",
            RelationKind::Table => "table",
            RelationKind::Partitioned => "partitioned table",
            RelationKind::View => "view",
            RelationKind::MaterializedView => "materialized view",
            RelationKind::ForeignTable => "foreign table",
            RelationKind::Sequence => "sequence",
        }
    }

    pub fn column(&self, number: i16) -> Option<&Column> {
        self.columns.iter().find(|column| column.number == number)
    }

    pub fn column_named(&self, name: &str) -> Option<&Column> {
        self.columns.iter().find(|column| column.name == name)
    }
}

impl Function {
    /// The name as SQL: `"public"."get_logs"`.
    pub fn qualified(&self) -> String {
        sql::qualified(&self.schema, &self.name)
    }

    /// The name without arguments: `public.get_logs`.
    pub fn display_name(&self) -> String {
        format!("{}.{}", self.schema, self.name)
    }

    /// The name with the types of its arguments: `public.get_logs(uuid, text)`.
    pub fn signature(&self) -> String {
        let types: Vec<&str> = self
            .arguments
            .iter()
            .map(|argument| argument.type_name.as_str())
            .collect();
        format!("{}({})", self.display_name(), types.join(", "))
    }
}
