//! Positive controls: members do to their own rows what the attacks do to others'.
use super::attackers::put;
use super::projection::projection;
use super::read_row::reading;
use super::reassign_row::alone;
use super::{
    Aim, Attack, Attacker, AttackerId, Command, Form, Object, Preparation, Scene, Standing, Victim,
    named, rights, statement,
};
use crate::catalog::{Relation, RelationKind};
use crate::event::Severity;
use crate::tenancy::{Claim, ClaimMeaning, Tenancy};
use std::collections::BTreeMap;

/// The name under which controls appear in attacks; no probe has it.
pub const BASELINE: &str = "baseline";

/// Every member of the attacking and of the victim tenant reads, inserts, changes and deletes its own.
pub fn controls(scene: &Scene) -> Vec<Attack> {
    let mut out = Vec::new();
    let members = scene
        .attackers
        .iter()
        .enumerate()
        .filter(|(_, a)| matches!(a.standing, Standing::Member | Standing::VictimsMember));
    for (at, member) in members {
        let id = AttackerId(at);
        for relation in &scene.catalog.relations {
            match relation.kind {
                RelationKind::View | RelationKind::MaterializedView
                    if statement::shows_owned(scene, relation) =>
                {
                    out.push(reading(
                        id,
                        relation,
                        BASELINE,
                        Form::Bare,
                        statement::select(scene, &member.role, relation),
                        Victim::Tenant(member.tenants[0]),
                    ));
                    out.extend(through(scene, id, member, relation));
                }
                RelationKind::Table | RelationKind::Partitioned | RelationKind::ForeignTable
                    if scene.is_owned(relation.oid) =>
                {
                    out.extend(own(scene, id, member, relation))
                }
                _ => {}
            }
        }
    }
    out
}

/// The four commands on a member's own rows.
fn own(scene: &Scene, id: AttackerId, member: &Attacker, relation: &Relation) -> Vec<Attack> {
    let Some((leaf, row)) = scene.own_row(member, relation.oid) else {
        return Vec::new();
    };
    let victim = Victim::Tenant(member.tenants[0]);
    let mut out = vec![reading(
        id,
        relation,
        BASELINE,
        Form::Bare,
        statement::select(scene, &member.role, relation),
        victim,
    )];
    let write = |command: Command, preparation: Vec<Preparation>, statement: String| Attack {
        preparation,
        ..writing(id, member, relation, command, statement)
    };
    if relation.kind != RelationKind::ForeignTable {
        let erase = vec![Preparation::Erase {
            relation: leaf,
            ctid: row.ctid.clone(),
        }];
        out.push(write(
            Command::Insert,
            erase,
            statement::insert(scene, &member.role, relation, row, &BTreeMap::new()),
        ));
    }
    // Once on all rows and once on the member's own: a write check may hold every row to its author.
    let own_row = format!(" WHERE {}", scene.finds(relation, row));
    if let Some(set) = statement::harmless_set(scene, member, relation) {
        for filter in ["", own_row.as_str()] {
            out.push(write(
                Command::Update,
                Vec::new(),
                format!("UPDATE {} SET {set}{filter}", named(relation)),
            ));
        }
    } else if let Some(set) = statement::same_set(scene, member, relation, row) {
        out.push(write(
            Command::Update,
            alone(scene, relation.oid, (leaf, row)),
            format!("UPDATE {} SET {set}", named(relation)),
        ));
    }
    out.push(write(
        Command::Delete,
        Vec::new(),
        format!("DELETE FROM {}", named(relation)),
    ));
    out
}

/// How many rows of a table are tried one by one.
const ROWS: usize = 8;

/// The same updates and deletes on each row of the member's tenant by itself, for tables of which no member was shown to
/// reach a row: one row that a write check refuses fails the whole statement.
pub fn one_by_one(scene: &Scene, is_shown: impl Fn(Object, Command) -> bool) -> Vec<Attack> {
    let mut out = Vec::new();
    let members = scene.attackers.iter().enumerate();
    for (at, member) in
        members.filter(|(_, a)| matches!(a.standing, Standing::Member | Standing::VictimsMember))
    {
        for relation in scene.owned() {
            let object = Object::Relation(relation.oid);
            let is_open = |command: &Command| {
                !is_shown(object, *command)
                    && !rights::forbids(scene, &member.role, relation.oid, *command)
            };
            let commands = [Command::Update, Command::Delete]
                .into_iter()
                .filter(is_open);
            for command in commands {
                out.extend(on_each_row(
                    scene,
                    AttackerId(at),
                    member,
                    relation,
                    command,
                ));
            }
        }
    }
    out
}

fn on_each_row(
    scene: &Scene,
    id: AttackerId,
    member: &Attacker,
    relation: &Relation,
    command: Command,
) -> Vec<Attack> {
    let table = named(relation);
    let rows = scene.rows(relation.oid);
    let home = rows
        .iter()
        .filter(|(_, row)| row.tenant == Some(member.tenants[0]));
    let mut out = Vec::new();
    for (_, row) in home.take(ROWS) {
        let found = scene.finds(relation, row);
        let texts = match command {
            Command::Delete => vec![format!("DELETE FROM {table} WHERE {found}")],
            _ => [
                statement::harmless_set(scene, member, relation),
                statement::same_set(scene, member, relation, row),
            ]
            .into_iter()
            .flatten()
            .map(|set| format!("UPDATE {table} SET {set} WHERE {found}"))
            .collect(),
        };
        out.extend(
            texts
                .into_iter()
                .map(|text| writing(id, member, relation, command, text)),
        );
    }
    out
}

/// What a member inserts, changes and deletes through a view that takes writes.
fn through(scene: &Scene, id: AttackerId, member: &Attacker, view: &Relation) -> Vec<Attack> {
    let (inserts, updates, deletes) = view.updatable;
    let set = statement::harmless_set(scene, member, view).filter(|_| updates);
    let update = set.map(|set| (Command::Update, format!("UPDATE {} SET {set}", named(view))));
    let delete = deletes.then(|| (Command::Delete, format!("DELETE FROM {}", named(view))));
    let mut out: Vec<Attack> = update
        .into_iter()
        .chain(delete)
        .map(|(command, statement)| writing(id, member, view, command, statement))
        .collect();
    if let Some(shown) = projection(scene, view).filter(|shown| inserts && shown.takes_rows())
        && let Some((leaf, row)) = scene.own_row(member, shown.base.oid)
    {
        let seen = shown.row(scene, row);
        let statement =
            statement::insert(scene, &member.role, &shown.view, &seen, &BTreeMap::new());
        let ctid = row.ctid.clone();
        out.push(Attack {
            preparation: vec![Preparation::Erase {
                relation: leaf,
                ctid,
            }],
            ..writing(id, member, view, Command::Insert, statement)
        });
    }
    out
}

/// A write by a member to rows of its own.
fn writing(
    id: AttackerId,
    member: &Attacker,
    relation: &Relation,
    command: Command,
    statement: String,
) -> Attack {
    Attack {
        probe: BASELINE,
        severity: Severity::Low,
        object: Object::Relation(relation.oid),
        command,
        form: Form::Bare,
        attacker: id,
        preparation: Vec::new(),
        statement,
        supplied: Vec::new(),
        aim: Aim::Write,
        victim: Victim::Tenant(member.tenants[0]),
        watch: Vec::new(),
        suspect: None,
    }
}

/// A member whose token names one of the roles that the schema trusts: what a policy for the service alone lets through.
/// Nobody attacks with it, for the gateway signs the token's role; it shows that such a policy can be met.
pub fn trusted(tenancy: &Tenancy, member: &Attacker) -> Vec<Attacker> {
    let says_role = |claim: &&Claim| match &claim.meaning {
        ClaimMeaning::Role => true,
        ClaimMeaning::Literals(values) => values
            .iter()
            .any(|value| tenancy.roles.trusted.contains(value)),
        _ => false,
    };
    let claims: Vec<&Claim> = tenancy.claims.iter().filter(says_role).collect();
    let roles = tenancy.roles.trusted.iter().filter(|_| !claims.is_empty());
    roles
        .map(|role| {
            let mut bearer = member.clone();
            for claim in &claims {
                if !bearer
                    .settings
                    .iter()
                    .any(|(name, _)| *name == claim.setting)
                {
                    let blank = match claim.path.is_empty() {
                        true => String::new(),
                        false => "{}".to_owned(),
                    };
                    bearer.settings.push((claim.setting.clone(), blank));
                }
                put(&mut bearer.settings, claim, role.as_str().into());
            }
            bearer
        })
        .collect()
}

/// The control after its member was given a rank that stands over tenants: what a policy for the platform's own people lets
/// through. Nobody attacks with it; it shows that such a policy can be met.
pub fn promoted(scene: &Scene, member: &Attacker, control: &Attack) -> Vec<Attack> {
    let mut out = Vec::new();
    for ((relation, number), ranks) in &scene.tenancy.operators {
        let column = scene
            .relation(*relation)
            .and_then(|table| table.columns.iter().find(|c| c.number == *number));
        let row = scene.own_row(member, *relation);
        let (Some(column), Some((leaf, row))) =
            (column, row.filter(|(_, row)| row.user == member.user))
        else {
            continue;
        };
        out.extend(ranks.iter().map(|rank| {
            let mut control = control.clone();
            control.preparation.push(Preparation::Rewrite {
                relation: leaf,
                ctid: row.ctid.clone(),
                values: vec![(column.name.clone(), Some(rank.clone()))],
            });
            control
        }));
    }
    out
}
