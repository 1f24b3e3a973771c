//! Who is told again of a silence that goes on: whoever asked for it, after the time that they asked for, while it can be
//! seen, until they have seen it.

use domain::event::{Event, EventKind};

use super::{
    super::{facts::Facts, script::NODES, wishes::Night},
    Fact, Fate, Judge, Kind, node,
};

impl Judge<'_> {
    /// What is to be told again at one place.
    pub fn again(&mut self, at: usize, known: &Facts, events: &[Event], now: i64) -> Result<(), String> {
        for index in 0..NODES {
            let told = events.iter().find(|event| event.node == Some(node(index)));
            let due = self.is_due_again(at, known, index, now);
            let sure = self.wishes.night(self.ledgers[at].person, now) != Night::Perhaps;
            if sure && due.is_some() != told.is_some() {
                return Err(format!("at {now} this is told again: {told:?}; but it should be: {due:?}"));
            }
            let Some(event) = told else { continue };
            let since = event.at.unix_seconds();
            let fact = Fact { kind: Kind::Still, node: Some(index), at: since, began: since, seen: now };
            if event.kind != EventKind::StillDown || due.is_some_and(|due| due != since) {
                return Err(format!("at {now} this did not happen: {event:?}"));
            }
            let number = *self.of_key.entry(event.key.clone()).or_insert(self.facts.len());
            if number == self.facts.len() {
                self.facts.push(fact);
            }
            self.ledgers[at].fates.insert(number, Fate::Waits);
        }
        Ok(())
    }

    /// The silence of a node that is due to be told again.
    fn is_due_again(&self, at: usize, known: &Facts, index: usize, now: i64) -> Option<i64> {
        let ledger = &self.ledgers[at];
        let silent = |fact: &Fact| fact.kind == Kind::Silent && fact.node == Some(index);
        let number = self.facts.iter().rposition(silent)?;
        let silence = self.facts[number];
        let heard = ledger.fates.iter().filter_map(|(number, fate)| {
            let fact = &self.facts[*number];
            let about = matches!(fact.kind, Kind::Silent | Kind::Still) && fact.node == silence.node;
            match fate {
                _ if !about || fact.at != silence.at => None,
                Fate::Waits => Some(fact.seen),
                Fate::Told(since) | Fate::Arrived(since) => Some(*since),
                Fate::Muted | Fate::Logged => None,
            }
        });
        let wanted = self.wishes.want(ledger.person, ledger.channel, &silence)
            && !self.wishes.mute(ledger.person, &silence, now)
            && !self.wishes.has_seen(ledger.person, index, silence.at)
            && self.wishes.night(ledger.person, now) != Night::Yes;
        let minutes = self.wishes.again(ledger.person)?;
        let long_ago = now - heard.max()? >= minutes * 60;
        (wanted && long_ago && self.end_of(number).is_none() && known.is_silent(index, now))
            .then_some(silence.at)
    }
}
