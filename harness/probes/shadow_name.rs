//! Puts a temporary table in the place of one that a function looks up by its bare name.
use super::arguments::{calls, own_key, victim_key};
use super::{
    Aim, Attack, Attacker, AttackerId, Command, Form, Object, Probe, Scene, Standing, Victim,
    attackers, statement,
};
use crate::catalog::{Function, Relation, RelationKind};
use crate::event::Severity;
use crate::sql::{identifier, nullable};
use crate::world::TrueRow;
use std::collections::BTreeMap;

pub struct ShadowName;

impl Probe for ShadowName {
    fn name(&self) -> &'static str {
        "shadow-name"
    }

    fn explanation(&self) -> &'static str {
        include_str!("shadow_name.md")
    }

    fn attacks(&self, scene: &Scene) -> Vec<Attack> {
        let honest = |standing| matches!(standing, Standing::Member | Standing::Stranger);
        let mut out = Vec::new();
        let mut roles = Vec::new();
        for (id, attacker) in scene.attackers_that(honest) {
            let kind = (attacker.standing, &attacker.role);
            if attacker.user.is_none() || roles.contains(&kind) {
                continue;
            }
            roles.push(kind);
            for function in scene.catalog.functions.iter().filter(|f| is_open(f)) {
                for relation in bare_names(scene, function) {
                    out.extend(shadows(scene, id, attacker, function, relation));
                }
            }
        }
        out
    }
}

/// Functions that look names up in their caller's path, where temporary tables come first (PostgreSQL manual, 5.10.3
/// "The Schema Search Path").
fn is_open(function: &Function) -> bool {
    let pinned = |setting: &String| setting.starts_with("search_path=");
    matches!(function.language.as_str(), "sql" | "plpgsql")
        && !function.platform
        && !function.settings.iter().any(pinned)
        && !matches!(function.returns.as_str(), "trigger" | "event_trigger")
}

/// Tables that the body names without their schema.
fn bare_names<'a>(scene: &Scene<'a>, function: &Function) -> Vec<&'a Relation> {
    let body = function.body.to_lowercase();
    let part = |c: char| c.is_alphanumeric() || c == '_';
    let is_bare = |name: &str| {
        body.match_indices(name).any(|(at, _)| {
            let before = body[..at].chars().next_back();
            let after = body[at + name.len()..].chars().next();
            let opens = body[..at].trim_end();
            let follows = ["from", "join"].iter().any(|word| opens.ends_with(word));
            follows
                && before.is_none_or(|c| !part(c) && c != '.' && c != '"')
                && after.is_none_or(|c| !part(c) && c != '.')
        })
    };
    let tables = scene.catalog.relations.iter().filter(|relation| {
        matches!(
            relation.kind,
            RelationKind::Table | RelationKind::Partitioned
        ) && !relation.platform
    });
    tables.filter(|table| is_bare(&table.name)).collect()
}

/// With the false table in place: the tables whose policies ask the function, and the function itself.
fn shadows(
    scene: &Scene,
    id: AttackerId,
    attacker: &Attacker,
    function: &Function,
    relation: &Relation,
) -> Vec<Attack> {
    let Some((rows, supplied)) = false_rows(scene, attacker, relation) else {
        return Vec::new();
    };
    let name = format!("pg_temp.{}", identifier(&relation.name));
    let columns = relation
        .columns
        .iter()
        .map(|c| format!("{} {}", identifier(&c.name), c.type_name));
    let columns: Vec<String> = columns.collect();
    // Plans that the session made before keep the true table: creating another does not make them anew.
    let opening = format!(
        "DISCARD PLANS;\nCREATE TEMPORARY TABLE {} ({});\nINSERT INTO {name} VALUES {};\nGRANT SELECT ON {name} TO PUBLIC;\n",
        identifier(&relation.name),
        columns.join(", "),
        rows.join(", ")
    );
    let asked = scene.owned().filter(|table| {
        let mut policies = table.policies.iter();
        let calls = |text: &Option<String>| {
            let text = text.as_deref().unwrap_or_default();
            text.contains(&format!("{}(", function.name))
        };
        table.oid != relation.oid && policies.any(|policy| calls(&policy.using))
    });
    let reads = asked
        .filter(|table| scene.victim_row(attacker, table.oid).is_some())
        .take(2)
        .map(|table| statement::select(scene, &attacker.role, table));
    let direct = function.definer.then(|| calls(scene, attacker, function));
    let direct = direct.into_iter().flatten().take(4);
    let mut last: Vec<(String, Vec<String>)> = reads.map(|read| (read, Vec::new())).collect();
    last.extend(direct.map(|call| (call.statement, call.supplied)));
    last.into_iter()
        .map(|(last, known)| Attack {
            probe: "shadow-name",
            severity: Severity::High,
            object: Object::Function(function.oid),
            command: Command::Select,
            form: Form::Bare,
            attacker: id,
            preparation: Vec::new(),
            statement: format!("{opening}{last}"),
            supplied: supplied.iter().cloned().chain(known).collect(),
            aim: Aim::Shadow,
            victim: Victim::Tenant(attackers::VICTIM),
            watch: Vec::new(),
            suspect: None,
        })
        .collect()
}

/// Rows that would make the caller one of the victim's: the victim's rows in the caller's name, and the caller's in the
/// victim's tenant; with the values that the caller has to know for it.
fn false_rows(
    scene: &Scene,
    attacker: &Attacker,
    relation: &Relation,
) -> Option<(Vec<String>, Vec<String>)> {
    let key_of = |number: i16| scene.tenancy.key_of(scene.column_ref(relation.oid, number));
    let replaced = |row: &TrueRow, mine: bool| -> String {
        let mut values = BTreeMap::new();
        for column in &relation.columns {
            let Some(key) = key_of(column.number) else {
                continue;
            };
            let is_user = Some(key) == scene.tenancy.user;
            let value = match (is_user, mine) {
                (true, false) => own_key(scene, attacker, key),
                (false, true) => victim_key(scene, key),
                _ => None,
            };
            values.extend(value.map(|value| (column.number, value)));
        }
        let cells = relation.columns.iter().map(|column| {
            let known = values.get(&column.number).map(String::as_str);
            nullable(known.or_else(|| scene.value(relation, row, column.number)))
        });
        format!("({})", cells.collect::<Vec<_>>().join(", "))
    };
    let mut rows = Vec::new();
    let mut supplied = Vec::new();
    let victims = scene.rows(relation.oid).into_iter();
    for (_, row) in victims
        .filter(|(_, row)| row.tenant == Some(attackers::VICTIM))
        .take(4)
    {
        rows.push(replaced(row, false));
        supplied.extend(row.values.iter().flatten().cloned());
    }
    rows.extend(
        scene
            .own_row(attacker, relation.oid)
            .map(|(_, row)| replaced(row, true)),
    );
    (!rows.is_empty()).then_some((rows, supplied))
}
