//! Progress on standard error. Everything of indicatif stays in this file.
use super::Look;
use super::plain::{counted, one_line};
use crate::event::{Event, Phase, Started};
use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};
use std::io::Write;
use std::time::{Duration, Instant};

/// Lets one through per interval.
#[derive(Debug, Clone)]
pub struct Pace {
    every: Duration,
    last: Option<Instant>,
}

impl Pace {
    pub fn new(every: Duration) -> Pace {
        Pace { every, last: None }
    }

    /// Whether it is time again at `now`.
    pub fn allows(&mut self, now: Instant) -> bool {
        let due = self
            .last
            .is_none_or(|last| now.duration_since(last) >= self.every);
        if due {
            self.last = Some(now);
        }
        due
    }
}

/// Guesses how long a phase goes on, from how long it took to come so far.
#[derive(Debug, Clone, Default)]
pub struct Remaining {
    /// The phase, when it was first heard of, and how much was done by then.
    begun: Option<(Phase, Instant, usize)>,
}

impl Remaining {
    /// Whole seconds until `total` is done; nothing while there is too little to go by.
    pub fn seconds(
        &mut self,
        phase: Phase,
        done: usize,
        total: usize,
        now: Instant,
    ) -> Option<u64> {
        const LEAST_SECONDS: f64 = 5.0;
        let (since, from) = match self.begun {
            Some((known, since, from)) if known == phase && from <= done => (since, from),
            _ => {
                self.begun = Some((phase, now, done));
                return None;
            }
        };
        let elapsed = now.duration_since(since).as_secs_f64();
        if elapsed < LEAST_SECONDS || done == from || done >= total {
            return None;
        }
        let left = elapsed * (total - done) as f64 / (done - from) as f64;
        Some(left.ceil() as u64)
    }
}

enum Surface {
    Nothing,
    /// Lines one below the other, for logs.
    Lines(Box<dyn Write>),
    /// One line that is drawn over.
    Bar(ProgressBar),
}

/// Tells on standard error how far the run is.
pub struct Progress {
    surface: Surface,
    pace: Pace,
    remaining: Remaining,
    many: bool,
    started: Option<String>,
}

impl Progress {
    /// Nothing is shown at all.
    pub fn silent() -> Progress {
        Progress::on(Surface::Nothing, Duration::MAX, false)
    }

    /// A line at most every ten seconds, into a log.
    pub fn lines(out: Box<dyn Write>, look: &Look) -> Progress {
        Progress::on(Surface::Lines(out), Duration::from_secs(10), look.many)
    }

    /// One line on a terminal, redrawn at most once a second.
    pub fn bar(look: &Look) -> Progress {
        let bar = ProgressBar::with_draw_target(None, ProgressDrawTarget::stderr());
        let style = ProgressStyle::with_template("{msg}").expect("the template is a constant");
        bar.set_style(style);
        Progress::on(Surface::Bar(bar), Duration::from_secs(1), look.many)
    }

    fn on(surface: Surface, every: Duration, many: bool) -> Progress {
        Progress {
            surface,
            pace: Pace::new(every),
            remaining: Remaining::default(),
            many,
            started: None,
        }
    }

    pub fn hear(&mut self, event: &Event) {
        match event {
            Event::Started(started) => {
                let facts = facts(started);
                self.started = Some(started.system.clone());
                self.write_line(&facts);
            }
            Event::Phase { phase, done, total } => {
                let now = Instant::now();
                let left = self.remaining.seconds(*phase, *done, *total, now);
                if self.pace.allows(now) {
                    let mut words = self.words(*phase, *done, *total);
                    if let Some(left) = left {
                        words.push_str(&format!(", about {} left", about(left)));
                    }
                    self.show(&words);
                }
            }
            Event::Finished(_) | Event::Failed(_) | Event::Interrupted => self.clear(),
            _ => {}
        }
    }

    /// Runs `write` while the progress line is out of the way.
    pub fn aside<T>(&self, write: impl FnOnce() -> T) -> T {
        match &self.surface {
            Surface::Bar(bar) => bar.suspend(write),
            _ => write(),
        }
    }

    fn words(&self, phase: Phase, done: usize, total: usize) -> String {
        let system = match &self.started {
            Some(system) if self.many => format!("{}: ", one_line(system)),
            _ => String::new(),
        };
        match (done, total) {
            (0, 0) => format!("{system}{}", phase.name()),
            (done, 0) => format!("{system}{}: {done}", phase.name()),
            (done, total) => format!("{system}{}: {done} of {total}", phase.name()),
        }
    }

    fn show(&mut self, words: &str) {
        match &mut self.surface {
            Surface::Nothing => {}
            // Nobody may be listening to standard error any more; the work goes on.
            Surface::Lines(out) => drop(writeln!(out, "{words}")),
            Surface::Bar(bar) => bar.set_message(words.to_owned()),
        }
    }

    fn write_line(&mut self, words: &str) {
        match &mut self.surface {
            Surface::Nothing => {}
            Surface::Lines(out) => drop(writeln!(out, "{words}")),
            Surface::Bar(bar) => bar.suspend(|| drop(writeln!(std::io::stderr(), "{words}"))),
        }
    }

    /// Removes the line, so that nothing of it stays below the last words.
    pub fn clear(&mut self) {
        if let Surface::Bar(bar) = &self.surface {
            bar.set_message(String::new());
            bar.finish_and_clear();
            bar.reset();
        }
    }
}

fn about(seconds: u64) -> String {
    match seconds {
        0..90 => format!("{seconds} s"),
        _ => format!("{} min", seconds.div_ceil(60)),
    }
}

/// Two lines that say what is attacked, and where and how to do it again.
fn facts(started: &Started) -> String {
    format!(
        "{}: {} from {}, {}, {}\n  attacked with {}, {} and {} in {}, seed {}{}{}",
        one_line(&started.system),
        counted(started.tables, "table"),
        counted(started.migrations, "migration"),
        counted(started.policies, "policy"),
        counted(started.functions, "function"),
        counted(started.tenants, "tenant"),
        counted(started.users, "user"),
        counted(started.rows, "row"),
        one_line(&started.server),
        started.seed,
        started
            .shard
            .as_ref()
            .map_or_else(String::new, |shard| format!(", part {shard}")),
        match started.left_out.len() {
            0 => String::new(),
            left => format!(", {} left out", counted(left, "probe")),
        }
    )
}
