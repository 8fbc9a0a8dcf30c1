//! Calls a function that is marked LEAKPROOF in a condition: PostgreSQL runs it before the policy, on every row.
use super::read_row::{reading, victim_of};
use super::reassign_row::alone;
use super::{Aim, Attack, Form, Probe, Scene, Standing, statement};
use crate::catalog::Function;
use crate::sql::{identifier, qualified};

pub struct CallLeakproof;

impl Probe for CallLeakproof {
    fn name(&self) -> &'static str {
        "call-leakproof"
    }

    fn explanation(&self) -> &'static str {
        include_str!("call_leakproof.md")
    }

    fn attacks(&self, scene: &Scene) -> Vec<Attack> {
        let member = |standing| standing == Standing::Member;
        let Some((id, attacker)) = scene.attackers_that(member).next() else {
            return Vec::new();
        };
        let mut out = Vec::new();
        for function in scene.catalog.functions.iter().filter(|f| is_marked(f)) {
            let tables = scene
                .owned()
                .filter(|r| r.rls && !r.platform && r.parents.is_empty());
            for table in tables {
                let Some(found) = scene.victim_row(attacker, table.oid) else {
                    continue;
                };
                let row = found.1;
                let columns = table.columns.iter().filter(|column| {
                    column.type_oid == function.arguments[0].type_oid
                        && scene.value(table, row, column.number).is_some()
                });
                for column in columns.take(COLUMNS) {
                    let read = statement::select(scene, &attacker.role, table);
                    let name = qualified(&function.schema, &function.name);
                    let text = format!("{read} WHERE {name}({}) IS NULL", identifier(&column.name));
                    out.push(Attack {
                        // The first row that it raises on ends the query: it must be the victim's.
                        preparation: alone(scene, table.oid, found),
                        aim: Aim::Leakproof {
                            function: function.oid,
                        },
                        ..reading(
                            id,
                            table,
                            self.name(),
                            Form::Filtered,
                            text,
                            victim_of(attacker, row),
                        )
                    });
                }
            }
        }
        out.truncate(MOST);
        out
    }
}

/// Columns of one table, and attacks in all, that are tried.
const COLUMNS: usize = 3;
const MOST: usize = 200;

/// Only superusers may mark a function so; what it then tells by an error or a message is what policies would have hidden
/// (PostgreSQL manual, CREATE FUNCTION, LEAKPROOF).
fn is_marked(function: &Function) -> bool {
    function.leakproof
        && !function.platform
        && function.arguments.len() == 1
        && matches!(function.language.as_str(), "sql" | "plpgsql")
}
