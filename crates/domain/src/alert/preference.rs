//! What a person wants to be told, where and when. A newcomer sets nothing.

use std::collections::BTreeMap;

use jiff::tz::TimeZone;
use serde::{Deserialize, Serialize};

use super::{quiet::Quiet, summary::Summary, topic::Topic, zone::zone_or_utc};
use crate::{address::Address, destination::Channel, time::Timestamp};

/// The language of what is sent.
#[derive(Clone, Copy, Debug, Default, Eq, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Language {
    /// English.
    #[default]
    En,
    /// German.
    De,
}

/// How hours are written.
#[derive(Clone, Copy, Debug, Default, Eq, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ClockFormat {
    /// 14:05.
    #[default]
    H24,
    /// 2:05 pm.
    H12,
}

/// One space's preferences, kept as one JSON. What it does not say has its default.
#[derive(Clone, Debug, Eq, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct Preferences {
    /// Of what is sent.
    pub language: Language,
    /// How hours are written.
    pub clock: ClockFormat,
    /// An IANA name.
    pub zone: String,
    /// What differs from the defaults, event by channel.
    pub choices: BTreeMap<Topic, BTreeMap<Channel, bool>>,
    /// When nothing is sent.
    pub quiet: Option<Quiet>,
    /// The daily or weekly summary.
    pub summary: Summary,
    /// Minutes after which a silence that goes on is told again; `None` = once is enough.
    pub resend_minutes: Option<u32>,
    /// What one node's events shall do on every channel. Stronger than its tags.
    pub nodes: BTreeMap<Address, BTreeMap<Topic, bool>>,
    /// What the events of every node with a tag shall do on every channel. Among tags that disagree, *no* is stronger.
    pub tags: BTreeMap<String, BTreeMap<Topic, bool>>,
    /// The tags whose nodes are muted, and until when, in milliseconds of UTC.
    pub muted_tags: BTreeMap<String, i64>,
}

impl Default for Preferences {
    fn default() -> Self {
        Self {
            language: Language::default(),
            clock: ClockFormat::default(),
            zone: "UTC".to_owned(),
            choices: BTreeMap::new(),
            quiet: None,
            summary: Summary::Off,
            resend_minutes: None,
            nodes: BTreeMap::new(),
            tags: BTreeMap::new(),
            muted_tags: BTreeMap::new(),
        }
    }
}

impl Language {
    /// The word of the API.
    #[must_use]
    pub const fn word(self) -> &'static str {
        match self {
            Self::En => "en",
            Self::De => "de",
        }
    }

    /// The language that a word names.
    #[must_use]
    pub fn from_word(word: &str) -> Option<Self> {
        [Self::En, Self::De].into_iter().find(|language| language.word() == word)
    }
}

impl Preferences {
    /// Whether an event is wanted on a channel: the node's own choice, else its tags', else the choice of the channel.
    #[must_use]
    pub fn wants(&self, topic: Topic, channel: Channel, node: Option<&Address>, tags: &[String]) -> bool {
        let of_node = node.and_then(|node| self.nodes.get(node)?.get(&topic).copied());
        let of_tags =
            || tags.iter().filter_map(|tag| self.tags.get(tag)?.get(&topic).copied()).reduce(|a, b| a && b);
        of_node.or_else(of_tags).unwrap_or_else(|| self.chosen(topic, channel))
    }

    /// Whether a topic is on for a channel, whatever node it is about.
    #[must_use]
    pub fn chosen(&self, topic: Topic, channel: Channel) -> bool {
        let choice = self.choices.get(&topic).and_then(|channels| channels.get(&channel).copied());
        choice.unwrap_or_else(|| topic.by_default(channel))
    }

    /// Until when a node with these tags is muted at `now`, by itself or by a tag; `None` = it is not.
    #[must_use]
    pub fn muted_until(&self, own: Option<Timestamp>, tags: &[String], now: Timestamp) -> Option<Timestamp> {
        let of_tags =
            tags.iter().filter_map(|tag| self.muted_tags.get(tag).copied().map(Timestamp::from_millis));
        own.into_iter().chain(of_tags).max().filter(|until| *until > now)
    }

    /// The end of the quiet hours that hold at an instant; `None` = none hold.
    #[must_use]
    pub fn quiet_until(&self, at: Timestamp) -> Option<Timestamp> {
        self.quiet.and_then(|quiet| quiet.until(&self.time_zone(), at))
    }

    /// The zone, or UTC where its name means nothing any more.
    #[must_use]
    pub fn time_zone(&self) -> TimeZone {
        zone_or_utc(&self.zone)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const NODE: Address = Address::new([7; 32]);

    #[test]
    fn a_newcomer_is_told_everything_but_good_news_on_the_lock_screen() {
        let preferences: Preferences = serde_json::from_str("{}").unwrap();
        assert_eq!(preferences, Preferences::default());
        assert!(preferences.wants(Topic::Offline, Channel::Push, Some(&NODE), &[]));
        assert!(preferences.wants(Topic::JobEnded, Channel::Telegram, Some(&NODE), &[]));
        assert!(!preferences.wants(Topic::JobEnded, Channel::Push, Some(&NODE), &[]));
        assert!(!preferences.wants(Topic::JobStarted, Channel::Email, Some(&NODE), &[]));
    }

    #[test]
    fn the_nearest_choice_counts() {
        let off = BTreeMap::from([(Topic::Offline, false)]);
        let on = BTreeMap::from([(Topic::Offline, true)]);
        let tags = ["barn".to_owned(), "attic".to_owned()];
        let mut preferences = Preferences::default();
        let wants =
            |preferences: &Preferences| preferences.wants(Topic::Offline, Channel::Push, Some(&NODE), &tags);
        preferences.tags.insert("attic".into(), on.clone());
        preferences.choices.insert(Topic::Offline, BTreeMap::from([(Channel::Push, false)]));
        assert!(wants(&preferences), "a tag before the channel");
        preferences.tags.insert("barn".into(), off);
        assert!(!wants(&preferences), "no is stronger");
        preferences.nodes.insert(NODE, on);
        assert!(wants(&preferences), "the node before its tags");
    }

    #[test]
    fn preferences_survive_being_kept() {
        let preferences = Preferences {
            zone: "Europe/Berlin".into(),
            quiet: Some(Quiet { from: 1_320, to: 420 }),
            summary: Summary::Weekly { weekday: 1, hour: 8 },
            nodes: BTreeMap::from([(NODE, BTreeMap::from([(Topic::JobEnded, false)]))]),
            muted_tags: BTreeMap::from([("barn".into(), 5)]),
            choices: BTreeMap::from([(Topic::Stake, BTreeMap::from([(Channel::Email, false)]))]),
            ..Preferences::default()
        };
        let json = serde_json::to_string(&preferences).unwrap();
        assert_eq!(serde_json::from_str::<Preferences>(&json).unwrap(), preferences);
    }

    #[test]
    fn a_mute_holds_by_the_node_or_by_a_tag_and_ends() {
        let at = Timestamp::from_millis;
        let preferences =
            Preferences { muted_tags: BTreeMap::from([("barn".into(), 50)]), ..Preferences::default() };
        let tags = ["barn".to_owned()];
        assert_eq!(preferences.muted_until(None, &tags, at(49)), Some(at(50)));
        assert_eq!(preferences.muted_until(None, &tags, at(50)), None);
        assert_eq!(preferences.muted_until(Some(at(70)), &tags, at(50)), Some(at(70)));
        assert_eq!(preferences.muted_until(None, &[], at(1)), None);
    }
}
