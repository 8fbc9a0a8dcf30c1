//! Claims as no gateway should send them, drawn from a grammar: each claim that holds a key is kept, left out, or bent.
//! Nothing in them is anybody else's, so whatever of others they open is a leak.
use super::attackers::{Settings, put, take};
use super::scene::{Attacker, Standing};
use crate::tenancy::{Claim, ClaimMeaning, Tenancy};
use crate::world::{UserId, World, draws};
use proptest::prelude::{Just, Strategy, prop_oneof};
use proptest::sample::select;
use proptest::strategy::ValueTree;
use serde_json::{Value, json};
use std::collections::BTreeSet;

/// How many callers are drawn for each role. Another seed draws others.
const DRAWN: usize = 4;

/// Longer than any key, and than the headers that most gateways accept (8 KiB).
const OVERSIZED: usize = 9_000;

/// What becomes of one claim.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Odd {
    Kept,
    Absent,
    Null,
    Empty,
    UpperCase,
    Padded,
    Flag,
    Number,
    List,
    ListOfLists,
    Nested,
    /// Named twice in the document: once as null, once as it should be.
    Twice,
    Oversized,
}

/// What may become of a claim that is a setting's whole text, and of one that has its place in a document.
fn odd(claim: &Claim) -> impl Strategy<Value = Odd> + use<> {
    let text = vec![
        Odd::Empty,
        Odd::UpperCase,
        Odd::Padded,
        Odd::Number,
        Odd::List,
        Odd::Oversized,
    ];
    let value = [
        Odd::Absent,
        Odd::Null,
        Odd::Flag,
        Odd::ListOfLists,
        Odd::Nested,
        Odd::Twice,
    ];
    let known = match claim.path.is_empty() {
        true => text,
        false => text.into_iter().chain(value).collect(),
    };
    prop_oneof![1 => Just(Odd::Kept), 4 => select(known)]
}

/// Callers with the own claims bent.
pub(super) fn bent(
    tenancy: &Tenancy,
    mine: &Settings,
    me: UserId,
    world: &World,
    role: &str,
    out: &mut Vec<Attacker>,
) {
    let claims: Vec<&Claim> = tenancy
        .claims
        .iter()
        .filter(|claim| matches!(claim.meaning, ClaimMeaning::Key(_)))
        .filter(|claim| held(mine, claim).is_some())
        .collect();
    if claims.is_empty() {
        return;
    }
    let mut runner = draws(&[world.seed, me.0 as u64, 0x6f64]);
    let documents: Vec<_> = claims.iter().map(|claim| odd(claim)).collect();
    let mut known: BTreeSet<Vec<Odd>> = BTreeSet::from([vec![Odd::Kept; claims.len()]]);
    for _ in 0..2 * DRAWN {
        let Ok(tree) = documents.new_tree(&mut runner) else {
            continue;
        };
        let drawn = tree.current();
        if known.len() > DRAWN || !known.insert(drawn.clone()) {
            continue;
        }
        out.push(Attacker {
            name: format!("a member of org_a with odd claims ({})", told(&drawn)),
            standing: Standing::Malformed,
            role: role.to_owned(),
            settings: bend(mine, &claims, &drawn),
            tenants: world.users[me.0].tenants.clone(),
            user: Some(me),
        });
    }
}

fn told(drawn: &[Odd]) -> String {
    let words = drawn.iter().map(|odd| match odd {
        Odd::Kept => "as they are",
        Odd::Absent => "absent",
        Odd::Null => "null",
        Odd::Empty => "empty",
        Odd::UpperCase => "upper case",
        Odd::Padded => "with blanks",
        Odd::Flag => "a flag",
        Odd::Number => "a number",
        Odd::List => "a list",
        Odd::ListOfLists => "a list of lists",
        Odd::Nested => "an object",
        Odd::Twice => "named twice",
        Odd::Oversized => "oversized",
    });
    let mut words: Vec<&str> = words.filter(|word| *word != "as they are").collect();
    words.dedup();
    words.join(", ")
}

fn bend(mine: &Settings, claims: &[&Claim], drawn: &[Odd]) -> Settings {
    let mut settings = mine.clone();
    let mut twice = Vec::new();
    for (claim, odd) in claims.iter().zip(drawn) {
        let Some(own) = held(mine, claim) else {
            continue;
        };
        let value = match odd {
            Odd::Kept => continue,
            Odd::Absent => {
                take(&mut settings, claim);
                continue;
            }
            Odd::Twice => {
                twice.push(*claim);
                continue;
            }
            Odd::Null => Value::Null,
            Odd::Empty => "".into(),
            Odd::UpperCase => text(&own).to_uppercase().into(),
            Odd::Padded => format!(" {} ", text(&own)).into(),
            Odd::Flag => true.into(),
            Odd::Number => 7.into(),
            Odd::List => json!([own]),
            Odd::ListOfLists => json!([[own], []]),
            Odd::Nested => json!({ "id": own }),
            Odd::Oversized => text(&own)
                .repeat(OVERSIZED / text(&own).len().max(1))
                .into(),
        };
        put(&mut settings, claim, value);
    }
    for claim in twice {
        name_twice(&mut settings, claim);
    }
    settings
}

/// The value of a claim in these settings.
fn held(settings: &Settings, claim: &Claim) -> Option<Value> {
    let (_, text) = settings.iter().find(|(name, _)| *name == claim.setting)?;
    if claim.path.is_empty() {
        return Some(text.as_str().into());
    }
    let document: Value = serde_json::from_str(text).ok()?;
    let mut steps = claim.path.iter();
    steps.try_fold(&document, |at, step| at.get(step)).cloned()
}

fn text(value: &Value) -> String {
    value
        .as_str()
        .map_or_else(|| value.to_string(), str::to_owned)
}

/// A key that stands twice in a document: `jsonb` keeps the last, other readers the first (manual, 8.14).
fn name_twice(settings: &mut Settings, claim: &Claim) {
    let found = settings.iter_mut().find(|(name, _)| *name == claim.setting);
    if let (Some((_, document)), Some(first)) = (found, claim.path.first())
        && let Some(rest) = document.strip_prefix('{')
    {
        *document = format!("{{{}:null,{rest}", Value::from(first.as_str()));
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::tenancy::KeyId;

    fn claim() -> Claim {
        Claim {
            setting: "request.jwt.claims".to_owned(),
            path: vec!["app".to_owned(), "org".to_owned()],
            meaning: ClaimMeaning::Key(KeyId(0)),
            user_editable: false,
        }
    }

    fn bent_to(odd: Odd) -> String {
        let mine = vec![(
            "request.jwt.claims".to_owned(),
            r#"{"app":{"org":"a1"}}"#.to_owned(),
        )];
        bend(&mine, &[&claim()], &[odd])[0].1.clone()
    }

    #[test]
    fn a_claim_is_bent_in_its_place() {
        assert_eq!(bent_to(Odd::Kept), r#"{"app":{"org":"a1"}}"#);
        assert_eq!(bent_to(Odd::Absent), r#"{"app":{}}"#);
        assert_eq!(bent_to(Odd::List), r#"{"app":{"org":["a1"]}}"#);
        assert_eq!(bent_to(Odd::UpperCase), r#"{"app":{"org":"A1"}}"#);
        assert_eq!(bent_to(Odd::Nested), r#"{"app":{"org":{"id":"a1"}}}"#);
    }

    #[test]
    fn a_key_that_is_named_twice_stands_twice_in_the_text() {
        assert_eq!(bent_to(Odd::Twice), r#"{"app":null,"app":{"org":"a1"}}"#);
    }

    #[test]
    fn an_oversized_claim_is_longer_than_any_key() {
        assert!(bent_to(Odd::Oversized).len() > 8_000);
    }
}
