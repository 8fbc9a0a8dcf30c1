//! What is asked of a plan: where a column stands, what was read in vain, what was sorted.
use super::plan::{Link, Node, Plan};

/// Where a plan uses a column of a relation, the best first.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub enum Standing {
    /// Every scan of the relation finds its rows by the column: the index whose condition names it.
    Index(String),
    /// Rows are read first and looked at afterwards, in at least one scan of the relation.
    Filter,
    /// The relation is read without the column.
    Nowhere,
    /// The plan does not read the relation, or did not have to.
    Unread,
}

impl Plan {
    /// In blocks of 8 kB, hit or read, without those of planning. The same each time once the session is warm.
    pub fn shared_blocks(&self) -> u64 {
        self.root.shared_blocks()
    }

    /// The scans of one relation; `relation` says whether a `schema.name` is it or one of its partitions.
    pub fn scans<'a>(
        &'a self,
        relation: impl Fn(&str) -> bool + 'a,
    ) -> impl Iterator<Item = &'a Node> {
        let is_scan = |node: &Node| node.kind.ends_with("Scan") && node.relation.is_some();
        self.nodes()
            .filter(move |node| is_scan(node) && node.reads().is_some_and(|name| relation(&name)))
    }

    /// Where the column stands in the scans of a relation that the statement itself makes. Scans that a policy's own
    /// subquery makes of the same relation are not the question.
    pub fn standing(&self, relation: impl Fn(&str) -> bool, column: &str) -> Standing {
        let mut worst = Standing::Unread;
        for scan in self.statement_scans(&relation) {
            let standing = scan.standing(column);
            if worst == Standing::Unread || standing > worst {
                worst = standing;
            }
        }
        worst
    }

    /// How a plan of a statement without conditions of its own finds the rows of a relation: by an index whose condition can
    /// then only be a policy's. `first` gives the column that an index is ordered by first, where it has to be asked for: a
    /// condition on later columns alone reads the whole index
    /// (<https://www.postgresql.org/docs/current/indexes-multicolumn.html>). The worst scan counts.
    pub fn found_by<'a>(
        &self,
        relation: impl Fn(&str) -> bool,
        first: impl Fn(&str) -> Option<&'a str>,
    ) -> Standing {
        let leads = |node: &Node| {
            let asked = node.index_condition.as_deref();
            let asked = asked.map(|condition| node.columns_in(condition));
            let wanted = node.index.as_deref().and_then(&first);
            asked.is_some_and(|asked| wanted.is_none_or(|name| asked.iter().any(|one| one == name)))
        };
        let mut worst = Standing::Unread;
        for scan in self.statement_scans(&relation) {
            let standing = match scan.led_by(&leads) {
                Some(index) => Standing::Index(index),
                None if scan.filter.is_some() => Standing::Filter,
                None => Standing::Nowhere,
            };
            if worst == Standing::Unread || standing > worst {
                worst = standing;
            }
        }
        worst
    }

    /// Rows of the relation that were read and thrown away, by filters and by conditions of an index asked again.
    pub fn removed(&self, relation: impl Fn(&str) -> bool) -> u64 {
        let scans = self.statement_scans(&relation).into_iter();
        let removed = scans.map(|scan| {
            let nodes = std::iter::once(scan).chain(scan.heap_parts());
            nodes
                .map(|node| (node.removed_by_filter + node.removed_by_recheck) * node.loops)
                .sum::<f64>()
        });
        // Means of many loops are rounded; a fraction of a row is none.
        removed.sum::<f64>().round() as u64
    }

    /// Whether rows are sorted before they are given.
    pub fn sorts(&self) -> bool {
        self.statement_nodes()
            .iter()
            .any(|node| matches!(node.kind.as_str(), "Sort" | "Incremental Sort"))
    }

    /// How often the subqueries ran that need nothing of the row: 1 each when the plan is sound.
    pub fn init_plan_loops(&self) -> Vec<u64> {
        self.linked(Link::InitPlan)
    }

    /// How often the subqueries ran that are asked for each row; once when PostgreSQL keeps the answer in a hash.
    pub fn sub_plan_loops(&self) -> Vec<u64> {
        self.linked(Link::SubPlan)
    }

    /// The names of the indexes that are read, in alphabetical order.
    pub fn indexes(&self) -> Vec<String> {
        let mut names: Vec<String> = self.nodes().filter_map(|n| n.index.clone()).collect();
        names.sort();
        names.dedup();
        names
    }

    /// Partitions that were ruled out when the statement began to run.
    pub fn pruned(&self) -> u64 {
        self.nodes().map(|node| node.pruned).sum()
    }

    fn linked(&self, link: Link) -> Vec<u64> {
        let linked = self.nodes().filter(|node| node.link == Some(link));
        linked.map(|node| node.loops as u64).collect()
    }

    /// The nodes that are no part of a subquery of an expression.
    fn statement_nodes(&self) -> Vec<&Node> {
        let mut found = Vec::new();
        let mut waiting = vec![&self.root];
        while let Some(node) = waiting.pop() {
            found.push(node);
            let own = |child: &&Node| !matches!(child.link, Some(Link::InitPlan | Link::SubPlan));
            waiting.extend(node.children.iter().filter(own));
        }
        found
    }

    /// Scans of heaps and indexes, without those of an index that a bitmap is made of.
    fn statement_scans(&self, relation: &impl Fn(&str) -> bool) -> Vec<&Node> {
        let is_scan = |node: &&Node| {
            node.kind.ends_with("Scan")
                && node.kind != "Bitmap Index Scan"
                && node.reads().is_some_and(|name| relation(&name))
        };
        self.statement_nodes().into_iter().filter(is_scan).collect()
    }
}

impl Node {
    /// Where a column stands in a scan.
    pub fn standing(&self, column: &str) -> Standing {
        let named = |condition: &Option<String>| {
            let condition = condition.as_deref();
            condition.is_some_and(|text| self.columns_in(text).iter().any(|name| name == column))
        };
        let found = self.led_by(&|node| {
            let condition = node.index_condition.as_deref();
            condition.is_some_and(|text| node.columns_in(text).iter().any(|name| name == column))
        });
        match found {
            Some(index) => Standing::Index(index),
            // PostgreSQL up to 16 prints a hashed subquery without the column that is looked for in it.
            None if named(&self.filter) || self.filter_has_subplan() => Standing::Filter,
            None => Standing::Nowhere,
        }
    }

    fn filter_has_subplan(&self) -> bool {
        let filter = self.filter.as_deref();
        filter.is_some_and(|text| text.contains("SubPlan "))
    }

    /// The index that leads a scan to its rows, by a condition of the wanted kind. A bitmap of several conditions joined by
    /// AND is as good as its best part; joined by OR, every part must have one.
    fn led_by(&self, wanted: &impl Fn(&Node) -> bool) -> Option<String> {
        let mut parts = self.bitmaps();
        match self.kind.as_str() {
            "BitmapOr" => {
                let all: Option<Vec<String>> = parts.map(|c| c.led_by(wanted)).collect();
                let mut names = all?;
                names.dedup();
                Some(names.join(" + "))
            }
            "BitmapAnd" | "Bitmap Heap Scan" => parts.find_map(|c| c.led_by(wanted)),
            _ => wanted(self).then(|| self.index.clone()).flatten(),
        }
    }

    /// What a node takes bitmaps from. The subquery of a filter may begin with a bitmap heap scan of its own.
    fn bitmaps(&self) -> impl Iterator<Item = &Node> {
        let of_filter = |child: &&Node| matches!(child.link, Some(Link::InitPlan | Link::SubPlan));
        let bitmap = |child: &&Node| child.kind.starts_with("Bitmap");
        let children = self.children.iter();
        children.filter(move |child| bitmap(child) && !of_filter(child))
    }

    /// The index scans that a bitmap heap scan is fed by.
    fn heap_parts(&self) -> Vec<&Node> {
        let mut found = Vec::new();
        for child in self.bitmaps() {
            found.push(child);
            found.extend(child.heap_parts());
        }
        found
    }
}
