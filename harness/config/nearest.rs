//! The name that was probably meant.

/// The known name nearest to `typed`, when one is near enough to be worth suggesting.
pub fn nearest<'a>(typed: &str, known: impl IntoIterator<Item = &'a str>) -> Option<&'a str> {
    known
        .into_iter()
        .map(|name| (strsim::jaro_winkler(&fold(typed), &fold(name)), name))
        .filter(|(likeness, _)| *likeness > 0.75)
        .max_by(|left, right| left.0.total_cmp(&right.0))
        .map(|(_, name)| name)
}

/// `Statement-Timeout` and `statement_timeout` differ in nothing that people mean.
fn fold(name: &str) -> String {
    name.to_lowercase().replace('-', "_")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_slip_of_the_finger_is_understood() {
        let known = ["reassign-row", "read-row", "truncate"];
        assert_eq!(nearest("reasign-row", known), Some("reassign-row"));
        assert_eq!(nearest("Truncate", known), Some("truncate"));
    }

    #[test]
    fn nothing_is_suggested_for_a_stranger() {
        assert_eq!(nearest("zzz", ["reassign-row", "truncate"]), None);
    }
}
