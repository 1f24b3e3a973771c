//! The two axes of a node as JSON columns. What every good look moves (instants and slots) stands in columns of its own,
//! so that confirming a thousand nodes rewrites no JSON.

use domain::{
    address::Address,
    chain::{Chain, ChainAxis, Queued, Running},
    endpoint::{Activity, Answer, AnswerKind, Endpoint, EndpointAxis},
    node::Node,
    reading::Reading,
    status::{Verdict, Word},
    time::Timestamp,
    why::Why,
};
use serde::{Deserialize, Serialize};

use crate::{
    StoreError,
    stored::{millis, signed, time, to_json, unsigned},
};

/// What stands in columns of its own.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(super) struct Columns {
    /// When the chain axis was last known.
    pub chain_at: Option<i64>,
    /// The slot of that look.
    pub chain_slot: Option<i64>,
    /// When the endpoint axis was last known.
    pub endpoint_at: Option<i64>,
    /// When the node itself last answered.
    pub last_ok_at: Option<i64>,
    /// When the chain last confirmed the verdict.
    pub verdict_at: Option<i64>,
}

/// The chain axis without its columns.
#[derive(Debug, Deserialize, Eq, PartialEq, Serialize)]
pub(super) struct ChainShape {
    reading: ReadingShape<ChainState>,
    since: Timestamp,
    nowhere_since: Option<Timestamp>,
    failing: Option<Why>,
}

/// The endpoint axis without its columns.
#[derive(Debug, Deserialize, Eq, PartialEq, Serialize)]
pub(super) struct EndpointShape {
    reading: ReadingShape<EndpointState>,
    since: Timestamp,
    brief_since: Option<Timestamp>,
    long_silence: Option<Timestamp>,
    answer: Option<AnswerShape>,
    failing: Option<Why>,
}

/// The verdict without its column.
#[derive(Debug, Deserialize, Eq, PartialEq, Serialize)]
pub(super) struct VerdictShape {
    word: String,
    silent: bool,
    stuck: bool,
    overdue: bool,
}

#[derive(Debug, Deserialize, Eq, PartialEq, Serialize)]
#[serde(rename_all = "snake_case")]
enum ReadingShape<T> {
    Known { value: T },
    Unknown { since: Timestamp, why: Why, last: Option<T> },
}

#[derive(Clone, Copy, Debug, Deserialize, Eq, PartialEq, Serialize)]
#[serde(rename_all = "snake_case")]
enum ChainState {
    None,
    Queued {
        market: Address,
        position: u32,
        length: u32,
        more: u32,
    },
    Running {
        run: Address,
        job: Address,
        started: Timestamp,
        market: Option<Address>,
        price: Option<u64>,
        timeout: Option<i64>,
        more: u32,
    },
}

#[derive(Debug, Deserialize, Eq, PartialEq, Serialize)]
#[serde(rename_all = "snake_case")]
enum EndpointState {
    Up { activity: String },
    Silent,
}

#[derive(Debug, Deserialize, Eq, PartialEq, Serialize)]
struct AnswerShape {
    kind: String,
    status: Option<u16>,
    ms: u32,
    at: Timestamp,
    activity: Option<String>,
}

impl Columns {
    pub(super) fn of(node: &Node) -> Self {
        Self {
            chain_at: millis(node.chain.reading.latest().map(|(_, at)| at)),
            chain_slot: node.chain.slot.map(signed),
            endpoint_at: millis(node.endpoint.reading.latest().map(|(_, at)| at)),
            last_ok_at: millis(node.endpoint.last_ok),
            verdict_at: millis(node.verdict.map(|verdict| verdict.at)),
        }
    }
}

impl<T> ReadingShape<T> {
    fn of<V>(reading: &Reading<V>, shape: impl Fn(&V) -> T) -> Self {
        match reading {
            Reading::Known { value, .. } => Self::Known { value: shape(value) },
            Reading::Unknown { since, why, last } => {
                Self::Unknown { since: *since, why: *why, last: last.as_ref().map(|(value, _)| shape(value)) }
            }
        }
    }

    fn into_reading<V>(
        self,
        at: Option<i64>,
        value_of: impl Fn(T) -> Result<V, StoreError>,
    ) -> Result<Reading<V>, StoreError> {
        let at =
            || time(at).ok_or_else(|| StoreError::Corrupt("a state that was never confirmed".to_owned()));
        Ok(match self {
            Self::Known { value } => Reading::Known { value: value_of(value)?, at: at()? },
            Self::Unknown { since, why, last: None } => Reading::Unknown { since, why, last: None },
            Self::Unknown { since, why, last: Some(last) } => {
                Reading::Unknown { since, why, last: Some((value_of(last)?, at()?)) }
            }
        })
    }
}

impl ChainShape {
    pub(super) fn of(axis: &ChainAxis) -> Self {
        Self {
            reading: ReadingShape::of(&axis.reading, chain_state),
            since: axis.since,
            nowhere_since: axis.nowhere_since,
            failing: axis.failing,
        }
    }

    pub(super) fn into_axis(self, columns: &Columns) -> Result<ChainAxis, StoreError> {
        Ok(ChainAxis {
            reading: self.reading.into_reading(columns.chain_at, |state| Ok(chain(state)))?,
            since: self.since,
            slot: columns.chain_slot.map(unsigned),
            nowhere_since: self.nowhere_since,
            failing: self.failing,
        })
    }

    pub(super) fn to_json(&self) -> Result<String, StoreError> {
        to_json(self)
    }
}

impl EndpointShape {
    pub(super) fn of(axis: &EndpointAxis) -> Self {
        Self {
            reading: ReadingShape::of(&axis.reading, endpoint_state),
            since: axis.since,
            brief_since: axis.brief_since,
            long_silence: axis.long_silence,
            answer: axis.answer.as_ref().map(answer_shape),
            failing: axis.failing,
        }
    }

    pub(super) fn into_axis(self, columns: &Columns) -> Result<EndpointAxis, StoreError> {
        Ok(EndpointAxis {
            reading: self.reading.into_reading(columns.endpoint_at, endpoint)?,
            since: self.since,
            brief_since: self.brief_since,
            long_silence: self.long_silence,
            last_ok: time(columns.last_ok_at),
            answer: self.answer.as_ref().map(answer).transpose()?,
            failing: self.failing,
        })
    }

    pub(super) fn to_json(&self) -> Result<String, StoreError> {
        to_json(self)
    }

    /// Whether the state and what was said are the same, whatever the milliseconds and the instant of the last probe.
    /// The row keeps the evidence of the first probe that said so: to rewrite it each round costs a thousand times as
    /// much as it tells.
    pub(super) fn goes_on_in(&self, after: &Self) -> bool {
        self.looks_like(after)
            && self.brief_since == after.brief_since
            && self.answer.as_ref().map(|a| &a.activity) == after.answer.as_ref().map(|a| &a.activity)
    }

    /// Whether a person would see a difference: everything but the evidence of the last probe.
    pub(super) fn looks_like(&self, other: &Self) -> bool {
        let evidence = |shape: &Self| shape.answer.as_ref().map(|a| (a.kind.clone(), a.status));
        self.reading == other.reading
            && self.since == other.since
            && self.long_silence == other.long_silence
            && self.failing == other.failing
            && evidence(self) == evidence(other)
    }
}

impl VerdictShape {
    pub(super) fn of(verdict: &Verdict) -> Self {
        let Verdict { word, at: _, silent, stuck, overdue } = *verdict;
        Self { word: word.word().to_owned(), silent, stuck, overdue }
    }

    pub(super) fn into_verdict(self, columns: &Columns) -> Result<Verdict, StoreError> {
        let word =
            Word::from_word(&self.word).ok_or_else(|| StoreError::corrupt("the verdict", &self.word))?;
        let at = time(columns.verdict_at)
            .ok_or_else(|| StoreError::Corrupt("a verdict without its instant".to_owned()))?;
        Ok(Verdict { word, at, silent: self.silent, stuck: self.stuck, overdue: self.overdue })
    }

    pub(super) fn to_json(&self) -> Result<String, StoreError> {
        to_json(self)
    }
}

/// A state of the chain axis as the JSON of an interval.
pub(super) fn chain_detail(state: &Chain) -> Result<Option<String>, StoreError> {
    match state {
        Chain::None => Ok(None),
        Chain::Queued(_) | Chain::Running(_) => to_json(&chain_state(state)).map(Some),
    }
}

fn chain_state(state: &Chain) -> ChainState {
    match *state {
        Chain::None => ChainState::None,
        Chain::Queued(Queued { market, position, length, more }) => {
            ChainState::Queued { market, position, length, more }
        }
        Chain::Running(Running { run, job, started, market, price, timeout, more }) => {
            ChainState::Running { run, job, started, market, price, timeout, more }
        }
    }
}

fn chain(state: ChainState) -> Chain {
    match state {
        ChainState::None => Chain::None,
        ChainState::Queued { market, position, length, more } => {
            Chain::Queued(Queued { market, position, length, more })
        }
        ChainState::Running { run, job, started, market, price, timeout, more } => {
            Chain::Running(Running { run, job, started, market, price, timeout, more })
        }
    }
}

fn endpoint_state(state: &Endpoint) -> EndpointState {
    match state {
        Endpoint::Up(activity) => EndpointState::Up { activity: activity.word().to_owned() },
        Endpoint::Silent => EndpointState::Silent,
    }
}

fn endpoint(state: EndpointState) -> Result<Endpoint, StoreError> {
    Ok(match state {
        EndpointState::Up { activity } => Endpoint::Up(activity_of(&activity)?),
        EndpointState::Silent => Endpoint::Silent,
    })
}

fn answer_shape(answer: &Answer) -> AnswerShape {
    AnswerShape {
        kind: answer.kind.word().to_owned(),
        status: answer.status,
        ms: answer.ms,
        at: answer.at,
        activity: answer.activity.map(|activity| activity.word().to_owned()),
    }
}

fn answer(shape: &AnswerShape) -> Result<Answer, StoreError> {
    let kind = AnswerKind::ALL.into_iter().find(|kind| kind.word() == shape.kind);
    Ok(Answer {
        kind: kind.ok_or_else(|| StoreError::corrupt("the kind of answer", &shape.kind))?,
        status: shape.status,
        ms: shape.ms,
        at: shape.at,
        activity: shape.activity.as_deref().map(activity_of).transpose()?,
    })
}

fn activity_of(word: &str) -> Result<Activity, StoreError> {
    Activity::from_word(word).ok_or_else(|| StoreError::corrupt("the activity", word))
}
