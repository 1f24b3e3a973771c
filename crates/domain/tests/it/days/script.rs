//! What may happen in a day, and to whom it is told: the material of random days.

use std::ops::Range;

use domain::{alert::topic::Topic, destination::Channel};
use proptest::prelude::*;

use super::clock::{self, DAY, HOUR, MINUTE};

/// Watched nodes.
pub const NODES: usize = 3;
/// Markets.
pub const MARKETS: usize = 2;
/// The tags that a person may give.
pub const TAGS: [&str; 2] = ["barn", "attic"];

/// One day: when it begins, who is told, what happens.
#[derive(Clone, Debug)]
pub struct Day {
    /// Unix seconds.
    pub start: i64,
    pub people: Vec<Person>,
    pub script: Vec<Item>,
}

/// Somebody who wants to know.
#[derive(Clone, Debug)]
pub struct Person {
    pub zone: usize,
    /// Minutes of the local day; never equal.
    pub quiet: Option<(u16, u16)>,
    /// Where it is told.
    pub places: Vec<Channel>,
    /// Bits of the nodes that are watched.
    pub watches: u8,
    /// The tag of each node.
    pub tags: [usize; NODES],
    /// What was switched, on or off, over the defaults.
    pub choices: Vec<(Topic, Channel, bool)>,
    /// After how many minutes a silence that goes on is told again.
    pub again: Option<u32>,
    /// What was switched off for one node.
    pub node_off: Option<(usize, Topic)>,
    /// What was switched off for one tag.
    pub tag_off: Option<(usize, Topic)>,
}

/// One thing that happens, after a wait.
#[derive(Clone, Copy, Debug)]
pub struct Item {
    /// Seconds since the one before.
    pub wait: i64,
    pub deed: Deed,
}

/// How a run ends.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum How {
    Finish,
    ByDeployer,
    Quit,
    QuitAdmin,
}

/// How a channel fails.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Fault {
    /// "Too many requests", with so many seconds to wait.
    Busy(u32),
    Broken,
    /// The request goes out and no answer comes.
    Hangs,
}

/// Where the program dies. It starts again at once.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Death {
    /// After the next facts are written down: another one sees them again.
    AfterTheFact,
    /// After a message is made up and before it is written down.
    BeforeTheMessage,
    /// After the provider took a message and before that is written down.
    BeforeTheRecord,
}

/// What happens.
#[derive(Clone, Copy, Debug)]
pub enum Deed {
    Alive(usize, bool),
    /// Down and up again so many times, some minutes each.
    Flap(usize, usize),
    /// Everybody falls silent within half a minute.
    Storm,
    Restarting(usize, bool),
    Work(usize, usize),
    Kick(usize),
    /// A job is handed out, for so many seconds; then its node queues again if it can.
    Job(usize, How, i64),
    Sol(usize, i64),
    /// For so many seconds the chain cannot be read.
    Blind(i64),
    /// For so many seconds the tunnel answers nobody.
    Tunnel(i64),
    /// For so many seconds the program stands still.
    Freeze(i64),
    /// It does, and meanwhile every node works off a short job.
    Nap(i64),
    /// A person mutes a node for so many seconds.
    Mute(usize, usize, i64),
    /// A person mutes a tag for so many seconds.
    MuteTag(usize, usize, i64),
    /// A person's place fails for so many seconds.
    Fails(usize, usize, Fault, i64),
    /// A person says that they have seen a node's silence.
    Sees(usize, usize),
    Dies(Death),
}

fn node() -> Range<usize> {
    0..NODES
}

fn how() -> impl Strategy<Value = How> {
    prop_oneof![4 => Just(How::Finish), 1 => Just(How::ByDeployer), 2 => Just(How::Quit), 1 => Just(How::QuitAdmin)]
}

fn deed() -> impl Strategy<Value = Deed> {
    let lamports = prop::sample::select(vec![0, 5_999_999, 6_000_000, 19_999_999, 20_000_000, 50_000_000]);
    let fault = prop_oneof![(1u32..900).prop_map(Fault::Busy), Just(Fault::Broken), Just(Fault::Hangs)];
    let death =
        prop::sample::select(vec![Death::AfterTheFact, Death::BeforeTheMessage, Death::BeforeTheRecord]);
    let mute = || prop::sample::select(vec![HOUR, 4 * HOUR, 8 * HOUR]);
    prop_oneof![
        6 => node().prop_map(|node| Deed::Alive(node, false)),
        4 => node().prop_map(|node| Deed::Alive(node, true)),
        2 => (node(), 2usize..8).prop_map(|(node, times)| Deed::Flap(node, times)),
        2 => Just(Deed::Storm),
        1 => (node(), any::<bool>()).prop_map(|(node, on)| Deed::Restarting(node, on)),
        4 => (node(), 0..MARKETS).prop_map(|(node, market)| Deed::Work(node, market)),
        1 => node().prop_map(Deed::Kick),
        5 => (node(), how(), 20i64..9_000).prop_map(|(node, how, seconds)| Deed::Job(node, how, seconds)),
        2 => (node(), how(), 20i64..170).prop_map(|(node, how, seconds)| Deed::Job(node, how, seconds)),
        2 => (node(), lamports).prop_map(|(node, lamports)| Deed::Sol(node, lamports)),
        1 => (60i64..3_000).prop_map(Deed::Blind),
        1 => (60i64..3_000).prop_map(Deed::Tunnel),
        1 => (120i64..10_000).prop_map(Deed::Freeze),
        1 => (300i64..10_000).prop_map(Deed::Nap),
        2 => (0usize..2, node(), mute()).prop_map(|(person, node, span)| Deed::Mute(person, node, span)),
        1 => (0usize..2, 0..TAGS.len(), mute()).prop_map(|(person, tag, span)| Deed::MuteTag(person, tag, span)),
        3 => (0usize..2, 0usize..3, fault, 10i64..9_000)
            .prop_map(|(person, place, fault, span)| Deed::Fails(person, place, fault, span)),
        1 => (0usize..2, node()).prop_map(|(person, node)| Deed::Sees(person, node)),
        2 => death.prop_map(Deed::Dies),
    ]
}

fn topic() -> impl Strategy<Value = Topic> {
    prop::sample::select(vec![
        Topic::Offline,
        Topic::Offline,
        Topic::Stuck,
        Topic::Kicked,
        Topic::JobStarted,
        Topic::JobEnded,
        Topic::JobFailed,
        Topic::LowSol,
        Topic::Blind,
    ])
}

fn person() -> impl Strategy<Value = Person> {
    let minute = || (0u16..96).prop_map(|quarter| quarter * 15);
    let quiet = (minute(), minute()).prop_filter("no night", |(from, to)| from != to);
    let channels = prop::sample::subsequence(Channel::ALL.to_vec(), 1..=3);
    let choice = (topic(), prop::sample::select(Channel::ALL.to_vec()), any::<bool>());
    (
        0..clock::COUNT,
        prop::option::weighted(0.7, quiet),
        channels,
        1u8..(1 << NODES),
        prop::array::uniform3(0..TAGS.len()),
        prop::collection::vec(choice, 0..4),
        prop::option::weighted(0.3, 10u32..300),
        prop::option::weighted(0.2, (node(), topic())),
        prop::option::weighted(0.2, (0..TAGS.len(), topic())),
    )
        .prop_map(|(zone, quiet, places, watches, tags, choices, again, node_off, tag_off)| Person {
            zone,
            quiet,
            places,
            watches,
            tags,
            choices,
            again,
            node_off,
            tag_off,
        })
}

/// Random days: some of them those on which Europe's clocks change.
pub fn days() -> impl Strategy<Value = Day> {
    let any_day = (0i64..365).prop_map(|day| clock::NEW_YEAR + day * DAY);
    let eve = prop::sample::select(clock::SWITCHES.to_vec()).prop_map(|switch| switch - DAY);
    let start = (prop_oneof![3 => any_day, 1 => eve], 0..DAY / MINUTE);
    let wait = prop_oneof![4 => 1i64..60, 3 => 60i64..600, 3 => 600i64..9_000];
    let item = (wait, deed()).prop_map(|(wait, deed)| Item { wait, deed });
    let people = prop::collection::vec(person(), 1..=2);
    (start, people, prop::collection::vec(item, 1..30)).prop_map(|((day, minute), people, script)| Day {
        start: day + minute * MINUTE,
        people,
        script,
    })
}
