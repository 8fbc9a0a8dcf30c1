//! Turns a reduced leak into a saved case: names for places, and what tells it from a refusal.
use super::repro::Reduced;
use crate::catalog::{Oid, Relation, RelationKind};
use crate::event::Finding;
use crate::oracle::{Bench, Fate, Gain};
use crate::probes::{Aim, named};
use crate::shrink::{
    self, Caller, SavedCase, SavedRow, Sign, VERSION, Whose, columns_said, ordered,
};
use crate::tenancy::{OwnerPath, Scope};
use crate::world::TrueRow;
use serde_json::{Map, Value};
use std::collections::BTreeSet;

/// Values of the victim that are looked for.
const MARKS: usize = 3;

/// A leak that is to be saved.
pub(super) struct Portrait<'a> {
    pub bench: &'a Bench<'a>,
    pub reduced: &'a Reduced,
    pub found: &'a Finding,
}

impl Portrait<'_> {
    /// The case, without what only the run knows: its migrations and its server.
    pub fn case(&self) -> SavedCase {
        let found = self.found;
        let scene = self.bench.scene;
        let attack = &self.reduced.case.attack;
        let attacker = &self.reduced.case.attacker;
        SavedCase {
            v: VERSION,
            fingerprint: found.fingerprint.clone(),
            title: found.title.clone(),
            severity: found.severity.name().to_owned(),
            system: found.system.clone(),
            migrations: Vec::new(),
            postgres: scene.catalog.version / 10_000,
            probe: found.probe.clone(),
            object: found.object.clone(),
            object_kind: found.object_kind.clone(),
            command: found.command.clone(),
            door: found.door.clone(),
            victim: found.victim.clone(),
            culprit: format!("{} {}", found.culprit.kind, found.culprit.name),
            attacker: Caller {
                name: attacker.name.clone(),
                login: scene.tenancy.roles.login.clone(),
                role: attacker.role.clone(),
                settings: attacker.settings.clone(),
            },
            made_outside: Vec::new(),
            rows: self.rows(),
            refreshes: self.refreshes(),
            statements: shrink::statements(&attack.statement),
            sign: self.sign(),
            unscripted: None,
            unreplayable: None,
        }
    }

    fn rows(&self) -> Vec<SavedRow> {
        let case = &self.reduced.case;
        let scene = self.bench.scene;
        let coming: BTreeSet<&(Oid, String)> = self
            .reduced
            .coming
            .iter()
            .flat_map(|(rows, _)| rows)
            .collect();
        let each = ordered(scene, case).into_iter().map(|(relation, row)| {
            let place = (relation.oid, row.ctid.clone());
            let unsaid = |number| case.unsaid.contains(&(place.clone(), number));
            let columns = columns_said(scene, relation, &row, unsaid);
            let is_always = |column: &&&crate::catalog::Column| {
                column.generated == crate::catalog::Generated::IdentityAlways
            };
            SavedRow {
                relation: named(relation),
                overriding: columns.iter().find(is_always).is_some(),
                columns: columns
                    .iter()
                    .map(|column| {
                        let value = scene.value(relation, &row, column.number);
                        (column.name.clone(), value.map(str::to_owned))
                    })
                    .collect(),
                of: match row.tenant {
                    _ if coming.contains(&place) => Whose::Victim,
                    None if row.user.is_none() => Whose::Nobody,
                    _ if self.reduced.coming.is_some() => Whose::Other,
                    tenant if scene.is_foreign(&case.attacker, relation.oid, tenant, row.user) => {
                        Whose::Victim
                    }
                    _ => Whose::Other,
                },
            }
        });
        each.collect()
    }

    /// Materialized views that the attack reads, those that others read first.
    fn refreshes(&self) -> Vec<String> {
        let scene = self.bench.scene;
        let text = self.reduced.case.attack.statement.to_lowercase();
        let mut open: Vec<Oid> = vec![self.reduced.case.attack.object.oid()];
        let body = scene
            .catalog
            .function(self.reduced.case.attack.object.oid());
        let body = body
            .map(|function| function.body.to_lowercase())
            .unwrap_or_default();
        let views = scene
            .catalog
            .relations
            .iter()
            .filter(|r| r.definition.is_some());
        let mentioned = |view: &&Relation| {
            let name = view.name.to_lowercase();
            crate::sql::names(&text, &name) || crate::sql::names(&body, &name)
        };
        open.extend(views.filter(mentioned).map(|view| view.oid));
        let mut known: Vec<Oid> = Vec::new();
        while let Some(oid) = open.pop() {
            if !known.contains(&oid) {
                known.push(oid);
                open.extend(scene.relation(oid).into_iter().flat_map(|r| &r.reads));
            }
        }
        let found = known.iter().rev().filter_map(|oid| scene.relation(*oid));
        found
            .filter(|relation| relation.kind == RelationKind::MaterializedView)
            .map(named)
            .collect()
    }

    fn sign(&self) -> Sign {
        let attack = &self.reduced.case.attack;
        match (&attack.aim, &self.reduced.leak.gain) {
            (Aim::Inherit { .. } | Aim::Overhear { .. }, _) => Sign::Told {
                story: self.found.repro.clone(),
            },
            (Aim::Tell { free }, Gain::Sensed { .. }) => Sign::Taken {
                constraint: attack.suspect.clone(),
                free: shrink::statements(free),
            },
            (Aim::Poison { apart, .. }, _) => Sign::Fails {
                apart: shrink::statements(apart),
            },
            (_, Gain::Sensed { .. }) => Sign::Differs {
                fires: self
                    .reduced
                    .coming
                    .as_ref()
                    .is_some_and(|(_, fires)| *fires),
            },
            (Aim::Refer { whole, .. }, Gain::Referred) => self.referring(whole),
            (_, Gain::Changed | Gain::Removed) => self.taken().unwrap_or_else(|| self.shows()),
            (_, Gain::Planted | Gain::Moved) => self.brought().unwrap_or_else(|| self.shows()),
            _ => self.shows(),
        }
    }

    fn shows(&self) -> Sign {
        Sign::Shows {
            marks: self.marks(),
        }
    }

    /// Words that the attacker received and that lead to a row of somebody else's.
    fn marks(&self) -> Vec<String> {
        let bench = self.bench;
        let attack = &self.reduced.case.attack;
        let known: BTreeSet<_> = attack
            .supplied
            .iter()
            .flat_map(|text| bench.traces.find(text))
            .collect();
        let hidden = match &attack.aim {
            Aim::Gained { hidden, .. } => Some(hidden),
            _ => None,
        };
        let attacker = &self.reduced.case.attacker;
        let foreign = |word: &str| {
            bench.traces.find(word).any(|trace| {
                let scene = bench.scene;
                let rows = scene.truth.tables.get(&trace.relation);
                let row = rows.and_then(|rows| rows.get(trace.row));
                let place = row.map(|row| (trace.relation, row.ctid.clone()));
                let reached = match (hidden, place) {
                    (Some(hidden), Some(place)) => hidden.contains(&place),
                    _ => scene.is_foreign(attacker, trace.relation, Some(trace.tenant), trace.user),
                };
                reached && !known.contains(trace)
            })
        };
        let mut out: Vec<String> = Vec::new();
        let texts = self.reduced.observation.iter().flat_map(|o| o.texts());
        for text in texts {
            let part = |c: char| c.is_ascii_alphanumeric() || "-_.@".contains(c);
            let words = text.split(move |c| !part(c)).filter(|word| word.len() > 5);
            let found = words.filter(|word| foreign(word)).map(str::to_owned);
            for word in found {
                if !out.contains(&word) && out.len() < MARKS {
                    out.push(word);
                }
            }
        }
        out
    }

    /// A reference that leads to the foreign row.
    fn referring(&self, whole: &[(i16, String)]) -> Sign {
        let relation = self
            .bench
            .scene
            .relation(self.reduced.case.attack.object.oid());
        let Some(relation) = relation else {
            return self.shows();
        };
        let columns = whole.iter().filter_map(|(number, value)| {
            Some((relation.column(*number)?.name.clone(), Some(value.clone())))
        });
        Sign::Changes {
            relation: named(relation),
            columns: columns.collect(),
        }
    }

    /// The foreign row that is gone, or stands there otherwise.
    fn taken(&self) -> Option<Sign> {
        let scene = self.bench.scene;
        let changes = &self.reduced.observation.as_ref()?.changes;
        let kept = |change: &&crate::oracle::Change| {
            let place = (change.relation, change.ctid.clone());
            change.fate == Fate::Gone && self.reduced.case.rows.contains(&place)
        };
        let gone: Vec<(Oid, &TrueRow)> = changes
            .iter()
            .filter(kept)
            .filter_map(|change| {
                let place = (change.relation, change.ctid.clone());
                Some((change.relation, self.bench.row(&place)?))
            })
            .collect();
        let attacker = &self.reduced.case.attacker;
        let hidden = |oid: Oid, row: &TrueRow| match &self.reduced.case.attack.aim {
            Aim::Gained { hidden, .. } => hidden.contains(&(oid, row.ctid.clone())),
            _ => scene.is_foreign(attacker, oid, row.tenant, row.user),
        };
        let chosen = gone
            .iter()
            .find(|(oid, row)| hidden(*oid, row))
            .or_else(|| gone.iter().find(|(_, row)| row.tenant.is_none()))?;
        let relation = scene.relation(chosen.0)?;
        let key = |column: &&crate::catalog::Column| match relation.primary_key.is_empty() {
            true => scene.names_owner(relation, column.number),
            false => relation.primary_key.contains(&column.number),
        };
        let columns = relation.columns.iter().filter(key);
        let columns = columns.map(|column| {
            let value = scene.value(relation, chosen.1, column.number);
            (column.name.clone(), value.map(str::to_owned))
        });
        Some(Sign::Changes {
            relation: named(relation),
            columns: columns.collect(),
        })
    }

    /// The new row that belongs to somebody else, by the columns that say so.
    fn brought(&self) -> Option<Sign> {
        let scene = self.bench.scene;
        let changes = &self.reduced.observation.as_ref()?.changes;
        for change in changes {
            let (Fate::New(row), Some(relation)) = (&change.fate, scene.relation(change.relation))
            else {
                continue;
            };
            let columns = self.foreign_owners(relation, row);
            if !columns.is_empty() {
                return Some(Sign::Changes {
                    relation: named(relation),
                    columns,
                });
            }
        }
        None
    }

    fn foreign_owners(
        &self,
        relation: &Relation,
        row: &Map<String, Value>,
    ) -> Vec<(String, Option<String>)> {
        let scene = self.bench.scene;
        let attacker = &self.reduced.case.attacker;
        let Some(Scope::Owned { paths, .. }) = scene.tenancy.scope(relation.oid) else {
            return Vec::new();
        };
        let mut numbers: BTreeSet<i16> = BTreeSet::new();
        for path in paths {
            match path {
                OwnerPath::Key { column, .. } | OwnerPath::Folder { column } => {
                    numbers.insert(*column);
                }
                OwnerPath::Parent { columns, .. } => numbers.extend(columns),
            }
        }
        let foreign = |text: &str| {
            self.bench.traces.find(text).any(|trace| {
                scene.is_foreign(attacker, trace.relation, Some(trace.tenant), trace.user)
            }) || scene.world.tenants.iter().enumerate().any(|(at, tenant)| {
                let id = crate::world::TenantId(at);
                !attacker.tenants.contains(&id) && tenant.keys.values().any(|key| key == text)
            })
        };
        let columns = relation
            .columns
            .iter()
            .filter(|c| numbers.contains(&c.number));
        columns
            .filter_map(|column| {
                let value = row.get(&column.name).filter(|value| !value.is_null())?;
                let text = value
                    .as_str()
                    .map_or_else(|| value.to_string(), str::to_owned);
                foreign(&text).then(|| (column.name.clone(), Some(text)))
            })
            .collect()
    }
}
