//! The catalog answers about privileges as the server does.
use super::fixture;
use crate::support::Scratch;
use watertight::catalog::{Catalog, Privilege, read};

/// Asks the server the same questions about all roles and relations, and compares.
async fn compare(scratch: &Scratch, catalog: &Catalog) {
    let told = scratch
        .ask(
            "select concat_ws(' ', r.oid, c.oid, p, has_table_privilege(r.oid, c.oid, p))
             from pg_roles r, pg_class c, unnest(array['SELECT', 'INSERT', 'UPDATE', 'DELETE', 'TRUNCATE', 'REFERENCES', 'TRIGGER']) p
             where c.relkind in ('r', 'p', 'v', 'm') and c.oid >= 16384 and c.relnamespace::regnamespace::text <> 'watertight'",
        )
        .await;
    assert!(told.len() > 100);
    for line in told {
        let [role, relation, privilege, expected] = parts(&line);
        let relation = catalog.relation(relation.parse().unwrap()).unwrap();
        let privilege = match privilege {
            "SELECT" => Privilege::Select,
            "INSERT" => Privilege::Insert,
            "UPDATE" => Privilege::Update,
            "DELETE" => Privilege::Delete,
            "TRUNCATE" => Privilege::Truncate,
            "REFERENCES" => Privilege::References,
            _ => Privilege::Trigger,
        };
        let role = role.parse().unwrap();
        let held = catalog.has_privilege(role, relation, privilege);
        assert_eq!(
            held,
            expected == "t",
            "{} {privilege:?} {}",
            catalog.role_name(role),
            relation.name
        );
    }
}

async fn compare_roles(scratch: &Scratch, catalog: &Catalog) {
    let told = scratch
        .ask("select concat_ws(' ', a.oid, b.oid, 'member', pg_has_role(a.oid, b.oid, 'member')) from pg_roles a, pg_roles b")
        .await;
    for line in told {
        let [login, role, _, expected] = parts(&line);
        let (login, role) = (login.parse().unwrap(), role.parse().unwrap());
        let reaches = catalog.role_reaches(login, role);
        assert_eq!(
            reaches,
            expected == "t",
            "{} to {}",
            catalog.role_name(login),
            catalog.role_name(role)
        );
    }
    let told = scratch
        .ask(
            "select concat_ws(' ', r.oid, n.nspname, 'usage', has_schema_privilege(r.oid, n.oid, 'usage')) from pg_roles r, pg_namespace n
             where n.nspname !~ '^pg_' and n.nspname not in ('information_schema', 'watertight')",
        )
        .await;
    for line in told {
        let [role, schema, _, expected] = parts(&line);
        let role = role.parse().unwrap();
        assert_eq!(catalog.has_usage(role, schema), expected == "t", "{line}");
    }
    let told = scratch
        .ask(
            "select concat_ws(' ', r.oid, p.oid, 'execute', has_function_privilege(r.oid, p.oid, 'execute')) from pg_roles r, pg_proc p
             where p.oid >= 16384 and p.pronamespace::regnamespace::text <> 'watertight'",
        )
        .await;
    for line in told {
        let [role, function, _, expected] = parts(&line);
        if let Some(function) = catalog.function(function.parse().unwrap()) {
            let role = role.parse().unwrap();
            assert_eq!(
                catalog.has_execute(role, function),
                expected == "t",
                "{line}"
            );
        }
    }
}

fn parts(line: &str) -> [&str; 4] {
    let parts: Vec<&str> = line.split(' ').collect();
    parts.try_into().unwrap()
}

#[tokio::test]
async fn privileges_agree_with_the_server() {
    for name in ["teamwork", "ledger"] {
        let (scratch, _, _) = fixture(name).await;
        // Roles that inherit, that do not, and that do so only half-way.
        scratch
            .client()
            .batch_execute(
                "create role a; create role b noinherit; create role c; create role d; create table owned (x int); alter table owned owner to d;
                 grant a to b; grant b to c; grant d to a; create table granted (x int); grant select, truncate on granted to a;
                 create schema s; grant usage on schema s to a; create function s.f() returns int language sql as 'select 1';
                 revoke execute on function s.f from public; grant execute on function s.f to b;",
            )
            .await
            .unwrap();
        let catalog = read(scratch.client()).await.unwrap();
        compare(&scratch, &catalog).await;
        compare_roles(&scratch, &catalog).await;
        scratch.stop().await;
    }
}

#[tokio::test]
async fn column_privileges_are_apart_from_the_tables() {
    let (scratch, _, catalog) = fixture("teamwork").await;
    scratch
        .client()
        .batch_execute("revoke all on public.profiles from anon; grant select (id, full_name), update (full_name) on public.profiles to anon")
        .await
        .unwrap();
    let fresh = read(scratch.client()).await.unwrap();
    let anon = fresh.role_named("anon").unwrap().oid;
    let profiles = fresh.relation_named("profiles").unwrap();
    let number = |name: &str| profiles.column_named(name).unwrap().number;
    assert!(!fresh.has_privilege(anon, profiles, Privilege::Select));
    assert!(fresh.has_column_privilege(anon, profiles, number("id"), Privilege::Select));
    assert!(fresh.has_column_privilege(anon, profiles, number("full_name"), Privilege::Update));
    assert!(!fresh.has_column_privilege(anon, profiles, number("avatar_url"), Privilege::Select));
    // Before the REVOKE the default privileges gave it the whole table.
    let profiles = catalog.relation_named("profiles").unwrap();
    assert!(catalog.has_column_privilege(anon, profiles, number("avatar_url"), Privilege::Delete));
    scratch.stop().await;
}
