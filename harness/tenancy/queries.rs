//! Reads SELECT queries: what stands in FROM, what each target holds.
use super::facts::Atoms;
use super::reading::{Frame, Reader, Source, alias_of};
use super::syntax::{dotted, folded, operands};
use crate::catalog::Oid;
use squawk_syntax::SyntaxKind as K;
use squawk_syntax::SyntaxNode;
use std::collections::BTreeMap;

impl Reader<'_> {
    /// What each target of a query holds. Set operations give the union, place by place.
    pub fn select(&mut self, node: &SyntaxNode, outer: &Frame) -> Vec<Atoms> {
        match node.kind() {
            K::SELECT => self
                .columns_of(node, outer)
                .into_iter()
                .map(|(_, atoms)| atoms)
                .collect(),
            K::VALUES => node
                .descendants()
                .find(|n| n.kind() == K::ROW)
                .map(|row| operands(&row).map(|part| self.eval(&part, outer)).collect())
                .unwrap_or_default(),
            _ => {
                let parts: Vec<SyntaxNode> = node
                    .children()
                    .filter(|c| {
                        matches!(
                            c.kind(),
                            K::SELECT | K::COMPOUND_SELECT | K::PAREN_SELECT | K::VALUES
                        )
                    })
                    .collect();
                let mut out: Vec<Atoms> = Vec::new();
                for part in parts {
                    for (at, atoms) in self.select(&part, outer).into_iter().enumerate() {
                        if at == out.len() {
                            out.push(Atoms::new());
                        }
                        out[at].extend(atoms);
                    }
                }
                out
            }
        }
    }

    /// What each target of a query holds, with its name.
    pub fn columns_of(&mut self, node: &SyntaxNode, outer: &Frame) -> Vec<(String, Atoms)> {
        let Some(select) = innermost_select(node) else {
            return Vec::new();
        };
        let mut frame = Frame {
            sources: Vec::new(),
            outer: Some(outer),
            routine: outer.routine,
        };
        for with in select.children().filter(|n| n.kind() == K::WITH_CLAUSE) {
            for table in with.children().filter(|n| n.kind() == K::WITH_TABLE) {
                let name = table
                    .children()
                    .find(|n| n.kind() == K::CTE_NAME)
                    .map(|n| folded(n.text().to_string().trim()));
                let query = table.children().find(|n| is_query(n.kind()));
                if let (Some(name), Some(query)) = (name, query) {
                    let columns = self.columns_of(&query, &frame).into_iter().collect();
                    frame.sources.push((name, Source::Derived(columns)));
                }
            }
        }
        for from in select.children().filter(|n| n.kind() == K::FROM_CLAUSE) {
            for item in from.children() {
                self.add_source(&item, &mut frame);
            }
            let conditions: Vec<SyntaxNode> = from
                .descendants()
                .filter(|n| n.kind() == K::ON_CLAUSE)
                .collect();
            for condition in conditions {
                self.each(&condition, &frame);
            }
        }
        for clause in select
            .children()
            .filter(|n| matches!(n.kind(), K::WHERE_CLAUSE | K::HAVING_CLAUSE))
        {
            self.each(&clause, &frame);
        }
        let targets: Vec<SyntaxNode> = select
            .children()
            .filter(|n| n.kind() == K::SELECT_CLAUSE)
            .flat_map(|n| n.children())
            .filter(|n| n.kind() == K::TARGET_LIST)
            .flat_map(|n| n.children())
            .collect();
        let mut out = Vec::new();
        for target in targets.iter().filter(|n| n.kind() == K::TARGET) {
            out.extend(self.target(target, &frame));
        }
        out
    }

    fn target(&mut self, target: &SyntaxNode, frame: &Frame) -> Vec<(String, Atoms)> {
        let text = target.text().to_string();
        if text.trim().ends_with('*') {
            let qualifier = text
                .trim()
                .trim_end_matches('*')
                .trim_end_matches('.')
                .to_lowercase();
            return self.star(&qualifier, frame);
        }
        let Some(expression) = operands(target).next() else {
            return Vec::new();
        };
        let given = target
            .descendants()
            .find(|n| n.kind() == K::COLUMN_NAME)
            .map(|n| folded(n.text().to_string().trim()));
        let name = given
            .or_else(|| dotted(&expression).pop())
            .unwrap_or_default();
        let atoms = self.eval(&expression, frame);
        vec![(name, atoms)]
    }

    fn star(&self, qualifier: &str, frame: &Frame) -> Vec<(String, Atoms)> {
        let mut out = Vec::new();
        for (alias, source) in &frame.sources {
            if !qualifier.is_empty() && alias != qualifier {
                continue;
            }
            match source {
                Source::Derived(columns) => out.extend(
                    columns
                        .iter()
                        .map(|(name, atoms)| (name.clone(), atoms.clone())),
                ),
                Source::Relation(oid) => {
                    if let Some(relation) = self.catalog.relations.iter().find(|r| r.oid == *oid) {
                        out.extend(
                            relation
                                .columns
                                .iter()
                                .map(|c| (c.name.clone(), self.column(*oid, &c.name))),
                        );
                    }
                }
            }
        }
        out
    }

    /// Adds what one FROM item brings into reach.
    pub fn add_source(&mut self, item: &SyntaxNode, frame: &mut Frame) {
        match item.kind() {
            K::RELATION_FROM_ITEM => {
                let Some(path) = item.descendants().find(|n| n.kind() == K::PATH_REF) else {
                    return;
                };
                let parts = dotted(&path);
                let alias = alias_of(item)
                    .or_else(|| parts.last().cloned())
                    .unwrap_or_default();
                let derived = parts.len() == 1 && frame_has(frame, &parts[0]);
                if derived {
                    let source = find_derived(frame, &parts[0]);
                    frame.sources.extend(source.map(|source| (alias, source)));
                } else if let Some(oid) = transition(frame, &parts) {
                    frame.sources.push((alias, Source::Relation(oid)));
                } else if let Some(relation) = self.relation_named(&parts) {
                    if self.policy.is_some() {
                        self.facts.lookups.insert(relation.oid);
                    }
                    frame.sources.push((alias, Source::Relation(relation.oid)));
                }
            }
            K::FUNCTION_FROM_ITEM => {
                let alias = alias_of(item);
                let Some(call) = item.children().find(|n| n.kind() == K::CALL_EXPR) else {
                    return;
                };
                let atoms = self.eval(&call, frame);
                let mut columns = BTreeMap::from([(String::new(), atoms.clone())]);
                if let Some(name) = item
                    .descendants()
                    .filter(|n| n.kind() == K::COLUMN_NAME)
                    .last()
                {
                    columns.insert(folded(name.text().to_string().trim()), atoms.clone());
                }
                let function = call
                    .children()
                    .next()
                    .map(|n| dotted(&n))
                    .and_then(|mut parts| parts.pop());
                let alias = alias.or(function).unwrap_or_default();
                columns.insert(alias.clone(), atoms);
                frame.sources.push((alias, Source::Derived(columns)));
            }
            K::PAREN_FROM_ITEM => match item.descendants().find(|n| is_query(n.kind())) {
                Some(query) => {
                    let columns = self.columns_of(&query, frame).into_iter().collect();
                    frame
                        .sources
                        .push((alias_of(item).unwrap_or_default(), Source::Derived(columns)));
                }
                None => {
                    for child in item.children() {
                        self.add_source(&child, frame);
                    }
                }
            },
            // PostgreSQL prints every join in parentheses.
            K::JOIN_EXPR | K::JOIN | K::PAREN_EXPR => {
                for child in item.children() {
                    self.add_source(&child, frame);
                }
            }
            _ => {}
        }
    }
}

/// The table whose rows a trigger's transition table holds.
fn transition(frame: &Frame, parts: &[String]) -> Option<Oid> {
    match parts {
        [name] => frame.routine?.rows.get(name).copied(),
        _ => None,
    }
}

fn is_query(kind: K) -> bool {
    matches!(kind, K::SELECT | K::COMPOUND_SELECT | K::PAREN_SELECT)
}

/// The first plain SELECT of a query: the one that names the columns.
fn innermost_select(node: &SyntaxNode) -> Option<SyntaxNode> {
    if node.kind() == K::SELECT {
        return Some(node.clone());
    }
    node.children()
        .filter(|child| is_query(child.kind()))
        .find_map(|child| innermost_select(&child))
}

fn frame_has(frame: &Frame, name: &str) -> bool {
    find_derived(frame, name).is_some()
}

/// A CTE in reach by its name.
fn find_derived(frame: &Frame, name: &str) -> Option<Source> {
    let mut at = Some(frame);
    while let Some(inner) = at {
        for (alias, source) in &inner.sources {
            if alias == name && matches!(source, Source::Derived(_)) {
                return Some(source.clone());
            }
        }
        at = inner.outer;
    }
    None
}
