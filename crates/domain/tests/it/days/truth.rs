//! What really happens in a day: machines, queues, runs and purses, and the times at which nobody can see them.

use std::{cmp::Reverse, collections::BinaryHeap};

use super::{
    clock::DAY,
    script::{Day, Deed, How, NODES},
};

/// The cap of every job, in seconds.
pub const TIMEOUT: i64 = 7_200;
/// Between a job's end and its node's place in the queue.
const REQUEUE: i64 = 30;
/// A node that flaps is down and up for so long.
const FLAP: (i64, i64) = (500, 200);
/// Between two nodes of one storm.
const APART: i64 = 9;

/// At the end of every day all can be seen for so long.
pub const DUSK: i64 = 1_800;

/// Where the chain has a node.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Place {
    Nowhere,
    Queue(usize),
    Run(usize),
}

/// A run, open until it was ended.
#[derive(Clone, Copy, Debug)]
pub struct Run {
    pub node: usize,
    pub start: i64,
    pub end: Option<(i64, How)>,
}

/// The whole truth at one instant.
#[derive(Clone, Debug)]
pub struct Truth {
    pub places: [Place; NODES],
    pub alive: [bool; NODES],
    pub restarting: [bool; NODES],
    pub sol: [i64; NODES],
    pub runs: Vec<Run>,
    blind_until: i64,
    tunnel_until: i64,
    frozen_until: i64,
}

/// A day as it happens: a queue of deeds, each of which may bring later ones.
pub struct Story {
    pub truth: Truth,
    pub end: i64,
    to_come: BinaryHeap<Reverse<(i64, usize)>>,
    deeds: Vec<Deed>,
    /// The last instant at which something changed.
    pub changed: i64,
}

/// A deed without an effect of its own: the end of a time in which nobody could see.
const MOVES: Deed = Deed::Blind(0);

impl Truth {
    fn new(start: i64) -> Self {
        Self {
            places: [Place::Queue(0); NODES],
            alive: [true; NODES],
            restarting: [false; NODES],
            sol: [50_000_000; NODES],
            runs: Vec::new(),
            blind_until: start,
            tunnel_until: start,
            frozen_until: start,
        }
    }

    /// Whether the chain can be read.
    pub const fn chain(&self, now: i64) -> bool {
        now >= self.blind_until
    }

    /// Whether the tunnel answers: then a witness does.
    pub const fn tunnel(&self, now: i64) -> bool {
        now >= self.tunnel_until
    }

    /// From when on the program runs.
    pub const fn awake_at(&self) -> i64 {
        self.frozen_until
    }
}

impl Story {
    pub fn new(day: &Day) -> Self {
        let mut story = Self {
            truth: Truth::new(day.start),
            end: day.start + DAY,
            to_come: BinaryHeap::new(),
            deeds: Vec::new(),
            changed: day.start,
        };
        let mut now = day.start + 300;
        for item in &day.script {
            now += item.wait;
            story.later(now, item.deed);
        }
        story
    }

    /// When the next deed is done.
    pub fn next(&self) -> Option<i64> {
        self.to_come.peek().map(|Reverse((at, _))| *at)
    }

    /// Does the next deed, and says which it was.
    pub fn step(&mut self) -> Option<(i64, Deed)> {
        let Reverse((now, index)) = self.to_come.pop()?;
        let deed = self.deeds[index];
        self.happen(deed, now);
        self.changed = now;
        Some((now, deed))
    }

    fn later(&mut self, at: i64, deed: Deed) {
        if at < self.end - DUSK / 2 {
            self.to_come.push(Reverse((at, self.deeds.len())));
            self.deeds.push(deed);
        }
    }

    fn happen(&mut self, deed: Deed, now: i64) {
        let truth = &mut self.truth;
        // Whatever nobody could see is over before the day is.
        let last = self.end - DUSK;
        match deed {
            Deed::Alive(node, alive) => truth.alive[node] = alive,
            Deed::Flap(node, times) => {
                for turn in 0..i64::try_from(times).unwrap() {
                    let down = now + turn * (FLAP.0 + FLAP.1);
                    self.later(down, Deed::Alive(node, false));
                    self.later(down + FLAP.0, Deed::Alive(node, true));
                }
            }
            Deed::Storm => {
                for (node, after) in (0..NODES).zip([0, APART, 2 * APART]) {
                    self.later(now + after, Deed::Alive(node, false));
                }
            }
            Deed::Restarting(node, on) => truth.restarting[node] = on,
            Deed::Work(node, market) => {
                if truth.alive[node] && truth.places[node] == Place::Nowhere {
                    truth.places[node] = Place::Queue(market);
                }
            }
            Deed::Kick(node) => {
                if matches!(truth.places[node], Place::Queue(_)) {
                    truth.places[node] = Place::Nowhere;
                }
            }
            Deed::Job(node, how, seconds) => self.job(node, how, seconds, now),
            Deed::Sol(node, lamports) => truth.sol[node] = lamports,
            Deed::Blind(seconds) => {
                truth.blind_until = truth.blind_until.max((now + seconds).min(last));
                self.moves(now, seconds);
            }
            Deed::Tunnel(seconds) => {
                truth.tunnel_until = truth.tunnel_until.max((now + seconds).min(last));
                self.moves(now, seconds);
            }
            Deed::Freeze(seconds) => {
                truth.frozen_until = truth.frozen_until.max((now + seconds).min(last));
                self.moves(now, seconds);
            }
            Deed::Nap(seconds) => {
                self.later(now, Deed::Freeze(seconds));
                for (node, after) in (0..NODES).zip([30, 60, 90]) {
                    self.later(now + after, Deed::Job(node, How::Finish, 60 + after));
                }
            }
            Deed::Sees(..) | Deed::Mute(..) | Deed::MuteTag(..) | Deed::Fails(..) | Deed::Dies(_) => {}
        }
    }

    fn moves(&mut self, now: i64, seconds: i64) {
        if seconds > 0 {
            self.later(now + seconds, MOVES);
        }
    }

    /// Hands a job out when the node can have one, or ends the one that was handed out `seconds` ago.
    fn job(&mut self, node: usize, how: How, seconds: i64, now: i64) {
        let truth = &mut self.truth;
        match truth.places[node] {
            Place::Run(run) if seconds == 0 => {
                let signs = matches!(how, How::Finish | How::Quit);
                if signs && !truth.alive[node] {
                    return;
                }
                truth.runs[run].end = Some((now, how));
                truth.places[node] = Place::Nowhere;
                self.later(now + REQUEUE, Deed::Work(node, 0));
            }
            Place::Run(_) => {}
            Place::Nowhere if !truth.alive[node] => {}
            _ if seconds == 0 => {}
            _ => {
                truth.places[node] = Place::Run(truth.runs.len());
                truth.runs.push(Run { node, start: now, end: None });
                self.later(now + seconds, Deed::Job(node, how, 0));
            }
        }
    }
}
