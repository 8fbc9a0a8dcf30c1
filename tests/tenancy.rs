//! Tenancy is inferred from schemas of many conventions, none of whose names the engine knows.
use crate::scenarios::plan_of;
use rstest::rstest;
use watertight::check;
use watertight::event::Event;
use watertight::stop::Stop;
use watertight::tenancy::{KeyId, Scope, Tenancy};

fn infer(convention: &str) -> (watertight::catalog::Catalog, Tenancy) {
    let plan = plan_of(&format!("scenarios/conventions/safe/{convention}.sql"));
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .unwrap();
    let mut events: Vec<Event> = Vec::new();
    runtime
        .block_on(check::survey(&plan, &Stop::default(), &mut events))
        .unwrap()
}

fn key(tenancy: &Tenancy, id: Option<KeyId>) -> &str {
    id.map_or("none", |id| tenancy.keys[id.0].name.as_str())
}

#[rstest]
#[case::membership_in_a_function(
    "membership_by_function",
    "public.organizations.id",
    "auth.users.id"
)]
#[case::membership_in_a_subquery("membership_inlined", "public.teams.id", "auth.users.id")]
#[case::a_profile_row("profile_row", "public.companies.id", "auth.users.id")]
#[case::a_claim_at_the_top("claim_top_level", "public.tenants.id", "none")]
#[case::a_nested_claim("claim_nested", "public.organizations.id", "none")]
#[case::a_setting_with_text_keys("setting_text_keys", "public.tenants.slug", "none")]
#[case::a_setting_with_bigint_keys("setting_bigint_composite", "public.shops.id", "none")]
#[case::a_role_per_tenant("role_per_tenant", "public.tenants.role_name", "none")]
#[case::children_by_their_parent("child_by_parent", "public.tenants.id", "none")]
#[case::users_alone("user_owned", "auth.users.id", "auth.users.id")]
#[case::names_in_another_language("mandant_quoted_names", "Buchhaltung.Mandant.MandantNr", "none")]
#[case::private_tables("private_tables_api_views", "private.workspaces.id", "none")]
#[case::a_large_project("large_project", "public.organizations.id", "auth.users.id")]
#[case::two_settings("two_settings_with_rank", "public.orgs.id", "public.people.id")]
fn the_tenant_and_the_user_are_found(
    #[case] convention: &str,
    #[case] tenant: &str,
    #[case] user: &str,
) {
    let (_, tenancy) = infer(convention);
    let found = (key(&tenancy, tenancy.tenant), key(&tenancy, tenancy.user));
    assert_eq!(found, (tenant, user), "evidence: {:#?}", tenancy.evidence);
}

#[test]
fn children_without_a_tenant_column_are_owned_through_their_parents() {
    let (catalog, tenancy) = infer("child_by_parent");
    let shared: Vec<&str> = catalog
        .relations
        .iter()
        .filter(|relation| {
            !relation.platform && matches!(tenancy.scope(relation.oid), Some(Scope::Shared { .. }))
        })
        .map(|relation| relation.name.as_str())
        .collect();
    assert_eq!(shared, Vec::<&str>::new());
}
