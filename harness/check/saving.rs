//! Saves each leak as a case: a value, and a script that builds the smallest schema which still leaks in the same way.
//! No script is written as good that was not run from nothing and seen to leak.
use super::CheckError;
use super::building::{Site, made_outside, statement_at};
use super::repro::Reduced;
use super::signs::Portrait;
use super::stage::{MIGRATED, Migrated, connect};
use crate::event::{Event, Finding, Listener};
use crate::oracle::observe_case::{Answer, ask, pasted};
use crate::oracle::{Bench, ObserveError};
use crate::server::Session;
use crate::shrink::{self, LEAKS, SavedCase, Sign, excuse, script};
use crate::sqlstate::SqlState;
use std::path::PathBuf;

/// The empty database in which scripts are run; each rolls back.
const EMPTY: &str = "cases";
/// How often one script may be run to make it smaller, and all of one run together.
const QUESTIONS: usize = 300;
const ALL_QUESTIONS: usize = 3000;

/// The cases of one run.
pub(super) struct Saving<'a> {
    migrated: &'a Migrated,
    folder: PathBuf,
    timeout_ms: u64,
    sessions: Option<Sessions>,
    left: usize,
    saved: usize,
    /// The leaks without a script, with the reason.
    unscripted: Vec<String>,
    unreplayable: usize,
}

struct Sessions {
    /// In the database without anything.
    empty: Session,
    /// In the migrated one without rows of ours.
    migrated: Session,
}

impl<'a> Saving<'a> {
    /// Cases go into directories of their own below `folder`.
    pub fn new(migrated: &'a Migrated, folder: PathBuf, timeout_ms: u64) -> Self {
        Saving {
            migrated,
            folder,
            timeout_ms,
            sessions: None,
            left: ALL_QUESTIONS,
            saved: 0,
            unscripted: Vec::new(),
            unreplayable: 0,
        }
    }

    /// Saves one leak. Where the finding's own script shows nothing on the migrated database and the case does, the case's
    /// takes its place.
    pub async fn save(
        &mut self,
        bench: &Bench<'_>,
        found: &mut Finding,
        reduced: &Reduced,
    ) -> Result<(), CheckError> {
        let portrait = Portrait {
            bench,
            reduced,
            found,
        };
        let mut case = portrait.case();
        let migrations = &self.migrated.migrations;
        case.migrations = migrations.names().into_iter().map(str::to_owned).collect();
        case.made_outside = made_outside(self.migrated, &bench.scene.tenancy.roles, &case);
        let mut text = None;
        match no_script(&case) {
            Some(why) => {
                case.unscripted = Some(why.to_owned());
                case.unreplayable = Some(why.to_owned());
            }
            None => {
                let sessions = self.open().await?;
                case.unreplayable = replayable(&sessions.migrated, &case).await?;
                let good = shows(&sessions.migrated, &case, &found.repro).await?;
                if !good && case.unreplayable.is_none() {
                    found.repro = format!("BEGIN;\n{}ROLLBACK;\n", shrink::replay(&case));
                }
                text = self.scripted(&mut case, found).await?;
            }
        }
        self.saved += 1;
        self.unreplayable += usize::from(case.unreplayable.is_some());
        if let Some(why) = &case.unscripted {
            self.unscripted
                .push(format!("{} ({why})", case.fingerprint));
        }
        let why = case.unscripted.as_deref().unwrap_or_default();
        let text = text.unwrap_or_else(|| excuse(&case, why));
        case.write(&self.folder, &text)?;
        Ok(())
    }

    /// The smallest script that was seen to leak from nothing; where there is none, the case says why.
    async fn scripted(
        &mut self,
        case: &mut SavedCase,
        found: &Finding,
    ) -> Result<Option<String>, CheckError> {
        let Some(sessions) = &self.sessions else {
            return Ok(None);
        };
        let source = found.culprit.source.as_ref();
        let pinned = source.and_then(|source| statement_at(&self.migrated.migrations, source));
        let questions = QUESTIONS.min(self.left);
        let mut site = Site {
            migrated: self.migrated,
            session: &sessions.empty,
            questions,
        };
        let built = site.build(case, pinned).await?;
        self.left -= questions - site.questions;
        Ok(match built {
            Ok(schema) => Some(script(case, &schema)),
            Err(why) => {
                case.unscripted = Some(why);
                None
            }
        })
    }

    async fn open(&mut self) -> Result<&Sessions, CheckError> {
        let server = &self.migrated.server;
        let sessions = match self.sessions.take() {
            Some(sessions) => sessions,
            None => {
                server.create_database(EMPTY).await?;
                let empty = server.connect(EMPTY, None).await?;
                let migrated = connect(self.migrated, MIGRATED, None).await?;
                for session in [&empty, &migrated] {
                    // A script builds a schema in one message, which takes longer than one statement of an attack.
                    let limit = format!("SET statement_timeout = {}", self.timeout_ms * 4);
                    let set = session.client().batch_execute(&limit).await;
                    set.map_err(|source| ObserveError::Prepare { source })?;
                }
                Sessions { empty, migrated }
            }
        };
        Ok(self.sessions.insert(sessions))
    }

    /// Says where the cases are, once all are saved.
    pub async fn close(self, listener: &mut dyn Listener) {
        if let Some(sessions) = self.sessions {
            sessions.empty.close().await;
            sessions.migrated.close().await;
        }
        if self.saved == 0 {
            return;
        }
        let scripted = self.saved - self.unscripted.len();
        let folder = self.folder.display();
        let mut text = format!(
            "{scripted} of {} leaks stand as scripts for psql in {folder}/<fingerprint>/case.sql, {} can be replayed",
            self.saved,
            self.saved - self.unreplayable
        );
        if !self.unscripted.is_empty() {
            text.push_str(&format!(
                "; without a script: {}",
                self.unscripted.join(", ")
            ));
        }
        if self.left == 0 {
            text.push_str("; the last scripts are longer than they need to be, for scripts are run only so often to make them smaller");
        }
        listener.hear(&Event::Note { text });
    }
}

/// Why a case does not leak on the migrated database, when it does not.
async fn replayable(session: &Session, case: &SavedCase) -> Result<Option<String>, ObserveError> {
    Ok(match ask(session, &shrink::replay(case), LEAKS).await? {
        Answer::Leaks => None,
        Answer::Holds => Some("on the migrated database the attack shows no leak".to_owned()),
        Answer::CannotRun(why) => Some(why),
    })
}

/// Whether the script that is printed shows the leak on the migrated database.
async fn shows(session: &Session, case: &SavedCase, script: &str) -> Result<bool, ObserveError> {
    // What a COPY brings is no answer to a plain query.
    if script.contains("\nCOPY ") {
        return Ok(true);
    }
    let pasted = pasted(session, script).await?;
    let holds = |mark: &String| pasted.texts.iter().any(|text| text.contains(mark.as_str()));
    Ok(match &case.sign {
        Sign::Shows { marks } => marks.iter().any(holds),
        Sign::Taken { .. } => matches!(
            pasted.state,
            Some(SqlState::UniqueViolation | SqlState::ExclusionViolation)
        ),
        Sign::Fails { .. } => pasted.state.is_some(),
        Sign::Changes { .. } | Sign::Differs { .. } => pasted.state.is_none(),
        Sign::Told { .. } => true,
    })
}

/// Why no single script could show the leak, whatever it builds.
fn no_script(case: &SavedCase) -> Option<&'static str> {
    match &case.sign {
        Sign::Told { .. } => Some("it takes more than one transaction or connection"),
        Sign::Shows { marks } if marks.is_empty() => {
            Some("what was received tells whose it is only in the run")
        }
        _ => None,
    }
}
