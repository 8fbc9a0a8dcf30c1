//! Resolves the names in an expression: variables, columns, relations and functions.
use super::ColumnRef;
use super::facts::{Atom, Atoms};
use super::reading::{Frame, Reader, Source};
use crate::catalog::{Function, Oid, Relation};

impl<'c> Reader<'c> {
    /// Resolves a name: variable, NEW and OLD, `alias.column`, a column of any source in reach.
    pub fn name(&mut self, parts: &[String], frame: &Frame) -> Atoms {
        if let [name] = parts {
            if matches!(
                name.as_str(),
                "current_user" | "session_user" | "current_role" | "user"
            ) {
                if let Some((_, policy)) = &mut self.policy {
                    policy.reads_current_role = true;
                }
                return Atoms::from([Atom::CurrentRole]);
            }
            if let Some(atoms) = variable(frame, name) {
                return atoms;
            }
        }
        if let [row, column] = parts {
            if let Some(relation) = frame.routine.and_then(|routine| routine.rows.get(row)) {
                return self.column(*relation, column);
            }
            if let Some(atoms) =
                variable(frame, &format!("{row}.{column}")).or_else(|| variable(frame, row))
            {
                return atoms;
            }
        }
        let mut at = Some(frame);
        while let Some(inner) = at {
            for (alias, source) in &inner.sources {
                if let Some(atoms) = self.in_source(alias, source, parts) {
                    return atoms;
                }
            }
            at = inner.outer;
        }
        Atoms::new()
    }

    fn in_source(&self, alias: &str, source: &Source, parts: &[String]) -> Option<Atoms> {
        let (column, qualifier) = parts.split_last()?;
        match source {
            Source::Derived(columns) => {
                let fits = qualifier.is_empty() || qualifier == [alias];
                let whole = qualifier.is_empty() && column == alias;
                let named = columns
                    .get(column)
                    .or_else(|| if whole { columns.get("") } else { None });
                if fits || whole { named.cloned() } else { None }
            }
            Source::Relation(oid) => {
                let relation = self.catalog.relations.iter().find(|r| r.oid == *oid)?;
                let fits = match qualifier {
                    [] => true,
                    [name] => name == alias || (alias.is_empty() && *name == relation.name),
                    [schema, name] => *schema == relation.schema && *name == relation.name,
                    _ => false,
                };
                if !fits {
                    return None;
                }
                let atoms = self.column(*oid, column);
                (!atoms.is_empty()).then_some(atoms)
            }
        }
    }

    /// The column of a relation. Columns of views stand for the columns that they show.
    pub fn column(&self, relation: Oid, name: &str) -> Atoms {
        let Some(found) = self.catalog.relations.iter().find(|r| r.oid == relation) else {
            return Atoms::new();
        };
        let column = found.columns.iter().find(|column| column.name == name);
        column
            .map(|column| {
                Atom::Column(ColumnRef {
                    relation,
                    column: column.number,
                })
            })
            .into_iter()
            .collect()
    }

    /// The relation that a possibly qualified name stands for.
    pub fn relation_named(&self, parts: &[String]) -> Option<&'c Relation> {
        let (name, qualifier) = parts.split_last()?;
        let candidates = self.relations.get(name.as_str())?;
        match qualifier.last() {
            Some(schema) => candidates.iter().find(|r| r.schema == *schema).copied(),
            None => candidates
                .iter()
                .find(|r| !r.platform)
                .or_else(|| candidates.first())
                .copied(),
        }
    }

    /// The function that a call means: by name, then by how many arguments it takes.
    pub fn function_named(&self, parts: &[String], passed: usize) -> Option<&'c Function> {
        let (name, qualifier) = parts.split_last()?;
        let candidates = self.functions.get(name.as_str())?;
        let fits = |function: &&&Function| {
            let required = function
                .arguments
                .iter()
                .filter(|argument| !argument.has_default)
                .count();
            (required..=function.arguments.len()).contains(&passed)
        };
        let inside: Vec<&&Function> = candidates
            .iter()
            .filter(|f| qualifier.last().is_none_or(|schema| f.schema == *schema))
            .collect();
        inside
            .iter()
            .copied()
            .find(fits)
            .or_else(|| inside.first().copied())
            .copied()
    }
}

fn variable(frame: &Frame, name: &str) -> Option<Atoms> {
    frame
        .routine
        .and_then(|routine| routine.variables.borrow().get(name).cloned())
}
