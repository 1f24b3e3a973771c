//! What happened, by the tables of network.md and in the oracle's own words: fed with the truth at each look, it says
//! what has become worth telling.

use super::{
    clock::DAY,
    script::{How, NODES},
    truth::{Place, TIMEOUT, Truth},
};

/// Seconds between two looks while things move. Every time of the rules is counted in it.
pub const PERIOD: i64 = 120;
/// Three periods: how old a known thing may be.
pub const VALID: i64 = 3 * PERIOD;
/// Witnessed silence before it is said.
pub const OFFLINE: i64 = 180;
/// How long a node may be up in no queue: restarting, or whatever it says.
pub const STUCK: (i64, i64) = (600, 1_800);
/// Lamports below which a purse is low, and below which it is nearly too late.
const LOW: (i64, i64) = (20_000_000, 6_000_000);

/// Through what we see.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Glass {
    Chain,
    Endpoints,
}

/// What kind of thing is worth telling.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Kind {
    Silent,
    /// After a silence that began then.
    Back(i64),
    /// A silence that was told goes on.
    Still,
    Stuck,
    Kicked,
    Started(usize),
    Ended(usize, How),
    Overdue(usize),
    Low,
    Critical,
    Blind(Glass),
    Sighted(Glass),
}

/// Something that happened, once.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct Fact {
    pub kind: Kind,
    pub node: Option<usize>,
    /// When it happened.
    pub at: i64,
    /// When what it ends began; for all else, when it happened.
    pub began: i64,
    /// When it could first be known.
    pub seen: i64,
}

/// What a fair judge remembers of one node.
#[derive(Clone, Debug)]
struct Memory {
    /// Where the chain last had it, when that was last confirmed, and whether it still counts.
    place: Option<Place>,
    confirmed: i64,
    counts: bool,
    /// The first look that found it nowhere.
    nowhere: Option<i64>,
    nowhere_since: i64,
    /// Witnessed rounds without an answer: the first and the last.
    silent: Option<(i64, i64)>,
    /// A silence that was said.
    said: Option<i64>,
    /// Rounds with an answer: the first and the last, and the first of those in a row that restart.
    up: Option<(i64, i64)>,
    brief: Option<i64>,
    stuck: bool,
    /// The days on which its purse was told of.
    told_low: Option<i64>,
    told_critical: Option<i64>,
}

/// One glass: the first miss of those in a row, their number, and whether blindness was said.
#[derive(Clone, Copy, Debug, Default)]
struct Sight {
    since: i64,
    misses: u32,
}

/// Everything that a fair judge remembers.
pub struct Facts {
    nodes: [Memory; NODES],
    chain: Sight,
    endpoints: Sight,
    started: Vec<usize>,
    ended: Vec<usize>,
    overdue: Vec<usize>,
}

impl Sight {
    fn look(&mut self, good: bool, glass: Glass, now: i64) -> Option<Fact> {
        let fact = |kind, at| Some(Fact { kind, node: None, at, began: at, seen: now });
        if good {
            let was_blind = self.misses >= 2;
            self.misses = 0;
            return if was_blind { fact(Kind::Sighted(glass), now) } else { None };
        }
        if self.misses == 0 {
            self.since = now;
        }
        self.misses += 1;
        if self.misses == 2 { fact(Kind::Blind(glass), self.since) } else { None }
    }
}

impl Memory {
    const fn new() -> Self {
        Self {
            place: None,
            confirmed: i64::MIN / 2,
            counts: false,
            nowhere: None,
            nowhere_since: 0,
            silent: None,
            said: None,
            up: None,
            brief: None,
            stuck: false,
            told_low: None,
            told_critical: None,
        }
    }

    /// A look at the chain that brought `place`; `None`: it brought nothing. Says whether the node was kicked.
    fn look(&mut self, place: Option<Place>, now: i64) -> bool {
        match place {
            None => self.ages(now),
            Some(Place::Nowhere) if self.counts && self.place == Some(Place::Nowhere) => {
                self.confirmed = now;
                false
            }
            Some(Place::Nowhere) => match self.nowhere {
                Some(first) if now - first <= VALID => {
                    let kicked = self.counts && matches!(self.place, Some(Place::Queue(_)));
                    (self.place, self.nowhere_since) = (Some(Place::Nowhere), first);
                    (self.confirmed, self.counts) = (now, true);
                    kicked
                }
                _ => {
                    self.nowhere = Some(now);
                    self.ages(now)
                }
            },
            Some(place) => {
                (self.place, self.confirmed, self.counts) = (Some(place), now, true);
                self.nowhere = None;
                false
            }
        }
    }

    /// A look that does not confirm what was known leaves it to age.
    const fn ages(&mut self, now: i64) -> bool {
        self.counts &= now - self.confirmed <= VALID;
        false
    }

    /// A round in which the node answered or not; `None`: nobody can say.
    fn hear(&mut self, answers: Option<bool>, restarts: bool, now: i64) {
        let widen = |span: Option<(i64, i64)>| match span {
            Some((first, last)) if now - last <= VALID => Some((first, now)),
            _ => Some((now, now)),
        };
        match answers {
            Some(true) => {
                let unbroken = self.up.is_some_and(|(_, last)| now - last <= VALID);
                self.brief = restarts.then(|| self.brief.filter(|_| unbroken).unwrap_or(now));
                (self.up, self.silent) = (widen(self.up), None);
            }
            Some(false) => (self.silent, self.up, self.brief) = (widen(self.silent), None, None),
            None => {}
        }
    }

    fn chain_counts(&self, now: i64) -> bool {
        self.counts && now - self.confirmed <= VALID
    }

    /// Says the silence that is long enough while the chain can be read.
    fn say_silent(&mut self, now: i64) -> Option<i64> {
        let (first, last) = self.silent?;
        let long = last - first >= OFFLINE && now - last <= VALID;
        if !long || !self.chain_counts(now) || self.said.is_some() {
            return None;
        }
        self.said = Some(first);
        self.said
    }

    fn say_stuck(&mut self, now: i64) -> bool {
        let stuck = self.up.is_some_and(|(first, last)| {
            let idle = first.max(self.nowhere_since);
            let brief = self.brief.is_some_and(|brief| now - brief.max(idle) >= STUCK.0);
            now - last <= VALID && (brief || now - idle >= STUCK.1)
        });
        let stuck = stuck && self.chain_counts(now) && self.place == Some(Place::Nowhere);
        let news = stuck && !self.stuck;
        self.stuck = stuck;
        news
    }
}

impl Facts {
    pub fn new() -> Self {
        Self {
            nodes: std::array::from_fn(|_| Memory::new()),
            chain: Sight::default(),
            endpoints: Sight::default(),
            started: Vec::new(),
            ended: Vec::new(),
            overdue: Vec::new(),
        }
    }

    /// What one look at the chain makes worth telling.
    pub fn scan(&mut self, truth: &Truth, now: i64) -> Vec<Fact> {
        let readable = truth.chain(now);
        let mut facts: Vec<Fact> = self.chain.look(readable, Glass::Chain, now).into_iter().collect();
        if readable {
            self.runs(truth, now, &mut facts);
        }
        for node in 0..NODES {
            let fact = |kind, at| Fact { kind, node: Some(node), at, began: at, seen: now };
            let memory = &mut self.nodes[node];
            if memory.look(readable.then_some(truth.places[node]), now) {
                facts.push(fact(Kind::Kicked, memory.nowhere_since));
            }
            if readable {
                facts.extend(memory.purse(truth.sol[node], now).map(|kind| fact(kind, now)));
            }
            if let (Some(Place::Run(run)), true) = (memory.place, memory.chain_counts(now))
                && now > truth.runs[run].start + TIMEOUT
                && !self.overdue.contains(&run)
            {
                self.overdue.push(run);
                facts.push(fact(Kind::Overdue(run), now));
            }
        }
        self.silences(now, &mut facts);
        facts
    }

    /// What one round over the endpoints makes worth telling.
    pub fn round(&mut self, truth: &Truth, now: i64) -> Vec<Fact> {
        let tunnel = truth.tunnel(now);
        let mut facts: Vec<Fact> = self.endpoints.look(tunnel, Glass::Endpoints, now).into_iter().collect();
        for node in 0..NODES {
            let memory = &mut self.nodes[node];
            let answers = tunnel.then_some(truth.alive[node]);
            memory.hear(answers, truth.restarting[node], now);
            if answers == Some(true)
                && let Some(since) = memory.said.take()
            {
                let kind = Kind::Back(since);
                facts.push(Fact { kind, node: Some(node), at: now, began: since, seen: now });
            }
        }
        self.silences(now, &mut facts);
        facts
    }

    /// Whether a node is seen to be silent.
    pub fn is_silent(&self, node: usize, now: i64) -> bool {
        self.nodes[node].silent.is_some_and(|(_, last)| now - last <= VALID)
    }

    /// Where the chain has a node, as far as anybody knows.
    pub fn place(&self, node: usize, now: i64) -> Option<Place> {
        let memory = &self.nodes[node];
        memory.place.filter(|_| memory.chain_counts(now))
    }

    fn runs(&mut self, truth: &Truth, now: i64, facts: &mut Vec<Fact>) {
        for (index, run) in truth.runs.iter().enumerate() {
            let fact = |kind, at| Fact { kind, node: Some(run.node), at, began: run.start, seen: now };
            match run.end {
                None if !self.started.contains(&index) => {
                    self.started.push(index);
                    facts.push(fact(Kind::Started(index), run.start));
                }
                Some((end, how)) if !self.ended.contains(&index) => {
                    self.ended.push(index);
                    // Only a job that is done keeps the time of its end.
                    let at = if matches!(how, How::Finish | How::ByDeployer) { end } else { now };
                    facts.push(fact(Kind::Ended(index, how), at));
                }
                _ => {}
            }
        }
    }

    fn silences(&mut self, now: i64, facts: &mut Vec<Fact>) {
        for (node, memory) in self.nodes.iter_mut().enumerate() {
            let fact = |kind, at| Fact { kind, node: Some(node), at, began: at, seen: now };
            facts.extend(memory.say_silent(now).map(|since| fact(Kind::Silent, since)));
            facts.extend(memory.say_stuck(now).then(|| fact(Kind::Stuck, now)));
        }
    }
}

impl Memory {
    /// Once a day by UTC, for each of the two marks.
    fn purse(&mut self, lamports: i64, now: i64) -> Option<Kind> {
        let today = Some(now.div_euclid(DAY));
        if lamports < LOW.1 && self.told_critical != today {
            self.told_critical = today;
            return Some(Kind::Critical);
        }
        if (LOW.1..LOW.0).contains(&lamports) && self.told_low != today {
            self.told_low = today;
            return Some(Kind::Low);
        }
        None
    }
}
