//! Calls with a secret that nobody knows by guessing, such as an invitation's token: it is read in the same statement, and
//! is NULL where the caller may not read it.
use super::arguments::{Call, Mix, passed, value};
use super::{Attacker, Scene, attackers, named};
use crate::catalog::{Column, Function, FunctionKind, Oid, Relation};
use crate::sql::{identifier, names, qualified};
use crate::world::TrueRow;

/// How many rows of others are tried: they stand in different states.
const ROWS: usize = 6;

/// Each call with the table that the secret is read from.
pub(super) fn secret_calls(
    scene: &Scene,
    attacker: &Attacker,
    function: &Function,
) -> Vec<(Call, Option<Oid>)> {
    let mut out = Vec::new();
    for position in 0..function.arguments.len() {
        let compared = scene
            .tenancy
            .argument_columns
            .get(&(function.oid, position));
        for column in compared.into_iter().flatten() {
            let Some(table) = scene
                .relation(column.relation)
                .filter(|table| is_secret(scene, table, column.column))
            else {
                continue;
            };
            let rows = scene.rows(table.oid);
            let foreign = rows.iter().filter(|(_, row)| {
                row.tenant == Some(attackers::VICTIM)
                    && scene.is_foreign(attacker, table.oid, row.tenant, row.user)
            });
            for (_, row) in foreign.take(ROWS) {
                let read = reading(scene, table, column.column, row);
                let call = read.and_then(|read| with(scene, attacker, function, (position, read)));
                out.extend(call.map(|call| (call, Some(table.oid))));
            }
        }
    }
    out
}

/// Whether a function of the schema draws the column's values at random: a trigger of the table, or whoever writes to it,
/// assigns them to the column, or to a variable that is named after it (`v_token := encode(gen_random_bytes(7), 'hex')`).
fn is_drawn(scene: &Scene, relation: &Relation, column: &Column) -> bool {
    let fires = |function: &Function| {
        let mut triggers = relation.triggers.iter();
        triggers.any(|trigger| trigger.function == function.oid)
    };
    let mut own = scene.catalog.functions.iter().filter(|f| !f.platform);
    own.any(|function| {
        (names(&function.body, &relation.name) || fires(function))
            && drawn_into(&function.body).any(|name| {
                let suffix = name.strip_suffix(column.name.as_str());
                suffix.is_some_and(|rest| rest.is_empty() || rest.ends_with('_'))
            })
    })
}

/// The names that a body assigns something random to.
fn drawn_into(body: &str) -> impl Iterator<Item = &str> {
    body.match_indices("random").filter_map(|(at, _)| {
        let target = body[..at]
            .rsplit_once('=')?
            .0
            .trim_end_matches([':', ' ', '\t', '\n']);
        crate::sql::words(target).last()
    })
}

/// `(SELECT "token" FROM "public"."invitations" WHERE "id" = '…')`
fn reading(scene: &Scene, table: &Relation, number: i16, row: &TrueRow) -> Option<String> {
    let column = table.columns.iter().find(|c| c.number == number)?;
    Some(format!(
        "(SELECT {} FROM {} WHERE {})",
        identifier(&column.name),
        named(table),
        scene.finds(table, row)
    ))
}

fn with(
    scene: &Scene,
    attacker: &Attacker,
    function: &Function,
    (position, read): (usize, String),
) -> Option<Call> {
    let mut supplied = Vec::new();
    let mut arguments = Vec::new();
    for (at, argument) in function.arguments.iter().enumerate() {
        if at == position {
            arguments.push(format!("{read}::{}", argument.type_name));
            continue;
        }
        let value = value(scene, attacker, function, at, Mix::OwnUser)?;
        arguments.push(passed(argument, &value));
        supplied.push(value);
    }
    let verb = match function.kind {
        FunctionKind::Procedure => "CALL",
        _ => "SELECT * FROM",
    };
    let name = qualified(&function.schema, &function.name);
    Some(Call {
        statement: format!("{verb} {name}({})", arguments.join(", ")),
        supplied,
    })
}

/// Whoever holds a value that is drawn at random beside the key, such as an invitation's token, was given it: an attacker
/// does not know it, so no call may begin with it, and no unique key tells of it.
pub(super) fn is_secret(scene: &Scene, relation: &Relation, number: i16) -> bool {
    let Some(column) = relation.columns.iter().find(|c| c.number == number) else {
        return false;
    };
    let place = scene.column_ref(relation.oid, number);
    if scene.tenancy.key_of(place).is_some() {
        return false;
    }
    let key = relation.primary_key.contains(&number);
    let drawn = || is_drawn_by_default(scene, column) || is_drawn(scene, relation, column);
    is_called_secret(column) || !key && drawn()
}

/// Whether the column's default draws the value, by itself or by a function of the schema's own:
/// `default generate_token(30)`.
fn is_drawn_by_default(scene: &Scene, column: &Column) -> bool {
    let random = |text: &str| text.contains("random") || text.contains("uuid");
    let own = || scene.catalog.functions.iter().filter(|f| !f.platform);
    let draws = |text: &str| random(text) || own().any(|f| names(text, &f.name) && random(&f.body));
    column.default.as_deref().is_some_and(draws)
}

/// Words that say of a text that whoever knows it may do something: `token`, `reset_token_hash`.
const SECRETS: &[&str] = &["token", "secret", "nonce", "passcode", "password", "otp"];
/// Words that say so of a code, a key or a link: `invite_code` is a secret, `postal_code` is not.
const CODES: &[&str] = &["code", "key", "link", "hash", "pin"];
const OPENING: &[&str] = &[
    "access",
    "activation",
    "api",
    "claim",
    "invitation",
    "invite",
    "join",
    "license",
    "magic",
    "pairing",
    "private",
    "redeem",
    "registration",
    "reset",
    "share",
    "signup",
    "verification",
];

/// Whether the application draws the value: PostgreSQL knows nothing of it then, and only the column's name tells.
fn is_called_secret(column: &Column) -> bool {
    let texts = [
        "text",
        "character varying",
        "character",
        "uuid",
        "bytea",
        "citext",
    ];
    let base = column.type_name.split('(').next().unwrap_or_default();
    if !texts.contains(&base.rsplit('.').next().unwrap_or_default()) {
        return false;
    }
    let name = column.name.to_lowercase();
    let words: Vec<&str> = name.split('_').collect();
    let (last, before) = (words[words.len() - 1], &words[..words.len() - 1]);
    let opens = before
        .iter()
        .any(|word| OPENING.contains(word) || SECRETS.contains(word));
    SECRETS.contains(&last) || CODES.contains(&last) && opens
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_drawn_at_random_has_a_name() {
        let body = "begin new.token = encode(gen_random_bytes(7), 'hex'); v_code:=md5(random()::text);
            update t set pin = (case when pin is null then gen_random_uuid() else pin end); perform random(); end";
        let found: Vec<&str> = drawn_into(body).collect();
        assert_eq!(found[..3], ["token", "v_code", "pin"]);
    }
}
