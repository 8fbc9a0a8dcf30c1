//! A session whose server stays up: the printed line lands in the attacker's place, and Enter ends it all.
use super::{ENVIRONMENT, Project, SESSION_LIMIT};
use std::io::{BufRead, BufReader, Write};
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

#[test]
fn a_kept_server_lets_a_person_into_the_attackers_place_until_enter() {
    let project = Project::of("cases");
    let line =
        "check migrations -q --probe read-row --allow-unproven --patches false --keep-server";
    let mut child = Command::new(env!("CARGO_BIN_EXE_watertight"))
        .args(line.split_whitespace())
        .current_dir(project.path())
        .envs(ENVIRONMENT)
        .stdin(Stdio::piped())
        .stdout(Stdio::null())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    let told = BufReader::new(child.stderr.take().unwrap()).lines();
    let told: Vec<String> = told
        .map(Result::unwrap)
        .take_while(|line| line != "press Enter to stop it")
        .collect();
    let way_in = told.iter().find(|line| line.contains("PGOPTIONS="));
    let way_in = way_in.unwrap_or_else(|| panic!("{told:?}"));
    let asked = format!("{way_in} -X -A -t -c 'select current_user, count(*) from public.notes'");
    let output = Command::new("/bin/sh")
        .args(["-c", &asked])
        .output()
        .unwrap();
    let seen = String::from_utf8(output.stdout).unwrap();
    let (role, rows) = seen
        .trim()
        .split_once('|')
        .unwrap_or_else(|| panic!("{seen}"));
    assert_eq!(role, "desk_app");
    let count: u32 = rows.parse().unwrap();
    assert!(count > 0, "the leak shows nothing");

    child.stdin.take().unwrap().write_all(b"\n").unwrap();
    let begun = Instant::now();
    let status = loop {
        if let Some(status) = child.try_wait().unwrap() {
            break status;
        }
        assert!(begun.elapsed() < SESSION_LIMIT, "it did not end");
        std::thread::sleep(Duration::from_millis(20));
    };
    assert_eq!(status.code(), Some(1));
    let gone = Command::new("/bin/sh")
        .args(["-c", &asked])
        .output()
        .unwrap();
    assert!(!gone.status.success(), "the server is still there");
}
