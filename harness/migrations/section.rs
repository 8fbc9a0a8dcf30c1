//! Finds the part of a file that goes forward, where one file holds both directions.
use crate::span::Bytes;

/// The parts of `text` that are to be applied.
///
/// dbmate writes `-- migrate:up`, goose `-- +goose Up`, sql-migrate `-- +migrate Up`, and each has its `down`. A file without such a
/// line is one part.
pub fn forward(text: &str) -> Vec<Bytes> {
    let mut parts: Vec<Bytes> = Vec::new();
    let mut marked = false;
    let mut up: Option<usize> = None;
    let mut at = 0;
    for line in text.split_inclusive('\n') {
        let next = at + line.len();
        if let Some(goes_up) = marker(line) {
            marked = true;
            if let Some(start) = up.take() {
                parts.push(start..at);
            }
            up = goes_up.then_some(next);
        }
        at = next;
    }
    parts.extend(up.map(|start| start..text.len()));
    if marked {
        parts
    } else {
        std::iter::once(0..text.len()).collect()
    }
}

/// Whether the line begins the way up (true) or the way down (false).
fn marker(line: &str) -> Option<bool> {
    let comment = line.trim().strip_prefix("--")?.trim_start();
    let mut words = comment.split_ascii_whitespace();
    let first = words.next()?;
    if let Some(direction) = first.strip_prefix("migrate:") {
        return direction_of(direction);
    }
    let tool = first.strip_prefix('+')?;
    if tool.is_empty() || !tool.bytes().all(|byte| byte.is_ascii_alphanumeric()) {
        return None;
    }
    direction_of(words.next()?)
}

fn direction_of(word: &str) -> Option<bool> {
    if word.eq_ignore_ascii_case("up") {
        Some(true)
    } else if word.eq_ignore_ascii_case("down") {
        Some(false)
    } else {
        None
    }
}
