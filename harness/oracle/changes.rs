//! Sees in what an attack changed whose rows were written.
use super::observation::{Change, Fate, Observation};
use super::sight::Bench;
use super::verdict::{Gain, Leak};
use crate::catalog::Oid;
use crate::probes::{Aim, Attack, Attacker, Command, Form, Preparation};
use crate::tenancy::{OwnerPath, Scope};
use crate::world::{Owner, TenantId, TrueRow};
use std::collections::BTreeSet;

/// Rows that an attack took away.
#[derive(Default)]
struct Gone<'a> {
    foreign: Vec<(Oid, &'a TrueRow)>,
    /// Rows that are nobody's among rows that are somebody's: what one tenant does to them, all tenants meet.
    everybodys: Vec<(Oid, &'a TrueRow)>,
    /// The tables in which rows of the attacker's own went away.
    own: BTreeSet<Oid>,
}

/// Rows that an attack brought.
#[derive(Default)]
struct NewRows {
    /// The first that belongs to another tenant.
    planted: Option<(TenantId, Gain, Oid)>,
    count: usize,
    /// Some foreign row that is gone stands there again with other values.
    rewritten: bool,
    own: bool,
}

impl<'a> Bench<'a> {
    /// Rows changed, removed or added in another tenant.
    pub(super) fn changed(
        &self,
        attack: &Attack,
        attacker: &Attacker,
        observation: &Observation,
    ) -> (Option<Leak>, bool) {
        let changes = observation.changes.iter();
        let ours: Vec<&Change> = changes.filter(|change| !prepared(attack, change)).collect();
        let gone = self.gone(attack, attacker, &ours);
        let new = self.new_rows(attacker, &ours, &gone);
        let elsewhere =
            |relation: Oid| (!self.scene.covers(attack.object.oid(), relation)).then_some(relation);
        let taken = match (gone.foreign.is_empty(), new.planted.is_some()) {
            (false, _) => gone.foreign.as_slice(),
            (true, true) => &[],
            (true, false) => gone.everybodys.as_slice(),
        };
        let leak = match taken.first() {
            Some((relation, row)) => Some(Leak {
                elsewhere: elsewhere(*relation),
                victim: row.tenant,
                // An UPDATE that rewrites the key itself leaves a row that cannot be told from a new one.
                gain: match new.rewritten || attack.command == Command::Update && new.own {
                    true => Gain::Changed,
                    false => Gain::Removed,
                },
                rows: taken.len(),
            }),
            None => new.planted.map(|(tenant, gain, relation)| Leak {
                elsewhere: elsewhere(relation),
                victim: Some(tenant),
                gain,
                rows: new.count,
            }),
        };
        (leak, new.own || !gone.own.is_empty())
    }

    /// Rows that stood there before and do not any more.
    fn gone(&self, attack: &Attack, attacker: &Attacker, changes: &[&Change]) -> Gone<'a> {
        let mut gone = Gone::default();
        for change in changes {
            let Some(row) = self
                .places
                .get(&(change.relation, change.ctid.as_str()))
                .filter(|_| change.fate == Fate::Gone)
            else {
                continue;
            };
            let mine = row.user.is_some() && row.user == attacker.user;
            let others = !mine
                && row
                    .tenant
                    .is_some_and(|tenant| !attacker.tenants.contains(&tenant));
            // A colleague's private row that changed because the shared row that it refers to went away is no leak.
            let aimed = self.scene.covers(attack.object.oid(), change.relation);
            // A trigger may well count on a row that everybody sees: its likes, its answers.
            let noted = !aimed
                && (attack.form == Form::Pointing || matches!(attack.aim, Aim::Refer { .. }))
                && self
                    .public
                    .contains(&(change.relation, change.ctid.clone()));
            if noted {
                continue;
            }
            if others
                || aimed
                    && self
                        .scene
                        .is_foreign(attacker, change.relation, row.tenant, row.user)
            {
                gone.foreign.push((change.relation, row));
            } else if row.tenant.is_some() {
                gone.own.insert(change.relation);
            } else if aimed && attack.aim == Aim::Write && self.is_everybodys(change.relation, row)
            {
                gone.everybodys.push((change.relation, row));
            }
        }
        gone
    }

    /// Whether a row is nobody's although its table keeps rows of tenants: every column that could name one is NULL, and
    /// no trigger made it.
    fn is_everybodys(&self, relation: Oid, row: &TrueRow) -> bool {
        let (Some(found), Some(Scope::Owned { paths, .. })) = (
            self.scene.relation(relation),
            self.scene.tenancy.scope(relation),
        ) else {
            return false;
        };
        let mut keys = paths.iter().filter_map(|path| match path {
            OwnerPath::Key { column, .. } => Some(*column),
            OwnerPath::Parent { .. } | OwnerPath::Folder { .. } => None,
        });
        let nobodys = row.tenant.is_none() && row.user.is_none() && !row.by_trigger;
        let named = |column: i16| self.scene.value(found, row, column).is_some();
        let keyed = paths
            .iter()
            .any(|path| matches!(path, OwnerPath::Key { .. }));
        nobodys && keyed && !keys.any(named)
    }

    /// Rows that stand there now and did not before.
    fn new_rows(&self, attacker: &Attacker, changes: &[&Change], gone: &Gone) -> NewRows {
        let mut new = NewRows::default();
        for change in changes {
            let Fate::New(values) = &change.fate else {
                continue;
            };
            if gone
                .foreign
                .iter()
                .chain(&gone.everybodys)
                .any(|(relation, row)| {
                    *relation == change.relation && self.same_key(*relation, row, values)
                })
            {
                new.rewritten = true;
                continue;
            }
            match self.owner(attacker, change.relation, values) {
                Some((Some(tenant), user))
                    if !attacker.tenants.contains(&tenant)
                        && (user.is_none() || user != attacker.user) =>
                {
                    new.count += 1;
                    let gain = match gone.own.contains(&change.relation) {
                        true => Gain::Moved,
                        false => Gain::Planted,
                    };
                    new.planted.get_or_insert((tenant, gain, change.relation));
                }
                Some((Some(_), _)) => new.own = true,
                _ => {}
            }
        }
        new
    }

    /// Whose a new row is, by the surest path that leads anywhere.
    fn owner(
        &self,
        attacker: &Attacker,
        relation: Oid,
        row: &serde_json::Map<String, serde_json::Value>,
    ) -> Option<Owner> {
        let found = self.scene.relation(relation)?;
        let values: Vec<Option<String>> = found
            .columns
            .iter()
            .map(|column| {
                row.get(&column.name)
                    .filter(|value| !value.is_null())
                    .map(text_of)
            })
            .collect();
        let tenant = self.scene.tenancy.tenant;
        let paths = match self.scene.tenancy.scope(relation) {
            Some(Scope::Owned { paths, .. }) => paths.as_slice(),
            _ => &[],
        };
        let named: Vec<TenantId> = paths
            .iter()
            .zip(self.owners.owner_of(relation, &values))
            .filter(|(path, _)| matches!(path, OwnerPath::Key { key, .. } if Some(*key) == tenant))
            .filter_map(|(_, owner)| owner)
            .collect();
        let own = |owner: &&TenantId| attacker.tenants.contains(owner);
        // A row that joins two tenants is each of theirs.
        if self.scene.tenancy.parties.contains(&relation)
            && let Some(own) = named.iter().find(own)
        {
            return Some((Some(*own), None));
        }
        // Where two columns name a tenant, the foreign one counts.
        let foreign = named.iter().copied().find(|owner| !own(&owner));
        Some(foreign.map_or_else(
            || self.owners.first(relation, &values),
            |owner| (Some(owner), None),
        ))
    }

    /// Whether a new row has the primary key of a row that is gone: it is the same row, rewritten.
    fn same_key(
        &self,
        relation: Oid,
        row: &TrueRow,
        values: &serde_json::Map<String, serde_json::Value>,
    ) -> bool {
        let Some(relation) = self.scene.relation(relation) else {
            return false;
        };
        !relation.primary_key.is_empty()
            && relation.primary_key.iter().all(|number| {
                let name = relation
                    .columns
                    .iter()
                    .find(|c| c.number == *number)
                    .map(|c| c.name.as_str())
                    .unwrap_or_default();
                let new = values.get(name).map(text_of);
                new.as_deref() == self.scene.value(relation, row, *number)
            })
    }
}

/// Changes that the preparation made, not the attacker.
pub fn prepared(attack: &Attack, change: &Change) -> bool {
    change.fate == Fate::Gone
        && attack.preparation.iter().any(|step| match step {
            Preparation::Erase { relation, ctid } => {
                *relation == change.relation && *ctid == change.ctid
            }
            Preparation::Unbind { relation } => *relation != change.relation,
            Preparation::EraseTenant { .. } | Preparation::Rewrite { .. } => true,
            Preparation::Reset { relation, ctid, .. } => {
                *relation == change.relation && *ctid == change.ctid
            }
            Preparation::KeepOnly { rows } => !rows
                .iter()
                .any(|(relation, ctid)| *relation == change.relation && *ctid == change.ctid),
            Preparation::Renew { rows } => rows
                .iter()
                .any(|(relation, ctid)| *relation == change.relation && *ctid == change.ctid),
            Preparation::EraseRows { relation, ctids } => {
                *relation == change.relation && ctids.contains(&change.ctid)
            }
        })
}

/// A value of a row as its text.
pub(super) fn text_of(value: &serde_json::Value) -> String {
    value
        .as_str()
        .map_or_else(|| value.to_string(), str::to_owned)
}
