//! Follows function calls: built-in ones that pass values through, and the schema's own by their bodies.
use super::facts::{Atom, Atoms};
use super::reading::{Frame, Reader, Routine, Source};
use super::syntax::{self, AND, dotted, operands};
use crate::catalog::{Function, Oid, Relation};
use squawk_syntax::SyntaxKind as K;
use squawk_syntax::SyntaxNode;
use std::collections::BTreeMap;

/// Built-in functions that give back (parts of) what they were given, and so keep its identity.
const PASS_THROUGH: &[&str] = &[
    "nullif",
    "coalesce",
    "lower",
    "upper",
    "trim",
    "btrim",
    "ltrim",
    "rtrim",
    "unnest",
    "array_agg",
    "max",
    "min",
    "any_value",
    "to_jsonb",
    "to_json",
    "jsonb_array_elements_text",
    "jsonb_array_elements",
    "json_array_elements_text",
    "string_to_array",
    "regexp_split_to_array",
    "text",
    "uuid",
    "array_remove",
    "array_append",
    "array",
    "greatest",
    "least",
    "quote_literal",
    "concat",
    "replace",
];

impl Reader<'_> {
    pub fn call(&mut self, node: &SyntaxNode, frame: &Frame) -> Atoms {
        let Some(head) = node.children().next() else {
            return Atoms::new();
        };
        let Some(list) = node.children().find(|n| n.kind() == K::ARG_LIST) else {
            // ANY (…), EXISTS (…), EXTRACT (…): what they hold, except that EXISTS holds nothing.
            let inside = self.each(&head, frame);
            return if head.kind() == K::EXISTS_FN {
                Atoms::new()
            } else {
                inside
            };
        };
        let name = dotted(&head);
        let mut arguments: Vec<(Option<String>, Atoms)> = Vec::new();
        for argument in list.children() {
            let named = argument.children().find(|n| n.kind() == K::NAMED_ARG);
            let label = named
                .as_ref()
                .and_then(|n| n.children().next())
                .map(|n| dotted(&n).concat());
            let holder = named.unwrap_or(argument);
            let parts: Vec<SyntaxNode> = if syntax::is_expression(holder.kind()) {
                vec![holder]
            } else {
                operands(&holder).collect()
            };
            let atoms = parts
                .iter()
                .flat_map(|part| self.eval(part, frame))
                .collect();
            arguments.push((label, atoms));
        }
        self.apply(&name, arguments)
    }

    fn apply(&mut self, name: &[String], arguments: Vec<(Option<String>, Atoms)>) -> Atoms {
        let Some(last) = name.last() else {
            return Atoms::new();
        };
        let built_in = name.len() == 1 || name[0] == "pg_catalog";
        if built_in && last == "current_setting" {
            return self.setting(&arguments);
        }
        if built_in && last.ends_with("extract_path_text")
            || built_in && last.ends_with("extract_path")
        {
            let mut rest = arguments.into_iter().map(|(_, atoms)| atoms);
            let mut document = rest.next().unwrap_or_default();
            for key in rest {
                document = self.path_into(document, &key);
            }
            return document;
        }
        if let Some(function) = self.function_named(name, arguments.len()) {
            return self.follow(function, arguments);
        }
        if built_in && PASS_THROUGH.contains(&last.as_str()) {
            return arguments
                .into_iter()
                .flat_map(|(_, atoms)| atoms)
                .filter(|atom| !matches!(atom, Atom::Literal(text) if text.is_empty()))
                .collect();
        }
        Atoms::new()
    }

    fn setting(&mut self, arguments: &[(Option<String>, Atoms)]) -> Atoms {
        let names = arguments
            .first()
            .map(|(_, atoms)| atoms.clone())
            .unwrap_or_default();
        let mut out = Atoms::new();
        for atom in names {
            if let Atom::Literal(setting) = atom {
                // A setting without a dot is PostgreSQL's own (search_path, role), not the application's.
                if setting.contains('.') {
                    self.note_claim(&setting, &[]);
                    out.insert(Atom::Claim {
                        setting,
                        path: Vec::new(),
                    });
                } else if setting == "role" {
                    out.insert(Atom::CurrentRole);
                }
            }
        }
        out
    }

    /// Reads a function's body with these arguments; what it may return.
    pub fn follow(
        &mut self,
        function: &Function,
        arguments: Vec<(Option<String>, Atoms)>,
    ) -> Atoms {
        if self.calls.len() >= super::reading::CALL_DEPTH || self.calls.contains(&function.oid) {
            return Atoms::new();
        }
        let mut variables = BTreeMap::new();
        for (at, (label, atoms)) in arguments.into_iter().enumerate() {
            let position = label
                .and_then(|label| {
                    function
                        .arguments
                        .iter()
                        .position(|a| a.name.as_deref() == Some(&label))
                })
                .unwrap_or(at);
            self.bind(function, position, atoms, &mut variables);
        }
        self.run(
            function,
            Routine {
                variables: variables.into(),
                ..Routine::default()
            },
        )
    }

    /// Reads a function by itself: its arguments stand for whatever a caller passes.
    pub fn alone(&mut self, function: &Function) -> Atoms {
        let mut variables = BTreeMap::new();
        for position in 0..function.arguments.len() {
            let atom = Atom::Argument {
                function: function.oid,
                position,
            };
            self.bind(function, position, Atoms::from([atom]), &mut variables);
        }
        self.run(
            function,
            Routine {
                variables: variables.into(),
                ..Routine::default()
            },
        )
    }

    /// Reads a trigger function with NEW and OLD as rows of the relation.
    pub fn trigger(&mut self, function: &Function, relation: &Relation) {
        let rows = BTreeMap::from([
            ("new".to_owned(), relation.oid),
            ("old".to_owned(), relation.oid),
        ]);
        self.run(
            function,
            Routine {
                rows,
                ..Routine::default()
            },
        );
    }

    fn bind(
        &self,
        function: &Function,
        position: usize,
        atoms: Atoms,
        variables: &mut BTreeMap<String, Atoms>,
    ) {
        variables.insert(format!("${}", position + 1), atoms.clone());
        if let Some(name) = function
            .arguments
            .get(position)
            .and_then(|argument| argument.name.clone())
        {
            variables.insert(format!("{}.{name}", function.name), atoms.clone());
            variables.insert(name, atoms);
        }
    }

    fn run(&mut self, function: &Function, routine: Routine) -> Atoms {
        let Some(body) = self.body(function) else {
            return Atoms::new();
        };
        self.calls.push(function.oid);
        let frame = Frame {
            sources: Vec::new(),
            outer: None,
            routine: Some(&routine),
        };
        if function.language == "sql" {
            let queries: Vec<SyntaxNode> = body.children().collect();
            for (at, query) in queries.iter().enumerate() {
                let atoms = self.statement(query, &frame);
                if at + 1 == queries.len() {
                    routine.result.borrow_mut().extend(atoms);
                }
            }
        } else {
            // Twice, because a variable may be read above the place where a loop assigns it.
            for _ in 0..2 {
                self.block(&body, &frame);
            }
        }
        self.calls.pop();
        routine.result.take()
    }

    fn body(&mut self, function: &Function) -> Option<SyntaxNode> {
        let made = |function: &Function| match function.language.as_str() {
            "sql" => Some(syntax::statements(sql_text(&function.body))),
            "plpgsql" => syntax::plpgsql(&function.body),
            _ => None,
        };
        self.bodies
            .entry(function.oid)
            .or_insert_with(|| made(function))
            .clone()
    }

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
        let name = node
            .children()
            .find(|n| matches!(n.kind(), K::RELATION_NAME_REF | K::RELATION_NAME))?;
        let path = name.descendants().find(|n| n.kind() == K::PATH_REF)?;
        let relation = self.relation_named(&dotted(&path))?;
        Some((
            super::reading::alias_of(node).unwrap_or_else(|| relation.name.clone()),
            relation.oid,
        ))
    }

    fn insert(&mut self, node: &SyntaxNode, frame: &Frame) -> Atoms {
        let Some((_, relation)) = self.written(node) else {
            return Atoms::new();
        };
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
        Atoms::new()
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
                .map(|n| self.each(&n, &inner))
                .unwrap_or_default();
            if let Some(column) = target {
                let held = self.name(&column, &inner);
                self.facts.compare(&held, &without_literals(&value));
            }
        }
        for clause in node.children().filter(|n| n.kind() == K::WHERE_CLAUSE) {
            self.each(&clause, &inner);
        }
        Atoms::new()
    }

    /// The statements of a PL/pgSQL block, in order.
    fn block(&mut self, node: &SyntaxNode, frame: &Frame) {
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
                K::INSERT | K::UPDATE | K::DELETE => {
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

/// The statements of a SQL-standard body, without BEGIN ATOMIC … END.
fn sql_text(body: &str) -> &str {
    let trimmed = body.trim();
    let atomic = trimmed
        .get(..12)
        .is_some_and(|head| head.eq_ignore_ascii_case("begin atomic"));
    if atomic {
        trimmed[12..]
            .trim_end_matches(|c: char| c.is_whitespace() || c == ';')
            .trim_end_matches(['d', 'D', 'n', 'N', 'e', 'E'])
    } else {
        body
    }
}

fn without_literals(atoms: &Atoms) -> Atoms {
    atoms
        .iter()
        .filter(|atom| !matches!(atom, Atom::Literal(_)))
        .cloned()
        .collect()
}
