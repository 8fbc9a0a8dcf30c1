//! What stands in the database after a world was loaded.
use super::stage::Stage;

#[tokio::test]
async fn strange_types_constraints_and_triggers_leave_no_table_of_a_tenant_bare() {
    filled(&Stage::of_file("strange.sql").await).await;
}

#[tokio::test]
async fn voxanne_is_filled_for_every_tenant() {
    filled(&Stage::of_directory("migrations/voxanne").await).await;
}

async fn filled(stage: &Stage) {
    let plan = stage.plan().await;
    let generated = stage.draw(&plan, 7, None);
    let (_, truth) = stage.load(&plan, generated).await;
    assert_eq!(stage.missing(&truth.missing), Vec::<String>::new());
    assert_eq!(stage.bare(&truth), Vec::<String>::new());
}
