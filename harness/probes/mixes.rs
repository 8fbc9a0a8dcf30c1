//! Calls in which the attacker's own values stand beside the victim's, and calls with values at the ends of their types.
use super::arguments::{Call, Mix, render_each, value};
use super::documents::{Field, Shaped, compose, fields};
use super::scene::{Attacker, Scene};
use crate::catalog::{Argument, Function};
use std::collections::BTreeSet;

/// A value of the call: a whole argument, or a field of one.
struct Part {
    position: usize,
    field: Field,
    shape: Option<Shaped>,
}

/// Up to this many values, every mix is tried; beyond, each value alone is foreign and each alone is own.
const EVERY_MIX: usize = 3;
/// Values that are exchanged at all.
const EXCHANGED: usize = 6;

/// Calls in which some of what names a row is the attacker's own and the rest is the victim's: a function that checks one
/// of its arguments may trust the others.
pub(super) fn mixed(scene: &Scene, attacker: &Attacker, function: &Function) -> Vec<Call> {
    let Some(parts) = parts(scene, attacker, function) else {
        return Vec::new();
    };
    let differs = |part: &Part| {
        part.field.foreign.is_some()
            && part.field.own.is_some()
            && part.field.own != part.field.foreign
    };
    let mut swapped: Vec<usize> = (0..parts.len()).filter(|&at| differs(&parts[at])).collect();
    swapped.sort_by_key(|&at| !parts[at].field.names);
    swapped.truncate(EXCHANGED);
    let mut out = BTreeSet::new();
    for foreign in subsets(&swapped) {
        let whole = foreign.len() == swapped.len();
        out.extend(assembled(function, &parts, |at| {
            let field = &parts[at].field;
            match foreign.contains(&at) || whole || field.own.is_none() {
                true => field.foreign.clone(),
                false => field.own.clone(),
            }
        }));
    }
    // A row that is to be made may not have the key of one that is there.
    if parts.iter().any(|part| part.field.primary) {
        out.extend(assembled(function, &parts, |at| {
            let field = &parts[at].field;
            field.foreign.clone().filter(|_| !field.primary)
        }));
    }
    out.extend(both(function, &parts));
    out.into_iter().collect()
}

fn parts(scene: &Scene, attacker: &Attacker, function: &Function) -> Option<Vec<Part>> {
    let mut out = Vec::new();
    for position in 0..function.arguments.len() {
        if let Some((shape, fields)) = fields(scene, attacker, function, position) {
            out.extend(fields.into_iter().map(|field| Part {
                position,
                field,
                shape: Some(shape),
            }));
            continue;
        }
        let place = (function.oid, position);
        let known = scene.tenancy.arguments.contains_key(&place)
            || scene.tenancy.argument_columns.contains_key(&place);
        let foreign = value(scene, attacker, function, position, Mix::Victim)?;
        let own = value(scene, attacker, function, position, Mix::Own);
        out.push(Part {
            position,
            field: Field {
                path: Vec::new(),
                own,
                foreign: Some(foreign),
                names: known,
                primary: false,
            },
            shape: None,
        });
    }
    Some(out)
}

/// Which of the values are foreign, for each mix that is tried.
fn subsets(all: &[usize]) -> Vec<Vec<usize>> {
    if all.len() <= EVERY_MIX {
        let chosen = |mask: usize| (0..all.len()).filter(move |bit| mask >> bit & 1 == 1);
        return (0..1usize << all.len())
            .map(|mask| chosen(mask).map(|bit| all[bit]).collect())
            .collect();
    }
    let mut out = vec![Vec::new(), all.to_vec()];
    for &one in all {
        out.push(vec![one]);
        out.push(all.iter().copied().filter(|&other| other != one).collect());
    }
    out
}

/// The call with the chosen value in each part.
fn assembled(
    function: &Function,
    parts: &[Part],
    chosen: impl Fn(usize) -> Option<String>,
) -> Option<Call> {
    let mut values = Vec::new();
    let mut supplied = Vec::new();
    for position in 0..function.arguments.len() {
        let of = || (0..parts.len()).filter(move |&at| parts[at].position == position);
        let found: Vec<(&[String], Option<String>)> = of()
            .map(|at| (parts[at].field.path.as_slice(), chosen(at)))
            .collect();
        supplied.extend(found.iter().filter_map(|(_, value)| value.clone()));
        let shape = of().next().and_then(|at| parts[at].shape);
        values.push(match shape {
            Some(shape) => Some(compose(shape, &found)),
            None => found.into_iter().next()?.1,
        });
    }
    let call = render_each(function, &values);
    Some(Call { supplied, ..call })
}

/// Arrays that hold an own value first and a foreign one after it: a check may look at the first alone.
fn both(function: &Function, parts: &[Part]) -> Option<Call> {
    let is_array = |part: &Part| function.arguments[part.position].type_name.ends_with("[]");
    let joined = |part: &Part| {
        let own = part.field.own.as_deref()?.strip_suffix('}')?;
        let foreign = part.field.foreign.as_deref()?.strip_prefix('{')?;
        (own.len() > 1 && foreign.len() > 1).then(|| format!("{own},{foreign}"))
    };
    let any = parts
        .iter()
        .any(|part| part.shape.is_none() && is_array(part) && joined(part).is_some());
    if !any {
        return None;
    }
    assembled(function, parts, |at| {
        let part = &parts[at];
        let together = joined(part).filter(|_| is_array(part));
        together.or_else(|| part.field.own.clone().or(part.field.foreign.clone()))
    })
}

/// Calls with NULL, with the least and the greatest of what an argument's type holds, and with texts that match everything.
pub(super) fn extreme(scene: &Scene, attacker: &Attacker, function: &Function) -> Vec<Call> {
    let mut out = BTreeSet::new();
    let arguments = &function.arguments;
    for mix in [Mix::Own, Mix::Victim] {
        let usual: Option<Vec<String>> = (0..arguments.len())
            .map(|at| value(scene, attacker, function, at, mix))
            .collect();
        let Some(usual) = usual else { continue };
        let usual: Vec<Option<String>> = usual.into_iter().map(Some).collect();
        let ends: Vec<Option<(&str, &str)>> = (0..arguments.len())
            .map(|at| ends(&arguments[at]).filter(|_| !names_row(scene, function, at)))
            .collect();
        let mut with = |replaced: &dyn Fn(usize) -> Option<Option<String>>| {
            let values: Vec<Option<String>> = (0..arguments.len())
                .map(|at| replaced(at).unwrap_or_else(|| usual[at].clone()))
                .collect();
            if values != usual {
                let call = render_each(function, &values);
                out.insert(call);
            }
        };
        let nth = |at: usize| ends[..at].iter().flatten().count();
        with(&|at| ends[at].map(|(_, high)| Some(high.to_owned())));
        with(&|at| {
            let (low, high) = ends[at]?;
            Some(Some(if nth(at) % 2 == 0 { low } else { high }.to_owned()))
        });
        for text in ["", "%"] {
            with(&|at| {
                let free = is_text(&arguments[at]) && !names_row(scene, function, at);
                free.then(|| Some(text.to_owned()))
            });
        }
        if !function.strict {
            for empty in 0..arguments.len() {
                with(&|at| (at == empty).then_some(None));
            }
            with(&|_| Some(None));
        }
    }
    out.into_iter().collect()
}

/// Whether an argument holds a tenant's or a user's key, or the key of a row: no other value means anything there.
fn names_row(scene: &Scene, function: &Function, position: usize) -> bool {
    let place = (function.oid, position);
    let columns = scene.tenancy.argument_columns.get(&place);
    scene.tenancy.arguments.contains_key(&place)
        || columns.into_iter().flatten().any(|column| {
            scene.relation(column.relation).is_some_and(|relation| {
                let mut references = relation.foreign_keys.iter();
                relation.primary_key.contains(&column.column)
                    || references.any(|key| key.columns.contains(&column.column))
            })
        })
}

fn is_text(argument: &Argument) -> bool {
    matches!(
        argument.type_name.as_str(),
        "text" | "character varying" | "citext"
    )
}

/// The least and the greatest value of a type that has an order.
fn ends(argument: &Argument) -> Option<(&'static str, &'static str)> {
    Some(match argument.type_name.as_str() {
        "smallint" => ("0", "32767"),
        "integer" => ("0", "2147483647"),
        "bigint" => ("0", "9223372036854775807"),
        "numeric" | "real" | "double precision" => ("0", "1e15"),
        "date" | "timestamp without time zone" | "timestamp with time zone" => {
            ("-infinity", "infinity")
        }
        "time without time zone" => ("00:00", "24:00"),
        _ => return None,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn of_three_values_every_mix_is_tried_and_of_more_each_alone() {
        assert_eq!(subsets(&[4, 5, 6]).len(), 8);
        let many = subsets(&[1, 2, 3, 4]);
        assert_eq!(many.len(), 10);
        assert!(many.contains(&vec![2]) && many.contains(&vec![1, 3, 4]));
    }
}
