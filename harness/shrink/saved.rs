//! A leak as a value that outlives the run: names instead of places, so that it can be tried on tomorrow's schema.
use serde::{Deserialize, Serialize};
use std::path::{Path, PathBuf};
use thiserror::Error;

/// The form of `case.json`: fields may be added under the same number, never removed or changed in meaning.
pub const VERSION: u8 = 1;

/// The file that holds the value, and the file that holds the script.
pub const CASE_FILE: &str = "case.json";
pub const SCRIPT_FILE: &str = "case.sql";

/// All that it takes to make the attack again and to see whether it leaks.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct SavedCase {
    pub v: u8,
    pub fingerprint: String,
    pub title: String,
    pub severity: String,
    pub system: String,
    /// The migrations with which it was seen, by name.
    pub migrations: Vec<String>,
    /// Major version of the server.
    pub postgres: u32,
    pub probe: String,
    pub object: String,
    pub object_kind: String,
    pub command: String,
    pub door: String,
    /// Whose rows it reaches: `org_b`.
    pub victim: String,
    /// The policy, view, function or grant that let it through, in one line.
    pub culprit: String,
    pub attacker: Caller,
    /// Statements that make roles of the application which the migrations do not make.
    pub made_outside: Vec<String>,
    /// In an order in which they can be inserted.
    pub rows: Vec<SavedRow>,
    /// Materialized views to refresh once the rows are there, quoted.
    pub refreshes: Vec<String>,
    /// What the attacker sends, one after the other in one transaction. The last one counts.
    pub statements: Vec<String>,
    pub sign: Sign,
    /// Why there is no script that shows it; absent when `case.sql` was run and showed it.
    pub unscripted: Option<String>,
    /// Why it cannot be replayed; absent when it was, on the migrated database, and leaked.
    pub unreplayable: Option<String>,
}

/// Who attacks: the login, the role that it takes, and the settings that the gateway would make.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Caller {
    pub name: String,
    pub login: String,
    pub role: String,
    pub settings: Vec<(String, String)>,
}

/// A row to insert.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct SavedRow {
    /// Quoted, as SQL takes it.
    pub relation: String,
    /// Column and text of its value; what is not named takes its default.
    pub columns: Vec<(String, Option<String>)>,
    /// An identity that is always generated is written all the same.
    pub overriding: bool,
    pub of: Whose,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Whose {
    /// The row that the attack is about.
    Victim,
    /// A row of another tenant that has to stand there.
    Other,
    /// Shared by all: the migrations may have put it there already.
    Nobody,
}

/// How the leak is told from a refusal.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "kebab-case")]
pub enum Sign {
    /// What the attacker receives holds one of these values of the victim.
    Shows { marks: Vec<String> },
    /// The rows of the relation that have these values are others after the attack.
    Changes {
        relation: String,
        columns: Vec<(String, Option<String>)>,
    },
    /// A constraint says that the value is taken, while `free`, about a value that nobody has, succeeds.
    Taken {
        constraint: Option<String>,
        free: Vec<String>,
    },
    /// The victim's own statement, the last one, fails on what was stored; `apart` shows that both can be done.
    Fails { apart: Vec<String> },
    /// The answer is another one once the victim's rows are there; `fires` when they are inserted with their triggers.
    Differs { fires: bool },
    /// It takes more than one transaction: `story` tells it.
    Told { story: String },
}

#[derive(Debug, Error)]
pub enum CaseError {
    #[error("cannot read the case {}: {reason}\n  next: name a case's directory, its {CASE_FILE}, or the fingerprint of a saved one", path.display())]
    Unreadable { path: PathBuf, reason: String },
    #[error("cannot understand the case {}: {reason}\n  next: it was made by another version of watertight, or edited; run `watertight check` to save it anew", path.display())]
    Malformed { path: PathBuf, reason: String },
    #[error("cannot write the case {}: {reason}\n  next: choose a folder that can be written to: `--output DIR`", path.display())]
    Unwritable { path: PathBuf, reason: String },
}

impl CaseError {
    pub fn exit_code(&self) -> u8 {
        2
    }
}

impl SavedCase {
    /// Reads a case: its directory, or the file itself.
    pub fn read(path: &Path) -> Result<SavedCase, CaseError> {
        let file = match path.is_dir() {
            true => path.join(CASE_FILE),
            false => path.to_owned(),
        };
        let text = std::fs::read_to_string(&file).map_err(|error| CaseError::Unreadable {
            path: file.clone(),
            reason: error.to_string(),
        })?;
        SavedCase::parse(&text).map_err(|reason| CaseError::Malformed { path: file, reason })
    }

    fn parse(text: &str) -> Result<SavedCase, String> {
        let value: serde_json::Value =
            serde_json::from_str(text).map_err(|error| error.to_string())?;
        match value.get("v").and_then(serde_json::Value::as_u64) {
            Some(v) if v == u64::from(VERSION) => {}
            Some(v) => return Err(format!("its form is {v}, and {VERSION} is known")),
            None => return Err("it does not say its form (`v`)".to_owned()),
        }
        serde_json::from_value(value).map_err(|error| error.to_string())
    }

    /// Writes `case.json` and `case.sql` into a directory of the case's own below `folder`.
    pub fn write(&self, folder: &Path, script: &str) -> Result<PathBuf, CaseError> {
        let directory = folder.join(&self.fingerprint);
        let failed = |path: &Path, error: std::io::Error| CaseError::Unwritable {
            path: path.to_owned(),
            reason: error.to_string(),
        };
        std::fs::create_dir_all(&directory).map_err(|error| failed(&directory, error))?;
        let json = serde_json::to_string_pretty(self).expect("strings always become JSON");
        for (name, text) in [
            (CASE_FILE, format!("{json}\n")),
            (SCRIPT_FILE, script.to_owned()),
        ] {
            let path = directory.join(name);
            std::fs::write(&path, text).map_err(|error| failed(&path, error))?;
        }
        Ok(directory)
    }

    /// The directories of cases in a folder, by name; none where the folder is not there.
    pub fn all_in(folder: &Path) -> Vec<PathBuf> {
        let entries = std::fs::read_dir(folder).into_iter().flatten().flatten();
        let mut found: Vec<PathBuf> = entries
            .map(|entry| entry.path())
            .filter(|path| path.join(CASE_FILE).is_file())
            .collect();
        found.sort();
        found
    }
}
