//! What PostgreSQL does to answer a tenant's questions: plans as values, and what is worth knowing of them.
mod baseline;
mod candidates;
mod error;
mod fill;
mod form;
mod hypothetical;
mod index;
mod measure;
mod model;
mod observe;
mod plan;
mod question;
mod questions;
mod rewrite;
mod scoped;
mod shape;
mod subject;
mod trial;
mod tries;

pub use baseline::{Baseline, BaselineError, Worse};
pub use error::PlanError;
pub use fill::{Filling, Tenant};
pub use form::{Forms, Site, SiteKind};
pub use hypothetical::HypoPg;
pub use index::{
    Index, IndexColumn, create, dead, missing, missing_for_policies, place_of, read_indexes,
    redundant, shown,
};
pub use measure::Measurement;
pub use model::*;
pub use observe::{Asking, Caller, explain, explain_within};
pub use plan::{Link, Node, Plan};
pub use question::{Question, asked, given};
pub use questions::Standing;
pub use rewrite::{Proposal, Proposals};
pub use subject::{Person, Subject, people, subjects};
pub use trial::{Trial, Tried};
