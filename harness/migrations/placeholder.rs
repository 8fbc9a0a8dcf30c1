//! Fills in the names that a tool writes into migrations before it applies them: `:NAME` of psql and graphile-migrate, `${name}`
//! of Flyway.
use super::split::{split, tokens};
use crate::span::Bytes;
use squawk_lexer::{LiteralKind, TokenKind};
use std::collections::BTreeMap;

/// A text without placeholders, and what stands in their place.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Filled {
    pub text: String,
    /// Each placeholder once, as it was written, with its value and where it stands first in the old text.
    pub values: Vec<(String, String, usize)>,
}

/// `text` with its placeholders filled in; `None` where it has none.
///
/// A name that the file gives by `\set` has that value. Any other is not known here: it stands for itself in lower case,
/// which is a name that no other object has, and mostly that of a role.
pub fn fill(text: &str) -> Option<Filled> {
    if !text.contains(':') && !text.contains("${") {
        return None;
    }
    let given = given(text);
    let mut found: Vec<Found> = split(text, 0..text.len())
        .pieces
        .into_iter()
        .flat_map(|piece| outside_of_bodies(text, piece.span))
        .collect();
    if found.is_empty() {
        return None;
    }
    let names: Vec<String> = found.iter().map(|found| found.name.clone()).collect();
    found.extend(inside_of_bodies(text, &names));
    found.sort_by_key(|found| found.span.start);
    let mut filled = Filled {
        text: String::with_capacity(text.len()),
        values: Vec::new(),
    };
    let mut at = 0;
    for one in found {
        let value = given
            .get(&one.name)
            .cloned()
            .unwrap_or_else(|| own_value(&one.name));
        let written = &text[one.span.clone()];
        if !filled.values.iter().any(|(known, ..)| known == written) {
            let seen = (written.to_owned(), value.clone(), one.span.start);
            filled.values.push(seen);
        }
        filled.text.push_str(&text[at..one.span.start]);
        filled.text.push_str(&one.shape.write(&value));
        at = one.span.end;
    }
    filled.text.push_str(&text[at..]);
    Some(filled)
}

struct Found {
    span: Bytes,
    name: String,
    shape: Shape,
}

/// How the value is written: as it is, as a literal, as a quoted name.
#[derive(Clone, Copy)]
enum Shape {
    Plain,
    Literal,
    Name,
}

impl Shape {
    fn write(self, value: &str) -> String {
        match self {
            Shape::Plain => value.to_owned(),
            Shape::Literal => crate::sql::literal(value),
            Shape::Name => crate::sql::identifier(value),
        }
    }
}

/// Placeholders of one statement that stand outside of quotes. Slices (`a[1:n]`) and casts have colons too.
fn outside_of_bodies(text: &str, statement: Bytes) -> Vec<Found> {
    let words: Vec<_> = tokens(&text[statement.clone()])
        .map(|(token, span)| {
            (
                token.kind,
                span.start + statement.start..span.end + statement.start,
            )
        })
        .collect();
    let mut out = Vec::new();
    let mut brackets = 0usize;
    for (at, (kind, span)) in words.iter().enumerate() {
        match kind {
            TokenKind::OpenBracket => brackets += 1,
            TokenKind::CloseBracket => brackets = brackets.saturating_sub(1),
            _ => {}
        }
        let rest = &text[span.start..statement.end];
        if let Some(name) = braced(rest) {
            out.push(Found {
                span: span.start..span.start + name.len() + 3,
                name: name.to_owned(),
                shape: Shape::Plain,
            });
            continue;
        }
        let before = text[..span.start].chars().next_back();
        let free = before.is_none_or(|c| c.is_whitespace() || "(,=".contains(c));
        if *kind != TokenKind::Colon || brackets > 0 || !free {
            continue;
        }
        let Some((next, named)) = words.get(at + 1).filter(|(_, n)| n.start == span.end) else {
            continue;
        };
        let word = &text[named.clone()];
        let (name, shape) = match next {
            TokenKind::Ident => (word, Shape::Plain),
            TokenKind::QuotedIdent { .. } => (word.trim_matches('"'), Shape::Name),
            TokenKind::Literal {
                kind: LiteralKind::Str { .. },
            } => (word.trim_matches('\''), Shape::Literal),
            _ => continue,
        };
        out.push(Found {
            span: span.start..named.end,
            name: name.to_owned(),
            shape,
        });
    }
    out
}

/// The name in `${name}` at the start of `rest`.
fn braced(rest: &str) -> Option<&str> {
    let name = rest.strip_prefix("${")?.split('}').next()?;
    let fits = |c: char| c.is_ascii_alphanumeric() || "_.:-".contains(c);
    (!name.is_empty() && name.len() + 2 < rest.len() && name.chars().all(fits)).then_some(name)
}

/// The same placeholders inside of function bodies and strings: psql leaves those alone, the others do not.
fn inside_of_bodies(text: &str, names: &[String]) -> Vec<Found> {
    let mut out = Vec::new();
    for (token, span) in tokens(text) {
        let TokenKind::Literal {
            kind: LiteralKind::DollarQuotedString { .. },
        } = token.kind
        else {
            continue;
        };
        let body = &text[span.clone()];
        for name in names.iter().collect::<std::collections::BTreeSet<_>>() {
            for written in [format!(":{name}"), format!("${{{name}}}")] {
                for (at, _) in body.match_indices(&written) {
                    let ends = body[at + written.len()..].chars().next();
                    let whole = ends.is_none_or(|c| !c.is_alphanumeric() && c != '_');
                    let cast = body[..at].ends_with(':');
                    if whole && !cast {
                        out.push(Found {
                            span: span.start + at..span.start + at + written.len(),
                            name: name.clone(),
                            shape: Shape::Plain,
                        });
                    }
                }
            }
        }
    }
    out
}

/// What `\set name value` gives.
fn given(text: &str) -> BTreeMap<String, String> {
    text.lines()
        .filter_map(|line| line.trim_start().strip_prefix("\\set "))
        .filter_map(|rest| rest.trim().split_once(char::is_whitespace))
        .map(|(name, value)| (name.to_owned(), value.trim().trim_matches('\'').to_owned()))
        .filter(|(_, value)| !value.contains('`'))
        .collect()
}

/// The value of a name that nobody gives. Flyway's own default schema is the one that every database has.
fn own_value(name: &str) -> String {
    if name == "flyway:defaultSchema" {
        return "public".to_owned();
    }
    name.chars()
        .map(|c| match c.is_ascii_alphanumeric() {
            true => c.to_ascii_lowercase(),
            false => '_',
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn filled(text: &str) -> String {
        fill(text).map_or_else(|| "-".to_owned(), |filled| filled.text)
    }

    #[test]
    fn names_of_graphile_migrate_and_flyway_are_filled_in_everywhere() {
        assert_eq!(
            filled(
                "grant select on t to :DATABASE_VISITOR;\ndo $$ begin grant a to :DATABASE_VISITOR; end $$;"
            ),
            "grant select on t to database_visitor;\ndo $$ begin grant a to database_visitor; end $$;"
        );
        assert_eq!(
            filled("create role ${app-user}; select '${app-user}'"),
            "create role app_user; select '${app-user}'"
        );
    }

    #[test]
    fn psql_takes_the_value_that_the_file_sets() {
        assert_eq!(
            filled("\\set who 'Shop App'\ncreate role :\"who\" password :'secret';"),
            "\\set who 'Shop App'\ncreate role \"Shop App\" password 'secret';"
        );
    }

    #[test]
    fn casts_slices_assignments_and_copied_lines_are_no_placeholders() {
        for text in [
            "select a::text, b [1:n], f(x := 1), '10:30' from t",
            "select json_object('a': b)",
            "copy t from stdin;\na :b\n\\.\n",
            "do $$ begin x := y; perform '${a}'; end $$",
        ] {
            assert_eq!(filled(text), "-", "{text}");
        }
    }
}
