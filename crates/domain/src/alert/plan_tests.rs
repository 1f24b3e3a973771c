use super::*;
use crate::address::Address;

const NODE: Address = Address::new([7; 32]);
const NOW: Timestamp = Timestamp::from_unix_seconds(1_000_000);

fn event(kind: EventKind, age: u64) -> Event {
    Event::of_node(kind, kind.word(), NODE, None, NOW.minus(Duration::from_secs(age)))
}

fn planned(kind: EventKind, age: u64, preferences: &Preferences, node: &WatchedAs) -> Option<Planned> {
    let listener = Listener { preferences, channel: Channel::Push, node: Some(node) };
    plan(&event(kind, age), &listener, &Rules::default(), NOW)
}

fn simply(kind: EventKind, age: u64) -> Option<Planned> {
    planned(kind, age, &Preferences::default(), &WatchedAs::default())
}

#[test]
fn silences_and_kicks_are_held_for_a_round_and_the_rest_goes_at_once() {
    let due = |kind| simply(kind, 0).unwrap().due.since(NOW);
    for held in [EventKind::Silent, EventKind::Offline, EventKind::Stuck, EventKind::Kicked] {
        assert_eq!(due(held), Rules::default().hold());
    }
    for kind in [EventKind::Back, EventKind::JobFailed, EventKind::SolLow, EventKind::DestinationPaused] {
        assert_eq!(due(kind), Duration::ZERO);
    }
}

#[test]
fn what_nobody_wants_makes_no_row() {
    assert_eq!(simply(EventKind::JobFinished, 0), None, "push leaves good news out");
    assert_eq!(simply(EventKind::Queued, 0), None, "for the log only");
}

#[test]
fn a_muted_node_makes_a_row_that_is_never_sent() {
    let muted = WatchedAs { muted_until: Some(NOW.plus(Duration::from_millis(1))), ..WatchedAs::default() };
    let state = |node| planned(EventKind::Offline, 0, &Preferences::default(), node).unwrap().state;
    assert_eq!(state(&muted), RowState::Muted);
    let over = WatchedAs { muted_until: Some(NOW), ..WatchedAs::default() };
    assert_eq!(state(&over), RowState::Waiting);
    let mut preferences = Preferences::default();
    preferences.muted_tags.insert("barn".into(), NOW.millis() + 1);
    let tagged = WatchedAs { tags: vec!["barn".into()], ..WatchedAs::default() };
    assert_eq!(planned(EventKind::Offline, 0, &preferences, &tagged).unwrap().state, RowState::Muted);
}

#[test]
fn a_job_of_this_morning_is_no_news_in_the_evening() {
    assert_eq!(simply(EventKind::JobFailed, 6 * 3_600).unwrap().state, RowState::Waiting);
    assert_eq!(simply(EventKind::JobFailed, 6 * 3_600 + 1).unwrap().state, RowState::Logged);
    assert_eq!(simply(EventKind::Offline, 7 * 3_600).unwrap().state, RowState::Waiting);
}

#[test]
fn a_state_is_spelt_as_it_is_read() {
    for state in RowState::ALL {
        assert_eq!(RowState::from_word(state.word()), Some(state));
    }
}
