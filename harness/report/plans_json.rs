//! What plans tell, as lines of JSON: one for the system, one for each table, one for each table left out.
use crate::plans::{
    Advice, Answer, Candidate, Fault, Finding, Made, Measured, Standing, TableAdvice, Trying, Worse,
};
use serde_json::{Value, json};

/// The version of the lines.
const VERSION: u32 = 1;

pub(super) fn lines(advice: &Advice) -> String {
    let count =
        |wanted: fn(&TableAdvice) -> bool| advice.tables.iter().filter(|t| wanted(t)).count();
    let (version, reason) = match &advice.trying {
        Trying::Hypothetical { version } => (Some(version), None),
        Trying::Real { reason } => (None, Some(reason)),
    };
    let mut values = vec![json!({
        "v": VERSION,
        "event": "plans",
        "system": advice.system,
        "server": advice.server,
        "rows": advice.rows,
        "tables": advice.tables.len(),
        "by_index": count(|t| matches!(t.finding, Finding::Index(_))),
        "without_index": count(|t| t.finding == Finding::NoIndex),
        "every_row": count(|t| t.finding == Finding::EveryRow),
        "hypopg": version,
        "no_hypopg": reason,
    })];
    values.extend(advice.tables.iter().map(|t| table(&advice.system, t)));
    values.extend(advice.left_out.iter().map(|left| {
        json!({"v": VERSION, "event": "left_out", "system": advice.system, "table": left.table, "reason": left.reason})
    }));
    values.iter().map(|value| format!("{value}\n")).collect()
}

pub(super) fn worse(worse: &Worse) -> String {
    let culprits: Vec<Value> = worse
        .culprits
        .iter()
        .map(|(what, at)| json!({"what": what, "place": place(at)}))
        .collect();
    let line = json!({
        "v": VERSION,
        "event": "worse",
        "system": worse.system,
        "table": worse.table,
        "question": worse.question,
        "what": worse.what,
        "culprits": culprits,
        "before": worse.before,
        "now": worse.now,
    });
    format!("{line}\n")
}

fn table(system: &str, table: &TableAdvice) -> Value {
    let (finding, index) = match &table.finding {
        Finding::Index(name) => ("index", Some(name)),
        Finding::NoIndex => ("no_index", None),
        Finding::EveryRow => ("every_row", None),
    };
    let made = table.made.map(|made| match made {
        Made::Hypothetical => "hypothetical",
        Made::Real => "real",
    });
    let missing = table.missing.iter().map(|missing| {
        json!({"table": missing.table, "columns": missing.columns, "reason": missing.reason, "sql": missing.sql})
    });
    let redundant = table
        .redundant
        .iter()
        .map(|found| json!({"index": found.index, "by": found.by, "place": place(&found.place)}));
    let dead = table.dead.iter().map(|found| {
        json!({"index": found.index, "column": found.column, "type": found.type_name, "place": place(&found.place)})
    });
    json!({
        "v": VERSION,
        "event": "table",
        "system": system,
        "table": table.table,
        "column": table.column,
        "role": table.role,
        "found_by": finding,
        "index": index,
        "indexes_on_trial": made,
        "shape": table.shape.lines().collect::<Vec<_>>(),
        "faults": table.faults.iter().map(fault).collect::<Vec<_>>(),
        "missing": missing.collect::<Vec<_>>(),
        "redundant": redundant.collect::<Vec<_>>(),
        "dead_columns": dead.collect::<Vec<_>>(),
        "measured": table.measured.as_ref().map(measured),
    })
}

fn place(place: &Option<crate::span::Place>) -> Option<String> {
    place.as_ref().map(ToString::to_string)
}

fn fault(fault: &Fault) -> Value {
    let rewrite = fault.rewrite.as_ref().map(|rewrite| {
        json!({"before": rewrite.before, "sql": rewrite.sql, "callers_that_see_the_same": rewrite.callers})
    });
    json!({"policy": fault.policy, "place": place(&fault.place), "reason": fault.reason, "rewrite": rewrite})
}

fn measured(found: &Measured) -> Value {
    let tenants: Vec<Value> = found
        .tenants
        .iter()
        .map(|(name, rows)| json!({"tenant": name, "rows": rows}))
        .collect();
    let strategies: Vec<Value> = found
        .strategies
        .iter()
        .map(|s| json!({"strategy": s.name, "answers": s.answers.iter().map(answer).collect::<Vec<_>>()}))
        .collect();
    let unused: Vec<Value> = found
        .unused
        .iter()
        .map(|(name, size)| json!({"index": name, "bytes": size}))
        .collect();
    json!({
        "rows": found.rows,
        "bytes": found.table_bytes,
        "tenants": tenants,
        "strategies": strategies,
        "candidates": found.candidates.iter().map(candidate).collect::<Vec<_>>(),
        "unused": unused,
        "notes": found.notes,
    })
}

fn answer(answer: &Answer) -> Value {
    let standing = match &answer.standing {
        Standing::Index(_) => "index",
        Standing::Filter => "filter",
        Standing::Nowhere => "nowhere",
        Standing::Unread => "unread",
    };
    json!({
        "question": answer.question,
        "tenant": answer.tenant,
        "tenant_by": standing,
        "sorts": answer.sorts,
        "blocks": answer.blocks,
        "rows_removed": answer.removed,
        "rows": answer.rows,
        "execution_ms": answer.execution_ms,
        "shape": answer.shape.lines().collect::<Vec<_>>(),
    })
}

fn candidate(candidate: &Candidate) -> Value {
    let gains: Vec<Value> = candidate
        .gains
        .iter()
        .map(|(tenant, before, after)| json!({"tenant": tenant, "blocks_before": before, "blocks_after": after}))
        .collect();
    json!({
        "sql": candidate.sql,
        "columns": candidate.columns,
        "question": candidate.question,
        "gains": gains,
        "bytes": candidate.bytes,
        "insert_blocks_before": candidate.insert_blocks.0,
        "insert_blocks_after": candidate.insert_blocks.1,
        "insert_ms_before": candidate.insert_ms.0,
        "insert_ms_after": candidate.insert_ms.1,
        "needs_rewrite": candidate.needs_rewrite,
    })
}
