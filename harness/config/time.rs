//! Spans of time as people type them: `90s`, `15m`, `2h`.
use std::time::Duration;

/// Reads a whole number with its unit; a bare number could mean anything and is refused.
pub fn parse_time(text: &str) -> Option<Duration> {
    let unit = text.chars().next_back()?;
    let seconds = match unit {
        's' => 1,
        'm' => 60,
        'h' => 3600,
        _ => return None,
    };
    let digits = &text[..text.len() - 1];
    let number: u64 = digits
        .bytes()
        .all(|b| b.is_ascii_digit())
        .then(|| digits.parse().ok())??;
    (number > 0).then(|| Duration::from_secs(number.saturating_mul(seconds)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_span_needs_its_unit() {
        assert_eq!(parse_time("90s"), Some(Duration::from_secs(90)));
        assert_eq!(parse_time("15m"), Some(Duration::from_secs(900)));
        assert_eq!(parse_time("2h"), Some(Duration::from_secs(7200)));
        for text in ["", "s", "90", "0s", "1d", "-1m", "1.5h", "5 m", "1é"] {
            assert_eq!(parse_time(text), None, "{text}");
        }
    }
}
