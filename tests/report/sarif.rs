//! SARIF is held against the schema that OASIS publishes.
use super::{look, samples, written};
use boon::{Compiler, Schemas};
use serde_json::Value;
use watertight::event::{Event, Severity};

/// `sarif-schema-2.1.0.json` of the standard (https://docs.oasis-open.org/sarif/sarif/v2.1.0/os/schemas/).
const SCHEMA: &str = include_str!("sarif-schema-2.1.0.json");

fn log(events: &[Event]) -> Value {
    serde_json::from_str(&written("sarif", look(false, 100), events)).unwrap()
}

fn hold(log: &Value) -> Result<(), String> {
    let mut schemas = Schemas::new();
    let mut compiler = Compiler::new();
    let schema = serde_json::from_str(SCHEMA).unwrap();
    compiler.add_resource("file:///sarif.json", schema).unwrap();
    compiler.enable_format_assertions();
    let index = compiler
        .compile("file:///sarif.json", &mut schemas)
        .unwrap();
    schemas
        .validate(log, index)
        .map_err(|error| format!("{error:#}"))
}

#[test]
fn sarif_is_valid_whatever_happened() {
    let mut stopped = samples::run();
    stopped.pop();
    stopped.push(Event::Interrupted);
    let failed = vec![Event::Failed(Box::new(samples::failure()))];
    let rehearsed = vec![super::rehearsal::event()];
    for events in [samples::run(), stopped, failed, rehearsed, Vec::new()] {
        hold(&log(&events)).unwrap();
    }
}

#[test]
fn the_schema_finds_what_is_wrong() {
    let mut log = log(&samples::run());
    log["runs"][0]["results"][0]["level"] = "terrible".into();
    assert!(hold(&log).is_err());
}

#[test]
fn sarif_of_the_samples() {
    let mut log = log(&samples::run());
    // The explanations have snapshots of their own.
    for rule in log["runs"][0]["tool"]["driver"]["rules"]
        .as_array_mut()
        .unwrap()
    {
        let help = rule["help"]["markdown"].as_str().unwrap();
        assert!(help.starts_with("## What it tries"), "{help}");
        rule["help"] = "…".into();
    }
    insta::assert_json_snapshot!(log);
}

#[test]
fn a_rule_is_as_severe_as_its_worst_result() {
    let with = |severity| {
        let mut finding = samples::findings().remove(0);
        finding.severity = severity;
        Event::Leak(Box::new(finding))
    };
    let log = log(&[
        with(Severity::Low),
        with(Severity::Critical),
        with(Severity::Medium),
    ]);
    let rules = &log["runs"][0]["tool"]["driver"]["rules"];
    assert_eq!(rules.as_array().unwrap().len(), 1);
    assert_eq!(rules[0]["properties"]["security-severity"], "9.5");
    assert_eq!(rules[0]["defaultConfiguration"]["level"], "error");
}
