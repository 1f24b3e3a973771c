//! The world at the start, from the seed: eight markets, the nodes, their first jobs.

use std::collections::BTreeMap;

use rand::rngs::StdRng;
use rand::{RngExt, SeedableRng};

use crate::key::{Key, SYSTEM};
use crate::market::{Market, Mood, QueueKind};
use crate::node::{Activity, Chain, Endpoint, Gpu, Machine, Node, Since, Tier};
use crate::pda;
use crate::specials;
use crate::stake::Stake;
use crate::world::World;

/// Mean simulated seconds of work in a job.
pub(crate) const MEAN_WORK: f64 = 1350.0;

/// Price, timeout, xNOS minimum, job type of each market.
const MARKETS: [(u64, i64, u128, u8); 8] = [
    (48, 7_200, 0, 1),
    (115, 7_200, 5_000_000, 2),
    (278, 14_400, 0, 3),
    (430, 21_600, 250_000_000, 4),
    (62, 10_800, 0, 4),
    (190, 7_200, 0, 2),
    (1_020, 21_600, 1_000_000_000, 4),
    (21, 7_200, 0, 0),
];
/// Markets in which nodes wait; the two after them have waiting jobs, the last has nothing.
pub(crate) const NODE_MARKETS: usize = 5;
/// Where the n-th ordinary node works: the first markets are the busiest.
const HOMES: [usize; 11] = [0, 1, 0, 2, 1, 3, 0, 4, 5, 2, 6];

const CARDS: [(&str, f64, u32, u32); 6] = [
    ("NVIDIA GeForce RTX 4090", 24_082.88, 8, 9),
    ("NVIDIA GeForce RTX 3090", 24_159.69, 8, 6),
    ("NVIDIA GeForce RTX 3060", 11_909.5, 8, 6),
    ("NVIDIA RTX A5000", 24_128.0, 8, 6),
    ("NVIDIA GeForce RTX 5090", 32_110.44, 12, 0),
    ("NVIDIA H100 80GB HBM3", 81_079.31, 9, 0),
];
const COUNTRIES: [&str; 8] = ["US", "DE", "NL", "FR", "GB", "FI", "CA", "SG"];
const PROCESSORS: [(&str, u32); 4] = [
    ("AMD Ryzen 9 5900X 12-Core Processor", 12),
    ("AMD EPYC 7443P 24-Core Processor", 24),
    ("Intel(R) Core(TM) i7-13700K", 16),
    ("AMD Ryzen 7 7700 8-Core Processor", 8),
];
const VERSIONS: [&str; 4] = ["1.1.9", "1.1.9", "1.1.8", "1.1.9-rc"];

/// The world that a seed and a number of nodes make, as of `now_ms`.
pub(crate) fn world(seed: u64, nodes: usize, now_ms: i64) -> World {
    let mut rng = StdRng::seed_from_u64(seed);
    let markets: Vec<Market> = (0..MARKETS.len()).map(|index| market(&mut rng, index)).collect();
    let nodes = (0..nodes).map(|index| node(&mut rng, &markets, index, now_ms)).collect();
    let (jobs, runs) = (BTreeMap::new(), BTreeMap::new());
    let mut world =
        World { rng, markets, nodes, jobs, runs, acts: Vec::new(), signed: 0, fraction: 0.0, steps: 0 };
    specials::place(&mut world, now_ms);
    place_the_rest(&mut world, now_ms);
    fill_job_queues(&mut world, now_ms);
    set_rates(&mut world);
    world.acts.clear();
    let places = world.places();
    for node in &mut world.nodes {
        let chain = places.get(&node.address).map_or(Chain::None, crate::world::Place::chain);
        node.since = Since::start(chain, node.endpoint, node.activity(chain), now_ms);
    }
    world
}

fn market(rng: &mut StdRng, index: usize) -> Market {
    let (price, timeout, node_xnos_minimum, job_type) = MARKETS[index];
    let address = Key::random(rng);
    let (vault, vault_bump) = pda::market_vault(&address);
    let mood = if index < NODE_MARKETS {
        Mood::Nodes { every: MEAN_WORK, next: 0.0 }
    } else if index + 1 < MARKETS.len() {
        Mood::Jobs { backlog: 3 + 4 * (index - NODE_MARKETS) }
    } else {
        Mood::Quiet
    };
    Market {
        address,
        authority: Key::wallet(rng),
        job_expiration: 86_400,
        price,
        timeout,
        job_type,
        vault,
        vault_bump,
        access_key: if index.is_multiple_of(2) { SYSTEM } else { Key::random(rng) },
        node_xnos_minimum,
        kind: QueueKind::Empty,
        queue: Vec::new(),
        mood,
    }
}

fn node(rng: &mut StdRng, markets: &[Market], index: usize, now_ms: i64) -> Node {
    let address = Key::wallet(rng);
    let home = &markets[HOMES[index % HOMES.len()]];
    let minimum = u64::try_from(home.node_xnos_minimum).unwrap_or(u64::MAX);
    let amount = minimum + rng.random_range(0..2_000_000_000_u64);
    let duration = rng.random_range(1_209_600..=31_536_000_u64);
    let machine = machine(rng, index, now_ms);
    Node {
        address,
        lamports: rng.random_range(20_000_000..400_000_000),
        nos: Some(rng.random_range(0..900_000_000)),
        nos_account: pda::nos_account(&address),
        stake: Some(Stake::new(amount, duration, 0)),
        stake_account: pda::stake_account(&address),
        stake_vault: pda::stake_vault(&address),
        home: home.address,
        endpoint: Endpoint::Up,
        says: None,
        machine,
        tier: [Tier::Premium, Tier::Community, Tier::Community, Tier::Other][rng.random_range(0..4)],
        pinned: false,
        rejoin: None,
        since: Since::start(Chain::None, Endpoint::Up, Activity::Other, now_ms),
    }
}

fn machine(rng: &mut StdRng, index: usize, now_ms: i64) -> Machine {
    let (cpu, cores) = PROCESSORS[rng.random_range(0..PROCESSORS.len())];
    let (name, memory_mb, major, minor) = CARDS[rng.random_range(0..CARDS.len())];
    let id: u128 = rng.random();
    let hex = format!("{id:032x}");
    let uuid = format!("GPU-{}-{}-{}-{}-{}", &hex[..8], &hex[8..12], &hex[12..16], &hex[16..20], &hex[20..]);
    Machine {
        version: VERSIONS[index % VERSIONS.len()].to_owned(),
        country: COUNTRIES[rng.random_range(0..COUNTRIES.len())],
        cpu,
        cores,
        ram_mb: [32_768, 64_226, 128_810][rng.random_range(0..3)],
        disk_gb: rng.random_range(180..2_000),
        ping_ms: rng.random_range(5..90),
        download_mbps: rng.random_range(90..1_000),
        upload_mbps: rng.random_range(30..700),
        gpus: vec![Gpu { name: name.to_owned(), uuid, memory_mb, major, minor }],
        booted_ms: now_ms - rng.random_range(3_600_000..900_000_000_i64),
    }
}

/// Ordinary nodes: in markets with waiting jobs all run, elsewhere about half do.
fn place_the_rest(world: &mut World, now_ms: i64) {
    let ordinary: Vec<(Key, Key)> =
        world.nodes.iter().filter(|n| !n.pinned).map(|n| (n.address, n.home)).collect();
    for (index, (address, home)) in ordinary.iter().enumerate() {
        let waiting_jobs = world.market(home).is_some_and(|m| matches!(m.mood, Mood::Jobs { .. }));
        if waiting_jobs || index.is_multiple_of(2) {
            let work = world.rng.random_range(60.0..2_400.0);
            let age_ms = world.rng.random_range(5_000..1_500_000);
            // A market that exists always takes the job.
            let _ = world.assign(home, address, work, now_ms - age_ms);
        } else {
            let _ = world.enter(home, address, now_ms);
        }
    }
}

fn fill_job_queues(world: &mut World, now_ms: i64) {
    let wanted: Vec<(Key, usize)> = world
        .markets
        .iter()
        .filter_map(|m| if let Mood::Jobs { backlog } = m.mood { Some((m.address, backlog)) } else { None })
        .collect();
    for (market, backlog) in wanted {
        for _ in 0..backlog {
            let work = world.rng.random_range(300.0..2_400.0);
            let _ = world.list(&market, work, now_ms);
        }
    }
}

/// Jobs come as fast as keeps three of five ordinary nodes busy.
fn set_rates(world: &mut World) {
    for index in 0..world.markets.len() {
        let home = world.markets[index].address;
        let workers = world.nodes.iter().filter(|n| n.home == home && !n.pinned).count();
        if let Mood::Nodes { every, next } = &mut world.markets[index].mood {
            let workers = u32::try_from(workers).unwrap_or(u32::MAX).max(1);
            *every = MEAN_WORK / (0.6 * f64::from(workers));
            *next = *every / 2.0;
        }
    }
}
