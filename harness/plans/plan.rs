//! A plan as a value, read from what `EXPLAIN (FORMAT JSON)` answers.
//!
//! The names of the fields are PostgreSQL's (`src/backend/commands/explain.c`); what a version leaves out is zero or empty here.
use serde::Deserialize;

/// What the server did, or would do, to answer one statement.
#[derive(Debug, Clone, PartialEq)]
pub struct Plan {
    pub root: Node,
    /// In milliseconds; zero when the statement was not run.
    pub execution_ms: f64,
    pub planning_ms: f64,
}

/// One step of a plan. Numbers of rows and blocks are zero where the statement was not run.
#[derive(Debug, Clone, Default, PartialEq, Deserialize)]
#[serde(default)]
pub struct Node {
    /// `Index Scan`, `Sort`, `Nested Loop` …
    #[serde(rename = "Node Type")]
    pub kind: String,
    #[serde(rename = "Parent Relationship")]
    pub link: Option<Link>,
    /// `InitPlan 1 (returns $0)`, `SubPlan 1`, `CTE x`.
    #[serde(rename = "Subplan Name")]
    pub subplan: Option<String>,
    #[serde(rename = "Schema")]
    pub schema: Option<String>,
    /// Read by this node. The nodes below a bitmap heap scan, which PostgreSQL leaves without a name, have the heap's.
    #[serde(rename = "Relation Name")]
    pub relation: Option<String>,
    #[serde(rename = "Alias")]
    pub alias: Option<String>,
    #[serde(rename = "Index Name")]
    pub index: Option<String>,
    #[serde(rename = "Scan Direction")]
    pub direction: Option<String>,
    #[serde(rename = "Index Cond")]
    pub index_condition: Option<String>,
    #[serde(rename = "Recheck Cond")]
    pub recheck: Option<String>,
    #[serde(rename = "Filter")]
    pub filter: Option<String>,
    #[serde(rename = "Join Filter")]
    pub join_filter: Option<String>,
    #[serde(rename = "Sort Key")]
    pub sort_keys: Vec<String>,
    /// Per loop, as all numbers of rows: PostgreSQL gives the mean.
    #[serde(rename = "Rows Removed by Filter")]
    pub removed_by_filter: f64,
    #[serde(rename = "Rows Removed by Index Recheck")]
    pub removed_by_recheck: f64,
    #[serde(rename = "Actual Rows")]
    pub rows: f64,
    /// Zero for a step that was never begun.
    #[serde(rename = "Actual Loops")]
    pub loops: f64,
    /// In blocks, those of the children included.
    #[serde(rename = "Shared Hit Blocks")]
    pub shared_hit: u64,
    #[serde(rename = "Shared Read Blocks")]
    pub shared_read: u64,
    /// Partitions that were ruled out when the statement began to run.
    #[serde(rename = "Subplans Removed")]
    pub pruned: u64,
    #[serde(rename = "Plans")]
    pub children: Vec<Node>,
}

/// How a node belongs to the one above it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
pub enum Link {
    Outer,
    Inner,
    Member,
    Subquery,
    InitPlan,
    SubPlan,
    #[serde(other)]
    Other,
}

/// The document as PostgreSQL writes it: a list of one.
#[derive(Deserialize)]
struct Document {
    #[serde(rename = "Plan")]
    root: Node,
    #[serde(rename = "Execution Time", default)]
    execution_ms: f64,
    #[serde(rename = "Planning Time", default)]
    planning_ms: f64,
}

impl Plan {
    /// Reads the answer of `EXPLAIN (FORMAT JSON, VERBOSE)`; VERBOSE, because only then names are whole.
    ///
    /// # Errors
    /// What the text has instead of one plan.
    pub fn read(json: &str) -> Result<Plan, serde_json::Error> {
        let [document]: [Document; 1] = serde_json::from_str(json)?;
        let mut root = document.root;
        root.name_heaps();
        Ok(Plan {
            root,
            execution_ms: document.execution_ms,
            planning_ms: document.planning_ms,
        })
    }

    /// Every node, a parent before its children.
    pub fn nodes(&self) -> impl Iterator<Item = &Node> {
        let mut waiting = vec![&self.root];
        std::iter::from_fn(move || {
            let next = waiting.pop()?;
            waiting.extend(next.children.iter().rev());
            Some(next)
        })
    }
}

impl Node {
    /// A scan of an index below a bitmap heap scan names the index alone.
    fn name_heaps(&mut self) {
        for child in &mut self.children {
            if child.kind.starts_with("Bitmap") && child.relation.is_none() {
                child.schema.clone_from(&self.schema);
                child.relation.clone_from(&self.relation);
                child.alias.clone_from(&self.alias);
            }
            child.name_heaps();
        }
    }

    /// `schema.name` of the relation that it reads, as people write it.
    pub fn reads(&self) -> Option<String> {
        let name = self.relation.as_deref()?;
        Some(match &self.schema {
            Some(schema) => format!("{schema}.{name}"),
            None => name.to_owned(),
        })
    }

    /// In blocks, hit or read, those of the children included.
    pub fn shared_blocks(&self) -> u64 {
        self.shared_hit + self.shared_read
    }

    /// The columns of the relation read that a condition names. PostgreSQL writes `alias.column` in every condition of a
    /// verbose plan, each part in double quotes where it needs them.
    pub fn columns_in(&self, condition: &str) -> Vec<String> {
        let Some(alias) = &self.alias else {
            return Vec::new();
        };
        let mut found: Vec<String> = Vec::new();
        for (table, column) in names(condition) {
            if table == *alias && !found.contains(&column) {
                found.push(column);
            }
        }
        found
    }
}

/// Every `name.name` of an expression that is no call, with the quotes taken off. Literals are passed over.
fn names(expression: &str) -> Vec<(String, String)> {
    let mut found = Vec::new();
    let mut rest = expression;
    let mut before: Option<String> = None;
    while let Some(c) = rest.chars().next() {
        if c == '\'' {
            rest = after_quoted(rest, '\'').1;
            before = None;
        } else if c == '"' || c.is_alphabetic() || c == '_' {
            let (name, after) = name(rest);
            let called = after.starts_with('(');
            if let Some(table) = before.take()
                && !called
            {
                found.push((table, name.clone()));
            }
            rest = after;
            if let Some(after) = rest.strip_prefix('.') {
                before = Some(name);
                rest = after;
            }
        } else {
            before = None;
            rest = &rest[c.len_utf8()..];
        }
    }
    found
}

/// The name that a text begins with, and what follows it.
fn name(text: &str) -> (String, &str) {
    if text.starts_with('"') {
        return after_quoted(text, '"');
    }
    let inside = |c: char| c.is_alphanumeric() || c == '_' || c == '$';
    let end = text.find(|c| !inside(c)).unwrap_or(text.len());
    (text[..end].to_owned(), &text[end..])
}

/// The quoted part that a text begins with, in which a doubled quote stands for one, and what follows it.
fn after_quoted(text: &str, quote: char) -> (String, &str) {
    let mut inner = String::new();
    let mut chars = text.char_indices().skip(1).peekable();
    while let Some((at, c)) = chars.next() {
        if c != quote {
            inner.push(c);
        } else if chars.peek().is_some_and(|(_, next)| *next == quote) {
            inner.push(quote);
            chars.next();
        } else {
            return (inner, &text[at + quote.len_utf8()..]);
        }
    }
    (inner, "")
}
