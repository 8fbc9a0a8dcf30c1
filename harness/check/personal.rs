//! Asks whether a pointer to another tenant, set in the caller's own personal row, opens anything or shows itself to anybody.
//!
//! `user_settings.active_workspace` may name what it likes where memberships decide; `profiles.company_id` may not where
//! policies believe it. Both look alike in the schema, so what the write leads to is tried.
use super::campaign::{Judged, Worker};
use super::climbers::session;
use super::reached::bare_writes;
use crate::catalog::{Oid, Relation};
use crate::oracle::observe::{Request, Runner, observe};
use crate::oracle::{
    Bench, Change, Control, Fate, Gain, Leak, Observation, ObserveError, Place, Verdict, Witness,
    judge, prepared,
};
use crate::probes::claim_sources::minted;
use crate::probes::rights::readable;
use crate::probes::{
    Aim, Attack, Attacker, Command, Object, Preparation, Scene, Standing, statement,
};
use crate::sql::{identifier, literal};
use std::collections::{BTreeMap, BTreeSet};

/// Takes back the leaks that are only such pointers. Where one of them opens something, all of that table stay.
pub(super) async fn clear(
    worker: &Worker,
    bench: &Bench<'_>,
    judged: &mut [Judged],
) -> Result<(), ObserveError> {
    let mut tables: BTreeMap<Oid, Vec<usize>> = BTreeMap::new();
    for (at, judged) in judged.iter().enumerate() {
        if let Some(relation) = pointing(bench.scene, judged) {
            tables.entry(relation.oid).or_default().push(at);
        }
    }
    for places in tables.into_values() {
        let mut known: BTreeSet<(Standing, Command)> = BTreeSet::new();
        let mut harmless = Vec::new();
        let mut opens = false;
        for at in places {
            let attack = &judged[at].attack;
            let standing = bench.scene.attacker(attack.attacker).standing;
            if !is_own(worker, bench, attack).await? {
                continue;
            }
            harmless.push(at);
            // One of a kind stands for the others: they differ in the values of the victim's alone.
            opens = opens
                || known.insert((standing, attack.command))
                    && leads_anywhere(worker, bench, attack).await?;
        }
        if opens {
            continue;
        }
        for at in harmless {
            if let Some(witness) = Witness::of(Control::Consequence, true) {
                judged[at].verdict = Verdict::Stopped(witness);
            }
        }
    }
    Ok(())
}

/// The table of a leak that may be no more than a pointer: one row a user, and the tenant beside.
fn pointing<'a>(scene: &Scene<'a>, judged: &Judged) -> Option<&'a Relation> {
    let attack = &judged.attack;
    let Verdict::Leaked(Leak {
        gain: Gain::Planted | Gain::Moved | Gain::Changed,
        elsewhere: None,
        ..
    }) = &judged.verdict
    else {
        return None;
    };
    let Object::Relation(oid) = attack.object else {
        return None;
    };
    let relation = scene.relation(oid)?;
    let written = matches!(attack.command, Command::Insert | Command::Update);
    (written && attack.aim == Aim::Write && is_personal(scene, relation)).then_some(relation)
}

/// Whether a table holds one row a user, found by nothing but the user.
fn is_personal(scene: &Scene, relation: &Relation) -> bool {
    let Some(user) = scene
        .tenancy
        .user
        .filter(|user| Some(*user) != scene.tenancy.tenant)
    else {
        return false;
    };
    let holds = |number: &i16| {
        let place = scene.column_ref(relation.oid, *number);
        scene.tenancy.key_of(place) == Some(user)
    };
    let alone = |columns: &[i16]| !columns.is_empty() && columns.iter().all(holds);
    let mut uniques = relation.uniques.iter();
    alone(&relation.primary_key)
        || uniques.any(|unique| unique.predicate.is_none() && alone(&unique.columns))
}

/// Whether the attack writes nothing but the caller's own row.
async fn is_own(worker: &Worker, bench: &Bench<'_>, attack: &Attack) -> Result<bool, ObserveError> {
    let attacker = bench.scene.attacker(attack.attacker);
    let changes = changes(worker, bench, attack).await?;
    let own = |change: &Change| match &change.fate {
        Fate::Gone => bench
            .row(&(change.relation, change.ctid.clone()))
            .is_some_and(|row| row.user.is_some() && row.user == attacker.user),
        Fate::New(row) => names_caller(bench.scene, attacker, change.relation, row),
    };
    Ok(attacker.user.is_some() && !changes.is_empty() && changes.iter().all(own))
}

async fn changes(
    worker: &Worker,
    bench: &Bench<'_>,
    attack: &Attack,
) -> Result<Vec<Change>, ObserveError> {
    let runner = Runner::Attacker(bench.scene.attacker(attack.attacker));
    let mut seen = Vec::new();
    let requests = [Request::of(attack, runner)];
    observe(
        session(worker, bench.scene, attack.attacker),
        &requests,
        bench.traces,
        |_, observation| seen = observation.changes,
    )
    .await?;
    seen.retain(|change| !prepared(attack, change));
    Ok(seen)
}

fn names_caller(
    scene: &Scene,
    attacker: &Attacker,
    relation: Oid,
    row: &serde_json::Map<String, serde_json::Value>,
) -> bool {
    let (Some(user), Some(found)) = (attacker.user, scene.relation(relation)) else {
        return false;
    };
    let keys = &scene.world.users[user.0].keys;
    found.columns.iter().any(|column| {
        let key = scene
            .tenancy
            .key_of(scene.column_ref(relation, column.number));
        let own = key
            .filter(|key| Some(*key) == scene.tenancy.user)
            .and_then(|key| keys.get(&key));
        own.is_some() && row.get(&column.name).and_then(|value| value.as_str()) == own.map(|v| &**v)
    })
}

/// Whether the caller reaches more after the attack, with the token that it has and with its next, or the victim's people
/// see anything of it.
async fn leads_anywhere(
    worker: &Worker,
    bench: &Bench<'_>,
    attack: &Attack,
) -> Result<bool, ObserveError> {
    let attack = &crowded(worker, bench, attack).await?;
    if opens(worker, bench, attack, "").await? || shows(worker, bench, attack).await? {
        return Ok(true);
    }
    let attacker = bench.scene.attacker(attack.attacker);
    let token: Vec<String> = changes(worker, bench, attack)
        .await?
        .iter()
        .filter_map(|change| match &change.fate {
            Fate::New(row) => Some(minted(bench.scene, attacker, change.relation, row)),
            Fate::Gone => None,
        })
        .flatten()
        .map(|(name, value)| format!(";\nSET LOCAL {} = {}", identifier(&name), literal(&value)))
        .collect();
    Ok(!token.is_empty() && opens(worker, bench, attack, &token.concat()).await?)
}

/// The attack among all the rows that its preparation takes out of its way, if it goes through there: what policies read of
/// other users matters for what follows.
async fn crowded(
    worker: &Worker,
    bench: &Bench<'_>,
    attack: &Attack,
) -> Result<Attack, ObserveError> {
    let mut crowded = attack.clone();
    crowded
        .preparation
        .retain(|step| matches!(step, Preparation::Erase { .. }));
    Ok(match is_own(worker, bench, &crowded).await? {
        true => crowded,
        false => attack.clone(),
    })
}

/// Whether reads and writes after the attack reach rows of others that they did not reach before.
async fn opens(
    worker: &Worker,
    bench: &Bench<'_>,
    attack: &Attack,
    token: &str,
) -> Result<bool, ObserveError> {
    let scene = bench.scene;
    let attacker = scene.attacker(attack.attacker);
    let relations = readable(scene, attacker);
    let reads = relations
        .iter()
        .map(|relation| statement::select(scene, &attacker.role, relation));
    let writes = scene
        .owned()
        .flat_map(|table| bare_writes(bench, attacker, table.oid))
        .map(|(_, _, statement)| statement);
    let statements: Vec<String> = reads.chain(writes).collect();
    let runner = Runner::Attacker(attacker);
    let mut requests = Vec::new();
    for text in &statements {
        let after = format!("{}{token};\n{text}", attack.statement);
        requests.push(Request::new(text, &attack.preparation, &[], true, runner));
        requests.push(Request::new(&after, &attack.preparation, &[], true, runner));
    }
    let mut seen: Vec<BTreeSet<Place>> = Vec::with_capacity(requests.len());
    let reached = |observation: &Observation| -> BTreeSet<Place> {
        let mut places = bench.shown(observation.texts(), &attack.supplied);
        places.extend(bench.written(observation));
        places.retain(|place| bench.is_others(attacker, place));
        places
    };
    observe(
        session(worker, scene, attack.attacker),
        &requests,
        bench.traces,
        |_, observation| seen.push(reached(&observation)),
    )
    .await?;
    Ok(seen.chunks(2).any(|pair| !pair[1].is_subset(&pair[0])))
}

/// Whether one of the victim's people reads anything else after the attack than before.
async fn shows(worker: &Worker, bench: &Bench<'_>, attack: &Attack) -> Result<bool, ObserveError> {
    let scene = bench.scene;
    let runner = Runner::Attacker(scene.attacker(attack.attacker));
    let mut members: Vec<&Attacker> = scene
        .attackers
        .iter()
        .filter(|attacker| attacker.standing == Standing::VictimsMember)
        .collect();
    members.dedup_by_key(|member| member.settings.clone());
    for member in members {
        let turn = statement::become_caller(member);
        let mut requests = Vec::new();
        for relation in readable(scene, member) {
            let read = statement::select(scene, &member.role, relation);
            let before = format!("{turn}{read}");
            let after = format!("{};\n{turn}{read}", attack.statement);
            for text in [before, after] {
                requests.push(Request::new(&text, &attack.preparation, &[], false, runner));
            }
        }
        let mut seen: Vec<Observation> = Vec::with_capacity(requests.len());
        observe(
            session(worker, scene, attack.attacker),
            &requests,
            bench.traces,
            |_, observation| seen.push(observation),
        )
        .await?;
        if seen
            .chunks(2)
            .any(|pair| !judge::tell_alike(&pair[0], &pair[1]))
        {
            return Ok(true);
        }
    }
    Ok(false)
}
