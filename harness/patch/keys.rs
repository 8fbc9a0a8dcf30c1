//! Proposals for keys that reach over tenants: the tenant's column becomes part of them.
use super::Proposal;
use super::condition::owner_column;
use crate::catalog::{ForeignKey, Relation};
use crate::probes::{Scene, named};
use crate::sql::identifier;

/// A foreign key that names the tenant too.
pub(super) fn composite(scene: &Scene, table: &Relation, name: &str) -> Vec<Proposal> {
    let key = table.foreign_keys.iter().find(|key| key.name == name);
    let Some(key) = key else { return Vec::new() };
    let Some(parent) = scene.relation(key.target) else {
        return Vec::new();
    };
    let (Some(own), Some(theirs)) = (owner_column(scene, table), owner_column(scene, parent))
    else {
        return Vec::new();
    };
    let columns = |relation: &Relation, tenant: &str, numbers: &[i16]| -> Option<String> {
        let mut names = vec![identifier(tenant)];
        for number in numbers {
            let column = relation.columns.iter().find(|c| c.number == *number)?;
            names.push(identifier(&column.name));
        }
        Some(names.join(", "))
    };
    let (Some(from), Some(to)) = (
        columns(table, &own, &key.columns),
        columns(parent, &theirs, &key.target_columns),
    ) else {
        return Vec::new();
    };
    let unique = format!(
        "ALTER TABLE {} ADD CONSTRAINT {} UNIQUE ({to})",
        named(parent),
        identifier(&format!("{}_of_owner", parent.name))
    );
    let replace = format!(
        "ALTER TABLE {} DROP CONSTRAINT {},\n  ADD CONSTRAINT {} FOREIGN KEY ({from}) REFERENCES {} ({to}){}",
        named(table),
        identifier(name),
        identifier(name),
        named(parent),
        deletion(table, key)
    );
    vec![Proposal::new(
        "let the foreign key name the tenant too",
        [unique, replace],
    )]
}

/// What happens on delete, as before. SET NULL may empty the reference alone, not the tenant
/// (PostgreSQL manual, CREATE TABLE, "ON DELETE SET NULL ( column_name )"; since 15).
fn deletion(table: &Relation, key: &ForeignKey) -> String {
    let emptied: Vec<String> = table
        .columns
        .iter()
        .filter(|column| key.columns.contains(&column.number))
        .map(|column| identifier(&column.name))
        .collect();
    match key.on_delete {
        'c' => " ON DELETE CASCADE".to_owned(),
        'r' => " ON DELETE RESTRICT".to_owned(),
        'n' => format!(" ON DELETE SET NULL ({})", emptied.join(", ")),
        'd' => format!(" ON DELETE SET DEFAULT ({})", emptied.join(", ")),
        _ => String::new(),
    }
}

/// A unique key within the tenant.
pub(super) fn scoped(scene: &Scene, table: &Relation, name: &str) -> Vec<Proposal> {
    let Some(unique) = table.uniques.iter().find(|unique| unique.name == name) else {
        return Vec::new();
    };
    let Some(owner) = owner_column(scene, table) else {
        return Vec::new();
    };
    let mut parts = vec![identifier(&owner)];
    let mut expressions = unique.expressions.iter();
    for number in &unique.columns {
        let column = table.columns.iter().find(|c| c.number == *number);
        let part = match column {
            Some(column) => identifier(&column.name),
            None => match expressions.next() {
                Some(expression) => format!("({expression})"),
                None => return Vec::new(),
            },
        };
        parts.push(part);
    }
    let filter = unique
        .predicate
        .as_ref()
        .map(|predicate| format!(" WHERE ({predicate})"))
        .unwrap_or_default();
    let plain = unique.predicate.is_none() && unique.expressions.is_empty();
    let nulls = if unique.nulls_not_distinct {
        " NULLS NOT DISTINCT"
    } else {
        ""
    };
    let parts = parts.join(", ");
    let kind = if unique.primary {
        "PRIMARY KEY"
    } else {
        "UNIQUE"
    };
    let as_constraint = Proposal::new(
        "let the key be unique within the tenant",
        [format!(
            "ALTER TABLE {} DROP CONSTRAINT {},\n  ADD CONSTRAINT {} {kind}{nulls} ({parts})",
            named(table),
            identifier(name),
            identifier(name)
        )],
    );
    let as_index = Proposal::new(
        "let the key be unique within the tenant",
        [
            format!("DROP INDEX {}", crate::sql::qualified(&table.schema, name)),
            format!(
                "CREATE UNIQUE INDEX {} ON {} ({parts}){nulls}{filter}",
                identifier(name),
                named(table)
            ),
        ],
    );
    if unique.primary {
        vec![as_constraint]
    } else if plain {
        vec![as_constraint, as_index]
    } else {
        vec![as_index]
    }
}
