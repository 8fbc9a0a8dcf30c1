//! Callers who write into the own token or into plain settings what nobody gave them.
use super::attackers::{Settings, VICTIM, put, take};
use super::scene::{Attacker, Standing};
use crate::tenancy::{Claim, ClaimMeaning, Tenancy};
use crate::world::{UserId, World};

/// A user who writes the victim's keys into the part of the token that users may edit: once beside the honest claims,
/// once (as a fresh sign-up has it) without the honest tenant claims.
pub(super) fn forged(
    tenancy: &Tenancy,
    world: &World,
    mine: &Settings,
    me: UserId,
    role: &str,
    out: &mut Vec<Attacker>,
) {
    let editable: Vec<&Claim> = tenancy
        .claims
        .iter()
        .filter(|claim| claim.user_editable)
        .collect();
    if editable.is_empty() {
        return;
    }
    let victim_user = world.users.iter().find(|user| user.tenants == [VICTIM]);
    let value_of = |claim: &Claim| match &claim.meaning {
        ClaimMeaning::Key(key) => world.tenants[VICTIM.0]
            .keys
            .get(key)
            .or_else(|| victim_user.and_then(|user| user.keys.get(key)))
            .cloned(),
        _ => None,
    };
    let literals = |claim: &Claim| match &claim.meaning {
        ClaimMeaning::Literals(values) => values.clone(),
        _ => Vec::new(),
    };
    let mut beside = mine.clone();
    for claim in &editable {
        for value in value_of(claim).into_iter().chain(literals(claim)) {
            put(&mut beside, claim, typed(&value));
        }
    }
    let mut alone = beside.clone();
    for claim in tenancy.claims.iter().filter(|claim| {
        !claim.user_editable
            && matches!(claim.meaning, ClaimMeaning::Key(key) if Some(key) != tenancy.user)
    }) {
        take(&mut alone, claim);
    }
    let home = world.users[me.0].tenants.clone();
    // Where a table says who is a member, the same person stays one whatever the token says.
    let known = if tenancy.memberships.is_empty() {
        Vec::new()
    } else {
        home.clone()
    };
    let fresh = ("a new user who edited the own token", alone, known);
    let name = forger(&editable);
    let mut forgers = vec![(name, beside, home)];
    if fresh.1 != forgers[0].1 {
        forgers.push(fresh);
    }
    for (name, settings, tenants) in forgers {
        out.push(Attacker {
            name: name.to_owned(),
            standing: Standing::Forged,
            role: role.to_owned(),
            settings,
            tenants,
            user: Some(me),
        });
    }
}

/// A header is no part of the token: the caller writes it into the request.
fn forger(editable: &[&Claim]) -> &'static str {
    let in_token =
        |claim: &&Claim| claim.setting.contains("jwt") || !claim.setting.starts_with("request.");
    match editable.iter().any(in_token) {
        true => "a member of org_a who edited the own token",
        false => "a member of org_a who writes another tenant into the request",
    }
}

fn typed(value: &str) -> serde_json::Value {
    match value {
        "true" => true.into(),
        "false" => false.into(),
        text => text.into(),
    }
}

/// A plain setting that says the same as a signed claim: where the schema's own functions ask both, whoever sets the plain one
/// overrules the token. What only the platform asks is the gateway's.
pub(super) fn disagreeing(
    tenancy: &Tenancy,
    mine: &Settings,
    me: UserId,
    world: &World,
    role: &str,
    out: &mut Vec<Attacker>,
) {
    let signed = |wanted: &ClaimMeaning| {
        let mut claims = tenancy.claims.iter();
        claims.any(|claim| !claim.path.is_empty() && claim.meaning == *wanted)
    };
    for claim in tenancy.claims.iter().filter(|claim| claim.path.is_empty()) {
        let ClaimMeaning::Key(key) = claim.meaning else {
            continue;
        };
        let asked = tenancy
            .claim_readers
            .contains_key(&(claim.setting.clone(), Vec::new()));
        let theirs = world.tenants[VICTIM.0].keys.get(&key);
        let (true, true, Some(theirs)) = (signed(&claim.meaning), asked, theirs) else {
            continue;
        };
        let mut settings = mine.clone();
        settings.retain(|(name, _)| *name != claim.setting);
        settings.push((claim.setting.clone(), theirs.clone()));
        out.push(Attacker {
            name: format!("a member of org_a who sets {}", claim.setting),
            standing: Standing::Forged,
            role: role.to_owned(),
            settings,
            tenants: world.users[me.0].tenants.clone(),
            user: Some(me),
        });
    }
}

/// Whoever may send SQL may set any custom setting: one that turns a policy off (`app.maintenance = 'on'`) is a door. Each
/// value that the schema compares it with is tried. Keys in plain settings are the gateway's word and are not touched.
pub(super) fn debugging(
    tenancy: &Tenancy,
    mine: &Settings,
    me: UserId,
    world: &World,
    role: &str,
    out: &mut Vec<Attacker>,
) {
    for claim in tenancy.claims.iter().filter(|claim| claim.path.is_empty()) {
        let values = match &claim.meaning {
            ClaimMeaning::Literals(values) => values.clone(),
            ClaimMeaning::Unknown => ["on", "1"].map(str::to_owned).to_vec(),
            _ => continue,
        };
        // A setting that is also read as a JSON document is a token, which the gateway signs.
        if tenancy
            .claims
            .iter()
            .any(|other| other.setting == claim.setting && !other.path.is_empty())
        {
            continue;
        }
        for value in values {
            let mut settings = mine.clone();
            settings.retain(|(name, _)| *name != claim.setting);
            settings.push((claim.setting.clone(), value.clone()));
            let name = format!("a member of org_a who sets {} to {value}", claim.setting);
            out.push(Attacker {
                name,
                standing: Standing::Forged,
                role: role.to_owned(),
                settings,
                tenants: world.users[me.0].tenants.clone(),
                user: Some(me),
            });
        }
    }
}
