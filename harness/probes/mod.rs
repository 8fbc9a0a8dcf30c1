//! Attacks, one file a probe. A probe describes statements; it never holds a session and never judges.
//!
//! Adding a probe: write `name.rs` and its explanation `name.md`, and add one line to [`ALL`].
mod arguments;
mod attack;
pub mod attackers;
mod authority;
mod call_definer;
mod call_leakproof;
mod claim_absent;
mod claim_doors;
mod claim_editable;
mod claim_malformed;
pub mod claim_sources;
pub mod controls;
mod delete_row;
mod documents;
mod folders;
mod forgers;
pub mod gain_access;
mod guests;
mod insert_row;
mod mixes;
mod odd_claims;
mod plant_trigger;
mod pointed;
mod poison_row;
mod pooled_session;
mod projection;
mod promote_self;
mod read_by_join;
mod read_by_matview;
mod read_by_view;
mod read_cached_plan;
mod read_large_object;
mod read_notification;
mod read_partition;
mod read_row;
pub mod reassign_row;
mod reference_row;
mod removed;
pub mod rights;
mod scene;
mod secrets;
mod sense_row;
mod shadow_name;
mod shapes;
mod smuggled;
mod stale_claim;
pub mod statement;
mod step_values;
pub mod steps;
mod switch_role;
mod truncate_table;
mod unique_key;
mod update_row;
mod upserts;

pub use arguments::own_call;
pub use attack::*;
pub use guests::guests;
pub use pooled_session::leaves;
pub use read_notification::announcers;
pub use scene::{Attacker, Scene, Standing, named};
pub use unique_key::shared_keys;

/// One way to reach what is not one's own.
pub trait Probe: Sync {
    /// Named after the pattern found: reads well after "allow".
    fn name(&self) -> &'static str;
    /// The page that `watertight explain` shows.
    fn explanation(&self) -> &'static str;
    /// Every attack of this kind that the scene offers, in a stable order.
    fn attacks(&self, scene: &Scene) -> Vec<Attack>;
}

/// All probes, in alphabetical order.
pub static ALL: &[&dyn Probe] = &[
    &call_definer::CallDefiner,
    &call_leakproof::CallLeakproof,
    &claim_absent::ClaimAbsent,
    &claim_editable::ClaimEditable,
    &claim_malformed::ClaimMalformed,
    &delete_row::DeleteRow,
    &gain_access::GainAccess,
    &insert_row::InsertRow,
    &plant_trigger::PlantTrigger,
    &poison_row::PoisonRow,
    &pooled_session::PooledSession,
    &promote_self::PromoteSelf,
    &read_by_join::ReadByJoin,
    &read_by_matview::ReadByMatview,
    &read_by_view::ReadByView,
    &read_cached_plan::ReadCachedPlan,
    &read_large_object::ReadLargeObject,
    &read_notification::ReadNotification,
    &read_partition::ReadPartition,
    &read_row::ReadRow,
    &reassign_row::ReassignRow,
    &reference_row::ReferenceRow,
    &sense_row::SenseRow,
    &shadow_name::ShadowName,
    &stale_claim::StaleClaim,
    &switch_role::SwitchRole,
    &truncate_table::TruncateTable,
    &unique_key::UniqueKey,
    &update_row::UpdateRow,
];

/// The probe of this name.
pub fn named_probe(name: &str) -> Option<&'static dyn Probe> {
    ALL.iter().copied().find(|probe| probe.name() == name)
}

/// Probes whose attacks need a database of their own.
pub const APART: &[&str] = &["pooled-session", "read-notification", "sense-row"];

/// Attacks that try what nothing in the schema asks for, or what a plainer one decides: one of them that proves nothing
/// leaves no gap.
pub fn is_beyond_grid(attack: &Attack) -> bool {
    attack.form == Form::Reshaped
        || matches!(
            attack.probe,
            "call-leakproof"
                | "plant-trigger"
                | "poison-row"
                | "pooled-session"
                | "read-large-object"
                | "read-notification"
                | "shadow-name"
                | "stale-claim"
                | "switch-role"
        )
        || is_stepwise(attack.probe)
}

/// Probes that also show what a plainer one shows: their finding is named after the plainer one.
pub fn is_roundabout(name: &str) -> bool {
    matches!(name, "read-by-join" | "read-cached-plan")
}

/// Probes of several statements, which show what follows from a write: where a plainer probe shows the write itself, the
/// finding is named after that one.
pub fn is_stepwise(name: &str) -> bool {
    matches!(name, "gain-access" | "promote-self")
}
