//! Tells which claims say what a member may do inside its tenant, and which make their bearer one of the platform's people.
use super::conventions::conventions;
use super::memberships::labels;
use super::{ClaimMeaning, ColumnRef, Tenancy};
use crate::catalog::{Catalog, Oid};
use std::collections::{BTreeMap, BTreeSet};

/// Literals of claims that honest members may carry, by (setting, path).
type Grades = BTreeMap<(String, Vec<String>), Vec<String>>;

/// A literal is a grade where a policy asks for it beside a key, where a restrictive policy asks for it of everybody, or
/// where a table of tenants' rows knows it: `admin` of a rank that each tenant gives to people of its own.
pub fn grades(catalog: &Catalog, tenancy: &Tenancy) -> Grades {
    let alternatives = conventions(catalog, tenancy);
    let restrictive: BTreeSet<Oid> = catalog
        .relations
        .iter()
        .flat_map(|relation| &relation.policies)
        .filter(|policy| !policy.permissive)
        .map(|policy| policy.oid)
        .collect();
    let mut asked: BTreeSet<&(String, Vec<String>, String)> = BTreeSet::new();
    for (policy, alternatives) in &alternatives {
        for alternative in alternatives {
            if !alternative.keys.is_empty() || restrictive.contains(policy) {
                asked.extend(&alternative.asked);
            }
        }
    }
    let known = known_ranks(catalog, tenancy);
    let mut out = Grades::new();
    for claim in &tenancy.claims {
        let ClaimMeaning::Literals(literals) = &claim.meaning else {
            continue;
        };
        if claim.user_editable {
            continue;
        }
        let is_grade = |literal: &&String| {
            let place = (
                claim.setting.clone(),
                claim.path.clone(),
                (*literal).clone(),
            );
            known.contains(*literal) || asked.contains(&place)
        };
        let held: Vec<String> = literals.iter().filter(is_grade).cloned().collect();
        if !held.is_empty() {
            out.insert((claim.setting.clone(), claim.path.clone()), held);
        }
    }
    out
}

/// What columns of tables that hold the tenant's key are limited to.
fn known_ranks(catalog: &Catalog, tenancy: &Tenancy) -> BTreeSet<String> {
    let holds_tenant = |relation: Oid, column: i16| {
        tenancy.tenant.is_some() && tenancy.key_of(ColumnRef { relation, column }) == tenancy.tenant
    };
    let mut out = BTreeSet::new();
    for relation in catalog.relations.iter().filter(|r| !r.platform) {
        let mut columns = relation.columns.iter();
        if columns.any(|column| holds_tenant(relation.oid, column.number)) {
            let all = relation.columns.iter();
            out.extend(all.flat_map(|column| labels(catalog, relation, column)));
        }
    }
    out
}
