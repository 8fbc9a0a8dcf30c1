//! Sets aside calls that went through because the caller could read the secret that they ask for: what let it be read is
//! found there, and to answer whoever bears the secret is what the function is for.
use super::campaign::Judged;
use crate::oracle::{Reason, Verdict};
use crate::probes::Form;

pub(super) fn clear(judged: &mut [Judged]) {
    for judged in judged {
        let went_through = matches!(judged.verdict, Verdict::Leaked(_));
        if judged.attack.form == Form::Bearing && went_through {
            judged.verdict = Verdict::Unproven(Reason::NoAttack {
                why: "the caller can read the secret that the call asks for".to_owned(),
            });
        }
    }
}
