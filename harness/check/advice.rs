//! What to do about a leak, in one sentence for each cause.
use crate::oracle::observe_cause::Cause;
use crate::probes::{Aim, Attack, Command, Form};

/// What to do, in one sentence.
pub(super) fn advice(cause: &Cause, attack: &Attack) -> String {
    let text = match cause {
        Cause::NoRls(_) => {
            "enable row-level security on it and add a policy that compares the row's tenant with the caller's"
        }
        Cause::NotForced(_) => {
            "ALTER TABLE … FORCE ROW LEVEL SECURITY, or let the application log in as a role that does not own the table"
        }
        Cause::Bypass(_) => "let the application use a role without BYPASSRLS and SUPERUSER",
        Cause::Policy { .. } if matches!(attack.aim, Aim::Poison { .. }) => {
            "compare texts and cast nothing, or hold the column by a CHECK, a foreign key or its own type"
        }
        Cause::Policy { .. } if attack.form == Form::Removed => {
            "ask in the policy, as the others do, for the column that ends a membership"
        }
        Cause::Policy { check: true, .. } => {
            "let WITH CHECK compare the new row with the caller's tenant, as USING does with the old row"
        }
        Cause::Policy { .. } => {
            "let the policy compare the row's tenant with the caller's, or drop it: permissive policies are ORed"
        }
        Cause::LargeObjects(_) => {
            "keep the bytes in the table itself, or let only a function with its owner's rights make and read the objects"
        }
        Cause::View(_) if attack.probe == "read-by-matview" => {
            "revoke it from the application's roles: no policy guards a materialized view"
        }
        Cause::View(_) => {
            "create it WITH (security_invoker = true), or revoke it from the application's roles"
        }
        Cause::Function(_) if attack.form == Form::Removed => {
            "let the function ask for the column that ends a membership, as the schema's others do"
        }
        Cause::Function(_) if matches!(attack.aim, Aim::Overhear { .. }) => {
            "send only the key of the row: who listens then reads the row, and policies hold there"
        }
        Cause::Function(_) if matches!(attack.aim, Aim::Inherit { .. }) => {
            "set it for the transaction alone: set_config(…, true), SET LOCAL, ON COMMIT DROP"
        }
        Cause::Function(_) if attack.aim == Aim::Sense => {
            "let it count and compare rows of the caller's own tenant only: one counter for each tenant, and none that all share"
        }
        Cause::Function(_) if attack.probe == "call-leakproof" => {
            "ALTER FUNCTION … NOT LEAKPROOF: it tells its argument, and PostgreSQL runs it before the policies"
        }
        Cause::Function(_) if attack.probe == "shadow-name" => {
            "write SET search_path = '' into the function and name every table with its schema"
        }
        Cause::Function(_) if attack.probe == "read-cached-plan" => {
            "declare the function STABLE: what it reads is the same within one statement and no longer"
        }
        Cause::Function(_) if attack.command == Command::Call => {
            "check inside the function that the arguments belong to the caller, or revoke EXECUTE from PUBLIC and the application's roles"
        }
        Cause::Function(_) => {
            "read the tenant only from what the gateway sets, never from what users can edit, and return NULL where it is absent"
        }
        Cause::Grant { .. } => {
            "revoke the privilege: the application never needs it, and no policy limits it"
        }
        Cause::Constraint {
            kind: crate::oracle::observe_cause::ConstraintKind::ForeignKey,
            ..
        } => "make the foreign key composite: (tenant, id) references (tenant, id)",
        Cause::Constraint { .. } => "put the tenant's column first in the unique key",
    };
    text.to_owned()
}
