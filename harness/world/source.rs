//! Where a cell's value comes from. A column's sources are its states; a row chooses one per column.
use super::moment::Moment;
use super::words::Words;

#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub enum Source {
    /// A value of the column's kind that no other cell has.
    Fresh,
    /// A text of a certain look that carries the cell's token.
    Text(Words),
    /// A text that matches this regular expression.
    Pattern(String),
    /// This very literal.
    Literal(String),
    /// A date or time.
    When(Moment),
    /// A date or time on the day of this literal: the lower bound of a partition.
    Within(String),
    /// A JSON array instead of an object.
    List,
    /// Decided by the universe: a key, or a column of a foreign key. Several references of one row that a CHECK
    /// compares are told apart by rank: a lower rank takes a lower value.
    Reference(u8),
    Null,
}

impl Source {
    /// True when the value differs from cell to cell.
    pub fn is_distinct(&self) -> bool {
        !matches!(self, Source::Literal(_) | Source::Null)
    }
}
