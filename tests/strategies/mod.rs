//! Plan assertions: with this index, under this policy, a tenant's query finds its rows so and not otherwise. Nothing here looks
//! at a clock; the benches of the same name measure.
mod bed;
mod forms;
mod orders;
mod traps;

#[allow(
    dead_code,
    reason = "the benches use what the assertions do not, and the other way round"
)]
#[path = "../../benches/strategies/testbed/mod.rs"]
mod testbed;
