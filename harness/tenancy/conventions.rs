//! Tells by which keys each policy lets rows through: one entry for each way that it leaves open.
use super::facts::{Atom, Facts, PolicyFacts};
use super::published::{bare, expression};
use super::reading::Reader;
use super::syntax::{operands, operator};
use super::{Claim, ClaimMeaning, ColumnRef, KeyId, Tenancy};
use crate::catalog::{Catalog, Oid, Policy};
use squawk_syntax::{SyntaxKind as K, SyntaxNode};
use std::collections::{BTreeMap, BTreeSet};

/// Alternatives of one condition that are told apart; a longer one is taken as a whole.
const MOST_ALTERNATIVES: usize = 16;

/// One way in which a policy lets a row through: a side of its OR, in USING or in WITH CHECK.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Alternative {
    /// The keys by which it tells whose the row is, also those of a row that it refers to; empty when it does not ask.
    pub keys: BTreeSet<KeyId>,
    /// Columns of the policy's own table that it asks for them.
    pub columns: BTreeSet<ColumnRef>,
    /// Rows that it refers to and whose owner it does not ask for: their own policies decide.
    pub parents: BTreeSet<Oid>,
    /// Literals that it asks of the caller's claims: (setting, path, literal).
    pub asked: BTreeSet<(String, Vec<String>, String)>,
    /// Literals that it asks of columns, as of the caller's rank: (column, literal).
    pub ranks: BTreeSet<(ColumnRef, String)>,
    /// It is open to a trusted role alone, by what the caller's claims say.
    pub trusted: bool,
}

/// The alternatives of every policy of the schema's own tables.
pub fn conventions(catalog: &Catalog, tenancy: &Tenancy) -> BTreeMap<Oid, Vec<Alternative>> {
    let mut reader = Reader::new(catalog);
    let mut out = BTreeMap::new();
    for relation in catalog.relations.iter().filter(|r| !r.platform) {
        for policy in &relation.policies {
            let alternatives = sides(policy)
                .flat_map(|text| alternatives(&expression(text)))
                .map(|parts| read(&mut reader, tenancy, relation.oid, &parts))
                .collect();
            out.insert(policy.oid, alternatives);
        }
    }
    out
}

/// The conditions of a policy; without one of them the other stands for both.
fn sides(policy: &Policy) -> impl Iterator<Item = &str> {
    policy.using.iter().chain(&policy.check).map(String::as_str)
}

fn read(
    reader: &mut Reader<'_>,
    tenancy: &Tenancy,
    relation: Oid,
    parts: &[SyntaxNode],
) -> Alternative {
    reader.facts = Facts::default();
    reader.policy = Some((relation, PolicyFacts::default()));
    for part in parts {
        reader.condition(part, relation);
    }
    let facts = std::mem::take(&mut reader.facts);
    let policy = reader.policy.take().map(|(_, policy)| policy);
    told(
        reader.catalog,
        tenancy,
        relation,
        &facts,
        &policy.unwrap_or_default(),
    )
}

/// What the facts of one alternative say. A column that holds no key leads on to the row that it refers to.
fn told(
    catalog: &Catalog,
    tenancy: &Tenancy,
    relation: Oid,
    facts: &Facts,
    policy: &PolicyFacts,
) -> Alternative {
    let mut alternative = Alternative {
        asked: asked(facts),
        ranks: ranks(facts),
        trusted: is_trusted(tenancy, facts),
        ..Alternative::default()
    };
    let mut seen = BTreeSet::from([relation]);
    let mut waiting = vec![relation];
    while let Some(at) = waiting.pop() {
        let mut keys = BTreeSet::new();
        let mut leads = BTreeSet::new();
        for column in policy.met.iter().filter(|column| column.relation == at) {
            let key = tenancy.key_of(*column);
            keys.extend(key);
            if at == relation && key.is_some() {
                alternative.columns.insert(*column);
            }
            leads.extend(referred(catalog, policy, *column, key.is_some()));
        }
        let further: Vec<Oid> = leads.into_iter().filter(|oid| seen.insert(*oid)).collect();
        // The row at the end of the references is not asked for its owner: it is there for who may see it.
        if keys.is_empty() && further.is_empty() && at != relation {
            alternative.parents.insert(at);
        }
        alternative.keys.extend(keys);
        waiting.extend(further);
    }
    alternative
}

/// The relations whose rows a compared column refers to: by a foreign key, or by the comparison itself where the column
/// holds no key.
fn referred(
    catalog: &Catalog,
    policy: &PolicyFacts,
    column: ColumnRef,
    holds_key: bool,
) -> BTreeSet<Oid> {
    let compared_with = policy
        .linked
        .iter()
        .filter(|(from, to)| *from == column && to.relation != column.relation)
        .map(|(_, to)| to.relation);
    let foreign = |target: &Oid| {
        catalog.relation(column.relation).is_some_and(|relation| {
            let mut keys = relation.foreign_keys.iter();
            keys.any(|key| key.target == *target && key.columns.contains(&column.column))
        })
    };
    compared_with
        .filter(|target| !holds_key || foreign(target))
        .collect()
}

fn asked(facts: &Facts) -> BTreeSet<(String, Vec<String>, String)> {
    let mut out = BTreeSet::new();
    for (atom, literals) in &facts.literals {
        if let Atom::Claim { setting, path } = atom {
            let each = literals.iter().cloned();
            out.extend(each.map(|literal| (setting.clone(), path.clone(), literal)));
        }
    }
    out
}

fn ranks(facts: &Facts) -> BTreeSet<(ColumnRef, String)> {
    let mut out = BTreeSet::new();
    for (atom, literals) in &facts.literals {
        if let Atom::Column(column) = atom {
            out.extend(literals.iter().map(|literal| (*column, literal.clone())));
        }
    }
    out
}

/// Whether the alternative asks the caller to be a role that is trusted with every row.
fn is_trusted(tenancy: &Tenancy, facts: &Facts) -> bool {
    let names_role = |atom: &Atom| match atom {
        Atom::CurrentRole => true,
        Atom::Claim { setting, path } => tenancy.claims.iter().any(|claim: &Claim| {
            claim.setting == *setting && claim.path == *path && claim.meaning == ClaimMeaning::Role
        }),
        _ => false,
    };
    let trusted = |name: &String| tenancy.roles.trusted.contains(name);
    let mut asked = facts.literals.iter();
    asked.any(|(atom, names)| names_role(atom) && !names.is_empty() && names.iter().all(trusted))
}

/// The sides of a condition's ORs, each as the parts that must all hold.
pub(super) fn alternatives(node: &SyntaxNode) -> Vec<Vec<SyntaxNode>> {
    let bare = bare(node);
    let sides = || operands(&bare).map(|side| alternatives(&side));
    let joined: Vec<Vec<SyntaxNode>> = match bare.kind() {
        K::BIN_EXPR if operator(&bare) == "or" => sides().flatten().collect(),
        K::BIN_EXPR if operator(&bare) == "and" => sides()
            .reduce(|left, right| {
                let both = |a: &Vec<SyntaxNode>, b: &Vec<SyntaxNode>| [&a[..], &b[..]].concat();
                left.iter()
                    .flat_map(|a| right.iter().map(move |b| both(a, b)))
                    .collect()
            })
            .unwrap_or_default(),
        _ => vec![vec![bare.clone()]],
    };
    match joined.len() {
        1..=MOST_ALTERNATIVES => joined,
        _ => vec![vec![bare]],
    }
}
