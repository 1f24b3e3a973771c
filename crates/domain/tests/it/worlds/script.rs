//! What may happen, and through what it may be seen: the material of random worlds.

use proptest::prelude::*;

use super::truth::{MARKETS, NODES};

/// One thing that happens, after a wait.
#[derive(Clone, Copy, Debug)]
pub struct Item {
    /// Seconds since the one before.
    pub wait: i64,
    pub deed: Deed,
}

/// What happens.
#[derive(Clone, Copy, Debug)]
pub enum Deed {
    Work(usize, usize),
    Claim(usize),
    Finish(usize),
    Quit(usize),
    End(usize),
    QuitAdmin(usize),
    List(usize),
    Assign(usize),
    Kick(usize),
    /// Every ended job's account is closed.
    Clean,
    Alive(usize, bool),
    Speak(usize, Mouth),
    Tunnel(bool),
    /// From now on, for so many seconds, one looks through this.
    Look(Pane, i64),
}

/// What answers in a node's name while its machine and the tunnel are up.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Mouth {
    /// The node, busy with something that may last.
    Idle,
    /// The node, in a state that a healthy one leaves soon.
    Restarting,
    Hang,
    Refuse,
    BadGateway,
    Unauthorized,
    Html,
    OtherNode,
    Redirect,
}

/// A fault of what is seen, not of what is.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Pane {
    /// The read fails.
    Fails,
    /// No market is listed.
    Empty,
    /// Some markets are left out; asked by name they are there.
    FewMarkets(u8),
    /// Some runs are left out; asked by name they are there.
    FewRuns(u8),
    /// Some markets are left out, and their names cannot be read.
    LostMarkets(u8),
    /// Some runs are left out, and names cannot be read.
    LostRuns(u8),
    /// Some runs are left out, and what is said by name is older than the list.
    OldNames(u8),
    /// All answers are those of some time ago.
    Stale,
    /// Some markets do not decode.
    GarbledMarkets(u8),
    /// No job can be read.
    NoJobs,
    /// Nobody looks at all.
    Paused,
}

fn node() -> impl Strategy<Value = usize> {
    0..NODES
}

fn mouth() -> impl Strategy<Value = Mouth> {
    prop_oneof![
        4 => Just(Mouth::Idle),
        2 => Just(Mouth::Restarting),
        3 => prop::sample::select(vec![Mouth::Hang, Mouth::Refuse, Mouth::BadGateway]),
        3 => prop::sample::select(vec![Mouth::Unauthorized, Mouth::Html, Mouth::OtherNode, Mouth::Redirect]),
    ]
}

fn pane() -> impl Strategy<Value = Pane> {
    let mask = || 1u8..=255;
    prop_oneof![
        Just(Pane::Fails),
        Just(Pane::Empty),
        mask().prop_map(Pane::FewMarkets),
        mask().prop_map(Pane::FewRuns),
        mask().prop_map(Pane::LostMarkets),
        mask().prop_map(Pane::LostRuns),
        mask().prop_map(Pane::OldNames),
        Just(Pane::Stale),
        mask().prop_map(Pane::GarbledMarkets),
        Just(Pane::NoJobs),
        Just(Pane::Paused),
    ]
}

fn deed() -> impl Strategy<Value = Deed> {
    let work = (node(), 0..MARKETS).prop_map(|(node, market)| Deed::Work(node, market));
    prop_oneof![
        5 => work,
        2 => (0..MARKETS).prop_map(Deed::List),
        2 => node().prop_map(Deed::Assign),
        1 => node().prop_map(Deed::Kick),
        1 => node().prop_map(Deed::Claim),
        2 => node().prop_map(Deed::Finish),
        1 => node().prop_map(Deed::Quit),
        1 => node().prop_map(Deed::End),
        1 => node().prop_map(Deed::QuitAdmin),
        1 => Just(Deed::Clean),
        3 => node().prop_map(|node| Deed::Alive(node, false)),
        1 => node().prop_map(|node| Deed::Alive(node, true)),
        3 => (node(), mouth()).prop_map(|(node, mouth)| Deed::Speak(node, mouth)),
        1 => any::<bool>().prop_map(Deed::Tunnel),
        5 => (pane(), 20i64..240).prop_map(|(pane, seconds)| Deed::Look(pane, seconds)),
    ]
}

/// Scripts of random worlds: bursts of things within seconds, and long waits between them.
pub fn items() -> impl Strategy<Value = Vec<Item>> {
    let wait = prop_oneof![4 => 1i64..12, 3 => 12i64..60, 1 => 60i64..260];
    prop::collection::vec((wait, deed()).prop_map(|(wait, deed)| Item { wait, deed }), 1..40)
}
