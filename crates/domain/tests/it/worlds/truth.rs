//! What really happens: nodes, markets, queues, jobs and runs by the programs' own rules (network.md §1.10).

use super::script::{Deed, Item, Mouth, Pane};

/// Watched nodes.
pub const NODES: usize = 4;
/// Markets.
pub const MARKETS: usize = 2;
/// Seconds without deeds and faults at the end of every world.
pub const QUIET: i64 = 480;

/// A market's one queue.
#[derive(Clone, Debug, Default)]
pub struct Queue {
    pub nodes: Vec<usize>,
    pub jobs: Vec<usize>,
}

/// A job's account.
#[derive(Clone, Debug)]
pub struct Job {
    pub market: usize,
    /// 0, 2 or 3, as on chain.
    pub state: u8,
    pub gone: bool,
    pub node: Option<usize>,
    pub start: i64,
    pub end: i64,
    pub result: bool,
}

/// How a run was closed.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Closing {
    Finish,
    ByDeployer,
    Quit,
    QuitAdmin,
}

/// A run, open until it was closed.
#[derive(Clone, Debug)]
pub struct Run {
    pub job: usize,
    pub node: usize,
    pub time: i64,
    pub claimed: bool,
    pub closed: Option<(i64, Closing)>,
}

/// A node's machine.
#[derive(Clone, Copy, Debug)]
pub struct Machine {
    pub alive: bool,
    pub mouth: Mouth,
}

/// Something that a node signed itself.
#[derive(Clone, Copy, Debug)]
pub enum Signed {
    Work(usize),
    Claim(usize),
    Finish(usize),
    Quit(usize),
}

/// The whole truth at one instant.
#[derive(Clone, Debug)]
pub struct Truth {
    pub queues: [Queue; MARKETS],
    pub jobs: Vec<Job>,
    pub runs: Vec<Run>,
    pub machines: [Machine; NODES],
    pub tunnel: bool,
    /// Who signed what, when.
    pub acts: Vec<(usize, i64, Signed)>,
}

/// The truth at every instant, and through what it is looked at.
pub struct Timeline {
    moments: Vec<(i64, Truth)>,
    panes: Vec<(i64, i64, Pane)>,
    pub end: i64,
}

impl Truth {
    fn new() -> Self {
        Self {
            queues: [Queue::default(), Queue::default()],
            jobs: Vec::new(),
            runs: Vec::new(),
            machines: [Machine { alive: true, mouth: Mouth::Idle }; NODES],
            tunnel: true,
            acts: Vec::new(),
        }
    }

    /// The open runs of a node.
    pub fn at_work(&self, node: usize) -> Vec<usize> {
        let ours = |(_, run): &(usize, &Run)| run.node == node && run.closed.is_none();
        self.runs.iter().enumerate().filter(ours).map(|(run, _)| run).collect()
    }

    /// The places of a node in queues: market, index.
    pub fn waiting(&self, node: usize) -> Vec<(usize, usize)> {
        let place = |(market, queue): (usize, &Queue)| {
            queue.nodes.iter().position(|other| *other == node).map(|index| (market, index))
        };
        self.queues.iter().enumerate().filter_map(place).collect()
    }

    fn open(&mut self, job: usize, node: usize, time: i64, claimed: bool) -> usize {
        self.runs.push(Run { job, node, time, claimed, closed: None });
        self.runs.len() - 1
    }

    fn list(&mut self, market: usize) -> usize {
        self.jobs.push(Job { market, state: 0, gone: false, node: None, start: 0, end: 0, result: false });
        self.jobs.len() - 1
    }

    fn close(&mut self, run: usize, now: i64, end: Closing) {
        self.runs[run].closed = Some((now, end));
        let Run { job, node, time, .. } = self.runs[run];
        let job = &mut self.jobs[job];
        match end {
            Closing::Finish | Closing::ByDeployer => {
                *job = Job {
                    state: 2,
                    node: Some(node),
                    start: time,
                    end: now,
                    result: end == Closing::Finish,
                    ..job.clone()
                };
            }
            Closing::Quit => job.state = 3,
            Closing::QuitAdmin => {}
        }
    }

    fn sign(&mut self, node: usize, now: i64, act: Signed) {
        self.acts.push((node, now, act));
    }

    fn work(&mut self, node: usize, market: usize, now: i64) {
        if self.queues[market].jobs.is_empty() {
            if !self.queues[market].nodes.contains(&node) {
                self.queues[market].nodes.push(node);
                self.sign(node, now, Signed::Work(market));
            }
        } else {
            let job = self.queues[market].jobs.remove(0);
            self.open(job, node, now, false);
            self.sign(node, now, Signed::Work(market));
        }
    }

    fn claim(&mut self, node: usize, now: i64) {
        let open = |job| self.runs.iter().any(|run| run.job == job && run.closed.is_none());
        let free = (0..self.jobs.len())
            .find(|job| self.jobs[*job].state == 3 && !self.jobs[*job].gone && !open(*job));
        if let Some(job) = free {
            let run = self.open(job, node, now, true);
            self.sign(node, now, Signed::Claim(run));
        }
    }

    fn end(&mut self, node: usize, now: i64, end: Closing) {
        let Some(run) = self.at_work(node).pop() else { return };
        self.close(run, now, end);
        match end {
            Closing::Finish => self.sign(node, now, Signed::Finish(run)),
            Closing::Quit => self.sign(node, now, Signed::Quit(run)),
            Closing::ByDeployer | Closing::QuitAdmin => {}
        }
    }

    fn pick(&mut self, market: usize, index: usize, now: i64) {
        let job = self.list(market);
        if index < self.queues[market].nodes.len() {
            let node = self.queues[market].nodes.remove(index);
            self.open(job, node, now, false);
        } else if self.queues[market].nodes.is_empty() {
            self.queues[market].jobs.push(job);
        }
    }

    fn happen(&mut self, deed: Deed, now: i64) {
        match deed {
            Deed::Work(node, market) if self.machines[node].alive => self.work(node, market, now),
            Deed::Claim(node) if self.machines[node].alive => self.claim(node, now),
            Deed::Finish(node) if self.machines[node].alive => self.end(node, now, Closing::Finish),
            Deed::Quit(node) if self.machines[node].alive => self.end(node, now, Closing::Quit),
            Deed::End(node) => self.end(node, now, Closing::ByDeployer),
            Deed::QuitAdmin(node) => self.end(node, now, Closing::QuitAdmin),
            Deed::List(market) => self.pick(market, 0, now),
            Deed::Assign(node) => {
                if let Some((market, index)) = self.waiting(node).first().copied() {
                    self.pick(market, index, now);
                }
            }
            Deed::Kick(node) => {
                self.queues.iter_mut().for_each(|queue| queue.nodes.retain(|other| *other != node));
            }
            Deed::Clean => {
                let runs = &self.runs;
                let open = |job| runs.iter().any(|run| run.job == job && run.closed.is_none());
                for (index, job) in self.jobs.iter_mut().enumerate() {
                    job.gone |= job.state != 0 && !open(index);
                }
            }
            Deed::Alive(node, alive) => self.machines[node].alive = alive,
            Deed::Speak(node, mouth) => self.machines[node].mouth = mouth,
            Deed::Tunnel(up) => self.tunnel = up,
            _ => {}
        }
    }
}

impl Timeline {
    /// Lets a script happen. The first minute and the last eight stand still and are seen clearly.
    pub fn of(script: &[Item]) -> Self {
        let (mut now, mut truth) = (95, Truth::new());
        let mut moments = vec![(i64::MIN, truth.clone())];
        let mut panes = Vec::new();
        for item in script {
            now += item.wait;
            if let Deed::Look(pane, seconds) = item.deed {
                panes.push((now, now + seconds, pane));
            }
            truth.happen(item.deed, now);
            moments.push((now, truth.clone()));
        }
        // The tunnel comes back, so that the end can be seen.
        truth.tunnel = true;
        now += 1;
        moments.push((now, truth));
        let quiet = panes.iter().map(|(_, until, _)| *until).fold(now, i64::max);
        Self { moments, panes, end: quiet + QUIET }
    }

    /// The truth at `now`.
    pub fn at(&self, now: i64) -> &Truth {
        let next = self.moments.partition_point(|(since, _)| *since <= now);
        &self.moments[next - 1].1
    }

    /// The panes through which one looks at `now`, each with its first instant.
    pub fn panes(&self, now: i64) -> impl Iterator<Item = (i64, Pane)> + '_ {
        self.panes
            .iter()
            .filter(move |(from, to, _)| (*from..*to).contains(&now))
            .map(|(from, _, pane)| (*from, *pane))
    }
}
