//! A person's view of a node: the name, notes and tags that they gave it.

use std::fmt;

/// Longest name, in characters.
pub const NAME_LONGEST: usize = 80;
/// Longest notes, in characters.
pub const NOTES_LONGEST: usize = 4_000;
/// Longest tag, in characters.
pub const TAG_LONGEST: usize = 32;
/// Most tags of one node.
pub const TAGS_MOST: usize = 20;

/// Why a text that a person typed is refused.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum TextError {
    /// More characters than it may have.
    TooLong {
        /// How many it may have.
        most: usize,
    },
    /// A control character, or one that turns the reading direction: it would make a page lie.
    ControlCharacter,
    /// More tags than a node may have.
    TooManyTags,
    /// A tag without a letter.
    EmptyTag,
}

/// A node's name: trimmed, one line, at most 80 characters. Markup is text here and is escaped where it is shown.
///
/// # Errors
/// What is wrong with it.
pub fn name(text: &str) -> Result<String, TextError> {
    let text = text.trim();
    check(text, NAME_LONGEST, char::is_control)?;
    Ok(text.to_owned())
}

/// Notes: several lines, at most 4,000 characters.
///
/// # Errors
/// What is wrong with them.
pub fn notes(text: &str) -> Result<String, TextError> {
    let text = text.replace("\r\n", "\n");
    check(&text, NOTES_LONGEST, |c| c.is_control() && c != '\n' && c != '\t')?;
    Ok(text)
}

/// Tags: trimmed, without repeats, in the given order, at most 20 of at most 32 characters.
///
/// # Errors
/// What is wrong with the first bad one.
pub fn tags(texts: &[String]) -> Result<Vec<String>, TextError> {
    if texts.len() > TAGS_MOST {
        return Err(TextError::TooManyTags);
    }
    let mut tags: Vec<String> = Vec::new();
    for text in texts {
        let tag = text.trim();
        if tag.is_empty() {
            return Err(TextError::EmptyTag);
        }
        check(tag, TAG_LONGEST, char::is_control)?;
        if !tags.iter().any(|known| known == tag) {
            tags.push(tag.to_owned());
        }
    }
    Ok(tags)
}

fn check(text: &str, most: usize, refused: impl Fn(char) -> bool) -> Result<(), TextError> {
    if text.chars().take(most + 1).count() > most {
        return Err(TextError::TooLong { most });
    }
    if text.chars().any(|c| refused(c) || turns_direction(c)) {
        return Err(TextError::ControlCharacter);
    }
    Ok(())
}

/// The invisible characters with which one name can be made to look like another.
const fn turns_direction(c: char) -> bool {
    matches!(c, '\u{200e}' | '\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}' | '\u{feff}' | '\u{2028}' | '\u{2029}')
}

impl TextError {
    /// The end of the API's code: `name_too_long`, `tags_empty`, and so on.
    #[must_use]
    pub const fn code(self) -> &'static str {
        match self {
            Self::TooLong { .. } => "too_long",
            Self::ControlCharacter => "control_character",
            Self::TooManyTags => "too_many",
            Self::EmptyTag => "empty",
        }
    }
}

impl fmt::Display for TextError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::TooLong { most } => write!(f, "It is too long. Up to {most} characters are accepted."),
            Self::ControlCharacter => {
                f.write_str("It holds a control character or one that turns the reading direction. Plain text is accepted.")
            }
            Self::TooManyTags => write!(f, "There are too many tags. Up to {TAGS_MOST} are accepted."),
            Self::EmptyTag => f.write_str("A tag is empty. Give it at least one character."),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn hostile_names_are_text_or_refused() {
        assert_eq!(name(" <script>alert(1)</script> ").unwrap(), "<script>alert(1)</script>");
        assert_eq!(name("a\u{202e}b"), Err(TextError::ControlCharacter));
        assert_eq!(name("a\nb"), Err(TextError::ControlCharacter));
        assert_eq!(name("a\0b"), Err(TextError::ControlCharacter));
        assert_eq!(name(&"x".repeat(81)), Err(TextError::TooLong { most: 80 }));
        assert_eq!(name(&"ж".repeat(80)).unwrap().chars().count(), 80);
    }

    #[test]
    fn tags_are_kept_once_in_their_order() {
        let typed: Vec<String> = ["barn", " attic ", "barn"].map(String::from).to_vec();
        assert_eq!(tags(&typed).unwrap(), ["barn", "attic"]);
        assert_eq!(tags(&[" ".into()]), Err(TextError::EmptyTag));
        assert_eq!(tags(&vec!["x".to_owned(); 21]), Err(TextError::TooManyTags));
    }

    proptest! {
        #[test]
        fn what_is_accepted_once_is_accepted_again_unchanged(text in "\\PC{0,100}") {
            if let Ok(accepted) = name(&text) {
                prop_assert_eq!(name(&accepted), Ok(accepted));
            }
        }
    }
}
