//! Nodes: what is known of each, once, whoever watches it.

mod follow;
mod interval;
mod place;
mod save;
mod shape;

use domain::{address::Address, node::Node, time::Timestamp};

use crate::{
    Read, StoreError, Write,
    sql::{all, execute, maybe},
    stored::{address, from_json},
};

pub use interval::{Axis, Span};
pub use place::Place;
use shape::{ChainShape, Columns, EndpointShape, VerdictShape};

#[derive(sqlx::FromRow)]
struct Row {
    address: String,
    chain: String,
    chain_at: Option<i64>,
    chain_slot: Option<i64>,
    endpoint: String,
    endpoint_at: Option<i64>,
    last_ok_at: Option<i64>,
    verdict: Option<String>,
    verdict_at: Option<i64>,
}

impl TryFrom<Row> for Node {
    type Error = StoreError;

    fn try_from(row: Row) -> Result<Self, StoreError> {
        let columns = Columns {
            chain_at: row.chain_at,
            chain_slot: row.chain_slot,
            endpoint_at: row.endpoint_at,
            last_ok_at: row.last_ok_at,
            verdict_at: row.verdict_at,
        };
        let verdict: Option<VerdictShape> =
            row.verdict.as_deref().map(|json| from_json("the verdict on a node", json)).transpose()?;
        Ok(Self {
            address: address(&row.address)?,
            chain: from_json::<ChainShape>("the chain axis of a node", &row.chain)?.into_axis(&columns)?,
            endpoint: from_json::<EndpointShape>("the endpoint axis of a node", &row.endpoint)?
                .into_axis(&columns)?,
            verdict: verdict.map(|verdict| verdict.into_verdict(&columns)).transpose()?,
        })
    }
}

impl Read {
    /// Every node that somebody watches, as it was last saved. After a restart its axes are as old as their last
    /// confirmation: [`Node::aged`] turns that into *unknown, we were not watching*.
    ///
    /// # Errors
    /// When the store cannot be read.
    pub async fn load_nodes(&mut self) -> Result<Vec<Node>, StoreError> {
        all!(
            self,
            Row,
            "select address, chain, chain_at, chain_slot, endpoint, endpoint_at, last_ok_at, verdict, verdict_at from node
             where exists (select 1 from watch where watch.address = node.address and deleted_at is null)
             order by address"
        )?
        .into_iter()
        .map(Node::try_from)
        .collect()
    }

    /// One node, watched or not.
    ///
    /// # Errors
    /// When the store cannot be read.
    pub async fn load_node(&mut self, node: &Address) -> Result<Option<Node>, StoreError> {
        maybe!(
            self,
            Row,
            "select address, chain, chain_at, chain_slot, endpoint, endpoint_at, last_ok_at, verdict, verdict_at from node
             where address = $1",
            node.to_string(),
        )?
        .map(Node::try_from)
        .transpose()
    }
}

impl Write {
    /// Makes a node's row with both axes unknown, unless it is there.
    pub(crate) async fn add_node(
        &mut self,
        node: Address,
        now: Timestamp,
        change: i64,
    ) -> Result<(), StoreError> {
        let new = Node::new(node, now);
        let columns = Columns::of(&new);
        let touched = execute!(
            self,
            "insert into node (address, first_seen_at, changed, chain, chain_at, chain_slot, endpoint, endpoint_at,
               last_ok_at)
             values ($1, $2, $3, $4, $5, $6, $7, $8, $9) on conflict (address) do nothing",
            node.to_string(),
            now.millis(),
            change,
            ChainShape::of(&new.chain).to_json()?,
            columns.chain_at,
            columns.chain_slot,
            EndpointShape::of(&new.endpoint).to_json()?,
            columns.endpoint_at,
            columns.last_ok_at,
        )?;
        if touched == 1 {
            self.follow(None, &new, now).await?;
        }
        Ok(())
    }
}
