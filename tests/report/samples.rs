//! One set of sample events; every report format is snapshotted over it.
use std::ops::Range;
use std::sync::Arc;
use watertight::error::Failure;
use watertight::event::*;
use watertight::span::Place;

const MIGRATION: &str = include_str!("contacts.sql");
const FILE: &str = "migrations/0002_contacts.sql";

/// A whole run over one system, with everything that can happen in it.
pub fn run() -> Vec<Event> {
    let mut events = vec![
        started("shop"),
        Event::Phase {
            phase: Phase::Attacks,
            done: 200,
            total: 412,
        },
    ];
    events.extend(findings().into_iter().map(|f| Event::Leak(Box::new(f))));
    events.push(Event::Accepted {
        finding: Box::new(unique_key()),
        reason: "names of organizations are public".into(),
    });
    events.push(Event::Note {
        text: "the extension pg_cron is absent; what only comments on it was left out".into(),
    });
    events.push(Event::Errored {
        probe: "read-by-view".into(),
        object: "public.v_contacts".into(),
        command: "select".into(),
        role: "authenticated".into(),
        reason: "the server closed the connection in the middle of the answer".into(),
    });
    events.extend(unproven());
    events.extend(covered());
    events.push(Event::Finished(summary("shop")));
    events
}

pub fn started(system: &str) -> Event {
    Event::Started(Started {
        system: system.into(),
        directory: "migrations".into(),
        seed: 7,
        shard: None,
        left_out: Vec::new(),
        server: "PostgreSQL 15.18 (local)".into(),
        migrations: 12,
        tables: 58,
        policies: 212,
        functions: 1,
        tenants: 3,
        users: 9,
        rows: 640,
    })
}

pub fn summary(system: &str) -> Summary {
    Summary {
        system: system.into(),
        attacks: 412,
        stopped: 392,
        leaked: 12,
        unproven: 7,
        errored: 1,
        not_reached: 0,
        findings: 5,
        accepted: 1,
        cells: 300,
        cells_proven: 293,
        elapsed_ms: 6_149,
    }
}

/// Different culprits, places and severities, in the order in which an engine might find them.
pub fn findings() -> Vec<Finding> {
    vec![reassign(), function(), without_source(), hostile_names()]
}

fn finding(probe: &str, severity: Severity, title: &str) -> Finding {
    Finding {
        system: "shop".into(),
        probe: probe.into(),
        severity,
        title: title.into(),
        object: "public.contacts".into(),
        object_kind: "table".into(),
        command: "update".into(),
        role: "authenticated".into(),
        attacker: "org_a's member".into(),
        victim: "org_b".into(),
        door: "direct".into(),
        culprit: Culprit {
            kind: "policy".into(),
            name: "contacts_update".into(),
            source: None,
        },
        expected: "SQLSTATE 42501".into(),
        got: "UPDATE 1".into(),
        notes: Vec::new(),
        help: None,
        patch: None,
        repro: "begin;\nset local role authenticated;\nupdate public.contacts set org_id = '00b…';\nrollback;\n"
            .into(),
        doors: vec![Door {
            probe: probe.into(),
            object: "public.contacts".into(),
            command: "update".into(),
            role: "authenticated".into(),
        }],
        fingerprint: "0123456789abcdef".into(),
    }
}

/// The example of the design: a policy of three lines whose last clause is wrong.
fn reassign() -> Finding {
    let mut reassign = finding(
        "reassign-row",
        Severity::High,
        "a member of org_a can move its own row into org_b",
    );
    reassign.culprit.source = Some(source(
        "create policy contacts_update",
        "with check (true);",
        "with check (true)",
        "accepts a row of any organization",
    ));
    reassign.help =
        Some("check the new row against the same organization as the old one: with check (org_id = public.auth_org_id())".into());
    reassign.notes = vec!["the same policy also lets 3 more pairs of command and identity through: insert as member, insert as admin, update as admin".into()];
    reassign.patch = Some(Patch {
        sql: "alter policy contacts_update on public.contacts\n  with check (org_id = public.auth_org_id());".into(),
        says: "let the check ask what the policy asks of the row that is there".into(),
        controls: 36,
    });
    reassign
}

/// A long body of which only the headline is shown.
fn function() -> Finding {
    let mut function = finding(
        "call-definer",
        Severity::Critical,
        "anybody who is signed in reads the audit logs of org_b by passing its id",
    );
    function.object = "public.get_org_audit_logs(uuid,integer)".into();
    function.object_kind = "function".into();
    function.command = "call".into();
    function.door = "function public.get_org_audit_logs(uuid,integer)".into();
    function.culprit = Culprit {
        kind: "function".into(),
        name: "public.get_org_audit_logs(uuid,integer)".into(),
        source: Some(source(
            "create function public.get_org_audit_logs",
            "end\n$$;",
            "security definer",
            "runs with its owner's rights, for whatever organization the caller names",
        )),
    };
    function.expected = "no row of org_b".into();
    function.got = "4 rows of org_b".into();
    function.fingerprint = "1123456789abcdef".into();
    function
}

/// Nothing in the migrations made it: a default did.
fn without_source() -> Finding {
    let mut finding = finding(
        "truncate-table",
        Severity::Medium,
        "a member of org_a can empty public.contacts for everybody",
    );
    finding.command = "truncate".into();
    finding.culprit.kind = "grant".into();
    finding.culprit.name = "TRUNCATE on public.contacts to authenticated".into();
    finding.got = "TRUNCATE TABLE".into();
    finding.fingerprint = "2123456789abcdef".into();
    finding
}

/// Names that try to write to the terminal, a tab, a capital umlaut and a long line.
fn hostile_names() -> Finding {
    let mut finding = finding(
        "read-by-view",
        Severity::High,
        "a member of org_a reads \u{1b}[2Jorg_b's contacts\nthrough a view, 100% of them: all, really",
    );
    finding.object = "public.\"Übersicht\"".into();
    finding.object_kind = "view".into();
    finding.command = "select".into();
    finding.culprit = Culprit {
        kind: "view".into(),
        name: "public.\"Übersicht\"".into(),
        source: Some(source(
            "create view",
            "group by o.name;",
            "join organizations o",
            "",
        )),
    };
    finding.expected = "no row of org_b".into();
    finding.got = "1 row of org_b".into();
    finding.fingerprint = "3123456789abcdef".into();
    finding
}

fn unique_key() -> Finding {
    let mut finding = finding(
        "unique-key",
        Severity::Low,
        "a member of org_a learns which names of organizations are taken",
    );
    finding.object = "public.organizations".into();
    finding.fingerprint = "4123456789abcdef".into();
    finding
}

fn source(from: &str, to: &str, clause: &str, label: &str) -> Source {
    let start = MIGRATION.find(from).unwrap();
    let end = start + MIGRATION[start..].find(to).unwrap() + to.len();
    let clause_start = start + MIGRATION[start..end].rfind(clause).unwrap();
    let clause: Range<usize> = clause_start..clause_start + clause.len();
    Source {
        place: Place::of(FILE, MIGRATION, clause.start),
        text: Arc::from(MIGRATION),
        statement: start..end,
        clause,
        label: label.into(),
    }
}

fn unproven() -> Vec<Event> {
    let cell = |object: &str, command: &str, reason: &str, allowed| {
        Event::Unproven(Unproven {
            system: "shop".into(),
            object: object.into(),
            command: command.into(),
            role: "authenticated".into(),
            attacker: "org_a's member".into(),
            reason: reason.into(),
            allowed,
        })
    };
    let recursion = "SQLSTATE 42P17: the policy recurses";
    let no_row = "no row of org_b could be loaded";
    vec![
        cell("public.members", "select", recursion, false),
        cell("public.a", "select", no_row, false),
        cell("public.a", "update", no_row, false),
        cell("public.b", "select", no_row, false),
        cell("public.c", "select", no_row, false),
        cell("public.d", "select", no_row, false),
        cell("public.e", "select", no_row, false),
        cell("public.reports", "select", "filled by a job", true),
    ]
}

/// Objects where everything was stopped, where some identities got through, and where nobody knows.
fn covered() -> Vec<Event> {
    let all = ["select", "insert", "update", "delete", "truncate"];
    let contacts = [
        stopped("select"),
        stopped("insert"),
        leaked("update"),
        stopped("delete"),
        vec![
            cells(
                "truncate",
                Outcome::Leaked,
                "authenticated",
                &["org_a's member"],
            ),
            cells(
                "truncate",
                Outcome::Stopped,
                "authenticated",
                &["org_a's admin"],
            ),
        ],
    ];
    let views = cells("select", Outcome::Errored, "authenticated", MEMBERS);
    let mut events = vec![
        object("public.contacts", "table", contacts.concat()),
        object("public.get_org_audit_logs", "function", leaked("call")),
        object("public.organizations", "table", all.map(stopped).concat()),
        object("public.v_contacts", "view", vec![views]),
        object("public.\"Übersicht\"", "view", leaked("select")),
    ];
    for name in ["members", "a", "b", "c", "d", "e", "reports"] {
        let open = cells(
            "select",
            Outcome::Unproven,
            "authenticated",
            &["org_a's member"],
        );
        events.push(object(&format!("public.{name}"), "table", vec![open]));
    }
    events
}

const MEMBERS: &[&str] = &["org_a's member", "org_a's admin"];

pub fn object(object: &str, kind: &str, cells: Vec<Cells>) -> Event {
    Event::Covered(Covered {
        system: "shop".into(),
        object: object.into(),
        object_kind: kind.into(),
        cells,
    })
}

fn cells(command: &str, outcome: Outcome, role: &str, attackers: &[&str]) -> Cells {
    Cells {
        command: command.into(),
        outcome,
        role: role.into(),
        attackers: attackers.iter().map(|&name| name.to_owned()).collect(),
    }
}

pub fn stopped(command: &str) -> Vec<Cells> {
    vec![
        cells(command, Outcome::Stopped, "anon", &["a visitor"]),
        cells(command, Outcome::Stopped, "authenticated", MEMBERS),
    ]
}

fn leaked(command: &str) -> Vec<Cells> {
    vec![
        cells(command, Outcome::Stopped, "anon", &["a visitor"]),
        cells(command, Outcome::Leaked, "authenticated", MEMBERS),
    ]
}

/// A migration that does not apply.
pub fn failure() -> Failure {
    Failure::new(2, "migration 0002_contacts.sql does not apply: relation \"organizations\" does not exist")
        .at(source(
            "create table contacts",
            "name text\n);",
            "references organizations",
            "",
        ))
        .note("SQLSTATE 42P01 (undefined_table)")
        .help("does an earlier migration create it? Migrations are applied in the order of their file names")
}
