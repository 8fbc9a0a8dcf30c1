//! `--format full`: what a person reads in a terminal.
use super::excerpt::{draw_finding, draw_note, draw_warning};
use super::plain::{one_line, printable};
use super::summary::{last_line, unproven_lines};
use super::{Format, Look, Report, rehearsed, replayed};
use crate::event::{Event, Finding, Unproven};
use std::io::{self, Write};

pub(super) const FORMAT: Format = Format {
    name: "full",
    summary: "findings over your own migrations, for people",
    make: |look: Look| {
        Box::new(Full {
            look,
            unproven: Vec::new(),
        })
    },
};

/// One finding, as the report shows it.
pub fn show_finding(finding: &Finding, look: &Look) -> String {
    let full = Full {
        look: look.clone(),
        unproven: Vec::new(),
    };
    let mut out = Vec::new();
    full.write_finding(finding, &mut out)
        .expect("memory takes every byte");
    String::from_utf8_lossy(&out).into_owned()
}

struct Full {
    look: Look,
    unproven: Vec<Unproven>,
}

impl Report for Full {
    fn hear(&mut self, event: &Event, out: &mut dyn Write) -> io::Result<()> {
        match event {
            Event::Leak(finding) => self.write_finding(finding, out)?,
            Event::Accepted { finding, reason } => {
                let text = format!("accepted: {} ({reason})", finding.title);
                writeln!(out, "{}\n", draw_note(&text, &self.look))?;
            }
            Event::Unproven(unproven) => self.unproven.push(unproven.clone()),
            Event::Errored {
                probe,
                object,
                command,
                role,
                reason,
            } => {
                let title = format!("{} {object} as {role} went wrong", command.to_uppercase());
                let drawn = draw_warning(probe, &title, std::slice::from_ref(reason), &self.look);
                writeln!(out, "{drawn}\n")?;
            }
            Event::Note { text } => writeln!(out, "{}\n", draw_note(text, &self.look))?,
            Event::Finished(summary) => {
                self.write_unproven(out)?;
                writeln!(out, "{}", last_line(summary, &self.look))?;
            }
            Event::Rehearsed(rehearsed) => {
                writeln!(out, "{}", rehearsed::draw(rehearsed, &self.look))?;
            }
            Event::Replayed(replay) => {
                if let Some(drawn) = replayed::draw(replay, &self.look) {
                    writeln!(out, "{drawn}\n")?;
                }
            }
            Event::Interrupted => {
                self.write_unproven(out)?;
                writeln!(out, "interrupted: this is what was found until then")?;
            }
            Event::Started(_) | Event::Covered(_) | Event::Phase { .. } | Event::Failed(_) => {}
        }
        out.flush()
    }
}

impl Full {
    fn write_finding(&self, finding: &Finding, out: &mut dyn Write) -> io::Result<()> {
        writeln!(out, "{}\n", draw_finding(finding, &self.look))?;
        writeln!(
            out,
            "  try it in psql on the migrated database; it rolls back:\n"
        )?;
        for line in printable(finding.repro.trim_end()).lines() {
            writeln!(out, "{}", format!("    {line}").trim_end())?;
        }
        if let Some(patch) = &finding.patch {
            writeln!(out, "\n  a patch, {}:\n", patch.trial())?;
            for line in printable(&patch.sql).lines() {
                writeln!(out, "{}", format!("    {line}").trim_end())?;
            }
        }
        let probe = one_line(&finding.probe);
        let severity = finding.severity.name();
        writeln!(
            out,
            "\n  severity {severity} · fingerprint {0} · watertight explain {probe}\n  watertight replay {0}\n",
            finding.fingerprint
        )
    }

    fn write_unproven(&mut self, out: &mut dyn Write) -> io::Result<()> {
        let lines = unproven_lines(&self.unproven, &self.look.events);
        self.unproven.clear();
        for line in &lines {
            writeln!(out, "{line}")?;
        }
        match lines.is_empty() {
            true => Ok(()),
            false => writeln!(out),
        }
    }
}
