//! An account: who may sign in, and what a password must be.

use std::{collections::BTreeSet, fmt, sync::OnceLock};

/// What an account may do beyond its own space.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Role {
    /// Runs the installation.
    Admin,
    /// Everybody else.
    Member,
}

/// An e-mail address, lower-cased and trimmed: what a person signs in with.
#[derive(Clone, Eq, Hash, Ord, PartialEq, PartialOrd)]
pub struct Email(String);

/// Why a password is refused.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum PasswordError {
    /// Fewer than 8 characters.
    TooShort,
    /// More than 128 characters.
    TooLong,
    /// One of those that are tried first.
    Common,
}

const COMMON: &str = include_str!("account/common_passwords.txt");
const SHORTEST: usize = 8;
const LONGEST: usize = 128;

impl Role {
    /// The word of the API and of the database.
    #[must_use]
    pub const fn word(self) -> &'static str {
        match self {
            Self::Admin => "admin",
            Self::Member => "member",
        }
    }

    /// The role that a stored word names; an unknown word is the lesser role.
    #[must_use]
    pub fn from_word(word: &str) -> Self {
        if word == "admin" { Self::Admin } else { Self::Member }
    }
}

impl Email {
    /// Reads what a person typed. Only what every mail system agrees on is checked: one `@` with something on both
    /// sides, no spaces or control characters, at most 254 bytes.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        let text = text.trim().to_lowercase();
        let (local, host) = text.rsplit_once('@')?;
        let sound = !local.is_empty()
            && !local.contains('@')
            && host.contains('.')
            && !host.starts_with('.')
            && !host.ends_with('.')
            && text.len() <= 254
            && !text.chars().any(|c| c.is_whitespace() || c.is_control());
        sound.then_some(Self(text))
    }

    /// The address as stored.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for Email {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl fmt::Debug for Email {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        // Logs are read by more people than accounts are.
        f.write_str("Email(…)")
    }
}

/// Judges a new password: length and the list of common ones, no composition rules.
///
/// # Errors
/// What is wrong with it, never the password itself.
pub fn check_password(password: &str) -> Result<(), PasswordError> {
    let characters = password.chars().take(LONGEST + 1).count();
    if characters < SHORTEST {
        return Err(PasswordError::TooShort);
    }
    if characters > LONGEST {
        return Err(PasswordError::TooLong);
    }
    static LIST: OnceLock<BTreeSet<&str>> = OnceLock::new();
    let list = LIST.get_or_init(|| COMMON.lines().collect());
    let folded = password.to_lowercase();
    if list.contains(folded.as_str()) { Err(PasswordError::Common) } else { Ok(()) }
}

impl PasswordError {
    /// The stable code of the API.
    #[must_use]
    pub const fn code(self) -> &'static str {
        match self {
            Self::TooShort => "password_too_short",
            Self::TooLong => "password_too_long",
            Self::Common => "password_common",
        }
    }
}

impl fmt::Display for PasswordError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::TooShort => {
                "The password has fewer than 8 characters. Use 8 to 128; three or four words do well."
            }
            Self::TooLong => "The password has more than 128 characters. Use 8 to 128.",
            Self::Common => {
                "This password is among those that are tried first. Choose one that is yours alone."
            }
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_email_is_folded_and_checked_for_what_everybody_agrees_on() {
        assert_eq!(Email::parse("  Demo@Example.NET ").unwrap().as_str(), "demo@example.net");
        for wrong in [
            "",
            "demo",
            "@example.net",
            "demo@",
            "a@b@example.net",
            "a b@example.net",
            "demo@localhost",
            "a@.net",
        ] {
            assert_eq!(Email::parse(wrong), None, "{wrong:?}");
        }
        assert_eq!(Email::parse(&format!("{}@example.net", "a".repeat(250))), None);
    }

    #[test]
    fn a_password_is_judged_by_length_and_by_what_is_tried_first() {
        assert_eq!(check_password("seven77"), Err(PasswordError::TooShort));
        assert_eq!(check_password(&"x".repeat(129)), Err(PasswordError::TooLong));
        assert_eq!(check_password("Password1"), Err(PasswordError::Common));
        assert_eq!(check_password("ночной дозор"), Ok(()));
        assert_eq!(check_password(&"ж".repeat(128)), Ok(()));
    }

    #[test]
    fn a_log_line_never_holds_an_email() {
        assert!(!format!("{:?}", Email::parse("demo@example.net")).contains("demo"));
    }
}
