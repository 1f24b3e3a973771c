//! How long a change on chain takes to reach an open page: the whole program beside a simulated network, with push and
//! without. Each line is a number, what it is held against, and the ratio of the two.

#![expect(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    reason = "a bench that cannot run says so"
)]
#![expect(clippy::print_stdout, reason = "a bench prints what it measured")]
#![expect(clippy::disallowed_methods, reason = "a bench reads the clock and starts its own server")]

mod chain;

use std::time::{Duration, Instant};

use chain::{BETWEEN_SCANS, Bench, line, of};

const CHANGES: usize = 200;
/// How many ends of jobs are measured in each round.
const ENDS: usize = 3;
/// With push a page follows within this.
const PUSHED: Duration = Duration::from_secs(1);
/// Without push: one scan, and as much again as with push.
const SCAN: Duration = Duration::from_secs(2);

#[tokio::main]
async fn main() {
    rustls::crypto::ring::default_provider().install_default().unwrap();
    let (starts, ends) = measured(None, Duration::from_secs(30), CHANGES).await;
    for (name, share) in [("p50", 50), ("p99", 99), ("longest", 100)] {
        line(&format!("a job's start, pushed, {name} of {}", starts.len()), of(&starts, share), PUSHED);
    }
    // How a job ended is read by a scan that the push asks for.
    line(&format!("a job's end, pushed, p99 of {}", ends.len()), of(&ends, 99), PUSHED);
    let (starts, _) = measured(Some("off"), SCAN, CHANGES / 8).await;
    line(
        &format!("a job's start, scanned every 2 s, p99 of {}", starts.len()),
        of(&starts, 99),
        SCAN + PUSHED,
    );
}

/// How long so many starts of jobs took to reach the page, and the ends between them; both sorted.
async fn measured(ws: Option<&str>, scan: Duration, changes: usize) -> (Vec<Duration>, Vec<Duration>) {
    let (mut bench, _) = Bench::start(ws, scan).await;
    let nodes = bench.nodes.clone();
    bench.queue(&nodes).await;
    let (mut starts, mut ends) = (Vec::new(), Vec::new());
    while starts.len() < changes {
        let some: Vec<String> = nodes.iter().take(changes - starts.len()).cloned().collect();
        for node in &some {
            starts.push(timed(&mut bench, node, "running").await);
        }
        // A few ends by themselves, so far apart that each may ask for its scan; the rest together, to begin anew.
        let (few, rest) = some.split_at(some.len().min(ENDS));
        for node in few {
            tokio::time::sleep(BETWEEN_SCANS).await;
            ends.push(timed(&mut bench, node, "queued").await);
        }
        bench.queue(rest).await;
    }
    bench.end().await;
    starts.sort_unstable();
    ends.sort_unstable();
    (starts, ends)
}

async fn timed(bench: &mut Bench, node: &str, chain: &str) -> Duration {
    let began = Instant::now();
    bench.put(node, chain).await;
    bench.shown(node, chain).await.saturating_duration_since(began)
}
