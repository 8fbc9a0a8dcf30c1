//! Where words go: standard output and error, and what they can show.
use crate::config::Color;
use crate::report::{Look, Progress};
use std::io::{IsTerminal, Write};

/// The terminal, or a test's stand-in for it.
pub struct Streams {
    pub out: Box<dyn Fn() -> Box<dyn Write>>,
    pub err: Box<dyn Fn() -> Box<dyn Write>>,
    pub out_is_terminal: bool,
    pub err_is_terminal: bool,
    /// `NO_COLOR` is set, or the terminal is a dumb one.
    pub no_color: bool,
    /// In columns.
    pub width: usize,
}

impl Streams {
    /// Those of the process.
    pub fn of_process() -> Streams {
        let set = |name: &str| std::env::var_os(name).filter(|value| !value.is_empty());
        let dumb = set("TERM").is_some_and(|term| term == "dumb");
        Streams {
            out: Box::new(|| Box::new(std::io::stdout())),
            err: Box::new(|| Box::new(std::io::stderr())),
            out_is_terminal: std::io::stdout().is_terminal(),
            err_is_terminal: std::io::stderr().is_terminal(),
            // https://no-color.org: present and not empty, whatever its value.
            no_color: set("NO_COLOR").is_some() || dumb,
            width: width(),
        }
    }

    /// How findings may look on standard output.
    pub fn look(&self, color: Color) -> Look {
        self.look_of(color, self.out_is_terminal)
    }

    /// How failures may look on standard error.
    pub fn error_look(&self, color: Color) -> Look {
        self.look_of(color, self.err_is_terminal)
    }

    fn look_of(&self, color: Color, terminal: bool) -> Look {
        Look {
            color: match color {
                Color::Always => true,
                Color::Never => false,
                Color::Auto => terminal && !self.no_color,
            },
            width: self.width,
            many: false,
            events: String::new(),
        }
    }

    pub fn progress(&self, quiet: bool, look: &Look) -> Progress {
        match (quiet, self.err_is_terminal) {
            (true, _) => Progress::silent(),
            (false, true) => Progress::bar(look),
            (false, false) => Progress::lines((self.err)(), look),
        }
    }
}

fn width() -> usize {
    let typed = std::env::var("COLUMNS")
        .ok()
        .and_then(|text| text.parse().ok());
    let seen = || terminal_size::terminal_size().map(|(width, _)| usize::from(width.0));
    typed.or_else(seen).unwrap_or(100).clamp(60, 160)
}
