//! Where a SARIF result stands: in a file of the repository, and in the database.
use super::plain::printable;
use super::record::SystemRecord;
use super::sarif_log::{
    ArtifactLocation, Location, LogicalLocation, PhysicalLocation, Region, Text,
};
use crate::event::Source;
use crate::span::Place;
use std::path::{Component, Path};

pub(super) fn location(physical: PhysicalLocation, name: &str, kind: &str) -> Location {
    Location {
        physical_location: physical,
        logical_locations: vec![LogicalLocation {
            fully_qualified_name: printable(name),
            kind: kind.to_owned(),
        }],
    }
}

pub(super) fn clause(source: &Source) -> PhysicalLocation {
    let mut physical = at(&source.place);
    // Of events that were read back, the migration may be gone or say something else by now.
    if source.text.is_empty() {
        return physical;
    }
    let end = Place::of(source.place.file.clone(), &source.text, source.clause.end);
    physical.region.end_line = Some(end.line.0.get());
    physical.region.end_column = Some(end.column.0.get());
    physical.region.snippet = source.text.get(source.clause.clone()).map(|sql| Text {
        text: printable(sql),
        markdown: None,
    });
    physical
}

pub(super) fn at(place: &Place) -> PhysicalLocation {
    PhysicalLocation {
        artifact_location: artifact(&place.file),
        region: Region {
            start_line: place.line.0.get(),
            start_column: Some(place.column.0.get()),
            end_line: None,
            end_column: None,
            snippet: None,
        },
    }
}

/// What a default or the platform made has no line, but GitHub refuses a whole file for one result without a place.
pub(super) fn nowhere(system: &SystemRecord) -> PhysicalLocation {
    let directory = system
        .started
        .as_ref()
        .map_or("", |started| &started.directory);
    PhysicalLocation {
        artifact_location: artifact(Path::new(directory)),
        region: Region {
            start_line: 1,
            start_column: None,
            end_line: None,
            end_column: None,
            snippet: None,
        },
    }
}

/// Relative to the root of the repository where that is known: code scanning finds only such files.
fn artifact(path: &Path) -> ArtifactLocation {
    let mut parts = Vec::new();
    for component in path.components() {
        match component {
            Component::Normal(part) => parts.push(encoded(&part.to_string_lossy())),
            Component::ParentDir => parts.push("..".to_owned()),
            Component::CurDir | Component::RootDir | Component::Prefix(_) => {}
        }
    }
    let path_part = parts.join("/");
    match path.is_absolute() {
        true => ArtifactLocation {
            uri: format!("file:///{path_part}"),
            uri_base_id: None,
        },
        false => ArtifactLocation {
            uri: path_part,
            uri_base_id: Some("%SRCROOT%"),
        },
    }
}

/// One segment of a URI's path (RFC 3986, section 2.3).
fn encoded(part: &str) -> String {
    let plain = |byte: u8| byte.is_ascii_alphanumeric() || b"-._~".contains(&byte);
    part.bytes()
        .map(|byte| match plain(byte) {
            true => char::from(byte).to_string(),
            false => format!("%{byte:02X}"),
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn files_are_named_from_the_root_of_the_repository() {
        let relative = artifact(Path::new("./a b/ü.sql"));
        assert_eq!(relative.uri, "a%20b/%C3%BC.sql");
        assert_eq!(relative.uri_base_id, Some("%SRCROOT%"));
        let absolute = artifact(Path::new("/srv/x.sql"));
        assert_eq!(absolute.uri, "file:///srv/x.sql");
        assert_eq!(absolute.uri_base_id, None);
    }
}
