//! One place where a person is told: its rows, the message that is on its way, and the provider behind it.

use std::{collections::VecDeque, time::Duration};

use domain::{
    alert::{
        compose::{Composed, Told, Waiting},
        outcome::Outcome,
        plan::RowState,
        preference::Preferences,
        schedule::{self, Next},
    },
    destination::Channel,
    event::Event,
};

use super::{house::stamp, rule::Rule, script::Fault};

/// A row of the outbox.
#[derive(Clone, Debug)]
pub struct Row {
    pub event: Event,
    pub recorded: i64,
    pub due: i64,
    pub state: RowState,
}

/// A message that was not taken yet.
#[derive(Clone, Debug)]
pub struct Message {
    pub number: usize,
    /// The keys of what it tells.
    pub tells: Vec<String>,
    pub due: i64,
    attempts: u32,
}

/// The place.
pub struct Desk {
    pub person: usize,
    pub channel: Channel,
    pub rows: Vec<Row>,
    pub told: Vec<Told>,
    pub messages: VecDeque<Message>,
    pub fault: Option<(Fault, i64)>,
    failing_since: Option<i64>,
    made: usize,
}

/// What an attempt brought, as the provider saw it.
#[derive(Clone, Debug)]
pub struct Attempt {
    pub taken: bool,
    /// Until when the provider asked to be left alone.
    pub asked: Option<i64>,
}

/// Seconds of an instant, rounded up: a driver that wakes each second does not see parts of one.
pub fn second(at: domain::time::Timestamp) -> i64 {
    -(-at.millis()).div_euclid(1_000)
}

impl Desk {
    pub const fn new(person: usize, channel: Channel) -> Self {
        Self {
            person,
            channel,
            rows: Vec::new(),
            told: Vec::new(),
            messages: VecDeque::new(),
            fault: None,
            failing_since: None,
            made: 0,
        }
    }

    /// When something is to be done here.
    pub fn wake(&self) -> Option<i64> {
        self.messages.front().map(|message| message.due).or_else(|| {
            let waiting = self.rows.iter().filter(|row| row.state == RowState::Waiting);
            waiting.map(|row| row.due).min()
        })
    }

    /// The rows that wait, by their numbers.
    pub fn waiting(&self) -> Vec<Waiting> {
        let rows = self.rows.iter().enumerate().filter(|(_, row)| row.state == RowState::Waiting);
        rows.map(|(id, row)| Waiting {
            id: id.to_string(),
            event: row.event.clone(),
            recorded: stamp(row.recorded),
            due: stamp(row.due),
        })
        .collect()
    }

    pub fn key(&self, id: &str) -> &str {
        &self.row(id).event.key
    }

    fn row(&self, id: &str) -> &Row {
        &self.rows[id.parse::<usize>().unwrap()]
    }

    fn row_mut(&mut self, id: &str) -> &mut Row {
        &mut self.rows[id.parse::<usize>().unwrap()]
    }

    /// Writes down what was made up.
    pub fn fold(&mut self, composed: Composed, now: i64, rule: Rule) {
        for id in &composed.logged {
            self.row_mut(id).state = RowState::Logged;
        }
        for id in &composed.muted {
            self.row_mut(id).state = RowState::Muted;
        }
        for (id, until) in &composed.later {
            self.row_mut(id).due = second(*until);
        }
        for draft in composed.messages {
            for id in &draft.rows {
                let again = rule == Rule::ToldAgain && self.made % 3 == 1;
                let row = self.row_mut(id);
                if !again {
                    row.state = RowState::Told;
                }
                let event = row.event.clone();
                self.told.push(Told { event, at: stamp(now) });
            }
            let tells = draft.rows.iter().map(|id| self.key(id).to_owned()).collect();
            let number = self.made;
            self.made += 1;
            self.messages.push_back(Message { number, tells, due: now, attempts: 0 });
        }
    }

    /// Sends the oldest message once. `forgets`: the program dies before the answer is written down.
    pub fn attempt(&mut self, now: i64, jitter: u16, forgets: bool, bent: (Rule, &Preferences)) -> Attempt {
        let (rule, preferences) = bent;
        let fault = self.fault.filter(|(_, until)| now < *until).map(|(fault, _)| fault);
        let mut asked = None;
        let outcome = match fault {
            None => Outcome::Accepted { id: None },
            Some(Fault::Busy(seconds)) => {
                asked = Some(now + i64::from(seconds));
                let after = (rule != Rule::RetryAfterIgnored).then(|| Duration::from_secs(seconds.into()));
                Outcome::Later { after }
            }
            Some(Fault::Broken) => Outcome::Later { after: None },
            Some(Fault::Hangs) => Outcome::Unclear,
        };
        let taken = fault.is_none();
        if taken && forgets {
            return Attempt { taken, asked };
        }
        let failing_since = *self.failing_since.get_or_insert(now);
        let message = self.messages.front_mut().unwrap();
        message.attempts += 1;
        let next = schedule::next(message.attempts, stamp(failing_since), &outcome, stamp(now), jitter);
        match next.after_quiet(preferences) {
            Next::Retry { at } if rule != Rule::LostOnFailure => message.due = second(at),
            _ => {
                self.messages.pop_front();
            }
        }
        if taken {
            self.failing_since = None;
        }
        Attempt { taken, asked }
    }
}
