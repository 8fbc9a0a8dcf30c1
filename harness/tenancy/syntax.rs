//! Small steps over the syntax trees of squawk-syntax: names, operators, literals, wrapped bodies.
use squawk_syntax::SyntaxKind as K;
use squawk_syntax::ast::{self, AstNode};
use squawk_syntax::{SourceFile, SyntaxNode};

/// The tree of an expression, wrapped as the only target of a SELECT.
pub fn expression(text: &str) -> SyntaxNode {
    SourceFile::parse(&format!("select {text}")).syntax_node()
}

/// The tree of one or more SQL statements.
pub fn statements(text: &str) -> SyntaxNode {
    SourceFile::parse(text).syntax_node()
}

/// The tree of a PL/pgSQL body. `SELECT … INTO x, y` becomes the assignment `x__and__y := (SELECT …)`
/// first, because the parser knows SELECT only without INTO.
pub fn plpgsql(body: &str) -> Option<SyntaxNode> {
    let body = select_into_as_assignment(&without_returning_into(body));
    let tag = "$watertight_body$";
    let text = format!("create function f() returns int language plpgsql as {tag}{body}{tag}");
    let tree = SourceFile::parse(&text).tree();
    let function = tree
        .syntax()
        .descendants()
        .find_map(ast::CreateFunction::cast)?;
    Some(function.plpgsql()?.syntax())
}

/// Leaves out the targets of `insert … returning id into x`, which only PL/pgSQL knows: with them the parser sees no INSERT.
fn without_returning_into(body: &str) -> String {
    let tokens = words(body);
    let is = |at: usize, word: &str| {
        tokens
            .get(at)
            .is_some_and(|token| token.1.eq_ignore_ascii_case(word))
    };
    let mut out = String::with_capacity(body.len());
    let mut copied = 0;
    for returning in (0..tokens.len()).filter(|&at| is(at, "returning")) {
        let end = (returning..tokens.len()).find(|&at| is(at, ";"));
        let into = (returning..end.unwrap_or(returning)).find(|&at| is(at, "into"));
        if let (Some(end), Some(into)) = (end, into)
            && tokens[into].0 >= copied
        {
            out.push_str(&body[copied..tokens[into].0]);
            copied = tokens[end].0;
        }
    }
    out.push_str(&body[copied..]);
    out
}

/// Joins the targets of a rewritten SELECT INTO.
pub const AND: &str = "__and__";

/// Rewrites `select a, b into [strict] x, y from t …;` to `x__and__y := (select a, b from t …);`.
fn select_into_as_assignment(body: &str) -> String {
    let tokens = words(body);
    let mut out = String::with_capacity(body.len());
    let mut copied = 0;
    let mut at = 0;
    while at < tokens.len() {
        let starts_statement = tokens[at].1.eq_ignore_ascii_case("select")
            && at
                .checked_sub(1)
                .is_none_or(|before| opens_statement(tokens[before].1));
        if starts_statement && let Some(rewrite) = rewrite_select_into(body, &tokens, at) {
            out.push_str(&body[copied..tokens[at].0]);
            out.push_str(&rewrite.text);
            copied = rewrite.end;
            at = rewrite.next;
            continue;
        }
        at += 1;
    }
    out.push_str(&body[copied..]);
    out
}

/// A statement begins after one of these.
fn opens_statement(word: &str) -> bool {
    word == ";"
        || ["begin", "then", "else", "loop"]
            .iter()
            .any(|open| word.eq_ignore_ascii_case(open))
}

struct Rewrite {
    text: String,
    /// Byte where the rewritten statement's semicolon stands.
    end: usize,
    /// Token to go on from.
    next: usize,
}

fn rewrite_select_into(body: &str, tokens: &[(usize, &str)], start: usize) -> Option<Rewrite> {
    let stop = (start..tokens.len()).find(|&at| tokens[at].1 == ";")?;
    let mut depth = 0usize;
    let into = (start..stop).find(|&at| {
        match tokens[at].1 {
            "(" => depth += 1,
            ")" => depth = depth.saturating_sub(1),
            _ => {}
        }
        depth == 0 && tokens[at].1.eq_ignore_ascii_case("into")
    })?;
    let mut at = into + 1;
    if at < stop && tokens[at].1.eq_ignore_ascii_case("strict") {
        at += 1;
    }
    let mut targets = vec![String::new()];
    let mut wants_name = true;
    while at < stop {
        let word = tokens[at].1;
        match word {
            "," => {
                targets.push(String::new());
                wants_name = true;
            }
            "." => {
                targets.last_mut()?.push('.');
                wants_name = true;
            }
            _ if wants_name => {
                targets.last_mut()?.push_str(word);
                wants_name = false;
            }
            _ => break,
        }
        at += 1;
    }
    let after = tokens.get(at).map_or(body.len(), |token| token.0);
    let head = &body[tokens[start].0..tokens[into].0];
    let tail = &body[after..tokens[stop].0];
    let names: Vec<String> = targets
        .iter()
        .map(|name| name.replace('.', "__dot__"))
        .collect();
    Some(Rewrite {
        text: format!("{} := ({head} {tail})", names.join(AND)),
        end: tokens[stop].0,
        next: stop,
    })
}

/// Words and punctuation outside comments and strings, with their byte offsets.
fn words(body: &str) -> Vec<(usize, &str)> {
    let mut out = Vec::new();
    let mut offset = 0;
    for token in squawk_lexer::tokenize(body) {
        let end = offset + token.len as usize;
        let text = &body[offset..end];
        let blank = text.trim().is_empty() || text.starts_with("--") || text.starts_with("/*");
        if !blank {
            out.push((offset, text));
        }
        offset = end;
    }
    out
}

/// A name as PostgreSQL folds it: quotes removed, otherwise lower case.
pub fn folded(text: &str) -> String {
    match text
        .strip_prefix('"')
        .and_then(|rest| rest.strip_suffix('"'))
    {
        Some(quoted) => quoted.replace("\"\"", "\""),
        None => text.to_lowercase(),
    }
}

/// The dotted parts of a name, a field expression or a path: `a.b.c` gives `[a, b, c]`.
pub fn dotted(node: &SyntaxNode) -> Vec<String> {
    node.descendants_with_tokens()
        .filter_map(|element| element.into_token())
        .filter(|token| !matches!(token.kind(), K::WHITESPACE | K::DOT | K::COMMENT))
        .map(|token| folded(token.text()))
        .collect()
}

/// The operator of a binary expression, lower case with single spaces: `=`, `->>`, `is not distinct from`.
pub fn operator(node: &SyntaxNode) -> String {
    let mut words = Vec::new();
    let mut seen_left = false;
    for child in node.children_with_tokens() {
        let is_operand = child
            .as_node()
            .is_some_and(|node| is_expression(node.kind()));
        if is_operand && seen_left {
            break;
        }
        if is_operand {
            seen_left = true;
        } else if seen_left {
            words.push(child.to_string());
        }
    }
    words
        .concat()
        .split_whitespace()
        .collect::<Vec<_>>()
        .join(" ")
        .to_lowercase()
}

/// The children of a node that are expressions.
pub fn operands(node: &SyntaxNode) -> impl Iterator<Item = SyntaxNode> + use<> {
    node.children().filter(|child| is_expression(child.kind()))
}

pub fn is_expression(kind: K) -> bool {
    matches!(
        kind,
        K::ARRAY_EXPR
            | K::BETWEEN_EXPR
            | K::BIN_EXPR
            | K::CALL_EXPR
            | K::CASE_EXPR
            | K::CAST_EXPR
            | K::COLLATE
            | K::FIELD_EXPR
            | K::INDEX_EXPR
            | K::LITERAL
            | K::NAME_REF
            | K::PAREN_EXPR
            | K::POSTFIX_EXPR
            | K::PREFIX_EXPR
            | K::SLICE_EXPR
            | K::TUPLE_EXPR
            | K::SELECT
            | K::PAREN_SELECT
            | K::COMPOUND_SELECT
            | K::VALUES
    )
}

/// The text of a string or number literal.
pub fn literal(node: &SyntaxNode) -> Option<String> {
    let text = node.text().to_string();
    if let Some(inner) = text
        .strip_prefix('\'')
        .and_then(|rest| rest.strip_suffix('\''))
    {
        return Some(inner.replace("''", "'"));
    }
    if let Some(inner) = text
        .strip_prefix("E'")
        .and_then(|rest| rest.strip_suffix('\''))
    {
        return Some(inner.replace("''", "'"));
    }
    text.chars()
        .all(|c| c.is_ascii_digit() || c == '.')
        .then_some(text)
}

#[cfg(test)]
mod tests {
    use super::{plpgsql, without_returning_into};
    use squawk_syntax::SyntaxKind;

    #[test]
    fn an_insert_that_returns_into_a_variable_is_an_insert() {
        let body = "declare made uuid; begin insert into a (b) values (c) returning id into made; return made; end";
        let tree = plpgsql(body).unwrap();
        assert!(
            tree.descendants()
                .any(|node| node.kind() == SyntaxKind::INSERT)
        );
    }

    #[test]
    fn what_returns_into_nothing_stays_as_it_is() {
        let body = "begin insert into a values (1) returning id; select x into y from b; end";
        assert_eq!(without_returning_into(body), body);
    }
}
