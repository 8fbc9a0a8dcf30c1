//! Sorts PostgreSQL's types into the kinds of values that the world knows how to make.
use crate::catalog::{Catalog, Column, Oid, Shape, Type};

/// What values a column takes, apart from its constraints.
#[derive(Debug, Clone, PartialEq)]
pub enum Kind {
    Bool,
    /// `smallint`, `integer`, `bigint`, by their bytes.
    Int(u8),
    /// Digits before and after the decimal point.
    Numeric {
        whole: u32,
        scale: u32,
    },
    Float,
    Money,
    Text {
        max: Option<usize>,
    },
    Uuid,
    Date,
    Timestamp {
        zone: bool,
    },
    Time {
        zone: bool,
    },
    Interval,
    Json,
    Bytea,
    /// `inet` or `cidr`.
    Address,
    Mac {
        bytes: usize,
    },
    Bits {
        length: usize,
    },
    /// The geometric types, by name.
    Shape(String),
    Tsvector,
    Tsquery,
    Xml,
    Enum(Vec<String>),
    Range {
        of: Box<Kind>,
        multi: bool,
    },
    Array(Box<Kind>),
    Composite(Vec<Kind>),
    /// A type that the world has no recipe for; the database is asked which literals it takes.
    Other {
        modifier: i32,
    },
}

impl Kind {
    /// The kind of a column, seeing through domains.
    pub fn of(catalog: &Catalog, column: &Column) -> Kind {
        resolve(
            catalog,
            column.type_oid,
            &column.type_name,
            column.type_modifier,
        )
    }

    /// The kind that a type's name stands for, as `format_type` writes it.
    pub fn named(catalog: &Catalog, name: &str) -> Kind {
        let user_type = catalog
            .types
            .values()
            .find(|t| t.name == name || format!("{}.{}", t.schema, t.name) == name);
        match user_type {
            Some(found) => shaped(catalog, found, -1),
            None => builtin(catalog, name, -1),
        }
    }

    pub fn is_time(&self) -> bool {
        matches!(self, Kind::Date | Kind::Timestamp { .. })
    }

    pub fn is_number(&self) -> bool {
        matches!(self, Kind::Int(_) | Kind::Numeric { .. } | Kind::Float)
    }
}

fn resolve(catalog: &Catalog, oid: Oid, name: &str, modifier: i32) -> Kind {
    match catalog.types.get(&oid) {
        Some(found) => shaped(catalog, found, modifier),
        None => builtin(catalog, name, modifier),
    }
}

fn shaped(catalog: &Catalog, found: &Type, modifier: i32) -> Kind {
    match &found.shape {
        Shape::Enum(labels) => Kind::Enum(labels.clone()),
        Shape::Domain {
            base,
            base_name,
            base_modifier,
            ..
        } => resolve(catalog, *base, base_name, *base_modifier),
        Shape::Composite(columns) => {
            Kind::Composite(columns.iter().map(|c| Kind::of(catalog, c)).collect())
        }
        Shape::Range { of } => Kind::Range {
            of: Box::new(by_oid(catalog, *of, -1)),
            multi: false,
        },
        Shape::Array { of } => Kind::Array(Box::new(by_oid(catalog, *of, modifier))),
        Shape::Other => Kind::Other { modifier },
    }
}

/// The kind of a type of which only the oid is known. Oids below 10,000 are assigned by PostgreSQL and never change.
/// An array's modifier is that of its elements: `char(2)[]` holds texts of two characters.
fn by_oid(catalog: &Catalog, oid: Oid, modifier: i32) -> Kind {
    if oid == 1700 && modifier > 4 {
        let (precision, scale) = ((modifier - 4) >> 16, (modifier - 4) & 0x7ff);
        return builtin(catalog, &format!("numeric({precision},{scale})"), -1);
    }
    let name = match oid {
        16 => "boolean",
        17 => "bytea",
        20 => "bigint",
        21 => "smallint",
        23 => "integer",
        25 => "text",
        1042 | 1043 => "character varying",
        114 | 3802 => "jsonb",
        700 | 701 => "double precision",
        1082 => "date",
        1083 => "time without time zone",
        1114 => "timestamp without time zone",
        1184 => "timestamp with time zone",
        1186 => "interval",
        1700 => "numeric",
        2950 => "uuid",
        _ => "",
    };
    resolve(catalog, oid, name, modifier)
}

fn builtin(catalog: &Catalog, name: &str, modifier: i32) -> Kind {
    if let Some(element) = name.strip_suffix("[]") {
        return Kind::Array(Box::new(Kind::named(catalog, element)));
    }
    let (bare, numbers) = split_modifier(name);
    let first = numbers.first().copied();
    match bare.as_str() {
        "boolean" => Kind::Bool,
        "smallint" => Kind::Int(2),
        "integer" => Kind::Int(4),
        "bigint" => Kind::Int(8),
        "oid" => Kind::Int(4),
        "numeric" => {
            let scale = numbers.get(1).copied().unwrap_or(0);
            Kind::Numeric {
                whole: first.map_or(12, |p| p.saturating_sub(scale)),
                scale: if first.is_some() { scale } else { 2 },
            }
        }
        "real" | "double precision" => Kind::Float,
        "money" => Kind::Money,
        "text" => Kind::Text { max: None },
        "character varying" | "character" | "bpchar" => Kind::Text {
            max: match (first, bare.as_str(), modifier) {
                (Some(n), _, _) => Some(n as usize),
                (None, _, m) if m > 4 => Some(m as usize - 4),
                (None, "character", _) => Some(1),
                _ => None,
            },
        },
        "name" => Kind::Text { max: Some(63) },
        "\"char\"" => Kind::Text { max: Some(1) },
        "uuid" => Kind::Uuid,
        "date" => Kind::Date,
        "timestamp without time zone" => Kind::Timestamp { zone: false },
        "timestamp with time zone" => Kind::Timestamp { zone: true },
        "time without time zone" => Kind::Time { zone: false },
        "time with time zone" => Kind::Time { zone: true },
        "json" | "jsonb" => Kind::Json,
        "bytea" => Kind::Bytea,
        "inet" | "cidr" => Kind::Address,
        "macaddr" => Kind::Mac { bytes: 6 },
        "macaddr8" => Kind::Mac { bytes: 8 },
        "bit" => Kind::Bits {
            length: first.unwrap_or(1) as usize,
        },
        "bit varying" => Kind::Bits {
            length: first.map_or(40, |n| n.min(40)) as usize,
        },
        "point" | "line" | "lseg" | "box" | "path" | "polygon" | "circle" => Kind::Shape(bare),
        "tsvector" => Kind::Tsvector,
        "tsquery" => Kind::Tsquery,
        "xml" => Kind::Xml,
        _ if bare.starts_with("interval") => Kind::Interval,
        _ => range(catalog, &bare).unwrap_or(Kind::Other { modifier }),
    }
}

fn range(catalog: &Catalog, name: &str) -> Option<Kind> {
    let (stem, multi) = match name.strip_suffix("multirange") {
        Some(stem) => (stem, true),
        None => (name.strip_suffix("range")?, false),
    };
    let of = match stem {
        "int4" => "integer",
        "int8" => "bigint",
        "num" => "numeric",
        "ts" => "timestamp without time zone",
        "tstz" => "timestamp with time zone",
        "date" => "date",
        _ => return None,
    };
    Some(Kind::Range {
        of: Box::new(builtin(catalog, of, -1)),
        multi,
    })
}

/// `character varying(80)` → (`character varying`, [80]); `timestamp(3) with time zone` loses its precision.
fn split_modifier(name: &str) -> (String, Vec<u32>) {
    let Some((before, rest)) = name.split_once('(') else {
        return (name.to_owned(), Vec::new());
    };
    let Some((inside, after)) = rest.split_once(')') else {
        return (name.to_owned(), Vec::new());
    };
    let numbers = inside
        .split(',')
        .filter_map(|n| n.trim().parse().ok())
        .collect();
    (format!("{}{after}", before.trim_end()), numbers)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn builtin_names_with_modifiers_are_understood() {
        let catalog = Catalog::default();
        let kind = |name: &str| Kind::named(&catalog, name);
        assert_eq!(kind("character varying(80)"), Kind::Text { max: Some(80) });
        assert_eq!(kind("numeric(5,2)"), Kind::Numeric { whole: 3, scale: 2 });
        assert_eq!(
            kind("timestamp(3) with time zone"),
            Kind::Timestamp { zone: true }
        );
        assert_eq!(kind("uuid[]"), Kind::Array(Box::new(Kind::Uuid)));
        assert_eq!(
            kind("tstzrange"),
            Kind::Range {
                of: Box::new(Kind::Timestamp { zone: true }),
                multi: false
            }
        );
        assert_eq!(kind("geography"), Kind::Other { modifier: -1 });
    }

    #[test]
    fn elements_of_an_array_obey_its_modifier() {
        let catalog = Catalog::default();
        let of_elements = |of: Oid, modifier: i32| {
            let array = Type {
                oid: 0,
                schema: "pg_catalog".to_owned(),
                name: "_element".to_owned(),
                shape: Shape::Array { of },
            };
            shaped(&catalog, &array, modifier)
        };
        let boxed = |kind: Kind| Kind::Array(Box::new(kind));
        assert_eq!(of_elements(1042, 6), boxed(Kind::Text { max: Some(2) }));
        assert_eq!(of_elements(1043, -1), boxed(Kind::Text { max: None }));
        let modifier = ((5 << 16) | 2) + 4;
        assert_eq!(
            of_elements(1700, modifier),
            boxed(Kind::Numeric { whole: 3, scale: 2 })
        );
    }
}
