//! Tells ranks of a tenant's members from ranks of the people who run the platform for all tenants.
use super::Tenancy;
use super::conventions::conventions;
use crate::catalog::{Catalog, Oid, Relation};
use std::collections::BTreeSet;

/// How a rank over all tenants begins: `platform_admin`, `super_admin`, `superuser`.
const OVER_TENANTS: &[&str] = &[
    "platform", "super", "system", "sysadmin", "global", "saas", "root",
];

/// Takes out of each membership's ranks those that stand over tenants: they are called so, and policies ask for them
/// alone. A policy that asks for a rank beside the row's tenant, or for any other rank without it, speaks of members.
/// Nobody begins with such a rank; whether a member can give it to itself is tried.
pub(super) fn set_apart(catalog: &Catalog, tenancy: &mut Tenancy) {
    let alternatives = conventions(catalog, tenancy);
    let table_of = |policy: Oid| {
        let mut tables = catalog.relations.iter();
        tables.find(|table| table.policies.iter().any(|p| p.oid == policy))
    };
    let mut told = Vec::new();
    for membership in &mut tenancy.memberships {
        let Some((column, ranks)) = &mut membership.rank else {
            continue;
        };
        let (mut alone, mut beside) = (BTreeSet::new(), BTreeSet::new());
        for (policy, alternatives) in &alternatives {
            for alternative in alternatives {
                let asked = alternative.ranks.iter();
                let asked = asked
                    .filter(|(place, _)| {
                        place.relation == membership.relation && place.column == *column
                    })
                    .map(|(_, rank)| rank.clone());
                // In the table of memberships itself the caller's own row looks like the row that is asked for.
                let own = table_of(*policy).is_some_and(|t| t.oid == membership.relation);
                match alternative.keys.is_empty() || own {
                    true => alone.extend(asked),
                    false => beside.extend(asked),
                }
            }
        }
        let over = |rank: &String| {
            let name = rank.to_lowercase();
            OVER_TENANTS.iter().any(|word| name.starts_with(word))
                && alone.contains(rank)
                && !beside.contains(rank)
        };
        let (operators, members): (Vec<String>, Vec<String>) =
            ranks.iter().cloned().partition(over);
        if operators.is_empty() || members.is_empty() {
            continue;
        }
        *ranks = members;
        told.push(((membership.relation, *column), operators));
    }
    for ((relation, column), operators) in told {
        let table = catalog.relation(relation);
        let name = table.map_or_else(String::new, Relation::display_name);
        tenancy.evidence.push(format!(
            "{} of {name} stands over tenants: policies ask for it without asking for the tenant, and no member begins with it",
            operators.join(", ")
        ));
        tenancy.operators.insert((relation, column), operators);
    }
}
