//! The settings by which a session becomes a user: what the gateway would set after checking the user's token.
use super::model::{UserId, World};
use crate::tenancy::{Claim, ClaimMeaning, Tenancy};
use serde_json::{Map, Value};

/// Names and values of all settings that identify `user`, in the order of the tenancy's claims. Settings of one JSON
/// document are put together. What a user has no value for (a tenant, for a user of none) is left out.
pub fn settings(tenancy: &Tenancy, world: &World, user: UserId) -> Vec<(String, String)> {
    let mut plain: Vec<(String, String)> = Vec::new();
    let mut documents: Vec<(String, Map<String, Value>)> = Vec::new();
    for claim in &tenancy.claims {
        let known = documents
            .iter()
            .position(|(name, _)| *name == claim.setting);
        if !claim.path.is_empty() && known.is_none() {
            documents.push((claim.setting.clone(), Map::new()));
        }
        let Some(value) = value(tenancy, world, user, claim) else {
            continue;
        };
        if claim.path.is_empty() {
            if !plain.iter().any(|(name, _)| *name == claim.setting) {
                plain.push((claim.setting.clone(), value));
            }
            continue;
        }
        let at = known.unwrap_or(documents.len() - 1);
        put(&mut documents[at].1, &claim.path, value);
    }
    // A setting that is read both whole and as a document is the document.
    plain.retain(|(name, _)| documents.iter().all(|(document, _)| document != name));
    let written = documents
        .into_iter()
        .map(|(name, map)| (name, Value::Object(map).to_string()));
    plain.into_iter().chain(written).collect()
}

fn value(tenancy: &Tenancy, world: &World, user: UserId, claim: &Claim) -> Option<String> {
    let person = world.users.get(user.0)?;
    match &claim.meaning {
        ClaimMeaning::Key(key) => {
            let home = person
                .tenants
                .first()
                .and_then(|tenant| world.tenants.get(tenant.0));
            let own = person.keys.get(key);
            own.or_else(|| home.and_then(|tenant| tenant.keys.get(key)))
                .cloned()
        }
        ClaimMeaning::Literals(literals) => {
            // An honest token says `admin` of an admin alone: a literal that no rank explains is left out.
            person.rank.clone().filter(|rank| literals.contains(rank))
        }
        ClaimMeaning::Role => tenancy.roles.members.first().cloned(),
        ClaimMeaning::Unknown => None,
    }
}

/// Sets the value at a path, unless something else stands there already.
fn put(map: &mut Map<String, Value>, path: &[String], value: String) {
    let [name, rest @ ..] = path else { return };
    if rest.is_empty() {
        map.entry(name.clone()).or_insert(Value::String(value));
        return;
    }
    let inner = map
        .entry(name.clone())
        .or_insert_with(|| Value::Object(Map::new()));
    if let Value::Object(inner) = inner {
        put(inner, rest, value);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::tenancy::{Key, KeyId};
    use crate::world::{Tenant, TenantId, User};

    fn claim(path: &[&str], meaning: ClaimMeaning) -> Claim {
        Claim {
            setting: "request.jwt.claims".to_owned(),
            path: path.iter().map(|&p| p.to_owned()).collect(),
            meaning,
            user_editable: false,
        }
    }

    #[test]
    fn claims_of_one_document_are_put_together_by_path() {
        let tenancy = Tenancy {
            keys: vec![Key::default(), Key::default()],
            tenant: Some(KeyId(0)),
            user: Some(KeyId(1)),
            claims: vec![
                claim(&["sub"], ClaimMeaning::Key(KeyId(1))),
                claim(&["app_metadata", "org_id"], ClaimMeaning::Key(KeyId(0))),
                claim(
                    &["app_metadata", "role"],
                    ClaimMeaning::Literals(vec!["admin".to_owned()]),
                ),
            ],
            ..Tenancy::default()
        };
        let mut world = World {
            seed: 1,
            tenants: vec![Tenant {
                name: "org_a".to_owned(),
                keys: [(KeyId(0), "o1".to_owned())].into(),
            }],
            users: vec![User {
                name: "someone".to_owned(),
                tenants: vec![TenantId(0)],
                rank: Some("admin".to_owned()),
                keys: [(KeyId(1), "u1".to_owned())].into(),
            }],
            rows: Vec::new(),
        };
        let document = |world: &World| settings(&tenancy, world, UserId(0)).remove(0).1;
        assert_eq!(
            document(&world),
            r#"{"sub":"u1","app_metadata":{"org_id":"o1","role":"admin"}}"#
        );
        world.users[0].rank = Some("member".to_owned());
        assert_eq!(
            document(&world),
            r#"{"sub":"u1","app_metadata":{"org_id":"o1"}}"#,
            "an honest token does not say admin of a member"
        );
    }
}
