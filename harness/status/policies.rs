//! Sorts policies by the convention that they follow.
use super::model::{Convention, Policing};
use crate::catalog::{Catalog, Oid, Policy, PolicyCommand, Relation};
use crate::tenancy::{Alternative, KeyId, Tenancy};
use std::collections::{BTreeMap, BTreeSet};

/// What the conventions are told by.
pub struct Conventions<'a> {
    pub catalog: &'a Catalog,
    pub tenancy: &'a Tenancy,
    pub alternatives: &'a BTreeMap<Oid, Vec<Alternative>>,
    pub new: KeyId,
    pub old: &'a BTreeSet<KeyId>,
}

impl Conventions<'_> {
    /// The policies of a table, each with its convention.
    pub fn of(&self, relation: &Relation) -> Vec<Policing> {
        relation
            .policies
            .iter()
            .map(|policy| Policing {
                name: policy.name.clone(),
                command: policy.command,
                permissive: policy.permissive,
                convention: self.effective(relation, policy),
            })
            .collect()
    }

    /// What a policy lets through by no key, a restrictive one beside it may hold to the new key: they are ANDed
    /// (PostgreSQL manual, CREATE POLICY).
    fn effective(&self, relation: &Relation, policy: &Policy) -> Convention {
        let own = self.convention(relation, policy);
        let restrains = |other: &&Policy| {
            !other.permissive
                && (other.command == PolicyCommand::All || other.command == policy.command)
                && (other.roles.contains(&0)
                    || policy.roles.iter().all(|r| other.roles.contains(r)))
        };
        let mut others = relation.policies.iter().filter(restrains);
        let held = own == Convention::Neither
            && others.any(|other| self.convention(relation, other) == Convention::New);
        match held {
            true => Convention::New,
            false => own,
        }
    }

    fn convention(&self, relation: &Relation, policy: &Policy) -> Convention {
        let published = &self.tenancy.published;
        let public =
            |p: &&crate::tenancy::Published| p.relation == relation.oid && p.policy == policy.name;
        if self.is_for_trusted(policy) || published.iter().any(|p| public(&p)) {
            return Convention::Aside;
        }
        joined(self.of_policy(policy, &[relation.oid]))
    }

    fn is_for_trusted(&self, policy: &Policy) -> bool {
        policy.roles.iter().all(|oid| {
            self.catalog.role(*oid).is_some_and(|role| {
                role.superuser || role.bypass_rls || self.tenancy.roles.trusted.contains(&role.name)
            })
        })
    }

    /// `above` are the tables whose policies led here: two that follow each other let nothing through by themselves.
    fn of_policy(&self, policy: &Policy, above: &[Oid]) -> BTreeSet<Convention> {
        let alternatives = self.alternatives.get(&policy.oid).into_iter().flatten();
        alternatives
            .flat_map(|alternative| self.of_alternative(alternative, above))
            .collect()
    }

    fn of_alternative(&self, alternative: &Alternative, above: &[Oid]) -> BTreeSet<Convention> {
        let keys = &alternative.keys;
        let own = if alternative.trusted {
            Convention::Aside
        } else if keys.contains(&self.new) {
            Convention::New
        } else if keys.iter().any(|key| self.old.contains(key)) {
            Convention::Old
        } else if !keys.is_empty() {
            // A row that names a person by a value of its own, such as an e-mail address, belongs to no model.
            Convention::Aside
        } else {
            return self.of_parents(alternative, above);
        };
        BTreeSet::from([own])
    }

    /// A row that is there for who may see its parent is let through as the parent is.
    fn of_parents(&self, alternative: &Alternative, above: &[Oid]) -> BTreeSet<Convention> {
        let mut found = BTreeSet::new();
        for parent in &alternative.parents {
            let Some(relation) = self.catalog.relation(*parent) else {
                continue;
            };
            if !relation.rls || above.contains(parent) {
                continue;
            }
            let above = [above, &[*parent]].concat();
            let reads = |policy: &&Policy| {
                policy.permissive
                    && matches!(policy.command, PolicyCommand::All | PolicyCommand::Select)
                    && !self.is_for_trusted(policy)
            };
            for policy in relation.policies.iter().filter(reads) {
                found.extend(self.of_policy(policy, &above));
            }
        }
        match found.is_empty() {
            true => BTreeSet::from([Convention::Neither]),
            false => found,
        }
    }
}

/// One convention for all alternatives; ways that are no tenant's matter only where there is nothing else.
fn joined(found: BTreeSet<Convention>) -> Convention {
    let has = |convention| found.contains(&convention);
    match (has(Convention::New), has(Convention::Old)) {
        // A side that asks for nothing makes the others idle.
        _ if has(Convention::Neither) => Convention::Neither,
        _ if has(Convention::Both) => Convention::Both,
        (true, true) => Convention::Both,
        (true, false) => Convention::New,
        (false, true) => Convention::Old,
        (false, false) if has(Convention::Aside) => Convention::Aside,
        (false, false) => Convention::Neither,
    }
}
