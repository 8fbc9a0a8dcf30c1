//! Names a cause and shows the statement that made it.
use crate::catalog::{Catalog, ObjectKey, Oid, Privilege, Relation, Volatility};
use crate::event::Culprit;
use crate::migrations::{Clause, Migrations};
use crate::oracle::observe_cause::{Cause, ConstraintKind};

// Oids of the system catalogs are fixed (src/include/catalog/*.h): they name the kind of an object in pg_depend.
const PG_CLASS: Oid = 1259;
const PG_PROC: Oid = 1255;
const PG_CONSTRAINT: Oid = 2606;
const PG_POLICY: Oid = 3256;

/// The culprit of a finding: what people should look at, and where it stands.
pub fn culprit(catalog: &Catalog, migrations: &Migrations, cause: &Cause) -> Culprit {
    let place = |class: Oid, object: Oid, tag: &str, clause: Clause<'_>, label: &str| {
        let statement = statement(catalog, class, object, tag)?;
        (!migrations.is_platform(statement)).then(|| migrations.source(statement, clause, label))
    };
    let relation = |oid: &Oid| catalog.relations.iter().find(|r| r.oid == *oid);
    let named = |oid: &Oid| {
        relation(oid)
            .map(|r| format!("{}.{}", r.schema, r.name))
            .unwrap_or_default()
    };
    match cause {
        Cause::NoRls(oid) => Culprit {
            kind: "row-level security".to_owned(),
            name: "row-level security".to_owned(),
            source: place(
                PG_CLASS,
                *oid,
                "DISABLE",
                Clause::Action,
                "row-level security is switched off here",
            )
            .or_else(|| {
                place(
                    PG_CLASS,
                    *oid,
                    "CREATE TABLE",
                    Clause::Name,
                    "row-level security is never enabled",
                )
            }),
        },
        Cause::NotForced(oid) => Culprit {
            kind: "row-level security".to_owned(),
            name: "force row-level security".to_owned(),
            source: place(
                PG_CLASS,
                *oid,
                "CREATE TABLE",
                Clause::Name,
                "the owner is exempt: row-level security is not forced",
            ),
        },
        Cause::Bypass(oid) => {
            let name = catalog
                .roles
                .iter()
                .find(|role| role.oid == *oid)
                .map(|role| role.name.clone())
                .unwrap_or_default();
            // Roles belong to the cluster, so no event trigger sees them made: the statement is found by its words.
            let made = (0..migrations.statements.len()).rev().find(|&at| {
                let text = migrations.text(at).to_lowercase();
                text.contains("bypassrls")
                    && text.contains(&name.to_lowercase())
                    && !migrations.is_platform(at)
            });
            let source = made.map(|at| {
                migrations.source(at, Clause::Statement, "no policy holds for this role")
            });
            Culprit {
                kind: "role".to_owned(),
                name,
                source,
            }
        }
        Cause::Policy {
            relation: table,
            policy,
            check,
        } => {
            let found = relation(table).and_then(|r| r.policies.iter().find(|p| p.oid == *policy));
            let clause = if *check {
                Clause::WithCheck
            } else {
                Clause::Using
            };
            let clause = if found.is_some_and(|p| p.using.is_none()) {
                Clause::WithCheck
            } else {
                clause
            };
            let label = if *check {
                "accepts rows of other tenants"
            } else {
                "lets rows of other tenants through"
            };
            Culprit {
                kind: "policy".to_owned(),
                name: found.map(|p| p.name.clone()).unwrap_or_default(),
                source: place(PG_POLICY, *policy, "POLICY", clause, label),
            }
        }
        Cause::View(oid) => {
            let kind = relation(oid).map(kind_of).unwrap_or("view");
            Culprit {
                kind: kind.to_owned(),
                name: named(oid),
                source: place(
                    PG_CLASS,
                    *oid,
                    "VIEW",
                    Clause::Name,
                    "reads with its owner's rights, past the policies of its tables",
                ),
            }
        }
        Cause::Function(oid) => {
            let function = catalog.functions.iter().find(|f| f.oid == *oid);
            let name = function
                .map(|f| format!("{}.{}", f.schema, f.name))
                .unwrap_or_default();
            let definer = function.is_some_and(|f| f.definer);
            let (clause, label) = if definer {
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
                source: place(PG_PROC, *oid, "FUNCTION", clause, label),
            }
        }
        Cause::Grant {
            relation: table,
            privilege,
        } => Culprit {
            kind: "grant".to_owned(),
            name: privilege_name(*privilege).to_owned(),
            source: place(
                PG_CLASS,
                *table,
                "GRANT",
                Clause::Command,
                "gives a right that no policy limits",
            )
            .or_else(|| {
                place(
                    PG_CLASS,
                    *table,
                    "CREATE TABLE",
                    Clause::Name,
                    "default privileges give a right that no policy limits",
                )
            }),
        },
        Cause::Constraint {
            relation: table,
            name,
            kind,
        } => {
            let (word, label) = match kind {
                ConstraintKind::ForeignKey => {
                    ("foreign key", "accepts a reference to any tenant's row")
                }
                ConstraintKind::Unique => ("unique key", "is shared by all tenants"),
            };
            let found = relation(table);
            let key = found
                .and_then(|r| r.foreign_keys.iter().find(|k| k.name == *name))
                .map(|k| (PG_CONSTRAINT, k.oid));
            let index = found
                .and_then(|r| r.uniques.iter().find(|u| u.name == *name))
                .map(|u| (PG_CLASS, u.index));
            let source = key
                .or(index)
                .and_then(|(class, oid)| place(class, oid, "", Clause::Constraint(name), label))
                .or_else(|| {
                    place(
                        PG_CLASS,
                        *table,
                        "CREATE TABLE",
                        Clause::Constraint(name),
                        label,
                    )
                });
            Culprit {
                kind: word.to_owned(),
                name: name.clone(),
                source,
            }
        }
    }
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
