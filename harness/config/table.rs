//! Reads TOML tables with their places, so that every complaint can point at its line.
use super::{ConfigError, nearest};
use crate::event::Source;
use crate::span::{Bytes, Place};
use std::path::Path;
use std::sync::Arc;
use toml::Spanned;
use toml::de::{DeTable, DeValue};

/// A configuration's text and where it stands.
#[derive(Clone, Copy)]
pub(super) struct File<'a> {
    pub path: &'a Path,
    pub text: &'a str,
}

impl File<'_> {
    pub fn source(&self, bytes: Bytes, label: impl Into<String>) -> Source {
        Source {
            place: Place::of(self.path, self.text, bytes.start),
            text: Arc::from(self.text),
            statement: bytes.clone(),
            clause: bytes,
            label: label.into(),
        }
    }

    pub fn parse(&self) -> Result<Spanned<DeTable<'_>>, ConfigError> {
        DeTable::parse(self.text).map_err(|error| ConfigError::Syntax {
            message: error.message().to_owned(),
            at: error.span().map(|span| Box::new(self.source(span, ""))),
        })
    }
}

/// One table whose keys are all known.
pub(super) struct Table<'a> {
    file: File<'a>,
    /// How complaints call it: `[systems.voxanne]`.
    name: String,
    span: Bytes,
    entries: &'a DeTable<'a>,
}

/// A value of one type and the bytes that it was read from.
pub(super) struct Found<T> {
    pub value: T,
    pub span: Bytes,
}

impl<'a> Table<'a> {
    /// Refuses every key outside `known`, the first in the file first.
    pub fn open(
        file: File<'a>,
        name: impl Into<String>,
        span: Bytes,
        entries: &'a DeTable<'a>,
        known: &[&str],
    ) -> Result<Table<'a>, ConfigError> {
        let name = name.into();
        let stranger = entries
            .keys()
            .filter(|key| !known.contains(&key.get_ref().as_ref()))
            .min_by_key(|key| key.span().start);
        if let Some(key) = stranger {
            return Err(ConfigError::UnknownKey {
                key: key.get_ref().to_string(),
                table: name,
                nearest: nearest(key.get_ref(), known.iter().copied()).map(str::to_owned),
                known: known.iter().map(|&key| key.to_owned()).collect(),
                at: Box::new(file.source(key.span(), "not a key of watertight")),
            });
        }
        Ok(Table {
            file,
            name,
            span,
            entries,
        })
    }

    fn get(&self, key: &str) -> Option<&'a Spanned<DeValue<'a>>> {
        self.entries
            .iter()
            .find(|(name, _)| name.get_ref() == key)
            .map(|(_, value)| value)
    }

    pub fn wrong(&self, key: &str, span: Bytes, expected: impl Into<String>) -> ConfigError {
        ConfigError::WrongValue {
            key: key.to_owned(),
            expected: expected.into(),
            at: Box::new(self.file.source(span, "")),
        }
    }

    pub fn missing(&self, key: &str) -> ConfigError {
        ConfigError::MissingKey {
            key: key.to_owned(),
            table: self.name.clone(),
            at: Box::new(self.file.source(self.span.clone(), "")),
        }
    }

    pub fn text(&self, key: &str) -> Result<Option<String>, ConfigError> {
        self.read(key, "a string", |text| Some(text.to_owned()))
    }

    pub fn required_text(&self, key: &str) -> Result<String, ConfigError> {
        let text = self.text(key)?.ok_or_else(|| self.missing(key))?;
        if text.trim().is_empty() {
            return Err(self.missing(key));
        }
        Ok(text)
    }

    /// A string that `parse` understands; `expected` tells what that would be.
    pub fn read<T>(
        &self,
        key: &str,
        expected: &str,
        parse: impl FnOnce(&str) -> Option<T>,
    ) -> Result<Option<T>, ConfigError> {
        let Some(value) = self.get(key) else {
            return Ok(None);
        };
        let parsed = match value.get_ref() {
            DeValue::String(text) => parse(text),
            _ => None,
        };
        parsed
            .map(Some)
            .ok_or_else(|| self.wrong(key, value.span(), expected))
    }

    /// A string out of a list, with the nearest one suggested for any other.
    pub fn one_of<T>(
        &self,
        key: &str,
        names: &[&str],
        parse: impl FnOnce(&str) -> Option<T>,
    ) -> Result<Option<T>, ConfigError> {
        self.read(key, &format!("one of {}", names.join(", ")), parse)
    }

    pub fn number(&self, key: &str, least: u64) -> Result<Option<u64>, ConfigError> {
        let Some(value) = self.get(key) else {
            return Ok(None);
        };
        let number = match value.get_ref() {
            DeValue::Integer(digits) => u64::from_str_radix(digits.as_str(), digits.radix()).ok(),
            _ => None,
        };
        match number {
            Some(number) if number >= least => Ok(Some(number)),
            _ => Err(self.wrong(key, value.span(), format!("a whole number from {least}"))),
        }
    }

    pub fn flag(&self, key: &str) -> Result<Option<bool>, ConfigError> {
        match self.get(key) {
            None => Ok(None),
            Some(value) => match value.get_ref() {
                DeValue::Boolean(flag) => Ok(Some(*flag)),
                _ => Err(self.wrong(key, value.span(), "true or false")),
            },
        }
    }

    pub fn is_flag(&self, key: &str) -> bool {
        self.get(key)
            .is_some_and(|value| matches!(value.get_ref(), DeValue::Boolean(_)))
    }

    /// A list of strings; a single string counts as a list of one.
    pub fn texts(&self, key: &str) -> Result<Option<Vec<String>>, ConfigError> {
        let Some(value) = self.get(key) else {
            return Ok(None);
        };
        let expected = "a string or a list of strings";
        match value.get_ref() {
            DeValue::String(text) => Ok(Some(vec![text.to_string()])),
            DeValue::Array(items) => items
                .iter()
                .map(|item| match item.get_ref() {
                    DeValue::String(text) => Ok(text.to_string()),
                    _ => Err(self.wrong(key, item.span(), expected)),
                })
                .collect::<Result<_, _>>()
                .map(Some),
            _ => Err(self.wrong(key, value.span(), expected)),
        }
    }

    /// A day, as a TOML date or as a string.
    pub fn day(&self, key: &str) -> Result<Option<super::Date>, ConfigError> {
        let Some(value) = self.get(key) else {
            return Ok(None);
        };
        let day = match value.get_ref() {
            DeValue::String(text) => super::Date::parse(text),
            DeValue::Datetime(time) => time
                .date
                .and_then(|date| super::Date::new(date.year.into(), date.month, date.day)),
            _ => None,
        };
        day.map(Some)
            .ok_or_else(|| self.wrong(key, value.span(), "a day such as \"2027-01-31\""))
    }

    /// The tables of a list of tables.
    pub fn list(&self, key: &str, known: &[&str]) -> Result<Vec<Table<'a>>, ConfigError> {
        let Some(value) = self.get(key) else {
            return Ok(Vec::new());
        };
        let expected = format!("a list of tables with {}", known.join(", "));
        let DeValue::Array(items) = value.get_ref() else {
            return Err(self.wrong(key, value.span(), expected));
        };
        items
            .iter()
            .map(|item| match item.get_ref() {
                DeValue::Table(entries) => {
                    Table::open(self.file, format!("`{key}`"), item.span(), entries, known)
                }
                _ => Err(self.wrong(key, item.span(), expected.clone())),
            })
            .collect()
    }

    /// The table under `key`.
    pub fn table(&self, key: &str, known: &[&str]) -> Result<Option<Table<'a>>, ConfigError> {
        let Some(value) = self.get(key) else {
            return Ok(None);
        };
        let DeValue::Table(entries) = value.get_ref() else {
            return Err(self.wrong(key, value.span(), "a table"));
        };
        let name = format!("`[{}]`", self.child(key));
        Table::open(self.file, name, value.span(), entries, known).map(Some)
    }

    /// The tables under `key` by name, in the order of the file.
    pub fn named(
        &self,
        key: &str,
        known: &[&str],
    ) -> Result<Vec<(Found<String>, Table<'a>)>, ConfigError> {
        let Some(value) = self.get(key) else {
            return Ok(Vec::new());
        };
        let expected = format!("tables such as `[{key}.name]`");
        let DeValue::Table(entries) = value.get_ref() else {
            return Err(self.wrong(key, value.span(), expected));
        };
        let mut tables = Vec::new();
        for (name, value) in entries.iter() {
            let DeValue::Table(inner) = value.get_ref() else {
                return Err(self.wrong(key, value.span(), expected));
            };
            let shown = format!("`[{key}.{}]`", name.get_ref());
            let found = Found {
                value: name.get_ref().to_string(),
                span: name.span(),
            };
            tables.push((
                found,
                Table::open(self.file, shown, name.span(), inner, known)?,
            ));
        }
        tables.sort_by_key(|(name, _)| name.span.start);
        Ok(tables)
    }

    fn child(&self, key: &str) -> String {
        let own = self.name.trim_matches(|c| "`[]".contains(c));
        if self.name.starts_with("`[") {
            format!("{own}.{key}")
        } else {
            key.to_owned()
        }
    }
}
