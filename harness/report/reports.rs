//! Hands every event to the report on standard output, to `events.jsonl` and to the progress line.
use super::{Look, Progress, Report, Tally, draw_failure, json};
use crate::event::{Event, Listener};
use std::fs::File;
use std::io::{self, BufWriter, Write};
use std::path::{Path, PathBuf};

/// What can go wrong with writing.
#[derive(Debug, thiserror::Error)]
pub enum ReportError {
    #[error("cannot create the output folder {}: {reason}", path.display())]
    Folder { path: PathBuf, reason: io::Error },
    #[error("cannot write {}: {reason}", path.display())]
    Events { path: PathBuf, reason: io::Error },
    #[error("cannot write to standard output: {reason}")]
    Output { reason: io::Error },
    #[error("cannot write the report {}: {reason}", path.display())]
    File { path: PathBuf, reason: io::Error },
}

impl ReportError {
    pub fn exit_code(&self) -> u8 {
        2
    }
}

/// A further report, into a file.
struct FileReport {
    report: Box<dyn Report>,
    path: PathBuf,
    /// Absent once it could not be written.
    out: Option<BufWriter<File>>,
}

/// All listeners of a run.
pub struct Reports {
    report: Box<dyn Report>,
    /// Absent once nobody reads it any more.
    out: Option<Box<dyn Write>>,
    files: Vec<FileReport>,
    events: Option<File>,
    events_path: PathBuf,
    progress: Progress,
    /// Failures are told on standard error, whatever the format.
    failures: Box<dyn Write>,
    look: Look,
    tally: Tally,
    trouble: Option<ReportError>,
}

impl Reports {
    /// Opens `events.jsonl` in `folder` anew; nothing else in the folder is touched.
    pub fn open(
        folder: &Path,
        report: Box<dyn Report>,
        look: Look,
        progress: Progress,
        out: Box<dyn Write>,
        failures: Box<dyn Write>,
    ) -> Result<Reports, ReportError> {
        std::fs::create_dir_all(folder).map_err(|reason| ReportError::Folder {
            path: folder.to_owned(),
            reason,
        })?;
        let events_path = folder.join("events.jsonl");
        let events = File::create(&events_path).map_err(|reason| ReportError::Events {
            path: events_path.clone(),
            reason,
        })?;
        Ok(Reports {
            report,
            out: Some(out),
            files: Vec::new(),
            events: Some(events),
            events_path,
            progress,
            failures,
            look,
            tally: Tally::default(),
            trouble: None,
        })
    }

    /// Writes one more report, into a file. It is emptied at once: what the last run wrote must not be taken for this one's.
    pub fn add_file(&mut self, path: &Path, report: Box<dyn Report>) -> Result<(), ReportError> {
        let failed = |reason| ReportError::File {
            path: path.to_owned(),
            reason,
        };
        if let Some(folder) = path.parent() {
            std::fs::create_dir_all(folder).map_err(failed)?;
        }
        let out = File::create(path).map_err(failed)?;
        self.files.push(FileReport {
            report,
            path: path.to_owned(),
            out: Some(BufWriter::new(out)),
        });
        Ok(())
    }

    /// After the last event: the counts, or what could not be written.
    pub fn close(mut self) -> (Tally, Option<ReportError>) {
        self.progress.clear();
        if let Some(mut out) = self.out.take() {
            let result = self.report.close(&mut *out);
            self.note_output(result);
        }
        self.write_files(|report, out| report.close(out));
        (self.tally, self.trouble)
    }

    fn write_files(
        &mut self,
        mut write: impl FnMut(&mut dyn Report, &mut dyn Write) -> io::Result<()>,
    ) {
        for file in &mut self.files {
            let Some(out) = &mut file.out else {
                continue;
            };
            if let Err(reason) = write(&mut *file.report, out) {
                file.out = None;
                let path = file.path.clone();
                self.trouble
                    .get_or_insert(ReportError::File { path, reason });
            }
        }
    }

    fn write_event(&mut self, event: &Event) {
        let Some(line) = json::line(event) else {
            return;
        };
        let Some(file) = &mut self.events else {
            return;
        };
        // One write per line, without a buffer: what was found stays found when the run is killed.
        if let Err(reason) = file.write_all(format!("{line}\n").as_bytes()) {
            self.events = None;
            let path = self.events_path.clone();
            self.trouble
                .get_or_insert(ReportError::Events { path, reason });
        }
    }

    fn write_report(&mut self, event: &Event) {
        let Some(out) = &mut self.out else {
            return;
        };
        let result = match event {
            Event::Phase { .. } => return,
            event => self.progress.aside(|| self.report.hear(event, &mut **out)),
        };
        self.note_output(result);
    }

    /// A reader that has seen enough (`| head`) is no trouble; the exit code still tells how the run ended.
    fn note_output(&mut self, result: io::Result<()>) {
        if let Err(reason) = result {
            self.out = None;
            if reason.kind() != io::ErrorKind::BrokenPipe {
                self.trouble.get_or_insert(ReportError::Output { reason });
            }
        }
    }
}

impl Listener for Reports {
    fn hear(&mut self, event: &Event) {
        self.tally.hear(event);
        self.write_event(event);
        self.progress.hear(event);
        self.write_report(event);
        self.write_files(|report, out| report.hear(event, out));
        if let Event::Failed(failure) = event {
            let drawn = draw_failure(failure, &self.look);
            let failures = &mut self.failures;
            self.progress.aside(|| drop(writeln!(failures, "{drawn}")));
        }
    }
}
