//! The statements of the migrations that a case can depend on: those that made what it names, and what these name. Pure.
use super::script::Piece;
use crate::catalog::{Catalog, ObjectKey, Oid, Relation, class};
use crate::migrations::{Kind, Migrations, head, tokens};
use crate::sql::words;
use std::collections::{BTreeMap, BTreeSet};

/// What a script is built of.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Concerned {
    pub statements: Vec<usize>,
    pub objects: BTreeSet<ObjectKey>,
}

/// The statements that made what the words name, in order, and the objects; over-inclusive, never exact.
pub fn concerned<'w>(
    catalog: &Catalog,
    migrations: &Migrations,
    named: impl Iterator<Item = &'w str>,
) -> Concerned {
    let mut search = Search::new(catalog, migrations);
    for word in named {
        search.hear(&word.to_lowercase(), true, true);
    }
    while let Some(statement) = search.open.pop() {
        search.follow(statement);
    }
    let sets = |at: usize| migrations.statements[at].kind == Kind::Set;
    let found = search.found;
    let objects: BTreeSet<ObjectKey> = search.known.into_keys().collect();
    let tables = objects
        .iter()
        .filter(|key| key.class == class::RELATION)
        .filter_map(|key| catalog.relation(key.object));
    let filled: BTreeSet<String> = tables.map(|table| table.name.to_lowercase()).collect();
    let files: BTreeSet<usize> = found
        .iter()
        .map(|at| migrations.statements[*at].file)
        .collect();
    let wanted = |at: &usize| {
        let file = migrations.statements[*at].file;
        found.contains(at)
            || sets(*at) && files.contains(&file)
            || is_about_all(migrations, *at)
            || fills(migrations, *at).is_some_and(|name| filled.contains(&name))
    };
    let all = 0..migrations.statements.len();
    let buildable = all.filter(|at| is_buildable(migrations, *at));
    Concerned {
        statements: buildable.filter(wanted).collect(),
        objects,
    }
}

/// Every statement that builds something, and every object.
pub fn whole(catalog: &Catalog, migrations: &Migrations) -> Concerned {
    let touching: BTreeSet<usize> = catalog
        .origins
        .values()
        .flatten()
        .map(|origin| origin.statement)
        .collect();
    let wanted = |at: &usize| {
        touching.contains(at)
            || migrations.statements[*at].kind == Kind::Set
            || is_about_all(migrations, *at)
            || fills(migrations, *at).is_some()
    };
    let all = 0..migrations.statements.len();
    let buildable = all.filter(|at| is_buildable(migrations, *at));
    Concerned {
        statements: buildable.filter(wanted).collect(),
        objects: catalog.origins.keys().copied().collect(),
    }
}

/// The table that an INSERT of a migration fills: a counter that begins with 0, a list of states.
fn fills(migrations: &Migrations, at: usize) -> Option<String> {
    let text = migrations.text(at).to_lowercase();
    if !head(&text, 2).iter().eq(["insert", "into"]) {
        return None;
    }
    let opening = text.split('(').next().unwrap_or_default();
    let opening = opening.split(" select").next().unwrap_or_default();
    let name = words(opening).filter(|word| !["values", "as", "default"].contains(word));
    name.last().map(str::to_owned)
}

struct Search<'a> {
    catalog: &'a Catalog,
    migrations: &'a Migrations,
    by_name: BTreeMap<String, Vec<ObjectKey>>,
    touched: BTreeMap<usize, Vec<ObjectKey>>,
    heard: BTreeSet<(String, bool, bool)>,
    /// Whether what guards it is needed too.
    known: BTreeMap<ObjectKey, bool>,
    found: BTreeSet<usize>,
    open: Vec<usize>,
}

impl<'a> Search<'a> {
    fn new(catalog: &'a Catalog, migrations: &'a Migrations) -> Self {
        let mut by_name: BTreeMap<String, Vec<ObjectKey>> = BTreeMap::new();
        let key = |class: Oid, object: Oid| ObjectKey { class, object };
        let relations = catalog.relations.iter();
        let functions = catalog.functions.iter();
        let types = catalog.types.values();
        let schemas = catalog.schemas.iter();
        let named = relations
            .map(|r| (&r.name, key(class::RELATION, r.oid)))
            .chain(functions.map(|f| (&f.name, key(class::FUNCTION, f.oid))))
            .chain(types.map(|t| (&t.name, key(class::TYPE, t.oid))))
            .chain(schemas.map(|s| (&s.name, key(class::SCHEMA, s.oid))));
        for (name, key) in named {
            // A quoted name of several words is heard by each of them.
            for word in words(&name.to_lowercase()) {
                by_name.entry(word.to_owned()).or_default().push(key);
            }
        }
        let mut touched: BTreeMap<usize, Vec<ObjectKey>> = BTreeMap::new();
        for (key, origins) in &catalog.origins {
            for origin in origins {
                touched.entry(origin.statement).or_default().push(*key);
            }
        }
        Search {
            catalog,
            migrations,
            by_name,
            touched,
            heard: BTreeSet::new(),
            known: BTreeMap::new(),
            found: BTreeSet::new(),
            open: Vec::new(),
        }
    }

    /// A word is a function's name only where it is called: many are named like words of SQL.
    fn hear(&mut self, word: &str, is_call: bool, guarded: bool) {
        if !self.heard.insert((word.to_owned(), is_call, guarded)) {
            return;
        }
        for key in self.by_name.get(word).cloned().unwrap_or_default() {
            if is_call || key.class != class::FUNCTION {
                self.need(key, guarded);
            }
        }
    }

    /// Takes what made an object, and what guards it when it is a relation that is read or written and not only referred to.
    fn need(&mut self, key: ObjectKey, guarded: bool) {
        match self.known.get(&key) {
            Some(known) if *known || !guarded => return,
            _ => self.known.insert(key, guarded),
        };
        let origins = self.catalog.origins.get(&key).into_iter().flatten();
        for origin in origins {
            if origin.statement < self.migrations.statements.len()
                && self.found.insert(origin.statement)
            {
                self.open.push(origin.statement);
            }
        }
        if key.class == class::RELATION
            && let Some(relation) = self.catalog.relation(key.object)
        {
            self.hear(&relation.schema.to_lowercase(), false, false);
            for part in parts(relation).into_iter().filter(|_| guarded) {
                self.need(part, true);
            }
        }
    }

    /// What a statement names is needed too; so is all that a block made, for it runs as a whole. What a GRANT names beside
    /// the object is not.
    fn follow(&mut self, statement: usize) {
        if !is_buildable(self.migrations, statement) {
            return;
        }
        let text = self.migrations.text(statement).to_lowercase();
        let first = head(&text, 3);
        let refers = ["table", "index"]
            .iter()
            .any(|kind| first.iter().any(|word| word == kind));
        for word in words(&text) {
            let end = word.as_ptr() as usize - text.as_ptr() as usize + word.len();
            let is_call = text[end..]
                .trim_start_matches('"')
                .trim_start()
                .starts_with('(');
            self.hear(word, is_call, !refers);
        }
        if is_block(&text) {
            for key in self.touched.get(&statement).cloned().unwrap_or_default() {
                self.need(key, true);
            }
        }
    }
}

fn parts(relation: &Relation) -> Vec<ObjectKey> {
    let key = |class: Oid, object: Oid| ObjectKey { class, object };
    let policies = relation.policies.iter().map(|p| key(class::POLICY, p.oid));
    let triggers = relation.triggers.iter().map(|t| key(class::TRIGGER, t.oid));
    let indexes = relation
        .uniques
        .iter()
        .map(|u| key(class::RELATION, u.index));
    policies.chain(triggers).chain(indexes).collect()
}

fn is_block(text: &str) -> bool {
    head(text, 1).first().is_some_and(|word| word == "do")
}

/// Whether a script can hold the statement: it neither controls the transaction nor only brings or shows rows.
fn is_buildable(migrations: &Migrations, at: usize) -> bool {
    let text = migrations.text(at);
    match migrations.statements[at].kind {
        Kind::Control(_)
        | Kind::Outside
        | Kind::CopyIn
        | Kind::CopyOut
        | Kind::Comment
        | Kind::AlterDatabase
        | Kind::CreateRole
        | Kind::Grant
        | Kind::DropRole => false,
        Kind::Alone => head(text, 3).first().is_some_and(|word| word == "create"),
        _ => !head(text, 2).iter().eq(["alter", "default"]),
    }
}

/// Settings of roles and extensions concern whatever comes after them. Roles themselves belong to the cluster, where nothing
/// records who made them, and privileges are read off the objects: see `privileges.rs`.
fn is_about_all(migrations: &Migrations, at: usize) -> bool {
    let text = migrations.text(at).to_lowercase();
    let first = head(&text, 2);
    let words: Vec<&str> = first.iter().map(String::as_str).collect();
    match migrations.statements[at].kind {
        Kind::CreateExtension => true,
        _ => matches!(words[..], ["alter", "role" | "user"]),
    }
}

/// The pieces of a script, each so that it can stand in one transaction and where its role is there already.
pub fn pieces(migrations: &Migrations, statements: &[usize]) -> Vec<Piece> {
    let each = statements.iter().map(|&at| {
        let place = migrations.place(at);
        let text = migrations.text(at);
        let text = match migrations.statements[at].kind {
            Kind::Alone => without_concurrently(text),
            _ => text.to_owned(),
        };
        Piece {
            place: format!("{}:{}", place.file.display(), place.line.0),
            text,
            file: migrations.statements[at].file,
            at,
        }
    });
    each.collect()
}

fn without_concurrently(text: &str) -> String {
    let word =
        tokens(text).find(|(_, span)| text[span.clone()].eq_ignore_ascii_case("concurrently"));
    match word {
        Some((_, span)) => format!("{}{}", &text[..span.start], text[span.end..].trim_start()),
        None => text.to_owned(),
    }
}

/// Groups statements that may only go together: a table, and what switches its row security on. Without it any leak would
/// be there, and none would be the same.
pub fn units(catalog: &Catalog, migrations: &Migrations, statements: &[usize]) -> Vec<Vec<usize>> {
    let mut made: BTreeMap<usize, usize> = BTreeMap::new();
    for (key, origins) in &catalog.origins {
        let Some(first) = origins.first().filter(|_| key.class == class::RELATION) else {
            continue;
        };
        for origin in origins {
            let text = migrations
                .statements
                .get(origin.statement)
                .map(|_| migrations.text(origin.statement).to_lowercase());
            if text.is_some_and(|text| guards(&text) && !is_block(&text)) {
                made.insert(origin.statement, first.statement);
            }
        }
    }
    let kept: BTreeSet<usize> = statements.iter().copied().collect();
    let mut units: BTreeMap<usize, Vec<usize>> = BTreeMap::new();
    for &statement in statements {
        let table = made.get(&statement).filter(|table| kept.contains(table));
        units
            .entry(*table.unwrap_or(&statement))
            .or_default()
            .push(statement);
    }
    units.into_values().collect()
}

/// Whether a statement switches row security on or off.
fn guards(text: &str) -> bool {
    text.contains("row level security")
}

/// Blocks that switch row security on or off: what a script may not leave out, lest another leak be shown.
/// Of tables that are called by one of the names.
pub fn guarding(
    catalog: &Catalog,
    migrations: &Migrations,
    statements: &[usize],
    named: &[String],
) -> Vec<usize> {
    let touches = |at: usize| {
        let tables = catalog
            .relations
            .iter()
            .filter(|r| named.contains(&r.name.to_lowercase()));
        tables
            .flat_map(|r| catalog.origins_of(class::RELATION, r.oid))
            .any(|origin| origin.statement == at)
    };
    let text = |at: usize| migrations.text(at).to_lowercase();
    let all = statements.iter().copied();
    all.filter(|at| is_block(&text(*at)) && guards(&text(*at)) && touches(*at))
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_index_is_built_in_the_transaction() {
        assert_eq!(
            without_concurrently("CREATE UNIQUE INDEX CONCURRENTLY a ON b (c)"),
            "CREATE UNIQUE INDEX a ON b (c)"
        );
    }
}
