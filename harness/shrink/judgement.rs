//! Writes the blocks of a script that hear an attack and judge it. Pure.
use super::case::plain;
use super::saved::{SavedCase, Sign};
use super::script::LEAKS;
use crate::migrations::{head, tokens};
use crate::sql::literal;

/// How the rows with these values stand, in one text, each with its place: a row that was written anew with equal values is
/// another version of it, and was written.
pub(super) fn standing(relation: &str, columns: &[(String, Option<String>)]) -> String {
    let conditions: Vec<String> = columns
        .iter()
        .map(|(name, value)| match value {
            Some(value) => format!("{} = {}", plain(name), literal(value)),
            None => format!("{} IS NULL", plain(name)),
        })
        .collect();
    let conditions = match conditions.is_empty() {
        true => "true".to_owned(),
        false => conditions.join(" AND "),
    };
    format!(
        "coalesce((SELECT string_agg(concat(the_row, ' at ', the_row.ctid), E'\\n' ORDER BY the_row::text)\n    FROM {relation} AS the_row WHERE {conditions}), 'none')"
    )
}

/// A block that sends the statements as the attacker would and keeps what came back: `watertight.<name>` holds the text,
/// `watertight.<name>_state` the SQLSTATE of a refusal, `watertight.<name>_by` the constraint that refused.
pub(super) fn heard(name: &str, statements: &[String], writes: bool, undone: bool) -> String {
    let mut body = String::new();
    for (at, statement) in statements.iter().enumerate() {
        body.push_str(&sent(statement, at + 1 == statements.len()));
    }
    if writes {
        // Checks that the schema defers to COMMIT belong to the attack's outcome.
        body.push_str("    SET CONSTRAINTS ALL IMMEDIATE;\n");
    }
    if undone {
        body.push_str("    RAISE EXCEPTION USING ERRCODE = 'UNDO1';\n");
    }
    let undo = match undone {
        true => "  WHEN SQLSTATE 'UNDO1' THEN\n    NULL;\n",
        false => "",
    };
    format!(
        "DO $case$
DECLARE
  answer record; number bigint; said text := ''; state text := ''; refused text := ''; told text; more text; hint text;
BEGIN
  BEGIN
{body}  EXCEPTION
{undo}  WHEN OTHERS THEN
    GET STACKED DIAGNOSTICS state = RETURNED_SQLSTATE, refused = CONSTRAINT_NAME, told = MESSAGE_TEXT,
      more = PG_EXCEPTION_DETAIL, hint = PG_EXCEPTION_HINT;
    said := concat_ws(' ', state, told, more, hint);
  END;
  PERFORM set_config('watertight.{name}', said, false), set_config('watertight.{name}_state', state, false),
    set_config('watertight.{name}_by', refused, false);
END $case$;
"
    )
}

/// One statement of the attack in the block.
fn sent(statement: &str, last: bool) -> String {
    let tag = dollar_tag(statement);
    match last && gives_rows(statement) {
        true => format!(
            "    FOR answer IN EXECUTE {tag}\n{statement}\n{tag} LOOP\n      said := said || answer::text || E'\\n';\n    END LOOP;\n"
        ),
        false if last => format!(
            "    EXECUTE {tag}\n{statement}\n{tag};\n    GET DIAGNOSTICS number = ROW_COUNT;\n    said := number::text;\n"
        ),
        false => format!("    EXECUTE {tag}\n{statement}\n{tag};\n"),
    }
}

/// A quote that the text does not hold.
fn dollar_tag(text: &str) -> String {
    let free = |tag: &String| !text.contains(tag.as_str());
    let numbered = (1..).map(|number| format!("$attack{number}$"));
    std::iter::once("$attack$".to_owned())
        .chain(numbered)
        .find(free)
        .expect("a text holds finitely many tags")
}

/// Whether a statement answers with rows. Told by its words alone.
fn gives_rows(statement: &str) -> bool {
    const ASKING: [&str; 8] = [
        "select", "values", "table", "fetch", "explain", "show", "execute", "with",
    ];
    let first = head(statement, 1);
    let word = |wanted: &str| {
        tokens(statement).any(|(_, span)| statement[span].eq_ignore_ascii_case(wanted))
    };
    statement.starts_with('(')
        || first
            .first()
            .is_some_and(|word| ASKING.contains(&word.as_str()))
        || word("returning")
}

/// The block that says whether it leaked.
pub(super) fn judgement(case: &SavedCase) -> String {
    let (condition, detail) = sign(case);
    format!(
        "DO $case$
BEGIN
  IF {condition} THEN
    RAISE EXCEPTION USING ERRCODE = '{LEAKS}', MESSAGE = {},
      DETAIL = {detail}, HINT = {};
  END IF;
  -- A refusal is what should come; what is missing, or goes wrong in another way, says nothing.
  IF current_setting('watertight.said_state') ~ '^(0A|25|26|34|3D|3F|42|53|54|57|58|XX)'
     AND current_setting('watertight.said_state') <> '42501' THEN
    RAISE EXCEPTION USING ERRCODE = 'NORUN', MESSAGE = 'the attack could not be made, so nothing is known',
      DETAIL = current_setting('watertight.said');
  END IF;
END $case$;
",
        literal(&case.title),
        literal(&format!("watertight explain {}", case.probe)),
    )
}

/// When it leaked, and what to say then, as SQL.
fn sign(case: &SavedCase) -> (String, String) {
    let said = "current_setting('watertight.said')";
    let state = "current_setting('watertight.said_state')";
    match &case.sign {
        Sign::Shows { marks } => {
            let each: Vec<String> = marks
                .iter()
                .map(|mark| format!("strpos({said}, {}) > 0", literal(mark)))
                .collect();
            let shown = marks.first().map_or("", String::as_str);
            let detail = format!(
                "What {} received holds “{shown}”, a value of {}.",
                case.attacker.name, case.victim
            );
            (each.join(" OR "), literal(&detail))
        }
        Sign::Changes { relation, columns } => (
            format!(
                "current_setting('watertight.before') IS DISTINCT FROM {}",
                standing(relation, columns)
            ),
            format!(
                "concat('Before: ', current_setting('watertight.before'), E'\\nAfter: ', {})",
                standing(relation, columns)
            ),
        ),
        Sign::Taken { constraint, .. } => {
            let by = constraint.as_ref().map_or_else(String::new, |name| {
                format!(
                    " AND current_setting('watertight.said_by') = {}",
                    literal(name)
                )
            });
            (
                format!(
                    "{state} IN ('23505', '23P01'){by}\n     AND current_setting('watertight.other_state') = ''"
                ),
                format!("concat('It is told ', {said}, '; a value that nobody has is taken.')"),
            )
        }
        Sign::Fails { .. } => (
            format!(
                "left({state}, 2) IN ('21', '22')\n     AND current_setting('watertight.other_state') = ''"
            ),
            format!(
                "concat('The statement of {} now fails: ', {said})",
                case.victim.replace('\'', "''")
            ),
        ),
        Sign::Differs { .. } => (
            format!(
                "current_setting('watertight.first') = current_setting('watertight.again')\n     AND current_setting('watertight.first') <> {said}"
            ),
            format!(
                "concat('Without the rows: ', current_setting('watertight.first'), E'\\nWith them: ', {said})"
            ),
        ),
        Sign::Told { .. } => ("false".to_owned(), "''".to_owned()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rows_are_expected_of_what_answers_with_rows() {
        for asking in [
            "SELECT 1",
            "with a as (select 1) select * from a",
            "INSERT INTO t VALUES (1) RETURNING id",
            "FETCH ALL FROM c",
        ] {
            assert!(gives_rows(asking), "{asking}");
        }
        for silent in [
            "INSERT INTO t SELECT 1",
            "DECLARE c CURSOR FOR SELECT 1",
            "CALL p()",
        ] {
            assert!(!gives_rows(silent), "{silent}");
        }
    }

    #[test]
    fn a_quote_is_found_for_every_text() {
        assert_eq!(dollar_tag("select $attack$x$attack$"), "$attack1$");
        assert_eq!(dollar_tag("select 1"), "$attack$");
    }
}
