//! `SECRET_KEY`, the variable of the app that people move in from: checked, never used. Nothing here is signed with it, so
//! changing it ends nobody.

use data_encoding::HEXLOWER;
use sha2::{Digest, Sha256};

/// SHA-256 of keys that everybody can read, in hexadecimal. The first was printed in an incident report.
pub const PUBLISHED: [&str; 1] = ["f8a01c998a0d09f02c8b7a4bd647d511d30b412adada4cbd0d795c7f0e5f5ce2"];

const SHORTEST: usize = 32;

/// Judges the variable as it was given; `None` = not set.
///
/// # Errors
/// What is wrong with it and the way out, never the key itself.
pub fn check(value: Option<&str>, published: &[&str]) -> Result<(), String> {
    let Some(value) = value else { return Ok(()) };
    let way_out =
        "Remove SECRET_KEY: this program keeps its keys in its database and needs none from outside";
    if value.trim().is_empty() {
        return Err(format!("it is set and empty. {way_out}"));
    }
    if published.contains(&digest(value).as_str()) || published.contains(&digest(value.trim()).as_str()) {
        return Err(format!(
            "this key is published: whoever read it can sign in as anybody where it is used. {way_out}, and change it wherever else it is used"
        ));
    }
    if value.len() < SHORTEST {
        return Err(format!("it is shorter than {SHORTEST} bytes. {way_out}"));
    }
    Ok(())
}

/// What the log says about the key at a start; `before` and `now` are its marks at the last start and at this one.
#[must_use]
pub fn notice(before: Option<&str>, now: Option<&str>) -> Option<&'static str> {
    match (before, now) {
        (Some(before), Some(now)) if before != now => Some(
            "SECRET_KEY is another one than at the last start. It signs nothing here: nobody is signed out",
        ),
        (None, Some(_)) => {
            Some("SECRET_KEY is set. It is not used: this program keeps its keys in its database")
        }
        (Some(_), None) => Some("SECRET_KEY is no longer set. It signed nothing here: nobody is signed out"),
        _ => None,
    }
}

/// What is kept of the key to tell whether it changed: nothing that helps to guess it elsewhere.
#[must_use]
pub fn mark(own_key: &str, key: &str) -> String {
    digest(&format!("{own_key} {key}"))
}

fn digest(text: &str) -> String {
    HEXLOWER.encode(&Sha256::digest(text.as_bytes()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_published_short_or_empty_key_is_refused_with_the_way_out() {
        let published = "a key that somebody printed in a report";
        let list = [digest(published)];
        let list = [list[0].as_str()];
        for wrong in [published, "a key that somebody printed in a report\n", "tiny", "", "   "] {
            let said = check(Some(wrong), &list).unwrap_err();
            assert!(said.contains("Remove SECRET_KEY"), "{said}");
            assert!(wrong.trim().is_empty() || !said.contains(wrong.trim()), "{said}");
        }
        assert_eq!(check(None, &list), Ok(()));
        assert_eq!(check(Some("another key, of more than 32 bytes"), &list), Ok(()));
    }

    #[test]
    fn fault_29_the_log_says_that_a_change_ends_nobody() {
        assert!(notice(Some("a"), Some("b")).unwrap().contains("nobody is signed out"));
        assert!(notice(Some("a"), None).unwrap().contains("nobody is signed out"));
        assert_eq!(notice(Some("a"), Some("a")), None);
        assert_eq!(notice(None, None), None);
    }
}
