//! Decides whether the platform prelude stands in front of the migrations, and brings it along.
use super::split::tokens;
use super::{File, Layout, Migrations};
pub use crate::config::Platform;
use squawk_lexer::{LiteralKind, TokenKind};
use std::collections::BTreeSet;

/// The prelude's files, embedded by build.rs: (shown path, text).
static PRELUDE: &[(&str, &str)] = include!(concat!(env!("OUT_DIR"), "/prelude.rs"));

/// What a Supabase project finds in its database before its first migration.
const ROLES: [&str; 5] = [
    "anon",
    "authenticated",
    "service_role",
    "authenticator",
    "supabase_admin",
];
/// The role that the platform's gateway takes for callers who did not sign in. Its default rights are those of signed-in
/// users (supabase.com/docs/guides/database/postgres/roles), so that a schema whose policies name no role does not tell them apart.
pub const VISITOR: &str = "anon";
const SCHEMAS: [&str; 5] = ["auth", "storage", "extensions", "realtime", "vault"];

/// The prelude that `platform` puts in front of `migrations`; it may be empty.
pub(super) fn prelude(platform: Platform, migrations: &Migrations) -> Migrations {
    let wanted: fn(&str) -> bool = match platform {
        Platform::None => return Migrations::default(),
        Platform::Supabase => |_| true,
        Platform::Auto => match needs(migrations) {
            Needs::Nothing => return Migrations::default(),
            Needs::Everything => |_| true,
            // A dump of a whole project brings its schemas, but roles are the cluster's and never in a dump.
            Needs::Roles => |path| path.contains("roles"),
        },
    };
    let asks_neon = asks_neon(migrations);
    let wanted = |path: &str| wanted(path) && (asks_neon || !path.contains("neon"));
    let mut prelude = Migrations::default();
    for (path, text) in PRELUDE.iter().filter(|(path, _)| wanted(path)) {
        let name = path.rsplit('/').next().unwrap_or(path);
        prelude.add(File {
            name: format!("platform/{}", name.trim_end_matches(".sql")),
            path: path.into(),
            text: (*text).into(),
            platform: true,
            layout: Layout::Embedded,
        });
    }
    prelude
}

/// Whether the migrations call Neon's own functions and do not make them: other platforms leave those names to the project.
fn asks_neon(migrations: &Migrations) -> bool {
    let texts = (0..migrations.statements.len()).map(|of| migrations.text(of).to_ascii_lowercase());
    let mut asks = false;
    for text in texts {
        let words: Vec<&str> = tokens(&text)
            .map(|(_, span)| text[span].trim_matches('"'))
            .collect();
        let is_call = |window: &[&str]| matches!(window, ["auth", ".", "user_id" | "session", "("]);
        for (at, _) in words.windows(4).enumerate().filter(|(_, w)| is_call(w)) {
            if at > 0 && words[at - 1] == "function" {
                return false;
            }
            asks = true;
        }
    }
    asks
}

enum Needs {
    Nothing,
    Roles,
    Everything,
}

fn needs(migrations: &Migrations) -> Needs {
    let mut seen = Seen::default();
    for statement in 0..migrations.statements.len() {
        seen.read(migrations.text(statement), 0);
    }
    let missing = |used: &BTreeSet<&'static str>, created: &BTreeSet<&'static str>| {
        used.difference(created).next().is_some()
    };
    if missing(&seen.schemas, &seen.created_schemas) {
        Needs::Everything
    } else if !missing(&seen.roles, &seen.created_roles) {
        Needs::Nothing
    } else if seen.created_schemas.contains("auth") {
        Needs::Roles
    } else {
        Needs::Everything
    }
}

/// The platform's names that the migrations use, and those that they create.
#[derive(Default)]
struct Seen {
    roles: BTreeSet<&'static str>,
    created_roles: BTreeSet<&'static str>,
    schemas: BTreeSet<&'static str>,
    created_schemas: BTreeSet<&'static str>,
}

impl Seen {
    /// Reads one statement; the bodies of functions and of DO, which are quoted with dollars, are read as SQL too.
    fn read(&mut self, text: &str, depth: usize) {
        /// A body may quote another, for example a DO that creates functions.
        const DEPTH: usize = 3;
        let mut words: Vec<String> = Vec::new();
        for (token, span) in tokens(text) {
            let word = &text[span];
            match token.kind {
                TokenKind::Ident => words.push(word.to_ascii_lowercase()),
                TokenKind::QuotedIdent { .. } => words.push(word.trim_matches('"').to_owned()),
                TokenKind::Literal {
                    kind: LiteralKind::DollarQuotedString { .. },
                } => {
                    if depth < DEPTH {
                        self.read(dollar_body(word), depth + 1);
                    }
                    words.push(String::from("'"));
                }
                TokenKind::Literal { .. } => words.push(String::from("'")),
                _ => words.push(word.to_owned()),
            }
        }
        let words: Vec<&str> = words.iter().map(String::as_str).collect();
        self.created(&words);
        self.used(&words);
    }

    fn created(&mut self, words: &[&str]) {
        for (at, _) in words
            .iter()
            .enumerate()
            .filter(|(_, word)| **word == "create")
        {
            match words[at + 1..] {
                ["role" | "user" | "group", name, ..] => {
                    self.created_roles
                        .extend(ROLES.iter().find(|role| **role == name));
                }
                ["schema", "if", "not", "exists", name, ..] | ["schema", name, ..] => {
                    self.created_schemas
                        .extend(SCHEMAS.iter().find(|schema| **schema == name));
                }
                _ => {}
            }
        }
    }

    fn used(&mut self, words: &[&str]) {
        for (at, word) in words.iter().enumerate() {
            let before = at.checked_sub(1).map_or("", |at| words[at]);
            if let Some(role) = ROLES.iter().find(|role| *role == word)
                && grants_to(words, at)
            {
                self.roles.insert(role);
            }
            if let Some(schema) = SCHEMAS.iter().find(|schema| *schema == word) {
                let qualifies = words.get(at + 1) == Some(&".") && before != ".";
                if before == "schema" || (qualifies && !is_alias(words, word)) {
                    self.schemas.insert(schema);
                }
            }
        }
    }
}

/// Whether the word at `at` stands where a role stands: in a list after TO, FROM, ROLE, FOR ROLE or OWNER TO.
fn grants_to(words: &[&str], at: usize) -> bool {
    let mut at = at;
    while at >= 2 && words[at - 1] == "," {
        at -= 2;
    }
    at > 0
        && match words[at - 1] {
            "to" | "role" => true,
            // `revoke … from anon`, but not `select … from anon`.
            "from" => words.contains(&"revoke"),
            _ => false,
        }
}

/// Whether the statement also uses the word as a name of its own: `from sessions auth where auth.user_id = …`.
fn is_alias(words: &[&str], name: &str) -> bool {
    words.iter().enumerate().any(|(at, word)| {
        *word == name
            && words.get(at + 1) != Some(&".")
            && at > 0
            && !matches!(words[at - 1], "." | "schema" | "," | "exists" | "to" | "=")
    })
}

/// What stands between the dollar quotes.
fn dollar_body(quoted: &str) -> &str {
    let tag = quoted[1..].find('$').map_or(0, |at| at + 2);
    quoted
        .get(tag..quoted.len().saturating_sub(tag))
        .unwrap_or_default()
}
