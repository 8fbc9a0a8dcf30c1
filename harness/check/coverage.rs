//! Counts cells: every owned relation × command × attacker and every function × attacker ends in a verdict or is listed.
use super::campaign::Judged;
use super::verdicts::name;
use crate::catalog::RelationKind;
use crate::config::CheckPlan;
use crate::oracle::{Reason, Verdict};
use crate::probes::{
    Aim, Attack, AttackerId, Command, Form, Object, Scene, Standing, is_beyond_grid, statement,
};
use std::collections::{BTreeMap, BTreeSet};

/// One cell of the grid.
pub type Cell = (Object, Command, AttackerId);

/// The worst that was seen in a cell.
#[derive(Debug, Clone, PartialEq)]
pub enum Mark {
    Stopped,
    Unproven(Reason),
    Errored(String),
    Leaked,
}

/// Every cell with its mark.
pub fn coverage(scene: &Scene, judged: &[Judged]) -> BTreeMap<Cell, Mark> {
    let mut cells: BTreeMap<Cell, Mark> = BTreeMap::new();
    for judged in judged {
        let attack = &judged.attack;
        if is_beyond_grid(attack) {
            continue;
        }
        let mark = match &judged.verdict {
            Verdict::Stopped(_) => Mark::Stopped,
            Verdict::Unproven(reason) => Mark::Unproven(reason.clone()),
            Verdict::Errored(reason) => Mark::Errored(reason.clone()),
            Verdict::Leaked(_) => Mark::Leaked,
        };
        if may_be_meant(scene, attack) && matches!(mark, Mark::Unproven(_)) {
            continue;
        }
        let cell = cells
            .entry((attack.object, attack.command, attack.attacker))
            .or_insert_with(|| mark.clone());
        // To take a row over is one more way to change it: where a key is in its way, the plain way has decided the cell.
        let spare = attack.form == Form::Taking && matches!(mark, Mark::Unproven(_));
        if weight(&mark) > weight(cell) && !spare {
            *cell = mark;
        }
    }
    for cell in expected(scene) {
        cells
            .entry(cell)
            .or_insert_with(|| Mark::Unproven(why_empty(scene, cell)));
    }
    functions(judged, &mut cells);
    doctored_calls(scene, &mut cells);
    compared(scene, judged, &mut cells);
    for (id, _) in scene.honest() {
        for oid in &scene.tenancy.unknown {
            let why =
                "its policies ask who the caller is, but no column is known to say whose a row is"
                    .to_owned();
            cells.insert(
                (Object::Relation(*oid), Command::Select, id),
                Mark::Unproven(Reason::NoRow { why }),
            );
        }
    }
    cells
}

/// The cells of the grid that these attacks are made for.
pub fn cells(attacks: &[Attack]) -> BTreeSet<Cell> {
    let of = |attack: &Attack| (attack.object, attack.command, attack.attacker);
    let grid = attacks.iter().filter(|attack| !is_beyond_grid(attack));
    grid.map(of).collect()
}

/// Leaves out the cells that other parts of the same run decide.
pub fn keep_part(plan: &CheckPlan, scene: &Scene, coverage: &mut BTreeMap<Cell, Mark>) {
    if let Some(shard) = plan.shard {
        coverage.retain(|(object, _, _), _| shard.holds(&name(scene, *object)));
    }
}

/// Cells whose attacks were not made any more are unproven, and no others.
pub fn mark_unreached(
    planned: &BTreeSet<Cell>,
    judged: &[Judged],
    coverage: &mut BTreeMap<Cell, Mark>,
) {
    let made: BTreeSet<Cell> = judged
        .iter()
        .map(|judged| &judged.attack)
        .map(|attack| (attack.object, attack.command, attack.attacker))
        .collect();
    for cell in planned.difference(&made) {
        coverage.insert(*cell, Mark::Unproven(Reason::NotReached));
    }
}

/// A function cell is proven when one of the calls tried reached something that the attacker could have got; that other
/// arguments reach nothing is no gap.
fn functions(judged: &[Judged], cells: &mut BTreeMap<Cell, Mark>) {
    let calls = judged
        .iter()
        .filter(|j| j.attack.command == Command::Call && !is_beyond_grid(&j.attack));
    for judged in calls {
        let key = (
            judged.attack.object,
            judged.attack.command,
            judged.attack.attacker,
        );
        if matches!(judged.verdict, Verdict::Stopped(_))
            && let Some(cell @ Mark::Unproven(_)) = cells.get_mut(&key)
        {
            *cell = Mark::Stopped;
        }
    }
}

/// Sums and counts show no value of anybody, so no control reaches a row there: two worlds decide it, once for each kind
/// of caller.
fn compared(scene: &Scene, judged: &[Judged], cells: &mut BTreeMap<Cell, Mark>) {
    let kind = |id: AttackerId| {
        let caller = scene.attacker(id);
        (caller.standing, caller.role.as_str())
    };
    let stopped: BTreeSet<_> = judged
        .iter()
        .filter(|j| j.attack.aim == Aim::Sense && j.attack.command == Command::Select)
        .map(|j| (j.attack.object, kind(j.attack.attacker)))
        .collect();
    for ((object, command, attacker), mark) in cells.iter_mut() {
        let open = matches!(mark, Mark::Unproven(Reason::Unreachable { .. }));
        if open && *command == Command::Select && stopped.contains(&(*object, kind(*attacker))) {
            *mark = Mark::Stopped;
        }
    }
}

/// What a call depends on is shown by honest callers: one with claims of the wrong shape that reaches nothing leaves no gap
/// where another caller's cell is decided.
fn doctored_calls(scene: &Scene, cells: &mut BTreeMap<Cell, Mark>) {
    let decided: BTreeSet<Object> = cells
        .iter()
        .filter(|(_, mark)| matches!(mark, Mark::Stopped | Mark::Leaked))
        .map(|((object, _, _), _)| *object)
        .collect();
    cells.retain(|(object, command, attacker), mark| {
        let standing = scene.attacker(*attacker).standing;
        *command != Command::Call
            || !matches!(mark, Mark::Unproven(_))
            || !matches!(standing, Standing::Malformed | Standing::Forged)
            || !decided.contains(object)
    });
}

/// Attacks that prove nothing where the schema shuts the way itself, and leave no gap then: a view's filter hides a row that
/// was handed over from everybody, and a trigger may look up nothing but own rows.
fn may_be_meant(scene: &Scene, attack: &Attack) -> bool {
    let named = scene.relation(attack.object.oid());
    let by_view = named.is_some_and(|relation| relation.kind == RelationKind::View);
    attack.form == Form::Pointing
        || by_view && attack.probe == "reassign-row"
        || runs_as_caller(scene, attack)
}

/// A function with its caller's rights is called for what it may set or run. Where it does neither, it reaches what a plain
/// statement of the caller reaches, and those have cells of their own.
fn runs_as_caller(scene: &Scene, attack: &Attack) -> bool {
    let mut functions = scene.catalog.functions.iter();
    matches!(attack.object, Object::Function(oid)
        if functions.any(|function| function.oid == oid && !function.definer))
}

fn weight(mark: &Mark) -> u8 {
    match mark {
        Mark::Stopped => 0,
        Mark::Unproven(_) => 1,
        Mark::Errored(_) => 2,
        Mark::Leaked => 3,
    }
}

/// The cells that honest attackers must have.
fn expected(scene: &Scene) -> Vec<Cell> {
    let mut out = Vec::new();
    for (id, attacker) in scene.honest() {
        for relation in scene.owned() {
            // Commands that need a row of the attacker's own are no cells of those who have none.
            let foreign = scene.rows(relation.oid).is_empty()
                || scene.victim_row(attacker, relation.oid).is_some();
            if foreign {
                for command in [
                    Command::Select,
                    Command::Insert,
                    Command::Update,
                    Command::Delete,
                    Command::Truncate,
                ] {
                    // To insert a tenant is to make a new one: nobody's rows are at stake.
                    if command == Command::Insert && scene.is_tenants(relation) {
                        continue;
                    }
                    // What every column generates for itself, nobody can update.
                    if command == Command::Update
                        && !relation.columns.iter().any(statement::is_settable)
                    {
                        continue;
                    }
                    out.push((Object::Relation(relation.oid), command, id));
                }
            }
        }
    }
    out
}

fn why_empty(scene: &Scene, (object, command, _): Cell) -> Reason {
    let oid = object.oid();
    let missing = scene
        .truth
        .missing
        .iter()
        .find(|missing| missing.relation == oid);
    if scene.rows(oid).iter().all(|(_, row)| row.tenant.is_none()) {
        let why = missing.map_or_else(
            || "the world has no owned row here".to_owned(),
            |missing| missing.reason.clone(),
        );
        return Reason::NoRow { why };
    }
    let why = match command {
        Command::Update => "every column that may be set is a key, a reference or generated",
        _ => "the probes for it were left out",
    };
    Reason::NoAttack {
        why: why.to_owned(),
    }
}
