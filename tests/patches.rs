//! Patches are printed only when they were seen to work: one for each kind of cause, none where nothing that was tried did.
use super::scenarios::plan_of;
use rstest::rstest;
use watertight::check;
use watertight::config::CheckPlan;
use watertight::event::{Event, Finding};
use watertight::stop::Stop;

/// The one funnel: the first finding of a scenario.
fn first(scenario: &str) -> Finding {
    let plan = CheckPlan {
        patches: true,
        ..plan_of(&format!("scenarios/conventions/leaks/{scenario}.sql"))
    };
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .unwrap();
    let mut events: Vec<Event> = Vec::new();
    runtime
        .block_on(check::check(&plan, &Stop::default(), &mut events))
        .unwrap();
    let mut found = events.into_iter().filter_map(|event| match event {
        Event::Leak(finding) => Some(*finding),
        _ => None,
    });
    found.next().unwrap()
}

#[rstest]
#[case::missing_security(
    "claim_nested_child_without_security",
    "ALTER TABLE \"public\".\"calls\" ENABLE ROW LEVEL SECURITY;"
)]
#[case::leftover_policy("user_owned_anonymous_reads", "DROP POLICY \"lists_shared\"")]
#[case::missing_write_check(
    "claim_nested_update_without_check",
    "ALTER POLICY \"scripts_update\" ON \"public\".\"scripts\"\n  WITH CHECK"
)]
#[case::open_without_claims("claim_top_level_absent_opens", "ALTER POLICY \"devices_select\"")]
#[case::user_editable_claim("claim_nested_user_metadata", "CREATE OR REPLACE FUNCTION")]
#[case::immutable_claim_function(
    "claim_nested_immutable",
    "ALTER FUNCTION \"public\".\"caller_org\"() STABLE;"
)]
#[case::view_of_owner(
    "mandant_quoted_names_sicht_des_eigentuemers",
    "ALTER VIEW \"Buchhaltung\".\"Offene Posten\" SET (security_invoker = true);"
)]
#[case::materialized_view("role_per_tenant_matview_granted", "REVOKE ALL ON")]
#[case::function_that_trusts(
    "user_owned_count_of_another",
    "ALTER FUNCTION \"public\".\"open_todo_count\"(uuid) SECURITY INVOKER;"
)]
#[case::partition(
    "partition_of_one_month_granted",
    "ALTER TABLE \"public\".\"visits_2026_01\" ENABLE ROW LEVEL SECURITY;"
)]
#[case::truncate("claim_nested_truncate_granted", "REVOKE TRUNCATE ON")]
#[case::foreign_key_without_tenant(
    "user_owned_list_by_id",
    "ALTER TABLE \"public\".\"lists\" ADD CONSTRAINT"
)]
#[case::unique_for_all(
    "setting_text_keys_sku_global",
    "ALTER TABLE \"public\".\"articles\" DROP"
)]
fn what_closes_a_leak_is_printed(#[case] scenario: &str, #[case] begins: &str) {
    let finding = first(scenario);
    let patch = finding.patch.unwrap();
    assert!(patch.sql.starts_with(begins), "{}", patch.sql);
    assert!(patch.controls > 0, "it was held against nothing");
}

/// The owner of a table may truncate it whatever is forced, so what closes the reads alone is no patch.
#[test]
fn what_closes_half_of_a_leak_is_not_printed() {
    let finding = first("role_owner_not_forced");
    assert_eq!(finding.culprit.name, "force row-level security");
    assert_eq!(finding.patch, None);
}
