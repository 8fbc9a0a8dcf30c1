//! The configuration that `watertight init` writes: what was inferred, commented out, ready to be corrected.
use super::inferred::{column_name, column_ref, relation_name};
use super::plain::one_line;
use crate::catalog::{Catalog, Relation};
use crate::config::{CheckPlan, Platform};
use crate::tenancy::{Claim, ClaimMeaning, KeyId, OwnerPath, Scope, Tenancy};

/// The head of the file.
pub fn starter_preface() -> String {
    "\
# Written by `watertight init` from what the schema says. Lines behind a `#` are what was inferred and hold as they
# are: take the `#` away and change them only where the guess is wrong. Give a reason for every exception; reasons
# are shown in reports.
"
    .to_owned()
}

/// One system's tables of the file.
pub fn starter_system(plan: &CheckPlan, catalog: &Catalog, tenancy: &Tenancy) -> String {
    let key = bare_or_quoted(&plan.system);
    let mut text = format!("\n[systems.{key}]\n");
    let roots: Vec<String> = plan
        .migrations
        .iter()
        .map(|root| quoted(&root.display().to_string()))
        .collect();
    match roots.as_slice() {
        [root] => text.push_str(&format!("migrations = {root}\n")),
        roots => text.push_str(&format!("migrations = [{}]\n", roots.join(", "))),
    }
    let platform = match plan.platform {
        Platform::Auto => "auto",
        Platform::Supabase => "supabase",
        Platform::None => "none",
    };
    text.push_str(&format!("platform = {}\n", quoted(platform)));
    text.push_str(&format!("\n[systems.{key}.tenancy]\n"));
    for sentence in &tenancy.evidence {
        text.push_str(&format!("# {}\n", one_line(sentence)));
    }
    text.push_str(&keys(catalog, tenancy));
    text.push_str(&roles(tenancy));
    text.push_str(&list("claims", &claims(tenancy)));
    text.push_str(&tables(catalog, tenancy));
    text
}

fn keys(catalog: &Catalog, tenancy: &Tenancy) -> String {
    let mut text = String::new();
    for (name, key) in [("tenant", tenancy.tenant), ("user", tenancy.user)] {
        let root = key
            .and_then(|KeyId(index)| tenancy.keys.get(index))
            .and_then(|key| key.root);
        match root {
            Some(root) => {
                let column = quoted(&column_ref(catalog, root));
                text.push_str(&format!("# {name} = {column}\n"));
            }
            None => text.push_str(&format!(
                "# {name} = \"\"  # no column was found that all others lead to\n"
            )),
        }
    }
    text
}

fn roles(tenancy: &Tenancy) -> String {
    let roles = &tenancy.roles;
    let names = |names: &[String]| {
        let quoted: Vec<String> = names.iter().map(|name| quoted(name)).collect();
        format!("[{}]", quoted.join(", "))
    };
    let mut text = String::new();
    if !roles.login.is_empty() && !roles.made {
        text.push_str(&format!("# login_role = {}\n", quoted(&roles.login)));
    }
    for (key, values) in [
        ("member_roles", &roles.members),
        ("anonymous_roles", &roles.anonymous),
        ("trusted_roles", &roles.trusted),
    ] {
        if !values.is_empty() {
            text.push_str(&format!("# {key} = {}\n", names(values)));
        }
    }
    text
}

fn claims(tenancy: &Tenancy) -> Vec<String> {
    tenancy
        .claims
        .iter()
        .filter_map(|claim: &Claim| {
            let holds = match &claim.meaning {
                ClaimMeaning::Key(key) if Some(*key) == tenancy.user => "user",
                ClaimMeaning::Key(key) if Some(*key) == tenancy.tenant => "tenant",
                ClaimMeaning::Role => "role",
                _ => return None,
            };
            let path: Vec<String> = claim.path.iter().map(|part| quoted(part)).collect();
            Some(format!(
                "{{ setting = {}, path = [{}], holds = {} }}",
                quoted(&claim.setting),
                path.join(", "),
                quoted(holds)
            ))
        })
        .collect()
}

fn tables(catalog: &Catalog, tenancy: &Tenancy) -> String {
    let (mut shared, mut private, mut owner) = (Vec::new(), Vec::new(), Vec::new());
    let own = |relation: &&Relation| !relation.platform;
    for relation in catalog.relations.iter().filter(own) {
        let table = quoted(&relation_name(catalog, relation.oid));
        match tenancy.scope(relation.oid) {
            Some(Scope::Shared { reason }) => shared.push(format!(
                "{{ table = {table}, reason = {} }}",
                quoted(&one_line(reason))
            )),
            Some(Scope::Owned {
                paths,
                user_private,
            }) => {
                if *user_private {
                    private.push(format!(
                        "{{ table = {table}, reason = \"each user's own\" }}"
                    ));
                }
                if let Some(OwnerPath::Key { column, .. }) = paths.first() {
                    let column = quoted(&column_name(catalog, relation.oid, *column));
                    owner.push(format!("{{ table = {table}, column = {column} }}"));
                }
            }
            None => {}
        }
    }
    [
        list("shared", &shared),
        list("user_private", &private),
        list("owner", &owner),
    ]
    .concat()
}

fn list(key: &str, entries: &[String]) -> String {
    if entries.is_empty() {
        return String::new();
    }
    let lines: String = entries
        .iter()
        .map(|entry| format!("#     {entry},\n"))
        .collect();
    format!("# {key} = [\n{lines}# ]\n")
}

/// A basic string of TOML.
fn quoted(text: &str) -> String {
    toml::Value::String(text.to_owned()).to_string()
}

/// A key of TOML, quoted where it must be (https://toml.io/en/v1.0.0#keys).
fn bare_or_quoted(key: &str) -> String {
    let bare = |c: char| c.is_ascii_alphanumeric() || c == '_' || c == '-';
    match !key.is_empty() && key.chars().all(bare) {
        true => key.to_owned(),
        false => quoted(key),
    }
}
