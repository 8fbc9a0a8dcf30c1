//! `status`, from the flags to what is shown.
use super::engine::Fake;
use super::{project, session};
use watertight::catalog::PolicyCommand;
use watertight::cli::Exit;
use watertight::status::*;

/// A move that has come half of the way, with one table of every kind.
pub fn half_way() -> Status {
    let new = column("org_id", Side::New);
    let old = column("owner_id", Side::Old);
    let fresh = KeyColumn {
        not_null: false,
        indexed: false,
        reference: Reference::NotValidated,
        filled: Filled::Counted { nulls: 2, rows: 9 },
        immutable: Immutable::No,
        ..new.clone()
    };
    let tables = vec![
        table(
            "contacts",
            vec![new, old.clone()],
            vec![policy("contacts_org", Convention::New)],
            Vec::new(),
        ),
        Table {
            parent: Some("public.contacts".into()),
            ..table(
                "notes",
                Vec::new(),
                vec![policy("notes_of_contact", Convention::New)],
                Vec::new(),
            )
        },
        deals(fresh, old.clone()),
        Table {
            security: Security::Off,
            ..table(
                "campaigns",
                vec![old],
                Vec::new(),
                vec![Gap::NoColumn, Gap::SecurityOff],
            )
        },
    ];
    Status {
        new: "public.organizations.id".into(),
        old: vec!["auth.users.id".into()],
        tables,
        left_out: vec![LeftOut {
            table: "public.plans".into(),
            reason: "the same price list for everybody".into(),
        }],
        ..Status::default()
    }
}

fn policy(name: &str, convention: Convention) -> Policing {
    Policing {
        name: name.into(),
        command: PolicyCommand::All,
        permissive: true,
        convention,
    }
}

/// Everything that can be wanting.
fn deals(new: KeyColumn, old: KeyColumn) -> Table {
    let policies = vec![
        policy("deals_org", Convention::New),
        policy("deals_own", Convention::Old),
        policy("deals_shared", Convention::Neither),
    ];
    let of = || "org_id".to_owned();
    let gaps = vec![
        Gap::Nullable(of()),
        Gap::Nulls {
            column: of(),
            nulls: 2,
            rows: 9,
        },
        Gap::OldPolicy("deals_own".into()),
        Gap::OpenPolicy("deals_shared".into()),
        Gap::NotValidated(of()),
        Gap::NoIndex(of()),
        Gap::Changeable(of()),
    ];
    table("deals", vec![new, old], policies, gaps)
}

fn table(name: &str, columns: Vec<KeyColumn>, policies: Vec<Policing>, gaps: Vec<Gap>) -> Table {
    let begun = columns.iter().any(|column| column.side == Side::New);
    Table {
        name: format!("public.{name}"),
        stage: match gaps.is_empty() {
            true => Stage::Moved,
            false if begun => Stage::Half,
            false => Stage::NotBegun,
        },
        security: Security::On,
        columns,
        parent: None,
        policies,
        rows: None,
        gaps,
    }
}

fn column(name: &str, side: Side) -> KeyColumn {
    KeyColumn {
        name: name.into(),
        key: match side {
            Side::New => "public.organizations.id".into(),
            _ => "auth.users.id".into(),
        },
        side,
        type_name: "uuid".into(),
        not_null: true,
        default: None,
        indexed: true,
        reference: Reference::Validated,
        filled: Filled::Enforced,
        immutable: match side {
            Side::New => Immutable::Refused("42501".into()),
            _ => Immutable::Unproven("there is only one owner".into()),
        },
    }
}

#[test]
fn status_shows_every_table_and_ends_with_the_progress() {
    let folder = project("");
    let session = session(folder.path(), "status supabase/migrations", &Fake::clean());
    insta::with_settings!({filters => vec![(r"\.tmp\w+", "project")]}, {
        insta::assert_snapshot!(session.shown());
    });
}

#[test]
fn status_as_json_has_one_line_for_each_table() {
    let folder = project("[systems.shop]\nmigrations = \"supabase/migrations\"\n");
    let line = "status -q --system shop --through 0002_orgs --format json";
    let session = session(folder.path(), line, &Fake::clean());
    assert_eq!(session.exit, Exit::Clean, "{}", session.err);
    insta::assert_snapshot!(session.out);
}

#[test]
fn status_of_several_systems_shows_one_after_the_other() {
    let folder = project(
        "[systems.shop]\nmigrations = \"supabase/migrations\"\n\
         [systems.blog]\nmigrations = \"supabase/migrations\"\n",
    );
    let session = session(folder.path(), "status -q", &Fake::clean());
    let bars = session.out.matches("2 of 4 tables moved (50 %)").count();
    assert_eq!(bars, 2, "{}", session.out);
}

#[test]
fn status_takes_the_new_key_from_the_flag() {
    let folder = project("");
    let engine = Fake::clean();
    let line = "status -q --tenant public.Workspaces.id";
    assert_eq!(session(folder.path(), line, &engine).exit, Exit::Clean);
    let tenant = engine.plans.borrow()[0].tenancy.tenant.clone().unwrap();
    assert_eq!(tenant.to_string(), "public.workspaces.id");
    let wrong = session(folder.path(), "status --tenant a..b", &engine);
    assert_eq!(wrong.exit, Exit::Usage);
    assert!(wrong.err.contains("schema.table.column"), "{}", wrong.err);
}

#[test]
fn percents_are_never_rounded_up() {
    let mut status = half_way();
    let moved = status.tables[0].clone();
    let left = status.tables[3].clone();
    status.tables = vec![moved; 34];
    status.tables.extend(vec![left; 54]);
    assert_eq!((status.moved(), status.percent()), (34, 38));
    status.tables.truncate(35);
    assert_eq!(status.percent(), 97);
}
