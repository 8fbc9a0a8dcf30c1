//! Draws texts that match a regular expression of PostgreSQL, as far as Rust's dialect agrees with it.
use proptest::prelude::*;
use std::iter::Peekable;
use std::str::Chars;

/// What is drawn where a pattern says only what may not stand there.
const PLAIN: &str = "abcdefghijklmnopqrstuvwxyz0123456789-_.@ ";

/// A text that matches the pattern, or an empty one where the pattern is not understood.
pub fn matching(pattern: &str) -> BoxedStrategy<String> {
    match prop::string::string_regex(&drawable(pattern)) {
        // A text of PostgreSQL holds no NUL (manual, 8.3), which a class may still allow.
        Ok(strategy) => strategy.prop_map(|text| text.replace('\0', "")).boxed(),
        Err(_) => Just(String::new()).boxed(),
    }
}

/// The pattern with classes that hold only plain letters and digits, so that what is drawn can be read.
fn drawable(pattern: &str) -> String {
    let mut out = String::new();
    let inner = pattern.trim_start_matches('^').trim_end_matches('$');
    let mut rest = inner.chars().peekable();
    while let Some(c) = rest.next() {
        match c {
            '\\' => match rest.next() {
                Some('w') => out.push_str("[a-z0-9_]"),
                Some('d') => out.push_str("[0-9]"),
                Some('s') => out.push(' '),
                Some('S') => out.push_str("[a-z0-9]"),
                Some('W') => out.push('-'),
                Some('D') => out.push_str("[a-z]"),
                Some(other) => out.extend(['\\', other]),
                None => {}
            },
            '.' => out.push_str("[a-z0-9]"),
            '[' => out.push_str(&class(&mut rest)),
            _ => out.push(c),
        }
    }
    out
}

/// A bracket expression after its `[`. One that says what may not stand there becomes the plain letters that may.
fn class(rest: &mut Peekable<Chars>) -> String {
    let negated = rest.next_if_eq(&'^').is_some();
    let mut members = String::new();
    let mut first = true;
    while let Some(c) = rest.next() {
        match c {
            ']' if !first => break,
            '\\' => match rest.next() {
                Some('w') => members.push_str("a-z0-9_"),
                Some('d') => members.push_str("0-9"),
                Some('s') => members.push(' '),
                Some(other) => members.extend(['\\', other]),
                None => {}
            },
            '[' if rest.peek() == Some(&':') => {
                members.push('[');
                for c in rest.by_ref() {
                    members.push(c);
                    if c == ']' {
                        break;
                    }
                }
            }
            '-' => members.push('-'),
            c if c.is_ascii_punctuation() => members.extend(['\\', c]),
            c => members.push(c),
        }
        first = false;
    }
    if !negated {
        return format!("[{members}]");
    }
    let allowed: String = PLAIN
        .chars()
        .filter(|c| !holds(&members, *c))
        .flat_map(|c| match c.is_ascii_punctuation() {
            true => vec!['\\', c],
            false => vec![c],
        })
        .collect();
    format!("[{allowed}]")
}

/// Whether the members of a class, as [`class`] collects them, hold a character.
fn holds(members: &str, wanted: char) -> bool {
    let named = [
        ("[:space:]", wanted == ' '),
        ("[:alpha:]", wanted.is_ascii_alphabetic()),
        ("[:alnum:]", wanted.is_ascii_alphanumeric()),
        ("[:digit:]", wanted.is_ascii_digit()),
        ("[:lower:]", wanted.is_ascii_lowercase()),
        ("[:punct:]", wanted.is_ascii_punctuation()),
    ];
    let mut single = members.to_owned();
    for (name, inside) in named {
        if single.contains(name) && inside {
            return true;
        }
        single = single.replace(name, "");
    }
    let letters: Vec<char> = single.chars().filter(|c| *c != '\\').collect();
    letters.contains(&wanted)
        || letters
            .windows(3)
            .any(|part| part[1] == '-' && (part[0]..=part[2]).contains(&wanted))
}

#[cfg(test)]
mod tests {
    use super::super::token::runner;
    use super::*;
    use proptest::strategy::ValueTree;

    fn drawn(pattern: &str) -> Vec<String> {
        let mut runner = runner(&[1]);
        let strategy = matching(pattern);
        (0..20)
            .map(|_| strategy.new_tree(&mut runner).unwrap().current())
            .collect()
    }

    #[test]
    fn a_pattern_of_a_check_makes_texts_that_match_it() {
        for (pattern, length) in [("^[A-Z]{2}-\\d{4}$", 7), ("^\\w{3}\\.[a-z]{2}$", 6)] {
            for text in drawn(pattern) {
                assert_eq!(text.len(), length, "{pattern} {text}");
            }
        }
    }

    #[test]
    fn what_may_not_stand_in_a_mail_address_is_not_drawn() {
        for pattern in [
            r"^[^@\s]+@[^@\s]+\.[^@\s]+$",
            r"^[^@[:space:]]+@\S+\.[^@ ]{2}$",
        ] {
            for text in drawn(pattern) {
                let (name, host) = text.split_once('@').unwrap_or_default();
                assert!(!name.is_empty() && host.contains('.'), "{pattern} {text}");
                assert!(!text.contains(['\0', ' ']), "{pattern} {text}");
            }
        }
    }

    #[test]
    fn a_class_that_forbids_a_range_draws_nothing_of_it() {
        for text in drawn("^[^a-z@. _-]{4}$") {
            assert!(text.chars().all(|c| c.is_ascii_digit()), "{text}");
            assert_eq!(text.len(), 4);
        }
    }
}
