//! `status` with real servers: a system at its stages, and every way in which an owner is or is not held.
use super::Project;
use serde_json::Value;
use std::collections::BTreeMap;
use std::path::Path;

/// The lines of one kind.
fn lines(text: &str, event: &str) -> Vec<Value> {
    text.lines()
        .map(|line| serde_json::from_str::<Value>(line).unwrap())
        .filter(|line| line["event"] == event)
        .collect()
}

/// `watertight status` of a system of this project, stopped after a migration.
fn status_of(system: &str, through: &str) -> String {
    status_with(system, &["--through", through])
}

fn status_with(system: &str, flags: &[&str]) -> String {
    let output = assert_cmd::Command::new(env!("CARGO_BIN_EXE_watertight"))
        .args(["status", "-q", "--format", "json", "--system", system])
        .args(flags)
        .current_dir(Path::new(env!("CARGO_MANIFEST_DIR")))
        .timeout(super::SESSION_LIMIT)
        .output()
        .unwrap();
    assert!(output.status.success(), "{output:?}");
    String::from_utf8(output.stdout).unwrap()
}

/// Tables moved, half moved, not begun.
fn progress(text: &str) -> [u64; 3] {
    let line = &lines(text, "progress")[0];
    ["moved", "half", "not_begun"].map(|key| line[key].as_u64().unwrap())
}

#[test]
fn a_move_is_followed_from_its_first_migration_to_its_last() {
    let foundation = status_of("voxanne", "20250110_create_auth_org_id_function");
    assert_eq!(progress(&foundation), [0, 0, 45]);
    let columns = status_of("voxanne", "20250110_add_org_id_to_existing_tables");
    assert_eq!(progress(&columns), [0, 45, 0]);
    let enforced = status_of("voxanne", "20250110_create_org_id_immutability_triggers");
    assert_eq!(progress(&enforced), [0, 45, 0]);
    let switched = status_of("voxanne", "20250110_switch_policies_to_org");
    assert_eq!(progress(&switched), [45, 0, 0]);

    let gaps = |text: &str, gap: &str| {
        let has = |table: &&Value| {
            let mut gaps = table["gaps"].as_array().unwrap().iter();
            gaps.any(|found| found["gap"] == gap)
        };
        lines(text, "table").iter().filter(has).count()
    };
    let stages = [&columns, &enforced, &switched];
    assert_eq!(stages.map(|text| gaps(text, "nullable")), [45, 0, 0]);
    assert_eq!(stages.map(|text| gaps(text, "changeable")), [45, 0, 0]);
    assert_eq!(stages.map(|text| gaps(text, "old_policy")), [45, 45, 0]);
    assert_eq!(stages.map(|text| gaps(text, "no_reference")), [0, 0, 0]);
}

#[test]
fn a_move_table_by_table_is_counted_as_its_plan_counts_it() {
    let through = [
        "20251129000003_add_tenant_id_to_business_tables",
        "20251201000001_add_tenant_id_to_contacts",
        "20251215000000_phase1_move_marketing",
        "20260302000000_deprecate_org_id",
    ];
    let told = through.map(|migration| progress(&status_of("salesmod", migration)));
    assert_eq!(told, [[0, 31, 57], [34, 0, 54], [45, 0, 43], [88, 0, 0]]);
}

#[test]
fn rows_that_went_through_the_backfill_tell_what_it_filled() {
    let from = "20250110_create_auth_org_id_function";
    let told = |through: &str| {
        let text = status_with("voxanne", &["--from", from, "--through", through]);
        assert_eq!(lines(&text, "status")[0]["from"], from);
        let mut unfilled = 0;
        for table in lines(&text, "table") {
            let column = &table["columns"][0];
            assert_eq!(
                (&column["side"], &column["filled"]),
                (&"new".into(), &"counted".into())
            );
            assert!(table["rows"].as_u64() > Some(0), "{table}");
            unfilled += usize::from(column["nulls"] == table["rows"]);
            let none = column["nulls"] == 0;
            assert!(none || column["nulls"] == table["rows"], "{table}");
        }
        unfilled
    };
    assert_eq!(told("20250110_add_org_id_to_existing_tables"), 45);
    assert_eq!(told("20250110_backfill_org_id_from_user_id"), 0);
}

/// Offices as in `clean`, and users who used to own what now belongs to offices.
const PEOPLE: &str = "
create table public.people (id uuid primary key, office_id uuid not null references public.offices (id));
create function public.current_person() returns uuid language sql stable
  as $$ select nullif(current_setting('app.sub', true), '')::uuid $$;
create function public.refuse_move() returns trigger language plpgsql as $$
begin
  if new.office_id is distinct from old.office_id then
    raise exception 'no' using errcode = 'check_violation';
  end if;
  return new;
end $$;
create function public.put_back() returns trigger language plpgsql as $$
begin
  new.office_id := old.office_id;
  return new;
end $$;
create function public.set_own() returns trigger language plpgsql as $$
begin
  new.office_id := (select office_id from public.people where id = public.current_person());
  return new;
end $$;
create function public.refuse_all() returns trigger language plpgsql as $$
begin
  raise exception 'append only';
end $$;
";

fn table(name: &str, further: &str) -> String {
    format!(
        "create table public.{name} (
           id uuid primary key,
           person_id uuid not null references public.people (id),
           office_id uuid not null references public.offices (id),
           body text,
           unique (id, office_id)
         );
         alter table public.{name} enable row level security;
         create policy {name}_office on public.{name} using (office_id = public.current_office());
         create policy {name}_person on public.{name} using (person_id = public.current_person());
         grant select, insert, update, delete on public.{name} to desk_app;
         {further}\n"
    )
}

fn trigger(table: &str, timing: &str, function: &str) -> String {
    format!(
        "create trigger held {timing} on public.{table}
           for each row execute function public.{function}();"
    )
}

/// One table for each way of holding its owner.
fn ways() -> String {
    let update = |table, function| trigger(table, "before update", function);
    let disabled =
        update("disabled", "refuse_move") + "alter table public.disabled disable trigger held;";
    let deferred = "create constraint trigger held after update on public.deferred \
         deferrable initially deferred for each row execute function public.refuse_move();";
    let composite = "create table public.pages (id uuid primary key, letter_id uuid not null, office_id uuid not null, \
         foreign key (letter_id, office_id) references public.composite (id, office_id));";
    [
        table("nothing", ""),
        table("refused", &update("refused", "refuse_move")),
        table("put_back", &update("put_back", "put_back")),
        table("own", &trigger("own", "before insert or update", "set_own")),
        table("inserted", &trigger("inserted", "before insert", "set_own")),
        table("frozen", &update("frozen", "refuse_all")),
        table("disabled", &disabled),
        table("deferred", deferred),
        table("composite", composite),
        table(
            "single",
            "alter table public.single add unique (office_id);",
        ),
        table(
            "single_held",
            &(update("single_held", "refuse_move")
                + "alter table public.single_held add unique (office_id);"),
        ),
        // The unique key speaks before a trigger that waits for the end.
        table(
            "single_deferred",
            &("alter table public.single_deferred add unique (office_id);".to_owned()
                + &deferred.replace("public.deferred", "public.single_deferred")),
        ),
        table(
            "checked",
            "alter table public.checked add check (office_id <> person_id);",
        ),
    ]
    .concat()
}

#[test]
fn every_way_of_holding_an_owner_is_told_apart_from_none() {
    let project =
        Project::of("clean").with("migrations/0003_people.sql", &(PEOPLE.to_owned() + &ways()));
    let session = project.run("status -q migrations --format json");
    assert_eq!(session.code, Some(0), "{}", session.err);
    let held: BTreeMap<String, String> = lines(&session.out, "table")
        .iter()
        .filter_map(|table| {
            let columns = table["columns"].as_array().unwrap();
            let new = columns.iter().find(|column| column["side"] == "new")?;
            let name = table["table"].as_str().unwrap().replace("public.", "");
            Some((name, new["immutable"].as_str().unwrap().to_owned()))
        })
        .collect();
    let expected = [
        ("checked", "no"),
        ("composite", "no"),
        ("deferred", "refused"),
        ("disabled", "no"),
        ("frozen", "frozen"),
        ("inserted", "no"),
        ("letters", "no"),
        ("nothing", "no"),
        ("own", "put_back"),
        ("pages", "no"),
        ("put_back", "put_back"),
        ("refused", "refused"),
        ("single", "no"),
        ("single_deferred", "refused"),
        ("single_held", "refused"),
    ];
    let expected = expected.map(|(table, held)| (table.to_owned(), held.to_owned()));
    assert_eq!(held, BTreeMap::from(expected), "{}", session.out);
}

#[test]
fn a_schema_with_one_model_has_nothing_to_move() {
    let session = Project::of("clean").run("status -q");
    assert_eq!(session.code, Some(0), "{}", session.err);
    let told = "there is nothing to move, because the rows of all";
    assert!(session.out.contains(told), "{}", session.out);
}

#[test]
fn a_new_key_that_is_not_there_is_answered_with_the_nearest() {
    let session = Project::of("clean").run("status -q --tenant public.ofices.id");
    assert_eq!(session.code, Some(2), "{}", session.out);
    assert!(session.err.contains("public.offices"), "{}", session.err);
}

/// A trigger that never ends in reasonable time.
fn slow() -> Project {
    let sleep = "create function public.sleep() returns trigger language plpgsql as $$
        begin perform pg_sleep(60); return new; end $$;\n";
    let held = trigger("letters", "before update", "sleep");
    let people = PEOPLE.to_owned() + sleep + &held + &table("notes", "");
    Project::of("clean").with("migrations/0003_people.sql", &people)
}

#[test]
fn a_trigger_that_never_ends_is_unproven_and_the_command_ends() {
    let session = slow().run("status -q migrations --format json");
    assert_eq!(session.code, Some(0), "{}", session.err);
    let tables = lines(&session.out, "table");
    let letters = tables
        .iter()
        .find(|table| table["table"] == "public.letters");
    let column = &letters.unwrap()["columns"][0];
    assert_eq!(column["immutable"], "unproven", "{column}");
    assert!(
        column["why"].as_str().unwrap().contains("57014"),
        "{column}"
    );
}

#[test]
fn a_stopped_status_leaves_nothing() {
    let project = slow();
    let running = project.start("status migrations");
    crate::support::wait_until("the command begins", || running.err().contains("starting"));
    std::thread::sleep(std::time::Duration::from_secs(3));
    let (postmaster, directory) = running.server();
    running.signal("INT");
    let session = running.end(super::SESSION_LIMIT);
    assert_eq!(session.code, Some(130), "{}", session.shown());
    assert_eq!(session.out, "");
    assert!(!crate::support::is_running(postmaster));
    assert!(!directory.exists(), "{} is left", directory.display());
}
