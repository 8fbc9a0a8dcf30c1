//! Reads the statements inside of functions: queries, writes, and the blocks of PL/pgSQL.
use super::facts::{Atom, Atoms};
use super::reading::{Frame, Reader, Source};
use super::syntax::{self, AND, dotted};
use crate::catalog::Oid;
use squawk_syntax::SyntaxKind as K;
use squawk_syntax::SyntaxNode;

impl Reader<'_> {
    /// One SQL statement: a query gives its first target; a write compares its columns with what is put there.
    pub fn statement(&mut self, node: &SyntaxNode, frame: &Frame) -> Atoms {
        match node.kind() {
            K::SELECT | K::COMPOUND_SELECT | K::PAREN_SELECT | K::VALUES => self
                .select(node, frame)
                .into_iter()
                .next()
                .unwrap_or_default(),
            K::INSERT => self.insert(node, frame),
            K::UPDATE | K::DELETE => self.change(node, frame),
            K::MERGE => self.merge(node, frame),
            K::RETURN_STMT => self.each(node, frame),
            _ => {
                let children: Vec<SyntaxNode> = node.children().collect();
                children
                    .iter()
                    .flat_map(|child| self.statement_or_expression(child, frame))
                    .collect()
            }
        }
    }

    fn statement_or_expression(&mut self, node: &SyntaxNode, frame: &Frame) -> Atoms {
        if syntax::is_expression(node.kind()) {
            self.eval(node, frame)
        } else {
            self.statement(node, frame)
        }
    }

    /// The relation that a write names, with its alias.
    fn written(&self, node: &SyntaxNode) -> Option<(String, Oid)> {
        let name = node.children().find(|n| {
            matches!(
                n.kind(),
                K::RELATION_NAME_REF | K::RELATION_NAME | K::TABLE_RELATION_NAME
            )
        })?;
        let path = name.descendants().find(|n| n.kind() == K::PATH_REF)?;
        let relation = self.relation_named(&dotted(&path))?;
        // What a MERGE takes its rows from has an alias of its own.
        let alias = match node.kind() {
            K::MERGE => node
                .children()
                .find(|n| n.kind() == K::OPTIONAL_AS_ALIAS)
                .and_then(|n| super::reading::alias_of(&n)),
            _ => super::reading::alias_of(node),
        };
        Some((alias.unwrap_or_else(|| relation.name.clone()), relation.oid))
    }

    fn insert(&mut self, node: &SyntaxNode, frame: &Frame) -> Atoms {
        if let Some((_, relation)) = self.written(node) {
            self.placed(node, relation, frame);
        }
        Atoms::new()
    }

    /// What an insert puts into which column.
    fn placed(&mut self, node: &SyntaxNode, relation: Oid, frame: &Frame) {
        let columns: Vec<String> = node
            .children()
            .filter(|n| n.kind() == K::COLUMN_TARGET_LIST)
            .flat_map(|n| n.children())
            .map(|n| dotted(&n).concat())
            .collect();
        let query = node.children().find(|n| {
            matches!(
                n.kind(),
                K::VALUES | K::SELECT | K::COMPOUND_SELECT | K::PAREN_SELECT
            )
        });
        let values = query
            .map(|query| self.select(&query, frame))
            .unwrap_or_default();
        for (column, value) in columns.iter().zip(&values) {
            let held = self.column(relation, column);
            self.facts.compare(&held, &without_literals(value));
        }
    }

    fn change(&mut self, node: &SyntaxNode, frame: &Frame) -> Atoms {
        let mut inner = Frame {
            sources: Vec::new(),
            outer: Some(frame),
            routine: frame.routine,
        };
        inner.sources.extend(
            self.written(node)
                .map(|(alias, relation)| (alias, Source::Relation(relation))),
        );
        for from in node.children().filter(|n| n.kind() == K::FROM_CLAUSE) {
            for item in from.children() {
                self.add_source(&item, &mut inner);
            }
        }
        self.assignments(node, &inner);
        for clause in node.children().filter(|n| n.kind() == K::WHERE_CLAUSE) {
            self.each(&clause, &inner);
        }
        Atoms::new()
    }

    /// What `SET` puts where, anywhere below the node.
    fn assignments(&mut self, node: &SyntaxNode, inner: &Frame) {
        let assignments: Vec<SyntaxNode> = node
            .descendants()
            .filter(|n| n.kind() == K::SET_SINGLE_COLUMN)
            .collect();
        for assignment in assignments {
            let target = assignment
                .children()
                .find(|n| n.kind() == K::COLUMN_TARGET)
                .map(|n| dotted(&n));
            let value = assignment
                .children()
                .find(|n| n.kind() == K::SET_EXPR)
                .map(|n| self.each(&n, inner))
                .unwrap_or_default();
            if let Some(column) = target {
                let held = self.name(&column, inner);
                self.facts.compare(&held, &without_literals(&value));
            }
        }
    }

    /// A MERGE: its condition, and what it changes or inserts in each case.
    fn merge(&mut self, node: &SyntaxNode, frame: &Frame) -> Atoms {
        let mut inner = Frame {
            sources: Vec::new(),
            outer: Some(frame),
            routine: frame.routine,
        };
        let written = self.written(node);
        inner.sources.extend(
            written
                .iter()
                .map(|(alias, relation)| (alias.clone(), Source::Relation(*relation))),
        );
        let using = node
            .children()
            .filter(|n| n.kind() == K::USING_ON_CLAUSE)
            .flat_map(|n| n.children());
        let (conditions, sources): (Vec<_>, Vec<_>) = using.partition(|n| n.kind() == K::ON_CLAUSE);
        for source in &sources {
            self.add_source(source, &mut inner);
        }
        for condition in &conditions {
            self.each(condition, &inner);
        }
        self.assignments(node, &inner);
        let inserts = node.descendants().filter(|n| n.kind() == K::MERGE_INSERT);
        for insert in inserts.collect::<Vec<_>>() {
            if let Some((_, relation)) = written {
                self.placed(&insert, relation, &inner);
            }
        }
        Atoms::new()
    }

    /// The statements of a PL/pgSQL block, in order.
    pub(super) fn block(&mut self, node: &SyntaxNode, frame: &Frame) {
        for child in node.children() {
            match child.kind() {
                K::PLPGSQL_ASSIGN_STMT | K::PLPGSQL_VAR_DECL => self.assign(&child, frame),
                K::PLPGSQL_RETURN_STMT | K::PLPGSQL_RETURN_QUERY_STMT => {
                    let atoms: Atoms = child
                        .children()
                        .flat_map(|part| self.returned(&part, frame))
                        .collect();
                    if let Some(routine) = frame.routine {
                        routine.result.borrow_mut().extend(atoms);
                    }
                }
                kind if syntax::is_expression(kind) => {
                    self.eval(&child, frame);
                }
                K::INSERT | K::UPDATE | K::DELETE | K::MERGE => {
                    self.statement(&child, frame);
                }
                _ => self.block(&child, frame),
            }
        }
    }

    fn returned(&mut self, node: &SyntaxNode, frame: &Frame) -> Atoms {
        self.statement_or_expression(node, frame)
    }

    /// `x := expression`, and `x__and__y := (select a, b …)` from a SELECT INTO.
    fn assign(&mut self, node: &SyntaxNode, frame: &Frame) {
        let target = node
            .children()
            .find(|n| matches!(n.kind(), K::PLPGSQL_ASSIGN_TARGET | K::PLPGSQL_VAR_NAME));
        let Some(target) = target.map(|n| dotted(&n).join(".")) else {
            return;
        };
        let holders: Vec<SyntaxNode> = node
            .descendants()
            .filter(|n| n.kind() == K::PLPGSQL_EXPR)
            .collect();
        let Some(holder) = holders.first() else {
            return;
        };
        let targets: Vec<String> = target
            .split(AND)
            .map(|name| name.replace("__dot__", "."))
            .collect();
        let query = holder
            .descendants()
            .find(|n| matches!(n.kind(), K::SELECT | K::COMPOUND_SELECT));
        let values = match query {
            Some(query) if targets.len() > 1 => self.select(&query, frame),
            Some(query) => self.record(&targets[0], &query, frame),
            None => vec![self.each(holder, frame)],
        };
        for (name, value) in targets.iter().zip(values) {
            let row = name
                .split_once('.')
                .and_then(|(row, column)| Some((*frame.routine?.rows.get(row)?, column)));
            if let Some((relation, column)) = row {
                let held = self.column(relation, column);
                self.facts.compare(&held, &without_literals(&value));
            } else if let Some(routine) = frame.routine {
                routine
                    .variables
                    .borrow_mut()
                    .entry(name.clone())
                    .or_default()
                    .extend(value);
            }
        }
    }
}

impl Reader<'_> {
    /// A query into one variable: the variable may be a record, so its fields are bound too.
    fn record(&mut self, target: &str, query: &SyntaxNode, frame: &Frame) -> Vec<Atoms> {
        let columns = self.columns_of(query, frame);
        if let Some(routine) = frame.routine {
            for (name, atoms) in &columns {
                routine
                    .variables
                    .borrow_mut()
                    .entry(format!("{target}.{name}"))
                    .or_default()
                    .extend(atoms.clone());
            }
        }
        columns
            .into_iter()
            .next()
            .map(|(_, atoms)| atoms)
            .into_iter()
            .collect()
    }
}

fn without_literals(atoms: &Atoms) -> Atoms {
    atoms
        .iter()
        .filter(|atom| !matches!(atom, Atom::Literal(_)))
        .cloned()
        .collect()
}
