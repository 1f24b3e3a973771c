//! The network's host-manager: what markets are called, and the least version of the node's software (network.md
//! §3.1, §3.3). Every field of an answer may be missing; one that is odd takes down its own entry only.

use std::collections::BTreeMap;

use domain::{address::Address, catalogue::MarketName, time::Timestamp, version::Version};
use serde::Deserialize;
use serde_json::Value;

use crate::api::Api;
pub use crate::api::{ApiError, Limits, NotAUrl};

/// The host-manager.
#[derive(Debug)]
pub struct Host(Api);

/// A longer text is cut here: nobody's page is flooded.
const LONGEST_TEXT: usize = 80;
const MOST_GPU_TYPES: usize = 32;
const MOST_MARKETS: usize = 5_000;

impl Host {
    /// The host-manager at these addresses.
    ///
    /// # Errors
    /// One of them is no URL.
    pub fn new(urls: &[String], client: reqwest::Client, limits: Limits) -> Result<Self, NotAUrl> {
        Api::new(urls, client, limits).map(Self)
    }

    /// What the markets are called.
    ///
    /// # Errors
    /// No address answered with a list of markets.
    pub async fn markets(
        &self,
        now: &impl Fn() -> Timestamp,
    ) -> Result<BTreeMap<Address, MarketName>, ApiError> {
        self.0.get("/markets/", now, read_markets).await
    }

    /// The least version with which a node may work.
    ///
    /// # Errors
    /// No address answered with a version.
    pub async fn minimum_version(&self, now: &impl Fn() -> Timestamp) -> Result<String, ApiError> {
        self.0.get("/nodes/minimum-required-version", now, read_version).await
    }
}

#[derive(Deserialize)]
struct Entry {
    address: Address,
    name: String,
    #[serde(default)]
    slug: Value,
    #[serde(default)]
    r#type: Value,
    #[serde(default)]
    gpu_types: Value,
}

/// Reads a list of markets.
///
/// # Errors
/// It is none, or not one of its entries names a market.
pub fn read_markets(body: &[u8]) -> Result<BTreeMap<Address, MarketName>, String> {
    let entries: Vec<Value> =
        serde_json::from_slice(body).map_err(|error| format!("no list of markets: {error}"))?;
    let entries =
        entries.into_iter().take(MOST_MARKETS).filter_map(|entry| serde_json::from_value(entry).ok());
    let markets: BTreeMap<Address, MarketName> = entries.filter_map(|entry: Entry| named(&entry)).collect();
    if markets.is_empty() { Err("a list that names no market".to_owned()) } else { Ok(markets) }
}

fn named(entry: &Entry) -> Option<(Address, MarketName)> {
    let cards = entry.gpu_types.as_array().map(Vec::as_slice).unwrap_or_default();
    let name = MarketName {
        name: plain(&entry.name)?,
        slug: entry.slug.as_str().and_then(plain),
        tier: entry.r#type.as_str().and_then(plain),
        gpu_types: cards.iter().filter_map(Value::as_str).filter_map(plain).take(MOST_GPU_TYPES).collect(),
    };
    Some((entry.address, name))
}

/// The text without what would make a page lie; `None` when nothing is left.
fn plain(text: &str) -> Option<String> {
    let visible = text.chars().filter(|c| !c.is_control() && !turns_direction(*c));
    let text: String = visible.take(LONGEST_TEXT).collect();
    let text = text.trim();
    (!text.is_empty()).then(|| text.to_owned())
}

const fn turns_direction(c: char) -> bool {
    matches!(c, '\u{200e}' | '\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}' | '\u{feff}')
}

/// Reads a version: plain text, or a JSON string.
///
/// # Errors
/// It is none.
pub fn read_version(body: &[u8]) -> Result<String, String> {
    let text = std::str::from_utf8(body).map_err(|_| "no text".to_owned())?;
    let text = text.trim().trim_matches('"');
    if text.len() > LONGEST_TEXT || Version::parse(text).is_none() {
        return Err("no version".to_owned());
    }
    Ok(text.to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn an_odd_entry_takes_down_itself_only() {
        let address = "97G9NnvBDQ2WpKu6fasoMsAKmfj63C9rhysJnkeWodAf";
        let body = format!(
            r#"[{{"address":"{address}","name":" A\u0007 \u202emarket ","type":7,"gpu_types":["RTX 4090",3,""]}},
               {{"address":"nowhere","name":"x"}}, {{"name":"x"}}, 7, null]"#
        );
        let markets = read_markets(body.as_bytes()).unwrap();
        let expected = MarketName {
            name: "A market".to_owned(),
            gpu_types: vec!["RTX 4090".to_owned()],
            ..MarketName::default()
        };
        assert_eq!(markets, BTreeMap::from([(address.parse().unwrap(), expected)]));
    }

    #[test]
    fn what_is_no_answer_is_refused() {
        for body in ["", "[]", "{}", "null", "<html>sign in</html>", r#"[{"address":"x","name":"y"}]"#] {
            assert!(read_markets(body.as_bytes()).is_err(), "{body}");
            assert!(read_version(body.as_bytes()).is_err(), "{body}");
        }
        assert_eq!(read_version(b"\"1.1.9\"\n").unwrap(), "1.1.9");
        assert!(read_version("1.1.9 is the minimum".as_bytes()).is_err());
    }

    proptest! {
        #[test]
        fn foreign_bytes_never_panic(bytes: Vec<u8>) {
            let _ = (read_markets(&bytes), read_version(&bytes));
        }
    }
}
