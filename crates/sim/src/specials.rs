//! Fourteen pinned nodes, so that every status stands in the world from the start.

use crate::key::Key;
use crate::node::{Activity, Endpoint};
use crate::world::World;

/// How a special node stands on the chain.
#[derive(Clone, Copy)]
enum Stands {
    /// With a run that began so many seconds ago and may take so many.
    Running {
        ago: i64,
        timeout: i64,
    },
    Queued,
    Nowhere,
}

use Stands::{Nowhere, Queued, Running};

/// Chain, endpoint, what it says, lamports when unusual.
const SPECIALS: [(Stands, Endpoint, Option<Activity>, Option<u64>); 14] = [
    (Running { ago: 600, timeout: 604_800 }, Endpoint::Up, None, None),
    (Queued, Endpoint::Up, None, Some(4_100_000)),
    (Nowhere, Endpoint::Up, Some(Activity::Starting), None),
    (Nowhere, Endpoint::Up, Some(Activity::Benchmarking), None),
    (Nowhere, Endpoint::Up, Some(Activity::Other), Some(1_200_000)),
    // Never ends: becomes stuck.
    (Nowhere, Endpoint::Up, Some(Activity::Restarting), None),
    // Becomes offline.
    (Nowhere, Endpoint::Down, None, None),
    (Queued, Endpoint::Down, None, None),
    (Running { ago: 900, timeout: 604_800 }, Endpoint::Down, None, None),
    // Past its deadline.
    (Running { ago: 9_000, timeout: 7_200 }, Endpoint::Up, None, None),
    // Somebody else answers: unknown.
    (Nowhere, Endpoint::Html, None, None),
    (Queued, Endpoint::Hang, None, None),
    (Nowhere, Endpoint::Hang, None, None),
    (Nowhere, Endpoint::Up, Some(Activity::HealthCheck), None),
];

/// Places and pins the first fourteen nodes; a smaller world has none.
pub(crate) fn place(world: &mut World, now_ms: i64) {
    if world.nodes.len() < SPECIALS.len() {
        return;
    }
    for (index, (stands, endpoint, says, lamports)) in SPECIALS.into_iter().enumerate() {
        let home = world.markets[index % crate::genesis::NODE_MARKETS].address;
        let node = &mut world.nodes[index];
        node.home = home;
        node.pinned = true;
        node.endpoint = endpoint;
        node.says = says;
        node.lamports = lamports.unwrap_or(node.lamports);
        let address = node.address;
        stand(world, stands, &home, &address, now_ms);
    }
}

fn stand(world: &mut World, stands: Stands, home: &Key, node: &Key, now_ms: i64) {
    match stands {
        Nowhere => {}
        Queued => {
            // The queues are empty at this moment: nothing can refuse.
            let _ = world.enter(home, node, now_ms);
        }
        Running { ago, timeout } => {
            let Ok(run) = world.assign(home, node, f64::INFINITY, now_ms - ago * 1000) else { return };
            let job = world.runs[&run].job;
            if let Some(job) = world.jobs.get_mut(&job) {
                job.timeout = timeout;
            }
        }
    }
}
