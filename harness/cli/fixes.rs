//! `--fix-file`: every patch that was tried, as one migration.
use crate::error::Failure;
use crate::event::{Event, Finding, Listener};
use std::path::Path;

/// Collects the patches of leaks that fail the run, and passes everything on.
pub(super) struct Fixes<'a> {
    pub found: &'a mut Vec<Finding>,
    pub inner: &'a mut dyn Listener,
}

impl Listener for Fixes<'_> {
    fn hear(&mut self, event: &Event) {
        if let Event::Leak(finding) = event
            && finding.patch.is_some()
        {
            self.found.push((**finding).clone());
        }
        self.inner.hear(event);
    }
}

/// Writes the migration; nothing where nothing is to be mended.
pub(super) fn write(path: &Path, found: &[Finding]) -> Result<(), Failure> {
    let text = migration(found);
    if text.is_empty() {
        return Ok(());
    }
    std::fs::write(path, text).map_err(|reason| {
        let title = format!("cannot write {}: {reason}", path.display());
        Failure::new(super::Exit::Usage.code(), title).help("name a file that can be written")
    })
}

fn migration(found: &[Finding]) -> String {
    let mut out = String::new();
    for finding in found {
        let Some(patch) = &finding.patch else {
            continue;
        };
        if out.contains(&patch.sql) {
            continue;
        }
        if out.is_empty() {
            out.push_str("-- Each of these was tried by itself on a copy: the leak was gone and members reached what they reached before.\n-- Read them before you apply them.\n");
        }
        let title = finding.title.replace('\n', " ");
        out.push_str(&format!(
            "\n-- {title} ({}):\n-- {}.\n{}\n",
            finding.fingerprint, patch.says, patch.sql
        ));
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::event::{Culprit, Patch, Severity};

    fn finding(sql: &str) -> Finding {
        Finding {
            system: String::new(),
            probe: String::new(),
            severity: Severity::High,
            title: "a member reads".to_owned(),
            object: String::new(),
            object_kind: String::new(),
            command: String::new(),
            role: String::new(),
            attacker: String::new(),
            victim: String::new(),
            door: String::new(),
            culprit: Culprit {
                kind: String::new(),
                name: String::new(),
                source: None,
            },
            expected: String::new(),
            got: String::new(),
            notes: Vec::new(),
            help: None,
            patch: Some(Patch {
                sql: sql.to_owned(),
                says: "drop it".to_owned(),
                controls: 1,
            }),
            repro: String::new(),
            doors: Vec::new(),
            fingerprint: "00".to_owned(),
        }
    }

    #[test]
    fn one_mend_for_two_leaks_is_written_once() {
        let found = [
            finding("DROP POLICY a;"),
            finding("DROP POLICY a;"),
            finding("DROP POLICY b;"),
        ];
        let text = migration(&found);
        assert_eq!(text.matches("DROP POLICY a;").count(), 1, "{text}");
        assert_eq!(text.matches("DROP POLICY b;").count(), 1, "{text}");
    }

    #[test]
    fn nothing_is_written_where_nothing_is_to_be_mended() {
        assert_eq!(migration(&[]), "");
    }
}
