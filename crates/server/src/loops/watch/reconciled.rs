//! What was over before a scan could see it, written down once: in the ledger, and as news where it is news.

use std::{
    collections::{BTreeMap, BTreeSet},
    sync::Arc,
};

use domain::{
    address::Address,
    compare::ended,
    event::EventKind,
    job::{Job, JobState, Outcome},
    lookup::Lookup,
    network::ClosedRun,
    reconcile::{closed, is_news, run_of},
    time::Timestamp,
};
use sources::solana::{EndedJobs, NamedJob};
use store::{StoreError, Terms, Unsettled};

use super::{Watch, conditions, held::Held, step::Step};
use crate::{alerts, live::LiveNode};

impl Watch {
    /// The slot of the last good scan; `None` while nobody watches anything.
    pub async fn slot_where_watched(&self) -> Result<Option<u64>, StoreError> {
        let mut held = self.held.lock().await;
        let held = self.current(&mut held).await?;
        Ok((!held.nodes.is_empty()).then_some(held.network.slot))
    }

    /// Of the jobs that are over, those that may tell something that the ledger does not know.
    pub async fn unsettled(&self, over: &EndedJobs) -> Result<Vec<Address>, StoreError> {
        let mut guard = self.held.lock().await;
        let held = self.current(&mut guard).await?;
        let ours: Vec<_> = over
            .jobs
            .iter()
            .filter(|(_, job)| job.state == JobState::Done && held.nodes.contains_key(&job.node))
            .collect();
        let mut tx = self.app.store.read().await?;
        let since = ours.iter().map(|(_, job)| job.time_end).min().unwrap_or(i64::MAX);
        let settled = tx.settled_runs(since).await?;
        let gone: BTreeSet<Address> =
            tx.unsettled_runs().await?.into_iter().filter(|run| !run.open).map(|run| run.run.job).collect();
        let new = ours
            .into_iter()
            .filter(|(address, job)| !settled.contains(&(*address, job.node, job.time_start)))
            .map(|(address, _)| *address);
        let unread = over.jobs.iter().map(|(address, _)| *address).filter(|address| gone.contains(address));
        let names: BTreeSet<Address> = new.chain(unread).collect();
        Ok(names.into_iter().collect())
    }

    /// Their accounts were read at `slot` or later, from lists that were asked for at `read_at`.
    pub async fn reconciled(
        &self,
        jobs: &[NamedJob],
        slot: u64,
        read_at: Timestamp,
    ) -> Result<(), StoreError> {
        let mut guard = self.held.lock().await;
        let held = self.current(&mut guard).await?;
        let now = self.app.clock.now();
        let mut tx = self.app.store.write_watch(held.fence, now).await?;
        let watched_since = tx.watched_since().await?;
        let read_before = tx.reconciled_at().await?;
        let mut known: BTreeMap<Address, Vec<Unsettled>> = BTreeMap::new();
        for run in tx.unsettled_runs().await? {
            known.entry(run.run.job).or_default().push(run);
        }
        let change = tx.next_change().await?;
        let (mut touched, mut news) = (BTreeSet::new(), Vec::new());
        let mut finished: BTreeMap<Address, Timestamp> = BTreeMap::new();
        for (address, _, job) in jobs {
            let Lookup::Found(job) = job else { continue };
            let rows = known.get(address).map(Vec::as_slice).unwrap_or_default();
            for run in runs_closed_by(held, rows, *address, job) {
                let terms = Terms { market: job.market, price: job.price, timeout: job.timeout };
                if !tx.settle_job(&run, &terms, now).await? {
                    continue;
                }
                touched.insert(run.run.node);
                if let (Outcome::Finished, Some(end)) = (run.ending.outcome, run.ending.time_end) {
                    let act = Timestamp::from_unix_seconds(end).min(now);
                    finished.entry(run.run.node).and_modify(|last| *last = act.max(*last)).or_insert(act);
                }
                let since = watched_since
                    .get(&run.run.node)
                    .filter(|since| is_news(&run.ending, **since, read_before));
                news.extend(since.and_then(|_| ended(&run, now)));
            }
        }
        let failed = news.iter().filter(|event| event.kind == EventKind::JobFailed);
        let failed = failed.filter_map(|event| event.node).collect();
        news.extend(conditions::failing(&mut tx, &failed, &self.app.config.rules, now).await?);
        let tells = alerts::write_down(&self.app, &mut tx, &news, now).await?;
        tx.put_reconciled_at(read_at).await?;
        tx.commit().await?;
        if tells {
            self.app.outbox.ring();
        }
        // A scan that is older than these ends must not bring their runs back.
        if slot > held.network.slot {
            held.network.slot = slot;
            held.network.moved = Some(now);
        }
        let shown = touched.iter().filter_map(|node| {
            let known = held.nodes.get_mut(node)?;
            Arc::make_mut(&mut known.live).changed = change;
            Some(known.live.clone())
        });
        let shown: Vec<_> = shown.collect();
        if shown.is_empty() {
            return Ok(());
        }
        self.app.live.publish(change, shown, held.view.clone());
        self.heard_of(held, &finished, now).await
    }

    /// Who finished a job signed something then: its silence is no longer than that.
    async fn heard_of(
        &self,
        held: &mut Held,
        finished: &BTreeMap<Address, Timestamp>,
        now: Timestamp,
    ) -> Result<(), StoreError> {
        let rules = self.app.config.rules;
        let nodes = finished.iter().filter_map(|(node, act)| {
            let live = LiveNode::clone(&held.nodes.get(node)?.live);
            let after = live.node.clone().signed(*act, now, &rules);
            (after != live.node).then_some(LiveNode { node: after, ..live })
        });
        let nodes: Vec<_> = nodes.collect();
        if nodes.is_empty() {
            return Ok(());
        }
        let step = Step { now, nodes, network: None, closed: Vec::new(), view: held.view.clone() };
        self.commit(held, step).await
    }
}

/// The runs on which a job that is over has the last word. A run that a scan shows open is closed only by its own
/// node's end: a claimed job runs although it says *stopped*.
fn runs_closed_by(held: &Held, rows: &[Unsettled], address: Address, job: &Job) -> Vec<ClosedRun> {
    let own = run_of(address, job).filter(|run| held.nodes.contains_key(&run.node));
    let gone = rows.iter().filter(|row| !row.open && own != Some(row.run));
    let mut runs: Vec<ClosedRun> = gone.filter_map(|row| closed(row.address, row.run, job)).collect();
    if let Some(run) = own {
        let seen = rows.iter().find(|row| row.run == run).map(|row| row.address);
        let open =
            || held.network.runs.iter().find(|(_, seen)| seen.value == run).map(|(address, _)| *address);
        // A run that nobody saw has no name that we know: it goes by its job's.
        runs.extend(closed(seen.or_else(open).unwrap_or(address), run, job));
    }
    runs
}
