//! Intervals: how long a node was in which state on which axis, without gaps, with "could not look" as a state.

use domain::{address::Address, node::Node, reading::Reading, time::Timestamp, why::Why};

use super::shape::chain_detail;
use crate::{
    Read, StoreError, Write,
    sql::{all, execute, maybe},
    stored::{address, maybe_address, signed, time, why},
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

/// A state as an interval holds it.
struct Standing {
    axis: Axis,
    since: Timestamp,
    state: &'static str,
    subject: Option<String>,
    why: Option<Why>,
    slot: Option<i64>,
    detail: Option<String>,
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

impl Standing {
    /// Whether the interval that holds this holds the other too, word for word.
    fn goes_on_in(&self, other: &Self) -> bool {
        self.state == other.state && self.subject == other.subject && self.why == other.why
    }

    fn of(node: &Node, axis: Axis) -> Result<Self, StoreError> {
        let unknown = |since, why| Self {
            axis,
            since,
            state: "unknown",
            subject: None,
            why: Some(why),
            slot: None,
            detail: None,
        };
        Ok(match axis {
            Axis::Chain => match &node.chain.reading {
                Reading::Unknown { since, why, .. } => unknown(*since, *why),
                Reading::Known { value, .. } => Self {
                    axis,
                    since: node.chain.since,
                    state: value.word(),
                    subject: value.subject().map(|subject| subject.to_string()),
                    why: None,
                    slot: node.chain.slot.map(signed),
                    detail: chain_detail(value)?,
                },
            },
            Axis::Endpoint => match &node.endpoint.reading {
                Reading::Unknown { since, why, .. } => unknown(*since, *why),
                Reading::Known { value, .. } => Self {
                    axis,
                    since: node.endpoint.since,
                    state: value.word(),
                    subject: None,
                    why: None,
                    slot: None,
                    detail: None,
                },
            },
        })
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

impl Write {
    /// Lets the intervals of both axes follow a node from how it was last saved to how it is at `now`.
    pub(super) async fn follow(
        &mut self,
        before: Option<&Node>,
        after: &Node,
        now: Timestamp,
    ) -> Result<(), StoreError> {
        for axis in Axis::ALL {
            let standing = Standing::of(after, axis)?;
            let stood = before.map(|before| Standing::of(before, axis)).transpose()?;
            if !stood.is_some_and(|stood| stood.goes_on_in(&standing)) {
                self.open_interval(&after.address.to_string(), &standing, now).await?;
            }
        }
        Ok(())
    }

    async fn open_interval(
        &mut self,
        node: &str,
        standing: &Standing,
        now: Timestamp,
    ) -> Result<(), StoreError> {
        let open = maybe!(
            self,
            (i64, String, Option<String>, Option<String>),
            "select from_at, state, subject, why from node_interval where node = $1 and axis = $2 and to_at is null",
            node,
            standing.axis.word(),
        )?;
        let why = standing.why.map(Why::code);
        let Some((open_from, state, subject, open_why)) = open else {
            return self.insert_interval(node, standing, standing.since.min(now).millis()).await;
        };
        if state == standing.state && subject == standing.subject {
            if open_why.as_deref() != why {
                self.replace_open(node, standing).await?;
            }
            return Ok(());
        }
        let from = begins(open_from, standing.since, now);
        if from == open_from {
            // The open one lasted no time at all.
            return self.replace_open(node, standing).await;
        }
        execute!(
            self,
            "update node_interval set to_at = $3 where node = $1 and axis = $2 and to_at is null",
            node,
            standing.axis.word(),
            from,
        )?;
        self.insert_interval(node, standing, from).await
    }

    async fn insert_interval(
        &mut self,
        node: &str,
        standing: &Standing,
        from: i64,
    ) -> Result<(), StoreError> {
        execute!(
            self,
            "insert into node_interval (node, axis, from_at, state, subject, why, slot, detail)
             values ($1, $2, $3, $4, $5, $6, $7, $8)",
            node,
            standing.axis.word(),
            from,
            standing.state,
            standing.subject.as_deref(),
            standing.why.map(Why::code),
            standing.slot,
            standing.detail.as_deref(),
        )?;
        Ok(())
    }

    async fn replace_open(&mut self, node: &str, standing: &Standing) -> Result<(), StoreError> {
        execute!(
            self,
            "update node_interval set state = $3, subject = $4, why = $5, slot = $6, detail = $7
             where node = $1 and axis = $2 and to_at is null",
            node,
            standing.axis.word(),
            standing.state,
            standing.subject.as_deref(),
            standing.why.map(Why::code),
            standing.slot,
            standing.detail.as_deref(),
        )?;
        Ok(())
    }
}

/// Where the next interval begins: at the state's own instant when that lies within the open one, else at the moment
/// at which it was seen. What was already told is not rewritten: a run that began before a time in which we could not
/// look leaves that time in the history. A clock that stepped back makes no interval end before it began.
fn begins(open_from: i64, since: Timestamp, now: Timestamp) -> i64 {
    let now = now.millis().max(open_from);
    if (open_from..=now).contains(&since.millis()) && since.millis() > open_from {
        since.millis()
    } else {
        now
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_interval_begins_at_its_own_instant_or_when_it_was_seen_and_never_backwards() {
        let at = Timestamp::from_millis;
        assert_eq!(begins(100, at(150), at(200)), 150);
        assert_eq!(begins(100, at(50), at(200)), 200);
        assert_eq!(begins(100, at(100), at(200)), 200);
        assert_eq!(begins(100, at(i64::MAX), at(200)), 200);
        assert_eq!(begins(100, at(50), at(60)), 100);
    }
}
