//! Saving nodes after a look: only what changed is written.

use domain::{node::Node, time::Timestamp};

use super::shape::{ChainShape, Columns, EndpointShape};
use crate::{StoreError, Write, sql::execute};

impl Write {
    /// Saves what a look made of a node: intervals when a state changed, else only the columns that a look moves.
    /// Returns whether a person would see a difference; then the node's row carries `change`.
    ///
    /// # Errors
    /// When the store cannot be written.
    pub async fn save_node(
        &mut self,
        before: &Node,
        after: &Node,
        change: i64,
        now: Timestamp,
    ) -> Result<bool, StoreError> {
        let columns = Columns::of(after);
        let (chain, endpoint) = (ChainShape::of(&after.chain), EndpointShape::of(&after.endpoint));
        let (chain_before, endpoint_before) =
            (ChainShape::of(&before.chain), EndpointShape::of(&before.endpoint));
        let node = after.address.to_string();
        if chain == chain_before && endpoint == endpoint_before {
            if columns != Columns::of(before) {
                execute!(
                    self,
                    "update node set chain_at = $2, chain_slot = $3, endpoint_at = $4, last_ok_at = $5
                     where address = $1",
                    node,
                    columns.chain_at,
                    columns.chain_slot,
                    columns.endpoint_at,
                    columns.last_ok_at,
                )?;
            }
            return Ok(false);
        }
        let visible = chain != chain_before || !endpoint.looks_like(&endpoint_before);
        execute!(
            self,
            "update node set chain = $2, chain_at = $3, chain_slot = $4, endpoint = $5, endpoint_at = $6,
               last_ok_at = $7, changed = case when $8 then $9 else changed end
             where address = $1",
            node,
            chain.to_json()?,
            columns.chain_at,
            columns.chain_slot,
            endpoint.to_json()?,
            columns.endpoint_at,
            columns.last_ok_at,
            visible,
            change,
        )?;
        self.follow(after, now).await?;
        Ok(visible)
    }
}
