//! Turns the bytes of a migration into text, whatever editor wrote them.

/// The text, and what had to be guessed to read it.
pub struct Decoded {
    pub text: String,
    /// A sentence for people when the bytes were not UTF-8.
    pub note: Option<&'static str>,
}

/// Reads UTF-8, with or without a byte order mark, UTF-16 with one (what PowerShell redirects write), and anything else as
/// Windows-1252, of which Latin-1 is a part.
pub fn decode(bytes: &[u8]) -> Decoded {
    match bytes {
        [0xEF, 0xBB, 0xBF, rest @ ..] => plain(rest),
        [0xFF, 0xFE, rest @ ..] => wide(rest, u16::from_le_bytes),
        [0xFE, 0xFF, rest @ ..] => wide(rest, u16::from_be_bytes),
        rest => plain(rest),
    }
}

fn plain(bytes: &[u8]) -> Decoded {
    match std::str::from_utf8(bytes) {
        Ok(text) => Decoded {
            text: text.to_owned(),
            note: None,
        },
        Err(_) => Decoded {
            text: bytes.iter().map(|&byte| windows_1252(byte)).collect(),
            note: Some("is not UTF-8 and was read as Windows-1252"),
        },
    }
}

fn wide(bytes: &[u8], unit: fn([u8; 2]) -> u16) -> Decoded {
    let units = bytes.chunks_exact(2).map(|pair| unit([pair[0], pair[1]]));
    Decoded {
        text: char::decode_utf16(units)
            .map(|read| read.unwrap_or(char::REPLACEMENT_CHARACTER))
            .collect(),
        note: Some("is UTF-16; places are counted in its UTF-8 form"),
    }
}

fn windows_1252(byte: u8) -> char {
    /// The bytes 0x80 to 0x9F, where Windows-1252 differs from Latin-1.
    const HIGH: [char; 32] = [
        '€', '\u{81}', '‚', 'ƒ', '„', '…', '†', '‡', 'ˆ', '‰', 'Š', '‹', 'Œ', '\u{8d}', 'Ž',
        '\u{8f}', '\u{90}', '‘', '’', '“', '”', '•', '–', '—', '˜', '™', 'š', '›', 'œ', '\u{9d}',
        'ž', 'Ÿ',
    ];
    match byte {
        0x80..=0x9F => HIGH[usize::from(byte - 0x80)],
        _ => char::from(byte),
    }
}
