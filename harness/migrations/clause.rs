//! Finds a clause inside a statement, so that a finding underlines what is wrong and not the whole statement.
use crate::span::Bytes;
use squawk_syntax::{SourceFile, SyntaxKind, SyntaxNode};

/// A part of a statement.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Clause<'a> {
    /// The whole statement.
    Statement,
    /// `USING (…)` of a policy.
    Using,
    /// `WITH CHECK (…)` of a policy.
    WithCheck,
    /// `TO role, …` of a policy, or the grantees of a GRANT.
    Roles,
    /// `FOR command` of a policy, or the privileges of a GRANT.
    Command,
    /// `SECURITY DEFINER` or `SECURITY INVOKER`.
    Security,
    /// The body of a function.
    Body,
    /// The query of a view, materialized view or CREATE TABLE AS.
    Query,
    /// `WITH (…)` of a view or table.
    Options,
    /// The name of what is created.
    Name,
    /// The definition of the column with this name.
    Column(&'a str),
    /// The constraint or unique index with this name, also where PostgreSQL chose the name.
    Constraint(&'a str),
    /// The action of an ALTER TABLE, for example `DISABLE ROW LEVEL SECURITY`.
    Action,
}

/// The bytes of a clause in the text of one statement; the whole statement where it has no such clause or where squawk cannot read it.
pub fn clause(statement: &str, clause: Clause<'_>) -> Bytes {
    find(statement, clause).unwrap_or(0..statement.len())
}

fn find(statement: &str, clause: Clause<'_>) -> Option<Bytes> {
    use SyntaxKind as K;
    if clause == Clause::Statement {
        return None;
    }
    // The clauses stand in front of or beside the statement's own expressions, so the first in reading order is the one.
    let root = SourceFile::parse(statement).syntax_node();
    let first = |kinds: &[SyntaxKind]| {
        root.descendants()
            .find(|node| kinds.contains(&node.kind()))
            .map(|node| span(&node))
    };
    match clause {
        Clause::Statement => None,
        Clause::Using => first(&[K::USING_EXPR_CLAUSE]),
        Clause::WithCheck => first(&[K::WITH_CHECK_EXPR_CLAUSE]),
        Clause::Roles => first(&[K::POLICY_ROLES, K::ROLE_REF_LIST]),
        Clause::Command => first(&[K::POLICY_COMMAND, K::REVOKE_COMMAND_LIST, K::ALL_PRIVILEGES]),
        Clause::Security => first(&[
            K::SECURITY_DEFINER_FUNC_OPTION,
            K::SECURITY_INVOKER_FUNC_OPTION,
        ]),
        Clause::Body => first(&[K::AS_FUNC_OPTION, K::ATOMIC_BODY, K::RETURN_STMT]),
        Clause::Query => first(&[
            K::SELECT,
            K::COMPOUND_SELECT,
            K::PAREN_SELECT,
            K::SELECT_INTO,
            K::TABLE,
            K::VALUES,
        ]),
        Clause::Options => first(&[K::WITH_PARAMS]),
        Clause::Name => name(&root),
        Clause::Column(name) => column(&root, name).map(|node| span(&node)),
        Clause::Constraint(name) => constraint(&root, name),
        Clause::Action => action(&root),
    }
}

/// The name of what the statement makes or changes: the first node that only holds a name.
fn name(root: &SyntaxNode) -> Option<Bytes> {
    use SyntaxKind as K;
    root.descendants()
        .find(|node| {
            matches!(
                node.kind(),
                K::POLICY | K::POLICY_REF | K::TRIGGER | K::PATH | K::PATH_REF
            )
        })
        .map(|node| span(&node))
}

/// The definition of a column: in CREATE TABLE or in ALTER TABLE … ADD COLUMN.
fn column(root: &SyntaxNode, name: &str) -> Option<SyntaxNode> {
    root.descendants()
        .find(|node| column_name(node).as_deref() == Some(name))
}

/// The name of the column that the node defines, if it defines one.
fn column_name(node: &SyntaxNode) -> Option<String> {
    if !matches!(node.kind(), SyntaxKind::COLUMN | SyntaxKind::ADD_COLUMN) {
        return None;
    }
    let name = node
        .children()
        .find(|child| child.kind() == SyntaxKind::COLUMN_NAME)?;
    words(&name).next().map(|word| identifier(&word))
}

/// A constraint by the name that it was given, else by the name that PostgreSQL derives: table, columns and a suffix
/// (`contacts_org_id_fkey`).
fn constraint(root: &SyntaxNode, name: &str) -> Option<Bytes> {
    let named = root
        .descendants()
        .filter(|node| is_constraint(node.kind()))
        .find(|node| names_itself(node, name));
    if let Some(node) = named {
        return Some(span(&node));
    }
    let (start, suffix) = name.rsplit_once('_')?;
    let suffix = suffix.trim_end_matches(|c: char| c.is_ascii_digit());
    let kinds = constraint_kinds(suffix)?;
    root.descendants()
        .filter(|node| kinds.contains(&node.kind()))
        .filter_map(|node| Some((derived(&node, start, suffix)?, node)))
        .max_by_key(|(columns, _)| *columns)
        .map(|(_, node)| span(&node))
}

fn is_constraint(kind: SyntaxKind) -> bool {
    use SyntaxKind as K;
    matches!(
        kind,
        K::CHECK_CONSTRAINT
            | K::EXCLUDE_CONSTRAINT
            | K::FOREIGN_KEY_CONSTRAINT
            | K::PRIMARY_KEY_CONSTRAINT
            | K::REFERENCES_CONSTRAINT
            | K::UNIQUE_CONSTRAINT
            | K::NOT_NULL_CONSTRAINT
            | K::CREATE_INDEX
    )
}

fn constraint_kinds(suffix: &str) -> Option<&'static [SyntaxKind]> {
    use SyntaxKind as K;
    match suffix {
        "key" => Some(&[K::UNIQUE_CONSTRAINT]),
        "fkey" => Some(&[K::FOREIGN_KEY_CONSTRAINT, K::REFERENCES_CONSTRAINT]),
        "pkey" => Some(&[K::PRIMARY_KEY_CONSTRAINT]),
        "check" => Some(&[K::CHECK_CONSTRAINT]),
        "excl" => Some(&[K::EXCLUDE_CONSTRAINT]),
        "idx" => Some(&[K::CREATE_INDEX]),
        _ => None,
    }
}

/// Whether the constraint carries `name`: `CONSTRAINT name …` within it or, for an index, as its own name.
fn names_itself(node: &SyntaxNode, name: &str) -> bool {
    let mut words = words(node).map(|word| identifier(&word));
    if node.kind() == SyntaxKind::CREATE_INDEX {
        return words
            .take_while(|word| word != "on")
            .any(|word| word == name);
    }
    words.next().as_deref() == Some("constraint") && words.next().as_deref() == Some(name)
}

/// How many letters of `start` are the constraint's columns, when PostgreSQL would have named it `start` and `suffix`. A primary key's
/// name is made of the table alone.
fn derived(node: &SyntaxNode, start: &str, suffix: &str) -> Option<usize> {
    if suffix == "pkey" {
        return Some(0);
    }
    let column = node.ancestors().find_map(|node| column_name(&node));
    let columns = column.unwrap_or_else(|| {
        let text = node.to_string();
        let inside = text.split('(').nth(1).unwrap_or_default();
        let list = inside.split(')').next().unwrap_or_default();
        let names: Vec<String> = list
            .split(',')
            .map(|name| identifier(name.trim()))
            .collect();
        names.join("_")
    });
    let named_so = start == columns || start.ends_with(&format!("_{columns}"));
    (named_so && !columns.is_empty()).then_some(columns.len())
}

/// The action of an ALTER TABLE: what follows the table's name.
fn action(root: &SyntaxNode) -> Option<Bytes> {
    let alter = root
        .descendants()
        .find(|node| node.kind() == SyntaxKind::ALTER_TABLE)?;
    let relation = alter
        .children()
        .position(|node| node.kind() == SyntaxKind::TABLE_RELATION_NAME)?;
    let mut actions = alter.children().skip(relation + 1);
    let first = actions.next()?;
    let end = actions
        .last()
        .map_or_else(|| span(&first).end, |last| span(&last).end);
    Some(span(&first).start..end)
}

/// The tokens of a node that are words, as written.
fn words(node: &SyntaxNode) -> impl Iterator<Item = String> {
    node.descendants_with_tokens()
        .filter_map(|element| element.into_token())
        .filter(|token| !token.kind().is_trivia())
        .map(|token| token.text().to_owned())
}

/// What PostgreSQL understands by an identifier as written: lower case unless quoted.
fn identifier(written: &str) -> String {
    match written
        .strip_prefix('"')
        .and_then(|rest| rest.strip_suffix('"'))
    {
        Some(quoted) => quoted.replace("\"\"", "\""),
        None => written.to_lowercase(),
    }
}

/// The bytes of a node without the space and comments around it.
fn span(node: &SyntaxNode) -> Bytes {
    let mut tokens = node
        .descendants_with_tokens()
        .filter_map(|element| element.into_token())
        .filter(|token| !token.kind().is_trivia());
    let range = node.text_range();
    let Some(first) = tokens.next() else {
        return range.start().into()..range.end().into();
    };
    let last = tokens.last().unwrap_or_else(|| first.clone());
    first.text_range().start().into()..last.text_range().end().into()
}
