//! Marks every generated cell: a token that names its universe, and a random source that depends on nothing but its place.
use proptest::test_runner::{Config, RngAlgorithm, TestRng, TestRunner};

/// A closed set of rows: one per tenant, one for rows of nobody, one for users without a tenant.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Universe {
    Tenant(usize),
    Shared,
    Outsider,
}

impl Universe {
    /// The letter that tokens of this universe carry in third place.
    fn letter(self) -> char {
        match self {
            Universe::Tenant(index) => char::from(b'a' + (index % 18) as u8),
            Universe::Shared => 's',
            Universe::Outsider => 'u',
        }
    }

    /// A small number of its own, from which disjoint ranges of numbers and dates are cut.
    pub fn ordinal(self) -> u32 {
        match self {
            Universe::Tenant(index) => index as u32,
            Universe::Shared => 3,
            Universe::Outsider => 4,
        }
    }
}

/// Letters of a token after `wt` and the universe's letter.
const DIGITS: u32 = 6;
pub const TOKEN_LENGTH: usize = 3 + DIGITS as usize;
const HALF: u64 = 36u64.pow(DIGITS) / 2;
/// Odd and no multiple of three, so multiplying by it permutes the numbers below `HALF` (a product of twos and threes).
const STRIDE: u64 = 714_025_987;

/// The token of cell `number` in `universe`. Distinct for distinct numbers; a changed world draws from the other half.
pub fn token(universe: Universe, number: u32, seed: u64, changed: bool) -> String {
    let offset = mix(&[seed, u64::from(universe.ordinal()), 0x7074]) % HALF;
    let mut value = (u64::from(number) * STRIDE + offset) % HALF;
    if changed {
        value += HALF;
    }
    let mut text = vec![b'0'; DIGITS as usize];
    for place in text.iter_mut().rev() {
        *place = b"0123456789abcdefghijklmnopqrstuvwxyz"[(value % 36) as usize];
        value /= 36;
    }
    let digits: String = text.into_iter().map(char::from).collect();
    format!("wt{}{digits}", universe.letter())
}

/// True for a word that `token` could have made.
pub fn is_token(word: &str) -> bool {
    word.len() == TOKEN_LENGTH
        && word.starts_with("wt")
        && word
            .bytes()
            .all(|b| b.is_ascii_lowercase() || b.is_ascii_digit())
}

/// One number from several, by the finalizer of splitmix64.
pub fn mix(parts: &[u64]) -> u64 {
    let mut state = 0x9e37_79b9_7f4a_7c15u64;
    for &part in parts {
        state = (state ^ part).wrapping_add(0x9e37_79b9_7f4a_7c15);
        state = (state ^ (state >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        state = (state ^ (state >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        state ^= state >> 31;
    }
    state
}

/// A proptest runner whose randomness depends on `parts` alone.
pub fn runner(parts: &[u64]) -> TestRunner {
    let base = mix(parts);
    let mut seed = [0u8; 32];
    for (index, chunk) in seed.chunks_exact_mut(8).enumerate() {
        chunk.copy_from_slice(&mix(&[base, index as u64]).to_le_bytes());
    }
    let config = Config {
        failure_persistence: None,
        ..Config::default()
    };
    TestRunner::new_with_rng(config, TestRng::from_seed(RngAlgorithm::ChaCha, &seed))
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::BTreeSet;

    #[test]
    fn tokens_of_one_universe_never_repeat_and_a_changed_world_shares_none() {
        let mut seen = BTreeSet::new();
        for number in 0..20_000 {
            for changed in [false, true] {
                let token = token(Universe::Tenant(1), number, 42, changed);
                assert!(is_token(&token), "{token}");
                assert!(token.starts_with("wtb"));
                assert!(seen.insert(token));
            }
        }
    }
}
