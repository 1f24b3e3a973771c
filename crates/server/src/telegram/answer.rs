//! The facts of the bot's answers: from the store, and of the nodes as they were last seen.

use domain::{
    chain::Chain,
    days::Days,
    money::{Paid, accrued},
    node::{Node, Purse},
    reading::Reading,
    status::status,
    time::Timestamp,
    wording::telegram::{Earnings, Held, NodeNow, Said, Wallet},
};
use store::{Read, StoreError, Watch};

use super::linked::Linked;
use crate::app::App;

/// What a person calls a node, or the start and the end of its address.
#[must_use]
pub fn name(watch: &Watch) -> String {
    if !watch.name.is_empty() {
        return watch.name.clone();
    }
    let address = watch.address.to_string();
    match (address.get(..4), address.len().checked_sub(4).and_then(|end| address.get(end..))) {
        (Some(start), Some(end)) => format!("{start}…{end}"),
        _ => address,
    }
}

/// Whether a text is in a node's name, in a tag of it, or begins its address.
#[must_use]
pub fn matches(watch: &Watch, text: &str) -> bool {
    let text = text.to_lowercase();
    watch.name.to_lowercase().contains(&text)
        || watch.tags.iter().any(|tag| tag.to_lowercase() == text)
        || watch.address.to_string().to_lowercase().starts_with(&text)
}

/// A watched node with what is known of it.
#[derive(Debug)]
pub struct Seen {
    watch: Watch,
    node: Node,
    purse: Purse,
}

/// What is known of the nodes of a chat, each once: from memory where this server watches, else from the store.
///
/// # Errors
/// When the store cannot be read.
pub async fn seen(
    app: &App,
    tx: &mut Read,
    linked: &Linked,
    now: Timestamp,
) -> Result<Vec<Seen>, StoreError> {
    let mut all: Vec<Seen> = Vec::new();
    for (_, watch) in linked.watches(tx).await? {
        if all.iter().any(|seen| seen.watch.address == watch.address) {
            continue;
        }
        let fresh = app
            .live
            .node(&watch.address)
            .filter(|live| live.node.clone().aged(now, &app.config.rules).chain.reading.known().is_some());
        let (node, purse) = match fresh {
            Some(live) => (live.node, live.purse),
            None => {
                let node = tx.load_node(&watch.address).await?;
                let node = node.unwrap_or_else(|| Node::new(watch.address, watch.added));
                (node, tx.facts(&watch.address).await?.purse)
            }
        };
        all.push(Seen { watch, node, purse });
    }
    Ok(all)
}

impl Seen {
    /// Whether the person means it by this text.
    #[must_use]
    pub fn matches(&self, text: &str) -> bool {
        matches(&self.watch, text)
    }

    /// The node as it is now.
    #[must_use]
    pub fn now(&self, app: &App, linked: &Linked, now: Timestamp) -> NodeNow {
        let aged = self.node.clone().aged(now, &app.config.rules);
        let place = match aged.chain.reading.known() {
            Some(Chain::Queued(queued)) => Some((queued.position, queued.length)),
            _ => None,
        };
        NodeNow {
            name: name(&self.watch),
            status: status(&self.node, &app.config.rules, now),
            place,
            muted_until: linked.preferences.muted_until(self.watch.muted_until, &self.watch.tags, now),
        }
    }

    fn wallet(&self, low: i64) -> Wallet {
        let Purse { sol, nos, stake } = &self.purse;
        Wallet {
            name: name(&self.watch),
            sol: held(sol),
            nos: held(nos),
            stake: held(stake),
            low: sol.known().is_some_and(|sol| *sol < low),
        }
    }
}

/// How everything is, and what we cannot see.
///
/// # Errors
/// When the store cannot be read.
pub async fn overview(tx: &mut Read, nodes: Vec<NodeNow>) -> Result<Said, StoreError> {
    let blind = tx.open_blindness().await?;
    Ok(Said::Status(nodes, blind.into_iter().map(|blind| (blind.source, blind.since)).collect()))
}

const fn held(reading: &Reading<i64>) -> Held {
    match reading {
        Reading::Known { value, .. } => Held::Known(*value),
        Reading::Unknown { last: Some((value, at)), .. } => Held::Stale(*value, *at),
        Reading::Unknown { last: None, .. } => Held::Unknown,
    }
}

/// What the wallets hold.
#[must_use]
pub fn balance(app: &App, all: &[Seen]) -> Said {
    Said::Balance(all.iter().map(|seen| seen.wallet(app.config.rules.sol_low)).collect())
}

/// What the jobs paid: today, yesterday and this month by the person's own clock, and all.
///
/// # Errors
/// When the store cannot be read.
pub async fn earnings(
    app: &App,
    tx: &mut Read,
    linked: &Linked,
    all: &[Seen],
    now: Timestamp,
) -> Result<Said, StoreError> {
    let days = Days::of(now, &linked.preferences.zone);
    let mut earnings = Earnings::default();
    for destination in &linked.destinations {
        let mut paid = async |from, to| tx.paid(&destination.space, from, to).await;
        add(&mut earnings.today, paid(days.today, None).await?);
        add(&mut earnings.yesterday, paid(days.yesterday, days.today).await?);
        add(&mut earnings.month, paid(days.month, None).await?);
        add(&mut earnings.all, paid(None, None).await?);
    }
    for seen in all {
        let aged = seen.node.clone().aged(now, &app.config.rules);
        let Some(Chain::Running(run)) = aged.chain.reading.known() else { continue };
        let so_far =
            run.price.zip(run.timeout).and_then(|(price, timeout)| accrued(price, run.started, timeout, now));
        earnings.running.0 += 1;
        earnings.running.1 += i128::from(so_far.unwrap_or(0));
    }
    Ok(Said::Earnings(Box::new(earnings)))
}

const fn add(sum: &mut Paid, more: Paid) {
    sum.jobs += more.jobs;
    sum.unread += more.unread;
    sum.micro_nos += more.micro_nos;
}
