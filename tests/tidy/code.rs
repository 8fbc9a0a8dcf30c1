//! Just enough of Rust's grammar to look at code and not at words about it.

/// Replaces comments, strings and characters by blanks of the same length.
pub fn blank(text: &str) -> String {
    let bytes = text.as_bytes();
    let mut out = bytes.to_vec();
    let mut at = 0;
    while at < bytes.len() {
        let end = match skipped(bytes, at) {
            Some(end) => end.min(bytes.len()),
            None => {
                at += 1;
                continue;
            }
        };
        for byte in &mut out[at..end] {
            if *byte != b'\n' {
                *byte = b' ';
            }
        }
        at = end;
    }
    String::from_utf8(out).unwrap()
}

/// Where the comment, string or character that begins at `at` ends.
fn skipped(bytes: &[u8], at: usize) -> Option<usize> {
    let rest = &bytes[at..];
    let inside_word = at > 0 && (bytes[at - 1].is_ascii_alphanumeric() || bytes[at - 1] == b'_');
    if rest.starts_with(b"//") {
        return Some(at + find(rest, b"\n").unwrap_or(rest.len()));
    }
    if rest.starts_with(b"/*") {
        return Some(at + find(rest, b"*/").map_or(rest.len(), |end| end + 2));
    }
    if !inside_word && (rest.starts_with(b"r\"") || rest.starts_with(b"r#")) {
        let hashes = rest[1..].iter().take_while(|&&byte| byte == b'#').count();
        if rest.get(1 + hashes) == Some(&b'"') {
            let close = [b"\"".as_slice(), &b"#".repeat(hashes)].concat();
            let body = &rest[hashes + 2..];
            let end = find(body, &close).map_or(body.len(), |end| end + close.len());
            return Some(at + hashes + 2 + end);
        }
    }
    match rest[0] {
        b'"' => Some(at + quoted(rest, b'"')),
        // A lifetime has no closing quote after one character.
        b'\'' if rest.get(1) == Some(&b'\\') => Some(at + quoted(rest, b'\'')),
        b'\'' => {
            let text = std::str::from_utf8(&rest[1..rest.len().min(6)]);
            let valid = text.unwrap_or_else(|error| {
                std::str::from_utf8(&rest[1..1 + error.valid_up_to()]).unwrap()
            });
            let width = valid.chars().next()?.len_utf8();
            (rest.get(1 + width) == Some(&b'\'')).then_some(at + width + 2)
        }
        _ => None,
    }
}

fn quoted(rest: &[u8], quote: u8) -> usize {
    let mut at = 1;
    while at < rest.len() && rest[at] != quote {
        at += if rest[at] == b'\\' { 2 } else { 1 };
    }
    at + 1
}

fn find(bytes: &[u8], needle: &[u8]) -> Option<usize> {
    bytes
        .windows(needle.len())
        .position(|window| window == needle)
}

/// Blanks the modules behind `#[cfg(test)]`.
pub fn without_tests(code: &str) -> String {
    let mut out = code.to_owned();
    let mut from = 0;
    while let Some(at) = out[from..].find("#[cfg(test)]").map(|at| from + at) {
        let end = block_end(&out, at).unwrap_or(out.len());
        let blanks: String = out[at..end]
            .chars()
            .map(|c| if c == '\n' { '\n' } else { ' ' })
            .collect();
        out.replace_range(at..end, &blanks);
        from = end;
    }
    out
}

/// The end of the first `{…}` after `at`, or of the statement when a `;` comes first.
pub fn block_end(code: &str, at: usize) -> Option<usize> {
    let mut depth = 0usize;
    for (offset, byte) in code.bytes().enumerate().skip(at) {
        match byte {
            b';' if depth == 0 => return Some(offset + 1),
            b'{' | b'(' | b'[' => depth += 1,
            b'}' | b')' | b']' => {
                depth = depth.checked_sub(1)?;
                if depth == 0 && byte == b'}' {
                    return Some(offset + 1);
                }
            }
            _ => {}
        }
    }
    None
}

/// Names that follow a keyword: `names(code, "fn")` gives (offset, name).
pub fn names<'a>(code: &'a str, keyword: &str) -> Vec<(usize, &'a str)> {
    code.match_indices(keyword)
        .filter(|(at, _)| {
            let before = code[..*at].chars().next_back();
            before.is_none_or(|c| !is_word(c)) && code[at + keyword.len()..].starts_with(' ')
        })
        .filter_map(|(at, _)| {
            let rest = code[at + keyword.len()..].trim_start();
            let end = rest.find(|c| !is_word(c)).unwrap_or(rest.len());
            (end > 0).then_some((at, &rest[..end]))
        })
        .collect()
}

fn is_word(c: char) -> bool {
    c.is_alphanumeric() || c == '_'
}

#[test]
fn words_about_code_are_no_code() {
    let text = "let a = \"x\\\"y\"; // .unwrap()\nlet b = r#\"\"unwrap\"\"#; let c = 'x'; fn f<'a>(x: &'a str) {}";
    let code = blank(text);
    assert_eq!(code.len(), text.len());
    assert!(
        !code.contains("unwrap") && !code.contains('x') || code.contains("x: &'a str"),
        "{code}"
    );
    assert!(code.contains("fn f<'a>(x: &'a str) {}"), "{code}");
}

#[test]
fn unit_tests_are_no_product() {
    let code = "fn a() {}\n#[cfg(test)]\nmod tests {\n fn b() { x.unwrap() }\n}\nfn c() {}\n";
    let product = without_tests(code);
    assert_eq!(product.lines().count(), code.lines().count());
    assert!(
        !product.contains("unwrap") && product.contains("fn c()"),
        "{product}"
    );
}

#[test]
fn a_function_ends_at_its_brace() {
    let code = "fn a(x: [u8; 2]) -> u8 { if true { 1 } else { 2 } } fn b();";
    assert_eq!(
        &code[..block_end(code, 0).unwrap()],
        "fn a(x: [u8; 2]) -> u8 { if true { 1 } else { 2 } }"
    );
}
