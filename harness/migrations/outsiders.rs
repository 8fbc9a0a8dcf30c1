//! Finds the roles that migrations speak of and do not make: an administrator makes them in production, beside the migrations.
use super::Migrations;
use super::split::tokens;
use squawk_lexer::{LiteralKind, TokenKind};
use std::collections::{BTreeMap, BTreeSet};

/// Words that stand where a role stands and are none (<https://www.postgresql.org/docs/current/sql-grant.html>).
const NO_ROLES: [&str; 6] = [
    "public",
    "current_user",
    "session_user",
    "current_role",
    "none",
    "default",
];

impl Migrations {
    /// Roles that the statements need and that none of them makes, each with the first statement that needs it.
    pub fn outsiders(&self) -> BTreeMap<String, usize> {
        let mut seen = Seen::default();
        for statement in 0..self.statements.len() {
            seen.read(self.text(statement), statement, true);
        }
        let Seen {
            needed,
            made,
            computed,
            literals,
        } = seen;
        needed
            .into_iter()
            .filter(|(name, _)| !(made.contains(name) || computed && literals.contains(name)))
            .collect()
    }
}

#[derive(Default)]
struct Seen {
    needed: BTreeMap<String, usize>,
    made: BTreeSet<String>,
    /// Whether somewhere a role is made whose name is put together: `format('CREATE ROLE %I', name)`.
    computed: bool,
    literals: BTreeSet<String>,
}

impl Seen {
    /// Reads one statement. The body of a DO is read as SQL; other texts may make roles when they are executed.
    fn read(&mut self, text: &str, statement: usize, runs: bool) {
        let mut words: Vec<String> = Vec::new();
        let mut quoted: Vec<&str> = Vec::new();
        for (token, span) in tokens(text) {
            let word = &text[span];
            match token.kind {
                TokenKind::Ident => words.push(word.to_ascii_lowercase()),
                TokenKind::QuotedIdent { .. } => {
                    words.push(word.trim_matches('"').replace("\"\"", "\""));
                }
                TokenKind::Literal {
                    kind: LiteralKind::DollarQuotedString { .. } | LiteralKind::Str { .. },
                } => {
                    quoted.push(word);
                    words.push("'".to_owned());
                }
                _ => words.push(word.to_owned()),
            }
        }
        let words: Vec<&str> = words.iter().map(String::as_str).collect();
        let inner_runs = runs && words.first() == Some(&"do");
        let apart = |word: &&str| [";", "then", "begin", "else", "loop"].contains(word);
        for part in words.split(apart) {
            self.made(part);
            if runs {
                self.needed(part, statement);
            }
        }
        for text in quoted {
            match text.strip_prefix('\'') {
                Some(text) => self.executed(text.trim_end_matches('\''), statement),
                None => self.read(unwrapped(text), statement, inner_runs),
            }
        }
    }

    /// A string, which may be a name or a statement that is executed.
    fn executed(&mut self, text: &str, statement: usize) {
        let lower = text.to_ascii_lowercase();
        if !lower.contains("create ") {
            self.literals.insert(text.to_owned());
            return;
        }
        self.computed |= lower.contains("create role") || lower.contains("create user");
        self.read(text, statement, false);
    }

    fn made(&mut self, words: &[&str]) {
        if let ["create", "role" | "user" | "group", name, ..] = words
            && *name != "mapping"
        {
            self.made.insert((*name).to_owned());
        }
        if let [
            "alter",
            "role" | "user" | "group",
            _,
            "rename",
            "to",
            name,
            ..,
        ] = words
        {
            self.made.insert((*name).to_owned());
        }
    }

    fn needed(&mut self, words: &[&str], statement: usize) {
        let named = match words {
            ["grant", rest @ ..] => {
                let mut found = listed_after(rest, &["to"]);
                if !rest.contains(&"on") {
                    found.extend(listed(rest));
                }
                found
            }
            ["revoke", rest @ ..] => listed_after(rest, &["from"]),
            ["create" | "alter", "policy", rest @ ..] if !rest.contains(&"rename") => {
                listed_after(rest, &["to"])
            }
            ["alter", "default", "privileges", rest @ ..] => {
                let mut found = listed_after(rest, &["for", "role"]);
                found.extend(listed_after(rest, &["for", "user"]));
                let way = if rest.contains(&"grant") {
                    "to"
                } else {
                    "from"
                };
                found.extend(listed_after(rest, &[way]));
                found
            }
            ["alter", "role" | "user", name, ..] if *name != "mapping" && *name != "all" => {
                vec![(*name).to_owned()]
            }
            ["alter", rest @ ..] => listed_after(rest, &["owner", "to"]),
            ["create", "schema", rest @ ..] => listed_after(rest, &["authorization"]),
            ["set", "role", rest @ ..] | ["set", "local" | "session", "role", rest @ ..] => {
                listed(rest)
            }
            ["comment", "on", "role", rest @ ..] => listed(rest),
            _ => Vec::new(),
        };
        for name in named {
            self.needed.entry(name).or_insert(statement);
        }
    }
}

/// The names that follow the words `mark`, where they stand first.
fn listed_after(words: &[&str], mark: &[&str]) -> Vec<String> {
    let at = words.windows(mark.len()).position(|window| window == mark);
    at.map_or_else(Vec::new, |at| listed(&words[at + mark.len()..]))
}

/// `a, b, c` at the start of `words`.
fn listed(words: &[&str]) -> Vec<String> {
    let words = words.strip_prefix(&["group"]).unwrap_or(words);
    let mut out = Vec::new();
    for pair in words.chunks(2) {
        let name = pair[0];
        let fits = |c: char| c.is_alphanumeric() || "_- .$@".contains(c);
        if name.is_empty() || !name.chars().all(fits) {
            break;
        }
        if !NO_ROLES.contains(&name) {
            out.push(name.to_owned());
        }
        if pair.get(1) != Some(&",") {
            break;
        }
    }
    out
}

/// What stands between the dollar quotes.
fn unwrapped(quoted: &str) -> &str {
    let tag = quoted[1..].find('$').map_or(0, |at| at + 2);
    quoted
        .get(tag..quoted.len().saturating_sub(tag))
        .unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::path::Path;

    fn outsiders(text: &str) -> Vec<String> {
        let mut migrations = Migrations::default();
        migrations.add_text("one", Path::new("one.sql"), text);
        migrations.outsiders().into_keys().collect()
    }

    #[test]
    fn roles_are_needed_wherever_one_may_stand() {
        let text = "grant select, update (a) on t, u to reader, \"Big Writer\" with grant option;
            revoke all on t from intruder cascade;
            create policy p on t for select to app using (owner_to(\"to\"));
            alter table t owner to keeper;
            alter default privileges for role maker in schema public grant select on tables to user_of_new;
            create schema s authorization librarian;
            set local role actor;
            grant base to derived;
            do $do$ begin if true then grant select on t to nightly; end if; end $do$;
            alter table t rename to not_a_role;
            grant usage on schema s to public, current_user;";
        assert_eq!(
            outsiders(text),
            [
                "Big Writer",
                "actor",
                "app",
                "base",
                "derived",
                "intruder",
                "keeper",
                "librarian",
                "maker",
                "nightly",
                "reader",
                "user_of_new"
            ]
        );
    }

    #[test]
    fn roles_that_the_migrations_make_are_theirs() {
        let text = "create role a; do $$ begin create user b login; end $$;
            do $$ begin execute 'create role c nologin'; execute format('create role %I', 'd'); end $$;
            grant x to a, b, c, d; alter role a rename to e; grant y to e;";
        assert_eq!(outsiders(text), ["x", "y"]);
    }

    #[test]
    fn what_a_function_may_grant_later_is_not_needed_now() {
        let text =
            "create function f() returns void language plpgsql as $$ begin grant a to b; end $$;";
        assert_eq!(outsiders(text), Vec::<String>::new());
    }
}
