//! The README leads somewhere.
use super::expect_none;
use super::files::root;

#[test]
fn links_of_the_readme_lead_somewhere() {
    let text = std::fs::read_to_string(root().join("README.md")).unwrap();
    let mut anchors = Vec::new();
    let mut fenced = false;
    for line in text.lines() {
        fenced ^= line.trim_start().starts_with("```");
        if let Some(heading) = line.strip_prefix('#').filter(|_| !fenced) {
            anchors.push(anchor(heading.trim_start_matches('#').trim()));
        }
    }
    let links = text.match_indices("](").map(|(at, _)| {
        let rest = &text[at + 2..];
        &rest[..rest.find(')').unwrap()]
    });
    let complaints = links
        .filter(|link| !link.starts_with("http"))
        .filter(|link| match link.strip_prefix('#') {
            Some(name) => !anchors.iter().any(|anchor| anchor == name),
            None => !root().join(link).exists(),
        })
        .map(|link| format!("README.md: {link} leads nowhere"))
        .collect();
    expect_none(
        "a reader who follows a dead link reads no further.",
        complaints,
    );
}

/// As GitHub makes them of headings.
fn anchor(heading: &str) -> String {
    let heading = heading.to_lowercase();
    let kept = heading
        .chars()
        .filter(|c| c.is_alphanumeric() || " -_".contains(*c));
    kept.map(|c| if c == ' ' { '-' } else { c }).collect()
}
