//! Intervals: how long a node was in which state on which axis, without gaps, with "could not look" as a state.

use domain::{address::Address, time::Timestamp, why::Why};

use crate::{
    Read, StoreError,
    sql::{all, maybe},
    stored::{address, maybe_address, time, why},
};

/// One of the two axes of a node.
#[derive(Clone, Copy, Debug, Eq, Hash, PartialEq)]
pub enum Axis {
    /// What the chain says.
    Chain,
    /// What the node's own endpoint says.
    Endpoint,
}

/// One state of one axis from one instant to another, the end not included.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Span {
    /// Whose.
    pub node: Address,
    /// Of which axis.
    pub axis: Axis,
    /// Its first instant.
    pub from: Timestamp,
    /// The first instant after it; `None` while it goes on.
    pub to: Option<Timestamp>,
    /// `running`, `queued`, `none`, `up`, `silent` or `unknown`.
    pub state: String,
    /// The run or the market.
    pub subject: Option<Address>,
    /// Why it is unknown.
    pub why: Option<Why>,
}

impl Axis {
    /// Both.
    pub const ALL: [Self; 2] = [Self::Chain, Self::Endpoint];

    /// The word of the database.
    #[must_use]
    pub const fn word(self) -> &'static str {
        match self {
            Self::Chain => "chain",
            Self::Endpoint => "endpoint",
        }
    }

    fn from_word(word: &str) -> Result<Self, StoreError> {
        Self::ALL
            .into_iter()
            .find(|axis| axis.word() == word)
            .ok_or_else(|| StoreError::corrupt("the axis", word))
    }
}

type SpanRow = (String, String, i64, Option<i64>, String, Option<String>, Option<String>);

fn span((node, axis, from, to, state, subject, code): SpanRow) -> Result<Span, StoreError> {
    Ok(Span {
        node: address(&node)?,
        axis: Axis::from_word(&axis)?,
        from: Timestamp::from_millis(from),
        to: time(to),
        state,
        subject: maybe_address(subject.as_deref())?,
        why: code.as_deref().map(why).transpose()?,
    })
}

impl Read {
    /// The spans of a space's nodes that touch `[from, to)`, by node, axis and time.
    ///
    /// # Errors
    /// When the store cannot be read.
    pub async fn history(
        &mut self,
        space: &str,
        from: Timestamp,
        to: Timestamp,
    ) -> Result<Vec<Span>, StoreError> {
        all!(
            self,
            SpanRow,
            "select node, axis, from_at, to_at, state, subject, why from node_interval
             where node in (select address from watch where space = $1 and deleted_at is null)
               and from_at < $3 and (to_at is null or to_at > $2)
             order by node, axis, from_at",
            space,
            from.millis(),
            to.millis(),
        )?
        .into_iter()
        .map(span)
        .collect()
    }

    /// The market in whose queue a node last stood before an instant.
    ///
    /// # Errors
    /// When the store cannot be read.
    pub async fn last_queue(
        &mut self,
        node: &Address,
        before: Timestamp,
    ) -> Result<Option<Address>, StoreError> {
        let row = maybe!(
            self,
            (Option<String>,),
            "select subject from node_interval
             where node = $1 and axis = 'chain' and state = 'queued' and from_at < $2
             order by from_at desc limit 1",
            node.to_string(),
            before.millis(),
        )?;
        maybe_address(row.and_then(|(market,)| market).as_deref())
    }

    /// The spans of one node that touch `[from, to)`, by axis and time.
    ///
    /// # Errors
    /// When the store cannot be read.
    pub async fn node_history(
        &mut self,
        node: &Address,
        from: Timestamp,
        to: Timestamp,
    ) -> Result<Vec<Span>, StoreError> {
        all!(
            self,
            SpanRow,
            "select node, axis, from_at, to_at, state, subject, why from node_interval
             where node = $1 and from_at < $3 and (to_at is null or to_at > $2)
             order by axis, from_at",
            node.to_string(),
            from.millis(),
            to.millis(),
        )?
        .into_iter()
        .map(span)
        .collect()
    }
}
