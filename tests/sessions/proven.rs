//! Sessions on schemas in which triggers and keys decide beside the policies: nothing of them stays open.
use super::Project;

#[test]
fn rows_whose_owner_a_trigger_writes_are_decided() {
    let session = Project::of("proven").run("check migrations -q --platform supabase");
    assert_eq!(session.code, Some(0), "{}", session.shown());
    assert!(session.out.contains(" 0 unproven"), "{}", session.out);
}
