//! The last line, and the list of what stayed unproven.
use super::Look;
use super::plain::{counted, one_line};
use crate::event::{Summary, Unproven};

/// `412 attacks in 6.1 s: 410 stopped, 1 leaked, 1 unproven, 0 errored`
pub(super) fn last_line(summary: &Summary, look: &Look) -> String {
    let system = match look.many {
        true => format!("{}: ", one_line(&summary.system)),
        false => String::new(),
    };
    let findings = match summary.findings {
        findings if findings == summary.leaked => String::new(),
        findings => format!(" ({})", counted(findings, "finding")),
    };
    let accepted = match summary.accepted {
        0 => String::new(),
        accepted => format!("; {} accepted", counted(accepted, "finding")),
    };
    let missed = match summary.not_reached {
        0 => String::new(),
        missed => format!("; {missed} not made, because the time had run out"),
    };
    format!(
        "{system}{} in {}: {} stopped, {} leaked{findings}, {} unproven, {} errored{accepted}{missed}",
        counted(summary.attacks, "attack"),
        seconds(summary.elapsed_ms),
        summary.stopped,
        summary.leaked,
        summary.unproven,
        summary.errored
    )
}

pub(super) fn seconds(elapsed_ms: u64) -> String {
    match elapsed_ms {
        0..60_000 => format!("{:.1} s", elapsed_ms as f64 / 1000.0),
        _ => format!("{} min {} s", elapsed_ms / 60_000, elapsed_ms / 1000 % 60),
    }
}

/// Objects named for one reason before the rest is only counted.
const MOST_OBJECTS: usize = 4;

/// What no attack could decide, grouped by reason, the most frequent first; empty when everything was decided.
pub(super) fn unproven_lines(cells: &[Unproven], events: &str) -> Vec<String> {
    let (allowed, open): (Vec<_>, Vec<_>) = cells.iter().partition(|cell| cell.allowed);
    let mut lines = Vec::new();
    if !open.is_empty() {
        let cells = counted(open.len(), "cell");
        lines.push(format!("unproven: {cells} that no attack could decide"));
        lines.extend(grouped(&open));
    }
    if !allowed.is_empty() {
        let cells = counted(allowed.len(), "cell");
        lines.push(format!("unproven, but allowed: {cells}"));
        lines.extend(grouped(&allowed));
    }
    if !lines.is_empty() {
        lines.push(format!("  each of them is in {events}"));
    }
    lines
}

fn grouped(cells: &[&Unproven]) -> Vec<String> {
    let mut reasons: Vec<(&str, Vec<&Unproven>)> = Vec::new();
    for cell in cells {
        match reasons
            .iter_mut()
            .find(|(reason, _)| *reason == cell.reason)
        {
            Some((_, same)) => same.push(cell),
            None => reasons.push((&cell.reason, vec![cell])),
        }
    }
    reasons.sort_by_key(|(_, same)| std::cmp::Reverse(same.len()));
    reasons
        .iter()
        .flat_map(|(reason, same)| {
            [
                format!("  {} × {}", same.len(), one_line(reason)),
                format!("      {}", objects(same)),
            ]
        })
        .collect()
}

/// `public.a (select, update), public.b (select) and 3 more`
fn objects(cells: &[&Unproven]) -> String {
    let mut objects: Vec<(&str, Vec<&str>)> = Vec::new();
    for cell in cells {
        match objects
            .iter_mut()
            .find(|(object, _)| *object == cell.object)
        {
            Some((_, commands)) if commands.contains(&&*cell.command) => {}
            Some((_, commands)) => commands.push(&cell.command),
            None => objects.push((&cell.object, vec![&cell.command])),
        }
    }
    let named: Vec<String> = objects
        .iter()
        .take(MOST_OBJECTS)
        .map(|(object, commands)| match commands.join(", ").as_str() {
            // What was left out as a whole has no command.
            "" => one_line(object),
            commands => one_line(&format!("{object} ({commands})")),
        })
        .collect();
    match objects.len().saturating_sub(MOST_OBJECTS) {
        0 => named.join(", "),
        more => format!("{} and {more} more", named.join(", ")),
    }
}
