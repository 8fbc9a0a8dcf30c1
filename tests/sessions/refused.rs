//! Sessions with bad input: one clear message with the next step, the right exit code, and nothing that hangs.
use super::{Project, assert_shown};
use std::time::{Duration, Instant};

#[test]
fn a_mistyped_flag_is_answered_with_the_nearest() {
    assert_shown!(Project::empty().run("check --semd 3").shown());
}

#[test]
fn an_unknown_system_is_answered_with_the_nearest() {
    let project = Project::of("clean").with(
        "watertight.toml",
        "[systems.shop]\nmigrations = \"migrations\"\n",
    );
    assert_shown!(project.run("check --system shpo").shown());
}

#[test]
fn an_unknown_key_is_shown_where_it_stands() {
    let project = Project::of("clean").with("watertight.toml", "seed = 2\nstatment_timeout = 1\n");
    assert_shown!(project.run("check").shown());
}

#[test]
fn a_configuration_that_is_no_toml_is_shown_where_it_breaks() {
    let project = Project::of("clean").with("watertight.toml", "seed = \n");
    assert_shown!(project.run("check").shown());
}

#[test]
fn an_empty_directory_is_refused() {
    let project = Project::empty().with("migrations/.keep", "");
    assert_shown!(project.run("check migrations").shown());
}

#[test]
fn a_missing_directory_is_refused() {
    assert_shown!(Project::empty().run("check gone").shown());
}

#[test]
fn a_project_without_migrations_is_told_where_they_were_looked_for() {
    assert_shown!(Project::empty().run("check").shown());
}

#[test]
fn sql_that_does_not_parse_is_shown_to_the_column() {
    let project = Project::empty().with(
        "migrations/0001_rooms.sql",
        "create table public.floors (id int primary key);\n\n\
         create table public.rooms (\n  id int,,\n  name text\n);\n",
    );
    assert_shown!(project.run("check migrations").shown());
}

#[test]
fn a_migration_that_fails_is_shown_with_what_the_server_said() {
    let project = Project::of("clean").with(
        "migrations/0003_owner.sql",
        "insert into public.offices values (gen_random_uuid(), 'Lisbon');\n\n\
         alter table public.offices\n  add column owner uuid not null;\n",
    );
    assert_shown!(project.run("check migrations").shown());
    assert!(
        project.events().contains("\"event\":\"failed\""),
        "{}",
        project.events()
    );
}

#[test]
fn a_failure_inside_of_a_do_block_is_shown_at_the_block() {
    let project = Project::of("clean").with(
        "migrations/0003_block.sql",
        "do $$\nbegin\n  alter table public.offices rename column nmae to title;\nend\n$$;\n",
    );
    assert_shown!(project.run("check migrations").shown());
}

#[test]
fn an_absent_extension_is_told_and_forgiven_when_only_a_comment_needs_it() {
    let project = Project::of("clean").with(
        "migrations/0003_maps.sql",
        "create extension if not exists no_such_maps;\n\
         comment on extension no_such_maps is 'where the offices are';\n",
    );
    assert_shown!(project.run("check migrations").shown());
}

#[test]
fn an_absent_extension_is_named_when_something_else_fails_for_it() {
    let project = Project::of("clean").with(
        "migrations/0003_maps.sql",
        "create extension if not exists no_such_maps;\n\
         create table public.places (id int primary key, at geography not null);\n",
    );
    assert_shown!(project.run("check migrations").shown());
}

#[test]
fn a_schema_without_tenants_is_refused() {
    let project = Project::empty().with(
        "migrations/0001_weather.sql",
        "create table public.weather (day date primary key, degrees int);\n\
         create table public.rivers (id int primary key, name text);\n",
    );
    assert_shown!(project.run("check migrations").shown());
}

#[test]
fn a_login_role_that_does_not_exist_is_refused() {
    let project =
        Project::of("clean").with("watertight.toml", "[tenancy]\nlogin_role = \"desk_ap\"\n");
    assert_shown!(project.run("check migrations").shown());
}

#[test]
fn a_role_that_may_not_log_in_is_refused() {
    let project = Project::of("clean")
        .with(
            "migrations/0003_login.sql",
            "alter role desk_app nologin;\n",
        )
        .with("watertight.toml", "[tenancy]\nlogin_role = \"desk_app\"\n");
    assert_shown!(project.run("check migrations").shown());
}

#[test]
fn a_login_role_that_may_not_become_the_members_role_is_refused() {
    let project = Project::of("clean")
        .with(
            "migrations/0003_roles.sql",
            "create role desk_outsider login;\n",
        )
        .with(
            "watertight.toml",
            "[tenancy]\nlogin_role = \"desk_outsider\"\nmember_roles = [\"desk_app\"]\n",
        );
    assert_shown!(project.run("check migrations").shown());
}

#[test]
fn a_wrong_correction_fails_the_baseline() {
    let project = Project::of("clean").with(
        "watertight.toml",
        "[tenancy]\nclaims = [{ setting = \"app.offcie\", holds = \"tenant\" }]\n",
    );
    assert_shown!(project.run("check migrations").shown());
}

#[test]
fn a_correction_of_a_table_that_is_not_there_is_answered_with_the_nearest() {
    let project = Project::of("clean").with(
        "watertight.toml",
        "[tenancy]\nshared = [{ table = \"public.leters\", reason = \"typo\" }]\n",
    );
    assert_shown!(project.run("check migrations").shown());
}

#[test]
fn a_condition_of_public_rows_that_is_no_condition_is_answered_with_what_would_be_one() {
    let project = Project::of("clean").with(
        "watertight.toml",
        "[tenancy]\npublic_rows = [{ table = \"public.letters\", where = \"is_open\", reason = \"typo\" }]\n",
    );
    let session = project.run("check migrations -q");
    assert_eq!(session.code, Some(2), "{}", session.shown());
    assert!(
        session.err.contains("cannot be found by `is_open`") && session.err.contains("42703"),
        "{}",
        session.err
    );
}

#[test]
fn a_version_that_nobody_has_is_no_server() {
    let session = Project::of("clean").run("check migrations --postgres 99");
    assert_eq!(session.code, Some(5), "{}", session.err);
    for words in [
        "error: no PostgreSQL 99 was found",
        "tried: Docker does not answer",
        "apt-get install postgresql-99",
        "--database-url",
    ] {
        assert!(session.err.contains(words), "{words}:\n{}", session.err);
    }
    assert_eq!(session.err.matches("error").count(), 1, "{}", session.err);
}

#[test]
fn docker_that_does_not_answer_is_no_server() {
    let session = Project::of("clean").run("check migrations --server docker");
    assert_eq!(session.code, Some(5), "{}", session.err);
    assert!(session.err.contains("start Docker"), "{}", session.err);
}

#[test]
fn a_url_at_which_nobody_answers_is_no_server() {
    let project = Project::of("clean");
    let session = project.run("check migrations --database-url postgresql://me@127.0.0.1:1/shop");
    assert_shown!(session.shown());
}

#[test]
fn a_url_that_is_none_is_a_mistake_of_usage() {
    let session = Project::of("clean").run("check migrations --database-url nonsense");
    assert_shown!(session.shown());
}

#[test]
fn a_policy_that_never_ends_is_unproven_and_the_run_ends() {
    let project = Project::of("clean").with(
        "migrations/0003_endless.sql",
        "create function public.endless() returns boolean language plpgsql as\n\
         $$ begin loop perform 1; end loop; end $$;\n\
         create policy letters_endless on public.letters using (public.endless());\n",
    );
    let session = project.run("check migrations --statement-timeout 100");
    assert_eq!(session.code, Some(3), "{}", session.shown());
    assert!(session.out.contains("SQLSTATE 57014"), "{}", session.out);
}

#[test]
fn a_view_that_sleeps_is_unproven_and_the_run_ends() {
    let project = Project::of("clean").with(
        "migrations/0003_sleepy.sql",
        "create view public.sleepy as select * from public.letters where pg_sleep(100) is not null;\n\
         grant select on public.sleepy to desk_app;\n",
    );
    let session = project.run("check migrations --statement-timeout 100");
    assert_eq!(session.code, Some(3), "{}", session.shown());
    assert!(
        session.out.contains("public.sleepy (select"),
        "{}",
        session.out
    );
}

#[test]
fn a_trigger_that_never_ends_does_not_keep_the_world_from_being_filled() {
    let begun = Instant::now();
    let project = Project::of("clean").with(
        "migrations/0003_endless.sql",
        "create function public.endless() returns trigger language plpgsql as\n\
         $$ begin loop perform 1; end loop; end $$;\n\
         create trigger endless before insert on public.letters\n\
         for each row execute function public.endless();\n",
    );
    let session = project.run("check migrations --statement-timeout 100");
    assert!(matches!(session.code, Some(0 | 3)), "{}", session.shown());
    assert!(begun.elapsed() < Duration::from_secs(60));
}

#[test]
fn a_correction_of_a_later_table_waits_for_it_and_a_misspelt_one_does_not() {
    let correcting = |table: &str| {
        let reason = "letters are read out in the hall";
        let text =
            format!("[tenancy]\nshared = [{{ table = \"{table}\", reason = \"{reason}\" }}]\n");
        Project::of("clean").with("watertight.toml", &text)
    };
    let later = correcting("public.letters");
    let stopped = later.run("check -q --format json --through 0001_tenants");
    assert_eq!(stopped.code, Some(0), "{}{}", stopped.out, stopped.err);
    let told = "the configuration also names public.letters, not made yet at 0001_tenants";
    assert!(stopped.out.contains(told), "{}", stopped.out);
    let misspelt = correcting("public.leters").run("check -q");
    assert_eq!(misspelt.code, Some(2), "{}", misspelt.out);
    assert!(misspelt.err.contains("did you mean"), "{}", misspelt.err);
}
