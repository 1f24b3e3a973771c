//! Telling again of a silence that goes on, for those who asked for it.

use std::time::Duration;

use super::Desk;
use crate::{
    alert::topic::Topic,
    event::{Event, EventKind},
    time::Timestamp,
};

/// The silences that are worth telling again now: told, still to be seen, not acknowledged by the person, not muted, not in quiet hours, and
/// last told (or told again) as long ago as the person chose. Each becomes a row of this destination alone.
///
/// `told` of the desk must hold, however old, the events of every silence that lasts, and of every *still down* about it.
#[must_use]
pub fn resend(desk: &Desk<'_>) -> Vec<Event> {
    let Some(minutes) = desk.preferences.resend_minutes.filter(|minutes| *minutes > 0) else {
        return Vec::new();
    };
    if desk.preferences.quiet_until(desk.now).is_some() {
        return Vec::new();
    }
    let every = Duration::from_secs(u64::from(minutes) * 60);
    let again = desk.nodes.iter().filter_map(|(node, now)| {
        let endpoint = &now.judged.as_ref()?.node.endpoint;
        let since = endpoint.long_silence?;
        // While we cannot look, nobody can say that it goes on.
        endpoint.clone().aged(desk.now, desk.rules).silent_for()?;
        let watched = &now.watched;
        let muted = desk.preferences.muted_until(watched.muted_until, &watched.tags, desk.now).is_some();
        let wants = desk.preferences.wants(Topic::Offline, desk.channel, Some(node), &watched.tags);
        if now.acknowledged || muted || !wants {
            return None;
        }
        let last = last_told(desk, &format!("{node}:{}", since.millis()))?;
        // By the minute: destinations that ask for it at one time share the event.
        let minute = desk.now.since(since).as_secs() / 60;
        (desk.now.since(last) >= every).then(|| Event {
            key: format!("still_down:{node}:{}:{minute}", since.millis()),
            seconds: i64::try_from(desk.now.since(since).as_secs()).ok(),
            ..Event::of_node(EventKind::StillDown, "still_down", *node, None, since)
        })
    });
    again.collect()
}

/// When the silence of this node and instant was last told of; `None` = never.
fn last_told(desk: &Desk<'_>, silence: &str) -> Option<Timestamp> {
    let about = |key: &str| {
        let rest = key.strip_prefix("silent:").or_else(|| key.strip_prefix("still_down:"));
        rest.and_then(|rest| rest.strip_prefix(silence))
            .is_some_and(|rest| rest.is_empty() || rest.starts_with(':'))
    };
    desk.told.iter().filter(|told| about(&told.event.key)).map(|told| told.at).max()
}
