//! Conducts a run: the only place that knows every stage.
mod campaign;
mod cause_source;
mod finding;
