//! Takes a CREATE TABLE apart, so that a case can do with fewer columns and constraints. Pure.
use crate::migrations::{head, tokens};

/// A CREATE TABLE taken apart: what stands before its elements, the elements, and what stands after.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Table {
    opening: String,
    pub elements: Vec<String>,
    closing: String,
}

impl Table {
    /// `None` for anything but a plain CREATE TABLE with a list of elements.
    pub fn of(text: &str) -> Option<Table> {
        let first = head(text, 3);
        let words: Vec<&str> = first.iter().map(String::as_str).collect();
        if !matches!(words[..], ["create", "table", ..]) {
            return None;
        }
        let mut depth = 0;
        let mut opened = None;
        let mut elements = Vec::new();
        let mut element: Option<(usize, usize)> = None;
        for (_, span) in tokens(text) {
            let token = &text[span.clone()];
            if depth == 0 {
                match token {
                    "(" => {
                        depth = 1;
                        opened = Some(span.end);
                    }
                    // Columns of a partition or of a query are no elements of its own.
                    _ if ["partition", "as", "of"]
                        .iter()
                        .any(|w| token.eq_ignore_ascii_case(w)) =>
                    {
                        return None;
                    }
                    _ => {}
                }
                continue;
            }
            match token {
                "(" | "[" => depth += 1,
                ")" | "]" => depth -= 1,
                _ => {}
            }
            if depth == 0 || depth == 1 && token == "," {
                elements.extend(element.take().map(|(from, to)| text[from..to].to_owned()));
                if depth == 0 {
                    return Some(Table {
                        opening: text[..opened?].to_owned(),
                        elements,
                        closing: text[span.start..].to_owned(),
                    });
                }
                continue;
            }
            element = Some(element.map_or((span.start, span.end), |(from, _)| (from, span.end)));
        }
        None
    }

    /// The statement with these elements.
    pub fn with(&self, elements: &[String]) -> String {
        format!(
            "{}\n  {}\n{}",
            self.opening.trim_end(),
            elements.join(",\n  "),
            self.closing
        )
    }

    /// An element without its reference to another table; `None` when it has none, or is nothing else.
    pub fn unreferring(element: &str) -> Option<String> {
        let at = tokens(element)
            .find(|(_, span)| element[span.clone()].eq_ignore_ascii_case("references"));
        let (_, span) = at?;
        let before = element[..span.start].trim_end();
        let first = head(element, 1).first().cloned().unwrap_or_default();
        let whole = ["constraint", "foreign"].contains(&first.as_str());
        (!before.is_empty() && !whole).then(|| before.to_owned())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_table_is_taken_apart_at_its_own_commas() {
        let text = "CREATE TABLE public.notes ( -- ours\n id uuid PRIMARY KEY, -- key, of all\n price numeric(10, 2) CHECK (price IN (1, 2)),\n team uuid NOT NULL REFERENCES teams(id) ON DELETE CASCADE\n) WITH (fillfactor = 90)";
        let table = Table::of(text).unwrap();
        assert_eq!(table.elements.len(), 3, "{:?}", table.elements);
        assert_eq!(
            table.elements[1],
            "price numeric(10, 2) CHECK (price IN (1, 2))"
        );
        let fewer = table.with(&table.elements[..1]);
        assert!(
            fewer.ends_with("id uuid PRIMARY KEY\n) WITH (fillfactor = 90)"),
            "{fewer}"
        );
        assert_eq!(
            Table::unreferring(&table.elements[2]).as_deref(),
            Some("team uuid NOT NULL")
        );
        assert_eq!(Table::unreferring(&table.elements[0]), None);
    }

    #[test]
    fn what_has_no_elements_of_its_own_is_left_whole() {
        assert_eq!(
            Table::of("CREATE TABLE a PARTITION OF b FOR VALUES IN (1)"),
            None
        );
        assert_eq!(Table::of("CREATE TABLE a AS SELECT 1"), None);
        assert_eq!(Table::of("CREATE VIEW a AS SELECT (1)"), None);
    }
}
