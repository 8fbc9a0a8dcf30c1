//! Size, names and words.
use super::code::{block_end, names};
use super::files::{SourceFile, paths, root, rust};
use super::{each, expect_none};

fn all_rust() -> Vec<SourceFile> {
    ["harness", "tests", "benches"]
        .into_iter()
        .flat_map(rust)
        .collect()
}

#[test]
fn files_begin_with_what_they_are_for() {
    let complaints = each(&all_rust(), |file| match file.text.starts_with("//! ") {
        true => Vec::new(),
        false => vec![format!("{}:1: the first line is no `//! …`", file.path)],
    });
    expect_none(
        "a reader of the folder learns from one line whether to open the file.",
        complaints,
    );
}

#[test]
fn files_stay_short() {
    const MOST_LINES: usize = 400;
    let complaints = each(&all_rust(), |file| match file.text.lines().count() {
        lines if lines > MOST_LINES => vec![format!("{}: {lines} lines", file.path)],
        _ => Vec::new(),
    });
    expect_none(
        "at most 400 lines: a longer file is about two things; split it where it changes the subject.",
        complaints,
    );
}

#[test]
fn functions_stay_short() {
    const MOST_LINES: usize = 70;
    let complaints = each(&all_rust(), |file| {
        names(&file.code, "fn")
            .into_iter()
            .filter_map(|(at, name)| {
                let end = block_end(&file.code, at)?;
                let lines = file.code[at..end].matches('\n').count() + 1;
                (lines > MOST_LINES).then(|| format!("{}: `{name}` has {lines} lines", file.at(at)))
            })
            .collect()
    });
    expect_none(
        "at most 70 lines: a function that fits on a screen is read as a whole; name its parts.",
        complaints,
    );
}

#[test]
fn names_say_something() {
    const EMPTY_WORDS: [&str; 9] = [
        "manager", "handler", "helper", "helpers", "util", "utils", "data", "info", "context",
    ];
    let says_nothing = |name: &str| {
        words(name)
            .into_iter()
            .find(|word| EMPTY_WORDS.contains(&word.as_str()))
    };
    let complaints = each(&all_rust(), |file| {
        let stem = file
            .path
            .rsplit('/')
            .next()
            .unwrap()
            .trim_end_matches(".rs");
        let mut complaints: Vec<String> = says_nothing(stem)
            .map(|word| format!("{}: the file's name says `{word}`", file.path))
            .into_iter()
            .collect();
        for keyword in ["fn", "struct", "enum", "trait", "type", "mod"] {
            for (at, name) in names(&file.code, keyword) {
                if let Some(word) = says_nothing(name) {
                    complaints.push(format!("{}: `{keyword} {name}` says `{word}`", file.at(at)));
                }
            }
        }
        complaints
    });
    expect_none(
        "manager, handler, helper, util, data, info and context fit everything and so say nothing; \
         name the thing after what it is in the words of the design.",
        complaints,
    );
}

/// `parse_jsonData` becomes parse, json, data.
fn words(name: &str) -> Vec<String> {
    let mut words = vec![String::new()];
    for c in name.chars() {
        if c == '_' || c.is_uppercase() {
            words.push(String::new());
        }
        if c != '_' {
            let last = words.last_mut().unwrap();
            last.extend(c.to_lowercase());
        }
    }
    words
}

#[test]
fn nothing_is_left_to_panic_or_to_do() {
    const WORDS: [(&str, &str); 5] = [
        (
            ".unwrap()",
            "say by `expect` which invariant holds, or return an error",
        ),
        ("todo!(", "do it, or leave it out"),
        ("unimplemented!(", "do it, or leave it out"),
        ("unsafe ", "find a crate that did it right"),
        (
            "#[allow(",
            "mend what the compiler found, or say by #[expect(…, reason)] why not",
        ),
    ];
    let complaints = each(&rust("harness"), |file| {
        let found = WORDS.iter().flat_map(|(word, instead)| {
            let places = file.product.match_indices(word);
            places.map(move |(at, _)| format!("{}: `{word}`: {instead}", file.at(at)))
        });
        found.collect()
    });
    expect_none(
        "a panic is exit 70, and a user's schema must never lead there.",
        complaints,
    );
}

#[test]
fn no_test_is_skipped() {
    let complaints = each(&all_rust(), |file| {
        let places = file.code.match_indices("#[ignore");
        places.map(|(at, _)| file.at(at)).collect()
    });
    expect_none(
        "a skipped test proves nothing; hold the present behaviour with a note instead.",
        complaints,
    );
}

#[test]
fn every_file_is_reached() {
    let complaints = each(&rust("harness"), |file| {
        let path = file.path.trim_end_matches(".rs");
        let (folder, stem) = path.rsplit_once('/').unwrap();
        let (folder, stem) = match stem {
            "mod" => folder.rsplit_once('/').unwrap(),
            stem => (folder, stem),
        };
        if folder == "harness" && ["lib", "main", "build"].contains(&stem) {
            return Vec::new();
        }
        let parents = [
            format!("{folder}/mod.rs"),
            format!("{folder}.rs"),
            format!("{folder}/lib.rs"),
        ];
        let declared = parents.iter().any(|parent| {
            let text = std::fs::read_to_string(root().join(parent)).unwrap_or_default();
            text.lines()
                .any(|line| line.trim_end().ends_with(&format!("mod {stem};")))
        });
        match declared {
            true => Vec::new(),
            false => vec![format!(
                "{}: no module declares it, so nothing compiles it",
                file.path
            )],
        }
    });
    expect_none("a file that nothing compiles rots unseen.", complaints);
}

#[test]
fn the_top_level_stays_as_it_is() {
    const ALLOWED: [&str; 7] = [
        "Cargo.toml",
        "Cargo.lock",
        "README.md",
        "harness",
        "scenarios",
        "migrations",
        "benches",
    ];
    // What cargo and watertight write, and git ignores.
    const WRITTEN: [&str; 3] = ["tests", "target", "watertight-out"];
    let complaints = std::fs::read_dir(root())
        .unwrap()
        .map(|entry| entry.unwrap().file_name().to_string_lossy().into_owned())
        .filter(|name| !name.starts_with('.'))
        .filter(|name| !ALLOWED.contains(&name.as_str()) && !WRITTEN.contains(&name.as_str()))
        .map(|name| format!("{name}: not one of {}", ALLOWED.join(", ")))
        .collect();
    expect_none(
        "the top level is the table of contents; new things go into one of its folders.",
        complaints,
    );
}

#[test]
fn no_machine_leaves_its_paths() {
    let homes = [
        ["/ro", "ot/"],
        ["/ho", "me/"],
        ["/Use", "rs/"],
        ["/wo", "rk/"],
    ]
    .map(|parts| parts.concat());
    let mut all = vec!["README.md".to_owned(), "Cargo.toml".to_owned()];
    for folder in [
        "harness",
        "scenarios",
        "migrations",
        "benches",
        "tests",
        ".config",
        ".ci",
        ".github",
    ] {
        all.extend(paths(folder));
    }
    let mut complaints = Vec::new();
    for path in all {
        let Ok(text) = std::fs::read_to_string(root().join(&path)) else {
            continue;
        };
        for (number, line) in text.lines().enumerate() {
            if let Some(home) = homes.iter().find(|home| line.contains(home.as_str())) {
                complaints.push(format!(
                    "{path}:{}: `{home}…` exists on one machine only",
                    number + 1
                ));
            }
        }
    }
    expect_none(
        "the project builds anywhere; a path of one machine is wrong on all others.",
        complaints,
    );
}
