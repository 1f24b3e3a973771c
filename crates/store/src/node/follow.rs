//! Lets the intervals of a node follow its state: one ends where the next begins.

use domain::{node::Node, reading::Reading, time::Timestamp, why::Why};

use super::{interval::Axis, shape::chain_detail};
use crate::{
    StoreError, Write,
    sql::{execute, maybe},
    stored::signed,
};

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
