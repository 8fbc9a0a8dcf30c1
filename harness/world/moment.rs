//! Dates and times as PostgreSQL prints them, cut into ranges that differ from universe to universe and from row to row.
use super::token::Universe;

/// Where a time lies. Ordinals keep the order of a row's columns: `starts_at` before `ends_at`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Moment {
    /// Decades before every run.
    Past,
    /// Some years ago; the number is the column's place among the times of its table.
    Ordinal(u8),
    /// Decades after every run.
    Future,
    /// The start of a month.
    Month,
}

/// Days between two rows of one table, so that the periods of two rows never overlap.
const ROW_DAYS: i64 = 16;
/// Days between two universes.
const UNIVERSE_DAYS: i64 = 700;
/// 2015-01-01, 1980-01-01 and 2090-01-01, in days after 1970-01-01. Five universes end before 2025, so that a value that
/// is `now()` of some run is never mistaken for one of ours.
const ORDINAL: i64 = 16_436;
const PAST: i64 = 3_652;
const FUTURE: i64 = 43_830;

/// Which day a cell's moment falls on, in days after 1970-01-01.
pub fn day(moment: Moment, universe: Universe, row: u32, changed: bool) -> i64 {
    let (start, step) = match moment {
        Moment::Past => (PAST, 0),
        Moment::Ordinal(place) => (ORDINAL, i64::from(place.min(13))),
        Moment::Future => (FUTURE, 0),
        Moment::Month => return month(universe.ordinal() * 24 + row % 24),
    };
    start
        + i64::from(universe.ordinal()) * UNIVERSE_DAYS
        + i64::from(row % 43) * ROW_DAYS
        + step
        + i64::from(changed)
}

/// The first day of a month, counted from the start of the ordinal range.
fn month(count: u32) -> i64 {
    let wanted = (2015 + i64::from(count / 12), i64::from(count % 12) + 1, 1);
    let start = ORDINAL + i64::from(count) * 30;
    // Months are up to half a day longer than thirty days on average, so the search stays short.
    (start..start + 120)
        .find(|&day| civil(day) == wanted)
        .unwrap_or(start)
}

/// The time of day of cell `number`, in microseconds; its last digit is never 0, as PostgreSQL would not print it.
pub fn microsecond(universe: Universe, number: u32, changed: bool) -> u64 {
    let hour = if changed { 11 } else { 9 };
    hour * 3_600_000_000 + u64::from(number) * 10 + u64::from(universe.ordinal()) + 1
}

pub fn date(day: i64) -> String {
    let (year, month, day) = civil(day);
    format!("{year:04}-{month:02}-{day:02}")
}

pub fn time(microsecond: u64) -> String {
    let second = microsecond / 1_000_000;
    format!(
        "{:02}:{:02}:{:02}.{:06}",
        second / 3600 % 24,
        second / 60 % 60,
        second % 60,
        microsecond % 1_000_000
    )
}

/// The calendar date of a day after 1970-01-01 (Howard Hinnant, "chrono-compatible low-level date algorithms").
fn civil(days: i64) -> (i64, i64, i64) {
    let days = days + 719_468;
    let era = days.div_euclid(146_097);
    let of_era = days.rem_euclid(146_097);
    let year_of_era = (of_era - of_era / 1460 + of_era / 36_524 - of_era / 146_096) / 365;
    let of_year = of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
    let month_from_march = (5 * of_year + 2) / 153;
    let day = of_year - (153 * month_from_march + 2) / 5 + 1;
    let month = if month_from_march < 10 {
        month_from_march + 3
    } else {
        month_from_march - 9
    };
    let year = year_of_era + era * 400 + i64::from(month <= 2);
    (year, month, day)
}

/// True for a date or timestamp that lies in a range that the world draws from: everything else may be some run's `now()`.
pub fn is_ours(text: &str) -> bool {
    let year: Option<i64> = text.get(..4).and_then(|year| year.parse().ok());
    year.is_some_and(|year| (1980..2025).contains(&year) || (2090..2105).contains(&year))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn days_become_calendar_dates() {
        assert_eq!(date(0), "1970-01-01");
        assert_eq!(date(ORDINAL), "2015-01-01");
        assert_eq!(date(PAST), "1980-01-01");
        assert_eq!(date(FUTURE), "2090-01-01");
        assert_eq!(date(19_782), "2024-02-29");
    }

    #[test]
    fn every_moment_of_every_universe_is_recognized_as_ours() {
        for universe in [Universe::Tenant(0), Universe::Outsider] {
            for moment in [Moment::Past, Moment::Ordinal(13), Moment::Future] {
                for row in [0, 42, 43] {
                    assert!(is_ours(&date(day(moment, universe, row, true))));
                }
            }
        }
    }
}
