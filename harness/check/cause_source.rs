//! Names a cause and shows the statement that made it.
use crate::catalog::{Catalog, ObjectKey, Oid, Privilege, Relation, Volatility};
use crate::event::{Culprit, Source};
use crate::migrations::{Clause, Migrations};
use crate::oracle::observe_cause::{Cause, ConstraintKind};

// Oids of the system catalogs are fixed (src/include/catalog/*.h): they name the kind of an object in pg_depend.
const PG_CLASS: Oid = 1259;
const PG_PROC: Oid = 1255;
const PG_CONSTRAINT: Oid = 2606;
const PG_POLICY: Oid = 3256;

/// The culprit of a finding: what people should look at, and where it stands.
pub fn culprit(catalog: &Catalog, migrations: &Migrations, cause: &Cause) -> Culprit {
    let search = Search {
        catalog,
        migrations,
    };
    match cause {
        Cause::NoRls(oid) => search.no_rls(*oid),
        Cause::NotForced(oid) => search.not_forced(*oid),
        Cause::Bypass(oid) => search.bypass(*oid),
        Cause::Policy {
            relation,
            policy,
            check,
        } => search.policy(*relation, *policy, *check),
        Cause::View(oid) => search.view(*oid),
        Cause::LargeObjects(oid) => search.large_objects(*oid),
        Cause::Function(oid) => search.function(*oid),
        Cause::Grant {
            relation,
            privilege,
        } => search.grant(*relation, *privilege),
        Cause::Constraint {
            relation,
            name,
            kind,
        } => search.constraint(*relation, name, *kind),
    }
}

/// Looks for the statements that made things.
struct Search<'a> {
    catalog: &'a Catalog,
    migrations: &'a Migrations,
}

impl Search<'_> {
    fn place(
        &self,
        class: Oid,
        object: Oid,
        tag: &str,
        clause: Clause<'_>,
        label: &str,
    ) -> Option<Source> {
        let statement = statement(self.catalog, class, object, tag)?;
        (!self.migrations.is_platform(statement))
            .then(|| self.migrations.source(statement, clause, label))
    }

    /// The statement that made a table.
    fn table(&self, oid: Oid, clause: Clause<'_>, label: &str) -> Option<Source> {
        self.place(PG_CLASS, oid, "CREATE TABLE", clause, label)
    }

    fn relation(&self, oid: Oid) -> Option<&Relation> {
        self.catalog.relations.iter().find(|r| r.oid == oid)
    }

    fn no_rls(&self, oid: Oid) -> Culprit {
        let off = "row-level security is switched off here";
        let never = "row-level security is never enabled";
        Culprit {
            kind: "row-level security".to_owned(),
            name: "row-level security".to_owned(),
            source: self
                .place(PG_CLASS, oid, "DISABLE", Clause::Action, off)
                .or_else(|| self.table(oid, Clause::Name, never)),
        }
    }

    fn large_objects(&self, oid: Oid) -> Culprit {
        let name = self.relation(oid).map(|relation| relation.name.clone());
        Culprit {
            kind: "table".to_owned(),
            name: name.unwrap_or_default(),
            source: self.table(
                oid,
                Clause::Name,
                "keeps numbers of objects that no policy guards",
            ),
        }
    }

    fn not_forced(&self, oid: Oid) -> Culprit {
        let label = "the owner is exempt: row-level security is not forced";
        Culprit {
            kind: "row-level security".to_owned(),
            name: "force row-level security".to_owned(),
            source: self.table(oid, Clause::Name, label),
        }
    }

    fn bypass(&self, oid: Oid) -> Culprit {
        let role = self.catalog.roles.iter().find(|role| role.oid == oid);
        let name = role.map(|role| role.name.clone()).unwrap_or_default();
        // Roles belong to the cluster, so no event trigger sees them made: the statement is found by its words.
        let made = (0..self.migrations.statements.len()).rev().find(|&at| {
            let text = self.migrations.text(at).to_lowercase();
            text.contains("bypassrls")
                && text.contains(&name.to_lowercase())
                && !self.migrations.is_platform(at)
        });
        let label = "no policy holds for this role";
        Culprit {
            kind: "role".to_owned(),
            name,
            source: made.map(|at| self.migrations.source(at, Clause::Statement, label)),
        }
    }

    fn policy(&self, table: Oid, policy: Oid, check: bool) -> Culprit {
        let found = self
            .relation(table)
            .and_then(|r| r.policies.iter().find(|p| p.oid == policy));
        let clause = match check || found.is_some_and(|p| p.using.is_none()) {
            true => Clause::WithCheck,
            false => Clause::Using,
        };
        let label = match check {
            true => "accepts rows of other tenants",
            false => "lets rows of other tenants through",
        };
        Culprit {
            kind: "policy".to_owned(),
            name: found.map(|p| p.name.clone()).unwrap_or_default(),
            source: self.place(PG_POLICY, policy, "POLICY", clause, label),
        }
    }

    fn view(&self, oid: Oid) -> Culprit {
        let view = self.relation(oid);
        let label = "reads with its owner's rights, past the policies of its tables";
        Culprit {
            kind: view.map(kind_of).unwrap_or("view").to_owned(),
            name: view
                .map(|r| format!("{}.{}", r.schema, r.name))
                .unwrap_or_default(),
            source: self.place(PG_CLASS, oid, "VIEW", Clause::Name, label),
        }
    }

    fn function(&self, oid: Oid) -> Culprit {
        let function = self.catalog.functions.iter().find(|f| f.oid == oid);
        let name = function
            .map(|f| format!("{}.{}", f.schema, f.name))
            .unwrap_or_default();
        let (clause, label) = if function.is_some_and(|f| f.definer) {
            (
                Clause::Security,
                "runs with its owner's rights and does not check the caller",
            )
        } else if function.is_some_and(|f| f.volatility == Volatility::Immutable) {
            (
                Clause::Statement,
                "is IMMUTABLE though it reads a setting: a kept plan keeps its value",
            )
        } else {
            (Clause::Body, "trusts what the caller can write")
        };
        Culprit {
            kind: "function".to_owned(),
            name,
            source: self.place(PG_PROC, oid, "FUNCTION", clause, label),
        }
    }

    fn grant(&self, table: Oid, privilege: Privilege) -> Culprit {
        let granted = "gives a right that no policy limits";
        let default = "default privileges give a right that no policy limits";
        Culprit {
            kind: "grant".to_owned(),
            name: privilege_name(privilege).to_owned(),
            source: explicit_grant(self.catalog, self.migrations, table, privilege)
                .map(|at| self.migrations.source(at, Clause::Command, granted))
                .or_else(|| self.place(PG_CLASS, table, "GRANT", Clause::Command, granted))
                .or_else(|| self.table(table, Clause::Name, default)),
        }
    }

    fn constraint(&self, table: Oid, name: &str, kind: ConstraintKind) -> Culprit {
        let (word, label) = match kind {
            ConstraintKind::ForeignKey => {
                ("foreign key", "accepts a reference to any tenant's row")
            }
            ConstraintKind::Unique => ("unique key", "is shared by all tenants"),
        };
        let found = self.relation(table);
        let key = found
            .and_then(|r| r.foreign_keys.iter().find(|k| k.name == name))
            .map(|k| (PG_CONSTRAINT, k.oid));
        let index = found
            .and_then(|r| r.uniques.iter().find(|u| u.name == name))
            .map(|u| (PG_CLASS, u.index));
        Culprit {
            kind: word.to_owned(),
            name: name.to_owned(),
            source: key
                .or(index)
                .and_then(|(class, oid)| {
                    self.place(class, oid, "", Clause::Constraint(name), label)
                })
                .or_else(|| self.table(table, Clause::Constraint(name), label)),
        }
    }
}

/// The last GRANT on a relation; `None` when its rights are what default privileges gave.
pub fn granted_by(
    catalog: &Catalog,
    migrations: &Migrations,
    relation: Oid,
    privilege: Privilege,
) -> Option<usize> {
    explicit_grant(catalog, migrations, relation, privilege)
        .or_else(|| statement(catalog, PG_CLASS, relation, "GRANT"))
}

/// The last statement with this word in its tag that touched the object.
fn statement(catalog: &Catalog, class: Oid, object: Oid, tag: &str) -> Option<usize> {
    let origins = catalog.origins.get(&ObjectKey { class, object })?;
    origins
        .iter()
        .rev()
        .find(|origin| origin.tag.contains(tag))
        .map(|origin| origin.statement)
}

pub fn kind_of(relation: &Relation) -> &'static str {
    use crate::catalog::RelationKind as K;
    match relation.kind {
        K::View => "view",
        K::MaterializedView => "materialized view",
        K::ForeignTable => "foreign table",
        K::Sequence => "sequence",
        K::Table if relation.is_partition => "partition",
        K::Table | K::Partitioned => "table",
    }
}

fn privilege_name(privilege: Privilege) -> &'static str {
    match privilege {
        Privilege::Select => "SELECT",
        Privilege::Insert => "INSERT",
        Privilege::Update => "UPDATE",
        Privilege::Delete => "DELETE",
        Privilege::Truncate => "TRUNCATE",
        Privilege::References => "REFERENCES",
        Privilege::Trigger => "TRIGGER",
        Privilege::Execute => "EXECUTE",
        Privilege::Usage => "USAGE",
    }
}

/// The user's own GRANT that names the table and gives the privilege, also where it gave nothing new: PostgreSQL records only
/// what a GRANT changes, so a right that default privileges had given before is found by the statement's words.
pub fn explicit_grant(
    catalog: &Catalog,
    migrations: &Migrations,
    table: Oid,
    privilege: Privilege,
) -> Option<usize> {
    let wanted = privilege_name(privilege).to_lowercase();
    let relation = catalog.relations.iter().find(|r| r.oid == table)?;
    (0..migrations.statements.len())
        .rev()
        .filter(|&at| !migrations.is_platform(at))
        .find(|&at| {
            let text = migrations.text(at).to_lowercase();
            let words: Vec<&str> = crate::sql::words(&text).collect();
            let gives = words.first() == Some(&"grant")
                && words
                    .iter()
                    .take_while(|word| **word != "on")
                    .any(|word| *word == wanted || *word == "all");
            let whole_schema = words
                .windows(3)
                .any(|three| three == ["all", "tables", "in"])
                && words.contains(&relation.schema.to_lowercase().as_str());
            gives && (whole_schema || words.contains(&relation.name.to_lowercase().as_str()))
        })
}
