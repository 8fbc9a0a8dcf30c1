//! Sessions with saved leaks: each stands as a script for psql, is tried again, and is traced to the migration that opened it.
use super::Project;
use crate::support;
use std::path::{Path, PathBuf};
use std::process::Command;
use watertight::server::Request;

/// The doors that the third migration opens, by the probes that find them, and the key that the first one shares.
const PROBES: &str = "--probe read-row --probe reassign-row --probe gain-access --probe unique-key";

/// The case of a probe, by its directory's name.
fn case_of(project: &Project, probe: &str) -> String {
    let folder = project.path().join("watertight-out/cases");
    let mut found: Vec<String> = std::fs::read_dir(folder)
        .unwrap()
        .map(|entry| entry.unwrap().path())
        .filter(|path| {
            let text = std::fs::read_to_string(path.join("case.json")).unwrap();
            text.contains(&format!("\"probe\": \"{probe}\""))
        })
        .map(|path| path.file_name().unwrap().to_str().unwrap().to_owned())
        .collect();
    assert_eq!(found.len(), 1, "{probe}: {found:?}");
    found.remove(0)
}

/// Runs a script by the psql beside the server's programs; its exit code and what it said.
fn psql(command: &str, script: &Path) -> (Option<i32>, String) {
    let line = format!("{command} -X -v ON_ERROR_STOP=1 -f '{}'", script.display());
    let output = Command::new("/bin/sh")
        .args(["-c", &line])
        .output()
        .unwrap();
    let said = [output.stdout, output.stderr].concat();
    (output.status.code(), String::from_utf8(said).unwrap())
}

async fn expect_scripts(scripts: &[(PathBuf, &str)], mended: &Path) {
    let ground = support::Ground::new();
    let server = support::start(&Request::default(), &ground.places).await;
    server.create_database("empty").await.unwrap();
    let command = server.psql_command("empty");
    for (script, sentence) in scripts {
        let (code, said) = psql(&command, script);
        assert_eq!(code, Some(3), "{}: {said}", script.display());
        assert!(said.contains(sentence), "{said}");
    }
    let (code, said) = psql(&command, mended);
    assert_eq!(code, Some(0), "{said}");
    let session = server.connect("empty", None).await.unwrap();
    let left = "select count(*) from pg_class where relnamespace = 'public'::regnamespace
                union all select count(*) from pg_roles where rolname = 'desk_app'";
    let rows = session.client().query(left, &[]).await.unwrap();
    assert!(
        rows.iter().all(|row| row.get::<_, i64>(0) == 0),
        "something stayed behind"
    );
    session.close().await;
    server.stop().await.unwrap();
}

/// One project for all: a check costs seconds, what follows does not.
#[tokio::test]
async fn a_leak_is_saved_shown_from_nothing_replayed_and_traced() {
    let project = Project::of("cases");
    let session = project.run(&format!("check migrations -q --allow-unproven {PROBES}"));
    assert_eq!(session.code, Some(1), "{}", session.shown());
    let cases = ["read-row", "reassign-row", "unique-key", "gain-access"];
    let [read, write, sensed, steps] = cases.map(|probe| case_of(&project, probe));
    assert!(
        session.out.contains(&format!("watertight replay {read}")),
        "{}",
        session.out
    );

    let folder = project.path().join("watertight-out/cases");
    let script = |name: &String| folder.join(name).join("case.sql");
    let text = std::fs::read_to_string(script(&read)).unwrap();
    assert!(
        !text.contains("tickets"),
        "what the leak does not need is left out:\n{text}"
    );
    assert!(!text.contains("mood"), "so are columns:\n{text}");
    let mended = project.path().join("mended.sql");
    std::fs::write(&mended, text.replace("using (true)", "using (team_id = public.my_team())")
        .replace("create policy", "create function public.my_team() returns uuid language sql stable as $$ select nullif(current_setting('app.team', true), '')::uuid $$;\ncreate policy")).unwrap();
    expect_scripts(
        &[
            (script(&read), "can read rows of org_b in public.notes"),
            (
                script(&write),
                "can move its own row into org_b in public.notes",
            ),
            (script(&sensed), "can tell by public.tickets what org_b has"),
            (
                script(&steps),
                "and then read rows of org_b in public.letters",
            ),
        ],
        &mended,
    )
    .await;

    expect_replays(project, &[&read, &write, &sensed, &steps]);
}

/// The cases are tried again: as things are, back to the migration that opened one, and after doors were closed.
fn expect_replays(project: Project, cases: &[&String; 4]) {
    let [read, write, sensed, steps] = cases;
    let still = project.run(&format!(
        "replay -q --migrations migrations {read} {write} {steps}"
    ));
    assert_eq!(still.code, Some(1), "{}", still.shown());
    assert!(still.out.contains("3 leaking"), "{}", still.out);
    let traced = project.run(&format!("bisect -q --migrations migrations {write}"));
    assert_eq!(traced.code, Some(1), "{}", traced.shown());
    let place = "opened by 0003_openings at migrations/0003_openings.sql:7:1";
    assert!(traced.out.contains(place), "{}", traced.shown());

    let project = mend(project, &[read, write, sensed]);
    let replayed = project.run("replay -q --migrations migrations");
    assert_eq!(replayed.code, Some(3), "{}", replayed.shown());
    assert!(
        replayed.out.contains(&format!("fixed       {read}")),
        "{}",
        replayed.out
    );
    assert!(
        replayed.out.contains(&format!("fixed       {write}")),
        "{}",
        replayed.out
    );
    assert!(
        replayed.out.contains(&format!("cannot run  {sensed}")),
        "{}",
        replayed.out
    );
    assert!(
        replayed.out.contains("public.tickets"),
        "the table is named: {}",
        replayed.out
    );
}

/// Closes two doors, renames a table, and puts cases where every run looks for them.
fn mend(project: Project, cases: &[&String]) -> Project {
    let file = project.path().join("migrations/0003_openings.sql");
    let text = std::fs::read_to_string(&file).unwrap();
    let own = "(team_id = public.my_team())";
    std::fs::write(&file, text.replace("(true)", own)).unwrap();
    for case in cases {
        let from = project.path().join("watertight-out/cases").join(case);
        let to = project.path().join("tests/cases").join(case);
        super::copy(&from, &to);
    }
    project.with(
        "migrations/0005_issues.sql",
        "-- Tickets are called issues now.\nalter table public.tickets rename to issues;\n",
    )
}

#[test]
fn a_stored_case_that_leaks_fails_every_run() {
    let project = Project::of("cases");
    let first = project.run("check migrations -q --allow-unproven --probe read-row");
    assert_eq!(first.code, Some(1), "{}", first.shown());
    let read = case_of(&project, "read-row");
    let from = project.path().join("watertight-out/cases").join(&read);
    super::copy(&from, &project.path().join("tests/cases").join(&read));
    // Another probe: nothing but the stored case can tell of the leak.
    let second = project.run("check migrations -q --allow-unproven --probe truncate-table");
    assert_eq!(second.code, Some(1), "{}", second.shown());
    assert!(
        second.out.contains("the saved case leaks"),
        "{}",
        second.out
    );
    let event = "\"event\":\"replayed\"";
    assert!(project.events().contains(event), "{}", project.events());
}

#[test]
fn a_replay_of_nothing_is_a_mistake_of_usage() {
    let session = Project::of("cases").run("replay --migrations migrations");
    assert_eq!(session.code, Some(2), "{}", session.shown());
    let unknown = Project::of("cases").run("replay --migrations migrations 0123456789abcdef");
    assert_eq!(unknown.code, Some(2), "{}", unknown.shown());
    assert!(unknown.err.contains("fingerprint"), "{}", unknown.err);
}
