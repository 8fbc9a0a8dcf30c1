//! Reads another tenant's rows through a materialized view, which no policy guards.
use super::read_by_view::of_kind;
use super::{Attack, Probe, Scene};
use crate::catalog::RelationKind;

pub struct ReadByMatview;

impl Probe for ReadByMatview {
    fn name(&self) -> &'static str {
        "read-by-matview"
    }

    fn explanation(&self) -> &'static str {
        include_str!("read_by_matview.md")
    }

    fn attacks(&self, scene: &Scene) -> Vec<Attack> {
        of_kind(scene, RelationKind::MaterializedView, self.name())
    }
}
