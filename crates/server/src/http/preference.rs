//! Preferences on the wire.

use std::collections::{BTreeMap, BTreeSet};

use domain::{
    alert::{
        preference::{ClockFormat, Preferences},
        quiet::Quiet,
        summary::Summary,
        topic::Topic,
    },
    destination::Channel,
    time::Timestamp,
};
use serde::{Deserialize, Deserializer, Serialize};
use utoipa::ToSchema;

use super::time::rfc3339;

/// What the person wants to hear of, where and when.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = Preferences)]
pub struct PreferencesBody {
    /// The language of messages: `en` or `de`.
    pub language: &'static str,
    /// `24` or `12` hours.
    pub clock: &'static str,
    /// The IANA name of the person's time zone.
    pub time_zone: String,
    /// When nothing is sent; `null` = always something may be.
    pub quiet: Option<QuietBody>,
    /// The summary.
    pub summary: SummaryBody,
    /// Every how many minutes an alert is repeated while it lasts; `null` = never.
    pub resend_minutes: Option<u32>,
    /// Every topic with every channel, on or off, the defaults among them.
    pub topics: Vec<TopicBody>,
    /// Nodes with choices of their own.
    pub nodes: Vec<NodeChoices>,
    /// Tags with choices of their own, or muted.
    pub tags: Vec<TagChoices>,
}

/// Quiet hours, in the person's zone.
#[derive(Debug, Deserialize, Serialize, ToSchema)]
#[schema(as = Quiet)]
pub struct QuietBody {
    /// From, such as `22:00`.
    pub from: String,
    /// To, such as `07:00`; on the next day when it is earlier.
    pub to: String,
}

/// The summary.
#[derive(Debug, Deserialize, Serialize, ToSchema)]
#[schema(as = Summary)]
pub struct SummaryBody {
    /// `off`, `day` or `week`.
    pub every: String,
    /// The hour of the person's day: 0 to 23; 8 when left out.
    #[serde(default)]
    pub hour: Option<u8>,
    /// 1 = Monday to 7 = Sunday; Monday when left out.
    #[serde(default)]
    pub weekday: Option<u8>,
}

/// One topic.
#[derive(Debug, Deserialize, Serialize, ToSchema)]
#[schema(as = Topic)]
pub struct TopicBody {
    /// `offline`, `stuck`, `kicked`, `job_started` and so on.
    pub topic: String,
    /// Channels on or off.
    pub channels: BTreeMap<String, bool>,
}

/// A node's own choices.
#[derive(Debug, Deserialize, Serialize, ToSchema)]
pub struct NodeChoices {
    /// The node's wallet.
    pub node: String,
    /// Topics on or off; none = as everywhere.
    pub topics: BTreeMap<String, bool>,
}

/// A tag's own choices.
#[derive(Debug, Serialize, ToSchema)]
pub struct TagChoices {
    /// The tag.
    pub tag: String,
    /// Until when its nodes are muted.
    pub muted_until: Option<String>,
    /// Topics on or off; none = as everywhere.
    pub topics: BTreeMap<String, bool>,
}

/// What to change; what is left out stays.
#[derive(Debug, Default, Deserialize, ToSchema)]
pub struct EditPreferences {
    /// `en` or `de`.
    #[serde(default)]
    pub language: Option<String>,
    /// `24` or `12`.
    #[serde(default)]
    pub clock: Option<String>,
    /// An IANA name such as `Europe/Berlin`.
    #[serde(default)]
    pub time_zone: Option<String>,
    /// `null` turns quiet hours off.
    #[serde(default, deserialize_with = "given")]
    #[schema(value_type = Option<QuietBody>)]
    pub quiet: Option<Option<QuietBody>>,
    /// The summary.
    #[serde(default)]
    pub summary: Option<SummaryBody>,
    /// 10 to 10080; `null` turns it off.
    #[serde(default, deserialize_with = "given")]
    #[schema(value_type = Option<u32>)]
    pub resend_minutes: Option<Option<u32>>,
    /// Those topics and channels that change.
    #[serde(default)]
    pub topics: Vec<TopicBody>,
    /// Those nodes that change; each with all its choices.
    #[serde(default)]
    pub nodes: Vec<NodeChoices>,
    /// Those tags that change; each with all its choices.
    #[serde(default)]
    pub tags: Vec<EditTag>,
}

/// A tag's choices to be changed.
#[derive(Debug, Deserialize, ToSchema)]
pub struct EditTag {
    /// The tag.
    pub tag: String,
    /// Topics on or off; none = as everywhere.
    pub topics: BTreeMap<String, bool>,
}

impl PreferencesBody {
    /// Preferences as they hold at `now`.
    pub fn new(preferences: &Preferences, now: Timestamp) -> Self {
        let words = |choices: &BTreeMap<Topic, bool>| {
            choices.iter().map(|(topic, is_on)| (topic.word().to_owned(), *is_on)).collect()
        };
        let channels =
            |topic| Channel::ALL.map(|channel| (channel.word(), preferences.chosen(topic, channel)));
        let muted = |tag: &str| preferences.muted_until(None, &[tag.to_owned()], now).map(rfc3339);
        let tags: BTreeSet<&String> = preferences.tags.keys().chain(preferences.muted_tags.keys()).collect();
        let topics_of = |tag: &String| preferences.tags.get(tag).map(words).unwrap_or_default();
        Self {
            language: preferences.language.word(),
            clock: match preferences.clock {
                ClockFormat::H24 => "24",
                ClockFormat::H12 => "12",
            },
            time_zone: preferences.zone.clone(),
            quiet: preferences.quiet.map(QuietBody::new),
            summary: SummaryBody::new(preferences.summary),
            resend_minutes: preferences.resend_minutes,
            topics: Topic::ALL
                .map(|topic| TopicBody {
                    topic: topic.word().to_owned(),
                    channels: channels(topic).map(|(word, is_on)| (word.to_owned(), is_on)).into(),
                })
                .into(),
            nodes: preferences
                .nodes
                .iter()
                .map(|(node, choices)| NodeChoices { node: node.to_string(), topics: words(choices) })
                .collect(),
            tags: tags
                .into_iter()
                .map(|tag| TagChoices { tag: tag.clone(), muted_until: muted(tag), topics: topics_of(tag) })
                .filter(|tag| tag.muted_until.is_some() || !tag.topics.is_empty())
                .collect(),
        }
    }
}

impl QuietBody {
    fn new(quiet: Quiet) -> Self {
        let text = |minute: u16| format!("{:02}:{:02}", minute / 60, minute % 60);
        Self { from: text(quiet.from), to: text(quiet.to) }
    }
}

impl SummaryBody {
    fn new(summary: Summary) -> Self {
        let (every, hour, weekday) = match summary {
            Summary::Off => ("off", None, None),
            Summary::Daily { hour } => ("day", Some(hour), None),
            Summary::Weekly { weekday, hour } => ("week", Some(hour), Some(weekday)),
        };
        Self { every: every.to_owned(), hour, weekday }
    }
}

/// Tells a field that is `null` from one that is left out.
fn given<'de, T: Deserialize<'de>, D: Deserializer<'de>>(from: D) -> Result<Option<Option<T>>, D::Error> {
    Option::<T>::deserialize(from).map(Some)
}
