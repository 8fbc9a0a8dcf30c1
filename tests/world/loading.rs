//! What stands in the database after a world was loaded.
use super::stage::Stage;
use watertight::tenancy::KeyId;
use watertight::world::{Missing, TenantId, TrueRow, Truth, World, settings};

#[tokio::test]
async fn strange_types_constraints_and_triggers_leave_no_table_of_a_tenant_bare() {
    let stage = Stage::of_file("strange.sql").await;
    let (world, truth) = filled(&stage).await;
    hold_together(&stage, &truth).await;
    assert_eq!(world.tenants.len(), 3);
}

#[tokio::test]
async fn habits_of_public_projects_leave_no_table_of_a_tenant_bare() {
    let stage = Stage::of_directory("tests/fixtures/world/saas").await;
    let (world, truth) = filled(&stage).await;
    hold_together(&stage, &truth).await;
    let user = stage.tenancy.user.unwrap();
    let ranks: Vec<&str> = world
        .users
        .iter()
        .filter_map(|u| u.rank.as_deref())
        .take(4)
        .collect();
    assert_eq!(ranks, ["viewer", "editor", "admin", "owner"]);
    let traveller = world.users.iter().find(|u| u.tenants.len() == 2).unwrap();
    assert_eq!(traveller.name, "a user of org_a and org_c");
    let alone = world.users.iter().find(|u| u.tenants.is_empty()).unwrap();
    assert!(alone.keys.contains_key(&user));
    let claims = settings(&stage.tenancy, &world, watertight::world::UserId(0));
    assert!(
        claims
            .iter()
            .any(|(_, value)| value.contains(&world.users[0].keys[&user]))
    );
}

#[tokio::test]
async fn voxanne_is_filled_for_every_tenant() {
    let stage = Stage::of_directory("migrations/voxanne").await;
    let (_, truth) = filled(&stage).await;
    hold_together(&stage, &truth).await;
}

async fn filled(stage: &Stage) -> (World, Truth) {
    let plan = stage.plan().await;
    let generated = stage.draw(&plan, 7, None);
    let (world, truth) = stage.load(&plan, generated).await;
    assert_eq!(stage.missing(&truth.missing), Vec::<String>::new());
    assert_eq!(stage.bare(&truth), Vec::<String>::new());
    (world, truth)
}

/// Every foreign key and CHECK holds, although some rows were loaded without triggers, and no reference of a tenant's
/// row leads to another tenant.
async fn hold_together(stage: &Stage, truth: &Truth) {
    let client = stage.session.client();
    for relation in stage
        .catalog
        .relations
        .iter()
        .filter(|r| truth.tables.contains_key(&r.oid))
    {
        let table = relation.qualified();
        for check in &relation.checks {
            let sql = format!(
                "select count(*) from {table} where not ({})",
                check.expression
            );
            let broken: i64 = client.query_one(&sql, &[]).await.unwrap().get(0);
            assert_eq!(broken, 0, "{table}: {}", check.name);
        }
        for key in &relation.foreign_keys {
            let target = stage.catalog.relation(key.target).unwrap();
            let pairs: Vec<String> = key
                .columns
                .iter()
                .zip(&key.target_columns)
                .map(|(own, theirs)| {
                    let own = &relation.column(*own).unwrap().name;
                    let theirs = &target.column(*theirs).unwrap().name;
                    format!("c.\"{own}\" = p.\"{theirs}\"")
                })
                .collect();
            let filled: Vec<String> = key
                .columns
                .iter()
                .map(|own| format!("c.\"{}\" is not null", relation.column(*own).unwrap().name))
                .collect();
            let sql = format!(
                "select c.ctid::text, p.tableoid::oid, p.ctid::text from {table} c left join {} p on {} where {}",
                target.qualified(),
                pairs.join(" and "),
                filled.join(" and ")
            );
            for row in client.query(&sql, &[]).await.unwrap() {
                let parent: Option<u32> = row.get(1);
                let parent = parent.unwrap_or_else(|| panic!("{table}: {} dangles", key.name));
                let own = at(truth, relation.oid, row.get(0));
                let theirs = at(truth, parent, row.get(2));
                let travels = own.user.is_some() && own.user == theirs.user;
                let apart =
                    own.tenant.is_some() && theirs.tenant.is_some() && own.tenant != theirs.tenant;
                assert!(
                    !apart || travels,
                    "{table}: {} crosses from {own:?} to {theirs:?}",
                    key.name
                );
            }
        }
    }
}

fn at<'t>(truth: &'t Truth, relation: u32, ctid: &str) -> &'t TrueRow {
    truth.tables[&relation]
        .iter()
        .find(|row| row.ctid == ctid)
        .unwrap()
}

#[tokio::test]
async fn a_seed_makes_the_same_world_again_and_another_seed_another_one() {
    let stage = Stage::of_directory("tests/fixtures/world/saas").await;
    let plan = stage.plan().await;
    let again = stage.plan().await;
    let first = stage.draw(&plan, 7, None);
    assert_eq!(first, stage.draw(&again, 7, None));
    assert_ne!(first, stage.draw(&plan, 8, None));
}

#[tokio::test]
async fn a_changed_tenant_keeps_its_keys_and_leaves_the_others_alone() {
    let stage = Stage::of_directory("tests/fixtures/world/saas").await;
    let plan = stage.plan().await;
    let before = stage.draw(&plan, 7, None).world;
    let after = stage.draw(&plan, 7, Some(TenantId(1))).world;
    assert_eq!(before.tenants, after.tenants);
    assert_eq!(before.users, after.users);
    assert_eq!(before.rows.len(), after.rows.len());
    let mut changed = 0;
    for (old, new) in before.rows.iter().zip(&after.rows) {
        assert_eq!(
            (old.relation, old.tenant, old.user),
            (new.relation, new.tenant, new.user)
        );
        let relation = stage.catalog.relation(old.relation).unwrap();
        for number in &relation.primary_key {
            assert_eq!(old.values.get(number), new.values.get(number));
        }
        if old.tenant == Some(TenantId(1)) {
            changed += usize::from(old != new);
        } else {
            assert_eq!(old, new);
        }
    }
    assert!(changed > 50, "{changed}");
}

#[tokio::test]
async fn a_table_that_takes_no_row_is_missing_for_every_tenant() {
    let stage = Stage::of(
        "create table orgs (id uuid primary key);
         create table things (id uuid primary key, org_id uuid not null references orgs (id), size int check (size < 1 and size > 1) not null);
         alter table orgs enable row level security; alter table things enable row level security;
         create policy p on orgs using (id = current_setting('app.org', true)::uuid);
         create policy p on things using (org_id = current_setting('app.org', true)::uuid);",
    )
    .await;
    assert_eq!(stage.tenancy.tenant, Some(KeyId(0)));
    let plan = stage.plan().await;
    let (_, truth) = stage.load(&plan, stage.draw(&plan, 1, None)).await;
    let things = stage.table("public.things").oid;
    let missing: Vec<&Missing> = truth
        .missing
        .iter()
        .filter(|m| m.relation == things)
        .collect();
    let tenants: Vec<Option<TenantId>> = missing.iter().map(|m| m.tenant).collect();
    assert_eq!(
        tenants,
        [Some(TenantId(0)), Some(TenantId(1)), Some(TenantId(2))]
    );
    assert!(
        missing[0].reason.contains("SQLSTATE 23514"),
        "{}",
        missing[0].reason
    );
}
