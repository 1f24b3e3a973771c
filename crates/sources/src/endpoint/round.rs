//! One round over all watched nodes, and who in it bears witness that we can look at all (network.md §1.11).

use std::time::Duration;

pub use domain::witness::Witnesses;
use domain::{address::Address, time::Timestamp};
use futures_util::{StreamExt, stream};
use tokio::time::{Instant, sleep_until};

use super::{Pace, Probed, Prober, pace::Front};

/// What one round brought.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Round {
    /// One answer for each watched node, in the order they came.
    pub answers: Vec<Probed>,
    /// Who answered, for weighing the silence of the others.
    pub witnesses: Witnesses,
    /// How long the front of all endpoints asks us to wait before the next round.
    pub wait: Option<Duration>,
}

/// How many nodes that nobody watches are asked when none of ours answers.
const STRANGERS: usize = 3;

fn witnesses(answers: &[Probed]) -> Witnesses {
    Witnesses::of(answers.iter().map(|probed| (&probed.node, &probed.answer)))
}

impl Prober {
    /// Asks every node of `watched`, at this pace. When none of them is up, up to three of `candidates`
    /// (nodes that the chain shows running) are asked whether we can look at all; their answers are not kept.
    pub async fn round(
        &self,
        watched: &[Address],
        candidates: &[Address],
        pace: Pace,
        now: &impl Fn() -> Timestamp,
    ) -> Round {
        let (answers, wait) = self.all(watched.to_vec(), pace, now).await;
        let mut seen = witnesses(&answers);
        if !seen.any() && !answers.is_empty() && wait.is_none() {
            let strangers: Vec<Address> =
                candidates.iter().filter(|node| !watched.contains(node)).take(STRANGERS).copied().collect();
            let pace = Pace { at_once: STRANGERS, spread: Duration::ZERO };
            seen = witnesses(&self.all(strangers, pace, now).await.0);
        }
        Round { answers, witnesses: seen, wait }
    }

    async fn all(
        &self,
        nodes: Vec<Address>,
        pace: Pace,
        now: &impl Fn() -> Timestamp,
    ) -> (Vec<Probed>, Option<Duration>) {
        let (began, gap, front) = (Instant::now(), pace.gap(nodes.len()), Front::new(nodes.len()));
        // A question is made when its turn comes: ten thousand of them at the same time are forty megabytes.
        let probes = (0..).zip(nodes).map(|(turn, node)| {
            let front = &front;
            async move {
                sleep_until(began + gap * turn).await;
                if front.asks_to_wait().is_some() {
                    return Self::unasked(node, now);
                }
                let probed = self.probe(node, now).await;
                front.hear(&probed);
                probed
            }
        });
        let answers = stream::iter(probes).buffer_unordered(pace.at_once.max(1)).collect().await;
        (answers, front.asks_to_wait())
    }
}
