//! A reply as Telegram's HTML: what a person typed is escaped, and what is long goes on several pages.

use channels::telegram::{LONGEST, escape};
use domain::wording::telegram::Reply;

/// The most messages that one answer takes.
const MOST: usize = 3;

/// The messages of a reply.
#[must_use]
pub fn pages(reply: &Reply) -> Vec<String> {
    let mut pages = Vec::new();
    let mut page = format!("<b>{}</b>", escape(&short(&reply.title)));
    for line in &reply.lines {
        let line = escape(&short(line));
        // Two are kept for the sign that something is missing.
        if units(&page) + units(&line) + 3 > LONGEST {
            if pages.len() + 1 == MOST {
                page.push_str("\n…");
                break;
            }
            pages.push(std::mem::take(&mut page));
        } else {
            page.push('\n');
        }
        page.push_str(&line);
    }
    pages.push(page);
    pages
}

/// No line fills a page.
fn short(line: &str) -> String {
    const MOST: usize = 500;
    match line.char_indices().nth(MOST) {
        Some((end, _)) => format!("{}…", &line[..end]),
        None => line.to_owned(),
    }
}

fn units(text: &str) -> usize {
    text.encode_utf16().count()
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn what_somebody_typed_is_text() {
        let reply = Reply { title: "<b>x".to_owned(), lines: vec!["a & <script>".to_owned(), String::new()] };
        assert_eq!(pages(&reply), ["<b>&lt;b&gt;x</b>\na &amp; &lt;script&gt;\n"]);
    }

    #[test]
    fn a_hundred_nodes_are_on_several_pages_and_none_is_lost() {
        let lines: Vec<String> = (0..100).map(|node| format!("node {node}: {}", "x".repeat(60))).collect();
        let pages = pages(&Reply { title: "100 nodes".to_owned(), lines: lines.clone() });
        assert_eq!(pages.len(), 2);
        let all = pages.join("\n");
        assert!(lines.iter().all(|line| all.contains(line.as_str())));
    }

    proptest! {
        #[test]
        fn no_page_is_too_long(lines in prop::collection::vec(("[<&aé🦀]", 0..900_usize), 0..60), title in "\\PC{0,600}") {
            let lines = lines.into_iter().map(|(letter, times)| letter.repeat(times)).collect();
            let pages = pages(&Reply { title, lines });
            prop_assert!(pages.len() <= MOST);
            prop_assert!(pages.iter().all(|page| units(page) <= LONGEST && !page.is_empty()));
        }
    }
}
