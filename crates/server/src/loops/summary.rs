//! The daily or weekly summary at the person's hour, and the silences that somebody wants to be told of again.

use std::time::Duration;

use domain::{
    alert::{
        plan::{Planned, RowState},
        summary::{Period, Summary},
        topic::Topic,
    },
    job::Outcome,
    time::Timestamp,
    watching::judged,
    wording::{Digest, called, summary},
};
use store::{Axis, NewRow, Read, Span, StoreError, Summarised, Write};

use crate::{
    alerts::{self, Place},
    app::App,
};

const EVERY: Duration = Duration::from_secs(10);

/// Looks every ten seconds, until the stop. Of several servers one tells: the mark is set in the transaction of the words.
pub async fn run(app: App) -> Result<(), String> {
    loop {
        tokio::select! {
            () = tokio::time::sleep(EVERY) => {}
            () = app.stop.cancelled() => return Ok(()),
        }
        look(&app).await.map_err(|error| error.to_string())?;
    }
}

/// One look at what every space wants.
pub async fn look(app: &App) -> Result<(), StoreError> {
    let now = app.clock.now();
    let spaces = app.store.read().await?.summarised().await?;
    let mut tells = false;
    for space in &spaces {
        if let Some(period) = due(space, now) {
            tells |= sum_up(app, space, period, now).await?;
        }
        if space.preferences.resend_minutes.is_some() {
            tells |= tell_again(app, space, now).await?;
        }
    }
    if tells {
        app.outbox.ring();
    }
    Ok(())
}

/// The period that nobody summed up yet. A summary that is switched on begins with the next hour that it names.
fn due(space: &Summarised, now: Timestamp) -> Option<Period> {
    let period = space.preferences.summary.due(&space.preferences.zone, now)?;
    (space.until.unwrap_or(space.changed) < period.to).then_some(period)
}

async fn sum_up(app: &App, space: &Summarised, period: Period, now: Timestamp) -> Result<bool, StoreError> {
    let mut tx = app.store.write().await?;
    if !tx.mark_summary(&space.space, period.to).await? {
        return Ok(false);
    }
    let digest = digest(app, &mut tx, space, period, now).await?;
    let words = summary(&space.preferences, &digest, now);
    let due = space.preferences.quiet_until(now).unwrap_or(now);
    for to in tx.destinations(&space.space).await? {
        let wants = space.preferences.wants(Topic::Summary, to.place.channel(), None, &[]);
        if wants && to.confirmed && to.paused.is_none() {
            tx.queue_message(&app.entropy.id(), &to.id, &words, (now, due)).await?;
        }
    }
    tx.commit().await?;
    Ok(true)
}

async fn digest(
    app: &App,
    tx: &mut Read,
    space: &Summarised,
    period: Period,
    now: Timestamp,
) -> Result<Digest, StoreError> {
    let ended = tx.jobs_ended(&space.space, period.from, period.to).await?;
    let count = |wanted: &[Outcome]| {
        let counts =
            ended.iter().filter(|(outcome, ..)| wanted.contains(outcome)).map(|(_, count, _)| *count);
        usize::try_from(counts.sum::<i64>()).unwrap_or(0)
    };
    let mut nodes = Vec::new();
    for watch in tx.watches(&space.space).await? {
        if let Some(node) = tx.load_node(&watch.address).await? {
            nodes.push((called(&watch.name, &watch.address), judged(node, now, &app.config.rules).status));
        }
    }
    nodes.sort_by(|(a, _), (b, _)| a.cmp(b));
    Ok(Digest {
        period,
        weekly: matches!(space.preferences.summary, Summary::Weekly { .. }),
        nodes: nodes.len(),
        jobs: count(&[Outcome::Finished, Outcome::EndedByDeployer]),
        failed: count(&[Outcome::Failed, Outcome::Abandoned]),
        micro_nos: ended.iter().map(|(.., paid)| i128::from(*paid)).sum(),
        up_per_mille: up(&tx.history(&space.space, period.from, period.to).await?, period),
        now: nodes,
    })
}

/// The share of the time that we could see in which the nodes' endpoints answered, in thousandths, rounded down: a little
/// less than always is not always. The chain has no heartbeat: a dead node keeps its place in a queue, and its run stays open.
fn up(spans: &[Span], period: Period) -> Option<u16> {
    let spent = |state: &str| {
        let spans = spans.iter().filter(|span| span.axis == Axis::Endpoint && span.state == state);
        let within = spans.map(|span| {
            let (from, to) = (span.from.max(period.from), span.to.unwrap_or(period.to).min(period.to));
            to.since(from).as_millis()
        });
        within.sum::<u128>()
    };
    let (up, silent) = (spent("up"), spent("silent"));
    u16::try_from((up * 1_000).checked_div(up + silent)?).ok()
}

/// Writes a row for every silence that goes on and that a destination is to be told of again.
async fn tell_again(app: &App, space: &Summarised, now: Timestamp) -> Result<bool, StoreError> {
    let mut tx = app.store.write().await?;
    let mut tells = false;
    for to in tx.destinations(&space.space).await? {
        if !to.confirmed || to.paused.is_some() {
            continue;
        }
        let place = Place { destination: &to.id, space: &space.space, channel: to.place.channel() };
        for event in alerts::told_again(app, &mut tx, place, &space.preferences, now).await? {
            let id = event_id(&mut tx, &event, now).await?;
            let planned = Planned { state: RowState::Waiting, due: now };
            let row = NewRow { id: app.entropy.id(), destination: to.id.clone(), planned };
            tx.enqueue(id, &[row], now).await?;
            tells = true;
        }
    }
    if tells {
        tx.commit().await?;
    }
    Ok(tells)
}

/// Destinations that are told again in one minute share the event.
async fn event_id(tx: &mut Write, event: &domain::event::Event, now: Timestamp) -> Result<i64, StoreError> {
    match tx.add_event(event, now).await? {
        Some(id) => Ok(id),
        None => Ok(tx.event_id(&event.key).await?.unwrap_or_default()),
    }
}

#[cfg(test)]
mod tests {
    use domain::address::Address;

    use super::*;

    fn at(minute: i64) -> Timestamp {
        Timestamp::from_unix_seconds(minute * 60)
    }

    fn span(axis: Axis, from: i64, to: Option<i64>, state: &str) -> Span {
        Span {
            node: Address::new([1; 32]),
            axis,
            from: at(from),
            to: to.map(at),
            state: state.to_owned(),
            subject: None,
            why: None,
        }
    }

    #[test]
    fn the_share_counts_only_what_we_saw() {
        let period = Period { from: at(100), to: at(200) };
        let spans = [
            span(Axis::Chain, 0, Some(150), "none"),
            span(Axis::Chain, 150, None, "unknown"),
            span(Axis::Endpoint, 0, Some(130), "up"),
            span(Axis::Endpoint, 130, None, "silent"),
        ];
        assert_eq!(up(&spans, period), Some(300), "up for 30 minutes of 100");
        assert_eq!(up(&spans[1..2], period), None, "nobody could look");
        assert_eq!(
            up(&[span(Axis::Chain, 0, None, "queued"), spans[3].clone()], period),
            Some(0),
            "queued, but silent"
        );
        let almost = [span(Axis::Endpoint, 0, Some(199), "up"), span(Axis::Endpoint, 199, None, "silent")];
        assert_eq!(up(&almost, Period { from: at(0), to: at(200) }), Some(995));
    }

    #[test]
    fn a_summary_that_is_switched_on_begins_with_the_next_hour() {
        let preferences = domain::alert::preference::Preferences {
            summary: Summary::Daily { hour: 8 },
            ..Default::default()
        };
        let space = |until, changed| Summarised {
            space: "s".into(),
            preferences: preferences.clone(),
            until,
            changed,
        };
        let (eight, nine) = (at(8 * 60), at(9 * 60));
        assert!(due(&space(None, eight.minus(Duration::from_secs(1))), nine).is_some());
        assert!(due(&space(None, eight), nine).is_none(), "switched on after the hour");
        assert!(due(&space(Some(eight), at(0)), nine).is_none(), "told already");
        assert!(due(&space(Some(eight), at(0)), at(32 * 60)).is_some(), "the next day");
    }
}
