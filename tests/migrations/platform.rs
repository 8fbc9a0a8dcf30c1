//! Whether the Supabase prelude stands in front.
use super::tree;
use rstest::rstest;
use watertight::migrations::Platform;

fn preludes(sql: &str, platform: Platform) -> Vec<String> {
    let root = tree(&[("1.sql", sql)]);
    let migrations =
        watertight::migrations::read(&[root.path().to_owned()], None, platform).unwrap();
    let names = migrations.files.iter().filter(|file| file.platform);
    names.map(|file| file.name.clone()).collect()
}

#[rstest]
#[case::role_of_a_policy("create policy p on t for select to authenticated using (true);")]
#[case::role_of_a_grant("grant select on t to postgres, anon;")]
#[case::revoke("revoke all on t from public, \"service_role\";")]
#[case::function_of_a_policy("create policy p on t using (owner = (select auth.uid()));")]
#[case::reference("create table p (id uuid references auth.users (id));")]
#[case::inside_a_body("create function f() returns uuid language sql as $$ select auth.uid() $$;")]
#[case::inside_a_do("do $$ begin execute $x$ grant usage on schema public to anon $x$; end $$;")]
#[case::schema_of_an_extension("create extension if not exists vector with schema extensions;")]
#[case::search_path("create table a (b uuid default extensions.uuid_generate_v4());")]
fn a_supabase_project_gets_the_prelude(#[case] sql: &str) {
    let names = preludes(sql, Platform::Auto);
    assert!(names.len() > 2, "{names:?}");
    assert!(names.is_sorted());
}

#[rstest]
#[case::plain("create table t (a int);")]
#[case::words_in_strings("insert into t values ('authenticated', 'auth.uid()'); -- to anon")]
#[case::a_column("create table t (anon boolean, authenticated boolean);")]
#[case::an_alias("select * from sessions auth where auth.user_id = 1;")]
#[case::an_alias_with_as("select 1 from storage_things as storage join x on storage.id = x.id;")]
#[case::its_own_roles(
    "create role anon; create role authenticated; grant select on t to anon, authenticated;"
)]
#[case::its_own_roles_in_a_do(
    "do $$ begin create role authenticated nologin; end $$; create policy p on t to authenticated using (true);"
)]
#[case::its_own_schema("create schema if not exists auth; create table auth.users (id uuid);")]
fn other_projects_do_not(#[case] sql: &str) {
    assert_eq!(preludes(sql, Platform::Auto), [""; 0]);
}

#[test]
fn a_dump_of_a_whole_project_needs_the_roles_only() {
    let names = preludes(
        "create schema auth; create table auth.users (id uuid); grant usage on schema auth to anon;",
        Platform::Auto,
    );
    assert_eq!(names, ["platform/0001_roles"]);
}

#[test]
fn it_can_be_decided_by_hand() {
    assert!(preludes("select auth.uid();", Platform::None).is_empty());
    assert!(!preludes("select 1;", Platform::Supabase).is_empty());
}

#[test]
fn cutting_does_not_change_the_decision() {
    let root = tree(&[
        ("1.sql", "create table t (a int);"),
        ("2.sql", "grant select on t to anon;"),
    ]);
    let roots = [root.path().to_owned()];
    let migrations = watertight::migrations::read(&roots, Some("1"), Platform::Auto).unwrap();
    assert!(migrations.files[0].platform);
    assert_eq!(migrations.names(), ["1"]);
    assert!(migrations.is_platform(0));
    assert!(!migrations.is_platform(migrations.statements.len() - 1));
}

#[test]
fn neons_functions_are_there_for_those_who_call_them_and_do_not_make_them() {
    let policy = "create policy own on t to authenticated using (auth.user_id() = owner);";
    let made = "create function auth.user_id() returns text language sql as 'select 1';";
    let has_neon = |sql: &str| {
        let names = preludes(sql, Platform::Auto);
        assert!(
            names.contains(&"platform/0003_auth".to_owned()),
            "{names:?}"
        );
        names.contains(&"platform/0007_neon".to_owned())
    };
    assert!(has_neon(policy));
    assert!(!has_neon(&format!("{made}\n{policy}")));
}
