//! Asks an access function, as the attacker, for the victim's own key: one that says yes opens every policy that trusts it.
use super::observe::{Request, Runner, alone};
use super::sight::Bench;
use super::{ObserveError, Outcome};
use crate::catalog::{Function, Oid};
use crate::probes::attackers::VICTIM;
use crate::probes::{Attacker, Standing};
use crate::server::Session;
use crate::sql::{literal, qualified};
use std::cell::RefCell;
use std::collections::HashMap;

/// What access functions answered, by function and caller: thousands of leaks may ask the same.
#[derive(Debug, Default)]
pub struct Admissions {
    known: RefCell<HashMap<(Oid, String), bool>>,
}

impl Admissions {
    /// Whether the function, which a policy asks whether a tenant is the caller's, says yes to a caller who is none of the
    /// victim's.
    pub async fn admits(
        &self,
        session: &Session,
        bench: &Bench<'_>,
        attacker: &Attacker,
        function: Oid,
    ) -> Result<bool, ObserveError> {
        // The victim's own people are rightly let in.
        if attacker.standing == Standing::VictimsMember || attacker.tenants.contains(&VICTIM) {
            return Ok(false);
        }
        let key = (function, attacker.name.clone());
        if let Some(known) = self.known.borrow().get(&key) {
            return Ok(*known);
        }
        let answer = match question(bench, function) {
            Some(question) => ask(session, bench, attacker, &question).await?,
            None => false,
        };
        self.known.borrow_mut().insert(key, answer);
        Ok(answer)
    }
}

async fn ask(
    session: &Session,
    bench: &Bench<'_>,
    attacker: &Attacker,
    question: &str,
) -> Result<bool, ObserveError> {
    let runner = Runner::Played {
        by: attacker,
        login: &bench.scene.tenancy.roles.login,
        change: "",
    };
    let observation = alone(session, &Request::new(question, &[], &[], false, runner)).await?;
    session
        .client()
        .simple_query("ROLLBACK")
        .await
        .map_err(ObserveError::lost)?;
    Ok(match &observation.outcome {
        Outcome::Done { rows, .. } => rows
            .iter()
            .any(|row| row.first() == Some(&Some("t".to_owned()))),
        Outcome::Refused(_) => false,
    })
}

/// A call with the victim's key, for functions that take a tenant first and need nothing else.
fn question(bench: &Bench<'_>, oid: Oid) -> Option<String> {
    let scene = bench.scene;
    let function: &Function = scene.catalog.functions.iter().find(|f| f.oid == oid)?;
    let (first, others) = function.arguments.split_first()?;
    let key = scene.tenancy.arguments.get(&(oid, 0))?;
    let asks = function.returns == "boolean" && !function.returns_set;
    if !asks || Some(*key) != scene.tenancy.tenant || others.iter().any(|other| !other.has_default)
    {
        return None;
    }
    let value = scene.world.tenants.get(VICTIM.0)?.keys.get(key)?;
    let name = qualified(&function.schema, &function.name);
    Some(format!(
        "SELECT {name}({}::{})",
        literal(value),
        first.type_name
    ))
}
