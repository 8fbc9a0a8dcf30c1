//! What runs leave on a given server, and how it is found again: databases by their comment, roles by who needs them.
use super::error::ServerError;
use super::session::Session;
use crate::sql::identifier;
use crate::sqlstate::SqlState;
use serde::{Deserialize, Serialize};
use std::collections::{BTreeMap, BTreeSet};
use tokio_postgres::Row;
use tokio_postgres::types::ToSql;

/// Every scratch database's name begins with it.
pub(super) const PREFIX: &str = "watertight_";

/// Each role with a digest of its attributes, memberships and settings.
pub(super) type Roles = BTreeMap<String, String>;

/// The comment on a scratch database. Only databases that carry one are ever swept.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Mark {
    /// The version of this format.
    pub watertight: u32,
    pub run: String,
    /// Roles that existed before the run.
    pub before: Vec<String>,
    /// Roles that the run brought, as far as was known when the comment was written.
    pub roles: Vec<String>,
}

impl Mark {
    pub fn text(&self) -> String {
        serde_json::to_string(self).expect("strings and numbers always become JSON")
    }

    /// The mark in a comment, when it is one of ours and fits the database's name.
    fn read(name: &str, comment: &str) -> Option<Mark> {
        let mark: Mark = serde_json::from_str(comment).ok()?;
        let fits = name.starts_with(&format!("{PREFIX}{}_", mark.run)) && mark.run.len() == 8;
        (mark.watertight == 1 && fits).then_some(mark)
    }
}

/// All roles of the server.
pub(super) async fn roles(session: &Session) -> Result<Roles, ServerError> {
    let rows = query(
        session,
        "reading the roles",
        "select r.rolname::text, md5(concat_ws('|', rolsuper, rolinherit, rolcreaterole, rolcreatedb, rolcanlogin,
             rolreplication, rolbypassrls, rolconnlimit, rolvaliduntil, md5(coalesce(rolpassword, '')),
             (select string_agg(m.roleid || ':' || m.admin_option, ',' order by m.roleid, m.grantor)
                from pg_catalog.pg_auth_members m where m.member = r.oid),
             (select string_agg(s.setconfig::text, ',') from pg_catalog.pg_db_role_setting s
               where s.setrole = r.oid and s.setdatabase = 0)))
         from pg_catalog.pg_authid r",
        &[],
    )
    .await?;
    Ok(rows.iter().map(|row| (row.get(0), row.get(1))).collect())
}

/// The databases whose names begin with `prefix`.
pub(super) async fn databases(session: &Session, prefix: &str) -> Result<Vec<String>, ServerError> {
    let rows = query(
        session,
        "looking for the run's databases",
        "select datname::text from pg_catalog.pg_database where starts_with(datname::text, $1) order by 1",
        &[&prefix],
    )
    .await?;
    Ok(rows.iter().map(|row| row.get(0)).collect())
}

/// Roles that appeared since `before` and that nobody but the databases `ours` needs, as far as the catalogs tell.
pub(super) async fn brought(
    session: &Session,
    ours: &[String],
    before: &BTreeSet<String>,
) -> Result<Vec<String>, ServerError> {
    let rows = query(
        session,
        "reading the new roles",
        "select r.rolname::text from pg_catalog.pg_authid r
         where not exists (
             select from pg_catalog.pg_shdepend d
             left join pg_catalog.pg_database b on b.oid = case when d.dbid <> 0 then d.dbid
                 when d.classid = 'pg_catalog.pg_database'::regclass then d.objid end
             where d.refclassid = 'pg_catalog.pg_authid'::regclass and d.refobjid = r.oid
               and (b.datname is null or b.datname::text <> all ($1)))
           and not exists (
             select from pg_catalog.pg_stat_activity a
             where a.usesysid = r.oid and a.datname::text <> all ($1))
         order by 1",
        &[&ours],
    )
    .await?;
    let names = rows.iter().map(|row| row.get(0));
    Ok(names
        .filter(|name: &String| !before.contains(name))
        .collect())
}

/// Roles that the databases `ours` refer to, and roles tied to those by membership.
async fn tied(session: &Session, ours: &[String]) -> Result<BTreeSet<String>, ServerError> {
    let rows = query(
        session,
        "reading whose roles are whose",
        "with recursive used(oid) as (
             select d.refobjid from pg_catalog.pg_shdepend d join pg_catalog.pg_database b on b.oid = d.dbid
             where d.refclassid = 'pg_catalog.pg_authid'::regclass and b.datname::text = any ($1)
             union
             select case when m.member = u.oid then m.roleid else m.member end
             from used u join pg_catalog.pg_auth_members m on u.oid in (m.member, m.roleid)
         )
         select r.rolname::text from used join pg_catalog.pg_authid r using (oid)",
        &[&ours],
    )
    .await?;
    Ok(rows.iter().map(|row| row.get(0)).collect())
}

/// Removes what killed runs left. The caller holds the server's lock, so every marked database is a dead run's.
pub(super) async fn sweep(session: &Session) -> Result<(), ServerError> {
    let rows = query(
        session,
        "looking for databases of killed runs",
        "select datname::text, shobj_description(oid, 'pg_database') from pg_catalog.pg_database
         where datname ~ '^watertight_[0-9a-f]{8}_' order by 1",
        &[],
    )
    .await?;
    let mut runs: BTreeMap<String, (Vec<String>, Mark)> = BTreeMap::new();
    for row in &rows {
        let (name, comment): (String, Option<String>) = (row.get(0), row.get(1));
        if let Some(mark) = comment.and_then(|comment| Mark::read(&name, &comment)) {
            let found = runs
                .entry(mark.run.clone())
                .or_insert_with(|| (Vec::new(), mark.clone()));
            found.0.push(name);
            found.1.roles.extend(mark.roles);
        }
    }
    for (databases, mark) in runs.into_values() {
        let before: BTreeSet<String> = mark.before.into_iter().collect();
        let recorded: BTreeSet<String> = mark.roles.into_iter().collect();
        let tied = tied(session, &databases).await?;
        // Time has passed since the run died: a role is its only when it was written down or its databases use it.
        let mut doomed = brought(session, &databases, &before).await?;
        doomed.retain(|role| recorded.contains(role) || tied.contains(role));
        drop_databases(session, &databases).await?;
        drop_roles(session, doomed).await?;
    }
    Ok(())
}

/// Drops the databases whose names begin with `prefix` and the roles that they brought; returns what had to stay.
pub(super) async fn clean(
    session: &Session,
    prefix: &str,
    before: &Roles,
) -> Result<Vec<String>, ServerError> {
    let databases = databases(session, prefix).await?;
    let names: BTreeSet<String> = before.keys().cloned().collect();
    let tied = tied(session, &databases).await?;
    let doomed = brought(session, &databases, &names).await?;
    drop_databases(session, &databases).await?;
    let mut left = drop_roles(session, doomed).await?;
    let now = roles(session).await?;
    for role in now.keys().filter(|role| !before.contains_key(*role)) {
        if tied.contains(role) && !left.iter().any(|line| line.contains(&identifier(role))) {
            left.push(format!(
                "the role {}, which other databases use",
                identifier(role)
            ));
        }
    }
    for (role, digest) in before {
        if now.get(role).is_some_and(|now| now != digest) {
            left.push(format!(
                "the migrations changed the role {}, which existed before; it was not changed back",
                identifier(role)
            ));
        }
    }
    Ok(left)
}

async fn drop_databases(session: &Session, databases: &[String]) -> Result<(), ServerError> {
    for name in databases {
        execute(
            session,
            "dropping a scratch database",
            &format!("drop database if exists {} with (force)", identifier(name)),
        )
        .await?;
    }
    Ok(())
}

/// Drops what can be dropped, again while that frees more: one role's grants may hold another.
async fn drop_roles(session: &Session, mut roles: Vec<String>) -> Result<Vec<String>, ServerError> {
    loop {
        let mut kept = Vec::new();
        for role in &roles {
            let sql = format!("drop role if exists {}", identifier(role));
            match execute(session, "dropping a role", &sql).await {
                Err(error) if error.sqlstate() == Some(SqlState::DependentObjectsStillExist) => {
                    kept.push(role.clone());
                }
                done => done?,
            }
        }
        if kept.len() == roles.len() {
            let left = kept.iter().map(|role| {
                format!(
                    "the role {}, on which other things depend",
                    identifier(role)
                )
            });
            return Ok(left.collect());
        }
        roles = kept;
    }
}

async fn query(
    session: &Session,
    doing: &str,
    sql: &str,
    values: &[&(dyn ToSql + Sync)],
) -> Result<Vec<Row>, ServerError> {
    let rows = session.client().query(sql, values).await;
    rows.map_err(|error| ServerError::of(doing, &error))
}

async fn execute(session: &Session, doing: &str, sql: &str) -> Result<(), ServerError> {
    let done = session.client().batch_execute(sql).await;
    done.map_err(|error| ServerError::of(doing, &error))
}

#[cfg(test)]
mod tests {
    use super::Mark;

    #[test]
    fn only_a_comment_that_fits_the_name_is_a_mark() {
        let mark = Mark {
            watertight: 1,
            run: "0123abcd".to_owned(),
            before: vec!["postgres".to_owned()],
            roles: vec!["we\"ird".to_owned()],
        };
        let name = "watertight_0123abcd_template";
        assert_eq!(Mark::read(name, &mark.text()), Some(mark.clone()));
        assert_eq!(
            Mark::read("watertight_ffffffff_template", &mark.text()),
            None
        );
        assert_eq!(Mark::read("production", &mark.text()), None);
        assert_eq!(Mark::read(name, "our production database"), None);
    }
}
