//! What lets a caller sense rows that it does not see: the view that counts them, the trigger that compares or adds up, the
//! key that everybody shares. Pure.
use super::observe_cause::{Cause, ConstraintKind};
use super::suspects::{applicable, unpoliced};
use crate::catalog::{Oid, Relation, RelationKind};
use crate::probes::{Attack, Command, Scene};

/// The cause of an outcome that differs between two worlds.
pub(super) fn cause(scene: &Scene, attack: &Attack, relation: &Relation) -> Cause {
    match attack.command {
        Command::Select => of_read(scene, attack, relation),
        _ => of_write(scene, attack, relation),
    }
}

fn of_read(scene: &Scene, attack: &Attack, relation: &Relation) -> Cause {
    match relation.kind {
        RelationKind::MaterializedView => return Cause::View(relation.oid),
        RelationKind::View if !relation.security_invoker => return Cause::View(relation.oid),
        RelationKind::View => {
            let mut reads = relation.reads.iter().filter_map(|oid| scene.relation(*oid));
            let owner_rights = reads.find(|read| {
                matches!(
                    read.kind,
                    RelationKind::View | RelationKind::MaterializedView
                )
            });
            return owner_rights.map_or(Cause::View(relation.oid), |read| {
                of_read(scene, attack, read)
            });
        }
        _ => {}
    }
    // What a caller may see changes with the victim's data where a trigger writes it.
    if let Some(function) = writer(scene, relation) {
        return Cause::Function(function);
    }
    let attacker = scene.attacker(attack.attacker);
    let policies = applicable(scene, attacker, relation, Command::Select);
    unpoliced(scene, attacker, relation).unwrap_or_else(|| {
        policies
            .first()
            .map_or(Cause::NoRls(relation.oid), |policy| Cause::Policy {
                relation: relation.oid,
                policy: policy.oid,
                check: false,
            })
    })
}

/// A trigger's function that names the table.
fn writer(scene: &Scene, relation: &Relation) -> Option<Oid> {
    let tables = scene.catalog.relations.iter();
    let functions = tables.flat_map(|table| &table.triggers);
    let mut functions = functions.filter_map(|trigger| scene.catalog.function(trigger.function));
    functions
        .find(|function| mentions(&function.body, &relation.name))
        .map(|function| function.oid)
}

fn of_write(scene: &Scene, attack: &Attack, relation: &Relation) -> Cause {
    let name = attack.suspect.as_deref().unwrap_or_default();
    let constrained = relation.uniques.iter().any(|unique| unique.name == name)
        || relation.exclusions.iter().any(|(known, _)| known == name);
    if constrained {
        return Cause::Constraint {
            relation: relation.oid,
            name: name.to_owned(),
            kind: ConstraintKind::Unique,
        };
    }
    // The trigger that looks at the table itself compares with the rows of others.
    let functions = relation
        .triggers
        .iter()
        .filter(|trigger| trigger.enabled != 'D')
        .filter_map(|trigger| scene.catalog.function(trigger.function));
    let looks = functions
        .clone()
        .find(|function| mentions(&function.body, &relation.name));
    let checked = relation.checks.iter().flat_map(|check| {
        let functions = scene.catalog.functions.iter();
        functions.filter(move |function| mentions(&check.expression, &function.name))
    });
    looks
        .or(functions.clone().next())
        .or(checked.into_iter().next())
        .map_or(Cause::NoRls(relation.oid), |function| {
            Cause::Function(function.oid)
        })
}

fn mentions(text: &str, name: &str) -> bool {
    crate::sql::names(&text.to_lowercase(), &name.to_lowercase())
}
