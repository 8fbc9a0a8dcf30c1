//! Judges observations. Pure: what was seen goes in, a verdict comes out.
use super::observation::{Change, Fate, Observation, Outcome};
use super::verdict::{Control, Gain, Leak, Reason, Verdict, Witness};
use crate::catalog::Oid;
use crate::probes::{Aim, Attack, Attacker, Command, Preparation, Scene, Standing};
use crate::sqlstate::SqlState;
use crate::tenancy::{OwnerPath, Scope};
use crate::world::{Owner, Owners, TenantId, Trace, Traces, TrueRow};
use std::collections::{BTreeMap, BTreeSet};

/// What a judge needs to tell whose a value or a row is.
pub struct Bench<'a> {
    pub scene: &'a Scene<'a>,
    pub traces: &'a Traces,
    pub owners: &'a Owners,
    /// Rows that anybody may see: (relation, ctid).
    pub public: &'a BTreeSet<(Oid, String)>,
    places: BTreeMap<(Oid, &'a str), &'a TrueRow>,
}

/// What an attack reached, before it is weighed against controls.
#[derive(Debug, Clone, PartialEq)]
pub struct Sight {
    pub leak: Option<Leak>,
    /// Rows of the caller's own were received or changed.
    pub own: bool,
}

/// What the controls of an attack showed.
#[derive(Debug, Clone, PartialEq)]
pub struct Controls {
    /// A superuser with the victim's claims reached the row.
    pub privileged: bool,
    /// The same without triggers and foreign keys.
    pub unchecked: bool,
    /// How the privileged control ended, for people.
    pub summary: String,
    pub sqlstate: Option<SqlState>,
    /// Some honest member reached rows of its own by this command, or no policy and no grant lets anybody.
    pub living: bool,
    /// Without the victim's rows the attack ends in the same way. `None` when not tried.
    pub alike: Option<bool>,
    /// Without the victim's rows the victim's member sees something else. `None` when not tried.
    pub depends: Option<bool>,
}

impl<'a> Bench<'a> {
    pub fn new(
        scene: &'a Scene<'a>,
        traces: &'a Traces,
        owners: &'a Owners,
        public: &'a BTreeSet<(Oid, String)>,
    ) -> Self {
        let places = scene
            .truth
            .tables
            .iter()
            .flat_map(|(oid, rows)| rows.iter().map(move |row| ((*oid, row.ctid.as_str()), row)))
            .collect();
        Bench {
            scene,
            traces,
            owners,
            public,
            places,
        }
    }

    /// What `observation` shows from where the attacker stands.
    pub fn see(
        &self,
        attack: &Attack,
        observation: &Observation,
        free: Option<&Observation>,
    ) -> Sight {
        let attacker = self.scene.attacker(attack.attacker);
        let (received, own_read) = self.received(attack, attacker, observation);
        let (changed, own_written) = self.changed(attack, attacker, observation);
        let referred = self.referred(attack, attacker, observation);
        let sensed = self.sensed(attack, observation, free);
        Sight {
            leak: changed.or(referred).or(received).or(sensed),
            own: own_read || own_written,
        }
    }

    fn received(
        &self,
        attack: &Attack,
        attacker: &Attacker,
        observation: &Observation,
    ) -> (Option<Leak>, bool) {
        let known: BTreeSet<&Trace> = attack
            .supplied
            .iter()
            .flat_map(|text| self.traces.find(text))
            .collect();
        let told = observation.refusal().is_some();
        let mut own = false;
        let mut rows: BTreeSet<(Oid, usize)> = BTreeSet::new();
        let mut first: Option<(TenantId, String)> = None;
        for text in observation.texts() {
            for trace in self.traces.find(text) {
                if !self
                    .scene
                    .is_foreign(attacker, trace.relation, Some(trace.tenant), trace.user)
                {
                    own = true;
                } else if !known.contains(trace) && !self.is_public(trace) {
                    rows.insert((trace.relation, trace.row));
                    first.get_or_insert_with(|| (trace.tenant, text.to_owned()));
                }
            }
        }
        let leak = first.map(|(tenant, sample)| {
            let gain = if told {
                Gain::Told { sample }
            } else {
                Gain::Received { sample }
            };
            Leak {
                victim: Some(tenant),
                gain,
                elsewhere: None,
                rows: rows.len(),
            }
        });
        (leak, own)
    }

    fn is_public(&self, trace: &Trace) -> bool {
        let row = self
            .scene
            .truth
            .tables
            .get(&trace.relation)
            .and_then(|rows| rows.get(trace.row));
        row.is_some_and(|row| self.public.contains(&(trace.relation, row.ctid.clone())))
    }

    /// Rows changed, removed or added in another tenant.
    fn changed(
        &self,
        attack: &Attack,
        attacker: &Attacker,
        observation: &Observation,
    ) -> (Option<Leak>, bool) {
        let ours: Vec<&Change> = observation
            .changes
            .iter()
            .filter(|change| !prepared(attack, change))
            .collect();
        let mut own = false;
        let mut gone: Vec<(Oid, &TrueRow)> = Vec::new();
        let mut own_gone: BTreeSet<Oid> = BTreeSet::new();
        for change in &ours {
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
            if others
                || aimed
                    && self
                        .scene
                        .is_foreign(attacker, change.relation, row.tenant, row.user)
            {
                gone.push((change.relation, row));
            } else if row.tenant.is_some() {
                own = true;
                own_gone.insert(change.relation);
            }
        }
        let mut planted: Option<(TenantId, Gain, Oid)> = None;
        let mut count = 0;
        let mut rewritten = false;
        for change in &ours {
            let Fate::New(values) = &change.fate else {
                continue;
            };
            if gone.iter().any(|(relation, row)| {
                *relation == change.relation && self.same_key(*relation, row, values)
            }) {
                rewritten = true;
                continue;
            }
            match self.owner(attacker, change.relation, values) {
                Some((Some(tenant), user))
                    if !attacker.tenants.contains(&tenant)
                        && (user.is_none() || user != attacker.user) =>
                {
                    count += 1;
                    let moved = own_gone.contains(&change.relation);
                    let gain = if moved { Gain::Moved } else { Gain::Planted };
                    planted.get_or_insert((tenant, gain, change.relation));
                }
                Some((Some(_), _)) => own = true,
                _ => {}
            }
        }
        let leak = match gone.first() {
            Some((relation, row)) => Some(Leak {
                elsewhere: (!self.scene.covers(attack.object.oid(), *relation))
                    .then_some(*relation),
                victim: row.tenant,
                gain: if rewritten {
                    Gain::Changed
                } else {
                    Gain::Removed
                },
                rows: gone.len(),
            }),
            None => planted.map(|(tenant, gain, relation)| Leak {
                elsewhere: (!self.scene.covers(attack.object.oid(), relation)).then_some(relation),
                victim: Some(tenant),
                gain,
                rows: count,
            }),
        };
        (leak, own)
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
        // Where two columns name a tenant, the foreign one counts.
        let named = paths.iter().zip(self.owners.owner_of(relation, &values));
        let foreign = named
            .filter(|(path, _)| matches!(path, OwnerPath::Key { key, .. } if Some(*key) == tenant))
            .filter_map(|(_, owner)| owner)
            .find(|owner| !attacker.tenants.contains(owner));
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

    /// A row of the attacker's own that now refers to the foreign row.
    fn referred(
        &self,
        attack: &Attack,
        attacker: &Attacker,
        observation: &Observation,
    ) -> Option<Leak> {
        let Aim::Refer {
            columns, values, ..
        } = &attack.aim
        else {
            return None;
        };
        let relation = self.scene.relation(attack.object.oid())?;
        let holds = |row: &serde_json::Map<String, serde_json::Value>| {
            columns.iter().zip(values).all(|(number, value)| {
                let name = relation
                    .columns
                    .iter()
                    .find(|c| c.number == *number)
                    .map(|c| c.name.as_str())
                    .unwrap_or_default();
                row.get(name).map(text_of).as_deref() == Some(value)
            })
        };
        let found = observation
            .changes
            .iter()
            .find_map(|change| match &change.fate {
                Fate::New(row) if change.relation == relation.oid && holds(row) => Some(()),
                _ => None,
            });
        found.map(|()| Leak {
            victim: self.victim_of(attack, attacker),
            gain: Gain::Referred,
            elsewhere: None,
            rows: 1,
        })
    }

    fn victim_of(&self, attack: &Attack, attacker: &Attacker) -> Option<TenantId> {
        match attack.victim {
            crate::probes::Victim::Tenant(tenant) => Some(tenant),
            crate::probes::Victim::Colleague(_) => attacker.tenants.first().copied(),
        }
    }

    /// A unique key refuses the victim's value and takes a free one.
    fn sensed(
        &self,
        attack: &Attack,
        observation: &Observation,
        free: Option<&Observation>,
    ) -> Option<Leak> {
        if !matches!(attack.aim, Aim::Tell { .. }) {
            return None;
        }
        let refusal = observation
            .refusal()
            .filter(|refusal| is_taken(refusal.sqlstate) && refusal.constraint == attack.suspect)?;
        let free = free?;
        if free.refusal().is_some() {
            return None;
        }
        let gain = Gain::Sensed {
            with: format!("SQLSTATE {}", refusal.sqlstate),
            without: free.summary(attack.command.name()),
        };
        Some(Leak {
            victim: self.victim_of(attack, self.scene.attacker(attack.attacker)),
            gain,
            elsewhere: None,
            rows: 1,
        })
    }

    /// Whether a control reached what the attack was aimed at: the same eyes, so that a control can prove no more and no
    /// less than the attack could have.
    pub fn reaches(&self, attack: &Attack, observation: &Observation) -> bool {
        let refused_by_key = matches!(attack.aim, Aim::Tell { .. })
            && observation
                .refusal()
                .is_some_and(|r| is_taken(r.sqlstate) && r.constraint == attack.suspect);
        refused_by_key || self.see(attack, observation, None).leak.is_some()
    }
}

/// The verdict on an attack that did not leak by itself.
pub fn weigh(
    attack: &Attack,
    standing: Standing,
    observation: &Observation,
    sight: Sight,
    controls: &Controls,
) -> Verdict {
    if let Some(leak) = sight.leak {
        return Verdict::Leaked(leak);
    }
    if attack.command == Command::Call {
        return weigh_call(observation, controls);
    }
    let privileged = Witness::of(Control::Privileged, controls.privileged);
    let unchecked = Witness::of(Control::Unchecked, controls.unchecked);
    let unreachable = || {
        Verdict::Unproven(Reason::Unreachable {
            control: controls.summary.clone(),
        })
    };
    let Some(refusal) = observation.refusal() else {
        return match privileged.or(unchecked) {
            Some(witness) if controls.living => Verdict::Stopped(witness),
            Some(_) => Verdict::Unproven(Reason::NobodyReaches),
            None => unreachable(),
        };
    };
    let failed = || {
        Verdict::Unproven(Reason::Failed {
            sqlstate: refusal.sqlstate,
            message: refusal.message.clone(),
        })
    };
    let refused_alike = controls.sqlstate == Some(refusal.sqlstate);
    match refusal.sqlstate {
        SqlState::InsufficientPrivilege => privileged
            .or(unchecked)
            .map_or_else(unreachable, Verdict::Stopped),
        // A constraint or a trigger that refuses everybody the same, and that alone: without it the control reaches.
        _ if refused_alike => unchecked.map_or_else(failed, Verdict::Stopped),
        SqlState::RaiseException => privileged.map_or_else(failed, Verdict::Stopped),
        state if state.is_constraint() && attack.command != Command::Select => {
            privileged.map_or_else(failed, Verdict::Stopped)
        }
        // Claims of the wrong shape make casts fail. That tells nothing when it fails alike without the victim's rows.
        state if state.class() == "22" && !standing.is_honest() && controls.alike == Some(true) => {
            privileged.map_or_else(failed, Verdict::Stopped)
        }
        _ => failed(),
    }
}

/// A function call tells by difference: with and without the victim's rows.
fn weigh_call(observation: &Observation, controls: &Controls) -> Verdict {
    if controls.alike == Some(false) {
        let with = observation.summary("call");
        return Verdict::Leaked(Leak {
            victim: None,
            elsewhere: None,
            gain: Gain::Sensed {
                with,
                without: "another result without the victim's rows".to_owned(),
            },
            rows: 1,
        });
    }
    let reached = Witness::of(Control::Privileged, controls.privileged)
        .or_else(|| Witness::of(Control::Difference, controls.depends == Some(true)));
    match (reached, observation.refusal()) {
        (Some(witness), None) => Verdict::Stopped(witness),
        (Some(witness), Some(refusal))
            if matches!(
                refusal.sqlstate,
                SqlState::InsufficientPrivilege | SqlState::RaiseException
            ) || controls.alike == Some(true) =>
        {
            Verdict::Stopped(witness)
        }
        (_, Some(refusal)) if refusal.sqlstate != SqlState::InsufficientPrivilege => {
            Verdict::Unproven(Reason::Failed {
                sqlstate: refusal.sqlstate,
                message: refusal.message.clone(),
            })
        }
        _ => Verdict::Unproven(Reason::Independent),
    }
}

/// Whether two observations tell the same: rows as a multiset, counts, SQLSTATE and texts.
pub fn tell_alike(a: &Observation, b: &Observation) -> bool {
    match (&a.outcome, &b.outcome) {
        (
            Outcome::Done {
                rows: left,
                count: m,
            },
            Outcome::Done {
                rows: right,
                count: n,
            },
        ) => {
            let sorted = |rows: &[Vec<Option<String>>]| {
                let mut rows = rows.to_vec();
                rows.sort();
                rows
            };
            m == n && sorted(left) == sorted(right)
        }
        (Outcome::Refused(left), Outcome::Refused(right)) => left == right,
        _ => false,
    }
}

/// Changes that the preparation made, not the attacker.
fn prepared(attack: &Attack, change: &Change) -> bool {
    change.fate == Fate::Gone
        && attack.preparation.iter().any(|step| match step {
            Preparation::Erase { relation, ctid } => {
                *relation == change.relation && *ctid == change.ctid
            }
            Preparation::Unbind { relation } => *relation != change.relation,
            Preparation::EraseTenant { .. } => true,
            Preparation::KeepOnly { rows } => !rows
                .iter()
                .any(|(relation, ctid)| *relation == change.relation && *ctid == change.ctid),
            Preparation::EraseRows { relation, ctids } => {
                *relation == change.relation && ctids.contains(&change.ctid)
            }
        })
}

fn text_of(value: &serde_json::Value) -> String {
    value
        .as_str()
        .map_or_else(|| value.to_string(), str::to_owned)
}

/// A unique key or an exclusion constraint says that the value is taken.
fn is_taken(state: SqlState) -> bool {
    matches!(
        state,
        SqlState::UniqueViolation | SqlState::ExclusionViolation
    )
}
