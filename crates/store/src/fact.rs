//! Facts about a node: what its wallet holds, typed, and what is merely shown of it, as JSON.

use domain::{
    address::Address,
    node::{Machine, Purse},
    reading::Reading,
    time::Timestamp,
};

use crate::{
    Read, StoreError, Write,
    sql::{all, execute, maybe},
    stored::{from_json, time, to_json, why},
};

/// The newest facts of a node.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Facts {
    /// What its wallet holds.
    pub purse: Purse,
    /// What it says of its machine, and when it said so first.
    pub machine: Option<(Machine, Timestamp)>,
}

const MACHINE: &str = "machine";

/// A [`Reading`] in columns: the last value with its instant, and since when and why it no longer counts.
struct Balance {
    amount: Option<i64>,
    at: Option<i64>,
    since: Option<i64>,
    why: Option<&'static str>,
}

impl Balance {
    fn of(reading: &Reading<i64>) -> Self {
        let latest = reading.latest();
        let unknown = match reading {
            Reading::Known { .. } => None,
            Reading::Unknown { since, why, .. } => Some((since, why)),
        };
        Self {
            amount: latest.map(|(amount, _)| *amount),
            at: latest.map(|(_, at)| at.millis()),
            since: unknown.map(|(since, _)| since.millis()),
            why: unknown.map(|(_, why)| why.code()),
        }
    }
}

type BalanceRow = (String, Option<i64>, Option<i64>, Option<i64>, Option<String>);

fn reading((kind, amount, at, since, code): BalanceRow) -> Result<(String, Reading<i64>), StoreError> {
    let latest = amount.zip(time(at));
    let reading = match (latest, time(since), code) {
        (Some((value, at)), None, None) => Reading::Known { value, at },
        (last, Some(since), Some(code)) => Reading::Unknown { since, why: why(&code)?, last },
        _ => return Err(StoreError::corrupt("the balance", &kind)),
    };
    Ok((kind, reading))
}

impl Read {
    /// The newest facts of a node.
    ///
    /// # Errors
    /// When the store cannot be read.
    pub async fn facts(&mut self, node: &Address) -> Result<Facts, StoreError> {
        let name = node.to_string();
        let first_seen =
            maybe!(self, (i64,), "select first_seen_at from node where address = $1", name.as_str())?;
        let mut purse = Purse::new(Timestamp::from_millis(first_seen.map_or(0, |(at,)| at)));
        let rows = all!(
            self,
            BalanceRow,
            "select kind, amount, at, since, why from balance where node = $1",
            name.as_str()
        )?;
        for row in rows {
            let (kind, reading) = reading(row)?;
            match kind.as_str() {
                "sol" => purse.sol = reading,
                "nos" => purse.nos = reading,
                "stake" => purse.stake = reading,
                other => return Err(StoreError::corrupt("the kind of balance", other)),
            }
        }
        let machine = self.newest_fact(&name, MACHINE).await?;
        let machine = machine
            .map(|(json, at)| Ok::<_, StoreError>((from_json("a machine", &json)?, at)))
            .transpose()?;
        Ok(Facts { purse, machine })
    }

    async fn newest_fact(
        &mut self,
        node: &str,
        name: &str,
    ) -> Result<Option<(String, Timestamp)>, StoreError> {
        let row = maybe!(
            self,
            (String, i64),
            "select value, at from fact where node = $1 and name = $2 order by at desc limit 1",
            node,
            name,
        )?;
        Ok(row.map(|(value, at)| (value, Timestamp::from_millis(at))))
    }
}

impl Write {
    /// Saves what a node's wallet holds.
    ///
    /// # Errors
    /// When the store cannot be written; [`StoreError::Conflict`] with `foreign_key` when the node has no row.
    pub async fn save_purse(&mut self, node: &Address, purse: &Purse) -> Result<(), StoreError> {
        let name = node.to_string();
        let (sol, nos, stake) = (Balance::of(&purse.sol), Balance::of(&purse.nos), Balance::of(&purse.stake));
        execute!(
            self,
            "insert into balance (node, kind, amount, at, since, why) values
               ($1, 'sol', $2, $3, $4, $5), ($1, 'nos', $6, $7, $8, $9), ($1, 'stake', $10, $11, $12, $13)
             on conflict (node, kind) do update set
               amount = excluded.amount, at = excluded.at, since = excluded.since, why = excluded.why",
            name,
            sol.amount,
            sol.at,
            sol.since,
            sol.why,
            nos.amount,
            nos.at,
            nos.since,
            nos.why,
            stake.amount,
            stake.at,
            stake.since,
            stake.why,
        )?;
        Ok(())
    }

    /// Saves what a node says of its machine at `at`, when it says something new.
    ///
    /// # Errors
    /// When the store cannot be written; [`StoreError::Conflict`] with `foreign_key` when the node has no row.
    pub async fn save_machine(
        &mut self,
        node: &Address,
        machine: &Machine,
        at: Timestamp,
    ) -> Result<(), StoreError> {
        let (name, value) = (node.to_string(), to_json(machine)?);
        if self.newest_fact(&name, MACHINE).await?.is_some_and(|(newest, _)| newest == value) {
            return Ok(());
        }
        execute!(
            self,
            "insert into fact (node, name, at, value) values ($1, $2, $3, $4)
             on conflict (node, name, at) do update set value = excluded.value",
            name,
            MACHINE,
            at.millis(),
            value,
        )?;
        Ok(())
    }
}
