//! Draws the rows of a world, table by table, so that every universe is closed.
use super::groups::Group;
use super::model::{Missing, Row, TenantId, UserId, World};
use super::people::{People, first_number};
use super::plan::{Level, Plan, Table};
use super::slots::{Slot, slots};
use super::source::Source;
use super::token::{Universe, mix, runner, token};
use super::uniques::Uniques;
use super::value::{Cell, strategy};
use crate::catalog::{Catalog, Oid};
use crate::tenancy::{ColumnRef, KeyId, Tenancy};
use proptest::strategy::{BoxedStrategy, Strategy, ValueTree};
use std::collections::{BTreeMap, BTreeSet};

/// How often a row is drawn anew when it breaks a unique key.
const ATTEMPTS: u32 = 24;

/// A world and what it could not make.
#[derive(Debug, Clone, PartialEq)]
pub struct Generated {
    pub world: World,
    pub missing: Vec<Missing>,
}

/// Worlds as a strategy: every seed one world.
pub fn worlds(
    catalog: &Catalog,
    tenancy: &Tenancy,
    plan: &Plan,
) -> impl Strategy<Value = Generated> {
    let (catalog, tenancy, plan) = (catalog.clone(), tenancy.clone(), plan.clone());
    proptest::num::u64::ANY.prop_map(move |seed| generate(&catalog, &tenancy, &plan, seed, None))
}

/// The world of a seed. With `changed`, that tenant's data differs and nothing else does: its keys and references
/// stay, so that the same attack can be aimed at both worlds.
pub fn generate(
    catalog: &Catalog,
    tenancy: &Tenancy,
    plan: &Plan,
    seed: u64,
    changed: Option<TenantId>,
) -> Generated {
    let people = People::new(catalog, tenancy, plan, seed);
    let mut builder = Builder {
        plan,
        seed,
        changed: changed.map(|tenant| Universe::Tenant(tenant.0)),
        uniques: Uniques::new(plan, &people),
        people,
        rows: Vec::new(),
        places: BTreeMap::new(),
        numbers: BTreeMap::new(),
        late: Vec::new(),
        missing: Vec::new(),
        existing: existing(plan),
        roots: roots(tenancy),
    };
    for table in &plan.tables {
        for slot in slots(tenancy, plan, &builder.people, table) {
            builder.make(table, slot);
        }
    }
    builder.close_cycles();
    builder.finish(tenancy)
}

pub(super) struct Builder<'a> {
    pub plan: &'a Plan,
    seed: u64,
    changed: Option<Universe>,
    pub people: People,
    pub rows: Vec<Row>,
    /// Indexes of `rows` by relation.
    pub places: BTreeMap<Oid, Vec<usize>>,
    numbers: BTreeMap<Universe, u32>,
    uniques: Uniques,
    /// (row, link): references to tables that come later.
    pub late: Vec<(usize, usize)>,
    missing: Vec<Missing>,
    /// Rows of shared tables that the migrations left.
    pub existing: BTreeMap<Oid, Vec<Row>>,
    /// Where the values of keys live.
    pub roots: BTreeMap<KeyId, ColumnRef>,
}

/// A row in the making.
pub(super) struct Draft {
    pub values: BTreeMap<i16, Option<String>>,
    /// The chosen source of each column, by index.
    pub sources: Vec<usize>,
    pub user: Option<UserId>,
    pub row: u32,
    pub attempt: u32,
    pub universe: Universe,
    /// Links that wait for their target's rows.
    pub waiting: Vec<usize>,
}

impl Builder<'_> {
    fn make(&mut self, table: &Table, slot: Slot) {
        let mut clash: BTreeSet<i16> = BTreeSet::new();
        let mut reason = String::new();
        for attempt in 0..ATTEMPTS {
            let draft = match self.draft(table, &slot, attempt, &clash) {
                Ok(draft) => draft,
                Err(why) => {
                    reason = why;
                    continue;
                }
            };
            match self.uniques.claim(table, &draft.values, &draft.sources) {
                Ok(()) => return self.keep(table, draft),
                Err(columns) => {
                    clash.extend(columns);
                    "no further combination of its unique key".clone_into(&mut reason);
                }
            }
        }
        // Only a table without any row of the tenant is worth telling; a full unique key is the schema's own wish.
        let tenant = tenant_of(slot.universe);
        let any = |&at: &usize| self.rows[at].tenant == tenant;
        let has = self
            .places
            .get(&table.relation)
            .is_some_and(|rows| rows.iter().any(any));
        let told = self
            .missing
            .iter()
            .any(|m| m.relation == table.relation && m.tenant == tenant);
        if !has && !told {
            self.missing.push(Missing {
                relation: table.relation,
                tenant,
                reason,
            });
        }
    }

    fn keep(&mut self, table: &Table, draft: Draft) {
        let at = self.rows.len();
        self.places.entry(table.relation).or_default().push(at);
        self.late
            .extend(draft.waiting.iter().map(|&link| (at, link)));
        let known = !self.is_astray(table, &draft);
        self.rows.push(Row {
            relation: table.relation,
            tenant: tenant_of(draft.universe).filter(|_| known),
            user: self.owner(table, &draft).filter(|_| known),
            values: draft.values,
        });
    }

    fn draft(
        &mut self,
        table: &Table,
        slot: &Slot,
        attempt: u32,
        clash: &BTreeSet<i16>,
    ) -> Result<Draft, String> {
        let users = self.people.of(slot.universe);
        let turn = |user: UserId| {
            let at = users.iter().position(|&u| u == user).unwrap_or(0);
            users[(at + attempt as usize) % users.len()]
        };
        let user = if slot.bound {
            slot.user
        } else {
            slot.user.map(turn)
        };
        let mut draft = Draft {
            values: BTreeMap::new(),
            sources: choose(table, slot, attempt, clash),
            user,
            row: slot.row,
            attempt,
            universe: slot.universe,
            waiting: Vec::new(),
        };
        draft.values.clone_from(&slot.forced);
        self.choose_folder(table, &mut draft);
        self.draw(table, &mut draft);
        self.give_keys(table, &mut draft);
        self.link(table, &mut draft)?;
        self.put_into_folder(table, &mut draft);
        Ok(draft)
    }

    /// Draws the values of all columns that neither a key nor a link decides.
    fn draw(&mut self, table: &Table, draft: &mut Draft) {
        let first = first_number(self.plan);
        let number = self.numbers.entry(draft.universe).or_insert(first);
        let start = *number;
        *number += table.columns.len() as u32;
        let changed = self.changed == Some(draft.universe);
        for identity in [true, false] {
            let mut numbers: Vec<i16> = Vec::new();
            let mut strategies: Vec<BoxedStrategy<Option<String>>> = Vec::new();
            let changed = changed && !identity;
            for (index, column) in table.columns.iter().enumerate() {
                let rooted = self.roots_rows(table, column.number);
                let decided =
                    column.reference && !rooted || draft.values.contains_key(&column.number);
                if decided || table.identity.contains(&column.number) != identity {
                    continue;
                }
                let number = start + index as u32;
                let cell = Cell {
                    universe: draft.universe,
                    number,
                    row: draft.row,
                    token: token(draft.universe, number, self.seed, changed),
                    words: column.words,
                    changed,
                };
                let source = &column.sources[draft.sources[index]];
                numbers.push(column.number);
                strategies.push(strategy(&column.kind, source, &cell));
            }
            let name = mix(&table.name.bytes().map(u64::from).collect::<Vec<_>>());
            let place = [
                self.seed,
                name,
                draft.universe.ordinal().into(),
                draft.row.into(),
                draft.attempt.into(),
                u64::from(identity) + 2 * u64::from(changed),
            ];
            let tree = strategies.new_tree(&mut runner(&place));
            let values = tree.map(|tree| tree.current()).unwrap_or_default();
            draft.values.extend(numbers.into_iter().zip(values));
        }
    }

    /// The column is the root of a key whose values are its rows.
    fn roots_rows(&self, table: &Table, number: i16) -> bool {
        let linked = table
            .links
            .iter()
            .any(|link| link.columns.contains(&number));
        let key = table.column(number).and_then(|c| c.key);
        !linked && key.is_some_and(|key| self.plan.levels[key.0] == Level::Row)
    }

    fn finish(mut self, tenancy: &Tenancy) -> Generated {
        // A key of rows: the tenant's value is that of its first, plain row.
        for (index, key) in tenancy.keys.iter().enumerate() {
            let (Some(root), Level::Row) = (key.root, self.plan.levels[index]) else {
                continue;
            };
            for &at in self.places.get(&root.relation).into_iter().flatten().rev() {
                let row = &self.rows[at];
                let value = row.values.get(&root.column).cloned().flatten();
                if let (Some(tenant), Some(value)) = (row.tenant, value) {
                    self.people.tenants[tenant.0]
                        .keys
                        .insert(KeyId(index), value);
                }
            }
        }
        let world = World {
            seed: self.seed,
            tenants: self.people.tenants,
            users: self.people.users,
            rows: self.rows,
        };
        Generated {
            world,
            missing: self.missing,
        }
    }
}

/// Which source each column takes: the plain state, the slot's deviations, other states where a unique key clashed.
fn choose(table: &Table, slot: &Slot, attempt: u32, clash: &BTreeSet<i16>) -> Vec<usize> {
    let mut sources = vec![0; table.columns.len()];
    for (index, group) in table.groups.iter().enumerate() {
        let state = slot
            .states
            .iter()
            .find(|(of, _)| *of == index)
            .map_or(0, |&(_, tuple)| tuple);
        let clashes = |group: &Group| {
            group
                .columns
                .iter()
                .any(|&i| clash.contains(&table.columns[i].number))
        };
        let count = group.tuples.len().max(1);
        let at = if clashes(group) {
            (state + attempt as usize) % count
        } else {
            state % count
        };
        let Some(tuple) = group.tuples.get(at) else {
            continue;
        };
        for (&column, &source) in group.columns.iter().zip(tuple) {
            sources[column] = source.min(table.columns[column].sources.len().saturating_sub(1));
        }
    }
    sources
}

impl Draft {
    pub fn source<'t>(&self, table: &'t Table, number: i16) -> Option<&'t Source> {
        let index = table.columns.iter().position(|c| c.number == number)?;
        table.columns[index].sources.get(self.sources[index])
    }
}

fn roots(tenancy: &Tenancy) -> BTreeMap<KeyId, ColumnRef> {
    let keys = tenancy.keys.iter().enumerate();
    keys.filter_map(|(at, key)| Some((KeyId(at), key.root?)))
        .collect()
}

fn existing(plan: &Plan) -> BTreeMap<Oid, Vec<Row>> {
    let row = |relation: Oid, values: &BTreeMap<i16, Option<String>>| Row {
        relation,
        values: values.clone(),
        tenant: None,
        user: None,
    };
    let all = plan.existing.iter();
    all.map(|(&oid, rows)| (oid, rows.iter().map(|v| row(oid, v)).collect()))
        .collect()
}

pub(super) fn tenant_of(universe: Universe) -> Option<TenantId> {
    match universe {
        Universe::Tenant(index) => Some(TenantId(index)),
        _ => None,
    }
}
