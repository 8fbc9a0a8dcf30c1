//! Faults of the server itself are tried on a table of our own.
use crate::world::stage::Stage;
use rstest::rstest;
use watertight::oracle::observe_engine::{FAULTS, Fault, faults, tried};

fn fault(class: u8) -> &'static Fault {
    FAULTS.iter().find(|fault| fault.class == class).unwrap()
}

/// What not even a superuser is shown would prove nothing of a server where nobody is shown it.
#[rstest]
#[case::merge(42)]
#[case::on_conflict_where(73)]
#[case::statistics_by_a_leaky_operator(80)]
#[case::extended_statistics(81)]
#[case::plan_kept_across_roles(92)]
#[tokio::test]
async fn every_attack_on_the_server_shows_the_secret_to_a_superuser(#[case] class: u8) {
    let stage = Stage::of("").await;
    assert!(
        tried(&stage.session, None, fault(class)).await.unwrap(),
        "the attack on {} is dead: it shows nothing to those who may see everything",
        fault(class).cve
    );
}

#[tokio::test]
async fn a_server_is_told_only_the_faults_that_showed_the_secret_to_a_member() {
    let stage = Stage::of("CREATE ROLE engine_member NOLOGIN;").await;
    let found = faults(&stage.session, "engine_member").await.unwrap();
    for fault in FAULTS {
        let shown = tried(&stage.session, Some("engine_member"), fault)
            .await
            .unwrap();
        let told = found.iter().any(|found| found.cve == fault.cve);
        assert_eq!(shown, told, "{}", fault.cve);
    }
    let left: Vec<String> = stage
        .session
        .client()
        .query(
            "SELECT nspname::text FROM pg_namespace WHERE nspname = 'watertight_engine'",
            &[],
        )
        .await
        .unwrap()
        .iter()
        .map(|row| row.get(0))
        .collect();
    assert_eq!(left, Vec::<String>::new(), "what was tried was rolled back");
}
