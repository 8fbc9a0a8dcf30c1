//! Commands that other files tell people and machines to run are commands that there are.
use super::engine::Fake;
use super::{project, session};
use std::path::Path;
use watertight::cli::Exit;

/// The command lines of watertight in a file, with their arguments as a shell would split them.
fn commands(text: &str) -> Vec<String> {
    let joined = text.replace("\\\n", " ");
    let mut commands = Vec::new();
    for line in joined
        .lines()
        .filter(|line| !line.trim_start().starts_with('#'))
    {
        let ours = ["watertight ", "cargo run --release --locked -- "];
        let Some(start) = ours.iter().find_map(|program| {
            let line = line.trim_start().trim_start_matches("- run: ");
            line.starts_with(program).then(|| &line[program.len()..])
        }) else {
            continue;
        };
        let end = start.find("||").unwrap_or(start.len());
        commands.push(start[..end].to_owned());
    }
    commands
}

/// Variables are given values that their flags understand.
fn filled(command: &str) -> String {
    let mut words: Vec<String> = Vec::new();
    for word in command.split_whitespace() {
        let word = match (word.contains('$'), words.last().map(String::as_str)) {
            (false, _) => word.to_owned(),
            (true, Some("--seed")) => "20260131".to_owned(),
            (true, Some("--shard")) => "1/2".to_owned(),
            (true, Some("--postgres")) => "17".to_owned(),
            // A flag that is only sometimes there.
            (true, _) if word == "$BASELINE" => "--baseline main.jsonl".to_owned(),
            (true, _) => "somewhere".to_owned(),
        };
        words.push(word);
    }
    words.join(" ")
}

#[test]
fn the_workflows_run_commands_that_there_are() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join(".github");
    let folder = project("");
    let mut count = 0;
    for place in ["workflows", "for-your-project"] {
        for entry in std::fs::read_dir(root.join(place)).unwrap() {
            let path = entry.unwrap().path();
            let text = std::fs::read_to_string(&path).unwrap();
            for command in commands(&text) {
                count += 1;
                // Everything before `--help` is parsed, and nothing is run.
                let line = format!("{} --help", filled(&command));
                let asked = session(folder.path(), &line, &Fake::clean());
                assert_eq!(
                    asked.exit,
                    Exit::Clean,
                    "{}: {line}\n{}",
                    path.display(),
                    asked.err
                );
                for report in line.split(" --report ").skip(1) {
                    let format = report.split('=').next().unwrap();
                    assert!(
                        watertight::report::format(format).is_some(),
                        "{}: there is no format {format}",
                        path.display()
                    );
                }
            }
        }
    }
    assert_eq!(count, 5, "a command is not recognised any more");
}
