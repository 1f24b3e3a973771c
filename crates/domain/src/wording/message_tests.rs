use std::collections::BTreeMap;

use proptest::prelude::*;

use super::*;
use crate::{
    alert::{
        compose::{NodeNow, Waiting},
        plan::WatchedAs,
        preference::{ClockFormat, Language},
    },
    destination::Channel,
    event::Event,
    rules::Rules,
};

const NODE: Address = Address::new([7; 32]);
const NOW: Timestamp = Timestamp::from_unix_seconds(1_795_485_600);

fn said<T>(preferences: &Preferences, name: &str, say: impl FnOnce(&Desk<'_>) -> T) -> T {
    let watched = WatchedAs { name: name.to_owned(), tags: vec!["Cellar".into()], muted_until: None };
    let nodes = BTreeMap::from([(NODE, NodeNow { watched, judged: None, acknowledged: false })]);
    say(&Desk {
        preferences,
        channel: Channel::Telegram,
        waiting: &[],
        nodes: &nodes,
        told: &[],
        gap: None,
        now: NOW,
        rules: &Rules::default(),
    })
}

fn row(kind: EventKind, subject: &str) -> Waiting {
    let node = (!matches!(kind, EventKind::Blind | EventKind::Sighted | EventKind::DestinationPaused))
        .then_some(NODE);
    let event = Event::of_node(kind, kind.word(), NODE, Some(subject.to_owned()), NOW);
    let event = Event { node, seconds: Some(4_320), micro_nos: Some(2_000_000), ..event };
    Waiting { id: "r".to_owned(), event, recorded: NOW, due: NOW }
}

fn german() -> Preferences {
    Preferences { language: Language::De, ..Preferences::default() }
}

fn single(preferences: &Preferences, kind: EventKind, subject: &str) -> Words {
    let row = row(kind, subject);
    said(preferences, "barn-a", |desk| one(desk, &Item::One(&row)))
}

#[test]
fn the_words_are_those_of_the_design() {
    let title = |kind, subject| single(&Preferences::default(), kind, subject).title;
    assert_eq!(title(EventKind::JobFinished, "run"), "barn-a finished a job: 1 h 12 min, 2.00 NOS");
    assert_eq!(title(EventKind::Back, ""), "barn-a is back after 1 h 12 min");
    assert_eq!(title(EventKind::SolCritical, "4100000"), "barn-a is about to stop: 0.0041 SOL left");
    assert_eq!(title(EventKind::Blind, "chain"), "We cannot see the chain since 02:00");
    assert_eq!(
        title(EventKind::DestinationPaused, "telegram bot was blocked by the user"),
        "Telegram answers “bot was blocked by the user”. We paused it"
    );
}

#[test]
fn german_says_the_same() {
    let title = |kind, subject| single(&german(), kind, subject).title;
    assert_eq!(title(EventKind::JobFinished, "run"), "barn-a hat einen Job beendet: 1 h 12 min, 2,00 NOS");
    assert_eq!(title(EventKind::SolLow, "19999999"), "barn-a hat wenig SOL: noch 0,019999999");
    assert_eq!(
        title(EventKind::Sighted, "endpoints"),
        "Wir sehen die Endpunkte der Nodes wieder, nach 1 h 12 min"
    );
    let stake = single(&german(), EventKind::StakeLow, "4990000/5000000");
    assert_eq!(stake.lines[0], "Er wiegt 4,99 xNOS; der Markt verlangt 5,00.");
}

#[test]
fn every_kind_has_its_words_in_both_languages_alone_and_with_others() {
    for kind in EventKind::ALL {
        for preferences in [Preferences::default(), german()] {
            let (first, second) = (row(kind, "1/2"), row(kind, "1/2"));
            let alone = said(&preferences, "barn-a", |desk| one(desk, &Item::One(&first)));
            let both = [Item::One(&first), Item::One(&second)];
            let together = said(&preferences, "barn-a", |desk| many(desk, &both));
            let night = said(&preferences, "barn-a", |desk| night(desk, &both, &[]));
            for words in [alone, together, night] {
                assert!(!words.title.is_empty() && !words.title.contains('\n'), "{kind:?} {words:?}");
                assert!(!words.title.contains(['!', '{']) && words.lines.iter().all(|line| !line.is_empty()));
                assert!(words.path.starts_with('/') && words.language == preferences.language);
            }
        }
        let languages =
            [Preferences::default(), german()].map(|preferences| single(&preferences, kind, "1/2").title);
        assert_ne!(languages[0], languages[1], "{kind:?}");
    }
}

#[test]
fn times_follow_the_zone_and_the_clock() {
    let preferences =
        Preferences { zone: "Europe/Berlin".into(), clock: ClockFormat::H12, ..Preferences::default() };
    assert_eq!(
        single(&preferences, EventKind::Blind, "chain").title,
        "We cannot see the chain since 3:00 am"
    );
}

#[test]
fn a_long_list_is_cut_and_says_so() {
    let mut rows: Vec<Waiting> = (0..200).map(|_| row(EventKind::SolLow, "5")).collect();
    for (row, node) in rows.iter_mut().zip(0..) {
        row.event.node = Some(Address::new([node; 32]));
    }
    let items: Vec<Item<'_>> = rows.iter().map(Item::One).collect();
    let words = said(&Preferences::default(), "barn-a", |desk| many(desk, &items));
    assert_eq!((words.lines.len(), words.lines.last().unwrap().as_str()), (11, "and 190 more"));
}

#[test]
fn one_node_is_never_called_several() {
    let say = |kind| {
        let rows = [row(kind, ""), row(kind, "")];
        let items: Vec<Item<'_>> = rows.iter().map(Item::One).collect();
        said(&Preferences::default(), "barn-a", |desk| many(desk, &items))
    };
    let kicked = say(EventKind::Kicked);
    assert_eq!(kicked.title, "barn-a was put out of the queue");
    assert_eq!(kicked.lines.last(), Some(&kicked.title), "the earlier one is not forgotten");
    let still = say(EventKind::StillDown);
    assert!(!still.lines.contains(&still.title), "{still:?}");
}

#[test]
fn a_node_without_a_name_is_called_by_its_address_in_short() {
    let row = row(EventKind::Stuck, "");
    let words = said(&Preferences::default(), "", |desk| one(desk, &Item::One(&row)));
    assert!(words.title.contains('…') && words.title.ends_with(" is stuck"), "{}", words.title);
}

proptest! {
    #[test]
    fn a_name_stands_in_the_words_as_it_was_typed(name in "\\PC{1,80}", kind in prop::sample::select(EventKind::ALL.to_vec())) {
        prop_assume!(!name.trim().is_empty());
        let row = row(kind, "1/2");
        let words = said(&Preferences::default(), &name, |desk| one(desk, &Item::One(&row)));
        let told = !matches!(kind, EventKind::Summary | EventKind::Test) && row.event.node.is_some();
        prop_assert!(!told || words.title.contains(name.trim()));
    }
}
