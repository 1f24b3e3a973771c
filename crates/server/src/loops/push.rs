//! Listens to the chain beside the scans, so that a change is seen within a second. The scans stay the truth: whatever
//! a push cannot prove, or was missed while nobody listened, is left to the next one, which is asked for at once.

use std::{sync::Arc, time::Duration};

use domain::{network::Pushed, time::Timestamp};
use outbound::Roots;
use sources::solana::{Programs, Push, PushLimits, Told};
use tokio::sync::mpsc;

use super::watch::Watch;
use crate::{app::App, push::PushLink};

/// What one transaction writes comes in several messages (a place in a queue becomes a run): they are taken in together.
const TOGETHER: Duration = Duration::from_millis(40);
/// Most changes of one step.
const AT_ONCE: usize = 1_024;
/// The least time between two scans that are asked for here.
const BETWEEN_SCANS: Duration = Duration::from_secs(2);

/// The configured push endpoints; `None` = push is off.
pub fn endpoints(app: &App) -> Result<Option<Push>, String> {
    let urls = &app.config.solana_ws;
    if urls.is_empty() {
        return Ok(None);
    }
    let roots = Roots::from_der(app.config.trusted_roots.clone());
    let tls = roots.tls().map_err(|error| format!("no TLS for push: {error}"))?;
    let urls = urls.iter().map(crate::config::Secret::expose);
    Push::new(urls, tls, Programs::MAINNET, PushLimits::default())
        .map(Some)
        .map_err(|error| format!("WAKEFUL_SOLANA_WS cannot be used: {error}"))
}

/// Listens while this server holds the lease.
pub async fn run(app: App, watch: Arc<Watch>, push: Arc<Push>) -> Result<(), String> {
    loop {
        set(&app, |state, now| *state = state.clone().to(PushLink::Standby, now));
        if !watch.wait_for_lease().await {
            return Ok(());
        }
        let (tell, told) = mpsc::channel(AT_ONCE);
        let entropy = app.entropy.clone();
        let below = move |bound| entropy.below(bound);
        tokio::select! {
            () = push.run(watch.runs(), &below, tell) => {}
            outcome = listen(&app, &watch, told) => outcome?,
            () = watch.lease_lost() => {}
            () = app.stop.cancelled() => return Ok(()),
        }
    }
}

async fn listen(app: &App, watch: &Watch, mut told: mpsc::Receiver<Told>) -> Result<(), String> {
    let mut bell = Bell { last: None, wanted: None };
    loop {
        tokio::select! {
            first = told.recv() => match first {
                Some(first) => {
                    if take(app, watch, first, &mut told).await? {
                        bell.wanted = Some(app.clock.now());
                    }
                }
                None => return Ok(()),
            },
            () = tokio::time::sleep(bell.wait(app.clock.now())), if bell.wanted.is_some() => bell.ring(app),
        }
    }
}

/// Takes in what was told. Returns whether a scan is wanted.
async fn take(
    app: &App,
    watch: &Watch,
    first: Told,
    told: &mut mpsc::Receiver<Told>,
) -> Result<bool, String> {
    let Told::Change(first) = first else { return Ok(note(app, first)) };
    let (mut changes, mut after): (Vec<Pushed>, Option<Told>) = (vec![*first], None);
    let together = tokio::time::sleep(TOGETHER);
    tokio::pin!(together);
    while changes.len() < AT_ONCE && after.is_none() {
        tokio::select! {
            () = &mut together => break,
            next = told.recv() => match next {
                Some(Told::Change(change)) => changes.push(*change),
                Some(other) => after = Some(other),
                None => break,
            },
        }
    }
    let count = u64::try_from(changes.len()).unwrap_or(u64::MAX);
    set(app, |state, now| {
        state.changes = state.changes.saturating_add(count);
        state.last_change = Some(now);
    });
    let wanted = watch.pushed(&changes).await.map_err(|error| error.to_string())?;
    Ok(after.is_some_and(|after| note(app, after)) || wanted)
}

/// Notes how the connection is. Returns whether a scan is wanted: nobody told what happened before it was open.
fn note(app: &App, told: Told) -> bool {
    match told {
        Told::Connecting { endpoint } => set(app, |state, now| {
            state.endpoint = Some(endpoint);
            *state = state.clone().to(PushLink::Connecting, now);
        }),
        Told::Open { endpoint } => {
            tracing::info!(endpoint, "the chain's changes arrive by push");
            set(app, |state, now| {
                state.opened = state.opened.saturating_add(1);
                *state = state.clone().to(PushLink::Open, now);
            });
            return true;
        }
        Told::Lost { why, retry_in } => {
            tracing::warn!(why, retry_ms = retry_in.as_millis(), "the push connection was lost; scans go on");
            set(app, |state, now| {
                *state = state.clone().to(PushLink::Backoff, now);
                (state.why, state.retry_at) = (Some(why), Some(now.plus(retry_in)));
            });
        }
        Told::Change(_) => {}
    }
    false
}

fn set(app: &App, change: impl FnOnce(&mut crate::push::PushState, Timestamp)) {
    let now = app.clock.now();
    app.push.send_modify(|state| change(state, now));
}

/// Asks for scans, not too often.
struct Bell {
    last: Option<Timestamp>,
    /// Since when one is wanted.
    wanted: Option<Timestamp>,
}

impl Bell {
    /// How long until a scan may be asked for.
    fn wait(&self, now: Timestamp) -> Duration {
        self.last.map_or(Duration::ZERO, |last| BETWEEN_SCANS.saturating_sub(now.since(last)))
    }

    fn ring(&mut self, app: &App) {
        let scan = app.looks.scan.last().filter(|scan| scan.failed.is_none());
        // While this one waited, another may have read what it wants.
        if self.wanted.take().is_some_and(|wanted| scan.is_none_or(|scan| scan.began <= wanted)) {
            app.looks.scan.ring();
            self.last = Some(app.clock.now());
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn scans_are_asked_for_at_once_and_then_every_two_seconds_at_most() {
        let at = Timestamp::from_millis;
        let bell = |last| Bell { last, wanted: Some(at(0)) };
        assert_eq!(bell(None).wait(at(5)), Duration::ZERO);
        assert_eq!(bell(Some(at(1_000))).wait(at(1_500)), Duration::from_millis(1_500));
        assert_eq!(bell(Some(at(1_000))).wait(at(9_000)), Duration::ZERO);
    }
}
