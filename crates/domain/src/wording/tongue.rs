//! What a language must be able to say.

use jiff::civil::Date;

use super::{de::De, en::En, fact::Fact};
use crate::{alert::preference::Language, event::EventKind};

/// A language. Names are put in as they were typed.
pub trait Tongue: Sync {
    /// Between whole ones and decimals.
    fn point(&self) -> char;
    /// Between thousands.
    fn thousands(&self) -> char;
    /// So many days.
    fn days(&self, days: i64) -> String;
    /// A day of the year.
    fn date(&self, date: Date) -> String;
    /// One line: what happened, to whom.
    fn title(&self, name: &str, fact: &Fact) -> String;
    /// What follows: the evidence, the consequence, what a person can do.
    fn lines(&self, fact: &Fact) -> Vec<String>;
    /// What happened to several nodes, or several times.
    fn many(&self, many: &Many<'_>) -> String;
    /// What several silences at one time look like.
    fn one_cause(&self) -> String;
    /// What was paid in all.
    fn in_all(&self, nos: &str) -> String;
    /// So many more than are listed.
    fn more(&self, more: usize) -> String;
    /// A node that flaps: how often it fell silent, since when.
    fn unsteady(&self, name: &str, times: usize, since: &str) -> String;
    /// Whether a node that flaps is silent now, and since when it has been as it is.
    fn steady(&self, silent: bool) -> String;
    /// So many things happened in the quiet hours.
    fn night(&self, things: usize) -> String;
    /// What is over, by name and length.
    fn over(&self, what: &[String]) -> String;
    /// We did not watch: from, to.
    fn unwatched(&self, from: &str, to: &str) -> String;
    /// What began and ended meanwhile.
    fn missed(&self, jobs: usize, others: usize) -> String;
}

/// What is said of several at once.
#[derive(Clone, Copy, Debug)]
pub struct Many<'a> {
    /// Of what kind.
    pub kind: EventKind,
    /// How many.
    pub count: usize,
    /// The one tag that they share.
    pub tag: Option<&'a str>,
    /// Within which span they began.
    pub within: Option<&'a str>,
    /// Whether it is over.
    pub over: bool,
}

/// The language of a preference.
pub fn tongue(language: Language) -> &'static dyn Tongue {
    match language {
        Language::En => &En,
        Language::De => &De,
    }
}

/// A sentence with the figures that go with it, where they are known.
pub fn with(text: &str, figures: Option<&str>) -> String {
    figures.map_or_else(|| text.to_owned(), |figures| format!("{text}: {figures}"))
}
