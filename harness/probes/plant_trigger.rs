//! Hangs a trigger on a table: it runs with whoever writes next, and sees the row.
use super::read_row::{reading, victim_of};
use super::{Aim, Attack, Attacker, Form, Probe, Scene, Standing, named, rights, statement};
use crate::catalog::{Privilege, Relation, RelationKind};

pub struct PlantTrigger;

impl Probe for PlantTrigger {
    fn name(&self) -> &'static str {
        "plant-trigger"
    }

    fn explanation(&self) -> &'static str {
        include_str!("plant_trigger.md")
    }

    fn attacks(&self, scene: &Scene) -> Vec<Attack> {
        let member = |standing| standing == Standing::Member;
        let Some((id, attacker)) = scene.attackers_that(member).next() else {
            return Vec::new();
        };
        let victim = scene
            .attackers
            .iter()
            .find(|caller| caller.standing == Standing::VictimsMember);
        let Some(victim) = victim else {
            return Vec::new();
        };
        let tables = scene.owned().filter(|r| {
            r.kind == RelationKind::Table && !r.platform && may_plant(scene, attacker, r)
        });
        tables
            .filter_map(|table| {
                let (_, row) = scene.own_row(victim, table.oid)?;
                let set = statement::harmless_set(scene, victim, table)?;
                let text = format!(
                    "{PLANT}CREATE TRIGGER watertight_heard AFTER UPDATE ON {} FOR EACH ROW EXECUTE FUNCTION pg_temp.watertight_heard();\n\
                     {}UPDATE {} SET {set} WHERE {};\n\
                     {}SELECT current_setting('watertight.heard', true)",
                    named(table),
                    statement::become_caller(victim),
                    named(table),
                    scene.finds(table, row),
                    statement::become_caller(attacker),
                );
                Some(Attack {
                    aim: Aim::Plant,
                    ..reading(id, table, self.name(), Form::Bare, text, victim_of(attacker, row))
                })
            })
            .collect()
    }
}

/// A function of the session's own; what it hears stays in a setting until the end of the transaction.
const PLANT: &str = "CREATE FUNCTION pg_temp.watertight_heard() RETURNS trigger LANGUAGE plpgsql AS \
    $$ BEGIN PERFORM set_config('watertight.heard', to_jsonb(NEW)::text, true); RETURN NULL; END $$;\n";

fn may_plant(scene: &Scene, attacker: &Attacker, table: &Relation) -> bool {
    let roles = rights::enjoyed(scene, &attacker.role);
    // An owner needs no privilege, and policies without FORCE do not hold it back anyway.
    if roles.contains(&table.owner) {
        return false;
    }
    let mut grants = table.grants.iter();
    grants.any(|grant| grant.privilege == Privilege::Trigger && roles.contains(&grant.role))
}
