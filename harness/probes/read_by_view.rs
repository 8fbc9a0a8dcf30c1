//! Reads another tenant's rows through a view.
use super::read_row::reading;
use super::{Attack, Form, Probe, Scene, Victim, attackers, statement};
use crate::catalog::RelationKind;

pub struct ReadByView;

impl Probe for ReadByView {
    fn name(&self) -> &'static str {
        "read-by-view"
    }

    fn explanation(&self) -> &'static str {
        include_str!("read_by_view.md")
    }

    fn attacks(&self, scene: &Scene) -> Vec<Attack> {
        of_kind(scene, RelationKind::View, self.name())
    }
}

/// Reads every view or materialized view that shows owned tables.
pub(super) fn of_kind(scene: &Scene, kind: RelationKind, probe: &'static str) -> Vec<Attack> {
    let views: Vec<_> = scene
        .catalog
        .relations
        .iter()
        .filter(|r| r.kind == kind && statement::shows_owned(scene, r))
        .collect();
    let mut out = Vec::new();
    for (id, attacker) in scene.honest() {
        for view in &views {
            let text = statement::select(scene, &attacker.role, view);
            out.push(reading(
                id,
                view,
                probe,
                Form::Bare,
                text,
                Victim::Tenant(attackers::VICTIM),
            ));
        }
    }
    out
}
