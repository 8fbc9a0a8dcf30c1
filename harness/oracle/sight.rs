//! Sees in an observation whose rows were reached. Pure: the answer of the server goes in, a leak comes out.
use super::changes::text_of;
use super::observation::{Fate, Observation};
use super::verdict::{Gain, Leak};
use crate::catalog::{Oid, Relation};
use crate::probes::{Aim, Attack, Attacker, Form, Scene};
use crate::sqlstate::SqlState;
use crate::world::{Owners, TenantId, Trace, Traces, TrueRow};
use std::collections::{BTreeMap, BTreeSet};

/// What a judge needs to tell whose a value or a row is.
pub struct Bench<'a> {
    pub scene: &'a Scene<'a>,
    pub traces: &'a Traces,
    pub owners: &'a Owners,
    /// Rows that anybody may see: (relation, ctid).
    pub public: &'a BTreeSet<(Oid, String)>,
    pub(super) places: BTreeMap<(Oid, &'a str), &'a TrueRow>,
    /// Where the values of public rows are traced to. A public row's key also stands in rows that refer to it, so its
    /// trace may lead there.
    shown: BTreeSet<Trace>,
}

/// What an attack reached, before it is weighed against controls.
#[derive(Debug, Clone, PartialEq)]
pub struct Sight {
    pub leak: Option<Leak>,
    /// Rows of the caller's own were received or changed.
    pub own: bool,
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
        let is_shown = |row: &&'a TrueRow, oid: Oid| public.contains(&(oid, row.ctid.clone()));
        let rows = scene
            .truth
            .tables
            .iter()
            .flat_map(|(oid, rows)| rows.iter().filter(move |row| is_shown(row, *oid)));
        let shown = rows
            .flat_map(|row| row.values.iter().flatten())
            .flat_map(|text| traces.find(text))
            .copied()
            .collect();
        Bench {
            shown,
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
        if let Aim::Gained { .. } = &attack.aim {
            return self.gained(attack, observation);
        }
        let attacker = self.scene.attacker(attack.attacker);
        let (received, own_read) = self.received(attack, attacker, observation);
        let (changed, own_written) = self.changed(attack, attacker, observation);
        let referred = self.referred(attack, attacker, observation);
        let sensed = self.sensed(attack, observation, free);
        Sight {
            leak: match attack.aim {
                // The last statement is the victim's own: what it reads, the attacker does not.
                Aim::Poison { .. } => self.poisoned(attack, observation, free),
                _ => changed.or(referred).or(received).or(sensed),
            },
            own: own_read || own_written,
        }
    }

    /// The texts that may lead to others. A row that names the caller stays its own when it has left the tenant, though it
    /// names the tenant too.
    fn others<'o>(
        &self,
        attack: &Attack,
        attacker: &Attacker,
        observation: &'o Observation,
    ) -> Vec<&'o str> {
        if attack.form != Form::Removed {
            return observation.texts().collect();
        }
        let users = &self.scene.world.users;
        let keys = attacker.user.map(|user| &users[user.0].keys);
        let own: BTreeSet<&str> = keys
            .into_iter()
            .flat_map(|keys| keys.values().map(String::as_str))
            .collect();
        let names_caller = |row: &&Vec<Option<String>>| {
            row.iter().flatten().any(|cell| own.contains(cell.as_str()))
        };
        let rows = observation.rows().iter().filter(|row| !names_caller(row));
        rows.flatten().flatten().map(String::as_str).collect()
    }

    fn received(
        &self,
        attack: &Attack,
        attacker: &Attacker,
        observation: &Observation,
    ) -> (Option<Leak>, bool) {
        let told = observation.refusal().is_some();
        // An error that repeats the statement says nothing that the caller had not said.
        let said = told.then_some(&attack.statement);
        let known: BTreeSet<&Trace> = attack
            .supplied
            .iter()
            .chain(said)
            .flat_map(|text| self.traces.find(text))
            .collect();
        let mut own = false;
        let mut rows: BTreeSet<(Oid, usize)> = BTreeSet::new();
        let mut first: Option<(TenantId, String)> = None;
        for text in self.others(attack, attacker, observation) {
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

    /// Whether a text holds anything of a foreign row other than the keys by which it is found.
    pub fn tells_more_than_keys(&self, attacker: &Attacker, text: &str) -> bool {
        self.traces.find(text).any(|trace| {
            let foreign =
                self.scene
                    .is_foreign(attacker, trace.relation, Some(trace.tenant), trace.user);
            let is_key = self.scene.relation(trace.relation).is_none_or(|relation| {
                relation.primary_key.contains(&trace.column)
                    || self.scene.names_owner(relation, trace.column)
            });
            foreign && !is_key && !self.is_public(trace)
        })
    }

    pub(super) fn is_public(&self, trace: &Trace) -> bool {
        self.shown.contains(trace)
    }

    /// Whether the row referred to is public: to name a row that everybody may see opens nothing.
    fn shows_everybody(
        &self,
        relation: &Relation,
        target: Oid,
        columns: &[i16],
        values: &[String],
    ) -> bool {
        let Some(there) = self.scene.relation(target) else {
            return false;
        };
        let pairs: Vec<(i16, &String)> = relation
            .foreign_keys
            .iter()
            .filter(|key| key.target == target)
            .flat_map(|key| key.columns.iter().zip(&key.target_columns))
            .filter_map(|(here, there)| {
                let at = columns.iter().position(|column| column == here)?;
                Some((*there, &values[at]))
            })
            .collect();
        let named = |row: &&TrueRow| {
            pairs
                .iter()
                .all(|(column, value)| self.scene.value(there, row, *column) == Some(value))
        };
        let rows = self.scene.truth.tables.get(&target).into_iter().flatten();
        !pairs.is_empty()
            && rows
                .filter(named)
                .any(|row| self.public.contains(&(target, row.ctid.clone())))
    }

    /// A row of the attacker's own that now refers to the foreign row.
    fn referred(
        &self,
        attack: &Attack,
        attacker: &Attacker,
        observation: &Observation,
    ) -> Option<Leak> {
        let Aim::Refer {
            target,
            columns,
            values,
            whole,
        } = &attack.aim
        else {
            return None;
        };
        let relation = self.scene.relation(attack.object.oid())?;
        if self.shows_everybody(relation, *target, columns, values) {
            return None;
        }
        let found = self.brought(relation, whole, observation);
        found.then(|| Leak {
            victim: self.victim_of(attack, attacker),
            gain: Gain::Referred,
            elsewhere: None,
            rows: 1,
        })
    }

    /// Whether a new row of a relation holds these values.
    fn brought(
        &self,
        relation: &Relation,
        wanted: &[(i16, String)],
        observation: &Observation,
    ) -> bool {
        let holds = |row: &serde_json::Map<String, serde_json::Value>| {
            wanted.iter().all(|(number, value)| {
                let column = relation.column(*number);
                let held = column.and_then(|column| row.get(&column.name));
                held.map(text_of).as_deref() == Some(value)
            })
        };
        observation.changes.iter().any(|change| {
            matches!(&change.fate, Fate::New(row)
                if self.stands_in(change.relation, relation.oid) && holds(row))
        })
    }

    /// Whether a reference by a part of a key was written: all that a control can show of a key that holds the tenant too.
    fn refers_in_part(&self, attack: &Attack, observation: &Observation) -> bool {
        let Aim::Refer {
            columns, values, ..
        } = &attack.aim
        else {
            return false;
        };
        let part: Vec<(i16, String)> = columns.iter().copied().zip(values.clone()).collect();
        let relation = self.scene.relation(attack.object.oid());
        relation.is_some_and(|relation| self.brought(relation, &part, observation))
    }

    /// Whether rows of `relation` are rows of `top`: the same table, or a partition of it at any depth.
    fn stands_in(&self, relation: Oid, top: Oid) -> bool {
        relation == top
            || self.scene.relation(relation).is_some_and(|found| {
                found
                    .parents
                    .iter()
                    .any(|&parent| self.stands_in(parent, top))
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
            without: format!(
                "for a value that nobody has: {}",
                free.summary(attack.command.name())
            ),
        };
        Some(Leak {
            victim: self.victim_of(attack, self.scene.attacker(attack.attacker)),
            gain,
            elsewhere: None,
            rows: 1,
        })
    }

    /// The victim's query fails on what the attacker stored, and both work the other way round.
    fn poisoned(
        &self,
        attack: &Attack,
        observation: &Observation,
        apart: Option<&Observation>,
    ) -> Option<Leak> {
        let refusal = observation.refusal()?;
        let is_data = matches!(refusal.sqlstate.class(), "21" | "22");
        if !is_data || apart?.refusal().is_some() {
            return None;
        }
        let Aim::Poison { relation, .. } = attack.aim else {
            return None;
        };
        let there = self.scene.relation(relation)?;
        let gain = Gain::Poisoned {
            told: format!("a query of {}", there.display_name()),
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
        refused_by_key
            || self.refers_in_part(attack, observation)
            || self.see(attack, observation, None).leak.is_some()
    }
}

/// A unique key or an exclusion constraint says that the value is taken.
fn is_taken(state: SqlState) -> bool {
    matches!(
        state,
        SqlState::UniqueViolation | SqlState::ExclusionViolation
    )
}
