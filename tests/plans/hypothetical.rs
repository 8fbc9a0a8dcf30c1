//! HypoPG, where it is put and what it tells.
use crate::support::Scratch;
use watertight::plans::{Asking, Caller, HypoPg, explain};

#[tokio::test]
async fn hypothetical_indexes_are_seen_by_other_roles_and_leave_with_the_session() {
    let scratch = Scratch::new().await;
    let client = scratch.client();
    let setup = "
        create role wt_plain; create role wt_member;
        create table public.notes (id int primary key, org int not null, body text not null);
        insert into public.notes select n, n % 300, md5(n::text) from generate_series(1, 20000) n;
        create policy own on public.notes using (org = current_setting('app.org')::int);
        alter table public.notes enable row level security;
        grant select on public.notes to wt_member;
        analyze public.notes;";
    client.batch_execute(setup).await.unwrap();

    // Who may not make an extension gets a reason, and the session goes on as before.
    client.batch_execute("set role wt_plain").await.unwrap();
    let refused = HypoPg::find(client).await.unwrap();
    client.batch_execute("reset role").await.unwrap();
    let none = scratch
        .ask("select count(*) from pg_namespace where nspname like '%hypopg%'")
        .await;
    assert_eq!(none, ["0"]);

    let hypopg = HypoPg::find(client).await.unwrap();
    let hypopg = hypopg
        .expect("this test needs HypoPG beside PostgreSQL: apt-get install postgresql-15-hypopg");
    assert!(refused.unwrap_err().contains("42501"));
    assert_eq!(HypoPg::find(client).await.unwrap(), Ok(hypopg.clone()));

    client.batch_execute("begin").await.unwrap();
    let index = hypopg
        .imagine(client, "CREATE INDEX ON public.notes (org)")
        .await
        .unwrap();
    let index = index.expect("HypoPG knows B-trees");
    let none = hypopg
        .imagine(client, "CREATE INDEX ON public.notes USING gin (body)")
        .await
        .unwrap();
    assert_eq!(none, None);
    client.batch_execute("commit").await.unwrap();

    let member = Caller {
        role: "wt_member".to_owned(),
        settings: vec![("app.org".to_owned(), "7".to_owned())],
        ..Caller::default()
    };
    let statement = "select * from public.notes";
    let plan = async || {
        explain(client, &member, statement, Asking::Structure)
            .await
            .unwrap()
    };
    assert_eq!(plan().await.indexes(), [index.as_str()]);
    hypopg.forget(client).await.unwrap();
    assert!(
        plan().await.indexes().is_empty(),
        "{}",
        plan().await.shape()
    );
    scratch.stop().await;
}
