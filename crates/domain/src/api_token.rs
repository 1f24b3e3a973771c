//! API tokens for integrations: `wkf_<id>_<secret>`, with scopes, and never good for sessions.

/// What a token may do.
#[derive(Clone, Copy, Debug, Eq, Hash, Ord, PartialEq, PartialOrd)]
pub enum Scope {
    /// Asks.
    Read,
    /// Changes.
    Write,
    /// Reads `/metrics`.
    Metrics,
}

/// The two halves of a token.
#[derive(Clone, Copy, Eq, PartialEq)]
pub struct ApiToken<'a> {
    /// Names it: 12 of a-z2-7.
    pub id: &'a str,
    /// Proves it: 43 of A-Za-z0-9.
    pub secret: &'a str,
}

/// The length of the id.
pub const ID_LENGTH: usize = 12;
/// The length of the secret.
pub const SECRET_LENGTH: usize = 43;
const PREFIX: &str = "wkf_";

impl Scope {
    /// Every scope there is.
    pub const ALL: [Self; 3] = [Self::Read, Self::Write, Self::Metrics];

    /// The word of the API and of the database.
    #[must_use]
    pub const fn word(self) -> &'static str {
        match self {
            Self::Read => "read",
            Self::Write => "write",
            Self::Metrics => "metrics",
        }
    }

    /// The scope that a word names.
    #[must_use]
    pub fn from_word(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|scope| scope.word() == word)
    }
}

impl<'a> ApiToken<'a> {
    /// Reads a token; `None` when the text has another form.
    #[must_use]
    pub fn parse(text: &'a str) -> Option<Self> {
        let (id, secret) = text.strip_prefix(PREFIX)?.split_once('_')?;
        let sound = id.len() == ID_LENGTH
            && id.bytes().all(|byte| matches!(byte, b'a'..=b'z' | b'2'..=b'7'))
            && secret.len() == SECRET_LENGTH
            && secret.bytes().all(|byte| byte.is_ascii_alphanumeric());
        sound.then_some(Self { id, secret })
    }

    /// Whether a text means to be one of ours, well formed or not.
    #[must_use]
    pub fn is_meant(text: &str) -> bool {
        text.starts_with(PREFIX)
    }

    /// The token as it is shown, once.
    #[must_use]
    pub fn text(&self) -> String {
        format!("{PREFIX}{}_{}", self.id, self.secret)
    }
}

impl std::fmt::Debug for ApiToken<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "ApiToken({})", self.id)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_the_exact_form_is_a_token() {
        let secret = "A".repeat(43);
        let good = format!("wkf_abcdefghij27_{secret}");
        assert_eq!(ApiToken::parse(&good).unwrap().text(), good);
        for wrong in [
            format!("wkf_abcdefghij27_{secret}A"),
            format!("wkf_abcdefghij18_{secret}"),
            format!("wkf_abcdefghij2_{secret}"),
            format!("wkf_abcdefghij27_{}-", "A".repeat(42)),
            format!("abcdefghij27_{secret}"),
            String::new(),
        ] {
            assert_eq!(ApiToken::parse(&wrong), None, "{wrong}");
        }
        assert!(!format!("{:?}", ApiToken::parse(&good)).contains(&secret), "no log line holds the secret");
    }
}
