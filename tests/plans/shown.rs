//! What is said of plans, as a person sees it: one table of every kind.
use watertight::plans::*;

/// A system in which everything is found that can be.
pub fn advice(system: &str) -> Advice {
    let fault = Fault {
        policy: "notes_member".into(),
        place: None,
        reason: "calls public.has_access(org_id) for each row".into(),
        rewrite: Some(Rewrite {
            before: Vec::new(),
            using: "(org_id = ANY (ARRAY(SELECT m.org_id FROM public.members m)))".into(),
            sql: "ALTER POLICY notes_member ON public.notes USING (org_id = ANY (ARRAY(SELECT m.org_id FROM public.members m)))".into(),
            callers: 7,
        }),
    };
    let notes = TableAdvice {
        finding: Finding::EveryRow,
        made: Some(Made::Real),
        faults: vec![fault],
        measured: Some(measured()),
        ..table("notes")
    };
    let tasks = TableAdvice {
        finding: Finding::NoIndex,
        made: Some(Made::Hypothetical),
        missing: vec![MissingIndex {
            table: "public.tasks".into(),
            columns: vec!["org_id".into()],
            reason: "its policies look for a tenant's rows by it, and read all of them".into(),
            sql: "CREATE INDEX ON public.tasks (org_id)".into(),
        }],
        ..table("tasks")
    };
    let deals = TableAdvice {
        redundant: vec![RedundantIndex {
            index: "deals_org".into(),
            by: "deals_org_status".into(),
            place: None,
        }],
        dead: vec![DeadColumn {
            index: "deals_org_status".into(),
            column: "status".into(),
            type_name: "public.deal_status".into(),
            place: None,
        }],
        ..table("deals")
    };
    Advice {
        system: system.into(),
        server: "PostgreSQL 15.18 (local)".into(),
        major: 15,
        rows: 20_000,
        trying: Trying::Hypothetical {
            version: "1.3.1".into(),
        },
        tables: vec![notes, tasks, deals],
        left_out: vec![LeftOut {
            table: "public.secrets".into(),
            reason: "members may not read it".into(),
        }],
        drops: Vec::new(),
    }
}

fn table(name: &str) -> TableAdvice {
    TableAdvice {
        table: format!("public.{name}"),
        column: "org_id".into(),
        role: "authenticated".into(),
        finding: Finding::Index(format!("{name}_org")),
        made: None,
        shape: format!("Index Scan using {name}_org on public.{name} (index condition: org_id)\n"),
        policies: vec![(format!("{name}_member"), None)],
        faults: Vec::new(),
        missing: Vec::new(),
        redundant: Vec::new(),
        dead: Vec::new(),
        measured: None,
    }
}

fn measured() -> Measured {
    let strategy = |name: &str, blocks: [u64; 3], removed| Strategy {
        name: name.into(),
        answers: ["hot", "middle", "tail"]
            .into_iter()
            .zip(blocks)
            .map(|(tenant, blocks)| answer(tenant, blocks, removed))
            .collect(),
    };
    let gains = [("hot", 620, 52), ("middle", 190, 53), ("tail", 24, 25)];
    Measured {
        rows: 20_021,
        tenants: vec![
            ("hot".into(), 4007),
            ("middle".into(), 206),
            ("tail".into(), 28),
        ],
        table_bytes: 4_900_000,
        strategies: vec![
            strategy("as it is", [20_600, 20_590, 20_580], 16_000),
            strategy("no policies", [603, 201, 24], 0),
            strategy("rewritten", [620, 190, 24], 0),
            strategy("with indexes", [52, 53, 25], 0),
        ],
        candidates: vec![Candidate {
            sql: "CREATE INDEX ON public.notes (org_id, created_at DESC)".into(),
            columns: vec!["org_id".into(), "created_at".into()],
            question: "newest by <created_at>".into(),
            gains: gains.map(|(name, a, b)| (name.to_owned(), a, b)).into(),
            bytes: 840_000,
            insert_blocks: (2_400, 3_600),
            insert_ms: (8.0, 10.4),
            needs_rewrite: true,
        }],
        unused: vec![("notes_old".into(), 172_000)],
        notes: Vec::new(),
    }
}

fn answer(tenant: &str, blocks: u64, removed: u64) -> Answer {
    Answer {
        question: "newest by <created_at>".into(),
        tenant: tenant.into(),
        standing: if removed > 0 {
            Standing::Filter
        } else {
            Standing::Index("notes_org".into())
        },
        sorts: blocks > 100,
        blocks,
        removed,
        rows: 50,
        execution_ms: blocks as f64 / 100.0,
        shape: "Seq Scan on public.notes (filter: no column of it)\n".into(),
    }
}
