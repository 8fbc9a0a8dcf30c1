//! Proposals for what leads around policies: views, functions and grants.
use super::{Loses, Proposal, application};
use crate::catalog::{Function, FunctionKind, Oid, Privilege, Relation, RelationKind};
use crate::probes::{Aim, Attack, Command, Object, Scene, named};
use crate::sql::{identifier, qualified};
use std::collections::BTreeSet;

pub(super) fn view(scene: &Scene, view: &Relation) -> Vec<Proposal> {
    let name = named(view);
    let revoke = format!("REVOKE ALL ON {name} FROM {}", application(scene));
    let mut out = Vec::new();
    if view.kind == RelationKind::View {
        let invoker = format!("ALTER VIEW {name} SET (security_invoker = true)");
        out.push(
            Proposal::new("let the view read with its caller's rights", [invoker])
                .losing(Loses::Writes(Object::Relation(view.oid))),
        );
    }
    out.push(
        Proposal::new(
            "take it away from the application's roles, members included: no policy guards it",
            [revoke],
        )
        .losing(Loses::Door(Object::Relation(view.oid))),
    );
    out
}

/// A function that believes what it is told, or keeps what it should ask again.
pub(super) fn function(scene: &Scene, oid: Oid, attack: &Attack) -> Vec<Proposal> {
    let mut functions = scene.catalog.functions.iter();
    let Some(function) = functions.find(|function| function.oid == oid) else {
        return Vec::new();
    };
    let kind = match function.kind {
        FunctionKind::Procedure => "PROCEDURE",
        _ => "FUNCTION",
    };
    let arguments: Vec<&str> = function
        .arguments
        .iter()
        .map(|argument| argument.type_name.as_str())
        .collect();
    let name = format!(
        "{}({})",
        qualified(&function.schema, &function.name),
        arguments.join(", ")
    );
    let alter = |says: &str, how: &str| Proposal::new(says, [format!("ALTER {kind} {name} {how}")]);
    match attack.probe {
        "read-cached-plan" => vec![alter(
            "what it reads is the same within one statement and no longer",
            "STABLE",
        )],
        "call-leakproof" => vec![alter(
            "it tells its argument, and PostgreSQL runs it before the policies",
            "NOT LEAKPROOF",
        )],
        "shadow-name" => vec![
            alter(
                "let nobody's temporary tables stand before real ones",
                "SET search_path = ''",
            ),
            alter(
                "let nobody's temporary tables stand before real ones",
                &format!(
                    "SET search_path = {}, pg_temp",
                    identifier(&function.schema)
                ),
            ),
        ],
        _ if attack.command == Command::Call && attack.aim != Aim::Sense => {
            called(scene, function, kind, &name)
        }
        probe if probe.starts_with("claim-") => unedited(function),
        _ => Vec::new(),
    }
}

/// A function with its owner's rights that trusts its arguments.
fn called(scene: &Scene, function: &Function, kind: &str, name: &str) -> Vec<Proposal> {
    let mut out = Vec::new();
    if function.definer {
        out.push(Proposal::new(
            "let it run with its caller's rights: policies hold inside of it then",
            [format!("ALTER {kind} {name} SECURITY INVOKER")],
        ));
    }
    out.push(Proposal::new(
        "take it away from the application's roles until it checks its arguments",
        [format!(
            "REVOKE EXECUTE ON {kind} {name} FROM {}",
            application(scene)
        )],
    ));
    out
}

/// The same function reading the part of the token that users cannot edit.
fn unedited(function: &Function) -> Vec<Proposal> {
    const EDITED: &str = "user_metadata";
    const KEPT: &str = "app_metadata";
    if !function.body.contains(EDITED)
        || function.language != "sql" && function.language != "plpgsql"
    {
        return Vec::new();
    }
    let arguments: Vec<String> = function
        .arguments
        .iter()
        .map(|argument| match &argument.name {
            Some(name) => format!("{} {}", identifier(name), argument.type_name),
            None => argument.type_name.clone(),
        })
        .collect();
    if function
        .arguments
        .iter()
        .any(|a| a.has_default || a.variadic)
    {
        return Vec::new();
    }
    let settings: String = function
        .settings
        .iter()
        .filter_map(|setting| setting.split_once('='))
        .map(|(name, value)| format!(" SET {name} = {}", quoted(value)))
        .collect();
    let volatility = match function.volatility {
        crate::catalog::Volatility::Immutable | crate::catalog::Volatility::Stable => "STABLE",
        crate::catalog::Volatility::Volatile => "VOLATILE",
    };
    let definer = if function.definer {
        " SECURITY DEFINER"
    } else {
        ""
    };
    let set = if function.returns_set { "SETOF " } else { "" };
    vec![Proposal::new(
        "read the tenant from the part of the token that users cannot edit",
        [format!(
            "CREATE OR REPLACE FUNCTION {}({}) RETURNS {set}{} LANGUAGE {} {volatility}{definer}{settings} AS $body${}$body$",
            qualified(&function.schema, &function.name),
            arguments.join(", "),
            function.returns,
            function.language,
            function.body.replace(EDITED, KEPT)
        )],
    )]
}

/// A setting's value as SET takes it: an empty one is a literal, a list of names stands as it is.
fn quoted(value: &str) -> String {
    match value.trim_matches('"').is_empty() {
        true => "''".to_owned(),
        false => value.to_owned(),
    }
}

/// A privilege that no policy limits.
pub(super) fn revoked(scene: &Scene, privilege: Privilege, attacks: &[&Attack]) -> Vec<Proposal> {
    let word = match privilege {
        Privilege::Truncate => "TRUNCATE",
        Privilege::Trigger => "TRIGGER",
        Privilege::References => "REFERENCES",
        Privilege::Usage => "USAGE",
        _ => "ALL",
    };
    let tables: BTreeSet<Oid> = attacks
        .iter()
        .filter_map(|attack| match attack.object {
            Object::Relation(oid) => Some(oid),
            Object::Function(_) => None,
        })
        .collect();
    let revoke = |table: &Relation| {
        let sequence = if table.kind == RelationKind::Sequence {
            "SEQUENCE "
        } else {
            ""
        };
        format!(
            "REVOKE {word} ON {sequence}{} FROM {}",
            named(table),
            application(scene)
        )
    };
    let statements: Vec<String> = tables
        .into_iter()
        .filter_map(|oid| scene.relation(oid))
        .map(revoke)
        .collect();
    vec![Proposal::new(
        "take the privilege away: the application never needs it",
        statements,
    )]
}
