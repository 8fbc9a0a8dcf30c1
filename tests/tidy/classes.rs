//! Every leak class is planted, or told to be none that can be.
use super::expect_none;
use super::files::{paths, root};
use watertight::scenario::classes::{ALL, How};

#[test]
fn every_class_that_can_be_executed_has_a_leak_and_a_look_alike() {
    let scenarios: Vec<(String, Vec<u8>)> = paths("scenarios")
        .into_iter()
        .filter(|path| path.ends_with(".sql"))
        .map(|path| {
            let text = std::fs::read_to_string(root().join(&path)).unwrap();
            let numbers = numbers(&text);
            (path, numbers)
        })
        .collect();
    let planted = |kind: &str, number: u8| {
        let mut all = scenarios.iter();
        all.any(|(path, numbers)| path.contains(kind) && numbers.contains(&number))
    };
    let mut complaints = Vec::new();
    for class in ALL.iter().filter(|class| class.how == How::Attack) {
        for kind in ["/leaks/", "/safe/"] {
            if !planted(kind, class.number) {
                complaints.push(format!(
                    "class {} ({}): nothing in {kind} says `-- class: {}`",
                    class.number, class.name, class.number
                ));
            }
        }
    }
    expect_none(
        "a class that nothing plants is not known to be found, and one without a look-alike may cry wolf; \
         what cannot be executed is advice, with its reason in harness/scenario/classes.rs.",
        complaints,
    );
}

#[test]
fn classes_are_numbered_without_a_gap() {
    let numbers: Vec<u8> = ALL.iter().map(|class| class.number).collect();
    assert_eq!(numbers, (1..=99).collect::<Vec<u8>>());
}

fn numbers(text: &str) -> Vec<u8> {
    let header = text.lines().take_while(|line| line.starts_with("--"));
    header
        .filter_map(|line| line.strip_prefix("-- class:"))
        .flat_map(|line| line.split(','))
        .filter_map(|number| number.trim().parse().ok())
        .collect()
}
