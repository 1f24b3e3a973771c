//! What the jobs program does: each instruction changes the world as it would change the chain.

use rand::RngExt;

use crate::job::{DONE, Job, LISTED, Run, STOPPED};
use crate::key::{Key, SYSTEM};
use crate::market::QueueKind;
use crate::world::{Act, World};

/// How many transactions are remembered.
const ACTS_KEPT: usize = 20_000;

/// Why an instruction would have failed: one sentence.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Refused(pub(crate) String);

fn refused<T>(why: &str) -> Result<T, Refused> {
    Err(Refused(why.to_owned()))
}

impl World {
    fn sign(&mut self, now_ms: i64, accounts: &[Key]) {
        let halves: [[u8; 32]; 2] = [self.rng.random(), self.rng.random()];
        let signature = bs58::encode(halves.concat()).into_string();
        if self.acts.len() >= ACTS_KEPT {
            self.acts.drain(..ACTS_KEPT / 2);
        }
        self.signed += 1;
        self.acts.push(Act { at_ms: now_ms, accounts: accounts.to_vec(), signature });
    }

    fn new_job(&mut self, market: &Key, work: f64) -> Result<Key, Refused> {
        let Some((price, timeout)) = self.market(market).map(|m| (m.price, m.timeout)) else {
            return refused("There is no such market.");
        };
        let address = Key::random(&mut self.rng);
        let project = Key::wallet(&mut self.rng);
        let job = Job {
            address,
            ipfs_job: self.rng.random(),
            ipfs_result: [0; 32],
            market: *market,
            node: SYSTEM,
            payer: project,
            price,
            project,
            state: LISTED,
            time_end: 0,
            time_start: 0,
            timeout,
            work,
            last_node: None,
            cleaned: false,
        };
        self.jobs.insert(address, job);
        Ok(address)
    }

    fn open_run(&mut self, job: &Key, node: &Key, now_ms: i64) -> Key {
        let address = Key::random(&mut self.rng);
        let mut left = 0.0;
        if let Some(job) = self.jobs.get_mut(job) {
            job.last_node = Some(*node);
            left = job.work;
        }
        let run = Run { address, job: *job, node: *node, payer: *node, time: now_ms.div_euclid(1000), left };
        self.runs.insert(address, run);
        address
    }

    /// `list`: a waiting node takes the job at once, else the job waits.
    pub(crate) fn list(&mut self, market: &Key, work: f64, now_ms: i64) -> Result<Key, Refused> {
        let Some(place) = self.market(market) else { return refused("There is no such market.") };
        if !place.has_nodes() && place.is_full() {
            return refused("The market's queue is full.");
        }
        let job = self.new_job(market, work)?;
        let mut served = None;
        if let Some(place) = self.market_mut(market) {
            if place.has_nodes() {
                served = Some(place.take(0));
            } else {
                place.push(QueueKind::Job, job);
            }
        }
        self.sign(now_ms, &[job, *market]);
        if let Some(node) = served {
            self.open_run(&job, &node, now_ms);
        }
        Ok(job)
    }

    /// `assign`: a job for one named node, wherever it waits; it need not wait.
    pub(crate) fn assign(
        &mut self,
        market: &Key,
        node: &Key,
        work: f64,
        now_ms: i64,
    ) -> Result<Key, Refused> {
        let job = self.new_job(market, work)?;
        if let Some(place) = self.market_mut(market)
            && let Some(index) = place.node_place(node)
        {
            place.take(index);
        }
        self.sign(now_ms, &[job, *market]);
        Ok(self.open_run(&job, node, now_ms))
    }

    /// `work`: the node takes the first waiting job, else it waits; its stake must suffice.
    pub(crate) fn work(&mut self, market: &Key, node: &Key, now_ms: i64) -> Result<(), Refused> {
        let Some(place) = self.market(market) else { return refused("There is no such market.") };
        match self.node(node).and_then(|n| n.stake) {
            None => return refused("The node has no stake account."),
            Some(stake) if stake.xnos < place.node_xnos_minimum => {
                return refused("The node has not enough xNOS for the market.");
            }
            Some(_) => {}
        }
        self.enter(market, node, now_ms)
    }

    /// `work` without the gate of the stake.
    pub(crate) fn enter(&mut self, market: &Key, node: &Key, now_ms: i64) -> Result<(), Refused> {
        let Some(place) = self.market_mut(market) else { return refused("There is no such market.") };
        if place.node_place(node).is_some() {
            return refused("The node waits in this queue already.");
        }
        if place.has_jobs() {
            let job = place.take(0);
            self.sign(now_ms, &[*node, job, *market]);
            self.open_run(&job, node, now_ms);
        } else if place.is_full() {
            return refused("The market's queue is full.");
        } else {
            place.push(QueueKind::Node, *node);
            self.sign(now_ms, &[*node, *market]);
        }
        Ok(())
    }

    /// `stop`: out of the queue, by itself or kicked.
    pub(crate) fn stop(&mut self, market: &Key, node: &Key, now_ms: i64) -> Result<(), Refused> {
        let Some(place) = self.market_mut(market) else { return refused("There is no such market.") };
        let Some(index) = place.node_place(node) else {
            return refused("The node does not wait in this market's queue.");
        };
        place.take(index);
        self.sign(now_ms, &[*market]);
        Ok(())
    }

    fn close_run(&mut self, job: &Key) -> Result<Run, Refused> {
        let Some(address) = self.run_of(job).map(|run| run.address) else {
            return refused("No run names the job.");
        };
        self.runs.remove(&address).map_or_else(|| refused("No run names the job."), Ok)
    }

    fn done(&mut self, job: &Key, result: [u8; 32], by_node: bool, now_ms: i64) -> Result<(), Refused> {
        let run = self.close_run(job)?;
        if by_node {
            self.sign(now_ms, &[run.node, *job]);
        } else {
            self.sign(now_ms, &[*job]);
        }
        let Some(job) = self.jobs.get_mut(job) else { return refused("There is no such job.") };
        job.state = DONE;
        job.node = run.node;
        job.time_start = run.time;
        job.time_end = now_ms.div_euclid(1000);
        job.ipfs_result = result;
        let payout = job.payout_micro_nos();
        if let Some(node) = self.node_mut(&run.node) {
            node.nos = Some(node.nos.unwrap_or(0).saturating_add(payout));
        }
        Ok(())
    }

    /// `finish`: by the node, with a result.
    pub(crate) fn finish(&mut self, job: &Key, now_ms: i64) -> Result<(), Refused> {
        let result: [u8; 32] = self.rng.random();
        self.done(job, result, true, now_ms)
    }

    /// `end`: by the deployer, without a result.
    pub(crate) fn end(&mut self, job: &Key, now_ms: i64) -> Result<(), Refused> {
        self.done(job, [0; 32], false, now_ms)
    }

    /// `quit`: by the node; the job is stopped and pays nothing.
    pub(crate) fn quit(&mut self, job: &Key, now_ms: i64) -> Result<(), Refused> {
        let run = self.close_run(job)?;
        self.sign(now_ms, &[run.node, *job]);
        if let Some(job) = self.jobs.get_mut(job) {
            job.state = STOPPED;
        }
        Ok(())
    }

    /// `quitAdmin`: only the run is closed; the job is left orphaned.
    pub(crate) fn quit_admin(&mut self, job: &Key, now_ms: i64) -> Result<(), Refused> {
        self.close_run(job)?;
        self.sign(now_ms, &[*job]);
        Ok(())
    }

    /// `claim`: a run on a stopped job, whose state byte stays; neither queues nor other runs are looked at.
    pub(crate) fn claim(&mut self, job: &Key, node: &Key, now_ms: i64) -> Result<(), Refused> {
        match self.jobs.get(job) {
            None => return refused("There is no such job."),
            Some(found) if found.state != STOPPED || found.cleaned => {
                return refused("The job is not stopped.");
            }
            Some(_) => {}
        }
        if self.run_of(job).is_some() {
            return refused("A run names the job already.");
        }
        self.sign(now_ms, &[*node, *job]);
        self.open_run(job, node, now_ms);
        Ok(())
    }

    /// `extend`: a longer timeout while the state is 0.
    pub(crate) fn extend(&mut self, job: &Key, seconds: i64, now_ms: i64) -> Result<(), Refused> {
        let Some(found) = self.jobs.get_mut(job) else { return refused("There is no such job.") };
        if found.state != LISTED {
            return refused("The job is done or stopped.");
        }
        found.timeout = found.timeout.saturating_add(seconds);
        self.sign(now_ms, &[*job]);
        Ok(())
    }

    /// `delist`: a waiting job leaves the queue and is closed.
    pub(crate) fn delist(&mut self, job: &Key, now_ms: i64) {
        for market in self.markets.iter_mut().filter(|market| market.kind == QueueKind::Job) {
            if let Some(index) = market.queue.iter().position(|key| key == job) {
                market.take(index);
                break;
            }
        }
        self.jobs.remove(job);
        self.sign(now_ms, &[*job]);
    }

    /// `clean`: a done job's account is closed; whether it is time is the caller's affair.
    pub(crate) fn clean(&mut self, job: &Key) -> Result<(), Refused> {
        match self.jobs.get_mut(job) {
            None => refused("There is no such job."),
            Some(found) if found.state != DONE || found.cleaned => refused("The job is not done."),
            Some(found) => {
                found.cleaned = true;
                Ok(())
            }
        }
    }
}
