//! Conducts the inference: reads every expression, groups what is compared, chooses keys, scopes, claims and roles.
use super::addresses::addresses;
use super::classes::{Class, classes};
use super::facts::{Atom, Facts};
use super::grades::grades;
use super::keys::{choose, claim_name, key};
use super::memberships::memberships;
use super::parties::parties;
use super::reading::Reader;
use super::scopes::{Chosen, add_namesakes, scopes};
use super::shown::shown;
use super::{Claim, ClaimMeaning, ColumnRef, Key, KeyId, Scope, Tenancy, roles};
use crate::catalog::{Catalog, FunctionKind, Oid, Relation, class};
use std::collections::{BTreeMap, BTreeSet};

/// What the schema says of tenants. `editable` names the JSON keys that users can write by themselves.
pub fn infer(catalog: &Catalog, editable: &[String]) -> Tenancy {
    let facts = read(catalog);
    let classes = classes(catalog, &facts);
    let choice = choose(catalog, &facts, &classes);
    let mut evidence = choice.evidence;
    let mut order: Vec<usize> = Vec::new();
    order.extend(choice.tenant);
    order.extend(choice.user.filter(|user| Some(*user) != choice.tenant));
    order.extend(&choice.others);
    let mut keys: Vec<Key> = order.iter().map(|&at| key(catalog, &classes[at])).collect();
    let at = |class: Option<usize>| {
        class
            .and_then(|class| order.iter().position(|o| *o == class))
            .map(KeyId)
    };
    let (tenant, user) = (at(choice.tenant), at(choice.user));
    let namesakes: Vec<KeyId> = tenant
        .into_iter()
        .chain(user.filter(|user| Some(*user) != tenant))
        .collect();
    evidence.extend(add_namesakes(catalog, &mut keys, &namesakes));
    let folders = super::folders::folders(&facts, &classes, &order);
    let scopes = scopes(&Chosen {
        folders: &folders,
        catalog,
        facts: &facts,
        keys: &keys,
        tenant,
        user,
    });
    let role_is_key = order
        .iter()
        .position(|&class| classes[class].current_role)
        .map(KeyId);
    let mut claims = claims(catalog, &facts, &classes, &order, editable);
    let memberships = memberships(catalog, &facts, &keys, tenant, user);
    super::headers::settle(&mut claims, &memberships, tenant, user);
    evidence.extend(claims.iter().map(|claim| describe(claim, &keys)));
    let roles = roles::roles(catalog, &facts, role_is_key, &mut evidence);
    let arguments = arguments(&classes, &order);
    let fields = fields(&classes, &order);
    let unknown = unknown(catalog, &facts, &scopes, &claims);
    let mut tenancy = Tenancy {
        addresses: addresses(&facts, &claims),
        keys,
        tenant,
        user,
        scopes,
        folders,
        unknown,
        claims,
        memberships,
        roles,
        evidence,
        arguments,
        fields,
        argument_columns: argument_columns(&facts),
        trigger_columns: trigger_columns(&facts),
        claim_readers: claim_readers(&facts),
        policy_functions: policy_functions(&facts),
        claim_lists: facts.lists,
        ..Tenancy::default()
    };
    super::operators::set_apart(catalog, &mut tenancy);
    tenancy.claim_grades = grades(catalog, &tenancy);
    tenancy.marks = super::marks::marks(catalog, &tenancy.memberships);
    follow(catalog, &mut tenancy);
    tenancy
}

/// Where columns lead: to both sides of a row that joins tenants, and through views.
fn follow(catalog: &Catalog, tenancy: &mut Tenancy) {
    tenancy.parties = parties(catalog, &tenancy.keys, tenancy.tenant);
    tenancy.shown = shown(catalog);
}

/// Tables that nobody owns as far as is known, with a policy that asks for the caller all the same.
fn unknown(
    catalog: &Catalog,
    facts: &Facts,
    scopes: &BTreeMap<Oid, Scope>,
    claims: &[Claim],
) -> BTreeSet<Oid> {
    let asks = |relation: &&Relation| {
        let names = |(setting, path): &(String, Vec<String>)| {
            claims.iter().any(|claim| {
                claim.setting == *setting
                    && claim.path == *path
                    && matches!(claim.meaning, ClaimMeaning::Key(_))
            })
        };
        let about_caller = |oid: Oid| {
            facts
                .policies
                .get(&oid)
                .is_some_and(|facts| facts.claims.iter().any(names))
        };
        relation
            .policies
            .iter()
            .any(|policy| about_caller(policy.oid))
    };
    let shared =
        |relation: &&Relation| matches!(scopes.get(&relation.oid), Some(Scope::Shared { .. }));
    catalog
        .relations
        .iter()
        .filter(shared)
        .filter(asks)
        .map(|relation| relation.oid)
        .collect()
}

/// Columns that arguments are compared with or stored in.
fn argument_columns(facts: &Facts) -> BTreeMap<(Oid, usize), Vec<ColumnRef>> {
    let mut out: BTreeMap<(Oid, usize), Vec<ColumnRef>> = BTreeMap::new();
    for pair in &facts.equal {
        let ((Atom::Column(column), other) | (other, Atom::Column(column))) = pair else {
            continue;
        };
        if let Atom::Argument {
            function,
            position,
            path,
        } = other
            && path.is_empty()
        {
            out.entry((*function, *position)).or_default().push(*column);
        }
    }
    out
}

fn claim_readers(facts: &Facts) -> BTreeMap<(String, Vec<String>), Vec<Oid>> {
    let readers = facts.readers.iter();
    readers
        .map(|(claim, readers)| (claim.clone(), readers.iter().copied().collect()))
        .collect()
}

fn policy_functions(facts: &Facts) -> BTreeMap<Oid, Vec<Oid>> {
    let policies = facts.policies.iter();
    policies
        .map(|(policy, facts)| (*policy, facts.readers.iter().copied().collect()))
        .collect()
}

/// Columns whose written value triggers look for in columns of other tables.
fn trigger_columns(facts: &Facts) -> BTreeMap<ColumnRef, Vec<ColumnRef>> {
    let mut out: BTreeMap<ColumnRef, Vec<ColumnRef>> = BTreeMap::new();
    for (written, looked_for) in &facts.triggered {
        out.entry(*written).or_default().push(*looked_for);
    }
    out
}

/// Reads policies, functions and triggers.
fn read(catalog: &Catalog) -> Facts {
    let mut reader = Reader::new(catalog);
    let prelude_end = prelude_end(catalog);
    for relation in &catalog.relations {
        for policy in &relation.policies {
            // The platform's own policies on its own tables say nothing of the application's tenants.
            let made = catalog
                .origins_of(class::POLICY, policy.oid)
                .first()
                .map(|origin| origin.statement);
            if relation.platform && made.is_none_or(|made| made <= prelude_end) {
                continue;
            }
            reader.policy = Some((relation.oid, super::facts::PolicyFacts::default()));
            for expression in policy.using.iter().chain(&policy.check) {
                reader.expression(expression, relation.oid);
            }
            if let Some((_, facts)) = reader.policy.take() {
                reader.facts.policies.insert(policy.oid, facts);
            }
        }
        for trigger in &relation.triggers {
            if let Some(function) = catalog
                .functions
                .iter()
                .find(|f| f.oid == trigger.function && !f.platform)
            {
                reader.trigger(function, relation, trigger);
            }
        }
    }
    let callable = |f: &&crate::catalog::Function| {
        !f.platform
            && f.returns != "trigger"
            && matches!(f.kind, FunctionKind::Function | FunctionKind::Procedure)
    };
    for function in catalog.functions.iter().filter(callable) {
        reader.alone(function);
    }
    let mut facts = reader.facts;
    read_views(catalog, &mut facts);
    super::callers::add_caller(catalog, &mut facts);
    facts
}

/// What views ask of the caller that nothing else asks. What else they compare joins reports, and says nothing of tenants.
fn read_views(catalog: &Catalog, facts: &mut Facts) {
    let mut reader = Reader::new(catalog);
    let views = catalog.relations.iter().filter(|view| !view.platform);
    for definition in views.filter_map(|view| view.definition.as_deref()) {
        reader.query(definition);
    }
    let seen = reader.facts;
    let new: BTreeSet<(String, Vec<String>)> =
        seen.claims.difference(&facts.claims).cloned().collect();
    let is_new = |atom: &Atom| matches!(atom, Atom::Claim { setting, path } if new.contains(&(setting.clone(), path.clone())));
    let pairs = seen.equal.into_iter();
    facts
        .equal
        .extend(pairs.filter(|(a, b)| is_new(a) || is_new(b)));
    let literals = seen.literals.into_iter();
    facts
        .literals
        .extend(literals.filter(|(atom, _)| is_new(atom)));
    facts.claims.extend(new);
}

/// The last statement of the platform prelude that made something.
fn prelude_end(catalog: &Catalog) -> usize {
    let relations = catalog
        .relations
        .iter()
        .filter(|r| r.platform)
        .map(|r| (class::RELATION, r.oid));
    let functions = catalog
        .functions
        .iter()
        .filter(|f| f.platform)
        .map(|f| (class::FUNCTION, f.oid));
    let first = |(class, oid)| {
        catalog
            .origins_of(class, oid)
            .first()
            .map(|origin| origin.statement)
    };
    relations
        .chain(functions)
        .filter_map(first)
        .max()
        .unwrap_or(0)
}

/// Every claim that is read as a value, with what it means.
fn claims(
    catalog: &Catalog,
    facts: &Facts,
    classes: &[Class],
    order: &[usize],
    editable: &[String],
) -> Vec<Claim> {
    let whole_document = |setting: &str, path: &[String]| {
        facts
            .claims
            .iter()
            .any(|(s, p)| s == setting && p.len() > path.len() && p.starts_with(path))
    };
    let mut out = Vec::new();
    for (setting, path) in &facts.claims {
        if whole_document(setting, path) {
            continue;
        }
        let atom = Atom::Claim {
            setting: setting.clone(),
            path: path.clone(),
        };
        let pair = (setting.clone(), path.clone());
        let key = order
            .iter()
            .position(|&class| classes[class].claims.contains(&pair));
        let user_editable =
            path.iter().any(|step| editable.contains(step)) || super::headers::is_header(setting);
        // A key is known by one claim; another one that users can edit, and that is compared with its columns, is meant
        // to hold it too.
        let key = key.or_else(|| {
            let mistaken = user_editable && !facts.literals.contains_key(&atom);
            mistaken.then(|| compared_key(facts, classes, order, &atom))?
        });
        let meaning = match (key, facts.literals.get(&atom)) {
            (Some(at), _) => ClaimMeaning::Key(KeyId(at)),
            (None, Some(literals))
                if literals
                    .iter()
                    .any(|literal| catalog.roles.iter().any(|role| role.name == *literal)) =>
            {
                ClaimMeaning::Role
            }
            (None, Some(literals)) => ClaimMeaning::Literals(literals.iter().cloned().collect()),
            (None, None) => ClaimMeaning::Unknown,
        };
        out.push(Claim {
            setting: setting.clone(),
            path: path.clone(),
            meaning,
            user_editable,
        });
    }
    out
}

/// The one key whose columns an atom is compared with.
fn compared_key(facts: &Facts, classes: &[Class], order: &[usize], atom: &Atom) -> Option<usize> {
    let columns = facts.equal.iter().filter_map(|pair| match pair {
        (Atom::Column(column), other) | (other, Atom::Column(column)) if other == atom => {
            Some(column)
        }
        _ => None,
    });
    let keys: BTreeSet<usize> = columns
        .filter_map(|column| {
            let mut chosen = order.iter();
            chosen.position(|&class| classes[class].columns.contains(column))
        })
        .collect();
    keys.first().copied().filter(|_| keys.len() == 1)
}

fn describe(claim: &Claim, keys: &[Key]) -> String {
    let name = claim_name(&claim.setting, &claim.path);
    let edited = if claim.user_editable {
        "; users can edit it by themselves"
    } else {
        ""
    };
    match &claim.meaning {
        ClaimMeaning::Key(id) => format!("{name} holds {}{edited}", keys[id.0].name),
        ClaimMeaning::Literals(values) => {
            format!("{name} is compared with {}{edited}", values.join(", "))
        }
        ClaimMeaning::Role => format!("{name} holds the database role"),
        ClaimMeaning::Unknown => {
            format!("{name} is read, but compared with nothing that is known{edited}")
        }
    }
}

/// Places in documents that take a key's value.
fn fields(classes: &[Class], order: &[usize]) -> BTreeMap<(Oid, usize, Vec<String>), KeyId> {
    let keyed = order.iter().enumerate();
    keyed
        .flat_map(|(at, &class)| {
            let fields = classes[class].fields.iter();
            fields.map(move |field| (field.clone(), KeyId(at)))
        })
        .collect()
}

/// Arguments of functions that take a key's value.
fn arguments(classes: &[Class], order: &[usize]) -> BTreeMap<(Oid, usize), KeyId> {
    order
        .iter()
        .enumerate()
        .flat_map(|(at, &class)| {
            classes[class]
                .arguments
                .iter()
                .map(move |argument| (*argument, KeyId(at)))
        })
        .collect()
}
