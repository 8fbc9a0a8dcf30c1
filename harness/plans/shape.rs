//! A plan without anything that changes between runs: what stays is worth a snapshot, and a comparison with last year's.
use super::plan::{Link, Node, Plan};

impl Plan {
    /// Nodes, indexes and the columns that conditions name, one node a line, children indented by two blanks. Costs, rows,
    /// times, values and the numbers of subqueries are left out.
    ///
    /// ```text
    /// Limit
    ///   InitPlan: Result
    ///   Index Scan using contacts_org on public.contacts (index condition: org_id; filter: status)
    /// ```
    pub fn shape(&self) -> String {
        let mut text = String::new();
        self.root.draw(0, &mut text);
        text
    }
}

impl Node {
    fn draw(&self, depth: usize, text: &mut String) {
        text.push_str(&"  ".repeat(depth));
        text.push_str(&self.line());
        text.push('\n');
        for child in &self.children {
            child.draw(depth + 1, text);
        }
    }

    fn line(&self) -> String {
        let mut line = match self.link {
            Some(Link::InitPlan) => "InitPlan: ".to_owned(),
            Some(Link::SubPlan) => "SubPlan: ".to_owned(),
            _ => String::new(),
        };
        line.push_str(&self.kind);
        if self.direction.as_deref() == Some("Backward") {
            line.push_str(" backward");
        }
        if let Some(index) = &self.index {
            line.push_str(&format!(" using {index}"));
        }
        if let Some(relation) = self.reads() {
            line.push_str(&format!(" on {relation}"));
        }
        let conditions = [
            ("index condition", &self.index_condition),
            ("filter", &self.filter),
            ("join filter", &self.join_filter),
        ];
        let mut said: Vec<String> = conditions
            .into_iter()
            .filter_map(|(name, text)| {
                let text = text.as_deref()?;
                Some(format!("{name}: {}", self.condition(text)))
            })
            .collect();
        if !self.sort_keys.is_empty() {
            said.push(format!("by {}", self.sort_keys.join(", ")));
        }
        if !said.is_empty() {
            line.push_str(&format!(" ({})", said.join("; ")));
        }
        line
    }

    /// The columns that a condition names, and what it asks besides.
    fn condition(&self, text: &str) -> String {
        let mut parts = self.columns_in(text);
        parts.sort();
        if text.contains("hashed SubPlan ") {
            parts.push("hashed SubPlan".to_owned());
        } else if text.contains("SubPlan ") {
            parts.push("SubPlan".to_owned());
        }
        match parts.is_empty() {
            true => "no column of it".to_owned(),
            false => parts.join(", "),
        }
    }
}
