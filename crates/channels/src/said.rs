//! What a provider said, made fit to be shown and kept: one line, not long, and without what must stay secret.

/// The longest detail, in characters.
pub const MOST: usize = 300;

/// The words on one line, at most [`MOST`] characters, none of the secrets in them.
pub fn said(words: &str, secrets: &[&str]) -> String {
    let mut line =
        words.split(|c: char| c.is_whitespace() || c.is_control()).fold(String::new(), |mut line, word| {
            if !line.is_empty() && !word.is_empty() {
                line.push(' ');
            }
            line.push_str(word);
            line
        });
    for secret in secrets.iter().filter(|secret| !secret.is_empty()) {
        line = line.replace(secret, "…");
    }
    match line.char_indices().nth(MOST) {
        Some(_) => line.chars().take(MOST - 1).chain(['…']).collect(),
        None => line,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_was_said_is_one_short_line_without_the_secret() {
        assert_eq!(said(" Bad\r\n\tRequest: \u{1b}[31mbot12:ab ", &["12:ab"]), "Bad Request: [31mbot…");
        let long = said(&"äö ".repeat(1000), &[]);
        assert_eq!((long.chars().count(), long.ends_with('…')), (MOST, true));
        assert_eq!(said("", &[""]), "");
    }
}
