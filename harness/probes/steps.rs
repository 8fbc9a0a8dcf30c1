//! What a caller may try to write so that more opens to it: rows that say who it is, who is let in, who is kept out.
use super::arguments::{Call, calls};
use super::authority::{Authority, asked_by, authorities, representatives, written};
use super::call_definer::is_door;
use super::secrets::secret_calls;
use super::step_values::{is_rank_like, values};
use super::{Attacker, AttackerId, Command, Object, Scene, attackers, named, rights, statement};
use crate::catalog::{Column, Generated, Oid, Privilege, Relation};
use crate::sql::{identifier, nullable};
use crate::world::TrueRow;
use std::collections::{BTreeMap, BTreeSet};

/// One statement that may change what its caller reaches afterwards.
#[derive(Debug, Clone, PartialEq)]
pub struct Step {
    /// The table written, or the function called.
    pub object: Object,
    pub command: Command,
    pub statement: String,
    /// The same with less in it, if it does without.
    pub shorter: Option<String>,
    /// Values of others that the caller put into it.
    pub supplied: Vec<String>,
    /// Relations that may open.
    pub dependents: BTreeSet<Oid>,
    /// Those of them that are looked at.
    pub watched: BTreeSet<Oid>,
    /// Tables that it writes.
    pub writes: BTreeSet<Oid>,
    /// Tables that decide whether it succeeds.
    pub asks: BTreeSet<Oid>,
    /// The column that an update sets.
    pub column: Option<i16>,
    /// It sets nothing but a rank or a flag of the caller's own row.
    pub raises_rank: bool,
    /// Puts back the row of the caller's own that it takes away. Who may do that keeps itself out, and is kept out by nobody.
    pub undo: Option<String>,
}

/// Rows of the victim from which rows for the caller are made, and rows of the caller in which one value is the victim's.
const ROWS: usize = 4;

/// Everything worth trying by one caller, in a stable order.
pub fn steps(scene: &Scene, id: AttackerId) -> Vec<Step> {
    let attacker = scene.attacker(id);
    let mut out: Vec<Step> = Vec::new();
    let authorities = authorities(scene);
    let watched = |dependents: &BTreeSet<Oid>| representatives(scene, dependents);
    for (oid, authority) in &authorities {
        let Some(table) = scene.relation(*oid) else {
            continue;
        };
        if !statement::is_exposed(scene, &attacker.role, &table.schema) {
            continue;
        }
        let writing = Writing {
            scene,
            attacker,
            table,
            authority,
            watched: watched(&authority.dependents),
            asked: authorities
                .iter()
                .filter(|(_, other)| other.dependents.contains(oid))
                .map(|(other, _)| *other)
                .collect(),
        };
        if writing.may(Privilege::Insert) {
            out.extend(writing.inserts());
        }
        if writing.may(Privilege::Update) {
            out.extend(writing.updates());
        }
        if writing.may(Privilege::Delete) {
            out.extend(writing.deletes());
        }
    }
    out.extend(function_calls(scene, attacker, &authorities));
    let mut known: BTreeSet<String> = BTreeSet::new();
    out.retain(|step| known.insert(step.statement.clone()));
    out
}

/// The writes of one caller to one table.
struct Writing<'a> {
    scene: &'a Scene<'a>,
    attacker: &'a Attacker,
    table: &'a Relation,
    authority: &'a Authority,
    watched: BTreeSet<Oid>,
    asked: BTreeSet<Oid>,
}

impl Writing<'_> {
    fn may(&self, privilege: Privilege) -> bool {
        rights::may(self.scene, &self.attacker.role, self.table, privilege)
    }

    fn step(&self, command: Command, statement: String, supplied: Vec<String>) -> Step {
        Step {
            object: Object::Relation(self.table.oid),
            command,
            statement,
            shorter: None,
            supplied,
            dependents: self.authority.dependents.clone(),
            watched: self.watched.clone(),
            writes: BTreeSet::from([self.table.oid]),
            asks: self.asked.clone(),
            column: None,
            raises_rank: false,
            undo: None,
        }
    }

    /// The rows that say something of the caller itself.
    fn own_rows(&self) -> Vec<&TrueRow> {
        let rows = self.scene.rows(self.table.oid);
        let mine = rows.iter().filter(|(_, row)| self.is_mine(row));
        mine.map(|(_, row)| *row).take(2).collect()
    }

    /// Rows of the caller's own, or of its tenant where none says something of the caller.
    fn models(&self) -> Vec<&TrueRow> {
        let own = self.own_rows();
        let of_tenant = || self.scene.own_row(self.attacker, self.table.oid);
        match own.is_empty() {
            true => of_tenant().map(|(_, row)| row).into_iter().collect(),
            false => own,
        }
    }

    fn is_mine(&self, row: &TrueRow) -> bool {
        row.user.is_some() && row.user == self.attacker.user
            || self.own_values().iter().any(|(column, value)| {
                self.scene.value(self.table, row, *column) == Some(value.as_str())
            })
    }

    /// Columns that name a person, with the caller's own value.
    fn own_values(&self) -> BTreeMap<i16, String> {
        let Some(user) = self.attacker.user else {
            return BTreeMap::new();
        };
        let keys = &self.scene.world.users[user.0].keys;
        let named = |column: &Column| {
            let key = self
                .scene
                .tenancy
                .key_of(self.scene.column_ref(self.table.oid, column.number))?;
            Some((column.number, keys.get(&key)?.clone()))
        };
        self.table.columns.iter().filter_map(named).collect()
    }

    /// The victim's rows with the caller put in the place of the victim's people, and the caller's rows with the victim's
    /// tenant or rows put in the place of its own.
    fn inserts(&self) -> Vec<Step> {
        if self.scene.is_tenants(self.table) {
            return Vec::new();
        }
        let own = self.own_values();
        let mut out = Vec::new();
        let rows = self.scene.rows(self.table.oid);
        let foreign: Vec<&TrueRow> = rows
            .iter()
            .filter(|(_, row)| {
                row.tenant == Some(attackers::VICTIM) && row.user != self.attacker.user
            })
            .map(|(_, row)| *row)
            .collect();
        if !own.is_empty() {
            for row in foreign.iter().take(ROWS) {
                out.push(self.insert(row, &own));
            }
        }
        let mine = self.models();
        for (row, model) in mine.iter().zip(foreign.iter().cycle()) {
            let mut whole = statement::ownership(self.scene, self.table, model, true);
            whole.retain(|column, _| !own.contains_key(column));
            let singles = whole
                .iter()
                .map(|(column, value)| BTreeMap::from([(*column, value.clone())]));
            let mut variants: Vec<BTreeMap<i16, String>> = singles.collect();
            if variants.len() > 1 {
                variants.push(whole.clone());
            }
            for mut values in variants {
                values.extend(own.clone());
                out.push(self.insert(row, &values));
            }
        }
        out
    }

    /// A row like `row`. What the database fills by itself is left to it, where the row's own value would be taken.
    fn insert(&self, row: &TrueRow, replaced: &BTreeMap<i16, String>) -> Step {
        let unique = |column: &Column| {
            self.table
                .uniques
                .iter()
                .any(|key| key.columns.contains(&column.number))
        };
        let filled =
            |column: &Column| column.default.is_some() || column.generated != Generated::No;
        let kept = |column: &&Column| {
            replaced.contains_key(&column.number) || !(unique(column) && filled(column))
        };
        let columns: Vec<&Column> = rights::columns(
            self.scene,
            &self.attacker.role,
            self.table,
            Privilege::Insert,
        )
        .into_iter()
        .filter(|column| column.generated == Generated::No)
        .filter(kept)
        .collect();
        let value = |column: &&Column| -> Option<String> {
            let own = self.scene.value(self.table, row, column.number);
            replaced
                .get(&column.number)
                .cloned()
                .or_else(|| own.map(str::to_owned))
        };
        // NULL where the default is NULL says nothing.
        let whole = |column: &&&Column| value(column).is_some() || column.default.is_some();
        let needed = |column: &&&Column| {
            replaced.contains_key(&column.number) || column.not_null && column.default.is_none()
        };
        let text = |chosen: Vec<&&Column>| {
            let names: Vec<String> = chosen.iter().map(|c| identifier(&c.name)).collect();
            let values: Vec<String> = chosen
                .iter()
                .map(|column| nullable(value(column).as_deref()))
                .collect();
            format!(
                "INSERT INTO {} ({}) VALUES ({})",
                named(self.table),
                names.join(", "),
                values.join(", ")
            )
        };
        let statement = text(columns.iter().filter(whole).collect());
        let shorter = text(columns.iter().filter(needed).collect());
        let supplied = columns.iter().filter_map(value).collect();
        let mut step = self.step(Command::Insert, statement, supplied);
        step.shorter = Some(shorter);
        step
    }

    /// One column of the caller's own row set to each other value that it may take, where somebody asks the column.
    fn updates(&self) -> Vec<Step> {
        let rows = self.models();
        let Some(row) = rows.first() else {
            return Vec::new();
        };
        let columns = rights::columns(
            self.scene,
            &self.attacker.role,
            self.table,
            Privilege::Update,
        );
        let mut out = Vec::new();
        let mine = self.is_mine(row);
        for column in columns
            .into_iter()
            .filter(|column| column.generated != Generated::Expression)
            .filter(|column| self.authority.asks(&column.name))
        {
            for value in values(self.scene, self.table, self.authority, column, row) {
                let set = format!(
                    "{} = {}",
                    identifier(&column.name),
                    nullable(value.as_deref())
                );
                let supplied: Vec<String> = value.into_iter().collect();
                let mut step = |filter: String| {
                    let statement = format!("UPDATE {} SET {set}{filter}", named(self.table));
                    let mut step = self.step(Command::Update, statement, supplied.clone());
                    step.column = Some(column.number);
                    step.raises_rank =
                        mine && is_rank_like(self.scene, self.table, self.authority, column);
                    out.push(step);
                };
                step(format!(" WHERE {}", self.finds(row)));
                step(String::new());
            }
        }
        out
    }

    fn finds(&self, row: &TrueRow) -> String {
        self.scene.finds(self.table, row)
    }

    /// Everything that may be deleted, and the rows that name the caller.
    fn deletes(&self) -> Vec<Step> {
        let mut out: Vec<Step> = self
            .own_rows()
            .iter()
            .map(|row| {
                let statement = format!(
                    "DELETE FROM {} WHERE {}",
                    named(self.table),
                    self.finds(row)
                );
                let mut step = self.step(Command::Delete, statement, Vec::new());
                let (role, none) = (&self.attacker.role, BTreeMap::new());
                step.undo = Some(statement::insert(self.scene, role, self.table, row, &none));
                step
            })
            .collect();
        let all = format!("DELETE FROM {}", named(self.table));
        out.push(self.step(Command::Delete, all, Vec::new()));
        out
    }
}

/// Calls of functions that write, with their owner's rights, what policies ask.
fn function_calls(
    scene: &Scene,
    attacker: &Attacker,
    authorities: &BTreeMap<Oid, Authority>,
) -> Vec<Step> {
    let roles = rights::enjoyed(scene, &attacker.role);
    let mut out = Vec::new();
    for function in scene.catalog.functions.iter().filter(|f| is_door(scene, f)) {
        let may = function
            .grants
            .iter()
            .any(|grant| grant.privilege == Privilege::Execute && roles.contains(&grant.role));
        if !may || !statement::is_exposed(scene, &attacker.role, &function.schema) {
            continue;
        }
        let writes = written(scene.catalog, function);
        let asks = asked_by(scene.catalog, function);
        let dependents: BTreeSet<Oid> = writes
            .iter()
            .filter_map(|table| authorities.get(table))
            .flat_map(|authority| authority.dependents.iter().copied())
            .collect();
        if dependents.is_empty() {
            continue;
        }
        let watched = representatives(scene, &dependents);
        let made = calls(scene, attacker, function)
            .into_iter()
            .filter(|call| !call.statement.contains(";\n"))
            .map(|call| (call, None))
            .chain(secret_calls(scene, attacker, function));
        for (
            Call {
                statement,
                supplied,
            },
            read,
        ) in made
        {
            // A secret that is read is the first of two steps: what let it be read is to blame.
            let (object, command) = match read {
                Some(table) => (Object::Relation(table), Command::Select),
                None => (Object::Function(function.oid), Command::Call),
            };
            out.push(Step {
                object,
                command,
                statement,
                shorter: None,
                supplied,
                dependents: dependents.clone(),
                watched: watched.clone(),
                writes: writes.clone(),
                asks: asks.clone(),
                column: None,
                raises_rank: false,
                undo: None,
            });
        }
    }
    out
}
