//! The way into the attacker's place, for psql, while the server is kept up.
use super::stage::{FILLED, Migrated};
use crate::event::Finding;
use crate::probes::{Scene, Standing};

/// One command line that becomes the attacker of the worst finding, else some member; one for the superuser.
pub(super) fn entrance(migrated: &Migrated, scene: &Scene, findings: &[Finding]) -> String {
    let of_finding = findings.first().and_then(|finding| {
        let mut callers = scene.attackers.iter();
        callers.find(|caller| caller.name == finding.attacker && caller.role == finding.role)
    });
    let member = || {
        let mut callers = scene.attackers.iter();
        callers.find(|caller| caller.standing == Standing::Member)
    };
    let server = &migrated.server;
    let mut out = String::new();
    if let Some(caller) = of_finding.or_else(member) {
        let mut settings = vec![("role".to_owned(), caller.role.clone())];
        settings.extend(caller.settings.iter().cloned());
        let login = &scene.tenancy.roles.login;
        let line = server.psql_command_as(FILLED, login, &settings);
        out.push_str(&format!("in the place of {}:\n    {line}\n", caller.name));
    }
    let line = server.psql_command(FILLED);
    out.push_str(&format!("as the superuser:\n    {line}\n"));
    out
}
