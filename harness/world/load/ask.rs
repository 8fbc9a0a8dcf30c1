//! Asks the database what a plan cannot know: which candidates CHECKs and types accept, and which rows exist already.
use super::error::LoadError;
use super::sql::{batch, find, qualified};
use crate::catalog::Catalog;
use crate::sql::{identifier, literal, nullable};
use crate::tenancy::Tenancy;
use crate::world::plan::Plan;
use crate::world::questions::Question;
use tokio_postgres::Client;

/// Most rows of one table that are read before the world is made.
const EXISTING: usize = 1000;

/// Evaluates a predicate over rows of candidates, all at once or, when one of them makes it fail, one by one.
const ACCEPTS: &str = r#"
CREATE OR REPLACE FUNCTION pg_temp.wt_accepts(
  predicate text, strict boolean, names text[], types oid[], modifiers int[], candidates text[]
) RETURNS int[] LANGUAGE plpgsql AS $wt$
DECLARE
  width int := cardinality(names);
  count int := cardinality(candidates) / width;
  columns text;
  query text;
  part int[];
  found int[] := '{}';
BEGIN
  SELECT string_agg(format('(wt_c[wt_n * %s + %s])::%s AS %I', width, k,
           format_type(types[k], nullif(modifiers[k], -1)), names[k]), ', ' ORDER BY k)
    INTO columns FROM generate_subscripts(names, 1) k;
  query := format(
    'SELECT array_agg(wt_n ORDER BY wt_n) FROM (SELECT $1 AS wt_c) wt_s, generate_series($2, $3) wt_n,
     LATERAL (SELECT %s OFFSET 0) wt_t WHERE (%s) IS %s AND wt_t IS NOT DISTINCT FROM wt_t',
    columns, predicate, CASE WHEN strict THEN 'TRUE' ELSE 'NOT FALSE' END);
  BEGIN
    EXECUTE query INTO part USING candidates, 0, count - 1;
    RETURN coalesce(part, '{}');
  EXCEPTION WHEN OTHERS THEN NULL;
  END;
  FOR i IN 0 .. count - 1 LOOP
    BEGIN
      EXECUTE query INTO part USING candidates, i, i;
      found := found || coalesce(part, '{}');
    EXCEPTION WHEN OTHERS THEN NULL;
    END;
  END LOOP;
  RETURN found;
END $wt$;
"#;

/// Session settings that make values print alike everywhere, and keep notices of triggers away.
pub const PREPARE: &str = "SET client_min_messages = error; \
SET datestyle = 'ISO, YMD'; SET intervalstyle = postgres; SET timezone = 'UTC'; SET extra_float_digits = 1; \
SET bytea_output = hex; SET statement_timeout = '60s'; SET row_security = off; SET xmloption = content; \
SET check_function_bodies = off;";

/// Plans a world and settles with the database what the catalog leaves open.
pub async fn plan(
    client: &Client,
    catalog: &Catalog,
    tenancy: &Tenancy,
) -> Result<Plan, LoadError> {
    let doing = LoadError::while_doing("preparing the session that fills the world");
    client
        .batch_execute(&format!("{PREPARE}{ACCEPTS}"))
        .await
        .map_err(doing)?;
    let mut plan = Plan::new(catalog, tenancy);
    let round = plan.ask_columns();
    let answers = answers(client, &round.questions).await?;
    plan.hear(&round, &answers);
    let round = plan.ask_groups();
    let answers = self::answers(client, &round.questions).await?;
    plan.hear(&round, &answers);
    let round = plan.ask_demands();
    let answers = self::answers(client, &round.questions).await?;
    plan.hear(&round, &answers);
    read_existing(client, catalog, &mut plan).await?;
    Ok(plan)
}

async fn answers(client: &Client, questions: &[Question]) -> Result<Vec<Vec<usize>>, LoadError> {
    let sql: String = questions.iter().map(ask).collect();
    let doing = LoadError::while_doing("asking which values the CHECKs accept");
    let results = batch(client, &sql).await.map_err(doing)?;
    let numbers = |rows: Vec<Vec<Option<String>>>| {
        let text = rows
            .into_iter()
            .flatten()
            .flatten()
            .next()
            .unwrap_or_default();
        text.trim_matches(['{', '}'])
            .split(',')
            .filter_map(|n| n.parse().ok())
            .collect()
    };
    Ok(results.into_iter().map(numbers).collect())
}

fn ask(question: &Question) -> String {
    let list = |items: Vec<String>, of: &str| format!("ARRAY[{}]::{of}[]", items.join(", "));
    let columns = &question.columns;
    let names = columns.iter().map(|c| literal(&c.name)).collect();
    let types = columns.iter().map(|c| c.type_oid.to_string()).collect();
    let modifiers = columns.iter().map(|c| c.modifier.to_string()).collect();
    let candidates = question
        .candidates
        .iter()
        .flatten()
        .map(|v| nullable(v.as_deref()))
        .collect();
    let predicate = if question.predicate.is_empty() {
        "true"
    } else {
        &question.predicate
    };
    format!(
        "SELECT pg_temp.wt_accepts({}, {}, {}, {}, {}, {});\n",
        literal(predicate),
        question.strict,
        list(names, "text"),
        list(types, "oid"),
        list(modifiers, "int"),
        list(candidates, "text"),
    )
}

/// Reads the rows that the migrations left, in all tables with one message.
async fn read_existing(
    client: &Client,
    catalog: &Catalog,
    plan: &mut Plan,
) -> Result<(), LoadError> {
    let mut sql = String::new();
    let mut asked = Vec::new();
    for table in &plan.tables {
        let Some(relation) = find(catalog, table.relation) else {
            continue;
        };
        let columns: Vec<String> = table.columns.iter().map(|c| identifier(&c.name)).collect();
        sql += &format!(
            "SELECT {} FROM {} LIMIT {EXISTING};\n",
            columns.join(", "),
            qualified(relation)
        );
        let numbers: Vec<i16> = table.columns.iter().map(|c| c.number).collect();
        asked.push((table.relation, numbers));
    }
    let doing = LoadError::while_doing("reading the rows that the migrations left");
    let results = batch(client, &sql).await.map_err(doing)?;
    for ((relation, numbers), rows) in asked.into_iter().zip(results) {
        if !rows.is_empty() {
            let row = |values: Vec<Option<String>>| numbers.iter().copied().zip(values).collect();
            plan.existing
                .insert(relation, rows.into_iter().map(row).collect());
        }
    }
    Ok(())
}
