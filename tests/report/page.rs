//! The HTML page, as a browser lays it out.
use super::{look, samples, written};
use std::path::{Path, PathBuf};
use std::process::Command;
use watertight::event::{Event, Finding};

#[test]
fn the_page_over_the_samples() {
    let page = written("html", look(false, 100), &samples::run());
    let (head, rest) = page.split_once("<style>").unwrap();
    let (_, body) = rest.split_once("</style>").unwrap();
    // One element a line, so that a change of the snapshot can be read.
    let body = body.replace("><", ">\n<");
    insta::assert_snapshot!(format!("{head}<style>…</style>{body}"));
}

#[test]
fn the_page_needs_nothing_else() {
    let page = written("html", look(false, 100), &samples::run());
    for word in ["<script", "src=", "@import", "url(", "<link", "onclick"] {
        assert!(!page.contains(word), "{word}");
    }
}

#[test]
fn a_name_is_no_markup() {
    let mut finding = samples::findings().remove(0);
    finding.title = "<img src=x onerror=alert(1)>".into();
    finding.object = "public.\"<b>\"".into();
    finding.repro = "select '</code></pre><script>'".into();
    let page = written("html", look(false, 100), &[Event::Leak(Box::new(finding))]);
    for word in ["<img", "<b>", "<script"] {
        assert!(!page.contains(word), "{word}");
    }
}

/// Several hundred tables, most of them in order, and more leaks than anybody wants.
fn large() -> Vec<Event> {
    let mut events = samples::run();
    let end = events.pop();
    let long = "a_table_with_a_name_that_is_as_long_as_names_may_become_in_sql";
    for number in 0..400 {
        let commands = ["select", "insert", "update", "delete", "truncate"];
        let cells = commands.map(samples::stopped).concat();
        events.push(samples::object(
            &format!("public.{long}{number}"),
            "table",
            cells,
        ));
    }
    let first = samples::findings().remove(0);
    events.extend((0..60).map(|number| {
        Event::Leak(Box::new(Finding {
            object: format!("public.{long}{number}"),
            title: format!("a member of org_a can read rows of org_b in public.{long}{number}"),
            fingerprint: format!("{number:016x}"),
            repro: format!(
                "select * from public.{long}{number} where note = '{}';",
                "x".repeat(300)
            ),
            ..first.clone()
        }))
    }));
    events.extend(end);
    events
}

/// What the browser said of one page at one width.
#[derive(Debug, serde::Deserialize)]
#[serde(rename_all = "camelCase")]
struct Layout {
    page: String,
    width: u32,
    scroll_width: u32,
    /// Of the rows where every attempt was stopped, in pixels.
    tallest_quiet_row: f64,
    findings: usize,
    rows: usize,
    /// The smallest letters, in pixels.
    smallest: f64,
    verdict: String,
    /// Elements that reach beyond the right edge.
    outside: Vec<String>,
    /// Links that lead nowhere.
    dead: Vec<String>,
}

/// Frames are as wide as the screens that they stand for; the page itself forbids scripts, so its frame's parent looks.
const LOOKS: &str = r##"<!doctype html><meta charset="utf-8"><body><script>
const seen = [];
function look(frame) {
  const page = frame.contentDocument, view = page.defaultView, root = page.documentElement;
  for (const folded of page.querySelectorAll("details")) folded.open = true;
  const all = [...page.body.querySelectorAll("*")].filter(e => !e.classList.contains("spoken"));
  const outside = all.filter(e => e.getBoundingClientRect().right > frame.width + 0.5);
  const links = [...page.querySelectorAll("a")].map(a => a.getAttribute("href"));
  seen.push({
    page: frame.dataset.page, width: Number(frame.width), scrollWidth: root.scrollWidth, 
    tallestQuietRow: Math.max(0, ...[...page.querySelectorAll("details .grid tbody")].map(e => e.offsetHeight)),
    findings: page.querySelectorAll("article.finding").length, rows: page.querySelectorAll(".grid tbody").length,
    smallest: Math.min(...all.filter(e => e.textContent.trim()).map(e => parseFloat(view.getComputedStyle(e).fontSize))),
    verdict: page.querySelector("h1").textContent,
    outside: outside.slice(0, 5).map(e => e.outerHTML.slice(0, 120)),
    dead: links.filter(to => !page.getElementById(to.slice(1))),
  });
}
onload = () => {
  for (const frame of document.querySelectorAll("iframe")) look(frame);
  document.body.replaceChildren(Object.assign(document.createElement("pre"), { textContent: JSON.stringify(seen) }));
};
</script>"##;

fn browser() -> PathBuf {
    let names = ["chromium", "chromium-browser", "google-chrome"];
    let path = std::env::var_os("PATH").unwrap_or_default();
    let found = std::env::split_paths(&path)
        .flat_map(|folder| names.map(|name| folder.join(name)))
        .find(|program| program.is_file());
    found.expect("this test needs a browser on this machine: apt-get install chromium")
}

/// Opens all pages at all widths in one headless browser.
fn layouts(folder: &Path, pages: &[&str], widths: &[u32]) -> Vec<Layout> {
    let mut looks = LOOKS.to_owned();
    for page in pages {
        for width in widths {
            let frame = format!(
                "<iframe data-page=\"{page}\" src=\"{page}.html\" width=\"{width}\" height=\"900\" frameborder=\"0\"></iframe>"
            );
            looks.push_str(&frame);
        }
    }
    std::fs::write(folder.join("looks.html"), looks).unwrap();
    let output = Command::new(browser())
        .args([
            "--headless",
            "--no-sandbox",
            "--disable-gpu",
            "--disable-quic",
            "--no-first-run",
        ])
        .args([
            "--disable-background-networking",
            "--disable-component-update",
            "--disable-sync",
        ])
        .args([
            "--disable-dev-shm-usage",
            "--hide-scrollbars",
            "--allow-file-access-from-files",
        ])
        .arg(format!(
            "--user-data-dir={}",
            folder.join("profile").display()
        ))
        .arg("--dump-dom")
        .arg(format!("file://{}", folder.join("looks.html").display()))
        .output()
        .unwrap();
    let told = String::from_utf8_lossy(&output.stdout).into_owned();
    let errors = String::from_utf8_lossy(&output.stderr).into_owned();
    let (_, rest) = told
        .rsplit_once("<pre>")
        .unwrap_or_else(|| panic!("{told}\n{errors}"));
    let json = rest.split_once("</pre>").unwrap().0;
    let json = json
        .replace("&lt;", "<")
        .replace("&gt;", ">")
        .replace("&amp;", "&");
    serde_json::from_str(&json).unwrap()
}

#[test]
fn a_browser_shows_the_page_at_every_width() {
    let folder = tempfile::tempdir().unwrap();
    let pages = [
        ("samples", samples::run()),
        ("large", large()),
        ("empty", Vec::new()),
    ];
    for (name, events) in &pages {
        let path = folder.path().join(format!("{name}.html"));
        std::fs::write(path, written("html", look(false, 100), events)).unwrap();
    }
    let layouts = layouts(folder.path(), &["samples", "large", "empty"], &[375, 1280]);
    assert_eq!(layouts.len(), 6);
    for layout in &layouts {
        assert!(
            layout.scroll_width <= layout.width,
            "it scrolls sideways: {layout:#?}"
        );
        assert!(layout.outside.is_empty(), "{layout:#?}");
        assert!(layout.dead.is_empty(), "{layout:#?}");
        assert!(layout.smallest >= 12.0, "{layout:#?}");
        let (findings, rows) = match layout.page.as_str() {
            "samples" => (4, 12),
            "large" => (64, 412),
            _ => (0, 0),
        };
        assert_eq!(
            (layout.findings, layout.rows),
            (findings, rows),
            "{layout:#?}"
        );
        // One line; a name that is as long as names may become takes five on a telephone.
        let most = if layout.width > 1000 { 70.0 } else { 140.0 };
        assert!(layout.tallest_quiet_row <= most, "{layout:#?}");
    }
    assert!(
        layouts[0].verdict.contains("leaks 4 leaks"),
        "{}",
        layouts[0].verdict
    );
}
