//! Lists what functions ask of the rows that they look for: an invitation that nobody has taken and that is still open.
use super::published::split;
use super::reading::alias_of;
use super::syntax::{self, dotted, is_expression};
use crate::catalog::{Catalog, Function, FunctionKind, Relation};
use squawk_syntax::{SyntaxKind as K, SyntaxNode};
use std::collections::BTreeSet;

/// The parts of each WHERE over this table that speak of nothing but its `own` columns, without qualifiers. One list
/// for each statement of a function that somebody can call.
pub(super) fn searches(
    catalog: &Catalog,
    relation: &Relation,
    own: &BTreeSet<&str>,
) -> Vec<Vec<SyntaxNode>> {
    let callable = |f: &&Function| {
        !f.platform
            && f.returns != "trigger"
            && matches!(f.kind, FunctionKind::Function | FunctionKind::Procedure)
            && f.body.contains(&relation.name)
    };
    let mut out = Vec::new();
    for function in catalog.functions.iter().filter(callable) {
        let body = match function.language.as_str() {
            "plpgsql" => syntax::plpgsql(&function.body),
            "sql" => Some(syntax::statements(&function.body)),
            _ => None,
        };
        let table = (relation.schema.as_str(), relation.name.as_str());
        out.extend(body.iter().flat_map(|body| asked(body, table, own)));
    }
    out
}

fn asked(body: &SyntaxNode, table: (&str, &str), own: &BTreeSet<&str>) -> Vec<Vec<SyntaxNode>> {
    let statements = body
        .descendants()
        .filter(|node| matches!(node.kind(), K::SELECT | K::UPDATE | K::DELETE));
    let parts = |statement: SyntaxNode| -> Option<Vec<SyntaxNode>> {
        let named = named(&statement, table)?;
        let clause = statement.children().find(|n| n.kind() == K::WHERE_CLAUSE)?;
        let condition = clause.children().find(|node| is_expression(node.kind()))?;
        let parts = split(&condition, "and");
        let local = parts.iter().filter(|part| speaks_of(part, own, &named));
        let local = local.map(|part| super::published::expression(&unqualified(part)));
        Some(local.collect())
    };
    let found = statements.filter_map(parts);
    found.filter(|parts| !parts.is_empty()).collect()
}

/// How a statement calls the table.
struct Named {
    alias: String,
    /// Nothing else is there whose columns a bare name could mean.
    alone: bool,
}

fn named(statement: &SyntaxNode, table: (&str, &str)) -> Option<Named> {
    let is_table = |node: &SyntaxNode| {
        let path = node.descendants().find(|n| n.kind() == K::PATH_REF);
        match path.map(|path| dotted(&path)).as_deref() {
            Some([name]) => name == table.1,
            Some([schema, name]) => (schema.as_str(), name.as_str()) == table,
            _ => false,
        }
    };
    let from = || statement.children().filter(|n| n.kind() == K::FROM_CLAUSE);
    let (items, holder): (Vec<SyntaxNode>, Option<SyntaxNode>) = match statement.kind() {
        K::SELECT => {
            let sources = [
                K::RELATION_FROM_ITEM,
                K::FUNCTION_FROM_ITEM,
                K::PAREN_FROM_ITEM,
            ];
            let items = from().flat_map(|clause| clause.descendants());
            (
                items.filter(|n| sources.contains(&n.kind())).collect(),
                None,
            )
        }
        _ => {
            let targets = [K::RELATION_NAME_REF, K::RELATION_NAME];
            let children = statement.children();
            let target = children.filter(|n| targets.contains(&n.kind()));
            (target.chain(from()).collect(), Some(statement.clone()))
        }
    };
    let item = items.iter().find(|item| is_table(item))?;
    let alias = alias_of(holder.as_ref().unwrap_or(item));
    Some(Named {
        alias: alias.unwrap_or_else(|| table.1.to_owned()),
        alone: items.len() == 1,
    })
}

/// Whether every name in it is a column's of the table, and it calls nothing of the schema.
fn speaks_of(part: &SyntaxNode, own: &BTreeSet<&str>, table: &Named) -> bool {
    let mut names: Vec<Vec<String>> = Vec::new();
    for node in part.descendants() {
        match node.kind() {
            K::SELECT | K::COMPOUND_SELECT | K::PAREN_SELECT | K::EXISTS_FN => return false,
            K::FIELD_EXPR | K::NAME_REF => {
                let inside = |kind| node.parent().is_some_and(|parent| parent.kind() == kind);
                if !inside(K::CALL_EXPR) && !inside(K::FIELD_EXPR) {
                    names.push(dotted(&node));
                }
            }
            _ => {}
        }
    }
    let is_own = |name: &Vec<String>| match &name[..] {
        [column] => table.alone && own.contains(column.as_str()),
        [.., qualifier, column] => *qualifier == table.alias && own.contains(column.as_str()),
        [] => false,
    };
    !names.is_empty() && names.iter().all(is_own)
}

/// The text with `alias.column` written `column`.
fn unqualified(part: &SyntaxNode) -> String {
    let start = usize::from(part.text_range().start());
    let mut text = part.text().to_string();
    let fields: Vec<SyntaxNode> = part
        .descendants()
        .filter(|node| node.kind() == K::FIELD_EXPR)
        .collect();
    for field in fields.iter().rev() {
        let range = field.text_range();
        let (from, to) = (usize::from(range.start()), usize::from(range.end()));
        if let Some(column) = dotted(field).pop() {
            text.replace_range(from - start..to - start, &crate::sql::identifier(&column));
        }
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    fn texts(body: &str) -> Vec<Vec<String>> {
        let own = BTreeSet::from(["accepted_at", "expires_at", "status"]);
        let body = syntax::plpgsql(body).unwrap();
        let found = asked(&body, ("public", "invitations"), &own).into_iter();
        let text = |part: &SyntaxNode| part.text().to_string();
        found
            .map(|parts| parts.iter().map(text).collect())
            .collect()
    }

    #[test]
    fn what_a_function_asks_of_the_row_alone_is_listed_without_qualifiers() {
        let body = "declare i public.invitations; begin
            select * into i from public.invitations x where x.token = p_token and x.accepted_at is null and x.expires_at > now();
            update public.invitations set accepted_at = now() where id = i.id and status = 'open'; end";
        assert_eq!(
            texts(body),
            [
                vec!["\"accepted_at\" is null", "\"expires_at\" > now()"],
                vec!["status = 'open'"]
            ]
        );
    }

    #[test]
    fn in_a_join_only_names_with_the_alias_are_the_tables() {
        let body = "begin perform 1 from public.invitations i join public.teams t on true where i.accepted_at is null and status = 'x'; end";
        assert_eq!(texts(body), [vec!["\"accepted_at\" is null"]]);
    }

    #[test]
    fn comparisons_with_arguments_ask_nothing_of_the_row_alone() {
        let body = "begin perform 1 from public.invitations where expires_at > p_when; end";
        assert_eq!(texts(body), Vec::<Vec<String>>::new());
    }
}
