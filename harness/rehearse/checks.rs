//! A system's own verification queries: `-- check: NAME`, then one statement that gives one boolean.
use crate::migrations::{CHECKS, split};
use crate::span::Place;
use std::path::{Path, PathBuf};

/// One query, not yet asked.
#[derive(Debug, Clone, PartialEq)]
pub struct Check {
    pub name: String,
    pub place: Place,
    pub sql: String,
}

/// The checks beside the migrations, in their order; none where there is no such file.
pub fn read(roots: &[PathBuf]) -> std::io::Result<Vec<Check>> {
    let mut checks = Vec::new();
    for path in roots
        .iter()
        .map(|root| root.join(CHECKS))
        .filter(|path| path.is_file())
    {
        checks.extend(parse(&path, &std::fs::read_to_string(&path)?));
    }
    Ok(checks)
}

/// Each statement, named by the last `-- check:` line above it.
pub fn parse(path: &Path, text: &str) -> Vec<Check> {
    let mut names: Vec<(usize, &str)> = Vec::new();
    let mut offset = 0;
    for line in text.split_inclusive('\n') {
        if let Some(name) = line.trim().strip_prefix("-- check:") {
            names.push((offset, name.trim()));
        }
        offset += line.len();
    }
    let name_of = |start: usize| {
        let last = names.partition_point(|(at, _)| *at < start);
        last.checked_sub(1)
            .map_or("unnamed check", |at| names[at].1)
    };
    split(text, 0..text.len())
        .pieces
        .into_iter()
        .map(|piece| Check {
            name: name_of(piece.span.start).to_owned(),
            place: Place::of(path, text, piece.span.start),
            sql: text[piece.span].to_owned(),
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::parse;
    use std::path::Path;

    #[test]
    fn a_check_is_named_by_the_line_above_it() {
        let text = "-- Checks.\n\n-- check: One is one.\nselect 1 = 1;\n-- check: Two; not three.\nselect 2 <> 3;\n";
        let checks = parse(Path::new("checks.sql"), text);
        let names: Vec<&str> = checks.iter().map(|check| check.name.as_str()).collect();
        assert_eq!(names, ["One is one.", "Two; not three."]);
        assert_eq!(checks[1].sql, "select 2 <> 3");
        assert_eq!(checks[1].place.to_string(), "checks.sql:6:1");
    }
}
