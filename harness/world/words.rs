//! Realistic text that carries a token. The shape is chosen by a column's words and, where a CHECK says more, by the database;
//! it only ever decides how a value looks, never what a column means.
use fake::Fake;
use fake::faker::address::en::{CityName, StreetName};
use fake::faker::company::en::CompanyName;
use fake::faker::lorem::en::Sentence;
use fake::faker::name::en::{FirstName, LastName};
use proptest::test_runner::TestRng;

/// How a text looks.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Words {
    Plain,
    Person,
    Company,
    Sentence,
    Email,
    Url,
    Slug,
    Snake,
    Street,
    City,
    Domain,
    Path,
    Phone,
    Upper,
    Digits,
    Hex,
    Uuid,
    Colour,
    Iban,
    Handle,
    Version,
    Json,
    /// Exactly so many characters: lower-case letters and digits, upper-case letters, or digits.
    Fixed(u8),
    Letters(u8),
    Figures(u8),
}

impl Words {
    /// Every shape, in the order in which a CHECK is asked about them.
    pub const ALL: [Words; 22] = [
        Words::Plain,
        Words::Person,
        Words::Company,
        Words::Sentence,
        Words::Email,
        Words::Url,
        Words::Slug,
        Words::Snake,
        Words::Street,
        Words::City,
        Words::Domain,
        Words::Path,
        Words::Phone,
        Words::Upper,
        Words::Digits,
        Words::Hex,
        Words::Uuid,
        Words::Colour,
        Words::Iban,
        Words::Handle,
        Words::Version,
        Words::Json,
    ];

    /// Shapes of a fixed length.
    pub fn sized() -> impl Iterator<Item = Words> {
        const LENGTHS: [u8; 13] = [4, 3, 2, 5, 6, 8, 10, 12, 16, 20, 32, 40, 64];
        let shapes = [Words::Letters, Words::Figures, Words::Fixed];
        LENGTHS
            .into_iter()
            .flat_map(move |n| shapes.map(|shape| shape(n)))
    }

    /// The look that a column's name suggests.
    pub fn suggested_by(column: &str) -> Words {
        const HINTS: &[(&str, Words)] = &[
            ("email", Words::Email),
            ("mail", Words::Email),
            ("phone", Words::Phone),
            ("mobile", Words::Phone),
            ("fax", Words::Phone),
            ("url", Words::Url),
            ("uri", Words::Url),
            ("link", Words::Url),
            ("website", Words::Url),
            ("avatar", Words::Url),
            ("domain", Words::Domain),
            ("host", Words::Domain),
            ("slug", Words::Slug),
            ("handle", Words::Slug),
            ("username", Words::Snake),
            ("path", Words::Path),
            ("file", Words::Path),
            ("street", Words::Street),
            ("address", Words::Street),
            ("city", Words::City),
            ("company", Words::Company),
            ("organization", Words::Company),
            ("organisation", Words::Company),
            ("business", Words::Company),
            ("description", Words::Sentence),
            ("content", Words::Sentence),
            ("body", Words::Sentence),
            ("message", Words::Sentence),
            ("note", Words::Sentence),
            ("comment", Words::Sentence),
            ("summary", Words::Sentence),
            ("reason", Words::Sentence),
            ("bio", Words::Sentence),
            ("text", Words::Sentence),
            ("name", Words::Person),
            ("author", Words::Person),
        ];
        let column = column.to_ascii_lowercase();
        HINTS
            .iter()
            .find(|(word, _)| column.contains(word))
            .map_or(Words::Plain, |&(_, words)| words)
    }

    /// A text of this look that holds `token` (or as much of it as `max` leaves room for).
    pub fn text(self, token: &str, max: Option<usize>, rng: &mut TestRng) -> String {
        let full = self.full(token, rng);
        let Some(max) = max else { return full };
        [full, self.short(token)]
            .into_iter()
            .find(|text| text.chars().count() <= max)
            .unwrap_or_else(|| tail(token, max))
    }

    fn full(self, token: &str, rng: &mut TestRng) -> String {
        let number = number_of(token);
        match self {
            Words::Person => {
                let first: String = FirstName().fake_with_rng(rng);
                let last: String = LastName().fake_with_rng(rng);
                format!("{first} {last} {token}")
            }
            Words::Company => {
                let company: String = CompanyName().fake_with_rng(rng);
                format!("{company} {token}")
            }
            Words::Sentence => {
                let sentence: String = Sentence(4..9).fake_with_rng(rng);
                format!("{token} {sentence}")
            }
            Words::Email => {
                let first: String = FirstName().fake_with_rng(rng);
                let first: String = first.chars().filter(char::is_ascii_alphabetic).collect();
                format!("{}.{token}@example.com", first.to_ascii_lowercase())
            }
            Words::Url => format!("https://{token}.example.com/{}", number % 1000),
            Words::Street => {
                let street: String = StreetName().fake_with_rng(rng);
                format!("{} {street} {token}", number % 900 + 1)
            }
            Words::City => {
                let city: String = CityName().fake_with_rng(rng);
                format!("{city} {token}")
            }
            Words::Slug => {
                let word: String = LastName().fake_with_rng(rng);
                let word: String = word.chars().filter(char::is_ascii_alphabetic).collect();
                format!("{}-{token}", word.to_ascii_lowercase())
            }
            Words::Path => format!("{token}/{}/document.pdf", number % 1000),
            _ => self.short(token),
        }
    }

    /// The shortest text of this look that still holds the token.
    fn short(self, token: &str) -> String {
        let number = number_of(token);
        match self {
            Words::Email => format!("{token}@example.com"),
            Words::Url => format!("https://{token}.io"),
            Words::Slug => token.to_owned(),
            Words::Snake => format!("{}_{token}", &token[..1]),
            Words::Domain => format!("{token}.example.com"),
            Words::Path => format!("/{token}"),
            Words::Phone => format!("+1{}", 2_000_000_000 + number % 7_999_999_999),
            Words::Upper => token.to_ascii_uppercase(),
            Words::Digits => (1_000_000_000 + number % 8_999_999_999).to_string(),
            Words::Hex => hex64(token),
            Words::Uuid => {
                let hex = hex64(token);
                let (a, b, c) = (&hex[..8], &hex[8..12], &hex[13..16]);
                format!("{a}-{b}-4{c}-8{}-{}", &hex[17..20], &hex[20..32])
            }
            Words::Colour => format!("#{:06x}", number % 0x100_0000),
            Words::Iban => format!("DE{}", 10_000_000_000_000_000_000u128 + u128::from(number)),
            Words::Handle => format!("@{token}"),
            Words::Version => format!("{}.{}.{}", number % 9 + 1, number % 97, number % 9973),
            Words::Fixed(length) => {
                let long = format!("{}{token}", hex64(token));
                tail(&long, usize::from(length))
            }
            Words::Letters(length) => based(number, length, b'A', 26),
            Words::Figures(length) => based(number, length, b'0', 10),
            Words::Json => format!("{{\"note\": \"{token}\"}}"),
            _ => token.to_owned(),
        }
    }
}

/// The last letters of a token: they differ from cell to cell, its first ones do not.
fn tail(token: &str, max: usize) -> String {
    let skip = token.chars().count().saturating_sub(max);
    token.chars().skip(skip).collect()
}

/// The last `length` digits of a number, in a base whose digits start at `zero`.
fn based(mut number: u64, length: u8, zero: u8, base: u64) -> String {
    // The first digit is not zero: a CHECK may forbid it.
    let mut digits = vec![char::from(zero + 1)];
    while digits.len() < usize::from(length) {
        digits.push(char::from(zero + (number % base) as u8));
        number /= base;
    }
    digits.into_iter().collect()
}

/// A number that differs from token to token: the token's letters read in base 36, without `wt`.
fn number_of(token: &str) -> u64 {
    token
        .chars()
        .skip(2)
        .filter_map(|c| c.to_digit(36))
        .fold(0, |sum, digit| sum * 36 + u64::from(digit))
}

/// 64 hexadecimal digits that hold the token's number, as a digest or an API key would look.
fn hex64(token: &str) -> String {
    let number = number_of(token);
    (0..4)
        .map(|part| format!("{:016x}", super::token::mix(&[number, part])))
        .collect()
}

/// Texts that CHECKs of real schemas are known to want, tried when no shape with a token passes.
pub const POOL: &[&str] = &[
    "active",
    "USD",
    "usd",
    "US",
    "us",
    "en",
    "en-US",
    "en_US",
    "A",
    "a",
    "M",
    "0",
    "1",
    "5",
    "10",
    "100",
    "1234",
    "12345",
    "123456",
    "#3366cc",
    "#36c",
    "09:00",
    "17:30:00",
    "2024-01-15",
    "2024-01",
    "UTC",
    "Europe/Berlin",
    "1.0.0",
    "v1.0.0",
    "0 9 * * 1",
    "image/png",
    "application/json",
    "GET",
    "POST",
    "ABC-123",
    "ABC123",
    "AB-1234",
    "INV-0001",
    "abc",
    "abcd",
    "{}",
    "[]",
    "+15551234567",
    "5551234567",
    "192.168.0.1",
    "s3://bucket/key",
    "/",
    "true",
    "yes",
    "none",
    "P1D",
    "DE",
    "EUR",
];

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::test_runner::RngAlgorithm;

    #[test]
    fn every_look_keeps_within_a_short_column() {
        let mut rng = TestRng::from_seed(RngAlgorithm::ChaCha, &[7; 32]);
        for words in Words::ALL {
            for max in [1, 4, 9, 20, 80] {
                let text = words.text("wtb3k7q2z", Some(max), &mut rng);
                assert!(text.chars().count() <= max, "{words:?} {max} {text}");
                assert!(!text.is_empty());
            }
        }
    }
}
