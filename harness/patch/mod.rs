//! Proposes SQL that closes a leak, from its cause alone. Nothing here is known to work until `check` has tried it on a copy.
mod condition;
mod doors;
mod keys;
mod policies;

use crate::oracle::observe_cause::{Cause, ConstraintKind};
use crate::probes::{Aim, Attack, Command, Object, Scene};
use crate::sql::identifier;

/// Most proposals for one cause.
const PROPOSALS: usize = 8;

/// SQL that may close a leak: whole statements, one a line, each with its semicolon.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Proposal {
    pub sql: String,
    /// What it does, as a phrase after "help:".
    pub says: String,
    pub loses: Loses,
}

/// What members lose by a proposal on purpose.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Loses {
    Nothing,
    /// Writes through this view, which no policy restrained before.
    Writes(Object),
    /// Everything through this door.
    Door(Object),
}

impl Loses {
    pub fn holds(self, object: Object, command: Command) -> bool {
        match self {
            Loses::Nothing => false,
            Loses::Writes(view) => view == object && command != Command::Select,
            Loses::Door(door) => door == object,
        }
    }
}

impl Proposal {
    fn new(says: &str, statements: impl IntoIterator<Item = String>) -> Proposal {
        let lines: Vec<String> = statements
            .into_iter()
            .map(|statement| format!("{statement};"))
            .collect();
        Proposal {
            sql: lines.join("\n"),
            says: says.to_owned(),
            loses: Loses::Nothing,
        }
    }

    fn losing(self, loses: Loses) -> Proposal {
        Proposal { loses, ..self }
    }
}

/// Proposals for the cause of these attacks, the one that changes least first.
pub fn proposals(scene: &Scene, cause: &Cause, attacks: &[&Attack]) -> Vec<Proposal> {
    let Some(first) = attacks.first() else {
        return Vec::new();
    };
    let mut out = match cause {
        Cause::NoRls(oid) => relation(scene, *oid, policies::enabled),
        Cause::NotForced(oid) => relation(scene, *oid, |_, table| {
            let table = crate::probes::named(table);
            let force = format!("ALTER TABLE {table} FORCE ROW LEVEL SECURITY");
            vec![Proposal::new(
                "let the policies hold for the owner too",
                [force],
            )]
        }),
        Cause::Policy {
            relation: oid,
            policy,
            ..
        } => relation(scene, *oid, |scene, table| {
            policies::tightened(scene, table, *policy, attacks)
        }),
        Cause::View(oid) => relation(scene, *oid, doors::view),
        Cause::Function(oid) => doors::function(scene, *oid, first),
        Cause::Grant { privilege, .. } => doors::revoked(scene, *privilege, attacks),
        Cause::Constraint {
            relation: oid,
            name,
            kind,
        } => relation(scene, *oid, |scene, table| match kind {
            ConstraintKind::ForeignKey => keys::composite(scene, table, name),
            ConstraintKind::Unique => keys::scoped(scene, table, name),
        }),
        Cause::Bypass(_) | Cause::LargeObjects(_) => Vec::new(),
    };
    if attacks.iter().any(|attack| moves(attack)) {
        out.extend(moved(scene, attacks));
    }
    out.truncate(PROPOSALS);
    out
}

fn relation(
    scene: &Scene,
    oid: crate::catalog::Oid,
    of: impl Fn(&Scene, &crate::catalog::Relation) -> Vec<Proposal>,
) -> Vec<Proposal> {
    scene
        .relation(oid)
        .map(|table| of(scene, table))
        .unwrap_or_default()
}

fn moves(attack: &Attack) -> bool {
    attack.probe == "reassign-row" && attack.command == Command::Update && attack.aim == Aim::Write
}

/// Where every policy may let the new row pass, as for a member of two tenants, a trigger keeps the owner as it is.
fn moved(scene: &Scene, attacks: &[&Attack]) -> Vec<Proposal> {
    let object = attacks
        .iter()
        .find(|attack| moves(attack))
        .map(|a| a.object);
    let Some(Object::Relation(oid)) = object else {
        return Vec::new();
    };
    relation(scene, oid, |scene, table| {
        let Some(column) = condition::owner_column(scene, table) else {
            return Vec::new();
        };
        let function =
            crate::sql::qualified(&table.schema, &format!("keep_{}_of_{}", column, table.name));
        let column = identifier(&column);
        let body = format!(
            "CREATE FUNCTION {function}() RETURNS trigger LANGUAGE plpgsql SET search_path = '' AS $keep$\nBEGIN\n  RAISE EXCEPTION 'a row stays with its owner' USING ERRCODE = 'insufficient_privilege';\nEND $keep$"
        );
        let trigger = format!(
            "CREATE TRIGGER keep_owner BEFORE UPDATE ON {} FOR EACH ROW\n  WHEN (OLD.{column} IS DISTINCT FROM NEW.{column}) EXECUTE FUNCTION {function}()",
            crate::probes::named(table)
        );
        vec![Proposal::new(
            "refuse to move a row to another owner",
            [body, trigger],
        )]
    })
}

/// The roles of the application, as a list of names.
fn application(scene: &Scene) -> String {
    let roles = &scene.tenancy.roles;
    let names: Vec<String> = roles
        .members
        .iter()
        .chain(&roles.anonymous)
        .map(|name| identifier(name))
        .collect();
    std::iter::once("PUBLIC".to_owned())
        .chain(names)
        .collect::<Vec<_>>()
        .join(", ")
}
