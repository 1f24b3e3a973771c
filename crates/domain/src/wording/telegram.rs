//! What the Telegram bot answers: the facts of an answer, and the answer as plain text. Who sends it escapes it.

mod de;
mod en;
mod figure;

use jiff::tz::TimeZone;

use crate::{
    alert::preference::{ClockFormat, Language, Preferences},
    money::Paid,
    sight::Source,
    status::{Status, Word},
    time::Timestamp,
};

/// How a person is spoken to.
#[derive(Clone, Debug)]
pub struct Voice {
    /// In which language.
    pub language: Language,
    /// How hours are written.
    pub clock: ClockFormat,
    /// On which clock.
    pub zone: TimeZone,
    /// When this is said.
    pub now: Timestamp,
}

/// An answer: one line that stands out, and what follows. Plain text that may hold what a person typed.
#[derive(Clone, Debug, Default, Eq, PartialEq)]
pub struct Reply {
    /// The line that stands out.
    pub title: String,
    /// Each one line; an empty one is a gap.
    pub lines: Vec<String>,
}

/// What the bot says.
#[derive(Clone, Debug, PartialEq)]
pub enum Said {
    /// To a chat that is linked to nothing.
    HowToLink,
    /// A code that is no good, or no longer.
    CodeRefused,
    /// Too many codes that were no good came from this chat.
    TooManyCodes,
    /// The chat is linked now.
    Linked {
        /// How many nodes it hears of.
        nodes: usize,
    },
    /// What can be asked; to `/start` in a linked chat too.
    Help,
    /// A command or a text that means nothing to the bot.
    NotUnderstood,
    /// Nobody watches a node here.
    NoNodes,
    /// How everything is.
    Status(Vec<NodeNow>, Vec<(Source, Timestamp)>),
    /// Each node.
    Nodes(Vec<NodeNow>),
    /// What each wallet holds.
    Balance(Vec<Wallet>),
    /// What the jobs paid.
    Earnings(Box<Earnings>),
    /// Which nodes are muted, and how to mute.
    Mutes(Vec<(String, Timestamp)>),
    /// These nodes are silent until then.
    Muted(Vec<String>, Timestamp),
    /// These nodes are spoken of again.
    Unmuted(Vec<String>),
    /// No node is called that.
    NoSuchNode(String),
    /// Several nodes are called like that.
    Several(String, Vec<String>),
}

/// What is said to who pressed a button, and written under the message.
#[derive(Clone, Debug, Eq, PartialEq)]
pub enum Pressed {
    /// The node is muted until then.
    Muted(Timestamp),
    /// They have seen it.
    Seen,
    /// The chat hears of no such node or message any more.
    NotYours,
}

/// A node as the bot tells of it.
#[derive(Clone, Debug, PartialEq)]
pub struct NodeNow {
    /// The person's name for it, or the start of its address.
    pub name: String,
    /// Its status.
    pub status: Status,
    /// Its place in the queue and the queue's length.
    pub place: Option<(u32, u32)>,
    /// Until when nothing is sent of it.
    pub muted_until: Option<Timestamp>,
}

/// An amount in the smallest unit, with what is known of it.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Held {
    /// It is known.
    Known(i64),
    /// It was known then.
    Stale(i64, Timestamp),
    /// It was never read.
    Unknown,
}

/// What a node's wallet holds.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Wallet {
    /// The node's name.
    pub name: String,
    /// Lamports.
    pub sol: Held,
    /// Micro-NOS.
    pub nos: Held,
    /// Micro-xNOS.
    pub stake: Held,
    /// Whether the SOL is under the warning's threshold.
    pub low: bool,
}

/// What the jobs paid, by the days of the person's own clock.
#[derive(Clone, Copy, Debug, Default, Eq, PartialEq)]
pub struct Earnings {
    /// Since midnight.
    pub today: Paid,
    /// The day before.
    pub yesterday: Paid,
    /// Since the first of the month.
    pub month: Paid,
    /// All that is known of.
    pub all: Paid,
    /// How many jobs run, and what they have earned so far.
    pub running: (u64, i128),
}

/// What a node counts as: every node as one of them.
#[derive(Clone, Copy, Debug, Eq, Ord, PartialEq, PartialOrd)]
enum Class {
    Running,
    Queued,
    Up,
    Stuck,
    Silent,
    Offline,
    Unknown,
}

impl Class {
    const ALL: [Self; 7] =
        [Self::Running, Self::Queued, Self::Up, Self::Stuck, Self::Silent, Self::Offline, Self::Unknown];

    const fn of(status: &Status) -> Self {
        match status.word {
            _ if status.silent => Self::Silent,
            Word::Running => Self::Running,
            Word::Queued => Self::Queued,
            Word::Up if status.stuck => Self::Stuck,
            Word::Up => Self::Up,
            Word::Offline => Self::Offline,
            Word::Unknown => Self::Unknown,
        }
    }
}

impl NodeNow {
    /// Whether somebody should look after it.
    const fn needs_you(&self) -> bool {
        matches!(Class::of(&self.status), Class::Stuck | Class::Silent | Class::Offline)
            || self.status.overdue
    }
}

/// How many nodes count as what, without those of which there are none.
fn counts(nodes: &[NodeNow]) -> Vec<(Class, usize)> {
    let count = |class| nodes.iter().filter(|node| Class::of(&node.status) == class).count();
    Class::ALL.into_iter().map(|class| (class, count(class))).filter(|(_, count)| *count > 0).collect()
}

/// The sum of what is known or was, and whether all of it is known.
fn total(amounts: impl Iterator<Item = Held>) -> (i128, bool) {
    amounts.fold((0, true), |(sum, all), held| match held {
        Held::Known(amount) => (sum + i128::from(amount), all),
        Held::Stale(amount, _) => (sum + i128::from(amount), false),
        Held::Unknown => (sum, false),
    })
}

impl Voice {
    /// As a space wants to be spoken to.
    #[must_use]
    pub fn of(preferences: &Preferences, now: Timestamp) -> Self {
        let Preferences { language, clock, .. } = preferences;
        Self { language: *language, clock: *clock, zone: preferences.time_zone(), now }
    }

    /// To somebody of whom nothing is known but their Telegram's language.
    #[must_use]
    pub const fn stranger(german: bool, now: Timestamp) -> Self {
        let language = if german { Language::De } else { Language::En };
        Self { language, clock: ClockFormat::H24, zone: TimeZone::UTC, now }
    }

    /// The answer in words.
    #[must_use]
    pub fn say(&self, said: &Said) -> Reply {
        match self.language {
            Language::En => en::reply(said, self),
            Language::De => de::reply(said, self),
        }
    }

    /// What is shown to who pressed a button.
    #[must_use]
    pub fn shown(&self, pressed: &Pressed) -> String {
        match self.language {
            Language::En => en::shown(pressed, self),
            Language::De => de::shown(pressed, self),
        }
    }

    /// The line under a message whose button was pressed, with who pressed it.
    #[must_use]
    pub fn noted(&self, pressed: &Pressed, who: &str) -> String {
        match self.language {
            Language::En => en::noted(pressed, who, self),
            Language::De => de::noted(pressed, who, self),
        }
    }

    /// The bot's commands with what each does, for Telegram's menu.
    #[must_use]
    pub const fn menu(language: Language) -> [(&'static str, &'static str); 6] {
        match language {
            Language::En => en::MENU,
            Language::De => de::MENU,
        }
    }
}

#[cfg(test)]
#[path = "telegram_tests.rs"]
mod tests;
