//! Changing preferences: each value is judged and named where it cannot be used.

use std::collections::BTreeMap;

use domain::{
    address::Address,
    alert::{
        preference::{ClockFormat, Language, Preferences},
        quiet::Quiet,
        summary::Summary,
        topic::Topic,
        zone::zone,
    },
    destination::Channel,
    watch,
};

use super::{
    error::ApiError,
    preference::{EditPreferences, QuietBody, SummaryBody},
};

/// The most nodes, and the most tags, with choices of their own.
const MOST: usize = 1_000;
/// The hour of a summary for whom any will do.
const MORNING: u8 = 8;

/// What changes. A node or a tag without any choice is as everywhere.
///
/// # Errors
/// The first value that cannot be used.
pub fn apply(wanted: &EditPreferences, to: &mut Preferences) -> Result<(), ApiError> {
    if let Some(word) = &wanted.language {
        to.language =
            Language::from_word(word).ok_or_else(|| ApiError::value("language", "en or de is expected"))?;
    }
    if let Some(word) = &wanted.clock {
        to.clock = match word.as_str() {
            "24" => ClockFormat::H24,
            "12" => ClockFormat::H12,
            _ => return Err(ApiError::value("clock", "24 or 12 is expected")),
        };
    }
    if let Some(name) = &wanted.time_zone {
        let expected = "an IANA name such as Europe/Berlin is expected";
        to.zone = zone(name).map(|_| name.clone()).ok_or_else(|| ApiError::value("time_zone", expected))?;
    }
    if let Some(hours) = &wanted.quiet {
        to.quiet = hours.as_ref().map(quiet).transpose()?;
    }
    if let Some(body) = &wanted.summary {
        to.summary = summary(body)?;
    }
    if let Some(minutes) = wanted.resend_minutes {
        if minutes.is_some_and(|minutes| !(10..=10_080).contains(&minutes)) {
            return Err(ApiError::value("resend_minutes", "a whole number from 10 to 10080 is expected"));
        }
        to.resend_minutes = minutes;
    }
    topics(wanted, to)?;
    nodes(wanted, to)?;
    tags(wanted, to)
}

fn quiet(body: &QuietBody) -> Result<Quiet, ApiError> {
    let from = minute("quiet.from", &body.from)?;
    let to = minute("quiet.to", &body.to)?;
    if from == to {
        return Err(ApiError::value("quiet.to", "another time than `from` is expected"));
    }
    Ok(Quiet { from, to })
}

/// The minute of the day that `22:05` is.
fn minute(field: &str, text: &str) -> Result<u16, ApiError> {
    let digits = |text: &str| text.len() == 2 && text.bytes().all(|byte| byte.is_ascii_digit());
    let read = || {
        let (hour, minute) = text.split_once(':').filter(|(hour, minute)| digits(hour) && digits(minute))?;
        let (hour, minute): (u16, u16) = (hour.parse().ok()?, minute.parse().ok()?);
        (hour < 24 && minute < 60).then_some(hour * 60 + minute)
    };
    read().ok_or_else(|| ApiError::value(field, "a time of the day such as 22:00 is expected"))
}

fn summary(body: &SummaryBody) -> Result<Summary, ApiError> {
    let hour = body.hour.unwrap_or(MORNING);
    if hour > 23 {
        return Err(ApiError::value("summary.hour", "a whole number from 0 to 23 is expected"));
    }
    let weekday = body.weekday.unwrap_or(1);
    if !(1..=7).contains(&weekday) {
        return Err(ApiError::value("summary.weekday", "1 (Monday) to 7 (Sunday) is expected"));
    }
    match body.every.as_str() {
        "off" => Ok(Summary::Off),
        "day" => Ok(Summary::Daily { hour }),
        "week" => Ok(Summary::Weekly { weekday, hour }),
        _ => Err(ApiError::value("summary.every", "off, day or week is expected")),
    }
}

fn topic(field: &str, word: &str) -> Result<Topic, ApiError> {
    Topic::from_word(word).ok_or_else(|| {
        let known = Topic::ALL.map(Topic::word).join(", ");
        ApiError::value(field, format!("one of {known} is expected"))
    })
}

fn topics(wanted: &EditPreferences, to: &mut Preferences) -> Result<(), ApiError> {
    for (at, body) in wanted.topics.iter().enumerate() {
        let topic = topic(&format!("topics[{at}].topic"), &body.topic)?;
        for (word, is_on) in &body.channels {
            let channel = Channel::from_word(word).ok_or_else(|| {
                let known = Channel::ALL.map(Channel::word).join(", ");
                ApiError::value(format!("topics[{at}].channels"), format!("channels are {known}"))
            })?;
            to.choices.entry(topic).or_default().insert(channel, *is_on);
        }
    }
    Ok(())
}

fn choices(field: &str, given: &BTreeMap<String, bool>) -> Result<BTreeMap<Topic, bool>, ApiError> {
    given.iter().map(|(word, is_on)| Ok((topic(field, word)?, *is_on))).collect()
}

fn nodes(wanted: &EditPreferences, to: &mut Preferences) -> Result<(), ApiError> {
    for (at, body) in wanted.nodes.iter().enumerate() {
        let node: Address = body.node.parse().map_err(|error: domain::address::AddressError| {
            ApiError::value(format!("nodes[{at}].node"), error.to_string().trim_end_matches('.'))
        })?;
        let choices = choices(&format!("nodes[{at}].topics"), &body.topics)?;
        if choices.is_empty() {
            to.nodes.remove(&node);
        } else {
            to.nodes.insert(node, choices);
        }
    }
    few("nodes", to.nodes.len())
}

fn tags(wanted: &EditPreferences, to: &mut Preferences) -> Result<(), ApiError> {
    for (at, body) in wanted.tags.iter().enumerate() {
        let tag = tag(&format!("tags[{at}].tag"), &body.tag)?;
        let choices = choices(&format!("tags[{at}].topics"), &body.topics)?;
        if choices.is_empty() {
            to.tags.remove(&tag);
        } else {
            to.tags.insert(tag, choices);
        }
    }
    few("tags", to.tags.len())
}

/// A tag as nodes carry it.
///
/// # Errors
/// It cannot be one.
pub fn tag(field: &str, text: &str) -> Result<String, ApiError> {
    let tags = watch::tags(&[text.to_owned()])
        .map_err(|error| ApiError::value(field, error.to_string().trim_end_matches('.')))?;
    tags.into_iter().next().ok_or_else(|| ApiError::value(field, "a tag is expected"))
}

/// Rows are small because lists are short.
///
/// # Errors
/// There are too many.
pub fn few(field: &str, count: usize) -> Result<(), ApiError> {
    if count > MOST {
        return Err(ApiError::value(field, format!("up to {MOST} are accepted")));
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn refused(json: serde_json::Value) -> String {
        let wanted: EditPreferences = serde_json::from_value(json).unwrap();
        match apply(&wanted, &mut Preferences::default()) {
            Err(ApiError::Value { field, .. }) => field,
            other => panic!("{other:?}"),
        }
    }

    #[test]
    fn every_bad_value_is_named_by_its_place() {
        for (json, field) in [
            (serde_json::json!({ "language": "fr" }), "language"),
            (serde_json::json!({ "clock": "13" }), "clock"),
            (serde_json::json!({ "time_zone": "Europe/Nowhere" }), "time_zone"),
            (serde_json::json!({ "quiet": { "from": "24:00", "to": "07:00" } }), "quiet.from"),
            (serde_json::json!({ "quiet": { "from": "22:00", "to": "7" } }), "quiet.to"),
            (serde_json::json!({ "quiet": { "from": "22:00", "to": "+7:00" } }), "quiet.to"),
            (serde_json::json!({ "quiet": { "from": "22:00", "to": "22:00" } }), "quiet.to"),
            (serde_json::json!({ "summary": { "every": "month" } }), "summary.every"),
            (serde_json::json!({ "summary": { "every": "day", "hour": 24 } }), "summary.hour"),
            (serde_json::json!({ "summary": { "every": "week", "weekday": 0 } }), "summary.weekday"),
            (serde_json::json!({ "resend_minutes": 9 }), "resend_minutes"),
            (serde_json::json!({ "topics": [{ "topic": "weather", "channels": {} }] }), "topics[0].topic"),
            (
                serde_json::json!({ "topics": [{ "topic": "stuck", "channels": { "fax": true } }] }),
                "topics[0].channels",
            ),
            (serde_json::json!({ "nodes": [{ "node": "me", "topics": {} }] }), "nodes[0].node"),
            (serde_json::json!({ "tags": [{ "tag": " ", "topics": {} }] }), "tags[0].tag"),
        ] {
            assert_eq!(refused(json), field);
        }
    }

    #[test]
    fn what_is_left_out_stays_and_null_turns_off() {
        let edit = |json| serde_json::from_value::<EditPreferences>(json).unwrap();
        let mut held = Preferences::default();
        apply(
            &edit(serde_json::json!({ "quiet": { "from": "22:00", "to": "07:05" }, "resend_minutes": 60 })),
            &mut held,
        )
        .unwrap();
        assert_eq!((held.quiet, held.resend_minutes), (Some(Quiet { from: 1_320, to: 425 }), Some(60)));
        apply(&edit(serde_json::json!({ "language": "de" })), &mut held).unwrap();
        assert_eq!((held.language, held.resend_minutes), (Language::De, Some(60)));
        apply(&edit(serde_json::json!({ "quiet": null, "resend_minutes": null })), &mut held).unwrap();
        assert_eq!((held.quiet, held.resend_minutes), (None, None));
    }
}
