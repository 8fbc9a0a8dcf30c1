//! How a policy asks whose a row is, and how else it could ask: IN, EXISTS and functions of the row keep every index from
//! being used, because the server asks them row by row.
use crate::catalog::{Catalog, Relation, Volatility};
use crate::tenancy::syntax::{dotted, expression, operands, operator};
use squawk_syntax::SyntaxKind as K;
use squawk_syntax::SyntaxNode;
use std::ops::Range;

/// The length of what `syntax::expression` puts in front.
const BEFORE: usize = "select ".len();

/// A part of a policy that an index cannot serve.
#[derive(Debug, Clone, PartialEq)]
pub struct Site {
    /// In bytes of the policy's expression.
    pub span: Range<usize>,
    pub kind: SiteKind,
}

#[derive(Debug, Clone, PartialEq)]
pub enum SiteKind {
    /// `column in (select …)`; the list is the query's text.
    In { column: String, query: String },
    /// `exists (select … where … = column …)`, with the query of the same values, where there is one.
    Exists {
        column: String,
        query: Option<String>,
    },
    /// A function of the row: its call, cut where the column stands.
    Function {
        name: String,
        column: String,
        call: (String, String),
    },
    /// `column = f()`, where `f` may answer anew for each row.
    Volatile { name: String, value: String },
    /// `column = any (f())`, likewise.
    VolatileArray { name: String, value: String },
    /// A part that asks nothing of the row, joined by OR.
    Open { text: String },
}

impl SiteKind {
    /// Why no index can be used: fits after the policy's name.
    pub fn reason(&self) -> String {
        match self {
            SiteKind::In { .. } => {
                "asks by IN (SELECT …), which is looked up for each row".to_owned()
            }
            SiteKind::Exists { .. } => "asks by EXISTS, which is looked up for each row".to_owned(),
            SiteKind::Function { name, column, .. } => {
                format!("calls {name}({column}) for each row")
            }
            SiteKind::Volatile { name, .. } | SiteKind::VolatileArray { name, .. } => {
                format!("calls {name}(), which is VOLATILE and so is called for each row")
            }
            SiteKind::Open { text } => {
                format!("joins by OR what asks nothing of the row: {text}")
            }
        }
    }
}

/// Reads the expressions of policies on one relation.
pub struct Forms<'a> {
    pub catalog: &'a Catalog,
    pub relation: &'a Relation,
}

impl Forms<'_> {
    /// The parts of a policy's expression that keep indexes from being used, in order.
    pub fn sites(&self, text: &str) -> Vec<Site> {
        let tree = expression(text);
        let mut found = Vec::new();
        if let Some(target) = tree.descendants().find(|node| node.kind() == K::TARGET)
            && let Some(root) = operands(&target).next()
        {
            self.visit(&root, text, false, &mut found);
        }
        found
    }

    /// The columns of the relation that an expression names anywhere.
    pub fn columns(&self, text: &str) -> Vec<String> {
        let mut found = Vec::new();
        for node in expression(text).descendants() {
            if let Some(column) = self.column(&node)
                && !found.contains(&column)
            {
                found.push(column);
            }
        }
        found
    }

    fn visit(&self, node: &SyntaxNode, text: &str, in_or: bool, found: &mut Vec<Site>) {
        let span = span(node);
        let site = |kind| Site {
            span: span.clone(),
            kind,
        };
        match node.kind() {
            K::PAREN_EXPR => {
                for child in operands(node) {
                    self.visit(&child, text, in_or, found);
                }
            }
            K::BIN_EXPR if matches!(operator(node).as_str(), "and" | "or") => {
                let or = in_or || operator(node) == "or";
                for child in operands(node) {
                    self.visit(&child, text, or, found);
                }
            }
            K::BIN_EXPR => found.extend(self.comparison(node, text)),
            K::CALL_EXPR => match node.children().find(|c| c.kind() == K::EXISTS_FN) {
                Some(exists) => found.extend(self.exists(&exists, text).map(site)),
                None => found.extend(self.function(node, text).map(site)),
            },
            _ => {}
        }
        let asks = node.descendants().any(|part| self.column(&part).is_some());
        if in_or && !asks && node.kind() != K::PAREN_EXPR && node.kind() != K::BIN_EXPR {
            found.push(site(SiteKind::Open {
                text: text[span.clone()].to_owned(),
            }));
        }
    }

    /// The column of the relation that a node is, alone: `org_id` or `contacts.org_id`.
    fn column(&self, node: &SyntaxNode) -> Option<String> {
        let names = match node.kind() {
            K::NAME_REF | K::FIELD_EXPR => dotted(node),
            _ => return None,
        };
        let name = match &names[..] {
            // A part of a longer name is no column of its own.
            [name] if node.parent().is_none_or(|p| p.kind() != K::FIELD_EXPR) => name,
            [table, name] if *table == self.relation.name => name,
            _ => return None,
        };
        self.relation.column_named(name).map(|c| c.name.clone())
    }

    fn comparison(&self, node: &SyntaxNode, text: &str) -> Option<Site> {
        let sides: Vec<SyntaxNode> = operands(node).collect();
        let [left, right] = &sides[..] else {
            return None;
        };
        let site = |of: &SyntaxNode, kind| {
            Some(Site {
                span: span(of),
                kind,
            })
        };
        if operator(node) == "in" {
            let query = query(right)?;
            let column = self.column(left);
            return match column {
                Some(column) => {
                    let query = text[span(&query)].to_owned();
                    site(node, SiteKind::In { column, query })
                }
                None => {
                    let target = target(&query, text)?;
                    let extra = format!("({} = {target})", &text[span(left)]);
                    let (column, query) = self.uncorrelated(&query, text, Some(&extra))?;
                    site(node, SiteKind::Exists { column, query })
                }
            };
        }
        if operator(node) != "=" {
            return None;
        }
        let (column, value) = match (self.column(left), self.column(right)) {
            (Some(column), _) => (column, right),
            (None, Some(column)) => (column, left),
            (None, None) => return None,
        };
        if let Some(any) = value.children().find(|c| c.kind() == K::ANY_FN) {
            if let Some(query) = any.children().find(|c| c.kind() == K::SELECT) {
                let query = text[span(&query)].to_owned();
                return site(node, SiteKind::In { column, query });
            }
            let inner = operands(&any).next()?;
            let name = self.volatile_in(&inner)?;
            let value = text[span(&inner)].to_owned();
            return site(&inner, SiteKind::VolatileArray { name, value });
        }
        let name = self.volatile_in(value)?;
        let text = text[span(value)].to_owned();
        site(value, SiteKind::Volatile { name, value: text })
    }

    /// The first volatile function that is called outside of a subquery.
    fn volatile_in(&self, node: &SyntaxNode) -> Option<String> {
        if matches!(
            node.kind(),
            K::SELECT | K::COMPOUND_SELECT | K::PAREN_SELECT
        ) {
            return None;
        }
        if node.kind() == K::CALL_EXPR
            && let Some(head) = node.children().next()
        {
            let name = dotted(&head).join(".");
            let volatile = |f: &crate::catalog::Function| f.volatility == Volatility::Volatile;
            if self.catalog.functions_named(&name).any(volatile) {
                return Some(name);
            }
        }
        node.children().find_map(|child| self.volatile_in(&child))
    }

    fn function(&self, call: &SyntaxNode, text: &str) -> Option<SiteKind> {
        let head = call.children().next()?;
        let list = call.children().find(|c| c.kind() == K::ARG_LIST)?;
        let named: Vec<SyntaxNode> = list
            .descendants()
            .filter(|node| self.column(node).is_some())
            .collect();
        let [argument] = &named[..] else {
            return None;
        };
        let (whole, cut) = (span(call), span(argument));
        let call = (
            text[whole.start..cut.start].to_owned(),
            text[cut.end..whole.end].to_owned(),
        );
        Some(SiteKind::Function {
            name: dotted(&head).join("."),
            column: self.column(argument)?,
            call,
        })
    }

    fn exists(&self, exists: &SyntaxNode, text: &str) -> Option<SiteKind> {
        let query = query(exists)?;
        let (column, query) = self.uncorrelated(&query, text, None)?;
        Some(SiteKind::Exists { column, query })
    }

    /// The column that a correlated query compares with something of its own, and the query of that something for all rows.
    fn uncorrelated(
        &self,
        query: &SyntaxNode,
        text: &str,
        extra: Option<&str>,
    ) -> Option<(String, Option<String>)> {
        let part = |kind: K| query.children().find(|c| c.kind() == kind);
        let condition = operands(&part(K::WHERE_CLAUSE)?).next()?;
        let mut conjuncts = Vec::new();
        conjoined(&condition, &mut conjuncts);
        let outer = |node: &SyntaxNode| {
            let of_row = |n: SyntaxNode| {
                let names = dotted(&n);
                n.kind() == K::FIELD_EXPR && names.first() == Some(&self.relation.name)
            };
            node.descendants().any(of_row)
        };
        let (at, column, inner) = conjuncts.iter().enumerate().find_map(|(at, node)| {
            let sides: Vec<SyntaxNode> = operands(node).collect();
            let [left, right] = &sides[..] else {
                return None;
            };
            if node.kind() != K::BIN_EXPR || operator(node) != "=" {
                return None;
            }
            let qualified = |side: &SyntaxNode| {
                (side.kind() == K::FIELD_EXPR)
                    .then(|| self.column(side))
                    .flatten()
            };
            match (qualified(left), qualified(right)) {
                (Some(column), None) if !outer(right) => {
                    Some((at, column, text[span(right)].to_owned()))
                }
                (None, Some(column)) if !outer(left) => {
                    Some((at, column, text[span(left)].to_owned()))
                }
                _ => None,
            }
        })?;
        let plain = query.children().all(|c| {
            matches!(
                c.kind(),
                K::SELECT_CLAUSE | K::FROM_CLAUSE | K::WHERE_CLAUSE
            )
        });
        let from = part(K::FROM_CLAUSE)?;
        let rest: Vec<&SyntaxNode> = conjuncts
            .iter()
            .enumerate()
            .filter(|(other, _)| *other != at)
            .map(|(_, node)| node)
            .collect();
        if !plain || outer(&from) || rest.iter().any(|node| outer(node)) {
            return Some((column, None));
        }
        let mut conditions: Vec<String> = rest
            .iter()
            .map(|node| format!("({})", &text[span(node)]))
            .collect();
        conditions.extend(extra.map(str::to_owned));
        let filter = match conditions.is_empty() {
            true => String::new(),
            false => format!(" WHERE {}", conditions.join(" AND ")),
        };
        let from = &text[span(&from)];
        Some((column, Some(format!("SELECT {inner} {from}{filter}"))))
    }
}

/// The only target of a query, as text.
fn target(query: &SyntaxNode, text: &str) -> Option<String> {
    let clause = query.children().find(|c| c.kind() == K::SELECT_CLAUSE)?;
    let target = clause.descendants().find(|c| c.kind() == K::TARGET)?;
    Some(text[span(&operands(&target).next()?)].to_owned())
}

/// The plain SELECT in a node, through parentheses.
fn query(node: &SyntaxNode) -> Option<SyntaxNode> {
    match node.kind() {
        K::SELECT => Some(node.clone()),
        K::PAREN_EXPR | K::PAREN_SELECT | K::EXISTS_FN => {
            node.children().find_map(|child| query(&child))
        }
        _ => None,
    }
}

fn conjoined(node: &SyntaxNode, found: &mut Vec<SyntaxNode>) {
    match node.kind() {
        K::PAREN_EXPR => operands(node).for_each(|child| conjoined(&child, found)),
        K::BIN_EXPR if operator(node) == "and" => {
            operands(node).for_each(|child| conjoined(&child, found));
        }
        _ => found.push(node.clone()),
    }
}

/// Where a node stands in the policy's expression.
fn span(node: &SyntaxNode) -> Range<usize> {
    let range = node.text_range();
    usize::from(range.start()) - BEFORE..usize::from(range.end()) - BEFORE
}
