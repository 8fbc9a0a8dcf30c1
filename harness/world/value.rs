//! Makes values: for each kind and source a proptest strategy of PostgreSQL literals.
use super::kind::Kind;
use super::moment::{self, Moment};
use super::source::Source;
use super::token::Universe;
use super::words::Words;
use proptest::prelude::*;

/// The place that a value is made for.
#[derive(Debug, Clone)]
pub struct Cell {
    pub universe: Universe,
    /// Unlike that of any other cell of the universe.
    pub number: u32,
    /// Counts the rows of one table in one universe.
    pub row: u32,
    pub token: String,
    /// How a text should look.
    pub words: Words,
    /// The world's second version of this tenant.
    pub changed: bool,
}

/// Values of `kind` from `source` for one cell. `None` is SQL's NULL.
pub fn strategy(kind: &Kind, source: &Source, cell: &Cell) -> BoxedStrategy<Option<String>> {
    match source {
        Source::Null => Just(None).boxed(),
        Source::Literal(text) => Just(Some(text.clone())).boxed(),
        _ => text(kind, source, cell).prop_map(Some).boxed(),
    }
}

fn text(kind: &Kind, source: &Source, cell: &Cell) -> BoxedStrategy<String> {
    match kind {
        Kind::Text { max } => written(*max, source, cell),
        Kind::Other { .. } => written(None, source, cell),
        Kind::Bool => any::<bool>().prop_map(|b| letter(b).to_owned()).boxed(),
        Kind::Int(bytes) => Just(integer(*bytes, cell).to_string()).boxed(),
        Kind::Numeric { whole, scale } => numeric(*whole, *scale, cell),
        Kind::Float => Just(format!("{}.5", integer(4, cell))).boxed(),
        Kind::Money => Just(format!("{}.25", integer(4, cell))).boxed(),
        Kind::Uuid => uuid(),
        Kind::Date | Kind::Timestamp { .. } => Just(time(kind, source, cell)).boxed(),
        Kind::Time { zone } => {
            let text = moment::time(moment::microsecond(
                cell.universe,
                cell.number,
                cell.changed,
            ));
            Just(text + if *zone { "+00" } else { "" }).boxed()
        }
        Kind::Interval => {
            let micros = moment::microsecond(cell.universe, cell.number, cell.changed);
            Just(format!(
                "{} days {}",
                cell.row % 20 + 2,
                moment::time(micros)
            ))
            .boxed()
        }
        Kind::Json => json(source, cell),
        Kind::Bytea => {
            let hex: String = cell.token.bytes().map(|b| format!("{b:02x}")).collect();
            Just(format!("\\x{hex}")).boxed()
        }
        Kind::Enum(labels) if labels.is_empty() => Just(String::new()).boxed(),
        Kind::Enum(labels) => prop::sample::select(labels.clone()).boxed(),
        Kind::Array(of) => array(of, source, cell),
        Kind::Composite(fields) => composite(fields, cell),
        Kind::Range { of, multi } => range(of, *multi, cell),
        Kind::Xml => Just(format!("<note>{}</note>", cell.token)).boxed(),
        _ => Just(plain(kind, cell)).boxed(),
    }
}

/// Kinds whose value is a fixed function of the cell.
fn plain(kind: &Kind, cell: &Cell) -> String {
    let n = cell.number;
    let [_, high, mid, low] = n.to_be_bytes();
    let net = cell.universe.ordinal() * 2 + u32::from(cell.changed) + 16;
    match kind {
        Kind::Address => format!("10.{}.{mid}.{low}", net + 16 * (u32::from(high) % 8)),
        Kind::Mac { bytes } => {
            let middle = if *bytes == 8 { "ff:fe:" } else { "" };
            format!("02:{net:02x}:{middle}00:{high:02x}:{mid:02x}:{low:02x}")
        }
        Kind::Bits { length } => {
            let value = u64::from(net) << 32 | u64::from(n);
            let bits = format!("{value:064b}");
            let wide = format!("{bits:0>length$}");
            wide[wide.len() - length..].to_owned()
        }
        Kind::Tsvector => format!("'{}':1", cell.token),
        Kind::Tsquery => format!("'{}'", cell.token),
        Kind::Shape(name) => {
            let (x, y) = (integer(4, cell), cell.row + 1);
            match name.as_str() {
                "point" => format!("({x},{y})"),
                "line" => format!("{{1,-1,{x}}}"),
                "circle" => format!("<({x},{y}),1>"),
                "box" | "lseg" => format!("({x},{y}),({},{})", x - 1, y - 1),
                _ => format!("(({x},{y}),({},{y}),({x},{}))", x + 1, y + 1),
            }
        }
        _ => cell.token.clone(),
    }
}

fn letter(value: bool) -> &'static str {
    if value { "t" } else { "f" }
}

fn written(max: Option<usize>, source: &Source, cell: &Cell) -> BoxedStrategy<String> {
    let words = match source {
        Source::Pattern(pattern) => return super::pattern::matching(pattern),
        Source::Text(words) => *words,
        Source::Reference(_) => Words::Plain,
        _ => cell.words,
    };
    let token = cell.token.clone();
    Just(())
        .prop_perturb(move |(), mut rng| words.text(&token, max, &mut rng))
        .boxed()
}

/// A number from the universe's own range; eight or nine digits where the type has room.
fn integer(bytes: u8, cell: &Cell) -> i64 {
    let universe = i64::from(cell.universe.ordinal());
    let number = i64::from(cell.number);
    let changed = i64::from(cell.changed);
    match bytes {
        2 => 1 + universe * 6000 + changed * 3000 + number % 3000,
        _ => (universe + 1) * 100_000_000 + changed * 50_000_000 + number,
    }
}

fn numeric(whole: u32, scale: u32, cell: &Cell) -> BoxedStrategy<String> {
    let fraction = match scale {
        0 => String::new(),
        scale => format!(
            ".{:0>width$}",
            cell.number % 10u32.pow(scale.min(6)),
            width = scale as usize
        ),
    };
    if whole >= 9 {
        return Just(format!("{}{fraction}", integer(4, cell))).boxed();
    }
    let limit = 10u32.pow(whole);
    (0..limit.max(1))
        .prop_map(move |n| format!("{n}{fraction}"))
        .boxed()
}

/// A random version 4 uuid, as `gen_random_uuid()` makes them.
fn uuid() -> BoxedStrategy<String> {
    any::<[u8; 16]>()
        .prop_map(|bytes| {
            uuid::Builder::from_random_bytes(bytes)
                .into_uuid()
                .to_string()
        })
        .boxed()
}

fn time(kind: &Kind, source: &Source, cell: &Cell) -> String {
    let moment = match source {
        Source::When(moment) => *moment,
        _ => Moment::Ordinal(0),
    };
    let date = match source {
        Source::Within(bound) => bound.chars().take(10).collect(),
        _ => moment::date(moment::day(moment, cell.universe, cell.row, cell.changed)),
    };
    let time = match moment {
        Moment::Month => "00:00:00".to_owned(),
        _ => moment::time(moment::microsecond(
            cell.universe,
            cell.number,
            cell.changed,
        )),
    };
    match kind {
        Kind::Date => date,
        Kind::Timestamp { zone: true } => format!("{date} {time}+00"),
        _ => format!("{date} {time}"),
    }
}

fn json(source: &Source, cell: &Cell) -> BoxedStrategy<String> {
    let list = *source == Source::List;
    let token = cell.token.clone();
    let words = if cell.words == Words::Plain {
        Words::Sentence
    } else {
        cell.words
    };
    Just(())
        .prop_perturb(move |(), mut rng| {
            let text = serde_json::Value::String(words.text(&token, None, &mut rng));
            if list {
                format!("[{text}]")
            } else {
                format!("{{\"note\": {text}}}")
            }
        })
        .boxed()
}

fn array(of: &Kind, source: &Source, cell: &Cell) -> BoxedStrategy<String> {
    let inner = match source {
        Source::Reference(_) => Source::Reference(0),
        _ => Source::Fresh,
    };
    text(of, &inner, cell)
        .prop_map(|element| array_of(&[element]))
        .boxed()
}

/// An array's literal: `{"a","b"}`.
pub fn array_of(elements: &[String]) -> String {
    let quoted: Vec<String> = elements.iter().map(|e| quote_element(e)).collect();
    format!("{{{}}}", quoted.join(","))
}

/// Quoted where PostgreSQL itself would quote, so that the literal is also the printed form.
fn quote_element(text: &str) -> String {
    let plain = !text.is_empty()
        && !text.eq_ignore_ascii_case("null")
        && text
            .chars()
            .all(|c| c.is_ascii_alphanumeric() || "-_.:+@/#".contains(c));
    if plain {
        return text.to_owned();
    }
    format!("\"{}\"", text.replace('\\', "\\\\").replace('"', "\\\""))
}

fn composite(fields: &[Kind], cell: &Cell) -> BoxedStrategy<String> {
    let fields: Vec<_> = fields
        .iter()
        .map(|kind| text(kind, &Source::Fresh, cell))
        .collect();
    fields
        .prop_map(|values| {
            let quoted: Vec<String> = values.iter().map(|v| quote_element(v)).collect();
            format!("({})", quoted.join(","))
        })
        .boxed()
}

/// A short range that no other row's range of the same table overlaps.
fn range(of: &Kind, multi: bool, cell: &Cell) -> BoxedStrategy<String> {
    let (low, high) = match of {
        Kind::Int(_) | Kind::Numeric { .. } | Kind::Float => {
            let low = integer(4, cell) + i64::from(cell.row) * 1000;
            (low.to_string(), (low + 500).to_string())
        }
        _ => {
            let at = |place| time(of, &Source::When(Moment::Ordinal(place)), cell);
            (at(0), at(2))
        }
    };
    let quote = |text: String| {
        if text.contains(' ') {
            format!("\"{text}\"")
        } else {
            text
        }
    };
    let range = format!("[{},{})", quote(low), quote(high));
    Just(if multi { format!("{{{range}}}") } else { range }).boxed()
}
