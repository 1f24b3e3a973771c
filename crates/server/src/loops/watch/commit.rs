//! Commits a step: facts and events in one transaction under the fence; memory and view only after it.

use std::sync::Arc;

use domain::{
    address::Address,
    chain::Chain,
    compare::{Judged, sight},
    job::Outcome,
    sight::Source,
    watching::{judged, news},
};
use store::{StoreError, Write};

use super::{conditions, held::Held, held::Known, markets, run_of, step::Step};
use crate::{alerts, app::App, live::LiveNode};

struct Moved {
    before: Judged,
    after: Judged,
    live: LiveNode,
}

/// Writes what a step changed; nothing of it is believed or shown before the commit.
pub async fn commit(app: &App, held: &mut Held, step: Step) -> Result<(), StoreError> {
    let Step { now, nodes, network, closed, view } = step;
    let rules = app.config.rules;
    let mut moved: Vec<Moved> = Vec::new();
    for live in nodes {
        let Some(known) = held.nodes.get(&live.node.address) else { continue };
        let after = judged(live.node.clone(), now, &rules);
        moved.push(Moved { before: known.saved.clone(), after, live });
    }
    let ours = closed.iter().filter(|run| held.nodes.contains_key(&run.run.node));
    let mut events = news(ours, moved.iter().map(|node| (&node.before, &node.after)), now);
    let sights = Source::ALL
        .into_iter()
        .filter_map(|source| sight(source, &held.view.sight(source), &view.sight(source), now));
    events.extend(sights);
    let chain = network.as_ref().unwrap_or(&held.network);
    for Moved { live, .. } in &moved {
        if let Some(known) = held.nodes.get(&live.node.address) {
            events.extend(conditions::of_node(&known.live, live, chain, &app.catalogue.get(), &rules));
        }
    }

    let mut tx = app.store.write_watch(held.fence, now).await?;
    let change = tx.next_change().await?;
    // Before anything that is told: what happened while nobody watched is told as such.
    tx.note_watching(now, rules.chain_valid()).await?;
    let pairs: Vec<_> = moved.iter().map(|node| (&node.before.node, &node.after.node)).collect();
    tx.save_nodes(&pairs, change, now).await?;
    events.extend(conditions::tiers(&mut tx, &pairs, &app.catalogue.get()).await?);
    for node in &mut moved {
        save_facts(&mut tx, held, node, change).await?;
    }
    // Every one of them: a node that nobody watches any more may have left an open job behind.
    for run in &closed {
        tx.close_job(run, now).await?;
    }
    if let Some(network) = &network {
        tx.save_markets(&held.network.markets, &network.markets).await?;
        tx.note_markets(&markets::samples(network, &view), now).await?;
    }
    tx.save_sight(&Source::ALL.map(|source| (source, view.sight(source).blind())), now).await?;
    let failed = closed.iter().filter(|run| run.ending.outcome == Outcome::Failed).map(|run| run.run.node);
    let failed = failed.filter(|node| held.nodes.contains_key(node)).collect();
    events.extend(conditions::failing(&mut tx, &failed, &rules, now).await?);
    let tells = alerts::write_down(app, &mut tx, &events, now).await?;
    tx.commit().await?;
    if tells {
        app.outbox.ring();
    }

    let mut shown: Vec<Arc<LiveNode>> = Vec::with_capacity(moved.len());
    for Moved { after, live, .. } in moved {
        let live = Arc::new(live);
        shown.push(live.clone());
        held.nodes.insert(live.node.address, Known { saved: after, live });
    }
    if let Some(network) = network {
        held.network = network;
    }
    held.view = view;
    app.live.publish(change, shown, held.view.clone());
    Ok(())
}

async fn save_facts(tx: &mut Write, held: &Held, moved: &mut Moved, change: i64) -> Result<(), StoreError> {
    let address: Address = moved.after.node.address;
    let Some(known) = held.nodes.get(&address) else { return Ok(()) };
    if moved.live.differs(&known.live) || moved.before.status != moved.after.status {
        moved.live.changed = change;
    }
    if moved.live.purse != known.live.purse {
        tx.save_purse(&address, &moved.live.purse).await?;
    }
    if let Some((machine, at)) = &moved.live.machine
        && known.live.machine.as_ref().map(|(machine, _)| machine) != Some(machine)
    {
        tx.save_machine(&address, machine, *at).await?;
    }
    let run = |judged: &Judged| judged.node.chain.reading.known().and_then(run_of).cloned();
    if let Some(Chain::Running(running)) = moved.after.node.chain.reading.known()
        && run(&moved.before).as_ref() != Some(running)
    {
        tx.save_running(&address, running).await?;
    }
    Ok(())
}
