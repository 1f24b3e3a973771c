//! What a look through the indexer made of our sight.

use domain::why::Why;
use store::StoreError;

use super::{Watch, step::Step};
use crate::live::LiveNetwork;

impl Watch {
    /// The indexer was asked.
    pub async fn indexed(&self, looked: Result<(), Why>) -> Result<(), StoreError> {
        let mut guard = self.held.lock().await;
        let held = self.current(&mut guard).await?;
        let now = self.app.clock.now();
        let indexer = held.view.indexer.observe(looked, now);
        let view = LiveNetwork { indexer, ..held.view.clone() };
        let step = Step { now, nodes: Vec::new(), network: None, closed: Vec::new(), view };
        self.commit(held, step).await
    }
}
