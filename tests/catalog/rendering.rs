//! Whole catalogs as text.
use super::fixture;
use std::fmt::Write as _;
use watertight::catalog::{Catalog, Function, Grant, Relation, Shape};

#[tokio::test]
async fn every_kind_of_object_is_read() {
    let (scratch, _, catalog) = fixture("teamwork").await;
    insta::assert_snapshot!(render(&catalog));
    scratch.stop().await;
}

#[tokio::test]
async fn a_plain_project_is_read() {
    let (scratch, _, catalog) = fixture("ledger").await;
    insta::assert_snapshot!(render(&catalog));
    scratch.stop().await;
}

fn render(catalog: &Catalog) -> String {
    let mut text = String::new();
    for relation in catalog
        .relations
        .iter()
        .filter(|of| !of.platform && of.extension.is_none())
    {
        self::relation(&mut text, catalog, relation);
    }
    for function in catalog
        .functions
        .iter()
        .filter(|function| !function.platform)
    {
        self::function(&mut text, catalog, function);
    }
    let mut types: Vec<String> = catalog
        .types
        .values()
        .filter(|of| of.schema == "public")
        .filter(|of| !matches!(of.shape, Shape::Array { .. } | Shape::Other))
        .map(|of| match &of.shape {
            Shape::Enum(labels) => format!("enum {} {labels:?}", of.name),
            Shape::Domain {
                base_name,
                not_null,
                checks,
                ..
            } => {
                format!(
                    "domain {} {base_name} not_null={not_null} {checks:?}",
                    of.name
                )
            }
            Shape::Composite(columns) => {
                let columns: Vec<String> = columns
                    .iter()
                    .map(|of| format!("{} {}", of.name, of.type_name))
                    .collect();
                format!("composite {} {columns:?}", of.name)
            }
            other => format!("{other:?} {}", of.name),
        })
        .collect();
    types.sort();
    text + &types.join("\n")
}

fn relation(text: &mut String, catalog: &Catalog, relation: &Relation) {
    let mut line = |words: String| {
        let _ = writeln!(text, "{words}");
    };
    line(format!(
        "{} {}{}{}",
        relation.kind_name(),
        relation.display_name(),
        if relation.rls { " rls" } else { "" },
        if relation.force_rls { " forced" } else { "" }
    ));
    for column in &relation.columns {
        line(format!(
            "  {} {} {}{}{:?}",
            column.name,
            column.type_name,
            if column.not_null { "not null " } else { "" },
            column
                .default
                .as_ref()
                .map_or_else(String::new, |of| format!("default {of} ")),
            column.generated
        ));
    }
    constraints(&mut line, catalog, relation);
    for policy in &relation.policies {
        let roles: Vec<&str> = policy
            .roles
            .iter()
            .map(|role| catalog.role_name(*role))
            .collect();
        line(format!(
            "  policy {:?} {:?} permissive={} {roles:?} using={:?} check={:?}",
            policy.name, policy.command, policy.permissive, policy.using, policy.check
        ));
    }
    for trigger in &relation.triggers {
        line(format!(
            "  trigger {} {} {}",
            trigger.kind, trigger.enabled, trigger.definition
        ));
    }
    links(&mut line, catalog, relation);
    line(format!("  grants {}", grants(catalog, &relation.grants)));
}

fn constraints(line: &mut impl FnMut(String), catalog: &Catalog, relation: &Relation) {
    let names = |numbers: &[i16]| -> Vec<&str> {
        let name = |number: &i16| {
            relation
                .column(*number)
                .map_or("(expression)", |column| &column.name)
        };
        numbers.iter().map(name).collect()
    };
    for unique in &relation.uniques {
        line(format!(
            "  unique {} {:?} primary={} where={:?} {:?}",
            unique.name,
            names(&unique.columns),
            unique.primary,
            unique.predicate,
            unique.expressions
        ));
    }
    for check in &relation.checks {
        line(format!(
            "  check {} {} {:?}",
            check.name,
            check.expression,
            names(&check.columns)
        ));
    }
    for key in &relation.foreign_keys {
        let target = catalog.relation(key.target).unwrap();
        let columns: Vec<&str> = key
            .target_columns
            .iter()
            .map(|number| target.column(*number).unwrap().name.as_str())
            .collect();
        line(format!(
            "  key {} {:?} -> {} {columns:?} {}{} deferrable={}",
            key.name,
            names(&key.columns),
            target.display_name(),
            key.on_delete,
            key.on_update,
            key.deferrable
        ));
    }
    for (name, definition) in relation.exclusions.iter().chain(&relation.rules) {
        line(format!("  {name}: {definition}"));
    }
}

fn links(line: &mut impl FnMut(String), catalog: &Catalog, relation: &Relation) {
    let parents: Vec<String> = relation
        .parents
        .iter()
        .map(|of| catalog.relation(*of).unwrap().display_name())
        .collect();
    let reads: Vec<String> = relation
        .reads
        .iter()
        .map(|of| catalog.relation(*of).unwrap().display_name())
        .collect();
    for (what, value) in [
        (
            "parents",
            format!(
                "{parents:?} {:?} {:?}",
                relation.partition_bound, relation.partition_key
            ),
        ),
        (
            "reads",
            format!("{reads:?} updatable={:?}", relation.updatable),
        ),
        (
            "invoker, barrier",
            format!(
                "{} {}",
                relation.security_invoker, relation.security_barrier
            ),
        ),
        ("publications", format!("{:?}", relation.publications)),
    ] {
        if !matches!(
            value.as_str(),
            "[] None None" | "[] updatable=(false, false, false)" | "false false" | "[]"
        ) {
            line(format!("  {what} {value}"));
        }
    }
}

fn function(text: &mut String, catalog: &Catalog, function: &Function) {
    let named: Vec<String> = function
        .arguments
        .iter()
        .chain(&function.outputs)
        .map(|of| {
            format!(
                "{} {}{}{}",
                of.name.as_deref().unwrap_or("?"),
                of.type_name,
                if of.has_default { " default" } else { "" },
                if of.variadic { " variadic" } else { "" }
            )
        })
        .collect();
    let _ = writeln!(
        text,
        "{:?} {} {named:?} returns {}{} {} definer={} {:?} {:?} {}\n  body {:?}",
        function.kind,
        function.signature(),
        if function.returns_set { "set of " } else { "" },
        function.returns,
        function.language,
        function.definer,
        function.volatility,
        function.settings,
        grants(catalog, &function.grants),
        function
            .body
            .split_whitespace()
            .collect::<Vec<_>>()
            .join(" ")
    );
}

/// `role:letters`, without roles that only a platform's server has; the superuser's name differs from server to server.
fn grants(catalog: &Catalog, grants: &[Grant]) -> String {
    let mut shown: Vec<String> = Vec::new();
    for role in &catalog.roles {
        let of: Vec<String> = grants
            .iter()
            .filter(|grant| grant.role == role.oid && !role.superuser)
            .map(|grant| match grant.column {
                Some(column) => format!("{:?}({column})", grant.privilege),
                None => format!("{:?}", grant.privilege),
            })
            .collect();
        if !of.is_empty() {
            shown.push(format!("{}={}", role.name, of.join(",")));
        }
    }
    if grants.iter().any(|grant| grant.role == 0) {
        shown.push("public".to_owned());
    }
    shown.join(" ")
}
