//! Paths that say whose a row is, as attacks write them.
use super::Scene;
use crate::catalog::Relation;
use crate::tenancy::Folder;
use crate::world::TrueRow;
use std::collections::BTreeMap;

/// The own row's path with the tenant's folder of the foreign row, where both are made alike: the other folders stay the
/// writer's own.
pub(super) fn crossed(
    scene: &Scene,
    relation: &Relation,
    own: &TrueRow,
    foreign: &TrueRow,
) -> Option<BTreeMap<i16, String>> {
    let folders = scene.tenancy.folders.get(&relation.oid)?;
    let made_so = |row: &TrueRow| {
        let fits = |folder: &&Folder| {
            folder.asked.iter().all(|(number, texts)| {
                let value = scene.value(relation, row, *number);
                value.is_some_and(|value| texts.iter().any(|text| text == value))
            })
        };
        folders.iter().find(fits)
    };
    let folder = made_so(own)?;
    if made_so(foreign) != Some(folder) || folder.parts.len() < 2 {
        return None;
    }
    let (at, _) = folder.surest().first().copied()?;
    let path = scene.value(relation, own, folder.column)?;
    let theirs = scene.value(relation, foreign, folder.column)?;
    let mut parts: Vec<&str> = path.split('/').collect();
    *parts.get_mut(at - 1)? = theirs.split('/').nth(at - 1)?;
    Some(BTreeMap::from([(folder.column, parts.join("/"))]))
}
