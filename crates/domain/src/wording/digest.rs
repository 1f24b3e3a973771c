//! The daily or weekly summary: jobs, NOS, uptime, what needs attention.

use super::{
    fact::{Fact, Stand},
    figure::Speech,
    message::blank,
};
use crate::{
    alert::{preference::Preferences, summary::Period, words::Words},
    event::EventKind,
    status::{Status, Word},
    time::Timestamp,
};

/// What is summed up.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Digest {
    /// Of which time.
    pub period: Period,
    /// Whether it is a week.
    pub weekly: bool,
    /// How many nodes are watched.
    pub nodes: usize,
    /// Jobs that ended with a result, or that their deployer ended.
    pub jobs: usize,
    /// Jobs that failed or were lost.
    pub failed: usize,
    /// What the jobs paid, in micro-NOS.
    pub micro_nos: i128,
    /// The share of the time that we could see in which the nodes' endpoints answered, in thousandths; `None` = we saw
    /// nothing.
    pub up_per_mille: Option<u16>,
    /// The nodes with their status now, by name.
    pub now: Vec<(String, Status)>,
}

/// A summary as a message.
#[must_use]
pub fn summary(preferences: &Preferences, digest: &Digest, now: Timestamp) -> Words {
    let speech = Speech::of(preferences, now);
    let tongue = speech.tongue;
    let needs: Vec<String> = digest
        .now
        .iter()
        .filter_map(|(name, status)| Some(tongue.title(name, &attention(&speech, status)?)))
        .collect();
    let share = digest.up_per_mille.map(|share| speech.per_cent(share));
    let (from, to) = (speech.dated(digest.period.from), speech.dated(digest.period.to));
    let mut lines = vec![tongue.period(&from, &to)];
    lines.extend((digest.failed > 0).then(|| tongue.failed(digest.failed)));
    lines.extend(share.map(|share| tongue.uptime(digest.nodes, &share)));
    lines.push(tongue.needs(needs.len()));
    lines.extend(needs);
    Words {
        fold: "summary".to_owned(),
        title: tongue.summary(digest.weekly, digest.jobs, &speech.nos(digest.micro_nos)),
        lines,
        at: digest.period.to,
        ..blank(preferences, EventKind::Summary)
    }
}

/// What is wrong with a node, if anything is. What we cannot see needs nobody.
fn attention(speech: &Speech, status: &Status) -> Option<Fact> {
    let silent = |stand| Fact::Silent { since: speech.time(status.since), stand };
    match status.word {
        Word::Unknown => None,
        Word::Offline => Some(silent(Stand::Nowhere)),
        Word::Running if status.silent => Some(silent(Stand::Running)),
        _ if status.silent => Some(silent(Stand::Unknown)),
        _ if status.overdue => Some(Fact::JobOverdue { lasts: true }),
        _ if status.stuck => Some(Fact::Stuck { says: None, stand: Stand::Nowhere }),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::alert::preference::Language;

    const FROM: Timestamp = Timestamp::from_unix_seconds(1_795_420_800);
    const TO: Timestamp = Timestamp::from_unix_seconds(1_795_507_200);

    fn digest(status: Status) -> Digest {
        Digest {
            period: Period { from: FROM, to: TO },
            weekly: false,
            nodes: 14,
            jobs: 12,
            failed: 1,
            micro_nos: 24_000_800,
            up_per_mille: Some(982),
            now: vec![("barn-a".to_owned(), status)],
        }
    }

    fn status(word: Word) -> Status {
        Status { word, since: FROM, why: None, last: None, silent: false, stuck: false, overdue: false }
    }

    fn said(language: Language, digest: &Digest) -> Words {
        summary(&Preferences { language, ..Preferences::default() }, digest, TO)
    }

    #[test]
    fn a_day_is_summed_up_with_what_needs_somebody() {
        let words = said(Language::En, &digest(status(Word::Offline)));
        assert_eq!(words.title, "Your day: 12 jobs, 24.0008 NOS");
        assert_eq!(
            words.lines,
            [
                "From 23 Nov 08:00 to 24 Nov 08:00.",
                "1 job failed.",
                "14 nodes, up for 98.2 % of the time that we could see.",
                "1 node needs you now:",
                "barn-a is offline",
            ]
        );
    }

    #[test]
    fn a_quiet_week_says_so_in_german_and_what_we_cannot_see_needs_nobody() {
        let quiet = Digest { weekly: true, failed: 0, up_per_mille: None, ..digest(status(Word::Unknown)) };
        let words = said(Language::De, &quiet);
        assert_eq!(words.title, "Deine Woche: 12 Jobs, 24,0008 NOS");
        assert_eq!(
            words.lines,
            ["Von 23. November 08:00 bis 24. November 08:00.", "Kein Node braucht dich gerade."]
        );
    }

    #[test]
    fn what_is_silent_stuck_or_overdue_needs_somebody() {
        let needs = |status| said(Language::En, &digest(status)).lines.pop().unwrap();
        assert_eq!(needs(Status { silent: true, ..status(Word::Queued) }), "barn-a is silent");
        assert_eq!(needs(Status { stuck: true, ..status(Word::Up) }), "barn-a is stuck");
        assert_eq!(
            needs(Status { overdue: true, ..status(Word::Running) }),
            "barn-a runs a job past its deadline"
        );
        assert_eq!(needs(status(Word::Running)), "No node needs you now.");
    }
}
