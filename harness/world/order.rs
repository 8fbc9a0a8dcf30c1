//! Puts tables in load order and says which references must wait because they close a cycle.
use std::collections::BTreeSet;

/// A reference from one table to another, by their indexes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Edge {
    pub from: usize,
    pub to: usize,
    /// The reference can be NULL at first, or is not enforced by the database.
    pub soft: bool,
}

/// The order in which `count` tables load. Among tables that wait for nothing, the first goes first. A cycle is opened
/// at the table with the fewest references that cannot be NULL at first.
pub fn order(count: usize, edges: &[Edge]) -> Vec<usize> {
    let mut waits: Vec<BTreeSet<(usize, bool)>> = vec![BTreeSet::new(); count];
    for edge in edges.iter().filter(|e| e.from != e.to) {
        waits[edge.from].insert((edge.to, edge.soft));
    }
    let mut left: BTreeSet<usize> = (0..count).collect();
    let mut done = Vec::with_capacity(count);
    while !left.is_empty() {
        let free = left.iter().copied().find(|&table| waits[table].is_empty());
        let next = free.unwrap_or_else(|| opening(&left, &waits));
        left.remove(&next);
        done.push(next);
        for waiting in &mut waits {
            waiting.retain(|&(to, _)| to != next);
        }
    }
    done
}

/// The table of a cycle that is best loaded before what it refers to.
fn opening(left: &BTreeSet<usize>, waits: &[BTreeSet<(usize, bool)>]) -> usize {
    let cost = |table: usize| {
        let hard = waits[table].iter().filter(|(_, soft)| !soft).count();
        (hard, waits[table].len(), table)
    };
    left.iter()
        .copied()
        .filter(|&table| reaches(table, table, waits))
        .min_by_key(|&table| cost(table))
        .or_else(|| left.first().copied())
        .expect("the caller has tables left")
}

fn reaches(from: usize, goal: usize, waits: &[BTreeSet<(usize, bool)>]) -> bool {
    let mut seen = BTreeSet::new();
    let mut open = vec![from];
    while let Some(table) = open.pop() {
        for &(to, _) in &waits[table] {
            if to == goal {
                return true;
            }
            if seen.insert(to) {
                open.push(to);
            }
        }
    }
    false
}

#[cfg(test)]
mod tests {
    use super::*;

    fn edge(from: usize, to: usize, soft: bool) -> Edge {
        Edge { from, to, soft }
    }

    #[test]
    fn a_table_comes_after_what_it_refers_to() {
        assert_eq!(order(3, &[edge(0, 1, false), edge(1, 2, false)]), [2, 1, 0]);
    }

    #[test]
    fn a_cycle_opens_where_the_reference_can_be_null() {
        // 3 hangs on the cycle by a soft edge and must not be taken for a member of it.
        let edges = [edge(0, 1, false), edge(1, 0, true), edge(3, 0, true)];
        assert_eq!(order(4, &edges), [2, 1, 0, 3]);
    }
}
