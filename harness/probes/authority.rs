//! Which tables decide who may see what: those that policies, the functions that they ask, and views with their owner's
//! rights look the caller up in. Only a write to one of these can widen what a caller reaches.
use super::Scene;
use super::claim_sources::{claim_sources, named};
use super::statement::shows_owned;
use crate::catalog::{Catalog, Function, Oid, Relation, RelationKind};
use crate::tenancy::ClaimMeaning;
use std::collections::{BTreeMap, BTreeSet};

/// A table that is asked, and who asks it.
#[derive(Debug, Default, Clone)]
pub struct Authority {
    /// Relations whose rows it opens and closes.
    pub dependents: BTreeSet<Oid>,
    /// The texts of policies and functions that name it: which of its columns matter, and with which literals they are
    /// compared.
    pub texts: BTreeSet<String>,
}

impl Authority {
    /// Whether some text that asks the table names the column.
    pub fn asks(&self, column: &str) -> bool {
        self.texts
            .iter()
            .any(|text| names(&text.to_lowercase(), column))
    }

    /// Literals that stand in the texts: what a column may be compared with.
    pub fn literals(&self) -> BTreeSet<String> {
        self.texts.iter().flat_map(|text| literals(text)).collect()
    }
}

/// Every authority of the schema, by table.
pub fn authorities(scene: &Scene) -> BTreeMap<Oid, Authority> {
    let mut out: BTreeMap<Oid, Authority> = BTreeMap::new();
    for relation in &scene.catalog.relations {
        let texts = asked_texts(scene, relation);
        if texts.is_empty() {
            continue;
        }
        for table in tables_named(scene.catalog, &texts) {
            let authority = out.entry(table).or_default();
            authority.dependents.insert(relation.oid);
            let schema_name = dotted(scene.relation(table));
            let about = |text: &&Text| about(text, &schema_name);
            authority
                .texts
                .extend(texts.iter().filter(about).map(|text| text.original.clone()));
        }
    }
    by_trigger(scene, &mut out);
    by_token(scene, &mut out);
    out
}

/// A table from which claims are taken decides wherever a policy reads the claim.
fn by_token(scene: &Scene, out: &mut BTreeMap<Oid, Authority>) {
    let sources = claim_sources(scene);
    if sources.is_empty() {
        return;
    }
    for relation in &scene.catalog.relations {
        let texts = asked_texts(scene, relation);
        for source in &sources {
            let (Some(claim), Some(column)) = (
                named(source.claim),
                source
                    .relation
                    .columns
                    .iter()
                    .find(|c| c.number == source.column),
            ) else {
                continue;
            };
            let reads = |text: &Text| names(&text.lower, claim);
            if texts.iter().any(reads) {
                let authority = out.entry(source.relation.oid).or_default();
                authority.dependents.insert(relation.oid);
                let values: &[String] = match &source.claim.meaning {
                    ClaimMeaning::Literals(values) => values,
                    _ => &[],
                };
                let values: Vec<String> = values.iter().map(|value| format!("'{value}'")).collect();
                let text = format!("{} in ({})", column.name, values.join(", "));
                authority.texts.insert(text);
            }
        }
    }
}

/// A policy's expression, a view's query or a function's body.
struct Text {
    /// Printed by the server, which writes out schemas.
    printed: bool,
    original: String,
    /// In lower case, so that names compare.
    lower: String,
}

impl Text {
    fn new(printed: bool, text: &str) -> Text {
        let original = text.replace('"', "");
        Text {
            printed,
            lower: original.to_lowercase(),
            original,
        }
    }
}

/// The tables that a function's body, and what it calls, writes.
pub fn written(catalog: &Catalog, function: &Function) -> BTreeSet<Oid> {
    let texts = closure(catalog, vec![Text::new(false, &function.body)]);
    let targets: BTreeSet<&str> = texts.iter().flat_map(|text| targets(&text.lower)).collect();
    let (dynamic, named) = (targets.contains("execute"), tables_named(catalog, &texts));
    let is_target = |oid: &Oid| {
        let found = catalog.relations.iter().find(|r| r.oid == *oid);
        found.is_some_and(|r| targets.contains(r.name.to_lowercase().as_str()))
    };
    named
        .into_iter()
        .filter(|oid| dynamic || is_target(oid))
        .collect()
}

/// The tables that a function's body, and what it calls, names.
pub fn asked_by(catalog: &Catalog, function: &Function) -> BTreeSet<Oid> {
    let texts = closure(catalog, vec![Text::new(false, &function.body)]);
    tables_named(catalog, &texts)
}

/// Words that stand where INSERT, UPDATE, DELETE and MERGE name their table, and `execute` for text that is run. Schemas
/// are among them.
fn targets(body: &str) -> Vec<&str> {
    let words: Vec<&str> = body
        .split(|c| !is_part(c))
        .filter(|word| !word.is_empty())
        .collect();
    let mut out = Vec::new();
    for (at, pair) in words.windows(2).enumerate() {
        let target = match pair {
            ["insert" | "merge", "into"] | ["delete", "from"] | ["update", "only"] => at + 2,
            ["update", _] => at + 1,
            ["execute", _] => {
                out.push("execute");
                continue;
            }
            _ => continue,
        };
        out.extend(words.iter().skip(target).take(2));
    }
    out
}

/// The texts that decide who sees rows of a relation.
fn asked_texts(scene: &Scene, relation: &Relation) -> Vec<Text> {
    let catalog = scene.catalog;
    match relation.kind {
        RelationKind::View if !relation.security_invoker && relation.reads.len() > 1 => {
            if !shows_owned(scene, relation) {
                return Vec::new();
            }
            let definition = relation.definition.iter();
            closure(
                catalog,
                definition.map(|text| Text::new(true, text)).collect(),
            )
        }
        RelationKind::Table | RelationKind::Partitioned if relation.rls => {
            let expressions = relation
                .policies
                .iter()
                .flat_map(|policy| policy.using.iter().chain(&policy.check));
            closure(
                catalog,
                expressions.map(|text| Text::new(true, text)).collect(),
            )
        }
        _ => Vec::new(),
    }
}

/// Texts with the bodies of all functions that they name, and so on.
fn closure(catalog: &Catalog, mut open: Vec<Text>) -> Vec<Text> {
    let mut known: BTreeSet<Oid> = BTreeSet::new();
    let mut out: Vec<Text> = Vec::new();
    while let Some(text) = open.pop() {
        let words = words(&text.lower);
        for function in catalog.functions.iter().filter(|f| !f.platform) {
            if words.contains(function.name.to_lowercase().as_str()) && known.insert(function.oid) {
                open.push(Text::new(false, &function.body));
            }
        }
        out.push(text);
    }
    out
}

fn tables_named(catalog: &Catalog, texts: &[Text]) -> BTreeSet<Oid> {
    let tables = catalog.relations.iter().filter(|relation| {
        matches!(
            relation.kind,
            RelationKind::Table | RelationKind::Partitioned
        ) && !relation.platform
    });
    tables
        .filter(|relation| {
            let name = dotted(Some(relation));
            texts.iter().any(|text| about(text, &name))
        })
        .map(|relation| relation.oid)
        .collect()
}

/// Whether a text names a table. The server prints what stands in FROM with its schema, and the columns of the policy's own
/// table without; a body is as its author wrote it.
fn about(text: &Text, (schema, name): &(String, String)) -> bool {
    match text.printed {
        true => {
            let full = format!("{schema}.{name}");
            text.lower
                .match_indices(&full)
                .any(|(at, _)| is_whole(&text.lower, at, full.len()))
        }
        false => names(&text.lower, name),
    }
}

fn dotted(relation: Option<&Relation>) -> (String, String) {
    relation
        .map(|r| (r.schema.to_lowercase(), r.name.to_lowercase()))
        .unwrap_or_default()
}

/// A table whose trigger writes an authority is one too, as far as writing to it goes.
fn by_trigger(scene: &Scene, out: &mut BTreeMap<Oid, Authority>) {
    let known = out.clone();
    for relation in &scene.catalog.relations {
        if !matches!(
            relation.kind,
            RelationKind::Table | RelationKind::Partitioned
        ) || relation.platform
        {
            continue;
        }
        for trigger in relation.triggers.iter().filter(|t| t.enabled != 'D') {
            let function = scene
                .catalog
                .functions
                .iter()
                .find(|f| f.oid == trigger.function && f.definer && !f.platform);
            let Some(function) = function else {
                continue;
            };
            for table in written(scene.catalog, function) {
                if table != relation.oid
                    && let Some(there) = known.get(&table)
                {
                    let here = out.entry(relation.oid).or_default();
                    here.dependents.extend(&there.dependents);
                    here.dependents.insert(table);
                    here.texts.insert(Text::new(false, &function.body).original);
                }
            }
        }
    }
}

/// Some of the relations for all of them: those whose policies say the same of the same columns open together. Two of each
/// kind are kept, those with rows of the victim's first.
pub fn representatives(scene: &Scene, relations: &BTreeSet<Oid>) -> BTreeSet<Oid> {
    let mut kinds: BTreeMap<String, Vec<(bool, Oid)>> = BTreeMap::new();
    for relation in relations.iter().filter_map(|oid| scene.relation(*oid)) {
        let rows = scene.rows(relation.oid);
        let empty = !rows
            .iter()
            .any(|(_, row)| row.tenant == Some(super::attackers::VICTIM));
        kinds
            .entry(kind(relation))
            .or_default()
            .push((empty, relation.oid));
    }
    let each = kinds.into_values().flat_map(|mut kind| {
        kind.sort_unstable();
        kind.into_iter().take(2)
    });
    each.map(|(_, oid)| oid).collect()
}

/// What the policies of a relation say, without its own name.
fn kind(relation: &Relation) -> String {
    if relation.policies.is_empty() {
        return relation.oid.to_string();
    }
    let mut policies: Vec<String> = relation
        .policies
        .iter()
        .map(|policy| {
            let text = format!(
                "{:?} {} {:?} {:?} {:?}",
                policy.command, policy.permissive, policy.roles, policy.using, policy.check
            );
            text.replace(&relation.name, "·")
        })
        .collect();
    policies.sort_unstable();
    policies.join("\n")
}

fn is_part(c: char) -> bool {
    c.is_alphanumeric() || c == '_'
}

fn words(text: &str) -> BTreeSet<&str> {
    text.split(|c| !is_part(c)).collect()
}

/// Whether a text holds a name as a whole word; names may hold blanks.
fn names(text: &str, name: &str) -> bool {
    let name = name.to_lowercase();
    text.match_indices(&name)
        .any(|(at, _)| is_whole(text, at, name.len()))
}

fn is_whole(text: &str, at: usize, length: usize) -> bool {
    let before = text[..at].chars().next_back();
    let after = text[at + length..].chars().next();
    !before.is_some_and(is_part) && !after.is_some_and(is_part)
}

/// What stands between single quotes, where it looks like a state or a rank and not like prose.
pub(super) fn literals(text: &str) -> Vec<String> {
    let inside = text.split('\'').skip(1).step_by(2);
    inside
        .filter(|literal| {
            !literal.is_empty()
                && literal.len() <= 40
                && literal.chars().all(|c| is_part(c) || c == '-')
        })
        .map(str::to_owned)
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_printed_policy_names_a_table_by_its_schema_and_a_body_by_its_name_alone() {
        let members = ("public".to_owned(), "members".to_owned());
        let printed = |text: &str| about(&Text::new(true, text), &members);
        let written = |text: &str| about(&Text::new(false, text), &members);
        assert!(printed(
            "(exists ( select 1 from public.members m where true))"
        ));
        assert!(
            !printed("(members.org_id = 1)"),
            "a column of the policy's own table"
        );
        assert!(!printed("(exists ( select 1 from public.members_old))"));
        assert!(written(
            "select org_id from members where user_id = auth.uid()"
        ));
        assert!(!written("select org_id from team_members"));
    }

    #[test]
    fn a_body_writes_what_its_statements_name() {
        let body = "if tg_op = 'insert' then update only public.members set a = 1; end if; \
                    insert into shares select 1 from notes; delete from public.invites;";
        let found = targets(body);
        for table in ["members", "shares", "invites"] {
            assert!(found.contains(&table), "{table}");
        }
        assert!(!found.contains(&"notes"), "only read");
    }

    #[test]
    fn literals_are_ranks_and_states_and_no_prose() {
        assert_eq!(
            literals("m.role = 'admin'::text and raise('you may not, sorry') or x = 'in-review'"),
            ["admin", "in-review"]
        );
    }
}
