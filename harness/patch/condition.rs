//! Writes down what makes a row the caller's own: as the schema's other policies say it, else from claims and memberships.
use crate::catalog::{Oid, Policy, Relation, Volatility};
use crate::probes::{Scene, named};
use crate::sql::{identifier, literal, names, qualified};
use crate::tenancy::{Claim, ClaimMeaning, KeyId, OwnerPath, Scope};
use std::collections::BTreeMap;

/// Most conditions for one table.
const CONDITIONS: usize = 4;
/// How many tables a row's owner may be away.
const AWAY: usize = 3;

/// Conditions over a row of the table, the project's own words first.
pub(super) fn conditions(scene: &Scene, table: &Relation, without: Option<Oid>) -> Vec<String> {
    let mut out = Vec::new();
    out.extend(told(scene, table, without));
    out.extend(siblings(scene, table));
    out.extend(built(scene, table, "", AWAY));
    let mut seen = std::collections::BTreeSet::new();
    out.retain(|condition| seen.insert(condition.clone()));
    out.truncate(CONDITIONS);
    out
}

/// The column that says by itself whose a row is.
pub(super) fn owner_column(scene: &Scene, table: &Relation) -> Option<String> {
    let Some(Scope::Owned { paths, .. }) = scene.tenancy.scope(table.oid) else {
        return None;
    };
    paths.iter().find_map(|path| match path {
        OwnerPath::Key { column, .. } => name_of(table, *column),
        _ => None,
    })
}

/// What the table's other policies ask, where it speaks of the row's owner.
fn told(scene: &Scene, table: &Relation, without: Option<Oid>) -> Vec<String> {
    let Some(column) = owner_column(scene, table) else {
        return Vec::new();
    };
    let others = table
        .policies
        .iter()
        .filter(|policy| policy.permissive && Some(policy.oid) != without);
    let asked = others.flat_map(|policy| policy.using.iter().chain(&policy.check));
    asked.filter(|text| names(text, &column)).cloned().collect()
}

/// What the policies of other tables with a column of the same name and key ask, the most common first.
fn siblings(scene: &Scene, table: &Relation) -> Vec<String> {
    let Some(Scope::Owned { paths, .. }) = scene.tenancy.scope(table.oid) else {
        return Vec::new();
    };
    let Some(OwnerPath::Key { column, key }) = paths.first() else {
        return Vec::new();
    };
    let Some(column) = name_of(table, *column) else {
        return Vec::new();
    };
    let mut count: BTreeMap<String, usize> = BTreeMap::new();
    for other in scene
        .owned()
        .filter(|other| other.oid != table.oid && other.rls)
    {
        if !is_alike(scene, other, &column, *key) {
            continue;
        }
        for text in other.policies.iter().flat_map(using) {
            // A text that names its own table, or another column of it, says something else here.
            let foreign = other.columns.iter().any(|own| {
                own.name != column && names(text, &own.name) && !elsewhere(scene, text, &own.name)
            });
            if names(text, &column) && !names(text, &other.name) && !foreign {
                *count.entry(text.to_owned()).or_default() += 1;
            }
        }
    }
    let mut found: Vec<(String, usize)> = count.into_iter().collect();
    found.sort_by_key(|(text, count)| (std::cmp::Reverse(*count), text.len()));
    found.into_iter().map(|(text, _)| text).take(2).collect()
}

fn is_alike(scene: &Scene, other: &Relation, column: &str, key: KeyId) -> bool {
    let Some(Scope::Owned { paths, .. }) = scene.tenancy.scope(other.oid) else {
        return false;
    };
    matches!(paths.first(), Some(OwnerPath::Key { column: at, key: of })
        if *of == key && name_of(other, *at).as_deref() == Some(column))
}

/// Whether a name in a condition may belong to a table that the condition looks up.
fn elsewhere(scene: &Scene, text: &str, name: &str) -> bool {
    scene.catalog.relations.iter().any(|relation| {
        names(text, &relation.name) && relation.columns.iter().any(|c| c.name == name)
    })
}

fn using(policy: &Policy) -> impl Iterator<Item = &str> {
    policy
        .using
        .iter()
        .filter(|_| policy.permissive)
        .map(String::as_str)
}

/// From what is known of the caller: `qualifier` stands in front of the table's columns.
fn built(scene: &Scene, table: &Relation, qualifier: &str, away: usize) -> Vec<String> {
    let Some(Scope::Owned {
        paths,
        user_private,
    }) = scene.tenancy.scope(table.oid)
    else {
        return Vec::new();
    };
    let mut out = Vec::new();
    for path in paths {
        match path {
            OwnerPath::Key { column, key } => {
                let is_user = Some(*key) == scene.tenancy.user;
                if let Some(name) = name_of(table, *column).filter(|_| is_user || !user_private) {
                    let column = format!("{qualifier}{}", identifier(&name));
                    out.extend(by_key(scene, table, (&column, ""), *key));
                }
            }
            OwnerPath::Parent {
                columns,
                target,
                target_columns,
            } if away > 0 => {
                if let Some(parent) = scene.relation(*target) {
                    let tie = tie(table, qualifier, (columns, target_columns), parent, away);
                    out.extend(by_parent(scene, parent, tie.as_deref(), away));
                }
            }
            OwnerPath::Folder { column } => {
                if let Some(name) = name_of(table, *column) {
                    let column = format!("{qualifier}{}", identifier(&name));
                    out.extend(by_folder(scene, table, &column));
                }
            }
            _ => {}
        }
    }
    out
}

/// `parent_3."id" = "invoice_lines"."invoice_id"`
fn tie(
    table: &Relation,
    qualifier: &str,
    (columns, target_columns): (&[i16], &[i16]),
    parent: &Relation,
    away: usize,
) -> Option<String> {
    let own = match qualifier {
        "" => format!("{}.", identifier(&table.name)),
        given => given.to_owned(),
    };
    let pair = |(from, to): (&i16, &i16)| {
        let (from, to) = (name_of(table, *from)?, name_of(parent, *to)?);
        let (from, to) = (identifier(&from), identifier(&to));
        Some(format!("parent_{away}.{to} = {own}{from}"))
    };
    let pairs: Option<Vec<String>> = columns.iter().zip(target_columns).map(pair).collect();
    Some(pairs?.join(" AND "))
}

/// Whoever may read the parent may have what hangs below it: where the parent has policies they are asked, else they are
/// written out.
fn by_parent(scene: &Scene, parent: &Relation, tie: Option<&str>, away: usize) -> Vec<String> {
    let Some(tie) = tie else { return Vec::new() };
    let from = format!("SELECT 1 FROM {} parent_{away} WHERE {tie}", named(parent));
    let mut out = Vec::new();
    if parent.rls {
        out.push(format!("EXISTS ({from})"));
    }
    let inner = built(scene, parent, &format!("parent_{away}."), away - 1);
    out.extend(
        inner
            .iter()
            .map(|inner| format!("EXISTS ({from} AND {inner})")),
    );
    out
}

/// The part of a path that names the tenant or the user.
fn by_folder(scene: &Scene, table: &Relation, column: &str) -> Vec<String> {
    let folders = scene.tenancy.folders.get(&table.oid).into_iter().flatten();
    let parts = folders.flat_map(|folder| folder.surest());
    parts
        .flat_map(|(at, key)| {
            let part = format!("split_part({column}, '/', {at})");
            by_key(scene, table, (&part, "::text"), key)
        })
        .collect()
}

/// A column of a key, or another expression with what makes a key's value comparable to it, against the claims that hold it, else against the caller's memberships.
fn by_key(
    scene: &Scene,
    table: &Relation,
    (column, cast): (&str, &str),
    key: KeyId,
) -> Vec<String> {
    let mut out = Vec::new();
    if scene.tenancy.roles.role_is_key == Some(key) {
        out.push(format!("{column} = CURRENT_USER"));
    }
    out.extend(claimed(scene, key).map(|(value, is_list)| match is_list {
        true => format!(
            "{column} = ANY ({value}{})",
            if cast.is_empty() { "" } else { "::text[]" }
        ),
        false => format!("{column} = {value}{cast}"),
    }));
    let (Some(tenant), Some(user)) = (scene.tenancy.tenant, scene.tenancy.user) else {
        return out;
    };
    if key != tenant || tenant == user {
        return out;
    }
    for membership in &scene.tenancy.memberships {
        // A policy of the membership table that looks into it would ask itself.
        if membership.relation == table.oid {
            continue;
        }
        let Some(members) = scene.relation(membership.relation) else {
            continue;
        };
        let (Some(of_user), Some(of_tenant)) = (
            name_of(members, membership.user_column),
            name_of(members, membership.tenant_column),
        ) else {
            continue;
        };
        if let Some((value, false)) = claimed(scene, user).next() {
            out.push(format!(
                "{column} IN (SELECT member.{}{cast} FROM {} member WHERE member.{} = {value})",
                identifier(&of_tenant),
                named(members),
                identifier(&of_user)
            ));
        }
    }
    out
}

/// What claims of a key give, as SQL, and whether it is an array: by the schema's own function first, a value of a JSON
/// document next, because gateways stopped setting the others.
fn claimed(scene: &Scene, key: KeyId) -> impl Iterator<Item = (String, bool)> {
    let type_name = &scene.tenancy.keys[key.0].type_name;
    let honest = scene
        .tenancy
        .claims
        .iter()
        .filter(|claim| claim.meaning == ClaimMeaning::Key(key) && !claim.user_editable);
    let mut found: Vec<(u8, (String, bool))> = Vec::new();
    for claim in honest {
        if let Some(reader) = reader(scene, claim, type_name) {
            found.push((0, (format!("(SELECT {reader}())"), false)));
        }
        let plain = u8::from(claim.path.is_empty());
        found.push((1 + plain, value_of(scene, claim, type_name)));
    }
    found.sort();
    found.dedup();
    found.into_iter().map(|(_, value)| value)
}

/// A function without arguments that the project's own policies ask for just this claim.
fn reader(scene: &Scene, claim: &Claim, type_name: &str) -> Option<String> {
    let setting = claim.setting.rsplit('.').next();
    let said = claim.path.last().map(String::as_str).or(setting)?;
    let asked = |name: &str| {
        let mut policies = scene.catalog.relations.iter().flat_map(|r| &r.policies);
        policies.any(|policy| {
            let mut texts = policy.using.iter().chain(&policy.check);
            texts.any(|text| names(text, name))
        })
    };
    let mut functions = scene.catalog.functions.iter();
    let plain = functions.find(|function| {
        function.arguments.is_empty()
            && !function.returns_set
            && function.returns == type_name
            && function.volatility != Volatility::Immutable
            && names(&function.body, said)
            && function.body.contains(&claim.setting)
            && asked(&function.name)
    })?;
    Some(qualified(&plain.schema, &plain.name))
}

fn value_of(scene: &Scene, claim: &Claim, type_name: &str) -> (String, bool) {
    let setting = format!(
        "NULLIF(current_setting({}, true), '')",
        literal(&claim.setting)
    );
    let place = (claim.setting.clone(), claim.path.clone());
    let path = literal(&format!("{{{}}}", claim.path.join(",")));
    let is_list = scene.tenancy.claim_lists.contains_key(&place);
    if is_list && !claim.path.is_empty() {
        let items = format!("jsonb_array_elements_text({setting}::jsonb #> {path})");
        return (
            format!("ARRAY(SELECT item::{type_name} FROM {items} item)"),
            true,
        );
    }
    let text = match claim.path.is_empty() {
        true => setting,
        false => format!("({setting}::jsonb #>> {path})"),
    };
    (format!("(SELECT {text}::{type_name})"), false)
}

fn name_of(table: &Relation, number: i16) -> Option<String> {
    table
        .columns
        .iter()
        .find(|column| column.number == number)
        .map(|column| column.name.clone())
}
