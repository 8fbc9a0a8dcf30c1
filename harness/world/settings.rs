//! The settings by which a session becomes a user: what the gateway would set after checking the user's token.
use super::model::{UserId, World};
use crate::tenancy::{Claim, ClaimMeaning, ListShape, Tenancy};
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
                let text = value
                    .as_str()
                    .map_or_else(|| value.to_string(), str::to_owned);
                plain.push((claim.setting.clone(), text));
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

/// What an honest token says of the user under one claim.
fn value(tenancy: &Tenancy, world: &World, user: UserId, claim: &Claim) -> Option<Value> {
    let person = world.users.get(user.0)?;
    let place = (claim.setting.clone(), claim.path.clone());
    match &claim.meaning {
        ClaimMeaning::Key(key) => {
            let homes = person.tenants.iter().filter_map(|t| world.tenants.get(t.0));
            let theirs = || {
                homes
                    .clone()
                    .filter_map(|tenant| tenant.keys.get(key).cloned())
            };
            let own = person.keys.get(key).cloned();
            match tenancy.claim_lists.get(&place) {
                Some(shape) => Some(list(*shape, own.into_iter().chain(theirs()).collect())),
                None => own.or_else(|| theirs().next()).map(Value::String),
            }
        }
        ClaimMeaning::Role => tenancy.roles.members.first().cloned().map(Value::String),
        ClaimMeaning::Literals(literals) => {
            if let Some(said) = registered(tenancy, world, user, claim, literals) {
                return Some(said);
            }
            // An honest token says `admin` of an admin alone: a literal that no rank explains is a grade of some colleague,
            // or makes its bearer one of the platform's people and is left out.
            let rank = person.rank.as_ref().filter(|rank| literals.contains(rank));
            let explained = |user: &crate::world::User| {
                let rank = user.rank.as_ref();
                rank.is_some_and(|rank| literals.contains(rank))
            };
            let said = match rank {
                None if !world.users.iter().any(explained) => {
                    grade(world, user, tenancy.claim_grades.get(&place)?)
                }
                rank => rank.cloned(),
            };
            let shape = tenancy.claim_lists.get(&place);
            said.map(|said| match shape {
                Some(shape) => list(*shape, vec![said]),
                None => typed(said),
            })
        }
        ClaimMeaning::Unknown => registered(tenancy, world, user, claim, &[]),
    }
}

fn list(shape: ListShape, values: Vec<String>) -> Value {
    match shape {
        ListShape::Json => values.into(),
        ListShape::Braces => Value::String(super::value::array_of(&values)),
    }
}

fn typed(text: String) -> Value {
    match text.as_str() {
        "true" => true.into(),
        "false" => false.into(),
        _ => text.into(),
    }
}

/// The grade of a member: its tenant's first one has none, unless there is no other.
fn grade(world: &World, user: UserId, grades: &[String]) -> Option<String> {
    let home = world.users[user.0].tenants.first()?;
    let colleagues: Vec<usize> = (0..world.users.len())
        .filter(|&at| world.users[at].tenants.first() == Some(home))
        .collect();
    let place = colleagues.iter().position(|&at| at == user.0)?;
    match colleagues.len() {
        1 => grades.first(),
        _ => grades.get(place.checked_sub(1)?),
    }
    .cloned()
}

/// Claims that every token has, whatever the schema asks of them: those of RFC 7519, 4.1, and those that GoTrue adds to
/// each (<https://supabase.com/docs/guides/auth/jwt-fields>).
fn registered(
    tenancy: &Tenancy,
    world: &World,
    user: UserId,
    claim: &Claim,
    asked: &[String],
) -> Option<Value> {
    let name = match &claim.path[..] {
        [name] if claim.setting == "request.jwt.claims" => name.as_str(),
        [] => claim.setting.strip_prefix("request.jwt.claim.")?,
        _ => return None,
    };
    let id = |kind: u64| {
        let mixed = super::token::mix(&[world.seed, user.0 as u64, kind]);
        Value::String(format!(
            "{:08x}-{:04x}-4{:03x}-8{:03x}-{:012x}",
            mixed >> 32,
            mixed >> 16 & 0xffff,
            mixed >> 4 & 0xfff,
            user.0 & 0xfff,
            mixed & 0xffff_ffff_ffff
        ))
    };
    match name {
        "sub" if asked.is_empty() => Some(id(0)),
        "session_id" if asked.is_empty() => Some(id(1)),
        "email" if asked.is_empty() => Some(format!("user{}@example.test", user.0).into()),
        "phone" if asked.is_empty() => Some("".into()),
        "role" if asked.is_empty() => tenancy.roles.members.first().cloned().map(Value::String),
        "is_anonymous" => Some(false.into()),
        // The literal that a policy demands is that of a caller who has done what it takes.
        "aal" => Some(asked.last().map_or("aal1", String::as_str).into()),
        _ => None,
    }
}

/// Sets the value at a path, unless something else stands there already.
fn put(map: &mut Map<String, Value>, path: &[String], value: Value) {
    let [name, rest @ ..] = path else { return };
    if rest.is_empty() {
        map.entry(name.clone()).or_insert(value);
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

    fn colleagues(claim: Claim) -> (Tenancy, World) {
        let mut tenancy = Tenancy {
            keys: vec![Key::default()],
            tenant: Some(KeyId(0)),
            claims: vec![claim],
            ..Tenancy::default()
        };
        tenancy.claim_grades.insert(
            ("request.jwt.claims".to_owned(), vec!["rank".to_owned()]),
            vec!["true".to_owned()],
        );
        let user = |tenants: &[usize]| User {
            name: String::new(),
            tenants: tenants.iter().map(|&at| TenantId(at)).collect(),
            rank: None,
            keys: Default::default(),
        };
        let tenant = |value: &str| Tenant {
            name: String::new(),
            keys: [(KeyId(0), value.to_owned())].into(),
        };
        let world = World {
            seed: 1,
            tenants: vec![tenant("o1"), tenant("o2")],
            users: vec![user(&[0]), user(&[0, 1]), user(&[])],
            rows: Vec::new(),
        };
        (tenancy, world)
    }

    fn documents(tenancy: &Tenancy, world: &World) -> Vec<String> {
        (0..world.users.len())
            .map(|at| settings(tenancy, world, UserId(at)).remove(0).1)
            .collect()
    }

    #[test]
    fn a_claim_that_is_taken_apart_lists_every_tenant_of_its_user() {
        let place = ("request.jwt.claims".to_owned(), vec!["orgs".to_owned()]);
        let (mut tenancy, world) = colleagues(claim(&["orgs"], ClaimMeaning::Key(KeyId(0))));
        tenancy.claim_lists.insert(place, ListShape::Json);
        assert_eq!(
            documents(&tenancy, &world),
            [
                r#"{"orgs":["o1"]}"#,
                r#"{"orgs":["o1","o2"]}"#,
                r#"{"orgs":[]}"#
            ]
        );
    }

    #[test]
    fn one_colleague_has_the_grade_and_the_first_has_not() {
        let rank = ClaimMeaning::Literals(vec!["true".to_owned()]);
        let (mut tenancy, world) = colleagues(claim(&["rank"], rank));
        assert_eq!(
            documents(&tenancy, &world),
            ["{}", r#"{"rank":true}"#, "{}"]
        );
        tenancy.claim_grades.clear();
        assert_eq!(
            documents(&tenancy, &world),
            ["{}", "{}", "{}"],
            "what makes its bearer one of the platform's people is given to no member"
        );
    }

    #[test]
    fn every_token_names_its_subject_and_says_that_it_is_no_anonymous_one() {
        for (name, meaning, wanted) in [
            ("is_anonymous", ClaimMeaning::Unknown, "false"),
            (
                "aal",
                ClaimMeaning::Literals(vec!["aal2".to_owned()]),
                "\"aal2\"",
            ),
        ] {
            let (tenancy, world) = colleagues(claim(&[name], meaning));
            let document = format!("{{\"{name}\":{wanted}}}");
            assert_eq!(documents(&tenancy, &world)[2], document);
        }
        let (tenancy, world) = colleagues(claim(&["sub"], ClaimMeaning::Unknown));
        let subjects: std::collections::BTreeSet<String> =
            documents(&tenancy, &world).into_iter().collect();
        assert_eq!(subjects.len(), 3, "{subjects:?}");
    }
}
