//! Listens to what triggers tell: a notification reaches every session that listens, whatever its role.
use super::{
    Aim, Attack, Command, Form, Object, Probe, Scene, Standing, Victim, attackers, named, statement,
};
use crate::catalog::{Function, Oid, Relation, RelationKind};
use crate::event::Severity;
use std::collections::{BTreeMap, BTreeSet};

pub struct ReadNotification;

impl Probe for ReadNotification {
    fn name(&self) -> &'static str {
        "read-notification"
    }

    fn explanation(&self) -> &'static str {
        include_str!("read_notification.md")
    }

    fn attacks(&self, scene: &Scene) -> Vec<Attack> {
        let listener = scene
            .attackers_that(|standing| standing == Standing::Member)
            .next();
        let victim = scene
            .attackers
            .iter()
            .find(|caller| caller.standing == Standing::VictimsMember);
        let (Some((id, _)), Some(victim)) = (listener, victim) else {
            return Vec::new();
        };
        let tables = scene
            .owned()
            .filter(|r| r.kind == RelationKind::Table && !r.platform);
        let mut out = Vec::new();
        for table in tables {
            let channels: BTreeSet<String> = announcers(scene, table)
                .flat_map(|function| channels(&function.body))
                .collect();
            let Some((leaf, row)) = scene
                .own_row(victim, table.oid)
                .filter(|_| !channels.is_empty())
            else {
                continue;
            };
            let found = format!(" WHERE {}", scene.finds(table, row));
            let set = statement::harmless_set(scene, victim, table);
            let mut said: Vec<String> = set
                .map(|set| format!("UPDATE {} SET {set}{found}", named(table)))
                .into_iter()
                .collect();
            said.push(format!("DELETE FROM {}{found}", named(table)));
            said.push(statement::insert(
                scene,
                &victim.role,
                table,
                row,
                &BTreeMap::new(),
            ));
            out.push(Attack {
                probe: self.name(),
                severity: Severity::High,
                object: Object::Relation(table.oid),
                command: Command::Select,
                form: Form::Bare,
                attacker: id,
                preparation: Vec::new(),
                statement: listens(&channels),
                supplied: Vec::new(),
                aim: Aim::Overhear {
                    said,
                    written: (leaf, row.ctid.clone()),
                },
                victim: Victim::Tenant(attackers::VICTIM),
                watch: Vec::new(),
                suspect: None,
            });
        }
        out
    }
}

/// Functions of the table's triggers that notify.
pub fn announcers<'a>(
    scene: &Scene<'a>,
    table: &'a Relation,
) -> impl Iterator<Item = &'a Function> {
    let catalog = scene.catalog;
    let functions = table.triggers.iter().map(|trigger| trigger.function);
    let distinct: BTreeSet<Oid> = functions.collect();
    distinct
        .into_iter()
        .filter_map(|oid| catalog.function(oid))
        .filter(|function| !channels(&function.body).is_empty())
}

fn listens(channels: &BTreeSet<String>) -> String {
    let each = channels
        .iter()
        .map(|channel| format!("LISTEN {}", crate::sql::identifier(channel)));
    each.collect::<Vec<_>>().join(";\n")
}

/// Channels whose name the body says outright. One that is put together from the tenant's key is known to the tenant.
fn channels(body: &str) -> Vec<String> {
    let mut out = Vec::new();
    for (at, word) in body.match_indices("pg_notify") {
        let rest = body[at + word.len()..].trim_start();
        let inside = rest.strip_prefix('(').map(str::trim_start);
        let quoted = inside.and_then(|text| text.strip_prefix('\''));
        let Some((name, after)) = quoted.and_then(|text| text.split_once('\'')) else {
            continue;
        };
        if after.trim_start().starts_with([',', ':']) {
            out.push(name.to_owned());
        }
    }
    let lower = body.to_lowercase();
    for (at, word) in lower.match_indices("notify ") {
        let begins = lower[..at].trim_end();
        if begins.is_empty() || begins.ends_with([';', '\'']) || begins.ends_with("begin") {
            let rest = &body[at + word.len()..];
            let name: String = rest
                .trim_start_matches('"')
                .chars()
                .take_while(|c| c.is_alphanumeric() || *c == '_')
                .collect();
            out.push(name);
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::channels;

    #[test]
    fn a_channel_is_known_when_the_body_says_its_name_outright() {
        assert_eq!(
            channels("perform pg_catalog.pg_notify('orders', new.id::text);"),
            ["orders"]
        );
        assert_eq!(channels("begin\n  notify jobs; return new; end"), ["jobs"]);
    }

    #[test]
    fn a_channel_that_is_put_together_is_not_guessed() {
        assert!(channels("perform pg_notify('org_' || new.org_id, payload);").is_empty());
        assert!(channels("perform pg_notify(channel, payload);").is_empty());
    }
}
