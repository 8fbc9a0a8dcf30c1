//! Plans that a server answers, to a tenant's role.
use crate::support::Scratch;
use watertight::plans::{Asking, Caller, PlanError, Standing, explain, explain_within};

const SCHEMA: &str = "
    create role watertight_plans_app;
    create table notes (id int primary key, org_id int not null, body text);
    insert into notes select g, g % 4, 'x' from generate_series(1, 40) g;
    alter table notes enable row level security;
    create policy own on notes using (org_id = (select current_setting('app.org')::int));
    grant select on notes to watertight_plans_app;
";

fn caller() -> Caller {
    Caller {
        name: "a member".to_owned(),
        role: "watertight_plans_app".to_owned(),
        settings: vec![("app.org".to_owned(), "1".to_owned())],
    }
}

#[tokio::test]
async fn the_tenants_plan_follows_what_is_tried_and_nothing_stays() {
    let scratch = Scratch::new().await;
    let client = scratch.client();
    client.batch_execute(SCHEMA).await.unwrap();
    let notes = |name: &str| name == "public.notes";
    let rows = "select * from notes;";

    let plan = explain(client, &caller(), rows, Asking::StructureRun).await;
    let plan = plan.unwrap();
    assert_eq!(plan.standing(notes, "org_id"), Standing::Filter);
    assert_eq!((plan.root.rows, plan.removed(notes)), (10.0, 30));

    let index = "begin; create index notes_org on notes (org_id)";
    client.batch_execute(index).await.unwrap();
    let plan = explain_within(client, &caller(), rows, Asking::Structure).await;
    let found = Standing::Index("notes_org".to_owned());
    assert_eq!(plan.unwrap().standing(notes, "org_id"), found);
    let wrong = explain_within(client, &caller(), "select nothing", Asking::Structure).await;
    let Err(PlanError::Refused { sqlstate, .. }) = wrong else {
        panic!("{wrong:?}");
    };
    assert_eq!(sqlstate.to_string(), "42703");
    // The transaction outlives the refusal, with what was tried in it.
    let plan = explain_within(client, &caller(), rows, Asking::Measured).await;
    assert_eq!(plan.unwrap().init_plan_loops(), [1]);
    client.batch_execute("rollback").await.unwrap();

    let left = "select count(*) from pg_indexes where tablename = 'notes'";
    assert_eq!(scratch.ask(left).await, ["1"]);
    assert_eq!(scratch.ask("show role").await, ["none"]);
    scratch.stop().await;
}
