//! Opens the sessions that attack: each worker has a database of its own, all with the same rows.
use super::CheckError;
use super::campaign::Worker;
use super::stage::{FILLED, Filled, Migrated, connect};
use crate::config::CheckPlan;
use crate::oracle::ObserveError;
use crate::probes::Attacker;
use crate::sql::identifier;
use std::collections::BTreeSet;

/// One database and three sessions per worker.
pub async fn workers(
    plan: &CheckPlan,
    migrated: &Migrated,
    filled: &Filled,
) -> Result<Vec<Worker>, CheckError> {
    let mut out = Vec::new();
    let count = plan.jobs.max(1);
    for at in 1..count {
        migrated
            .server
            .clone_database(FILLED, &format!("worker_{at}"))
            .await?;
    }
    for at in 0..count {
        let database = if at == 0 {
            FILLED.to_owned()
        } else {
            format!("worker_{at}")
        };
        out.push(worker(plan, migrated, filled, &database).await?);
    }
    Ok(out)
}

/// The sessions that attack one database.
pub async fn worker(
    plan: &CheckPlan,
    migrated: &Migrated,
    filled: &Filled,
    database: &str,
) -> Result<Worker, CheckError> {
    let pristine = connect(migrated, database, Some(&filled.tenancy.roles.login)).await?;
    let gateway = connect(migrated, database, Some(&filled.tenancy.roles.login)).await?;
    let superuser = connect(migrated, database, None).await?;
    for session in [&gateway, &pristine, &superuser] {
        let limit = format!("SET statement_timeout = {}", plan.statement_timeout_ms);
        session
            .client()
            .batch_execute(&limit)
            .await
            .map_err(|source| ObserveError::Prepare { source })?;
    }
    Ok(Worker {
        gateway,
        pristine,
        superuser,
    })
}

/// Every attacker must be able to take its role: a refusal there would look like a refusal of the attack.
pub async fn try_roles(worker: &Worker, attackers: &[Attacker]) -> Result<(), CheckError> {
    let mut tried: BTreeSet<&str> = BTreeSet::new();
    for attacker in attackers {
        if tried.insert(&attacker.role) {
            let take = format!(
                "BEGIN;SET LOCAL ROLE {};ROLLBACK",
                identifier(&attacker.role)
            );
            worker
                .gateway
                .client()
                .batch_execute(&take)
                .await
                .map_err(|source| ObserveError::Role {
                    name: attacker.name.clone(),
                    role: attacker.role.clone(),
                    source,
                })?;
        }
    }
    Ok(())
}
