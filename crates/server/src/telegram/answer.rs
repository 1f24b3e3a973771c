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
use crate::{app::App, live::LiveNode};

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

fn live(app: &App, watch: &Watch) -> LiveNode {
    app.live
        .node(&watch.address)
        .unwrap_or_else(|| LiveNode::new(Node::new(watch.address, watch.added), watch.added))
}

/// A node as it is now.
#[must_use]
pub fn node(app: &App, linked: &Linked, watch: &Watch, now: Timestamp) -> NodeNow {
    let live = live(app, watch);
    let aged = live.node.clone().aged(now, &app.config.rules);
    let place = match aged.chain.reading.known() {
        Some(Chain::Queued(queued)) => Some((queued.position, queued.length)),
        _ => None,
    };
    NodeNow {
        name: name(watch),
        status: status(&live.node, &app.config.rules, now),
        place,
        muted_until: linked.preferences.muted_until(watch.muted_until, &watch.tags, now),
    }
}

/// How everything is.
#[must_use]
pub fn overview(app: &App, linked: &Linked, watches: &[Watch], now: Timestamp) -> Said {
    let nodes = watches.iter().map(|watch| node(app, linked, watch, now)).collect();
    let (network, _) = app.live.network();
    Said::Status(nodes, network.blind().into_iter().map(|(source, since, _)| (source, since)).collect())
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
pub fn balance(app: &App, watches: &[Watch]) -> Said {
    let wallet = |watch: &Watch| {
        let Purse { sol, nos, stake } = live(app, watch).purse;
        let low = sol.known().is_some_and(|sol| *sol < app.config.rules.sol_low);
        Wallet { name: name(watch), sol: held(&sol), nos: held(&nos), stake: held(&stake), low }
    };
    Said::Balance(watches.iter().map(wallet).collect())
}

/// What the jobs paid: today, yesterday and this month by the person's own clock, and all.
///
/// # Errors
/// When the store cannot be read.
pub async fn earnings(
    app: &App,
    tx: &mut Read,
    linked: &Linked,
    watches: &[Watch],
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
    for watch in watches {
        let aged = live(app, watch).node.aged(now, &app.config.rules);
        let Some(Chain::Running(run)) = aged.chain.reading.known() else { continue };
        let so_far =
            run.price.zip(run.timeout).and_then(|(price, timeout)| accrued(price, run.started, timeout, now));
        earnings.running.0 += 1;
        earnings.running.1 += i128::from(so_far.unwrap_or(0));
    }
    Ok(Said::Earnings(earnings))
}

const fn add(sum: &mut Paid, more: Paid) {
    sum.jobs += more.jobs;
    sum.unread += more.unread;
    sum.micro_nos += more.micro_nos;
}
