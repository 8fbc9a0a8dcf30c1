//! Sees what a caller reaches after it changed what it may: rows that were out of its reach before. Pure.
use super::observation::{Fate, Observation};
use super::sight::{Bench, Sight};
use super::verdict::{Gain, Leak};
use crate::catalog::Oid;
use crate::probes::{Aim, Attack, Attacker};
use crate::world::{Trace, TrueRow};
use std::collections::BTreeSet;

/// Where a row stands: (relation, ctid).
pub type Place = (Oid, String);

impl Bench<'_> {
    /// The rows that texts lead to, without those that everybody may see, and without what the caller said itself.
    pub fn shown<'t>(
        &self,
        texts: impl Iterator<Item = &'t str>,
        supplied: &[String],
    ) -> BTreeSet<Place> {
        let known: BTreeSet<&Trace> = supplied
            .iter()
            .flat_map(|text| self.traces.find(text))
            .collect();
        texts
            .flat_map(|text| self.traces.find(text))
            .filter(|trace| !self.is_public(trace) && !known.contains(trace))
            .filter_map(|trace| self.place(trace))
            .collect()
    }

    /// Rows that stood there before an attack and do not stand there as they did.
    pub fn written(&self, observation: &Observation) -> BTreeSet<Place> {
        let gone = observation
            .changes
            .iter()
            .filter(|change| change.fate == Fate::Gone)
            .map(|change| (change.relation, change.ctid.clone()));
        gone.filter(|place| self.row(place).is_some()).collect()
    }

    pub fn row(&self, (relation, ctid): &Place) -> Option<&TrueRow> {
        self.places.get(&(*relation, ctid.as_str())).copied()
    }

    /// Whether a row belongs to a tenant that the caller is not of, and that does not let everybody see it.
    pub fn is_others(&self, attacker: &Attacker, place: &Place) -> bool {
        self.row(place).is_some_and(|row| {
            let mine = row.user.is_some() && row.user == attacker.user;
            let tenant = row
                .tenant
                .filter(|tenant| !attacker.tenants.contains(tenant));
            !mine && tenant.is_some_and(|tenant| !self.is_open(tenant))
        })
    }

    /// Whether a row belongs to the caller's own tenant, and is not the caller's own.
    pub fn is_colleagues(&self, attacker: &Attacker, place: &Place) -> bool {
        self.row(place).is_some_and(|row| {
            let mine = row.user.is_some() && row.user == attacker.user;
            !mine
                && row
                    .tenant
                    .is_some_and(|tenant| attacker.tenants.contains(&tenant))
        })
    }

    /// A tenant whose own row is published: whoever wants may join it.
    fn is_open(&self, tenant: crate::world::TenantId) -> bool {
        let tables = self.scene.catalog.relations.iter();
        tables.filter(|r| self.scene.is_tenants(r)).any(|table| {
            let rows = self.scene.truth.tables.get(&table.oid);
            rows.into_iter().flatten().any(|row| {
                row.tenant == Some(tenant) && self.public.contains(&(table.oid, row.ctid.clone()))
            })
        })
    }

    fn place(&self, trace: &Trace) -> Option<Place> {
        let row = self
            .scene
            .truth
            .tables
            .get(&trace.relation)?
            .get(trace.row)?;
        Some((trace.relation, row.ctid.clone()))
    }

    /// The last statement's gain: hidden rows received or written.
    pub(super) fn gained(&self, attack: &Attack, observation: &Observation) -> Sight {
        let nothing = Sight {
            leak: None,
            own: false,
        };
        let Aim::Gained {
            relation,
            writes,
            hidden,
        } = &attack.aim
        else {
            return nothing;
        };
        if observation.refusal().is_some() {
            return nothing;
        }
        let found: Vec<(Place, Gain)> = match writes {
            true => self.hidden_written(observation, hidden),
            false => self.hidden_received(attack, observation, hidden),
        };
        let leak = found.first().map(|(place, gain)| Leak {
            victim: self.row(place).and_then(|row| row.tenant),
            gain: gain.clone(),
            elsewhere: Some(*relation),
            rows: found.len(),
        });
        Sight { leak, own: false }
    }

    fn hidden_received(
        &self,
        attack: &Attack,
        observation: &Observation,
        hidden: &BTreeSet<Place>,
    ) -> Vec<(Place, Gain)> {
        let known: BTreeSet<&Trace> = attack
            .supplied
            .iter()
            .flat_map(|text| self.traces.find(text))
            .collect();
        let mut seen: BTreeSet<Place> = BTreeSet::new();
        let mut out = Vec::new();
        for text in observation.texts() {
            for trace in self
                .traces
                .find(text)
                .filter(|trace| !known.contains(trace))
            {
                let place = self.place(trace).filter(|place| hidden.contains(place));
                if let Some(place) = place.filter(|place| seen.insert(place.clone())) {
                    let sample = text.to_owned();
                    out.push((place, Gain::Received { sample }));
                }
            }
        }
        out
    }

    fn hidden_written(
        &self,
        observation: &Observation,
        hidden: &BTreeSet<Place>,
    ) -> Vec<(Place, Gain)> {
        let rewritten = observation.changes.iter().any(|change| {
            matches!(change.fate, Fate::New(_)) && hidden.iter().any(|h| h.0 == change.relation)
        });
        let gain = match rewritten {
            true => Gain::Changed,
            false => Gain::Removed,
        };
        let written = self.written(observation);
        let found = written.intersection(hidden);
        found.map(|place| (place.clone(), gain.clone())).collect()
    }
}
