//! Versions of the node's software, in the order of semver: a release candidate comes before its release.

use std::cmp::Ordering;

/// A version such as `1.1.9` or `1.1.9-rc`. What stands after a `+` does not count.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Version {
    core: [u64; 3],
    /// What stands after the first `-`, at its dots; empty for a release.
    pre: Vec<Part>,
}

/// One part of a pre-release; numbers come before words.
#[derive(Clone, Debug, Eq, Ord, PartialEq, PartialOrd)]
enum Part {
    Number(u64),
    Word(String),
}

impl Version {
    /// Reads a version; a leading `v` and quotes around it are ignored, missing numbers are 0. `None`: it is none.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        let text = text.trim().trim_matches('"').trim_start_matches(['v', 'V']);
        let text = text.split('+').next()?;
        let (numbers, pre) = text.split_once('-').map_or((text, None), |(numbers, pre)| (numbers, Some(pre)));
        let mut core = [0; 3];
        let mut given = numbers.split('.');
        for (index, place) in core.iter_mut().enumerate() {
            match given.next() {
                Some(number) => *place = plain_number(number)?,
                None if index > 0 => break,
                None => return None,
            }
        }
        if given.next().is_some() {
            return None;
        }
        let pre = match pre {
            None => Vec::new(),
            Some(pre) => pre.split('.').map(part).collect::<Option<Vec<Part>>>()?,
        };
        Some(Self { core, pre })
    }
}

fn plain_number(text: &str) -> Option<u64> {
    text.bytes().all(|byte| byte.is_ascii_digit()).then(|| text.parse().ok()).flatten()
}

fn part(text: &str) -> Option<Part> {
    let sound = !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'-');
    sound.then(|| plain_number(text).map_or_else(|| Part::Word(text.to_owned()), Part::Number))
}

impl Ord for Version {
    fn cmp(&self, other: &Self) -> Ordering {
        let by_core = self.core.cmp(&other.core);
        by_core.then_with(|| match (self.pre.is_empty(), other.pre.is_empty()) {
            (true, true) => Ordering::Equal,
            (true, false) => Ordering::Greater,
            (false, true) => Ordering::Less,
            (false, false) => self.pre.cmp(&other.pre),
        })
    }
}

impl PartialOrd for Version {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

/// Whether a node's version is below the network's minimum; `None` when either cannot be read as a version.
#[must_use]
pub fn is_below(version: &str, minimum: &str) -> Option<bool> {
    Some(Version::parse(version)? < Version::parse(minimum)?)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn the_order_is_that_of_semver() {
        let ordered = [
            "0.9.9",
            "1.0.0-alpha",
            "1.0.0-alpha.1",
            "1.0.0-alpha.beta",
            "1.0.0-beta.2",
            "1.0.0-beta.11",
            "1.0.0-rc.1",
            "1.0.0",
            "1.1.8",
            "1.1.9-rc",
            "1.1.9",
            "1.1.10",
            "2.0.0-rc",
        ];
        for pair in ordered.windows(2) {
            assert_eq!(is_below(pair[0], pair[1]), Some(true), "{pair:?}");
            assert_eq!(is_below(pair[1], pair[0]), Some(false), "{pair:?}");
        }
    }

    #[test]
    fn the_minimum_itself_is_enough_however_it_is_written() {
        for minimum in ["1.1.9", "v1.1.9", "\"1.1.9\"\n", "1.1.9+build.7"] {
            assert_eq!(is_below("1.1.9", minimum), Some(false), "{minimum}");
            assert_eq!(is_below("1.1.9-rc", minimum), Some(true), "a release candidate is not the release");
        }
        assert_eq!(is_below("1.2", "1.2.0"), Some(false));
    }

    #[test]
    fn what_is_no_version_is_unknown() {
        for text in ["", "latest", "1.2.3.4", "1..3", "-rc", "1.1.9-", "<html>", "99999999999999999999"] {
            assert_eq!(is_below(text, "1.1.9"), None, "{text}");
            assert_eq!(is_below("1.1.9", text), None, "{text}");
        }
    }

    proptest! {
        #[test]
        fn nothing_foreign_panics_and_no_version_is_below_itself(text in "\\PC{0,24}") {
            prop_assert_ne!(is_below(&text, &text), Some(true));
        }
    }
}
