//! What the report formats make of a rehearsal.
use super::{look, written};
use std::path::Path;
use watertight::event::*;
use watertight::span::Place;

const MIGRATION: &str = "create table t ();\n\nupdate public.leads set company_id = 1;\n";

fn place() -> Place {
    Place::of(Path::new("migrations/0003_backfill.sql"), MIGRATION, 20)
}

fn problem(kind: ProblemKind, object: &str, title: &str) -> Problem {
    Problem {
        kind,
        object: object.into(),
        title: title.into(),
        migration: None,
        place: None,
        examples: Vec::new(),
        allowed: None,
    }
}

fn table(name: &str, rows: usize) -> RehearsedTable {
    RehearsedTable {
        name: name.into(),
        rows_before: rows,
        rows_after: rows,
        kept: rows,
        updatable: Some(true),
        ..RehearsedTable::default()
    }
}

fn problems() -> Vec<Problem> {
    vec![
        Problem {
            migration: Some("0003_backfill".into()),
            place: Some(place()),
            examples: vec!["id 17".into(), "id 18\n::error".into()],
            ..problem(
                ProblemKind::Moved,
                "public.leads",
                "2 rows of org_b in public.leads now belong to org_a",
            )
        },
        Problem {
            allowed: Some("old sessions are thrown away on purpose".into()),
            ..problem(
                ProblemKind::Lost,
                "public.sessions",
                "6 rows of org_a and org_b in public.sessions are nowhere any more",
            )
        },
    ]
}

fn tables() -> Vec<RehearsedTable> {
    vec![
        table("public.contacts", 12),
        RehearsedTable {
            kept: 10,
            moved: 2,
            orphans: 1,
            immutable: Some(true),
            updatable: Some(false),
            refused: 2,
            ..table("public.leads", 12)
        },
        RehearsedTable {
            rows_after: 0,
            kept: 0,
            lost: 6,
            dropped: true,
            updatable: None,
            ..table("public.sessions", 6)
        },
        RehearsedTable {
            platform: true,
            ..table("auth.users", 3)
        },
    ]
}

fn sample() -> Rehearsed {
    Rehearsed {
        problems: problems(),
        tables: tables(),
        system: "shop".into(),
        from: "0002_contacts".into(),
        through: "0004_policies".into(),
        files: vec![
            RehearsedFile {
                name: "0003_backfill".into(),
                statements: 2,
                elapsed_us: 12_345,
                heavy: vec![HeavyStatement {
                    place: place(),
                    head: "alter table public.leads alter column id type bigint".into(),
                    held_us: 11_900,
                    rewrites: vec!["public.leads".into()],
                    locks: vec![("public.leads".into(), Lock::Everybody)],
                    rows: 12,
                }],
            },
            RehearsedFile {
                name: "0004_policies".into(),
                statements: 3,
                elapsed_us: 400,
                heavy: Vec::new(),
            },
        ],
        checks: vec![
            NamedCheck {
                name: "No row is left without a company.".into(),
                place: place(),
                result: CheckResult::Holds,
            },
            NamedCheck {
                name: "Every company has a member.".into(),
                place: place(),
                result: CheckResult::Fails("false".into()),
            },
        ],
        unasked: None,
        owners: vec!["1 row of nobody in public.leads went to nobody".into()],
        elapsed_ms: 1_234,
    }
}

#[test]
fn full_shows_what_went_wrong_before_what_went_well() {
    let text = written("full", look(false, 100), &[event()]);
    insta::assert_snapshot!(text);
}

#[test]
fn concise_json_and_github_agree_with_it() {
    let told = ["concise", "json", "github"].map(|format| {
        format!(
            "--format {format}\n{}",
            written(format, look(false, 100), &[event()])
        )
    });
    insta::assert_snapshot!(told.join("\n"));
}

pub fn event() -> Event {
    Event::Rehearsed(Box::new(sample()))
}

#[test]
fn allowed_problems_fail_nothing_and_failed_checks_do() {
    let mut tally = watertight::report::Tally::default();
    tally.hear(&event());
    assert_eq!(tally.broken, 2);
}

#[test]
fn reports_that_are_written_at_the_end_agree_with_it() {
    let count = |format: &str, word: &str| {
        let text = written(format, look(false, 100), &[event()]);
        assert!(text.contains("now belong to org_a"), "{format}: {text}");
        assert!(
            text.contains("Every company has a member."),
            "{format}: {text}"
        );
        assert!(
            !text.contains("the grid was complete"),
            "a rehearsal has none: {format}"
        );
        text.matches(word).count()
    };
    assert_eq!(count("junit", "<failure "), 2);
    assert_eq!(count("sarif", "\"ruleId\":"), 2);
    assert_eq!(count("markdown", "- **"), 2);
    assert_eq!(count("html", "<li><strong>"), 2);
}
