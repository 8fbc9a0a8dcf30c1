//! Prepares a filled database for attacks: the look that a superuser takes inside the attacker's own transaction.
use crate::catalog::{Catalog, Oid, RelationKind};
use crate::sql::{identifier, literal, qualified};
use crate::world::Truth;
use std::collections::{BTreeMap, BTreeSet};
use tokio_postgres::Client;

/// The functions run with the superuser's rights and are callable by the login role alone. `look` is cheap when nothing
/// was written: a transaction that wrote has an id (PostgreSQL manual, 9.26.8, `pg_current_xact_id_if_assigned`).
const FUNCTIONS: &str = r#"
CREATE TABLE watertight.truth (relation oid PRIMARY KEY, name text NOT NULL, ctids tid[] NOT NULL);
CREATE TABLE watertight.held (relation oid NOT NULL, tenant int NOT NULL, ctids tid[] NOT NULL, PRIMARY KEY (tenant, relation));

CREATE FUNCTION watertight.look(extra oid[]) RETURNS TABLE (relation oid, tid text, row_json text)
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog SET row_security = off AS $look$
DECLARE
  seen record;
BEGIN
  IF extra IS NULL OR pg_current_xact_id_if_assigned() IS NULL THEN
    RETURN;
  END IF;
  -- The aliases below are no names of columns that an application has: a column goes before an alias (manual, 7.2.1).
  -- Whoever writes a table holds a lock on it until the transaction ends (manual, 13.3.1): ROW EXCLUSIVE for rows,
  -- ACCESS EXCLUSIVE for TRUNCATE. The statistics counters would also name tables of earlier, rolled-back attacks.
  FOR seen IN
    SELECT t.relation, t.name, t.ctids FROM watertight.truth t
    WHERE t.relation = ANY (extra)
       OR t.relation IN (
         SELECT l.relation FROM pg_locks l
         WHERE l.pid = pg_backend_pid() AND l.locktype = 'relation'
           AND l.mode IN ('RowExclusiveLock', 'ShareRowExclusiveLock', 'ExclusiveLock', 'AccessExclusiveLock'))
  LOOP
    RETURN QUERY EXECUTE format(
      'SELECT %s::oid, wt_place::text, NULL::text FROM unnest($1) AS wt_place
       WHERE NOT EXISTS (SELECT FROM ONLY %s wt_row WHERE wt_row.ctid = wt_place)
       UNION ALL
       SELECT %s::oid, wt_row.ctid::text, to_jsonb(wt_row.*)::text FROM ONLY %s wt_row WHERE NOT wt_row.ctid = ANY ($1)',
      seen.relation, seen.name, seen.relation, seen.name) USING seen.ctids;
  END LOOP;
END $look$;

CREATE FUNCTION watertight.erase(target oid, address tid) RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog SET row_security = off AS $erase$
BEGIN
  PERFORM set_config('session_replication_role', 'replica', true);
  EXECUTE format('DELETE FROM ONLY %s WHERE ctid = $1', (SELECT name FROM watertight.truth WHERE relation = target)) USING address;
  PERFORM set_config('session_replication_role', 'origin', true);
END $erase$;

CREATE FUNCTION watertight.erase_rows(target oid, addresses tid[]) RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog SET row_security = off AS $erase$
BEGIN
  PERFORM set_config('session_replication_role', 'replica', true);
  EXECUTE format('DELETE FROM ONLY %s WHERE ctid = ANY ($1)', (SELECT name FROM watertight.truth WHERE relation = target)) USING addresses;
  PERFORM set_config('session_replication_role', 'origin', true);
END $erase$;

CREATE FUNCTION watertight.erase_tenant(who int) RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog SET row_security = off AS $erase$
DECLARE
  held record;
BEGIN
  PERFORM set_config('session_replication_role', 'replica', true);
  FOR held IN SELECT t.name, h.ctids FROM watertight.held h JOIN watertight.truth t USING (relation) WHERE h.tenant = who LOOP
    EXECUTE format('DELETE FROM ONLY %s WHERE ctid = ANY ($1)', held.name) USING held.ctids;
  END LOOP;
  PERFORM set_config('session_replication_role', 'origin', true);
END $erase$;

-- The row moves to another place, so that erasing its tenant by place afterwards leaves it.
CREATE FUNCTION watertight.rewrite(target oid, address tid, names text[], vals text[]) RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog SET row_security = off AS $rewrite$
BEGIN
  PERFORM set_config('session_replication_role', 'replica', true);
  EXECUTE format('UPDATE ONLY %s SET %s WHERE ctid = $1',
    (SELECT name FROM watertight.truth WHERE relation = target),
    (SELECT string_agg(format('%I = %L', n, v), ', ') FROM unnest(names, vals) AS u(n, v))) USING address;
  PERFORM set_config('session_replication_role', 'origin', true);
END $rewrite$;

CREATE FUNCTION watertight.reset(target oid, address tid, names text[]) RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog SET row_security = off AS $reset$
BEGIN
  PERFORM set_config('session_replication_role', 'replica', true);
  EXECUTE format('UPDATE ONLY %s SET %s WHERE ctid = $1',
    (SELECT name FROM watertight.truth WHERE relation = target),
    (SELECT string_agg(format('%I = DEFAULT', n), ', ') FROM unnest(names) AS n)) USING address;
  PERFORM set_config('session_replication_role', 'origin', true);
END $reset$;

CREATE FUNCTION watertight.renew(relations oid[], addresses tid[]) RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog SET row_security = off AS $renew$
DECLARE
  held record;
BEGIN
  PERFORM set_config('session_replication_role', 'replica', true);
  FOR held IN
    SELECT t.name, array_agg(k.address) AS places, a.attname
    FROM unnest(relations, addresses) AS k(relation, address)
    JOIN watertight.truth t ON t.relation = k.relation
    CROSS JOIN LATERAL (
      SELECT attname FROM pg_attribute
      WHERE attrelid = t.relation AND attnum > 0 AND NOT attisdropped AND attgenerated = '' AND attidentity <> 'a'
      ORDER BY attnum LIMIT 1) a
    GROUP BY t.name, a.attname
  LOOP
    EXECUTE format('UPDATE ONLY %1$s SET %2$I = %2$I WHERE ctid = ANY ($1)', held.name, held.attname) USING held.places;
  END LOOP;
  PERFORM set_config('session_replication_role', 'origin', true);
END $renew$;

CREATE FUNCTION watertight.keep_only(relations oid[], addresses tid[]) RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog SET row_security = off AS $keep$
DECLARE
  held record;
BEGIN
  PERFORM set_config('session_replication_role', 'replica', true);
  FOR held IN
    SELECT t.name, (SELECT coalesce(array_agg(k.address), '{}') FROM unnest(relations, addresses) AS k(relation, address) WHERE k.relation = t.relation) AS kept
    FROM watertight.truth t WHERE t.ctids <> '{}'
  LOOP
    EXECUTE format('DELETE FROM ONLY %s WHERE NOT ctid = ANY ($1)', held.name) USING held.kept;
  END LOOP;
  PERFORM set_config('session_replication_role', 'origin', true);
END $keep$;

CREATE FUNCTION watertight.unbind(target oid) RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog SET row_security = off AS $unbind$
DECLARE
  referring record;
BEGIN
  PERFORM set_config('session_replication_role', 'replica', true);
  -- Deletes cascade along the first kind of key and are refused by the second.
  FOR referring IN
    WITH RECURSIVE emptied AS (
      SELECT target AS oid
      UNION
      SELECT c.conrelid FROM pg_constraint c JOIN emptied e ON c.confrelid = e.oid WHERE c.contype = 'f' AND c.confdeltype = 'c'
    )
    SELECT DISTINCT t.name FROM pg_constraint c JOIN emptied e ON c.confrelid = e.oid JOIN watertight.truth t ON t.relation = c.conrelid
    WHERE c.contype = 'f' AND c.confdeltype IN ('a', 'r') AND c.conrelid <> target
  LOOP
    EXECUTE format('DELETE FROM ONLY %s', referring.name);
  END LOOP;
  PERFORM set_config('session_replication_role', 'origin', true);
END $unbind$;
"#;

/// Makes the look, and remembers where every row stands. Roles that a role-per-tenant schema needs are made here too.
pub async fn prepare(
    client: &Client,
    catalog: &Catalog,
    truth: &Truth,
    login: &str,
) -> Result<(), tokio_postgres::Error> {
    let mut script = String::from("CREATE SCHEMA IF NOT EXISTS watertight;\n");
    script.push_str(FUNCTIONS);
    for relation in catalog
        .relations
        .iter()
        .filter(|r| matches!(r.kind, RelationKind::Table) && truth.tables.contains_key(&r.oid))
    {
        let name = qualified(&relation.schema, &relation.name);
        script.push_str(&format!(
            "INSERT INTO watertight.truth SELECT {}, {}, coalesce(array_agg(ctid), '{{}}') FROM ONLY {name};\n",
            relation.oid,
            literal(&name)
        ));
    }
    for (relation, rows) in &truth.tables {
        let mut held: BTreeMap<usize, Vec<String>> = BTreeMap::new();
        for row in rows {
            if let Some(tenant) = row.tenant {
                held.entry(tenant.0)
                    .or_default()
                    .push(format!("\"{}\"", row.ctid));
            }
        }
        for (tenant, ctids) in held {
            script.push_str(&format!(
                "INSERT INTO watertight.held VALUES ({relation}, {tenant}, '{{{}}}');\n",
                ctids.join(",")
            ));
        }
    }
    script.push_str(&format!(
        "REVOKE ALL ON ALL TABLES IN SCHEMA watertight FROM PUBLIC;
         REVOKE ALL ON ALL FUNCTIONS IN SCHEMA watertight FROM PUBLIC;
         GRANT USAGE ON SCHEMA watertight TO {login};
         GRANT EXECUTE ON ALL FUNCTIONS IN SCHEMA watertight TO {login};
         DO $$ DECLARE t record; BEGIN FOR t IN SELECT evtname FROM pg_event_trigger WHERE evtname LIKE 'watertight%' LOOP EXECUTE format('DROP EVENT TRIGGER %I', t.evtname); END LOOP; END $$;",
        login = identifier(login)
    ));
    client.batch_execute(&script).await
}

/// Rows that the configuration declares public, by (schema, table, condition).
pub async fn public_rows(
    client: &Client,
    catalog: &Catalog,
    conditions: &[(String, String, String)],
) -> Result<BTreeSet<(Oid, String)>, tokio_postgres::Error> {
    let mut out = BTreeSet::new();
    for (schema, name, condition) in conditions {
        let Some(relation) = catalog
            .relations
            .iter()
            .find(|r| r.schema == *schema && r.name == *name)
        else {
            continue;
        };
        let query = format!(
            "SELECT tableoid::text, ctid::text FROM {} WHERE ({condition})",
            qualified(schema, name)
        );
        for message in client.simple_query(&query).await? {
            if let tokio_postgres::SimpleQueryMessage::Row(row) = message {
                let oid = row
                    .get(0)
                    .and_then(|text| text.parse().ok())
                    .unwrap_or(relation.oid);
                out.extend(row.get(1).map(|ctid| (oid, ctid.to_owned())));
            }
        }
    }
    Ok(out)
}
