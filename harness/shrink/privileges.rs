//! Says who may do what in a script: roles belong to the cluster and one GRANT may name forty tables, so both are read off
//! the catalog, one piece each. Pure.
use super::script::Piece;
use crate::catalog::{
    Catalog, Function, Grant, ObjectKey, Oid, PUBLIC, Privilege, Relation, RelationKind, Role,
    class,
};
use crate::sql::identifier;
use std::collections::{BTreeMap, BTreeSet};

/// Objects that came with the server have smaller numbers (FirstNormalObjectId in src/include/access/transam.h).
const FIRST_OWN: Oid = 16_384;

/// Pieces that no single statement of the migrations says.
const MADE: usize = usize::MAX;

/// The privileges on these objects as the migrations leave them.
pub fn privileges(catalog: &Catalog, objects: &BTreeSet<ObjectKey>) -> Vec<Piece> {
    let has = |class: Oid, object: Oid| objects.contains(&ObjectKey { class, object });
    let relations = catalog.relations.iter();
    let relations: Vec<&Relation> = relations.filter(|r| has(class::RELATION, r.oid)).collect();
    let functions = catalog.functions.iter();
    let functions: Vec<&Function> = functions.filter(|f| has(class::FUNCTION, f.oid)).collect();
    let mut schemas: BTreeSet<&str> = relations.iter().map(|r| r.schema.as_str()).collect();
    schemas.extend(functions.iter().map(|f| f.schema.as_str()));
    let said = relations
        .iter()
        .flat_map(|relation| on_relation(catalog, relation))
        .chain(functions.iter().flat_map(|f| on_function(catalog, f)))
        .chain(on_schemas(catalog, &schemas));
    said.map(|(name, text)| Piece {
        place: format!("a privilege on {name}, as the migrations leave it"),
        text,
        file: MADE,
        at: MADE - 1,
    })
    .collect()
}

/// An object's name for people, and a statement about it.
type Said = (String, String);

fn on_relation(catalog: &Catalog, relation: &Relation) -> Vec<Said> {
    let kind = match relation.kind {
        RelationKind::Sequence => "SEQUENCE ",
        _ => "",
    };
    let name = format!("{kind}{}", relation.qualified());
    rights(&relation.grants, relation)
        .into_iter()
        .filter(|(role, _)| *role != relation.owner)
        .map(|(role, rights)| {
            let text = format!("GRANT {rights} ON {name} TO {}", grantee(catalog, role));
            (relation.display_name(), text)
        })
        .collect()
}

/// PostgreSQL lets everybody call a new function (manual, 5.8, "Privileges"), so what is not said must be taken away.
fn on_function(catalog: &Catalog, function: &Function) -> Vec<Said> {
    let types = function.arguments.iter().map(|a| a.type_name.as_str());
    let name = format!(
        "ROUTINE {}({})",
        crate::sql::qualified(&function.schema, &function.name),
        types.collect::<Vec<_>>().join(", ")
    );
    let roles: BTreeSet<Oid> = function.grants.iter().map(|grant| grant.role).collect();
    if roles.contains(&PUBLIC) {
        return Vec::new();
    }
    let mut texts = vec![format!("REVOKE ALL ON {name} FROM PUBLIC")];
    for role in roles.iter().filter(|role| **role != function.owner) {
        texts.push(format!(
            "GRANT EXECUTE ON {name} TO {}",
            grantee(catalog, *role)
        ));
    }
    let said = texts
        .into_iter()
        .map(|text| (function.display_name(), text));
    said.collect()
}

fn on_schemas(catalog: &Catalog, schemas: &BTreeSet<&str>) -> Vec<Said> {
    let found = catalog.schemas.iter();
    let found = found.filter(|schema| schemas.contains(schema.name.as_str()));
    found
        .flat_map(|schema| {
            let roles = schema.usage.iter().filter(|role| **role != schema.owner);
            roles.map(|role| {
                let (name, to) = (identifier(&schema.name), grantee(catalog, *role));
                (
                    schema.name.clone(),
                    format!("GRANT USAGE ON SCHEMA {name} TO {to}"),
                )
            })
        })
        .collect()
}

fn grantee(catalog: &Catalog, role: Oid) -> String {
    match catalog.role(role) {
        Some(role) => identifier(&role.name),
        None => "PUBLIC".to_owned(),
    }
}

/// What each role may do, as a GRANT says it.
fn rights(grants: &[Grant], relation: &Relation) -> BTreeMap<Oid, String> {
    let mut out: BTreeMap<Oid, Vec<String>> = BTreeMap::new();
    for grant in grants {
        let word = match grant.privilege {
            Privilege::Select => "SELECT",
            Privilege::Insert => "INSERT",
            Privilege::Update => "UPDATE",
            Privilege::Delete => "DELETE",
            Privilege::Truncate => "TRUNCATE",
            Privilege::References => "REFERENCES",
            Privilege::Trigger => "TRIGGER",
            Privilege::Execute => "EXECUTE",
            Privilege::Usage => "USAGE",
        };
        let column = grant.column.and_then(|number| relation.column(number));
        out.entry(grant.role).or_default().push(match column {
            Some(column) => format!("{word} ({})", identifier(&column.name)),
            None => word.to_owned(),
        });
    }
    out.into_iter()
        .map(|(role, words)| (role, words.join(", ")))
        .collect()
}

/// The roles that the migrated cluster has and PostgreSQL itself has not, made only where they are absent.
pub fn roles(catalog: &Catalog) -> Vec<Piece> {
    let own = |role: &&Role| role.oid >= FIRST_OWN && !role.name.starts_with("pg_");
    let piece = |text: String, of: &str| Piece {
        place: format!("the role {of}, where it is absent"),
        text,
        file: MADE,
        at: 0,
    };
    let made = catalog.roles.iter().filter(own).map(|role| {
        let name = identifier(&role.name);
        let mut options = Vec::from([if role.login { "LOGIN" } else { "NOLOGIN" }]);
        options.extend((!role.inherit).then_some("NOINHERIT"));
        options.extend(role.superuser.then_some("SUPERUSER"));
        options.extend(role.bypass_rls.then_some("BYPASSRLS"));
        let text = format!(
            "DO $role$ BEGIN CREATE ROLE {name} {};\nEXCEPTION WHEN duplicate_object THEN NULL; END $role$",
            options.join(" ")
        );
        piece(text, &role.name)
    });
    let granted = catalog.roles.iter().filter(own).flat_map(|role| {
        let groups = role.member_of.iter().filter_map(|oid| catalog.role(*oid));
        groups.map(|group| {
            let text = format!(
                "GRANT {} TO {}",
                identifier(&group.name),
                identifier(&role.name)
            );
            let place = format!("{}, a member of {}", role.name, group.name);
            Piece {
                place,
                ..piece(text, &role.name)
            }
        })
    });
    made.chain(granted).collect()
}
