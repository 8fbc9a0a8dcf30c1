//! Makes the database roles that an application makes outside of its migrations: a login, one role per tenant.
use crate::catalog::Catalog;
use crate::sql::{identifier, literal};
use crate::tenancy::Roles;
use std::collections::BTreeSet;
use tokio_postgres::Client;

/// Makes what the schema lacks. `tenants` are role names to make where each tenant is a role.
pub async fn make(
    client: &Client,
    roles: &Roles,
    catalog: &Catalog,
    tenants: &[String],
) -> Result<(), tokio_postgres::Error> {
    client
        .batch_execute(&statements(roles, catalog, tenants).join(";"))
        .await
}

/// The statements that make it, one by one.
pub fn statements(roles: &Roles, catalog: &Catalog, tenants: &[String]) -> Vec<String> {
    let mut script: Vec<String> = Vec::new();
    let login = identifier(&roles.login);
    if roles.made {
        script.push(create(&roles.login, "LOGIN NOINHERIT"));
        let groups = roles
            .members
            .iter()
            .chain(&roles.anonymous)
            .chain(&roles.trusted)
            .filter(|name| **name != roles.login);
        for group in groups {
            script.push(format!("GRANT {} TO {login}", identifier(group)));
        }
        if roles.members.contains(&roles.login) {
            let own = catalog
                .relations
                .iter()
                .filter(|r| !r.platform)
                .map(|r| r.schema.as_str());
            let schemas: BTreeSet<&str> = own.collect();
            for schema in schemas {
                let name = identifier(schema);
                script.push(format!("GRANT USAGE ON SCHEMA {name} TO {login}"));
                script.push(format!(
                    "GRANT SELECT, INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA {name} TO {login}"
                ));
                script.push(format!(
                    "GRANT USAGE ON ALL SEQUENCES IN SCHEMA {name} TO {login}"
                ));
            }
        }
    }
    for tenant in tenants {
        script.push(create(tenant, "NOLOGIN INHERIT"));
        for group in &roles.members {
            script.push(format!(
                "GRANT {} TO {}",
                identifier(group),
                identifier(tenant)
            ));
        }
        script.push(format!("GRANT {} TO {login}", identifier(tenant)));
    }
    script
}

/// Roles belong to the whole cluster: another database of this run may have made it already.
fn create(name: &str, options: &str) -> String {
    let exists = format!("SELECT FROM pg_roles WHERE rolname = {}", literal(name));
    format!(
        "DO $make$ BEGIN IF NOT EXISTS ({exists}) THEN CREATE ROLE {} {options}; END IF; END $make$",
        identifier(name)
    )
}
