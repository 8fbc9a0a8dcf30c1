//! What SQL text says of columns: the literals they are compared with, NULL tests, and comparisons with the present time.
use squawk_lexer::{LiteralKind, TokenKind, tokenize};

/// One thing that an expression says of a column.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub enum Mention {
    /// Compared with a literal (or assigned one).
    Literal(String),
    /// `column > now()`.
    AfterNow,
    /// `column < now()`.
    BeforeNow,
    IsNull,
    IsNotNull,
}

/// A word of SQL, without casts, comments and white space.
#[derive(Debug, Clone, PartialEq)]
enum Word {
    Name(String),
    Text(String),
    Number(String),
    Sign(char),
}

/// Every (column, mention) in `sql`, in order. Columns are named without their qualifier.
pub fn mentions(sql: &str) -> Vec<(String, Mention)> {
    let words = words(sql);
    let mut found = Vec::new();
    for at in 0..words.len() {
        let Word::Name(column) = &words[at] else {
            continue;
        };
        if is_keyword(column) || matches!(words.get(at + 1), Some(Word::Sign('(' | '.'))) {
            continue;
        }
        found.extend(
            after(&words[at + 1..])
                .into_iter()
                .map(|m| (column.clone(), m)),
        );
        found.extend(
            before(&words[..at])
                .into_iter()
                .map(|m| (column.clone(), m)),
        );
    }
    found
}

/// All names in `sql`, lower-case unless quoted.
pub fn names(sql: &str) -> Vec<String> {
    words(sql)
        .into_iter()
        .filter_map(|word| match word {
            Word::Name(name) => Some(name),
            _ => None,
        })
        .collect()
}

/// All literals in `sql`.
pub fn literals(sql: &str) -> Vec<String> {
    words(sql)
        .into_iter()
        .filter_map(|word| match word {
            Word::Text(text) | Word::Number(text) => Some(text),
            _ => None,
        })
        .collect()
}

/// The literal that a default or other expression consists of; `None` when it computes something.
pub fn constant(sql: &str) -> Option<String> {
    match words(sql).as_slice() {
        [Word::Text(text) | Word::Number(text)] => Some(text.clone()),
        [Word::Sign('-'), Word::Number(text)] => Some(format!("-{text}")),
        [Word::Name(name)] if name == "true" || name == "false" => Some(name.clone()),
        _ => None,
    }
}

/// What follows a column: `= 'a'`, `IN ('a', 'b')`, `= ANY (ARRAY['a', 'b'])`, `> now()`, `IS NULL`.
fn after(words: &[Word]) -> Vec<Mention> {
    let mut found = Vec::new();
    let mut sign = ' ';
    for (at, word) in words.iter().enumerate() {
        match word {
            // `(status)::text = …`: the column's own closing parenthesis.
            Word::Sign(')') if found.is_empty() && sign == ' ' => {}
            Word::Sign('(' | '[' | ',') => {}
            Word::Sign(c @ ('=' | '<' | '>' | '~' | '!' | ':' | '-' | '#' | '@' | '*')) => {
                if !found.is_empty() {
                    break;
                }
                if matches!(c, '<' | '>') || sign == ' ' {
                    sign = if sign == '<' && *c == '>' { '!' } else { *c };
                }
            }
            // A pattern is no value.
            Word::Text(_) if matches!(sign, '~' | '%') => break,
            Word::Text(text) | Word::Number(text) if sign != ' ' => {
                found.push(Mention::Literal(text.clone()));
            }
            Word::Name(name) => match name.as_str() {
                "like" | "ilike" => sign = '%',
                "any" | "array" | "in" | "not" | "all" | "when" | "default" => {
                    sign = if sign == ' ' { '=' } else { sign };
                }
                "is" if sign == ' ' => return null_test(&words[at + 1..]),
                _ if is_now(name) && found.is_empty() => match sign {
                    '>' => return vec![Mention::AfterNow],
                    '<' => return vec![Mention::BeforeNow],
                    _ => break,
                },
                _ => break,
            },
            _ => break,
        }
    }
    found
}

fn null_test(words: &[Word]) -> Vec<Mention> {
    let name = |at: usize| match words.get(at) {
        Some(Word::Name(name)) => name.as_str(),
        _ => "",
    };
    match (name(0), name(1)) {
        ("null", _) => vec![Mention::IsNull],
        ("not", "null") => vec![Mention::IsNotNull],
        _ => Vec::new(),
    }
}

/// What stands before a column: `'a' = `, `now() <`.
fn before(words: &[Word]) -> Option<Mention> {
    let mut rest = words;
    // A qualifier belongs to the column.
    while let [head @ .., Word::Name(_), Word::Sign('.')] = rest {
        rest = head;
    }
    let mut sign = None;
    while let [head @ .., Word::Sign(c @ ('=' | '<' | '>'))] = rest {
        sign = Some(*c);
        rest = head;
    }
    let sign = sign?;
    while let [head @ .., Word::Sign('(' | ')')] = rest {
        rest = head;
    }
    match (rest.last()?, sign) {
        (Word::Text(text), '=') => Some(Mention::Literal(text.clone())),
        (Word::Name(name), '<') if is_now(name) => Some(Mention::AfterNow),
        (Word::Name(name), '>') if is_now(name) => Some(Mention::BeforeNow),
        _ => None,
    }
}

fn is_now(name: &str) -> bool {
    const CLOCKS: &[&str] = &[
        "now",
        "current_date",
        "current_timestamp",
        "localtimestamp",
        "statement_timestamp",
        "clock_timestamp",
        "transaction_timestamp",
        "timezone",
    ];
    CLOCKS.contains(&name)
}

fn is_keyword(name: &str) -> bool {
    const KEYWORDS: &[&str] = &[
        "and",
        "or",
        "not",
        "select",
        "from",
        "where",
        "case",
        "when",
        "then",
        "else",
        "end",
        "in",
        "any",
        "all",
        "array",
        "is",
        "null",
        "true",
        "false",
        "like",
        "return",
        "if",
        "set",
        "as",
        "values",
        "exists",
        "raise",
        "exception",
        "default",
        "notice",
        "on",
        "language",
        "perform",
        "current_user",
        "session_user",
    ];
    KEYWORDS.contains(&name) || is_now(name)
}

fn words(sql: &str) -> Vec<Word> {
    let mut words = Vec::new();
    let mut at = 0;
    for token in tokenize(sql) {
        let text = &sql[at..at + token.len as usize];
        at += token.len as usize;
        match token.kind {
            TokenKind::Whitespace | TokenKind::LineComment | TokenKind::BlockComment { .. } => {}
            TokenKind::Ident => words.push(Word::Name(text.to_ascii_lowercase())),
            TokenKind::QuotedIdent { .. } => {
                words.push(Word::Name(text.trim_matches('"').replace("\"\"", "\"")));
            }
            TokenKind::Literal { kind } => words.extend(literal(kind, text)),
            _ => words.extend(text.chars().next().map(Word::Sign)),
        }
    }
    without_casts(words)
}

fn literal(kind: LiteralKind, text: &str) -> Option<Word> {
    match kind {
        LiteralKind::Int { .. } | LiteralKind::Numeric { .. } => {
            Some(Word::Number(text.to_owned()))
        }
        LiteralKind::Str { .. } | LiteralKind::EscStr { .. } => {
            let inside = text.split_once('\'')?.1.strip_suffix('\'')?;
            let inside = inside.replace("''", "'");
            let escaped = matches!(kind, LiteralKind::EscStr { .. });
            Some(Word::Text(if escaped {
                inside.replace("\\\\", "\\")
            } else {
                inside
            }))
        }
        _ => None,
    }
}

/// Drops `::type`: `'a'::character varying(3)[]` says nothing more than `'a'`.
fn without_casts(words: Vec<Word>) -> Vec<Word> {
    let mut kept = Vec::with_capacity(words.len());
    let mut rest = words.into_iter().peekable();
    while let Some(word) = rest.next() {
        if word != Word::Sign(':') || rest.peek() != Some(&Word::Sign(':')) {
            kept.push(word);
            continue;
        }
        rest.next();
        rest.next();
        while rest.peek().is_some_and(continues_type) {
            if rest.next() == Some(Word::Sign('.')) {
                rest.next();
            }
        }
        // A type's own `(3)` and `[]`.
        if rest.peek() == Some(&Word::Sign('[')) {
            rest.next();
            rest.next();
        }
    }
    kept
}

fn continues_type(word: &Word) -> bool {
    match word {
        Word::Sign('.') => true,
        Word::Name(name) => {
            ["varying", "precision", "with", "without", "time", "zone"].contains(&name.as_str())
        }
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn says(sql: &str) -> Vec<(String, Mention)> {
        mentions(sql)
    }

    fn literal(column: &str, text: &str) -> (String, Mention) {
        (column.to_owned(), Mention::Literal(text.to_owned()))
    }

    #[test]
    fn a_list_of_literals_belongs_to_its_column() {
        assert_eq!(
            says(
                "((status)::text = ANY ((ARRAY['a'::character varying, 'b'::character varying])::text[]))"
            ),
            [literal("status", "a"), literal("status", "b")]
        );
        assert_eq!(
            says("role in ('owner', 'it''s')"),
            [literal("role", "owner"), literal("role", "it's")]
        );
    }

    #[test]
    fn literals_stop_at_the_next_column() {
        assert_eq!(
            says("(t.kind = 'x'::public.mood) AND (size >= 3)"),
            [literal("kind", "x"), literal("size", "3")]
        );
        assert_eq!(says("'x' = t.kind"), [literal("kind", "x")]);
    }

    #[test]
    fn time_and_null_tests_are_seen() {
        assert_eq!(
            says(
                "deleted_at IS NULL AND (expires_at > now()) AND now() > starts_at AND x IS NOT NULL"
            ),
            [
                ("deleted_at".to_owned(), Mention::IsNull),
                ("expires_at".to_owned(), Mention::AfterNow),
                ("starts_at".to_owned(), Mention::BeforeNow),
                ("x".to_owned(), Mention::IsNotNull),
            ]
        );
    }
}
