//! Settings that hold what the caller itself wrote into its request: headers and cookies, as PostgREST hands them on.
use super::{Claim, ClaimMeaning, KeyId, Membership};

/// Whether a setting holds headers or cookies of the request. Nobody signs them, unlike the token
/// (<https://docs.postgrest.org/en/stable/references/transactions.html#request-headers-cookies-and-jwt-claims>).
pub(super) fn is_header(setting: &str) -> bool {
    matches!(setting, "request.headers" | "request.cookies")
        || setting.starts_with("request.header.")
        || setting.starts_with("request.cookie.")
}

/// Says which headers a caller would forge: those that name a tenant or a user where something else tells whose the caller
/// is. A header that nothing else stands beside is a secret of its own (a basket's number, the token of a shared link):
/// whoever knows it may.
pub(super) fn settle(
    claims: &mut [Claim],
    memberships: &[Membership],
    tenant: Option<KeyId>,
    user: Option<KeyId>,
) {
    let signed: Vec<ClaimMeaning> = claims
        .iter()
        .filter(|claim| !is_header(&claim.setting))
        .map(|claim| claim.meaning.clone())
        .collect();
    for claim in claims.iter_mut().filter(|claim| is_header(&claim.setting)) {
        let known = match claim.meaning {
            ClaimMeaning::Key(key) => {
                let is_member = !memberships.is_empty() && Some(key) == tenant;
                let is_named = [tenant, user].contains(&Some(key));
                is_member || is_named && signed.contains(&claim.meaning)
            }
            _ => false,
        };
        claim.user_editable = known;
    }
}
