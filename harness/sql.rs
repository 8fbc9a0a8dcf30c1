//! Quotes names and values for SQL text, and takes text apart into words.

/// A name in double quotes, so that capitals, reserved words and dots stay what they are.
pub fn identifier(name: &str) -> String {
    format!("\"{}\"", name.replace('"', "\"\""))
}

/// A schema-qualified name.
pub fn qualified(schema: &str, name: &str) -> String {
    format!("{}.{}", identifier(schema), identifier(name))
}

/// A string literal. A backslash needs the E form, because `standard_conforming_strings` may be off
/// (PostgreSQL manual, 4.1.2.2).
pub fn literal(value: &str) -> String {
    let quoted = value.replace('\'', "''");
    if quoted.contains('\\') {
        format!("E'{}'", quoted.replace('\\', "\\\\"))
    } else {
        format!("'{quoted}'")
    }
}

/// A literal, or NULL.
pub fn nullable(value: Option<&str>) -> String {
    value.map_or_else(|| "NULL".to_owned(), literal)
}

/// Runs of letters, digits and underscores: enough to see whether a text names something. Words inside literals and
/// comments count as well.
pub fn words(text: &str) -> impl Iterator<Item = &str> {
    text.split(|c: char| !c.is_alphanumeric() && c != '_')
        .filter(|word| !word.is_empty())
}

/// Whether a text names something, in this spelling.
pub fn names(text: &str, name: &str) -> bool {
    words(text).any(|word| word == name)
}
