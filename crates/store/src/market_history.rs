//! The past of markets: queue, runs and price, a row when something changed and at most one a minute for each.

use std::collections::HashMap;

use domain::{address::Address, market::QueueKind, time::Timestamp};

use crate::{
    Read, StoreError, Write,
    sql::{all, execute},
};

/// A market at one moment, as far as its past is kept.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct MarketSample {
    /// Which.
    pub market: Address,
    /// What waited.
    pub queue_kind: QueueKind,
    /// How many waited.
    pub queue_length: u32,
    /// How many of its jobs ran.
    pub runs: u32,
    /// Micro-NOS per second.
    pub price: u64,
}

/// How a market was from an instant on.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct MarketPoint {
    /// When it was first seen so.
    pub at: Timestamp,
    /// What waited: `job`, `node`, `empty` or `other`.
    pub queue_kind: String,
    /// How many waited.
    pub queue_length: u32,
    /// How many of its jobs ran.
    pub runs: u32,
    /// Micro-NOS per second.
    pub price: u64,
}

/// The least time between two rows of one market.
const PATIENCE_MS: i64 = 60_000;

impl MarketSample {
    /// What the market's row remembers of the last note, to tell whether another is worth it.
    fn digest(&self) -> String {
        format!("{} {} {} {}", self.queue_kind.word(), self.queue_length, self.runs, self.price)
    }
}

type Row = (i64, String, i64, i64, String);

fn point((at, queue_kind, length, runs, price): Row) -> Result<MarketPoint, StoreError> {
    let number = |value: i64| u32::try_from(value).map_err(|_| StoreError::corrupt("a market's past", ""));
    Ok(MarketPoint {
        at: Timestamp::from_millis(at),
        queue_kind,
        queue_length: number(length)?,
        runs: number(runs)?,
        price: price.parse().map_err(|_| StoreError::corrupt("the price of a market", &price))?,
    })
}

impl Read {
    /// How a market was in `[from, to)`, oldest first, led by how it was before `from`. At most the newest `limit`
    /// rows.
    ///
    /// # Errors
    /// When the store cannot be read.
    pub async fn market_history(
        &mut self,
        market: &Address,
        from: Timestamp,
        to: Timestamp,
        limit: u32,
    ) -> Result<Vec<MarketPoint>, StoreError> {
        let mut points = all!(
            self,
            Row,
            "select at, queue_kind, queue_length, runs, price from market_history
             where market = $1 and at < $3
               and at >= coalesce((select max(at) from market_history where market = $1 and at <= $2), $2)
             order by at desc limit $4",
            market.to_string(),
            from.millis(),
            to.millis(),
            i64::from(limit),
        )?
        .into_iter()
        .map(point)
        .collect::<Result<Vec<MarketPoint>, StoreError>>()?;
        points.reverse();
        Ok(points)
    }
}

impl Write {
    /// Notes how the markets are at `now`: those that differ from their last note, when that is a minute old. Call it
    /// after [`Write::save_markets`], with every market of a good scan: a change that was too soon is noted by a later
    /// call.
    ///
    /// # Errors
    /// When the store cannot be written.
    pub async fn note_markets(&mut self, samples: &[MarketSample], now: Timestamp) -> Result<(), StoreError> {
        let noted: HashMap<String, (Option<i64>, Option<String>)> =
            all!(self, (String, Option<i64>, Option<String>), "select address, noted_at, noted from market")?
                .into_iter()
                .map(|(address, at, digest)| (address, (at, digest)))
                .collect();
        for sample in samples {
            let (address, digest) = (sample.market.to_string(), sample.digest());
            let Some((at, last)) = noted.get(&address) else { continue };
            let too_soon = at.is_some_and(|at| (0..PATIENCE_MS).contains(&now.millis().saturating_sub(at)));
            if too_soon || last.as_ref() == Some(&digest) {
                continue;
            }
            self.note_market(&address, sample, &digest, now).await?;
        }
        Ok(())
    }

    async fn note_market(
        &mut self,
        address: &str,
        sample: &MarketSample,
        digest: &str,
        now: Timestamp,
    ) -> Result<(), StoreError> {
        execute!(
            self,
            "insert into market_history (market, at, queue_kind, queue_length, runs, price)
             values ($1, $2, $3, $4, $5, $6) on conflict (market, at) do update set
               queue_kind = excluded.queue_kind, queue_length = excluded.queue_length, runs = excluded.runs,
               price = excluded.price",
            address,
            now.millis(),
            sample.queue_kind.word(),
            i64::from(sample.queue_length),
            i64::from(sample.runs),
            sample.price.to_string(),
        )?;
        execute!(
            self,
            "update market set noted_at = $2, noted = $3 where address = $1",
            address,
            now.millis(),
            digest,
        )?;
        Ok(())
    }
}
