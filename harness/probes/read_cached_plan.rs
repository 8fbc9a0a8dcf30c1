//! Reads by a plan that the session cached for another caller: a claim function marked IMMUTABLE is folded into it.
use super::read_row::{reading, victim_of};
use super::{Attack, Attacker, Form, Probe, Scene, Standing, statement};

pub struct ReadCachedPlan;

impl Probe for ReadCachedPlan {
    fn name(&self) -> &'static str {
        "read-cached-plan"
    }

    fn explanation(&self) -> &'static str {
        include_str!("read_cached_plan.md")
    }

    fn attacks(&self, scene: &Scene) -> Vec<Attack> {
        let member = scene
            .attackers_that(|standing| standing == Standing::Member)
            .next();
        let Some((id, attacker)) = member else {
            return Vec::new();
        };
        let before = scene
            .attackers
            .iter()
            .find(|other| other.standing == Standing::VictimsMember && other.role == attacker.role);
        let Some(before) = before else {
            return Vec::new();
        };
        let tables = scene
            .owned()
            .filter(|relation| relation.parents.is_empty() && !relation.policies.is_empty());
        tables
            .filter_map(|relation| {
                let (_, row) = scene.victim_row(attacker, relation.oid)?;
                let query = statement::select(scene, &attacker.role, relation);
                Some(reading(
                    id,
                    relation,
                    self.name(),
                    Form::Bare,
                    handed_on(before, attacker, &query),
                    victim_of(attacker, row),
                ))
            })
            .collect()
    }
}

/// One pooled connection: the victim's member runs a prepared query, then the attacker runs the same one. Prepared
/// statements outlive a rollback, so the session's are dropped first (PostgreSQL manual, PREPARE).
fn handed_on(before: &Attacker, after: &Attacker, query: &str) -> String {
    format!(
        "DEALLOCATE ALL;\nSET LOCAL plan_cache_mode = force_generic_plan;\n{}PREPARE handed_on AS {query};\nEXECUTE handed_on;\n{}EXECUTE handed_on",
        statement::settings(before),
        statement::settings(after)
    )
}
