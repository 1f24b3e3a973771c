//! What all handlers share: the world behind one lock, the clock, the stop signal.

use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use tokio::sync::Notify;
use tokio_util::sync::CancellationToken;

use crate::clock::{Clock, FINALIZED_LAG_MS};
use crate::expect::Thresholds;
use crate::faults::delivery::{Channel, Way};
use crate::faults::{Faults, Place, RpcFault};
use crate::ledger::{Frame, Ledger};
use crate::messages::{Message, Messages};
use crate::push::PushService;
use crate::requests::{Limit, Requests};
use crate::services::Window;
use crate::telegram::Telegram;
use crate::world::World;

/// Everything that changes.
#[derive(Debug)]
pub(crate) struct State {
    pub(crate) world: World,
    pub(crate) ledger: Ledger,
    pub(crate) faults: Faults,
    /// The chain as each endpoint saw it when it became stale.
    frozen: [Option<View>; 3],
    /// Simulated seconds per second.
    pub(crate) speed: f64,
    /// Unix milliseconds until which the world has lived.
    lived_ms: i64,
    pub(crate) requests: Requests,
    pub(crate) limit: Limit,
    /// How often the indexer may be asked.
    pub(crate) indexer: Window,
    /// Garbage and bombs take turns.
    pub(crate) turns: [u64; 3],
    /// What reached people.
    pub(crate) messages: Messages,
    pub(crate) telegram: Telegram,
    pub(crate) push: PushService,
}

/// The chain as one RPC endpoint sees it at one moment.
#[derive(Clone, Debug)]
pub(crate) struct View {
    /// Unix milliseconds.
    pub(crate) at_ms: i64,
    pub(crate) confirmed: Arc<Frame>,
    pub(crate) finalized: Arc<Frame>,
}

/// Shared by reference count.
#[derive(Debug)]
pub(crate) struct App {
    pub(crate) clock: Clock,
    /// Base URL, no slash at its end.
    pub(crate) url: String,
    pub(crate) thresholds: Thresholds,
    pub(crate) stop: CancellationToken,
    /// Rings when something changed about the Telegram bot.
    pub(crate) bell: Notify,
    /// The next WebSocket subscription.
    subscription: AtomicU64,
    state: Mutex<State>,
}

impl App {
    pub(crate) fn new(
        world: World,
        push: PushService,
        speed: f64,
        clock: Clock,
        url: String,
        thresholds: Thresholds,
        stop: CancellationToken,
    ) -> Self {
        let now_ms = clock.now_ms();
        let state = State {
            ledger: Ledger::start(&world, now_ms),
            world,
            faults: Faults::NONE,
            frozen: [None, None, None],
            speed,
            lived_ms: now_ms,
            requests: Requests::default(),
            limit: Limit::default(),
            indexer: Window::default(),
            turns: [0; 3],
            messages: Messages::default(),
            telegram: Telegram::default(),
            push,
        };
        let (bell, subscription) = (Notify::new(), AtomicU64::new(0));
        Self { clock, url, thresholds, stop, bell, subscription, state: Mutex::new(state) }
    }

    /// A number that no subscription has yet.
    pub(crate) fn next_subscription(&self) -> u64 {
        self.subscription.fetch_add(1, Ordering::Relaxed)
    }

    /// The state, for reading or for what touches no account.
    pub(crate) fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Changes the world; the truth and the accounts follow.
    pub(crate) fn change<T>(&self, act: impl FnOnce(&mut World, i64) -> T) -> T {
        let mut state = self.lock();
        let now_ms = self.clock.now_ms();
        let made = act(&mut state.world, now_ms);
        state.settle(now_ms);
        made
    }

    /// Changes what Telegram keeps for the bot; whoever waits for updates looks again.
    pub(crate) fn telegram<T>(&self, act: impl FnOnce(&mut Telegram, i64) -> T) -> T {
        let made = act(&mut self.lock().telegram, self.clock.now_ms());
        self.bell.notify_waiters();
        made
    }

    /// Keeps a delivered message.
    pub(crate) fn deliver(&self, message: Message) {
        self.lock().messages.add(message);
    }

    /// How a channel behaves now.
    pub(crate) fn way(&self, channel: Channel) -> Way {
        self.lock().faults.delivery.of(channel)
    }

    /// Lives until now.
    pub(crate) fn live(&self) {
        let mut state = self.lock();
        let now_ms = self.clock.now_ms();
        let State { world, lived_ms, speed, .. } = &mut *state;
        let passed_ms = u32::try_from(now_ms - *lived_ms).unwrap_or(0);
        *lived_ms = now_ms;
        if world.live(f64::from(passed_ms) / 1000.0 * *speed, now_ms) {
            state.settle(now_ms);
        }
    }

    /// Sets faults; endpoints that become stale keep the chain of this moment.
    pub(crate) fn set_faults(&self, faults: Faults) {
        let mut state = self.lock();
        let now = state.view_now(self.clock.now_ms());
        for place in Place::ALL {
            let index = place.index();
            let is_stale = faults.rpc[index] == RpcFault::Stale;
            state.frozen[index] = is_stale.then(|| state.frozen[index].take().unwrap_or(now.clone()));
        }
        state.faults = faults;
    }

    /// The chain as an endpoint sees it now.
    pub(crate) fn view(&self, place: Place) -> View {
        let state = self.lock();
        let frozen = state.frozen[place.index()].clone();
        frozen.unwrap_or_else(|| state.view_now(self.clock.now_ms()))
    }
}

impl State {
    fn settle(&mut self, now_ms: i64) {
        self.world.note_truth(now_ms);
        self.ledger.sync(&self.world, now_ms);
    }

    fn view_now(&self, now_ms: i64) -> View {
        View { at_ms: now_ms, confirmed: self.ledger.confirmed(), finalized: self.ledger.finalized(now_ms) }
    }
}

impl View {
    /// Unix milliseconds up to which a commitment knows the chain.
    pub(crate) fn known_ms(&self, finalized: bool) -> i64 {
        if finalized { self.at_ms - FINALIZED_LAG_MS } else { self.at_ms }
    }

    /// The accounts of a commitment.
    pub(crate) fn frame(&self, finalized: bool) -> &Arc<Frame> {
        if finalized { &self.finalized } else { &self.confirmed }
    }
}
