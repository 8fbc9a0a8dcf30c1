//! Splits SQL text into statements with exact byte spans, by psql's own rules.
//!
//! Only tokens count, never a grammar: a parser lags behind PostgreSQL, and a statement that it does not know yet must
//! still be cut at the right places. PostgreSQL alone judges whether a statement is right.
use crate::span::Bytes;
use squawk_lexer::{Token, TokenKind, tokenize};

/// One statement in a text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Piece {
    /// From its first token to its last, without the semicolon.
    pub span: Bytes,
    /// The lines that follow `COPY … FROM stdin`, without the closing `\.`.
    pub copy: Option<Bytes>,
}

/// A psql command such as `\connect`, which only psql understands and which is left out.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct MetaCommand {
    pub span: Bytes,
}

/// What a text consists of.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Split {
    pub pieces: Vec<Piece>,
    pub meta_commands: Vec<MetaCommand>,
}

/// Splits the part `within` of `text`. The spans count from the start of `text`.
pub fn split(text: &str, within: Bytes) -> Split {
    let mut scan = Scan {
        text,
        end: within.end,
        open: None,
        depth: 0,
        routine: Routine::default(),
        found: Split::default(),
    };
    let mut at = within.start;
    while at < within.end {
        at = scan.run(at);
    }
    scan.close();
    scan.found
}

/// The tokens of `text` that are neither space nor comment, with their spans.
pub fn tokens(text: &str) -> impl Iterator<Item = (Token, Bytes)> + '_ {
    let mut at = 0;
    tokenize(text)
        .map(move |token| {
            let span = at..at + token.len as usize;
            at = span.end;
            (token, span)
        })
        .filter(|(token, _)| !is_blank(token.kind))
}

/// The first `limit` words of a statement in lower case, for example `["create", "or", "replace", "function"]`.
/// A quoted identifier ends them, because it is never a keyword.
pub fn head(statement: &str, limit: usize) -> Vec<String> {
    tokens(statement)
        .take(limit)
        .take_while(|(token, _)| token.kind == TokenKind::Ident)
        .map(|(_, span)| statement[span].to_ascii_lowercase())
        .collect()
}

fn is_blank(kind: TokenKind) -> bool {
    matches!(
        kind,
        TokenKind::Whitespace | TokenKind::LineComment | TokenKind::BlockComment { .. }
    )
}

struct Scan<'a> {
    text: &'a str,
    end: usize,
    /// First and last byte of the statement that is being read.
    open: Option<Bytes>,
    depth: usize,
    routine: Routine,
    found: Split,
}

impl Scan<'_> {
    /// Reads tokens from `start` until the text ends or until something that is not made of tokens begins: a psql command or the
    /// lines of a COPY. Returns where to go on.
    fn run(&mut self, start: usize) -> usize {
        let mut at = start;
        for token in tokenize(&self.text[start..self.end]) {
            let span = at..at + token.len as usize;
            at = span.end;
            match token.kind {
                kind if is_blank(kind) => {}
                TokenKind::Semi if self.depth == 0 && !self.routine.inside() => {
                    if let Some(next) = self.end_statement(span.end) {
                        return next;
                    }
                }
                TokenKind::Unknown if self.text[span.clone()].starts_with('\\') => {
                    return self.meta_command(span.start);
                }
                kind => self.token(kind, span),
            }
        }
        self.end
    }

    fn token(&mut self, kind: TokenKind, span: Bytes) {
        match kind {
            TokenKind::OpenParen => self.depth += 1,
            TokenKind::CloseParen => self.depth = self.depth.saturating_sub(1),
            TokenKind::Ident if self.depth == 0 => self.routine.word(&self.text[span.clone()]),
            _ => {}
        }
        match &mut self.open {
            Some(open) => open.end = span.end,
            None => self.open = Some(span),
        }
    }

    /// Ends the open statement at the semicolon before `after`. Where the lines of a COPY follow, tells where they end.
    fn end_statement(&mut self, after: usize) -> Option<usize> {
        let span = self.close()?;
        if !reads_stdin(&self.text[span]) {
            return None;
        }
        let rest = &self.text[after..self.end];
        let start = after + rest.find('\n').map_or(rest.len(), |at| at + 1);
        let (lines, next) = copy_lines(&self.text[..self.end], start);
        if let Some(piece) = self.found.pieces.last_mut() {
            piece.copy = Some(lines);
        }
        Some(next)
    }

    /// A backslash outside of quotes begins a psql command that reaches to the end of the line. After an unfinished
    /// statement it also ends it, as `select … \gset` does.
    fn meta_command(&mut self, start: usize) -> usize {
        self.close();
        let line = &self.text[start..self.end];
        let end = start + line.find('\n').unwrap_or(line.len());
        let span = start..start + self.text[start..end].trim_end().len();
        self.found.meta_commands.push(MetaCommand { span });
        end
    }

    fn close(&mut self) -> Option<Bytes> {
        self.depth = 0;
        self.routine = Routine::default();
        let span = self.open.take()?;
        self.found.pieces.push(Piece {
            span: span.clone(),
            copy: None,
        });
        Some(span)
    }
}

/// Follows the words of a statement to know whether a semicolon stands inside the body of a routine.
///
/// `CREATE FUNCTION … BEGIN ATOMIC …; …; END` holds semicolons without quotes
/// (<https://www.postgresql.org/docs/current/sql-createfunction.html>). As psql does, count BEGIN and CASE against END,
/// but only in a statement that begins with CREATE [OR REPLACE] FUNCTION or PROCEDURE.
#[derive(Default)]
struct Routine {
    words: usize,
    creates: bool,
    routine: bool,
    begin: bool,
    depth: usize,
}

impl Routine {
    fn inside(&self) -> bool {
        self.depth > 0
    }

    fn word(&mut self, word: &str) {
        let is = |keyword: &str| word.eq_ignore_ascii_case(keyword);
        match self.words {
            0 => self.creates = is("create"),
            1 | 3 if is("function") || is("procedure") => self.routine = self.creates,
            _ => {}
        }
        self.words += 1;
        if !self.routine {
            return;
        }
        if self.depth == 0 {
            self.depth = usize::from(self.begin && is("atomic"));
            self.begin = is("begin");
        } else if is("begin") || is("case") {
            self.depth += 1;
        } else if is("end") {
            self.depth -= 1;
        }
    }
}

/// Whether the statement is a COPY that reads what follows it.
fn reads_stdin(statement: &str) -> bool {
    if head(statement, 1) != ["copy"] {
        return false;
    }
    let words: Vec<String> = tokens(statement)
        .filter(|(token, _)| token.kind == TokenKind::Ident)
        .map(|(_, span)| statement[span].to_ascii_lowercase())
        .collect();
    words
        .windows(2)
        .any(|pair| pair[0] == "from" && pair[1] == "stdin")
}

/// The lines from `start` to the line `\.`, and where the line after it begins.
fn copy_lines(text: &str, start: usize) -> (Bytes, usize) {
    let mut at = start;
    while at < text.len() {
        let next = text[at..].find('\n').map_or(text.len(), |to| at + to + 1);
        if text[at..next].trim_end_matches(['\r', '\n']) == "\\." {
            return (start..at, next);
        }
        at = next;
    }
    (start..text.len(), text.len())
}
