//! Reads SQL expressions and function bodies for the facts that tenancy is inferred from.
//!
//! A small abstract interpreter: every expression gives the set of columns, claims and literals whose value it may
//! hold; every equality becomes a fact. Functions are followed at each call with the caller's arguments, so
//! `is_member(org_id)` compares the policy's own column with the membership table's.
use super::facts::{Atom, Atoms, Facts, PolicyFacts};
use super::syntax::{self, dotted, folded, literal, operands, operator};
use crate::catalog::{Catalog, Function, Oid, Relation};
use squawk_syntax::SyntaxKind as K;
use squawk_syntax::SyntaxNode;
use std::cell::RefCell;
use std::collections::{BTreeMap, HashMap};

/// How deep calls are followed. Real policies nest two or three functions.
pub(super) const CALL_DEPTH: usize = 6;

/// What a name in FROM stands for.
#[derive(Clone)]
pub(super) enum Source {
    Relation(Oid),
    /// A subquery, a CTE or a function: columns by name.
    Derived(BTreeMap<String, Atoms>),
}

/// The names that an expression may use, inner ones first.
pub(super) struct Frame<'f> {
    pub sources: Vec<(String, Source)>,
    pub outer: Option<&'f Frame<'f>>,
    pub routine: Option<&'f Routine>,
}

/// The variables of a function while it is read.
#[derive(Default)]
pub(super) struct Routine {
    pub variables: RefCell<BTreeMap<String, Atoms>>,
    /// NEW and OLD of a trigger.
    pub rows: BTreeMap<String, Oid>,
    pub result: RefCell<Atoms>,
}

pub struct Reader<'c> {
    pub catalog: &'c Catalog,
    pub facts: Facts,
    /// The policy that is being read, with its relation.
    pub policy: Option<(Oid, PolicyFacts)>,
    /// The relation whose trigger is being read.
    pub written: Option<Oid>,
    pub calls: Vec<Oid>,
    pub bodies: HashMap<Oid, Option<SyntaxNode>>,
    pub(super) relations: HashMap<&'c str, Vec<&'c Relation>>,
    pub(super) functions: HashMap<&'c str, Vec<&'c Function>>,
}

impl<'c> Reader<'c> {
    pub fn new(catalog: &'c Catalog) -> Self {
        let mut relations: HashMap<&str, Vec<&Relation>> = HashMap::new();
        for relation in &catalog.relations {
            relations.entry(&relation.name).or_default().push(relation);
        }
        let mut functions: HashMap<&str, Vec<&Function>> = HashMap::new();
        for function in &catalog.functions {
            functions.entry(&function.name).or_default().push(function);
        }
        Reader {
            catalog,
            facts: Facts::default(),
            policy: None,
            written: None,
            calls: Vec::new(),
            bodies: HashMap::new(),
            relations,
            functions,
        }
    }

    /// Reads the expression of a policy, a check or a default over the columns of `relation`.
    pub fn expression(&mut self, text: &str, relation: Oid) {
        let frame = Frame {
            sources: vec![(String::new(), Source::Relation(relation))],
            outer: None,
            routine: None,
        };
        let tree = syntax::expression(text);
        // The wrapping SELECT has no FROM: read its target in the relation's own frame.
        if let Some(target) = tree.descendants().find(|node| node.kind() == K::TARGET) {
            for operand in operands(&target) {
                self.eval(&operand, &frame);
            }
        }
    }

    /// Reads the query of a view.
    pub fn query(&mut self, text: &str) {
        let frame = Frame {
            sources: Vec::new(),
            outer: None,
            routine: None,
        };
        let tree = syntax::statements(text);
        for statement in tree.children() {
            self.statement(&statement, &frame);
        }
    }

    /// Reads a part of an expression over the columns of `relation`.
    pub fn condition(&mut self, node: &SyntaxNode, relation: Oid) {
        let frame = Frame {
            sources: vec![(String::new(), Source::Relation(relation))],
            outer: None,
            routine: None,
        };
        self.eval(node, &frame);
    }

    /// The values that an expression may give; its comparisons are recorded on the way.
    pub fn eval(&mut self, node: &SyntaxNode, frame: &Frame) -> Atoms {
        match node.kind() {
            K::LITERAL => literal(node).map(Atom::Literal).into_iter().collect(),
            K::NAME_REF => self.name(&dotted(node), frame),
            K::FIELD_EXPR => self.name(&dotted(node), frame),
            K::BIN_EXPR => self.binary(node, frame),
            K::CALL_EXPR => self.call(node, frame),
            K::CASE_EXPR => self.case(node, frame),
            K::SELECT | K::COMPOUND_SELECT | K::PAREN_SELECT | K::VALUES => self
                .select(node, frame)
                .into_iter()
                .next()
                .unwrap_or_default(),
            K::CAST_EXPR => self.cast(node, frame),
            K::INDEX_EXPR => self.index(node, frame),
            K::PREFIX_EXPR | K::POSTFIX_EXPR | K::BETWEEN_EXPR => {
                self.each(node, frame);
                Atoms::new()
            }
            _ => self.each(node, frame),
        }
    }

    /// Every child, joined: parentheses, casts, arrays, rows.
    pub fn each(&mut self, node: &SyntaxNode, frame: &Frame) -> Atoms {
        let children: Vec<SyntaxNode> = node.children().collect();
        children
            .iter()
            .flat_map(|child| self.eval(child, frame))
            .collect()
    }

    fn case(&mut self, node: &SyntaxNode, frame: &Frame) -> Atoms {
        let mut out = Atoms::new();
        for clause in node
            .descendants()
            .filter(|n| matches!(n.kind(), K::WHEN_CLAUSE | K::ELSE_CLAUSE))
        {
            let parts: Vec<SyntaxNode> = operands(&clause).collect();
            for (at, part) in parts.iter().enumerate() {
                let atoms = self.eval(part, frame);
                if at + 1 == parts.len() {
                    out.extend(atoms);
                }
            }
        }
        out
    }

    fn binary(&mut self, node: &SyntaxNode, frame: &Frame) -> Atoms {
        let sides: Vec<SyntaxNode> = operands(node).collect();
        let [left, right] = &sides[..] else {
            return self.each(node, frame);
        };
        let operator = operator(node);
        match operator.as_str() {
            op if is_step(op) => self.steps(left, right, frame),
            "="
            | "in"
            | "is not distinct from"
            | "<>"
            | "!="
            | "not in"
            | "is distinct from"
            | "@>"
            | "<@"
            | "&&"
            | "?"
            | "?|"
            | "?&"
            | "~~"
            | "~~*"
            | "like"
            | "ilike" => {
                self.equality(left, right, frame);
                self.note_list(&operator, left, right, frame);
                Atoms::new()
            }
            "and" | "or" | "<" | ">" | "<=" | ">=" => {
                self.eval(left, frame);
                self.eval(right, frame);
                Atoms::new()
            }
            _ => {
                let mut atoms = self.eval(left, frame);
                atoms.extend(self.eval(right, frame));
                atoms
            }
        }
    }

    /// `a -> 'b' ->> 'c'`. PostgreSQL reads such a chain from the left, squawk-syntax from the right.
    fn steps(&mut self, left: &SyntaxNode, right: &SyntaxNode, frame: &Frame) -> Atoms {
        let mut document = self.eval(left, frame);
        let mut rest = right.clone();
        loop {
            let sides: Vec<SyntaxNode> = operands(&rest).collect();
            // `a -> 'b' ? c` asks for c in the document's b: these operators bind as the steps do.
            if let ([key, asked], K::BIN_EXPR) = (&sides[..], rest.kind()) {
                let operator = operator(&rest);
                if contains(&operator) {
                    let keys = self.eval(key, frame);
                    let held = self.path_into(document, &keys);
                    let asked = self.eval(asked, frame);
                    self.holds(&operator, &held, &asked);
                    self.compare(&held, &asked);
                    return Atoms::new();
                }
            }
            let (key, next) = match &sides[..] {
                [key, next] if rest.kind() == K::BIN_EXPR && is_step(&operator(&rest)) => {
                    (key.clone(), Some(next.clone()))
                }
                _ => (rest, None),
            };
            let keys = self.eval(&key, frame);
            document = self.path_into(document, &keys);
            match next {
                Some(next) => rest = next,
                None => return document,
            }
        }
    }

    /// Compares two sides; rows of equal length are compared place by place.
    fn equality(&mut self, left: &SyntaxNode, right: &SyntaxNode, frame: &Frame) {
        let row = |node: &SyntaxNode| -> Option<Vec<SyntaxNode>> {
            (node.kind() == K::TUPLE_EXPR).then(|| operands(node).collect())
        };
        if let Some(parts) = row(left) {
            let values = match row(right) {
                Some(others) => others.iter().map(|other| self.eval(other, frame)).collect(),
                None => match right
                    .descendants()
                    .find(|n| matches!(n.kind(), K::SELECT | K::COMPOUND_SELECT))
                {
                    Some(select) => self.select(&select, frame),
                    None => Vec::new(),
                },
            };
            for (part, value) in parts.iter().zip(&values) {
                let atoms = self.eval(part, frame);
                self.compare(&atoms, value);
            }
            return;
        }
        let a = self.eval(left, frame);
        let b = self.eval(right, frame);
        if !self.begins_with(&a, &b) {
            self.compare(&a, &b);
        }
    }

    pub(super) fn compare(&mut self, left: &Atoms, right: &Atoms) {
        self.facts.compare(left, right);
        self.note_parts(left, right);
        if let Some(written) = self.written {
            self.looked_for(written, left, right);
        }
        let Some((relation, policy)) = &mut self.policy else {
            return;
        };
        for (mine, other) in [(left, right), (right, left)] {
            let about_caller = other.iter().any(|atom| !matches!(atom, Atom::Literal(_)));
            for atom in mine {
                let Atom::Column(column) = atom else { continue };
                if !about_caller {
                    continue;
                }
                if column.relation == *relation {
                    policy.compared.insert(*column);
                }
                policy.met.insert(*column);
                for met in other {
                    if let Atom::Column(met) = met {
                        policy.linked.insert((*column, *met));
                    }
                }
            }
        }
    }

    /// Steps from a JSON claim or argument to the value under the key (or the array of keys).
    pub fn path_into(&mut self, document: Atoms, keys: &Atoms) -> Atoms {
        let steps: Vec<Vec<String>> = keys
            .iter()
            .filter_map(|key| match key {
                Atom::Literal(text) => Some(json_path(text)),
                _ => None,
            })
            .collect();
        let mut out = Atoms::new();
        for atom in document {
            match atom {
                Atom::Claim { setting, path } => {
                    for step in &steps {
                        let path: Vec<String> = path.iter().chain(step).cloned().collect();
                        self.note_claim(&setting, &path);
                        out.insert(Atom::Claim {
                            setting: setting.clone(),
                            path,
                        });
                    }
                }
                Atom::Argument {
                    function,
                    position,
                    path,
                } => out.extend(steps.iter().map(|step| Atom::Argument {
                    function,
                    position,
                    path: path.iter().chain(step).cloned().collect(),
                })),
                // A key inside a column's document is another value than the document.
                Atom::Column(_) | Atom::Literal(_) | Atom::Part { .. } => {}
                other => {
                    out.insert(other);
                }
            }
        }
        out
    }

    pub fn note_claim(&mut self, setting: &str, path: &[String]) {
        let claim = (setting.to_owned(), path.to_vec());
        self.facts.claims.insert(claim.clone());
        let own = |oid: &&Oid| {
            self.catalog
                .functions
                .iter()
                .any(|f| f.oid == **oid && !f.platform)
        };
        if let Some(function) = self.calls.iter().rev().find(own) {
            self.facts
                .readers
                .entry(claim)
                .or_default()
                .insert(*function);
            if let Some((_, policy)) = &mut self.policy {
                policy.readers.insert(*function);
            }
        }
        if let Some((_, policy)) = &mut self.policy {
            policy.claims.insert((setting.to_owned(), path.to_vec()));
        }
    }
}

/// Operators that ask what a document or an array holds.
fn contains(operator: &str) -> bool {
    matches!(operator, "?" | "?|" | "?&" | "@>")
}

/// `org_id` is one step, `{app_metadata,org_id}` is two.
fn json_path(text: &str) -> Vec<String> {
    match text
        .strip_prefix('{')
        .and_then(|rest| rest.strip_suffix('}'))
    {
        Some(inner) => inner
            .split(',')
            .map(|step| step.trim().trim_matches('"').to_owned())
            .collect(),
        None => vec![text.to_owned()],
    }
}

/// The alias that a FROM item gives, folded.
pub(super) fn alias_of(item: &SyntaxNode) -> Option<String> {
    let alias = item
        .descendants()
        .find(|node| node.kind() == K::TABLE_ALIAS)?;
    Some(folded(alias.text().to_string().trim()))
}

/// Operators that step into a JSON document.
fn is_step(operator: &str) -> bool {
    matches!(operator, "->" | "->>" | "#>" | "#>>")
}
