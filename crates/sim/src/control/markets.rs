//! `POST /sim/markets/{address}`: its price, its gate, what waits in its queue.

use std::sync::Arc;

use axum::body::Bytes;
use axum::extract::{Path, State};
use axum::response::Json;
use serde::Deserialize;
use serde_json::Value;

use super::{Rejected, read, world};
use crate::app::App;
use crate::genesis::MEAN_WORK;
use crate::key::Key;
use crate::market::{Mood, QueueKind};
use crate::world::World;

/// Jobs that are listed when a queue is turned to jobs.
const BACKLOG: usize = 3;

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Change {
    /// Micro-NOS per second for jobs listed from now.
    price: Option<u64>,
    /// Seconds, for jobs listed from now.
    timeout: Option<i64>,
    /// Micro-xNOS.
    node_xnos_minimum: Option<u64>,
    queue_type: Option<Kind>,
    access_key: Option<String>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
enum Kind {
    Node,
    Job,
    Empty,
}

pub(crate) async fn set(
    State(app): State<Arc<App>>,
    Path(address): Path<String>,
    body: Bytes,
) -> Result<Json<Value>, Rejected> {
    let change: Change = read(&body)?;
    let known = |key: &Key| app.lock().world.market(key).is_some();
    let address = address.parse().ok().filter(known).ok_or(Rejected::Absent("market"))?;
    app.live();
    app.change(|world, now_ms| change.apply(world, &address, now_ms))?;
    let state = app.lock();
    let market = state.world.market(&address).ok_or(Rejected::Absent("market"))?;
    Ok(Json(world::market(&state.world, market)))
}

impl Change {
    fn apply(self, world: &mut World, address: &Key, now_ms: i64) -> Result<(), Rejected> {
        let access_key = self
            .access_key
            .map(|text| text.parse().map_err(|_| Rejected::Bad("access_key is no address.".to_owned())))
            .transpose()?;
        let Some(market) = world.market_mut(address) else { return Err(Rejected::Absent("market")) };
        market.price = self.price.unwrap_or(market.price);
        market.timeout = self.timeout.unwrap_or(market.timeout);
        market.node_xnos_minimum = self.node_xnos_minimum.map_or(market.node_xnos_minimum, u128::from);
        market.access_key = access_key.unwrap_or(market.access_key);
        match self.queue_type {
            Some(kind) => turn(world, address, kind, now_ms),
            None => Ok(()),
        }
    }
}

/// Empties the queue unless it holds the kind already; life then treats the market accordingly.
fn turn(world: &mut World, address: &Key, kind: Kind, now_ms: i64) -> Result<(), Rejected> {
    let Some(market) = world.market_mut(address) else { return Err(Rejected::Absent("market")) };
    let holds = match market.kind {
        QueueKind::Node => Kind::Node,
        QueueKind::Job => Kind::Job,
        QueueKind::Empty => Kind::Empty,
    };
    market.mood = match kind {
        Kind::Node => Mood::Nodes { every: MEAN_WORK, next: MEAN_WORK },
        Kind::Job => Mood::Jobs { backlog: BACKLOG },
        Kind::Empty => Mood::Quiet,
    };
    if holds == kind {
        return Ok(());
    }
    for waiting in market.queue.clone() {
        if holds == Kind::Node {
            world.stop(address, &waiting, now_ms)?;
        } else {
            world.delist(&waiting, now_ms);
        }
    }
    match kind {
        Kind::Empty => {}
        Kind::Job => {
            for _ in 0..BACKLOG {
                world.list(address, MEAN_WORK, now_ms)?;
            }
        }
        Kind::Node => {
            if let Some(market) = world.market_mut(address) {
                market.kind = QueueKind::Node;
            }
        }
    }
    Ok(())
}
