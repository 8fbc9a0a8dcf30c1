//! Whose a row or a text is, told from a loaded world.
use super::stage::Stage;
use watertight::world::{Owners, Traces, Truth, World};

async fn loaded() -> (Stage, World, Truth) {
    let stage = Stage::of_directory("tests/fixtures/world/saas").await;
    let plan = stage.plan().await;
    let (world, truth) = stage.load(&plan, stage.draw(&plan, 7, None)).await;
    (stage, world, truth)
}

#[tokio::test]
async fn every_path_of_a_tenants_row_leads_to_that_tenant() {
    let (stage, world, truth) = loaded().await;
    let owners = Owners::new(&stage.catalog, &stage.tenancy, &world, &truth);
    let mut told = 0;
    for (&relation, rows) in &truth.tables {
        for row in rows.iter().filter(|row| row.tenant.is_some()) {
            let travels = row
                .user
                .is_some_and(|user| world.users[user.0].tenants.len() > 1);
            for owner in owners.owner_of(relation, &row.values).into_iter().flatten() {
                let name = stage.catalog.relation(relation).unwrap().qualified();
                assert!(
                    travels || Some(owner) == row.tenant,
                    "{name}: {owner:?} and {row:?}"
                );
                told += 1;
            }
        }
    }
    assert!(told > 300, "{told}");
}

#[tokio::test]
async fn a_tenants_texts_are_found_and_never_taken_for_anothers() {
    let (stage, _, truth) = loaded().await;
    let traces = Traces::new(&stage.catalog, &truth);
    let mut silent = Vec::new();
    for (oid, rows) in &truth.tables {
        for row in rows.iter().filter(|row| !row.by_trigger) {
            let cells = || row.values.iter().flatten();
            let mut found = cells().flat_map(|cell| traces.find(cell)).peekable();
            if row.tenant.is_some() && found.peek().is_none() {
                silent.push(stage.catalog.relation(*oid).unwrap().qualified());
            }
            for trace in found {
                assert!(Some(trace.tenant) == row.tenant, "{trace:?} {row:?}");
            }
        }
    }
    silent.dedup();
    // Made of keys of a user of two tenants alone, which belong to neither.
    assert_eq!(silent, Vec::<String>::new());
}

#[tokio::test]
async fn rows_that_a_trigger_made_belong_to_whom_their_keys_name() {
    let (stage, world, truth) = loaded().await;
    let workspaces = stage.table("public.workspaces").oid;
    let made: Vec<_> = truth.tables[&workspaces]
        .iter()
        .filter(|row| row.by_trigger)
        .collect();
    assert_eq!(made.len(), world.users.len());
    for row in made {
        let user = row.user.unwrap();
        assert_eq!(row.tenant, world.users[user.0].tenants.first().copied());
    }
}
