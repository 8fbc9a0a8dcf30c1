//! `plans`, from the flags to what is shown and written.
use super::engine::Fake;
use super::{project, session};
use watertight::cli::Exit;

#[test]
fn plans_shows_the_worst_first_and_writes_a_page() {
    let folder = project("");
    let line = "plans -q supabase/migrations --html plans.html";
    let session = session(folder.path(), line, &Fake::clean());
    insta::with_settings!({filters => vec![(r"\.tmp\w+", "project")]}, {
        insta::assert_snapshot!(session.shown());
    });
    let page = std::fs::read_to_string(folder.path().join("plans.html")).unwrap();
    for wanted in [
        "<svg ",
        "prefers-color-scheme",
        "newest by &lt;created_at&gt;",
        "public.notes",
        "indexes on trial: hypothetical for 1 table",
        "members may not read it",
    ] {
        assert!(page.contains(wanted), "{wanted}");
    }
    assert!(
        !page.contains("<created_at>") && !page.contains("<script"),
        "{page}"
    );
    assert!(!page.contains("http"), "nothing is fetched");
}

#[test]
fn plans_as_json_has_a_line_for_each_table() {
    let folder = project("[systems.shop]\nmigrations = \"supabase/migrations\"\n");
    let line = "plans -q --system shop --format json";
    let session = session(folder.path(), line, &Fake::clean());
    insta::assert_snapshot!(session.out);
}

#[test]
fn a_saved_baseline_is_no_worse_than_itself_and_fails_once_it_was_better() {
    let folder = project("[systems.shop]\nmigrations = \"supabase/migrations\"\n");
    let run = |line: &str| session(folder.path(), line, &Fake::clean());
    let path = folder.path().join("plans.json");
    assert_eq!(run("plans -q --save plans.json").exit, Exit::Clean);
    let same = run("plans -q --compare plans.json");
    assert_eq!(
        (same.exit, same.out.trim()),
        (Exit::Clean, "no plan is worse than in the baseline")
    );

    let saved = std::fs::read_to_string(&path).unwrap();
    let better = saved
        .replacen(
            "\"found_by\": \"no_index\"",
            "\"found_by\": \"index\", \"index\": \"tasks_org\"",
            1,
        )
        .replacen("\"blocks\": 20600", "\"blocks\": 2060", 1);
    assert_ne!(saved, better);
    std::fs::write(&path, better).unwrap();
    let worse = run("plans -q --compare plans.json");
    assert_eq!(worse.exit, Exit::Leak);
    insta::assert_snapshot!(worse.out);
}

#[test]
fn what_is_no_baseline_is_told_before_anything_starts() {
    let folder = project("");
    std::fs::write(
        folder.path().join("old.json"),
        "{\"watertight_plans\": 2, \"systems\": {}}",
    )
    .unwrap();
    for (file, said) in [
        ("old.json", "version 2"),
        ("none.json", "cannot compare with none.json"),
    ] {
        let engine = Fake::clean();
        let line = format!("plans supabase/migrations --compare {file}");
        let session = session(folder.path(), &line, &engine);
        assert_eq!(session.exit, Exit::Usage);
        assert!(session.err.contains(said), "{}", session.err);
        assert!(engine.plans.borrow().is_empty());
    }
}
