//! Tells a list of the people who run the platform from the tables in which everybody has a row.
use crate::catalog::{Catalog, PolicyCommand, Privilege, Relation};
use crate::tenancy::{OwnerPath, Scope, Tenancy};

/// A table that names users and says nothing else of them, that other tables' policies or functions ask, and that no member
/// can write. Whoever stands in it was put there by the platform, as one who may see more than a tenant: the attackers do
/// not stand in it, as no member of a tenant would.
pub fn is_roster(catalog: &Catalog, tenancy: &Tenancy, relation: &Relation) -> bool {
    let Some(Scope::Owned { paths, .. }) = tenancy.scope(relation.oid) else {
        return false;
    };
    let [OwnerPath::Key { column, key, .. }] = paths.as_slice() else {
        return false;
    };
    let one_each = relation.uniques.iter().any(|u| u.columns == [*column]);
    Some(*key) == tenancy.user
        && one_each
        && tells_no_more(relation, *column)
        && is_asked(catalog, relation)
        && !is_open(catalog, tenancy, relation)
}

/// When a user was put there and by whom is all that is said.
fn tells_no_more(relation: &Relation, user: i16) -> bool {
    relation.columns.iter().all(|column| {
        let refers = relation
            .foreign_keys
            .iter()
            .any(|key| key.columns.contains(&column.number));
        let timed = column.type_name.starts_with("timestamp") || column.type_name == "date";
        column.number == user || refers || timed
    })
}

/// Whether a policy of another table names it, or a function that policies may call.
fn is_asked(catalog: &Catalog, relation: &Relation) -> bool {
    let name = relation.name.as_str();
    let names = |text: &str| crate::sql::names(text, name);
    let others = catalog.relations.iter().filter(|r| r.oid != relation.oid);
    let mut policies = others.flat_map(|r| &r.policies);
    let texts = policies.any(|policy| {
        let parts = [&policy.using, &policy.check];
        parts.into_iter().flatten().any(|text| names(text))
    });
    texts
        || catalog
            .functions
            .iter()
            .any(|f| !f.platform && names(&f.body))
}

/// Whether members may add themselves, or could change who stands there.
fn is_open(catalog: &Catalog, tenancy: &Tenancy, relation: &Relation) -> bool {
    let roles = &tenancy.roles;
    let callers: Vec<u32> = catalog
        .roles
        .iter()
        .filter(|r| roles.members.contains(&r.name) || roles.anonymous.contains(&r.name))
        .map(|r| r.oid)
        .chain([0])
        .collect();
    let writes = |privilege: Privilege| matches!(privilege, Privilege::Insert | Privilege::Update);
    let granted = relation
        .grants
        .iter()
        .any(|grant| writes(grant.privilege) && callers.contains(&grant.role));
    let policed = relation.policies.iter().any(|policy| {
        policy.permissive
            && !matches!(
                policy.command,
                PolicyCommand::Select | PolicyCommand::Delete
            )
            && policy.roles.iter().any(|role| callers.contains(role))
    });
    granted && (!relation.rls || policed)
}
