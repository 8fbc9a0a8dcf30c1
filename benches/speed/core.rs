//! Keeps this process, and whatever it starts from now on, on one core, so that rates are rates of one core.
use std::process::{Command, Stdio};

/// The cores that were allowed before; dropping it allows them again.
pub struct OneCore {
    before: String,
}

impl OneCore {
    /// `None` where taskset is missing or refused: the rates are then those of a free scheduler.
    pub fn take() -> Option<OneCore> {
        let before = allowed()?;
        let last = before.rsplit([',', '-']).next()?;
        allow(last).then_some(OneCore { before })
    }
}

impl Drop for OneCore {
    fn drop(&mut self) {
        if !allow(&self.before) {
            eprintln!("the cores {} could not be allowed again", self.before);
        }
    }
}

/// `0,1` or `0-3`.
fn allowed() -> Option<String> {
    let output = Command::new("taskset")
        .args(["-c", "-p", &std::process::id().to_string()])
        .output()
        .ok()?;
    let text = String::from_utf8(output.stdout).ok()?;
    Some(text.rsplit_once(": ")?.1.trim().to_owned())
}

fn allow(cores: &str) -> bool {
    Command::new("taskset")
        .args(["-a", "-c", "-p", cores, &std::process::id().to_string()])
        .stdout(Stdio::null())
        .status()
        .is_ok_and(|status| status.success())
}
