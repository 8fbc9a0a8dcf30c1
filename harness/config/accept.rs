//! Applies what the user has decided to live with to the stream of events.
use super::{Accepted, CheckPlan, Date};
use crate::event::{Event, Finding, Listener};

/// Stands between the engine and the reports: accepted leaks become `Event::Accepted`, allowed cells are marked,
/// and decisions that match nothing any more are told.
pub struct Gate<'a> {
    plan: &'a CheckPlan,
    today: Date,
    inner: &'a mut dyn Listener,
    accept_used: Vec<bool>,
    allow_used: Vec<bool>,
    accepted: usize,
}

impl<'a> Gate<'a> {
    pub fn new(plan: &'a CheckPlan, today: Date, inner: &'a mut dyn Listener) -> Gate<'a> {
        Gate {
            plan,
            today,
            inner,
            accept_used: vec![false; plan.accept.len()],
            allow_used: vec![false; plan.allow_unproven.len()],
            accepted: 0,
        }
    }

    fn hear_leak(&mut self, finding: &Finding) {
        let mut finding = finding.clone();
        for (index, accepted) in self.plan.accept.iter().enumerate() {
            if !matches(accepted, &finding) {
                continue;
            }
            self.accept_used[index] = true;
            match accepted.until {
                Some(until) if until < self.today => finding.notes.push(format!(
                    "it was accepted until {until} ({}); that day has passed",
                    accepted.reason
                )),
                _ => {
                    self.accepted += 1;
                    return self.inner.hear(&Event::Accepted {
                        finding: Box::new(finding),
                        reason: accepted.reason.clone(),
                    });
                }
            }
        }
        self.inner.hear(&Event::Leak(Box::new(finding)));
    }

    fn tell_unused(&mut self) {
        if self.plan.partial {
            return;
        }
        let accepts = self.plan.accept.iter().zip(&self.accept_used);
        let allows = self.plan.allow_unproven.iter().zip(&self.allow_used);
        let unused: Vec<String> = accepts
            .filter(|(_, used)| !**used)
            .map(|(accepted, _)| {
                let what = name(accepted);
                format!("the configuration accepts {what}, but there is no such leak; remove the entry")
            })
            .chain(allows.filter(|(_, used)| !**used).map(|(allowed, _)| {
                let object = &allowed.object;
                format!("the configuration allows {object} to stay unproven, but nothing of it is; remove the entry")
            }))
            .collect();
        for text in unused {
            self.inner.hear(&Event::Note { text });
        }
    }
}

impl Listener for Gate<'_> {
    fn hear(&mut self, event: &Event) {
        match event {
            Event::Leak(finding) => self.hear_leak(finding),
            Event::Unproven(unproven) => {
                let mut unproven = unproven.clone();
                let mut entries = self.plan.allow_unproven.iter().zip(&mut self.allow_used);
                if let Some((_, used)) =
                    entries.find(|(allowed, _)| allowed.object == unproven.object)
                {
                    *used = true;
                    unproven.allowed = true;
                }
                unproven.allowed |= self.plan.allow_every_unproven;
                self.inner.hear(&Event::Unproven(unproven));
            }
            Event::Finished(summary) => {
                self.tell_unused();
                let mut summary = summary.clone();
                summary.accepted = self.accepted;
                self.inner.hear(&Event::Finished(summary));
            }
            Event::Accepted { finding, .. } => {
                // Accepted by the engine itself or by an earlier run, with its reason.
                let entries = self.plan.accept.iter().zip(&mut self.accept_used);
                for (accepted, used) in entries {
                    *used |= matches(accepted, finding);
                }
                self.accepted += 1;
                self.inner.hear(event);
            }
            other => self.inner.hear(other),
        }
    }
}

fn matches(accepted: &Accepted, finding: &Finding) -> bool {
    let same = |wanted: &Option<String>, found: &str| wanted.as_deref().is_none_or(|w| w == found);
    same(&accepted.fingerprint, &finding.fingerprint)
        && same(&accepted.probe, &finding.probe)
        && same(&accepted.object, &finding.object)
}

fn name(accepted: &Accepted) -> String {
    match (&accepted.fingerprint, &accepted.probe, &accepted.object) {
        (Some(fingerprint), _, _) => format!("the leak {fingerprint}"),
        (None, Some(probe), Some(object)) => format!("{probe} on {object}"),
        _ => "a leak".to_owned(),
    }
}
