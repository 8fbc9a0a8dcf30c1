//! Chooses arguments for function calls: the victim's keys and row values where the function compares them, plausible
//! constants elsewhere.
use super::attackers::VICTIM;
use super::scene::{Attacker, Scene, named};
use super::secrets::is_secret;
use super::smuggled::{runs_text, smuggled};
use crate::catalog::{Argument, Function, FunctionKind, Shape};
use crate::sql::{literal, qualified};
use crate::tenancy::{Claim, ClaimMeaning, KeyId};
use std::collections::BTreeSet;

/// One call with the values that the attacker knew beforehand.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Call {
    pub statement: String,
    pub supplied: Vec<String>,
}

/// Whose values fill the key arguments.
#[derive(Clone, Copy, PartialEq)]
pub(super) enum Mix {
    /// Everything is the victim's.
    Victim,
    /// The user is the attacker's own, the rest the victim's.
    OwnUser,
    /// The tenant is the attacker's own, the rest the victim's.
    OwnTenant,
    /// Everything is the attacker's own: what comes back must be the own rows only.
    Own,
}

/// The calls worth trying, without repetition.
pub fn calls(scene: &Scene, attacker: &Attacker, function: &Function) -> Vec<Call> {
    let mut out: BTreeSet<Call> = BTreeSet::new();
    for mix in [Mix::Victim, Mix::OwnUser, Mix::OwnTenant, Mix::Own] {
        out.extend(call(
            scene,
            attacker,
            function,
            mix,
            function.arguments.len(),
        ));
    }
    let required = function
        .arguments
        .iter()
        .filter(|argument| !argument.has_default)
        .count();
    if required < function.arguments.len() {
        out.extend(call(scene, attacker, function, Mix::Victim, required));
    }
    for value in spare_keys(scene, function) {
        out.extend(spare_call(scene, attacker, function, &value));
    }
    if runs_text(function) {
        out.extend(smuggled(scene, attacker, function));
    }
    out.into_iter().collect()
}

/// The call in which everything is the caller's own.
pub fn own_call(scene: &Scene, caller: &Attacker, function: &Function) -> Option<Call> {
    call(scene, caller, function, Mix::Own, function.arguments.len())
}

/// Renders a call with the first `count` arguments.
pub(super) fn call(
    scene: &Scene,
    attacker: &Attacker,
    function: &Function,
    mix: Mix,
    count: usize,
) -> Option<Call> {
    let values: Vec<String> = (0..count)
        .map(|at| value(scene, attacker, function, at, mix))
        .collect::<Option<_>>()?;
    Some(render(function, &values))
}

pub(super) fn render(function: &Function, values: &[String]) -> Call {
    let values: Vec<Option<String>> = values.iter().cloned().map(Some).collect();
    render_each(function, &values)
}

/// The same for values of which some are NULL.
pub(super) fn render_each(function: &Function, values: &[Option<String>]) -> Call {
    let arguments: Vec<String> = function
        .arguments
        .iter()
        .zip(values)
        .map(|(argument, value)| match value {
            Some(value) => passed(argument, value),
            None => format!("NULL::{}", argument.type_name),
        })
        .collect();
    let name = qualified(&function.schema, &function.name);
    let verb = if function.kind == FunctionKind::Procedure {
        "CALL"
    } else {
        "SELECT * FROM"
    };
    Call {
        statement: format!("{verb} {name}({})", arguments.join(", ")),
        supplied: values.iter().flatten().cloned().collect(),
    }
}

pub(super) fn passed(argument: &Argument, value: &str) -> String {
    let variadic = if argument.variadic { "VARIADIC " } else { "" };
    format!("{variadic}{}::{}", literal(value), argument.type_name)
}

pub(super) fn value(
    scene: &Scene,
    attacker: &Attacker,
    function: &Function,
    position: usize,
    mix: Mix,
) -> Option<String> {
    let argument = &function.arguments[position];
    // What is compared is a field of it, not the whole: such values are composed elsewhere.
    if holds_fields(scene, argument) {
        return plausible(scene, argument);
    }
    if let Some(key) = scene.tenancy.arguments.get(&(function.oid, position)) {
        let is_user = Some(*key) == scene.tenancy.user;
        let is_tenant = Some(*key) == scene.tenancy.tenant;
        let own =
            mix == Mix::Own || mix == Mix::OwnUser && is_user || mix == Mix::OwnTenant && is_tenant;
        let found = if own {
            own_key(scene, attacker, *key)
        } else {
            victim_key(scene, *key)
        };
        if let Some(found) = found {
            return Some(as_array(argument, found));
        }
    }
    if let Some(found) = compared_value(scene, attacker, function, position, mix) {
        return Some(as_array(argument, found));
    }
    plausible(scene, argument)
}

fn holds_fields(scene: &Scene, argument: &Argument) -> bool {
    let shape = scene
        .catalog
        .types
        .get(&argument.type_oid)
        .map(|t| &t.shape);
    matches!(argument.type_name.as_str(), "json" | "jsonb")
        || matches!(shape, Some(Shape::Composite(_)))
        || scene
            .catalog
            .relations
            .iter()
            .any(|r| named(r).replace('"', "") == argument.type_name)
}

fn as_array(argument: &Argument, value: String) -> String {
    if argument.type_name.ends_with("[]") {
        format!("{{\"{}\"}}", value.replace('"', "\\\""))
    } else {
        value
    }
}

pub(super) fn victim_key(scene: &Scene, key: KeyId) -> Option<String> {
    let member = scene
        .world
        .users
        .iter()
        .find(|user| user.tenants == [VICTIM]);
    scene
        .world
        .tenants
        .get(VICTIM.0)?
        .keys
        .get(&key)
        .or_else(|| member.and_then(|user| user.keys.get(&key)))
        .cloned()
}

pub(super) fn own_key(scene: &Scene, attacker: &Attacker, key: KeyId) -> Option<String> {
    let user = attacker.user.map(|user| &scene.world.users[user.0]);
    let tenant = attacker
        .tenants
        .first()
        .map(|tenant| &scene.world.tenants[tenant.0]);
    user.and_then(|user| user.keys.get(&key))
        .or_else(|| tenant.and_then(|tenant| tenant.keys.get(&key)))
        .cloned()
}

/// The value of a column that the function compares the argument with, from the victim's row.
fn compared_value(
    scene: &Scene,
    attacker: &Attacker,
    function: &Function,
    position: usize,
    mix: Mix,
) -> Option<String> {
    let columns = scene
        .tenancy
        .argument_columns
        .get(&(function.oid, position))?;
    columns.iter().find_map(|column| {
        let relation = scene.relation(column.relation)?;
        if mix != Mix::Own && is_secret(scene, relation, column.column) {
            return None;
        }
        let row = if mix == Mix::Own {
            scene.own_row(attacker, column.relation)
        } else {
            scene.victim_row(attacker, column.relation)
        };
        let (_, row) = row?;
        scene.value(relation, row, column.column).map(str::to_owned)
    })
}

/// A constant that the type accepts and most functions do too.
fn plausible(scene: &Scene, argument: &Argument) -> Option<String> {
    if let Some(Shape::Enum(labels)) = scene
        .catalog
        .types
        .get(&argument.type_oid)
        .map(|t| &t.shape)
    {
        return labels.first().cloned();
    }
    let base = argument
        .type_name
        .split('(')
        .next()
        .unwrap_or_default()
        .trim();
    if base.ends_with("[]") {
        return Some("{}".to_owned());
    }
    let text = match base {
        "uuid" => {
            return scene
                .tenancy
                .tenant
                .and_then(|key| victim_key(scene, key))
                .filter(|value| value.len() == 36)
                .or_else(|| first_uuid(scene));
        }
        "boolean" => "true",
        "smallint" | "integer" | "bigint" | "numeric" | "real" | "double precision" | "money" => {
            "1000"
        }
        "date" => "2000-01-01",
        "timestamp without time zone" | "timestamp with time zone" => "2000-01-01 00:00:00",
        "time without time zone" | "time with time zone" => "00:00",
        "interval" => "100 years",
        "json" | "jsonb" => "{}",
        "bytea" => "\\x00",
        "inet" | "cidr" => "10.0.0.1",
        "text" | "character varying" | "character" | "citext" | "name" | "unknown" => "watertight",
        _ => return None,
    };
    Some(text.to_owned())
}

fn first_uuid(scene: &Scene) -> Option<String> {
    scene.owned().find_map(|relation| {
        let (_, row) = scene
            .rows(relation.oid)
            .into_iter()
            .find(|(_, row)| row.tenant == Some(VICTIM))?;
        let column = relation
            .columns
            .iter()
            .find(|c| c.type_name == "uuid" && relation.primary_key == [c.number])?;
        scene.value(relation, row, column.number).map(str::to_owned)
    })
}

/// Arguments of a key's type that no comparison explains: each of the victim's keys is tried there.
fn spare_keys(scene: &Scene, function: &Function) -> Vec<(usize, String)> {
    let known = |at: usize| {
        scene.tenancy.arguments.contains_key(&(function.oid, at))
            || scene
                .tenancy
                .argument_columns
                .contains_key(&(function.oid, at))
    };
    let mut out = Vec::new();
    for (at, argument) in function
        .arguments
        .iter()
        .enumerate()
        .filter(|(at, _)| !known(*at))
    {
        for (id, key) in scene.tenancy.keys.iter().enumerate() {
            if argument.type_name.trim_end_matches("[]") == key.type_name
                && let Some(value) = victim_key(scene, KeyId(id))
            {
                out.push((at, value));
            }
        }
    }
    out.truncate(6);
    out
}

fn spare_call(
    scene: &Scene,
    attacker: &Attacker,
    function: &Function,
    (position, chosen): &(usize, String),
) -> Option<Call> {
    let values: Vec<String> = (0..function.arguments.len())
        .map(|at| {
            if at == *position {
                Some(as_array(&function.arguments[at], chosen.clone()))
            } else {
                value(scene, attacker, function, at, Mix::Victim)
            }
        })
        .collect::<Option<_>>()?;
    Some(render(function, &values))
}

/// Whether a body can reach rows at all: it names a statement that does, or another function of the schema. What only reads
/// settings (`select current_setting(…) into …`) does not; nor does what sets one, where whoever may call it may set it anyway.
pub fn opens_door(scene: &Scene, function: &Function) -> bool {
    const WORDS: &[&str] = &[
        "from", "update", "delete", "insert", "execute", "truncate", "copy", "merge", "call",
        "table",
    ];
    /// Settings of the server itself that decide what a session may.
    const RIGHTS: &[&str] = &["role", "row_security", "session_authorization"];
    let lower = function.body.to_lowercase();
    let words: BTreeSet<&str> = crate::sql::words(&lower).collect();
    let names_any = |known: &[&str]| known.iter().any(|word| words.contains(word));
    let sets = words.contains("set_config") && (names_any(RIGHTS) || !is_settable(scene));
    !matches!(function.language.as_str(), "sql" | "plpgsql")
        || names_any(WORDS)
        || sets
        || scene.catalog.functions.iter().any(|other| {
            other.oid != function.oid && calls_by_name(&lower, &other.name.to_lowercase())
        })
}

/// Whether a body has the name before a parenthesis: settings and columns are often called as functions are.
fn calls_by_name(body: &str, name: &str) -> bool {
    body.match_indices(name).any(|(at, _)| {
        let before = body[..at].chars().next_back();
        let whole = before.is_none_or(|c| !c.is_alphanumeric() && c != '_');
        let after = body[at + name.len()..].trim_start_matches('"').trim_start();
        whole && after.starts_with('(')
    })
}

/// Whether nothing but plain settings says who calls: whoever may set one may set any.
pub(super) fn is_settable(scene: &Scene) -> bool {
    let claims = &scene.tenancy.claims;
    let plain = |claim: &Claim| claim.path.is_empty() && !claim.user_editable;
    scene.tenancy.roles.role_is_key.is_none()
        && claims.iter().all(plain)
        && claims
            .iter()
            .any(|claim| matches!(claim.meaning, ClaimMeaning::Key(_)))
}
