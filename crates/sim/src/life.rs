//! The network's life: jobs come and go in whole simulated seconds, so that a seed tells one story.

use rand::RngExt;

use crate::job::DONE;
use crate::key::Key;
use crate::market::{Mood, QueueKind};
use crate::node::Chain;
use crate::world::World;

/// A tick never lives through more simulated seconds than this.
const STEPS_AT_ONCE: f64 = 5_000.0;
/// Real time for which a done job stays on the chain.
const CLEANED_AFTER_S: i64 = 900;
/// Real time for which the truth remembers a closed job.
const FORGOTTEN_AFTER_S: i64 = 86_400;
/// Simulated seconds between two looks for jobs to close.
const CLEANING_STEPS: u64 = 60;

impl World {
    /// Lives through so many simulated seconds; says whether anything may have changed.
    pub(crate) fn live(&mut self, simulated_seconds: f64, now_ms: i64) -> bool {
        self.fraction = (self.fraction + simulated_seconds).min(STEPS_AT_ONCE);
        let signed = self.signed;
        let mut changed = false;
        while self.fraction >= 1.0 {
            self.fraction -= 1.0;
            self.steps += 1;
            changed |= self.step(now_ms);
        }
        changed || self.signed != signed
    }

    /// One simulated second; says whether anything changed that no transaction shows.
    fn step(&mut self, now_ms: i64) -> bool {
        self.work_on(now_ms);
        let thought_better = self.rejoin(now_ms);
        for index in 0..self.markets.len() {
            self.serve(index, now_ms);
        }
        self.clean_up(now_ms) || thought_better
    }

    /// Runs of lively nodes go on; those at their end are finished, ended or quit.
    fn work_on(&mut self, now_ms: i64) {
        let mut over = Vec::new();
        for run in self.runs.values_mut() {
            run.left = (run.left - 1.0).max(0.0);
            // Who is held or ill stays at the end of its work until it is well again.
            if run.left <= 0.0 && self.nodes.iter().any(|n| n.address == run.node && n.is_lively()) {
                over.push((run.job, run.node));
            }
        }
        for (job, node) in over {
            // The run was just seen, so none of these is refused.
            let _ = match self.rng.random_range(0..100) {
                0..3 => self.quit(&job, now_ms),
                3..6 => self.end(&job, now_ms),
                _ => self.finish(&job, now_ms),
            };
            let pause = self.rng.random_range(2..7);
            if let Some(node) = self.node_mut(&node) {
                node.rejoin = Some(pause);
            }
        }
    }

    /// Lively nodes that stand nowhere join their market again after a moment; says whether one began to.
    fn rejoin(&mut self, now_ms: i64) -> bool {
        let places = self.places();
        let mut began = false;
        let mut ready = Vec::new();
        for node in self.nodes.iter_mut().filter(|n| n.is_lively()) {
            if places.get(&node.address).is_some_and(|place| place.chain() != Chain::None) {
                node.rejoin = None;
                continue;
            }
            match node.rejoin {
                Some(0) => ready.push((node.address, node.home)),
                Some(seconds) => node.rejoin = Some(seconds - 1),
                None => {
                    node.rejoin = Some(5);
                    began = true;
                }
            }
        }
        for (node, home) in ready {
            // Refused means: not enough stake, a full queue. It tries again next second, as the real ones do.
            if self.work(&home, &node, now_ms).is_ok()
                && let Some(node) = self.node_mut(&node)
            {
                node.rejoin = None;
            }
        }
        began
    }

    /// Jobs arrive at one market.
    fn serve(&mut self, index: usize, now_ms: i64) {
        let market = self.markets[index].address;
        match self.markets[index].mood {
            Mood::Quiet => {}
            Mood::Jobs { backlog } => {
                let place = &self.markets[index];
                // With nodes waiting, `list` would hand the job to whoever is first, pinned or not.
                if place.has_nodes() {
                    self.hand_out(&market, now_ms);
                } else if place.queue.len() < backlog {
                    let work = self.rng.random_range(300.0..2_400.0);
                    let _ = self.list(&market, work, now_ms);
                }
            }
            Mood::Nodes { every, next } => {
                let mut next = next - 1.0;
                if next <= 0.0 {
                    self.hand_out(&market, now_ms);
                    next += every * self.rng.random_range(0.3..1.7);
                }
                self.markets[index].mood = Mood::Nodes { every, next };
            }
        }
    }

    /// A job for the first lively node that waits; none waits, no job.
    fn hand_out(&mut self, market: &Key, now_ms: i64) {
        let Some(place) = self.market(market) else { return };
        if place.kind != QueueKind::Node {
            return;
        }
        let lively = |key: &&Key| self.node(key).is_some_and(crate::node::Node::is_lively);
        let Some(node) = place.queue.iter().find(lively).copied() else { return };
        let work = self.rng.random_range(300.0..2_400.0);
        let _ = self.assign(market, &node, work, now_ms);
    }

    /// Closes what is long done; says whether anything was.
    fn clean_up(&mut self, now_ms: i64) -> bool {
        if !self.steps.is_multiple_of(CLEANING_STEPS) {
            return false;
        }
        let now = now_ms.div_euclid(1000);
        self.jobs.retain(|_, job| !job.cleaned || job.time_end >= now - FORGOTTEN_AFTER_S);
        let mut cleaned = false;
        let before = now - CLEANED_AFTER_S;
        for job in self.jobs.values_mut() {
            if job.state == DONE && !job.cleaned && job.time_end < before {
                job.cleaned = true;
                cleaned = true;
            }
        }
        cleaned
    }
}

#[cfg(test)]
mod tests {
    use crate::genesis;

    const NOW: i64 = 1_790_000_000_000;

    #[test]
    fn a_held_network_does_not_move() {
        let mut world = genesis::world(7, 50, NOW);
        let runs: Vec<_> = world.runs.keys().copied().collect();
        assert!(!world.live(0.0, NOW + 60_000));
        assert_eq!(world.runs.keys().copied().collect::<Vec<_>>(), runs);
    }

    #[test]
    fn an_hour_moves_the_lively_and_leaves_the_pinned() {
        let mut world = genesis::world(7, 50, NOW);
        let pinned: Vec<_> = world.nodes.iter().filter(|n| n.pinned).map(|n| n.address).collect();
        assert_eq!(pinned.len(), 14);
        let before: Vec<_> =
            pinned.iter().map(|n| (world.place(n).runs, world.place(n).queues.len())).collect();
        let done = |world: &crate::world::World| world.jobs.values().filter(|j| j.state == 2).count();
        assert_eq!(done(&world), 0);
        world.live(3_600.0, NOW + 60_000);
        assert!(done(&world) > 20, "{} jobs done", done(&world));
        let after: Vec<_> =
            pinned.iter().map(|n| (world.place(n).runs, world.place(n).queues.len())).collect();
        assert_eq!(before, after);
    }

    #[test]
    fn a_seed_tells_one_story_however_the_time_is_cut() {
        let mut whole = genesis::world(3, 40, NOW);
        let mut cut = genesis::world(3, 40, NOW);
        whole.live(900.0, NOW);
        for _ in 0..1_800 {
            cut.live(0.5, NOW);
        }
        assert_eq!(whole.steps, cut.steps);
        assert_eq!(whole.jobs.keys().collect::<Vec<_>>(), cut.jobs.keys().collect::<Vec<_>>());
        assert_eq!(whole.runs.keys().collect::<Vec<_>>(), cut.runs.keys().collect::<Vec<_>>());
    }

    #[test]
    fn another_seed_is_another_world() {
        let one = genesis::world(1, 20, NOW);
        let same = genesis::world(1, 20, NOW);
        let other = genesis::world(2, 20, NOW);
        assert_eq!(one.nodes[0].address, same.nodes[0].address);
        assert_ne!(one.nodes[0].address, other.nodes[0].address);
    }
}
