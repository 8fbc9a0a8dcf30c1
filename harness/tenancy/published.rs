//! Finds rows that the schema itself declares public: a policy shows them to visitors who did not sign in, by a mark that
//! somebody must set.
use super::model::{Published, Roles};
use super::syntax::{self, operands, operator};
use crate::catalog::{
    Catalog, Column, Grant, Oid, Policy, PolicyCommand, Privilege, Relation, RelationKind,
};
use squawk_syntax::{SyntaxKind as K, SyntaxNode};
use std::collections::BTreeSet;

/// What marks of public rows are called where nothing else says who visitors are: `published`, `is_public`.
const PUBLIC: [&str; 2] = ["public", "publish"];

/// Every condition under which rows of a table are public.
///
/// The policy must be permissive, for SELECT alone and open to a role that is taken without signing in, and that role must be
/// able to read the table. Where nobody takes a role of its own, visitors come as everybody does, with no claim, and only a
/// mark that says so by its name is believed: `sent` may be shown to whom it was sent.
/// What it shows must depend on a mark of the row: a flag, or a column that equals a constant. A mark that
/// the column's default already carries publishes every row, and one that another policy takes as a reason to hide the row is
/// a state (deleted, archived) and no publication: both stay leaks. Tests for NULL are never marks.
pub fn published(catalog: &Catalog, roles: &Roles) -> Vec<Published> {
    let believed = |condition: &String| {
        let text = condition.to_lowercase();
        !roles.anonymous.is_empty() || PUBLIC.iter().any(|word| text.contains(word))
    };
    let unsigned = |name: &String| match roles.anonymous.is_empty() {
        true => roles.role_is_key.is_none() && roles.members.contains(name),
        false => roles.anonymous.contains(name) && !roles.members.contains(name),
    };
    let visitors: BTreeSet<Oid> = catalog
        .roles
        .iter()
        .filter(|role| unsigned(&role.name))
        .map(|role| role.oid)
        .collect();
    // A role of watertight's making has the rights of an application's.
    let made = roles.anonymous.is_empty() && roles.members.contains(&roles.login) && roles.made;
    let tables = catalog
        .relations
        .iter()
        .filter(|r| r.rls && matches!(r.kind, RelationKind::Table | RelationKind::Partitioned));
    let mut out = Vec::new();
    for relation in tables.filter(|relation| made || visitors_read(relation, &visitors)) {
        for policy in relation
            .policies
            .iter()
            .filter(|policy| shows_visitors(policy, &visitors))
        {
            let Some(using) = &policy.using else { continue };
            for alternative in alternatives(&expression(using)) {
                let own = publishes(relation, &alternative).then(|| alternative.text().to_string());
                let conditions = own.into_iter().chain(by_parent(catalog, &alternative));
                let conditions = conditions.filter(believed);
                out.extend(conditions.map(|condition| Published {
                    relation: relation.oid,
                    policy: policy.name.clone(),
                    condition,
                }));
            }
        }
    }
    out
}

fn visitors_read(relation: &Relation, visitors: &BTreeSet<Oid>) -> bool {
    let reads = |grant: &&Grant| {
        grant.privilege == Privilege::Select && (grant.role == 0 || visitors.contains(&grant.role))
    };
    !visitors.is_empty() && relation.grants.iter().any(|grant| reads(&grant))
}

fn shows_visitors(policy: &Policy, visitors: &BTreeSet<Oid>) -> bool {
    policy.permissive
        && policy.command == PolicyCommand::Select
        && policy
            .roles
            .iter()
            .any(|role| *role == 0 || visitors.contains(role))
}

/// The condition itself, without the SELECT that it is wrapped in.
pub(super) fn expression(text: &str) -> SyntaxNode {
    let tree = syntax::expression(text);
    tree.descendants()
        .find(|node| syntax::is_expression(node.kind()) && node.kind() != K::SELECT)
        .unwrap_or(tree)
}

/// The sides of `a or b or c`.
pub(super) fn alternatives(node: &SyntaxNode) -> Vec<SyntaxNode> {
    split(node, "or")
}

/// The sides of a chain of `and` or `or`.
pub(super) fn split(node: &SyntaxNode, word: &str) -> Vec<SyntaxNode> {
    let bare = bare(node);
    if bare.kind() == K::BIN_EXPR && operator(&bare) == word {
        return operands(&bare)
            .flat_map(|side| split(&side, word))
            .collect();
    }
    vec![bare]
}

/// Without parentheses and casts.
pub(super) fn bare(node: &SyntaxNode) -> SyntaxNode {
    let mut at = node.clone();
    while matches!(at.kind(), K::PAREN_EXPR | K::CAST_EXPR) {
        match operands(&at).next() {
            Some(inner) => at = inner,
            None => break,
        }
    }
    at
}

/// Whether the condition reads nothing but the row and hangs on a mark that somebody must set.
fn publishes(relation: &Relation, condition: &SyntaxNode) -> bool {
    let asks_more = condition.descendants().any(|node| {
        matches!(
            node.kind(),
            K::CALL_EXPR | K::SELECT | K::PAREN_SELECT | K::COMPOUND_SELECT
        )
    });
    !asks_more
        && split(condition, "and")
            .iter()
            .filter_map(|test| mark(relation, test))
            .any(|mark| !by_default(&mark) && !hides(relation, &mark))
}

/// What hangs below a row that is public: the policy looks the parent up and asks for its mark. Each condition is the
/// policy's own with nothing but the mark left of what it asks of the parent.
fn by_parent(catalog: &Catalog, alternative: &SyntaxNode) -> Vec<String> {
    let looks_up = alternative.kind() == K::CALL_EXPR
        && alternative
            .children()
            .next()
            .is_some_and(|head| head.kind() == K::EXISTS_FN);
    let selects: Vec<SyntaxNode> = alternative
        .descendants()
        .filter(|node| node.kind() == K::SELECT)
        .collect();
    let ([select], true) = (&selects[..], looks_up) else {
        return Vec::new();
    };
    let clause = |kind: K| select.children().find(|node| node.kind() == kind);
    let (Some(from), Some(condition)) = (clause(K::FROM_CLAUSE), clause(K::WHERE_CLAUSE)) else {
        return Vec::new();
    };
    let items: Vec<SyntaxNode> = from.children().collect();
    let named = items.first().filter(|_| items.len() == 1).and_then(|item| {
        let path = item.descendants().find(|node| node.kind() == K::PATH_REF)?;
        Some(syntax::dotted(&path))
    });
    let parent = named.and_then(|mut name| {
        let (table, schema) = (name.pop()?, name.pop());
        let alike = |relation: &&Relation| {
            relation.name == table && schema.as_ref().is_none_or(|s| *s == relation.schema)
        };
        catalog.relations.iter().find(alike)
    });
    let Some((parent, asked)) = parent.zip(
        condition
            .children()
            .find(|n| syntax::is_expression(n.kind())),
    ) else {
        return Vec::new();
    };
    let (text, start) = (
        alternative.text().to_string(),
        alternative.text_range().start(),
    );
    let mut out = Vec::new();
    for part in split(&asked, "and") {
        for side in alternatives(&part) {
            if publishes(parent, &side) {
                let (from, to) = (
                    part.text_range().start() - start,
                    part.text_range().end() - start,
                );
                let mut condition = text.clone();
                condition
                    .replace_range(usize::from(from)..usize::from(to), &side.text().to_string());
                out.push(condition);
            }
        }
    }
    out
}

/// A test of a row's own column against constants that make the row public.
struct Mark<'r> {
    column: &'r Column,
    values: Vec<String>,
}

fn mark<'r>(relation: &'r Relation, test: &SyntaxNode) -> Option<Mark<'r>> {
    let column = |node: &SyntaxNode| {
        let node = bare(node);
        let name = syntax::dotted(&node).pop()?;
        let named = matches!(node.kind(), K::NAME_REF | K::FIELD_EXPR);
        relation.columns.iter().find(|c| named && c.name == name)
    };
    let flag = |column: &'r Column, value: &str| {
        (column.type_name == "boolean").then(|| Mark {
            column,
            values: vec![value.to_owned()],
        })
    };
    if let Some(column) = column(test) {
        return flag(column, "true");
    }
    if test.kind() == K::PREFIX_EXPR {
        let inner = operands(test).next()?;
        return flag(column(&inner)?, "false");
    }
    let sides: Vec<SyntaxNode> = operands(test).collect();
    let [left, right] = &sides[..] else {
        return None;
    };
    let equal = test.kind() == K::BIN_EXPR && matches!(operator(test).as_str(), "=" | "in");
    let values = constants(right);
    (equal && !values.is_empty()).then_some(Mark {
        column: column(left)?,
        values,
    })
}

/// The constants of one side: a literal, or those of an array or a list.
fn constants(node: &SyntaxNode) -> Vec<String> {
    node.descendants()
        .filter(|n| n.kind() == K::LITERAL)
        .filter_map(|n| constant(&n))
        .collect()
}

fn constant(node: &SyntaxNode) -> Option<String> {
    let text = node.text().to_string().to_lowercase();
    match text.as_str() {
        "true" | "false" => Some(text),
        _ => syntax::literal(node),
    }
}

/// Whether a row has the mark unless somebody says otherwise.
fn by_default(mark: &Mark) -> bool {
    match &mark.column.default {
        Some(default) => constants(&expression(default))
            .first()
            .is_none_or(|value| mark.values.contains(value)),
        None => false,
    }
}

/// Whether some policy of the table takes the flag as a reason to hide the row.
fn hides(relation: &Relation, mark: &Mark) -> bool {
    let opposite = match mark.values.first().map(String::as_str) {
        Some("true") => "false",
        Some("false") => "true",
        _ => return false,
    };
    let conditions = relation
        .policies
        .iter()
        .flat_map(|policy| policy.using.iter().chain(&policy.check));
    conditions
        .flat_map(|text| alternatives(&expression(text)))
        .flat_map(|alternative| split(&alternative, "and"))
        .filter_map(|test| self::mark(relation, &test))
        .any(|other| other.column.number == mark.column.number && other.values == [opposite])
}
