//! A part of a run, so that several machines can share one: `2/4` is the second of four.
use sha2::{Digest, Sha256};
use std::fmt;

/// Which part of the attacks a run makes. Every object belongs to exactly one part, by nothing but its name: the same on
/// every machine and in every run.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Shard {
    /// From one.
    number: u32,
    count: u32,
}

impl Shard {
    /// Reads `2/4` and nothing else.
    pub fn parse(text: &str) -> Option<Shard> {
        let (number, count) = text.split_once('/')?;
        let digits = |part: &str| -> Option<u32> {
            part.bytes()
                .all(|b| b.is_ascii_digit())
                .then(|| part.parse().ok())?
        };
        let (number, count) = (digits(number)?, digits(count)?);
        (1..=count)
            .contains(&number)
            .then_some(Shard { number, count })
    }

    pub fn number(self) -> u32 {
        self.number
    }

    pub fn count(self) -> u32 {
        self.count
    }

    /// Whether this part attacks the object of this name.
    pub fn holds(self, object: &str) -> bool {
        let digest = Sha256::digest(object.as_bytes());
        let first: [u8; 8] = digest[..8]
            .try_into()
            .expect("a digest has thirty-two bytes");
        u64::from_be_bytes(first) % u64::from(self.count) == u64::from(self.number - 1)
    }

    /// Whether this part has the item at this place of a list.
    pub fn holds_at(self, place: usize) -> bool {
        place as u64 % u64::from(self.count) == u64::from(self.number - 1)
    }
}

impl fmt::Display for Shard {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}/{}", self.number, self.count)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_parts_that_exist_are_read() {
        assert_eq!(Shard::parse("2/4").unwrap().to_string(), "2/4");
        for text in [
            "0/4", "5/4", "1/0", "1", "/", "+1/4", "1/ 4", "-1/4", "1/4/2",
        ] {
            assert_eq!(Shard::parse(text), None, "{text}");
        }
    }

    #[test]
    fn every_object_is_in_exactly_one_part() {
        let parts: Vec<Shard> = (1..=3)
            .filter_map(|number| Shard::parse(&format!("{number}/3")))
            .collect();
        let mut filled = [0; 3];
        for table in 0..300 {
            let name = format!("public.table_{table}");
            let holding: Vec<usize> = (0..3).filter(|&at| parts[at].holds(&name)).collect();
            assert_eq!(holding.len(), 1, "{name}");
            filled[holding[0]] += 1;
        }
        assert!(filled.iter().all(|&count| count > 70), "{filled:?}");
    }
}
