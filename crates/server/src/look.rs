//! "Look now": a person asks, the loops look, and everybody who asked at the same time shares the outcome.

use std::sync::Arc;

use domain::{time::Timestamp, why::Why};
use tokio::sync::{Notify, watch};

/// What a scan or a probe round brought, for those who wait for it.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Outcome {
    /// When it began: whoever asked before that is answered.
    pub began: Timestamp,
    /// What stopped it; `None` = it was good.
    pub failed: Option<Why>,
}

/// One loop's bell and its last outcome.
#[derive(Debug)]
pub struct Bell {
    ring: Arc<Notify>,
    outcome: watch::Sender<Option<Outcome>>,
}

/// The bells of the loops that look.
#[derive(Debug, Default)]
pub struct Looks {
    /// The scan of the chain.
    pub scan: Bell,
    /// The round over the endpoints.
    pub probe: Bell,
    /// The balances.
    pub purse: Bell,
}

impl Default for Bell {
    fn default() -> Self {
        Self { ring: Arc::new(Notify::new()), outcome: watch::Sender::new(None) }
    }
}

impl Bell {
    /// Wakes the loop; several rings before it wakes are one.
    pub fn ring(&self) {
        self.ring.notify_one();
    }

    /// The loop's side: waits for a ring.
    pub async fn rung(&self) {
        self.ring.notified().await;
    }

    /// The loop's side: tells how a look ended.
    pub fn tell(&self, outcome: Outcome) {
        self.outcome.send_replace(Some(outcome));
    }

    /// How the last look ended.
    #[must_use]
    pub fn last(&self) -> Option<Outcome> {
        self.outcome.borrow().clone()
    }

    /// Rings and waits for the first look that began at `asked` or later. The caller bounds the time.
    pub async fn look(&self, asked: Timestamp) -> Outcome {
        let mut outcomes = self.outcome.subscribe();
        self.ring();
        let fresh =
            outcomes.wait_for(|outcome| outcome.as_ref().is_some_and(|outcome| outcome.began >= asked));
        match fresh.await {
            Ok(outcome) => outcome.clone(),
            Err(_) => None,
        }
        .unwrap_or(Outcome { began: asked, failed: Some(Why::NotWatching) })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn an_outcome_of_before_the_question_answers_nobody() {
        let bell = Arc::new(Bell::default());
        let at = Timestamp::from_unix_seconds;
        bell.tell(Outcome { began: at(1), failed: None });
        let (asked, other) = (bell.clone(), bell.clone());
        let loop_side = async {
            other.rung().await;
            other.tell(Outcome { began: at(6), failed: Some(Why::RpcTimeout) });
        };
        let (outcome, ()) = tokio::join!(asked.look(at(5)), loop_side);
        assert_eq!(outcome, Outcome { began: at(6), failed: Some(Why::RpcTimeout) });
    }
}
