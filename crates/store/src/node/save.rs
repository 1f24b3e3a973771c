//! Saving nodes after a look: only what changed is written, and what a look merely confirms is one statement for all.

use std::collections::BTreeMap;

use domain::{node::Node, time::Timestamp};
use sqlx::AssertSqlSafe;

use super::shape::{ChainShape, Columns, EndpointShape, VerdictShape};
use crate::{
    StoreError, Write,
    sql::{Conn, execute},
};

/// Placeholders of one statement; SQLite takes 32,766 of them, and nobody gains by more than this.
const AT_ONCE: usize = 500;

/// A node's axes as its row has them.
struct Stored {
    columns: Columns,
    chain: ChainShape,
    endpoint: EndpointShape,
    verdict: Option<VerdictShape>,
}

/// What a look moves that merely confirms a state.
#[derive(Clone, Copy, Debug, Eq, Ord, PartialEq, PartialOrd)]
struct Confirmed {
    chain_at: Option<i64>,
    chain_slot: Option<i64>,
    verdict_at: Option<i64>,
    /// Which of the endpoint's instants moved.
    endpoint: bool,
    last_ok: bool,
}

/// The nodes that one look confirmed alike. Each was asked at an instant of its own; the row says the first of them all.
#[derive(Debug)]
struct Alike {
    endpoint_at: i64,
    last_ok_at: i64,
    nodes: Vec<String>,
}

impl Default for Alike {
    fn default() -> Self {
        Self { endpoint_at: i64::MAX, last_ok_at: i64::MAX, nodes: Vec::new() }
    }
}

impl Alike {
    fn add(&mut self, node: &Node, columns: &Columns) {
        self.endpoint_at = self.endpoint_at.min(columns.endpoint_at.unwrap_or(i64::MAX));
        self.last_ok_at = self.last_ok_at.min(columns.last_ok_at.unwrap_or(i64::MAX));
        self.nodes.push(node.address.to_string());
    }
}

impl Stored {
    fn of(node: &Node) -> Self {
        Self {
            columns: Columns::of(node),
            chain: ChainShape::of(&node.chain),
            endpoint: EndpointShape::of(&node.endpoint),
            verdict: node.verdict.as_ref().map(VerdictShape::of),
        }
    }

    /// Whether only what [`Confirmed`] holds differs.
    fn is_confirmed_by(&self, after: &Self) -> bool {
        let later = |was: Option<i64>, is: Option<i64>| was.is_none() || is.is_some();
        self.chain == after.chain
            && self.endpoint.goes_on_in(&after.endpoint)
            && self.verdict == after.verdict
            && later(self.columns.endpoint_at, after.columns.endpoint_at)
            && later(self.columns.last_ok_at, after.columns.last_ok_at)
    }

    /// What of it moved when `was` is confirmed by it.
    fn confirmed(&self, was: &Columns) -> Confirmed {
        let Columns { chain_at, chain_slot, endpoint_at, last_ok_at, verdict_at } = self.columns;
        let (endpoint, last_ok) = (endpoint_at != was.endpoint_at, last_ok_at != was.last_ok_at);
        Confirmed { chain_at, chain_slot, verdict_at, endpoint, last_ok }
    }

    /// Whether a person would see a difference.
    fn looks_like(&self, after: &Self) -> bool {
        self.chain == after.chain && self.endpoint.looks_like(&after.endpoint)
    }
}

impl Write {
    /// Saves what a look made of a node; as [`Write::save_nodes`] for one.
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
        let visible = self.save_nodes(&[(before, after)], change, now).await?;
        Ok(visible.first().copied().unwrap_or(false))
    }

    /// Saves what a look made of many nodes, each as it was last saved and as it is now: an interval ends and another
    /// begins when a state changed, the row is written when anything else did, and the nodes whose state the chain
    /// merely confirmed take one statement together. Returns for each whether a person would see a difference; then
    /// its row carries `change`.
    ///
    /// # Errors
    /// When the store cannot be written.
    pub async fn save_nodes(
        &mut self,
        looked_at: &[(&Node, &Node)],
        change: i64,
        now: Timestamp,
    ) -> Result<Vec<bool>, StoreError> {
        let mut visible = Vec::with_capacity(looked_at.len());
        let mut confirmed: BTreeMap<Confirmed, Alike> = BTreeMap::new();
        for (before, after) in looked_at {
            let (was, is) = (Stored::of(before), Stored::of(after));
            visible.push(!was.looks_like(&is));
            if was.is_confirmed_by(&is) {
                if was.columns != is.columns {
                    confirmed.entry(is.confirmed(&was.columns)).or_default().add(after, &is.columns);
                }
                continue;
            }
            self.write_row(after, &is, (!was.looks_like(&is)).then_some(change)).await?;
            self.follow(Some(before), after, now).await?;
            self.follow_place(before, after, now).await?;
        }
        for (look, alike) in confirmed {
            for nodes in alike.nodes.chunks(AT_ONCE) {
                self.confirm(look, &alike, nodes).await?;
            }
        }
        Ok(visible)
    }

    async fn write_row(
        &mut self,
        node: &Node,
        stored: &Stored,
        change: Option<i64>,
    ) -> Result<(), StoreError> {
        execute!(
            self,
            "update node set chain = $2, chain_at = $3, chain_slot = $4, endpoint = $5, endpoint_at = $6,
               last_ok_at = $7, changed = coalesce($8, changed), verdict = $9, verdict_at = $10
             where address = $1",
            node.address.to_string(),
            stored.chain.to_json()?,
            stored.columns.chain_at,
            stored.columns.chain_slot,
            stored.endpoint.to_json()?,
            stored.columns.endpoint_at,
            stored.columns.last_ok_at,
            change,
            stored.verdict.as_ref().map(VerdictShape::to_json).transpose()?,
            stored.columns.verdict_at,
        )?;
        Ok(())
    }

    /// The one statement whose text depends on how many there are.
    async fn confirm(&mut self, look: Confirmed, alike: &Alike, nodes: &[String]) -> Result<(), StoreError> {
        let Confirmed { chain_at, chain_slot, verdict_at, endpoint, last_ok } = look;
        let endpoint_at = endpoint.then_some(alike.endpoint_at);
        let last_ok_at = last_ok.then_some(alike.last_ok_at);
        let places: Vec<String> = (0..nodes.len()).map(|index| format!("${}", index + 6)).collect();
        let sql = format!(
            "update node set chain_at = $1, chain_slot = $2, verdict_at = $3,
               endpoint_at = coalesce($4, endpoint_at), last_ok_at = coalesce($5, last_ok_at)
             where address in ({})",
            places.join(", ")
        );
        macro_rules! run {
            ($conn:expr) => {{
                let query = sqlx::query(AssertSqlSafe(sql)).persistent(false);
                let query = query.bind(chain_at).bind(chain_slot).bind(verdict_at);
                let mut query = query.bind(endpoint_at).bind(last_ok_at);
                for node in nodes {
                    query = query.bind(node.as_str());
                }
                query.execute(&mut **$conn).await.map(drop)
            }};
        }
        match &mut self.conn {
            Conn::Sqlite(conn) => run!(conn)?,
            Conn::Postgres(conn) => run!(conn)?,
        }
        Ok(())
    }
}
