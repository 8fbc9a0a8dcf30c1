//! Follows function calls: built-in ones that pass values through, and the schema's own by their bodies.
use super::ListShape;
use super::facts::{Atom, Atoms};
use super::reading::{Frame, Reader, Routine};
use super::syntax::{self, dotted, folded, operands};
use crate::catalog::{Function, Relation, Trigger};
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
        if built_in && (last.ends_with("extract_path_text") || last.ends_with("extract_path")) {
            let mut rest = arguments.into_iter().map(|(_, atoms)| atoms);
            let mut document = rest.next().unwrap_or_default();
            for key in rest {
                document = self.path_into(document, &key);
            }
            return document;
        }
        if last.starts_with("jsonb_array_elements") || last.starts_with("json_array_elements") {
            for (_, atoms) in &arguments {
                self.facts.list(atoms, ListShape::Json);
            }
        }
        if let (true, [(_, text), (_, start)]) = (last == "starts_with", &arguments[..]) {
            self.begins_with(text, start);
            return Atoms::new();
        }
        // The folder of a file, or a part of its path.
        let folder = last == "foldername";
        if folder || built_in && last == "split_part" {
            let place = arguments.get(2).and_then(|(_, atoms)| number(atoms));
            let at = if folder { Some(1) } else { place };
            let path = arguments.into_iter().next();
            let atoms = path.into_iter().flat_map(|(_, atoms)| atoms);
            return match at {
                Some(at) => atoms
                    .map(|atom| super::folders::part_of(atom, at))
                    .collect(),
                None => Atoms::new(),
            };
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
                path: Vec::new(),
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

    /// Reads a trigger function with NEW and OLD as rows of the relation, and its transition tables as the relation.
    pub fn trigger(&mut self, function: &Function, relation: &Relation, trigger: &Trigger) {
        let mut rows = BTreeMap::from([
            ("new".to_owned(), relation.oid),
            ("old".to_owned(), relation.oid),
        ]);
        self.written = Some(relation.oid);
        // pg_get_triggerdef writes `REFERENCING OLD TABLE AS before NEW TABLE AS after`.
        let words: Vec<&str> = trigger.definition.split_whitespace().collect();
        let transitions = words.windows(4).filter(|w| w[1..3] == ["TABLE", "AS"]);
        rows.extend(transitions.map(|w| (folded(w[3]), relation.oid)));
        self.run(
            function,
            Routine {
                rows,
                ..Routine::default()
            },
        );
        self.written = None;
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
}

/// The number that an argument is.
fn number(atoms: &Atoms) -> Option<usize> {
    atoms.iter().find_map(|atom| match atom {
        Atom::Literal(text) => text.parse().ok(),
        _ => None,
    })
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
