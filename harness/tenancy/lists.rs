//! Tells which claims hold several values: what takes them apart, and what they are cast to.
use super::ListShape;
use super::facts::{Atom, Atoms};
use super::reading::{Frame, Reader};
use squawk_syntax::SyntaxNode;

impl Reader<'_> {
    /// A cast keeps the value; a claim that is cast to a boolean is a flag, and one that is cast to an array is a list.
    pub(super) fn cast(&mut self, node: &SyntaxNode, frame: &Frame) -> Atoms {
        let atoms = self.each(node, frame);
        let text = node.text().to_string().to_lowercase();
        let target = text.trim_end_matches(')').trim_end();
        if target.ends_with("boolean") || target.ends_with("bool") {
            self.facts.flag(&atoms, "true");
        }
        if target.ends_with("[]") {
            self.facts.list(&atoms, ListShape::Braces);
        }
        atoms
    }

    /// `claim ? value`, `claim @> value`, `value <@ claim`.
    pub(super) fn note_list(
        &mut self,
        operator: &str,
        left: &SyntaxNode,
        right: &SyntaxNode,
        frame: &Frame,
    ) {
        if !matches!(operator, "?" | "?|" | "?&" | "@>" | "<@") {
            return;
        }
        let (left, right) = (self.eval(left, frame), self.eval(right, frame));
        match operator {
            "<@" => self.holds("@>", &right, &left),
            _ => self.holds(operator, &left, &right),
        }
    }

    /// A claim that is asked for a value is a list; one that is asked for an object is an object.
    pub(super) fn holds(&mut self, operator: &str, held: &Atoms, asked: &Atoms) {
        let object =
            |atom: &Atom| matches!(atom, Atom::Literal(text) if text.trim_start().starts_with('{'));
        if operator != "@>" || !asked.is_empty() && !asked.iter().all(object) {
            self.facts.list(held, ListShape::Json);
        }
    }
}
