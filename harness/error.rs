//! What could not be done, as a person sees it: each stage's error turns into one `Failure` at the end.
use crate::event::Source;

/// Why the run could not do its work. Stages keep their own typed errors; this is what is left to show of them.
#[derive(Debug, Clone, PartialEq, thiserror::Error)]
#[error("{title}")]
pub struct Failure {
    /// One of the codes of `cli::exit::Exit`.
    pub exit_code: u8,
    /// Fits after "error: ".
    pub title: String,
    /// The line that is at fault, when it stands in a file of the user's.
    pub excerpt: Option<Box<Source>>,
    /// What else is known: the server's message, its SQLSTATE …
    pub notes: Vec<String>,
    /// The next step.
    pub help: Option<String>,
}

impl Failure {
    pub fn new(exit_code: u8, title: impl Into<String>) -> Failure {
        Failure {
            exit_code,
            title: title.into(),
            excerpt: None,
            notes: Vec::new(),
            help: None,
        }
    }

    #[must_use]
    pub fn at(mut self, excerpt: Source) -> Failure {
        self.excerpt = Some(Box::new(excerpt));
        self
    }

    #[must_use]
    pub fn note(mut self, note: impl Into<String>) -> Failure {
        self.notes.push(note.into());
        self
    }

    #[must_use]
    pub fn help(mut self, help: impl Into<String>) -> Failure {
        self.help = Some(help.into());
        self
    }
}
