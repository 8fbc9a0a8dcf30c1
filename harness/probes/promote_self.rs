//! Raises the caller's own rank, and then reaches rows of its own tenant that were not for it.
use super::{Attack, Probe, Scene};

pub struct PromoteSelf;

impl Probe for PromoteSelf {
    fn name(&self) -> &'static str {
        "promote-self"
    }

    fn explanation(&self) -> &'static str {
        include_str!("promote_self.md")
    }

    /// Found together with those of `gain-access`: the steps are the same, what they open is the caller's own tenant's.
    fn attacks(&self, _: &Scene) -> Vec<Attack> {
        Vec::new()
    }
}
