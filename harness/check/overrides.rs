//! Puts what the configuration says of tenants over what was inferred.
use super::CheckError;
use crate::catalog::{Catalog, Oid, Relation};
use crate::config::{ClaimHolds, ColumnName, TableName, TenancyOverrides, nearest};
use crate::tenancy::{Claim, ClaimMeaning, ColumnRef, Key, KeyId, OwnerPath, Scope, Tenancy};
use std::collections::BTreeSet;

/// The corrections that a database stopped early can take, and the tables that are not made yet at that point.
pub fn so_far(
    overrides: &TenancyOverrides,
    catalog: &Catalog,
) -> (TenancyOverrides, BTreeSet<String>) {
    let mut absent = BTreeSet::new();
    let mut made = |table: &TableName, column: Option<&str>| {
        let found = relation(catalog, table);
        let has = |name| {
            found
                .as_ref()
                .is_ok_and(|r| r.columns.iter().any(|c| c.name == name))
        };
        let found = found.is_ok() && column.is_none_or(has);
        if !found {
            let column = column.map(|name| format!(".{name}"));
            absent.insert(format!("{table}{}", column.unwrap_or_default()));
        }
        found
    };
    let mut kept = overrides.clone();
    kept.tenant
        .take_if(|named| !made(&named.table, Some(&named.column)));
    kept.user
        .take_if(|named| !made(&named.table, Some(&named.column)));
    kept.owner
        .retain(|owner| made(&owner.table, Some(&owner.column)));
    kept.shared.retain(|shared| made(&shared.table, None));
    kept.user_private
        .retain(|private| made(&private.table, None));
    kept.public_rows.retain(|rows| made(&rows.table, None));
    (kept, absent)
}

/// Applies the overrides; unknown names are errors, because a correction that silently does nothing is worse than none.
pub fn apply(
    tenancy: &mut Tenancy,
    catalog: &Catalog,
    overrides: &TenancyOverrides,
) -> Result<(), CheckError> {
    if let Some(name) = &overrides.tenant {
        tenancy.tenant = Some(key_at(tenancy, catalog, name)?);
    }
    if let Some(name) = &overrides.user {
        tenancy.user = Some(key_at(tenancy, catalog, name)?);
    }
    for owner in &overrides.owner {
        let table = relation(catalog, &owner.table)?;
        let column = table
            .columns
            .iter()
            .find(|c| c.name == owner.column)
            .ok_or_else(|| CheckError::UnknownObject {
                what: format!("column {}.{}", owner.table, owner.column),
                nearest: nearest(&owner.column, table.columns.iter().map(|c| c.name.as_str()))
                    .map(str::to_owned),
            })?;
        own(tenancy, table.oid, column.number);
    }
    for shared in &overrides.shared {
        let oid = relation(catalog, &shared.table)?.oid;
        tenancy.unknown.remove(&oid);
        tenancy.scopes.insert(
            oid,
            Scope::Shared {
                reason: shared.reason.clone(),
            },
        );
    }
    for private in &overrides.user_private {
        let oid = relation(catalog, &private.table)?.oid;
        if let Some(Scope::Owned { user_private, .. }) = tenancy.scopes.get_mut(&oid) {
            *user_private = true;
        }
    }
    roles(tenancy, catalog, overrides)?;
    claims(tenancy, overrides);
    Ok(())
}

/// What is named for a meaning stands in place of all that was inferred for it.
fn claims(tenancy: &mut Tenancy, overrides: &TenancyOverrides) {
    let named: Vec<Claim> = overrides
        .claims
        .iter()
        .filter_map(|named| {
            let meaning = match named.holds {
                ClaimHolds::Tenant => ClaimMeaning::Key(tenancy.tenant?),
                ClaimHolds::User => ClaimMeaning::Key(tenancy.user?),
                ClaimHolds::Role => ClaimMeaning::Role,
            };
            Some(Claim {
                setting: named.setting.clone(),
                path: named.path.clone(),
                meaning,
                user_editable: false,
            })
        })
        .collect();
    tenancy.claims.retain(|claim| {
        let corrected = |named: &Claim| {
            named.meaning == claim.meaning
                || (named.setting == claim.setting && named.path == claim.path)
        };
        !named.iter().any(corrected)
    });
    for claim in &named {
        let path = claim.path.iter().map(|step| format!(" → {step}"));
        let text = format!(
            "the configuration says who calls by {}{}",
            claim.setting,
            path.collect::<String>()
        );
        tenancy.evidence.push(text);
    }
    tenancy.claims.extend(named);
}

fn roles(
    tenancy: &mut Tenancy,
    catalog: &Catalog,
    overrides: &TenancyOverrides,
) -> Result<(), CheckError> {
    let roles = &mut tenancy.roles;
    let made = roles.made.then(|| roles.login.clone());
    let named = [
        &overrides.member_roles,
        &overrides.anonymous_roles,
        &overrides.trusted_roles,
    ];
    for name in named
        .into_iter()
        .flatten()
        .flatten()
        .chain(&overrides.login_role)
    {
        let known = || catalog.roles.iter().map(|role| role.name.as_str());
        // A login role of watertight's making is not there yet.
        if !known().any(|role| role == name) && made.as_ref() != Some(name) {
            return Err(CheckError::UnknownObject {
                what: format!("role {name}"),
                nearest: nearest(name, known()).map(str::to_owned),
            });
        }
    }
    if let Some(login) = &overrides.login_role
        && made.as_ref() != Some(login)
    {
        roles.login.clone_from(login);
        roles.made = false;
    }
    for (wanted, held) in [
        (&overrides.member_roles, &mut roles.members),
        (&overrides.anonymous_roles, &mut roles.anonymous),
        (&overrides.trusted_roles, &mut roles.trusted),
    ] {
        if let Some(names) = wanted {
            held.clone_from(names);
        }
    }
    Ok(())
}

/// The key that the column belongs to; a new one if no policy names it.
fn key_at(
    tenancy: &mut Tenancy,
    catalog: &Catalog,
    name: &ColumnName,
) -> Result<KeyId, CheckError> {
    let table = relation(catalog, &name.table)?;
    let column = table
        .columns
        .iter()
        .find(|c| c.name == name.column)
        .ok_or_else(|| CheckError::UnknownObject {
            what: format!("column {name}"),
            nearest: nearest(&name.column, table.columns.iter().map(|c| c.name.as_str()))
                .map(str::to_owned),
        })?;
    let here = ColumnRef {
        relation: table.oid,
        column: column.number,
    };
    if let Some(key) = tenancy.key_of(here) {
        return Ok(key);
    }
    let mut columns = vec![here];
    let mut targets = vec![here];
    while let Some(target) = targets.pop() {
        for relation in &catalog.relations {
            for key in &relation.foreign_keys {
                for (from, to) in key.columns.iter().zip(&key.target_columns) {
                    let from = ColumnRef {
                        relation: relation.oid,
                        column: *from,
                    };
                    if target
                        == (ColumnRef {
                            relation: key.target,
                            column: *to,
                        })
                        && !columns.contains(&from)
                        && tenancy.key_of(from).is_none()
                    {
                        columns.push(from);
                        targets.push(from);
                    }
                }
            }
        }
    }
    let id = KeyId(tenancy.keys.len());
    for column in &columns {
        own_by(tenancy, column.relation, column.column, id);
    }
    tenancy.keys.push(Key {
        columns,
        root: Some(here),
        type_name: column.type_name.clone(),
        name: name.to_string(),
    });
    Ok(id)
}

fn own(tenancy: &mut Tenancy, relation: Oid, column: i16) {
    let here = ColumnRef { relation, column };
    let Some(key) = tenancy.key_of(here).or(tenancy.tenant) else {
        return;
    };
    if !tenancy.keys[key.0].columns.contains(&here) {
        tenancy.keys[key.0].columns.push(here);
    }
    own_by(tenancy, relation, column, key);
}

/// Makes a column the surest path to a row's owner.
fn own_by(tenancy: &mut Tenancy, relation: Oid, column: i16, key: KeyId) {
    let path = OwnerPath::Key { column, key };
    match tenancy.scopes.get_mut(&relation) {
        Some(Scope::Owned { paths, .. }) => {
            paths.retain(|known| *known != path);
            paths.insert(0, path);
        }
        _ => {
            tenancy.scopes.insert(
                relation,
                Scope::Owned {
                    paths: vec![path],
                    user_private: false,
                },
            );
        }
    }
}

fn relation<'c>(catalog: &'c Catalog, name: &TableName) -> Result<&'c Relation, CheckError> {
    catalog
        .relations
        .iter()
        .find(|r| r.schema == name.schema && r.name == name.name)
        .ok_or_else(|| {
            let known: Vec<String> = catalog
                .relations
                .iter()
                .map(|r| format!("{}.{}", r.schema, r.name))
                .collect();
            CheckError::UnknownObject {
                what: format!("table {name}"),
                nearest: nearest(&name.to_string(), known.iter().map(String::as_str))
                    .map(str::to_owned),
            }
        })
}
