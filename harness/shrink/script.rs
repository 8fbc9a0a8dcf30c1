//! Writes a saved case as SQL: the rows, the attack and the judgement, in one transaction that is rolled back. Pure.
//!
//! The judgement speaks by SQLSTATE, so that neither psql nor a replay has to read words: `LEAKS` while the leak exists,
//! `NORUN` when the attack could not be made. Both are codes that PostgreSQL itself never uses (manual, appendix A).
use super::case::plain;
use super::judgement::{heard, judgement, standing};
use super::saved::{SavedCase, SavedRow, Sign, Whose};
use crate::migrations::{head, split};
use crate::sql::{identifier, literal, nullable};

/// SQLSTATE of a script that saw the leak.
pub const LEAKS: &str = "LEAKS";

/// A statement of the schema that a script builds.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Piece {
    /// Where it stands: `migrations/0001_users.sql:14`.
    pub place: String,
    pub text: String,
    /// Settings of one migration do not reach the next.
    pub file: usize,
    /// Its number among the statements: pieces are built in this order.
    pub at: usize,
}

/// The whole file for psql.
pub fn script(case: &SavedCase, schema: &[Piece]) -> String {
    format!(
        "{}\\set ON_ERROR_STOP on\n\\set QUIET on\nBEGIN;\nSET LOCAL client_min_messages = warning;\n\n{}ROLLBACK;\n\\echo 'No leak: the attack no longer shows it.'\n",
        heading(case),
        body(case, schema)
    )
}

/// What the file says within its transaction.
pub fn body(case: &SavedCase, schema: &[Piece]) -> String {
    format!("{}\n{}", schema_text(schema), attack(case))
}

/// The transaction's part that is tried on a migrated database.
pub fn replay(case: &SavedCase) -> String {
    let made = case.made_outside.iter().map(|text| format!("{text};\n"));
    format!("{}{}", made.collect::<String>(), attack(case))
}

/// What is left to say where no single script can show the leak.
pub fn excuse(case: &SavedCase, why: &str) -> String {
    let mut out = heading_lines(case);
    out.push(format!("No single script can show it: {why}."));
    out.push(
        "`watertight check` sees it each time, and this file proves nothing: it fails on purpose."
            .to_owned(),
    );
    if let Sign::Told { story } = &case.sign {
        out.push("This is how it goes:".to_owned());
        out.extend(story.lines().map(|line| format!("  {line}")));
    }
    let says = format!("nothing is known: {why}");
    format!(
        "{}\\set ON_ERROR_STOP on\nDO $case$ BEGIN RAISE EXCEPTION USING ERRCODE = 'NORUN', MESSAGE = {}; END $case$;\n",
        commented(&out),
        literal(&says)
    )
}

fn heading(case: &SavedCase) -> String {
    let mut lines = heading_lines(case);
    lines.push(String::new());
    lines.push(format!(
        "Run it in an empty database of PostgreSQL {}, as a superuser:",
        case.postgres
    ));
    lines.push("  psql -v ON_ERROR_STOP=1 -f case.sql".to_owned());
    lines.push("While the leak exists it fails with the sentence above (exit code 3); once it is mended it succeeds.".to_owned());
    lines.push(
        "It rolls everything back and leaves nothing behind, neither roles nor tables.".to_owned(),
    );
    commented(&lines)
}

fn heading_lines(case: &SavedCase) -> Vec<String> {
    vec![
        format!("{}.", case.title),
        String::new(),
        format!(
            "{} on {} {} as {}, door: {}, let through by {}",
            case.command.to_uppercase(),
            case.object_kind,
            case.object,
            case.attacker.role,
            case.door,
            case.culprit
        ),
        format!(
            "watertight explain {} · watertight replay {}",
            case.probe, case.fingerprint
        ),
    ]
}

fn commented(lines: &[String]) -> String {
    let each = lines
        .iter()
        .map(|line| format!("-- {line}").trim_end().to_owned() + "\n");
    each.collect()
}

/// The schema's statements, each under its place.
fn schema_text(schema: &[Piece]) -> String {
    let mut out = String::new();
    for (at, piece) in schema.iter().enumerate() {
        out.push_str(&format!("-- {}\n{};\n", piece.place, piece.text));
        let next = schema.get(at + 1);
        let set = |piece: &Piece| {
            head(&piece.text, 1)
                .first()
                .is_some_and(|word| word == "set")
                || piece.text.contains("set_config")
        };
        let last = next.is_none_or(|next| next.file != piece.file);
        // What no migration says is set for the rest of the script.
        let own = piece.file != usize::MAX;
        if own
            && last
            && schema
                .iter()
                .any(|other| other.file == piece.file && set(other))
        {
            out.push_str("RESET SESSION AUTHORIZATION; RESET ROLE; RESET ALL;\n");
        }
    }
    out
}

/// The rows, the attack and the judgement, on a schema that is there. Ends as the superuser that began it.
pub fn attack(case: &SavedCase) -> String {
    let mut out = String::new();
    let apart = matches!(case.sign, Sign::Differs { .. });
    let first = |row: &&SavedRow| !apart || row.of != Whose::Victim;
    out.push_str(&inserts(case.rows.iter().filter(first), false));
    out.push_str(&refreshes(case));
    if let Sign::Changes { relation, columns } = &case.sign {
        out.push_str(&format!(
            "-- How the rows of {} stand before.\nDO $case$ BEGIN\n  PERFORM set_config('watertight.before', {}, false);\nEND $case$;\n",
            case.victim,
            standing(relation, columns)
        ));
    }
    out.push_str(&format!("\n-- The attack, as {}:\n", case.attacker.name));
    out.push_str(&become_attacker(case));
    let writes = case.command != "select";
    let mut hear = |name: &str, statements: &[String], undone: bool| {
        out.push_str(&heard(name, statements, writes, undone));
    };
    match &case.sign {
        Sign::Differs { .. } => {
            hear("first", &case.statements, true);
            hear("again", &case.statements, true);
        }
        Sign::Taken { free: other, .. } | Sign::Fails { apart: other } => {
            hear("said", &case.statements, true);
            hear("other", other, true);
        }
        _ => hear("said", &case.statements, false),
    }
    out.push_str("RESET SESSION AUTHORIZATION;\nRESET ROLE;\n");
    if let Sign::Differs { fires } = case.sign {
        out.push_str(&format!(
            "\n-- Now {} has rows of its own there:\n",
            case.victim
        ));
        let victims = case.rows.iter().filter(|row| row.of == Whose::Victim);
        out.push_str(&inserts(victims, fires));
        out.push_str(&refreshes(case));
        out.push_str(&become_attacker(case));
        out.push_str(&heard("said", &case.statements, writes, true));
        out.push_str("RESET SESSION AUTHORIZATION;\nRESET ROLE;\n");
    }
    out.push_str("\n-- The judgement:\n");
    out.push_str(&judgement(case));
    out
}

fn inserts<'r>(rows: impl Iterator<Item = &'r SavedRow>, fires: bool) -> String {
    let texts: String = rows.map(insert).collect();
    match (texts.is_empty(), fires) {
        (true, _) => String::new(),
        (false, true) => texts,
        (false, false) => format!(
            "-- The rows that it takes, put there without firing triggers.\nSET LOCAL session_replication_role = replica;\n{texts}SET LOCAL session_replication_role = origin;\n"
        ),
    }
}

fn insert(row: &SavedRow) -> String {
    let overriding = match row.overriding {
        true => " OVERRIDING SYSTEM VALUE",
        false => "",
    };
    // What belongs to nobody may have been put there by a migration.
    let spare = match row.of {
        Whose::Nobody => " ON CONFLICT DO NOTHING",
        _ => "",
    };
    if row.columns.is_empty() {
        return format!("INSERT INTO {} DEFAULT VALUES{spare};\n", row.relation);
    }
    let names: Vec<String> = row.columns.iter().map(|(name, _)| plain(name)).collect();
    let values: Vec<String> = row
        .columns
        .iter()
        .map(|(_, value)| nullable(value.as_deref()))
        .collect();
    format!(
        "INSERT INTO {} ({}){overriding}\n  VALUES ({}){spare};\n",
        row.relation,
        names.join(", "),
        values.join(", ")
    )
}

fn refreshes(case: &SavedCase) -> String {
    let each = case.refreshes.iter();
    each.map(|view| format!("REFRESH MATERIALIZED VIEW {view};\n"))
        .collect()
}

fn become_attacker(case: &SavedCase) -> String {
    let by = &case.attacker;
    let settings = by
        .settings
        .iter()
        .map(|(name, value)| format!("SET LOCAL {} = {};\n", identifier(name), literal(value)));
    format!(
        "SET LOCAL SESSION AUTHORIZATION {};\nSET LOCAL ROLE {};\n{}",
        plain(&by.login),
        plain(&by.role),
        settings.collect::<String>()
    )
}

/// The statements of an attack's text.
pub fn statements(text: &str) -> Vec<String> {
    let pieces = split(text, 0..text.len()).pieces;
    let each = pieces.into_iter().map(|piece| text[piece.span].to_owned());
    each.collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn settings_of_one_migration_do_not_reach_the_next() {
        let piece = |text: &str, file| Piece {
            place: "p:1".to_owned(),
            text: text.to_owned(),
            file,
            at: 0,
        };
        let text = schema_text(&[
            piece("SET search_path = app", 0),
            piece("CREATE TABLE a (b int)", 0),
            piece("CREATE TABLE c (d int)", 1),
        ]);
        let reset = text.find("RESET ALL").unwrap();
        assert!(text.find("CREATE TABLE a").unwrap() < reset);
        assert!(reset < text.find("CREATE TABLE c").unwrap());
        assert_eq!(text.matches("RESET ALL").count(), 1);
    }
}
