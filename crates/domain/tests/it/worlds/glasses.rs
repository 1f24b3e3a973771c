//! What a watcher gets to read of the truth: lists at one instant, names at a later one, through whatever pane is held up.

use domain::{
    address::Address,
    endpoint::{Activity, Answer, AnswerKind},
    job::{Job, JobState},
    lookup::Lookup,
    market::{Market, QueueKind},
    network::{List, MissingMarket, MissingRun, Network, Scan},
    run::Run,
    time::Timestamp,
    why::Why,
};

use super::{
    script::{Mouth, Pane},
    truth::{MARKETS, NODES, Timeline, Truth},
};

/// The instants of one scan, in seconds of the world.
#[derive(Clone, Copy, Debug)]
pub struct Instants {
    pub markets: i64,
    pub runs: i64,
    pub names: i64,
    pub done: i64,
    /// Nothing stood between the watcher and the truth.
    pub clear: bool,
}

const MARKET: u8 = 1;
const NODE: u8 = 2;
const JOB: u8 = 3;
const RUN: u8 = 4;
/// How far behind old answers are: more than one scan, so that their slot tells.
const BEHIND: i64 = 45;
const FIRST_SLOT: i64 = 1_000_000;
/// The unix second at which the world begins.
const BASE: i64 = 1_760_000_000;

pub const fn stamp(now: i64) -> Timestamp {
    Timestamp::from_unix_seconds(BASE + now)
}

pub const fn second(at: Timestamp) -> i64 {
    at.unix_seconds() - BASE
}

/// Five slots in two seconds.
pub fn slot(now: i64) -> u64 {
    u64::try_from(FIRST_SLOT + now * 5 / 2).unwrap()
}

fn address(kind: u8, index: usize) -> Address {
    let mut bytes = [kind; 32];
    bytes[1..3].copy_from_slice(&u16::try_from(index).unwrap().to_be_bytes());
    Address::new(bytes)
}

pub fn node(index: usize) -> Address {
    address(NODE, index)
}

pub fn market(index: usize) -> Address {
    address(MARKET, index)
}

pub fn run(index: usize) -> Address {
    address(RUN, index)
}

fn market_account(truth: &Truth, index: usize) -> Market {
    let queue = &truth.queues[index];
    let (queue_kind, queue) = if queue.jobs.is_empty() {
        let kind = if queue.nodes.is_empty() { QueueKind::Empty } else { QueueKind::Node };
        (kind, queue.nodes.iter().map(|index| node(*index)).collect())
    } else {
        (QueueKind::Job, queue.jobs.iter().map(|index| address(JOB, *index)).collect())
    };
    Market {
        authority: Address::new([9; 32]),
        job_expiration: 3_600,
        price: 48,
        timeout: 7_200,
        job_type: 4,
        access_key: Address::SYSTEM,
        xnos_minimum: 0,
        queue_kind,
        queue,
    }
}

fn job_account(truth: &Truth, index: usize) -> Lookup<Job> {
    let job = &truth.jobs[index];
    if job.gone {
        return Lookup::Gone;
    }
    let time = |world: i64| if job.state == 2 { BASE + world } else { 0 };
    Lookup::Found(Job {
        ipfs_job: [1; 32],
        ipfs_result: [u8::from(job.result); 32],
        market: market(job.market),
        node: job.node.map_or(Address::SYSTEM, node),
        payer: Address::new([8; 32]),
        price: 48,
        project: Address::new([7; 32]),
        state: JobState::from_byte(job.state),
        time_end: time(job.end),
        time_start: time(job.start),
        timeout: 7_200,
    })
}

fn run_account(truth: &Truth, index: usize) -> Lookup<Run> {
    let run = &truth.runs[index];
    if run.closed.is_some() {
        return Lookup::Gone;
    }
    Lookup::Found(Run { job: address(JOB, run.job), node: node(run.node), time: BASE + run.time })
}

fn index_of(address: &Address) -> usize {
    let bytes = address.bytes();
    usize::from(u16::from_be_bytes([bytes[1], bytes[2]]))
}

const fn hides(mask: u8, index: usize) -> bool {
    mask >> (index % 8) & 1 == 1
}

/// One scan that begins at `now` with what is `known`; `None` = nobody looks. The answers come seconds apart, so that
/// things happen between them. `behind` = how many seconds old every answer is, with the slot to match.
pub fn scan(
    timeline: &Timeline,
    known: &Network,
    now: i64,
    behind: i64,
) -> Option<(Instants, Result<Scan, Why>)> {
    let panes: Vec<(i64, Pane)> = timeline.panes(now).collect();
    let held_up = |pane: Pane| panes.iter().any(|(_, up)| *up == pane);
    if held_up(Pane::Paused) {
        return None;
    }
    // Of answers that are late, but later than all that is known, nobody can tell: these are older.
    let newest = i64::try_from(known.slot).unwrap().saturating_sub(FIRST_SLOT) * 2 / 5;
    let stale = panes.iter().find(|(_, pane)| *pane == Pane::Stale);
    let stale = stale.map(|(from, _)| (from - BEHIND).min(newest - 1));
    let at = |later: i64| stale.unwrap_or(now + later - behind);
    let clear = panes.is_empty();
    let instants = Instants { markets: at(0), runs: at(2), names: at(4), done: now + 5, clear };
    if held_up(Pane::Fails) {
        return Some((instants, Err(Why::RpcTimeout)));
    }
    let mut markets = market_list(timeline.at(instants.markets), slot(instants.markets));
    let mut runs = run_list(timeline.at(instants.runs), slot(instants.runs));
    for (_, pane) in &panes {
        match pane {
            Pane::Empty => markets.accounts.clear(),
            Pane::FewMarkets(mask) | Pane::LostMarkets(mask) => {
                shorten(&mut markets, *mask, |address| known.markets.contains_key(address));
            }
            Pane::FewRuns(mask) | Pane::LostRuns(mask) | Pane::OldNames(mask) => {
                shorten(&mut runs, *mask, |address| known.runs.contains_key(address));
            }
            Pane::GarbledMarkets(mask) => garble(&mut markets, *mask),
            _ => {}
        }
    }
    Some((instants, Ok(by_name(timeline, known, instants, &panes, markets, runs))))
}

fn market_list(truth: &Truth, slot: u64) -> List<Market> {
    let accounts = (0..MARKETS).map(|index| (market(index), market_account(truth, index)));
    List { slot, accounts: accounts.collect(), unreadable: Vec::new() }
}

fn run_list(truth: &Truth, slot: u64) -> List<Run> {
    let open = (0..truth.runs.len()).filter_map(|index| match run_account(truth, index) {
        Lookup::Found(account) => Some((run(index), account)),
        _ => None,
    });
    List { slot, accounts: open.collect(), unreadable: Vec::new() }
}

/// Leaves accounts out, when one of them is known: of a list that lacks only what nobody ever saw, nobody can tell.
fn shorten<T>(list: &mut List<T>, mask: u8, known: impl Fn(&Address) -> bool) {
    let left_out = |address: &Address| hides(mask, index_of(address));
    if list.accounts.iter().any(|(address, _)| left_out(address) && known(address)) {
        list.accounts.retain(|(address, _)| !left_out(address));
    }
}

fn garble(list: &mut List<Market>, mask: u8) {
    list.unreadable = list.accounts.iter().map(|(address, _)| *address).collect();
    list.unreadable.retain(|address| hides(mask, index_of(address)));
    list.accounts.retain(|(address, _)| !hides(mask, index_of(address)));
}

/// The second half of a scan: the jobs of the open runs, and by name what the lists left out.
fn by_name(
    timeline: &Timeline,
    known: &Network,
    instants: Instants,
    panes: &[(i64, Pane)],
    markets: List<Market>,
    runs: List<Run>,
) -> Scan {
    let any = |test: fn(&Pane) -> bool| panes.iter().any(|(_, pane)| test(pane));
    let lost_markets = any(|pane| matches!(pane, Pane::LostMarkets(_)));
    let lost_runs = any(|pane| matches!(pane, Pane::LostRuns(_)));
    let old = any(|pane| matches!(pane, Pane::OldNames(_)));
    let asked = if old { instants.names - BEHIND } else { instants.names };
    let (truth, slot) = (timeline.at(asked), slot(asked));
    let job = |address: &Address| {
        if any(|pane| *pane == Pane::NoJobs) {
            Lookup::Unreadable
        } else {
            job_account(truth, index_of(address))
        }
    };
    let (missing_markets, missing_runs) = known.missing_from(&markets, &runs);
    let jobs = runs.accounts.iter().filter(|(_, run)| index_of(&run.job) < truth.jobs.len());
    Scan {
        jobs: jobs.map(|(_, run)| (run.job, slot, job(&run.job))).collect(),
        missing_runs: missing_runs
            .into_iter()
            .map(|(address, run)| MissingRun {
                address,
                slot,
                run: if lost_runs { Lookup::Unreadable } else { known_run(truth, &address) },
                job: if lost_runs { Lookup::Unreadable } else { known_job(truth, &run, job) },
            })
            .collect(),
        missing_markets: missing_markets
            .into_iter()
            .map(|address| MissingMarket {
                address,
                slot,
                market: if lost_markets {
                    Lookup::Unreadable
                } else {
                    Lookup::Found(market_account(truth, index_of(&address)))
                },
            })
            .collect(),
        markets,
        runs,
    }
}

/// An older truth may not have the account yet: then it says that there is none.
fn known_run(truth: &Truth, address: &Address) -> Lookup<Run> {
    if index_of(address) < truth.runs.len() { run_account(truth, index_of(address)) } else { Lookup::Gone }
}

fn known_job(truth: &Truth, run: &Run, job: impl Fn(&Address) -> Lookup<Job>) -> Lookup<Job> {
    if index_of(&run.job) < truth.jobs.len() { job(&run.job) } else { Lookup::Gone }
}

/// One round over all endpoints at `now`; `None` = nobody looks.
pub fn round(timeline: &Timeline, now: i64) -> Option<Vec<Answer>> {
    if timeline.panes(now).any(|(_, pane)| pane == Pane::Paused) {
        return None;
    }
    let truth = timeline.at(now);
    let answers = (0..NODES).map(|index| {
        let machine = truth.machines[index];
        let up = |activity| (AnswerKind::Ok, Some(200), Some(activity));
        let (kind, status, activity) = match machine.mouth {
            _ if !truth.tunnel => (AnswerKind::Timeout, None, None),
            _ if !machine.alive => (AnswerKind::TunnelPage, Some(404), None),
            Mouth::Idle => up(Activity::Other),
            Mouth::Restarting => up(Activity::Restarting),
            Mouth::Hang => (AnswerKind::Timeout, None, None),
            Mouth::Refuse => (AnswerKind::Refused, None, None),
            Mouth::BadGateway => (AnswerKind::HttpStatus, Some(502), None),
            Mouth::Unauthorized => (AnswerKind::HttpStatus, Some(401), None),
            Mouth::Html => (AnswerKind::NotJson, Some(200), None),
            Mouth::OtherNode => (AnswerKind::OtherNode, Some(200), None),
            Mouth::Redirect => (AnswerKind::Redirect, Some(302), None),
        };
        Answer { kind, status, ms: 9, at: stamp(now), activity }
    });
    Some(answers.collect())
}
