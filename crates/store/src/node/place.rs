//! A node's place in a queue as it moved.

use domain::{
    address::Address,
    chain::{Chain, Queued},
    node::Node,
    time::Timestamp,
};

use crate::{
    Read, StoreError, Write,
    sql::{all, execute},
    stored::address,
};

/// Where a node stood in a queue from an instant on.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct Place {
    /// When it was first seen there.
    pub at: Timestamp,
    /// Whose queue.
    pub market: Address,
    /// 1 = next to be served.
    pub position: u32,
    /// How many waited.
    pub length: u32,
}

/// A queue that only grew or shrank behind a node is noted no sooner than this after the last note.
const PATIENCE_MS: i64 = 60_000;

type Row = (i64, String, i64, i64);

fn place((at, market, position, length): Row) -> Result<Place, StoreError> {
    let number = |value: i64| u32::try_from(value).map_err(|_| StoreError::corrupt("a place in a queue", ""));
    Ok(Place {
        at: Timestamp::from_millis(at),
        market: address(&market)?,
        position: number(position)?,
        length: number(length)?,
    })
}

fn queued(node: &Node) -> Option<&Queued> {
    match node.chain.reading.known() {
        Some(Chain::Queued(queued)) => Some(queued),
        _ => None,
    }
}

impl Read {
    /// The places of a node in `[from, to)`, oldest first, led by the one where it stood before `from`. At most the
    /// newest `limit` of them.
    ///
    /// # Errors
    /// When the store cannot be read.
    pub async fn queue_places(
        &mut self,
        node: &Address,
        from: Timestamp,
        to: Timestamp,
        limit: u32,
    ) -> Result<Vec<Place>, StoreError> {
        let mut places = all!(
            self,
            Row,
            "select at, market, position, length from queue_place
             where node = $1 and at < $3
               and at >= coalesce((select max(at) from queue_place where node = $1 and at <= $2), $2)
             order by at desc limit $4",
            node.to_string(),
            from.millis(),
            to.millis(),
            i64::from(limit),
        )?
        .into_iter()
        .map(place)
        .collect::<Result<Vec<Place>, StoreError>>()?;
        places.reverse();
        Ok(places)
    }
}

impl Write {
    /// Notes where a node stands in a queue when it moved, or when the queue's length changed and the last note is old
    /// enough.
    pub(super) async fn follow_place(
        &mut self,
        before: &Node,
        after: &Node,
        now: Timestamp,
    ) -> Result<(), StoreError> {
        let Some(place) = queued(after) else { return Ok(()) };
        if queued(before) == Some(place) {
            return Ok(());
        }
        execute!(
            self,
            "insert into queue_place (node, at, market, position, length)
             select $1, $2, $3, $4, $5 where not exists (
               select 1 from queue_place
               where node = $1 and at = (select max(at) from queue_place where node = $1)
                 and at > $6 and market = $3 and position = $4)
             on conflict (node, at) do update set
               market = excluded.market, position = excluded.position, length = excluded.length",
            after.address.to_string(),
            now.millis(),
            place.market.to_string(),
            i64::from(place.position),
            i64::from(place.length),
            now.millis().saturating_sub(PATIENCE_MS),
        )?;
        Ok(())
    }
}
