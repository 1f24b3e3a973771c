use std::time::Duration;

use super::*;
use crate::{
    alert::quiet::Quiet,
    chain::{Chain, ChainAxis, Queued},
    endpoint::Endpoint,
    event::EventKind,
    node::Node,
    reading::Reading,
    status::status,
};

#[path = "compose_tests/promises.rs"]
mod promises;

const NODES: [Address; 3] = [Address::new([7; 32]), Address::new([8; 32]), Address::new([9; 32])];
const NODE: Address = NODES[0];
/// 2026-11-24 12:00 UTC.
const NOON: i64 = 1_795_521_600;
const RULES: Rules = Rules {
    scan: Duration::from_secs(30),
    probe: Duration::from_secs(30),
    offline: Duration::from_secs(180),
    stuck_brief: Duration::from_secs(600),
    stuck_long: Duration::from_secs(3_600),
    sol_low: 20_000_000,
    sol_critical: 6_000_000,
    failures: 3,
};

const fn at(seconds: i64) -> Timestamp {
    Timestamp::from_unix_seconds(NOON + seconds)
}

/// A desk of its own, at `now` seconds after noon.
#[derive(Debug)]
struct Room {
    preferences: Preferences,
    waiting: Vec<Waiting>,
    nodes: BTreeMap<Address, NodeNow>,
    told: Vec<Told>,
    gap: Option<(Timestamp, Timestamp)>,
    now: i64,
}

impl Room {
    fn new(now: i64) -> Self {
        let nodes = NODES.into_iter().zip(["barn-a", "barn-b", "attic"]);
        let nodes = nodes.map(|(node, name)| (node, standing(node, name, Chain::None, now))).collect();
        let (preferences, waiting, told) = Default::default();
        Self { preferences, waiting, nodes, told, gap: None, now }
    }

    /// An event that was recorded `recorded` seconds after noon.
    fn row(mut self, event: Event, recorded: i64) -> Self {
        let due = crate::alert::plan::due(event.kind, at(recorded), &RULES);
        let id = format!("r{}", self.waiting.len());
        self.waiting.push(Waiting { id, event, recorded: at(recorded), due });
        self
    }

    fn told(mut self, event: Event, told: i64) -> Self {
        self.told.push(Told { event, at: at(told) });
        self
    }

    fn compose(&self) -> Composed {
        compose(&Desk {
            preferences: &self.preferences,
            channel: Channel::Telegram,
            waiting: &self.waiting,
            nodes: &self.nodes,
            told: &self.told,
            gap: self.gap,
            now: at(self.now),
            rules: &RULES,
        })
    }

    /// What is told, as titles with their rows.
    fn titles(&self) -> Vec<(String, usize)> {
        let composed = self.compose();
        composed.messages.into_iter().map(|draft| (draft.words.title, draft.rows.len())).collect()
    }
}

fn standing(node: Address, name: &str, chain: Chain, now: i64) -> NodeNow {
    let reading = Reading::Known { value: chain, at: at(now) };
    let node = Node { chain: ChainAxis { reading, ..ChainAxis::new(at(now)) }, ..Node::new(node, at(now)) };
    let status = status(&node, &RULES, at(now));
    NodeNow {
        watched: WatchedAs { name: name.to_owned(), ..WatchedAs::default() },
        judged: Some(Judged { node, status }),
        acknowledged: false,
    }
}

fn silent(node: Address, since: i64) -> Event {
    Event::of_node(EventKind::Offline, "silent", node, None, at(since))
}

fn back(node: Address, since: i64, now: i64) -> Event {
    let event = Event::of_node(EventKind::Back, "back", node, None, at(now));
    Event { key: format!("back:{node}:{}", at(since).millis()), seconds: Some(now - since), ..event }
}

fn job(kind: EventKind, run: u8, end: i64, ran: i64) -> Event {
    let run = Address::new([run; 32]).to_string();
    let class = if kind == EventKind::JobStarted { "job_started" } else { "job_ended" };
    let event = Event::of_node(kind, class, NODE, Some(run), at(end));
    Event { seconds: Some(ran), micro_nos: Some(1_500_000), ..event }
}

fn titled(title: &str, rows: usize) -> Vec<(String, usize)> {
    vec![(title.to_owned(), rows)]
}

#[test]
fn a_silence_waits_for_its_hold_and_is_told_by_what_the_chain_says_then() {
    let held = i64::try_from(RULES.hold().as_secs()).unwrap();
    let room = Room::new(held - 1).row(silent(NODE, -180), 0);
    assert_eq!(room.compose().later, [("r0".to_owned(), at(held))]);
    let mut room = Room::new(held).row(silent(NODE, -180), 0);
    assert_eq!(room.titles(), titled("barn-a is offline", 1));
    let queued = Chain::Queued(Queued { market: NODES[2], position: 7, length: 12, more: 0 });
    room.nodes.insert(NODE, standing(NODE, "barn-a", queued, held));
    assert_eq!(room.titles(), titled("barn-a is silent at place 7 of 12 in the queue", 1));
}

#[test]
fn nobody_is_called_offline_while_the_chain_cannot_be_seen() {
    let mut room = Room::new(40).row(silent(NODE, -180), 0);
    room.nodes.insert(NODE, standing(NODE, "barn-a", Chain::None, -200));
    assert_eq!(room.titles(), titled("barn-a is silent", 1));
    assert_eq!(room.compose().messages[0].words.kind, EventKind::Silent);
}

#[test]
fn those_of_one_cause_are_one_message() {
    let room = Room::new(40)
        .row(silent(NODES[0], -180), 0)
        .row(silent(NODES[1], -160), 20)
        .row(silent(NODES[2], -140), 35);
    assert_eq!(room.titles(), titled("3 nodes went offline within 40 s", 3));
    let words = &room.compose().messages[0].words;
    assert_eq!(
        words.lines,
        ["That looks like one cause.", "barn-a is offline", "barn-b is offline", "attic is offline"]
    );
}

#[test]
fn an_untold_silence_that_is_over_is_one_message_with_its_length() {
    let room = Room::new(20).row(silent(NODE, -180), 0).row(back(NODE, -180, 15), 15);
    assert_eq!(room.titles(), titled("barn-a was silent for 3 min and is back", 2));
    assert_eq!(room.compose().messages[0].words.lines[0], "From 11:57 to 12:00.");
}

#[test]
fn back_is_told_only_where_the_silence_was() {
    let room = Room::new(4_000).row(back(NODE, -320, 4_000), 4_000);
    assert_eq!(room.compose().logged, ["r0"]);
    let room = room.told(silent(NODE, -320), 0);
    assert_eq!(room.titles(), titled("barn-a is back after 1 h 12 min", 1));
}

#[test]
fn what_is_muted_unwanted_unwatched_or_stale_is_not_told() {
    let mut room = Room::new(100).row(silent(NODE, -180), 0);
    room.nodes.get_mut(&NODE).unwrap().watched.muted_until = Some(at(101));
    assert_eq!(room.compose().muted, ["r0"]);
    let mut room = Room::new(100).row(silent(NODE, -180), 0);
    room.nodes.remove(&NODE);
    assert_eq!(room.compose().logged, ["r0"]);
    let mut room = Room::new(100).row(silent(NODE, -180), 0);
    room.preferences.nodes.insert(NODE, BTreeMap::from([(crate::alert::topic::Topic::Offline, false)]));
    assert_eq!(room.compose().logged, ["r0"]);
    let room = Room::new(21_601).row(job(EventKind::JobFinished, 1, 0, 60), 0);
    assert_eq!(room.compose().logged, ["r0"]);
}

#[test]
fn a_silence_whose_end_was_muted_is_not_told_to_last() {
    let mut room = Room::new(900).row(silent(NODE, -180), 0);
    let node = room.nodes.get_mut(&NODE).unwrap().judged.as_mut().unwrap();
    node.node.endpoint.last_ok = Some(at(-200));
    assert_eq!(room.titles(), titled("barn-a is offline", 1), "it answered before, not since");
    let node = room.nodes.get_mut(&NODE).unwrap().judged.as_mut().unwrap();
    node.node.endpoint.last_ok = Some(at(600));
    assert_eq!(room.compose().logged, ["r0"]);
}

#[test]
fn jobs_go_one_by_one_until_they_are_many() {
    let jobs = |count: u8| {
        (0..count)
            .fold(Room::new(10), |room, run| room.row(job(EventKind::JobFinished, run, 5, 3_600), 5))
            .titles()
    };
    assert_eq!(jobs(5).len(), 5);
    assert_eq!(jobs(1), titled("barn-a finished a job: 1 h, 1.50 NOS", 1));
    assert_eq!(jobs(6), titled("6 jobs finished", 6));
}

#[test]
fn quiet_hours_hold_everything_and_their_end_is_one_message() {
    let mut room = Room::new(100)
        .row(silent(NODES[0], -180), 0)
        .row(back(NODES[0], -180, 60), 60)
        .row(silent(NODES[1], -120), 60)
        .row(job(EventKind::JobFailed, 1, 70, 60), 70);
    room.preferences.quiet = Some(Quiet { from: 12 * 60, to: 12 * 60 + 30 });
    let held = room.compose();
    assert_eq!((held.messages.len(), held.later.len()), (0, 4));
    assert!(held.later.iter().all(|(_, until)| *until == at(1_800)));
    for row in &mut room.waiting {
        row.due = at(1_800);
    }
    room.now = 1_800;
    let composed = room.compose();
    assert_eq!(composed.messages.len(), 1);
    let words = &composed.messages[0].words;
    assert_eq!(
        (words.title.as_str(), composed.messages[0].rows.len()),
        ("While it was quiet, 3 things happened", 4)
    );
    assert_eq!(
        words.lines,
        ["barn-b is silent", "barn-a failed a job", "Over again: barn-a was silent for 4 min and is back.",]
    );
}

#[test]
fn what_could_not_be_told_before_the_quiet_hours_is_part_of_the_night() {
    let mut room = Room::new(1_800).row(silent(NODES[0], -180), 0).row(silent(NODES[1], 300), 480);
    room.preferences.quiet = Some(Quiet { from: 12 * 60 + 5, to: 12 * 60 + 30 });
    for row in &mut room.waiting {
        row.due = at(1_800);
    }
    assert_eq!(room.titles(), titled("While it was quiet, 2 things happened", 2));
}

#[test]
fn a_night_of_jobs_is_a_line_and_trouble_stands_first() {
    let jobs =
        (0..12).fold(Room::new(1_800), |room, run| room.row(job(EventKind::JobFinished, run, 60, 3_600), 60));
    let mut room = jobs.row(silent(NODES[1], -120), 61);
    room.preferences.quiet = Some(Quiet { from: 12 * 60, to: 12 * 60 + 30 });
    let composed = room.compose();
    assert_eq!((composed.messages.len(), composed.messages[0].rows.len()), (1, 13));
    let words = &composed.messages[0].words;
    assert_eq!(words.lines, ["barn-b is offline", "12 jobs finished, 18.00 NOS: barn-a"]);
    assert!(words.urgent);
}

#[test]
fn a_job_that_ran_past_its_deadline_in_the_night_is_not_told_to_run() {
    let overdue = |now: i64| job(EventKind::JobOverdue, 1, now, 0);
    let mut room = Room::new(1_800).row(overdue(60), 60);
    room.preferences.quiet = Some(Quiet { from: 12 * 60, to: 12 * 60 + 30 });
    assert_eq!(room.titles(), titled("barn-a ran a job past its deadline", 1));
    room.nodes.insert(NODE, standing(NODE, "barn-a", Chain::None, 0));
    assert_eq!(room.titles(), titled("barn-a runs a job past its deadline", 1), "nobody knows that it ended");
}

#[test]
fn what_came_after_the_quiet_hours_is_not_part_of_the_night() {
    let mut room = Room::new(1_900)
        .row(job(EventKind::JobFailed, 1, 70, 60), 70)
        .row(job(EventKind::JobFailed, 2, 1_850, 60), 1_850);
    room.preferences.quiet = Some(Quiet { from: 12 * 60, to: 12 * 60 + 30 });
    assert_eq!(room.titles(), [("barn-a failed a job".to_owned(), 1), ("barn-a failed a job".to_owned(), 1)]);
}

#[test]
fn what_began_and_ended_while_we_did_not_watch_is_one_line() {
    let mut room = Room::new(1_000)
        .row(job(EventKind::JobStarted, 1, 200, 0), 900)
        .row(job(EventKind::JobFinished, 1, 500, 300), 900)
        .row(job(EventKind::JobFinished, 2, 600, 1_200), 900)
        .row(silent(NODES[1], 900), 900);
    room.gap = Some((at(100), at(800)));
    let titles = room.titles();
    assert_eq!(titles[0], ("We did not watch from 12:01 to 12:13".to_owned(), 2));
    assert_eq!(titles[1], ("barn-a finished a job: 20 min, 1.50 NOS".to_owned(), 1), "it began before");
    assert_eq!(titles.len(), 3);
    assert!(room.compose().messages[0].words.lines[0].contains("1 job began and ended"));
}

#[test]
fn a_node_that_flaps_is_held_until_it_is_steady() {
    let flapping = |now: i64| {
        let room = [-2_400, -1_600, -800]
            .into_iter()
            .fold(Room::new(now), |room, since| room.told(silent(NODE, since), since + 200));
        room.row(silent(NODE, -180), 0).row(back(NODE, -180, 60), 60).row(silent(NODE, 100), 280)
    };
    assert_eq!(
        flapping(290).compose().later,
        [("r0", at(880)), ("r1", at(880)), ("r2", at(880))].map(|(id, at)| (id.to_owned(), at))
    );
    assert_eq!(flapping(880).titles(), titled("barn-a is unsteady: 2 times silent since 11:57", 3));
    let steady = Room::new(40).told(silent(NODE, -2_400), -2_200).told(silent(NODE, -800), -600);
    assert_eq!(
        steady.row(silent(NODE, -180), 0).titles(),
        titled("barn-a is offline", 1),
        "twice is not enough"
    );
    let on = Room::new(40).told(silent(NODE, -4_000), -3_500).row(silent(NODE, -1_900), -1_700);
    let on = on.row(back(NODE, -1_900, -1_300), -1_300).row(silent(NODE, -1_000), -800);
    let on = on.row(back(NODE, -1_000, -400), -400).row(silent(NODE, -180), 0);
    assert_eq!(on.compose().later.len(), 5, "it goes on: with those that wait it would be the fourth");
}

#[test]
fn blindness_is_told_at_once_and_its_end_with_its_length() {
    let event = |kind: EventKind, now: i64| Event {
        key: format!("{}:chain:{}", kind.word(), at(0).millis()),
        kind,
        node: None,
        subject: Some("chain".to_owned()),
        at: at(now),
        seconds: Some(now),
        micro_nos: None,
    };
    let room = Room::new(60).row(event(EventKind::Blind, 0), 60);
    assert_eq!(room.titles(), titled("We cannot see the chain since 12:00", 1));
    let room =
        Room::new(2_040).told(event(EventKind::Blind, 0), 60).row(event(EventKind::Sighted, 2_040), 2_040);
    assert_eq!(room.titles(), titled("We see the chain again, after 34 min", 1));
}

#[test]
fn a_silence_is_told_again_only_to_those_who_asked_and_have_not_seen_it() {
    let mut room = Room::new(3_700).told(silent(NODE, -180), 40);
    let down = room.nodes.get_mut(&NODE).unwrap().judged.as_mut().unwrap();
    down.node.endpoint.long_silence = Some(at(-180));
    down.node.endpoint.reading = Reading::Known { value: Endpoint::Silent, at: at(7_300) };
    let again = |room: &Room| {
        let (channel, now) = (Channel::Telegram, at(room.now));
        let Room { preferences, waiting, nodes, told, gap, .. } = room;
        resend(&Desk { preferences, channel, waiting, nodes, told, gap: *gap, now, rules: &RULES })
    };
    assert_eq!(again(&room), []);
    room.preferences.resend_minutes = Some(60);
    let event = again(&room).remove(0);
    assert_eq!((event.kind, event.seconds), (EventKind::StillDown, Some(3_880)));
    let told_again = room.row(event.clone(), 3_700);
    assert_eq!(told_again.titles(), titled("barn-a is still offline, for 1 h 4 min", 1));
    let mut room = told_again.told(event, 3_700);
    assert_eq!(again(&room), [], "an hour from there");
    room.now = 7_300;
    assert_eq!(again(&room).len(), 1);
    room.now = 7_400;
    assert_eq!(again(&room), [], "nobody can see that it goes on");
    room.now = 7_300;
    room.nodes.get_mut(&NODE).unwrap().acknowledged = true;
    assert_eq!(again(&room), []);
    room.nodes.get_mut(&NODE).unwrap().judged.as_mut().unwrap().node.endpoint.long_silence = None;
    assert_eq!(room.compose().logged, ["r0"], "it is over");
}
