//! Nodes and their intervals: what is loaded is what was saved, and the past has no holes.

use domain::{
    address::Address,
    chain::{Chain, ChainAxis, Queued, Running},
    endpoint::{Activity, Answer, AnswerKind, Endpoint, EndpointAxis},
    node::{Gpu, Machine, Node, Purse},
    reading::Reading,
    status::{Verdict, Word},
    time::Timestamp,
    why::Why,
};
use proptest::{prelude::*, test_runner::TestRunner};
use store::{Axis, Facts, NewWatch, Span, Store};

use crate::world::{at, node, settle};

const EVER: (Timestamp, Timestamp) = (Timestamp::from_millis(i64::MIN), Timestamp::from_millis(i64::MAX));

async fn watched(store: &Store, node: Address, now: Timestamp) -> Node {
    let mut tx = store.write().await.unwrap();
    tx.add_watch("ada", NewWatch { address: node, name: None }, 100_000, now).await.unwrap();
    tx.commit().await.unwrap();
    store.read().await.unwrap().load_node(&node).await.unwrap().unwrap()
}

async fn save(store: &Store, before: &Node, after: &Node, now: Timestamp) -> bool {
    let mut tx = store.write().await.unwrap();
    let change = tx.next_change().await.unwrap();
    let visible = tx.save_node(before, after, change, now).await.unwrap();
    tx.commit().await.unwrap();
    visible
}

async fn spans(store: &Store, node: &Address, axis: Axis) -> Vec<Span> {
    let spans = store.read().await.unwrap().node_history(node, EVER.0, EVER.1).await.unwrap();
    spans.into_iter().filter(|span| span.axis == axis).collect()
}

fn states(spans: &[Span]) -> Vec<(&str, i64, Option<i64>)> {
    let seconds = |time: Timestamp| time.unix_seconds() - at(0).unix_seconds();
    spans.iter().map(|span| (span.state.as_str(), seconds(span.from), span.to.map(seconds))).collect()
}

fn known(state: Chain, since: Timestamp, now: Timestamp) -> ChainAxis {
    ChainAxis {
        reading: Reading::Known { value: state, at: now },
        since,
        slot: Some(7),
        ..ChainAxis::new(since)
    }
}

fn running(run: u8, started: Timestamp) -> Chain {
    Chain::Running(Running {
        run: node(run),
        job: node(101),
        started,
        market: Some(node(102)),
        price: Some(278),
        timeout: Some(7_200),
        more: 0,
    })
}

store::on_both! {
    async fn the_past_of_a_node_is_told_by_its_intervals(bed) {
        let store = bed.store().await;
        settle(&store, "ada").await;
        let new = watched(&store, node(1), at(0)).await;
        let queue = Chain::Queued(Queued { market: node(102), position: 3, length: 9, more: 0 });
        let queued = Node { chain: known(queue, at(10), at(10)), ..new.clone() };
        assert!(save(&store, &new, &queued, at(10)).await);
        let at_work = Node { chain: known(running(50, at(25)), at(25), at(40)), ..queued.clone() };
        assert!(save(&store, &queued, &at_work, at(40)).await);
        let told = spans(&store, &node(1), Axis::Chain).await;
        let expected = [("unknown", 0, Some(10)), ("queued", 10, Some(25)), ("running", 25, None)];
        assert_eq!(states(&told), expected);
        assert_eq!((told[0].why, told[1].subject, told[2].subject), (Some(Why::FirstLook), Some(node(102)), Some(node(50))));
        assert_eq!(states(&spans(&store, &node(1), Axis::Endpoint).await), [("unknown", 0, None)]);
    }

    async fn the_queue_before_this_one_is_remembered_over_whatever_came_between(bed) {
        let store = bed.store().await;
        settle(&store, "ada").await;
        let new = watched(&store, node(1), at(0)).await;
        let queue = |market, since| {
            let queued = Queued { market: node(market), position: 3, length: 9, more: 0 };
            Node { chain: known(Chain::Queued(queued), at(since), at(since)), ..new.clone() }
        };
        let (first, second) = (queue(102, 10), queue(103, 90));
        let nowhere = Node { chain: known(Chain::None, at(50), at(50)), ..new.clone() };
        for (before, after, now) in [(&new, &first, 10), (&first, &nowhere, 50), (&nowhere, &second, 90)] {
            save(&store, before, after, at(now)).await;
        }
        let mut tx = store.read().await.unwrap();
        assert_eq!(tx.last_queue(&node(1), at(90)).await.unwrap(), Some(node(102)));
        assert_eq!(tx.last_queue(&node(1), at(10)).await.unwrap(), None);
    }

    async fn a_time_in_which_we_could_not_look_stays_in_the_past(bed) {
        let store = bed.store().await;
        settle(&store, "ada").await;
        let new = watched(&store, node(1), at(0)).await;
        let at_work = Node { chain: known(running(50, at(5)), at(5), at(10)), ..new.clone() };
        save(&store, &new, &at_work, at(10)).await;
        let blind = at_work.clone().aged(at(200), &domain::rules::Rules::default());
        assert!(save(&store, &at_work, &blind, at(200)).await);
        let seen = Node { chain: known(running(50, at(5)), at(5), at(300)), ..new.clone() };
        assert!(save(&store, &blind, &seen, at(300)).await);
        let expected =
            [("unknown", 0, Some(5)), ("running", 5, Some(10)), ("unknown", 10, Some(300)), ("running", 300, None)];
        assert_eq!(states(&spans(&store, &node(1), Axis::Chain).await), expected);
    }

    async fn another_reason_for_the_same_silence_is_no_new_interval(bed) {
        let store = bed.store().await;
        settle(&store, "ada").await;
        let new = watched(&store, node(1), at(0)).await;
        let failed = |why| ChainAxis { reading: new.chain.reading.clone().failed(why), ..new.chain.clone() };
        let once = Node { chain: failed(Why::RpcTimeout), ..new.clone() };
        let twice = Node { chain: failed(Why::RpcThrottled), ..new.clone() };
        assert!(save(&store, &new, &once, at(30)).await);
        assert!(save(&store, &once, &twice, at(60)).await);
        let told = spans(&store, &node(1), Axis::Chain).await;
        assert_eq!((states(&told), told[0].why), (vec![("unknown", 0, None)], Some(Why::RpcThrottled)));
    }

    async fn a_look_that_confirms_is_saved_without_being_news(bed) {
        let store = bed.store().await;
        settle(&store, "ada").await;
        let mut before = Vec::new();
        for number in 1..=120 {
            let new = watched(&store, node(number), at(0)).await;
            let seen = Node { chain: known(Chain::None, at(10), at(10)), ..new.clone() };
            save(&store, &new, &seen, at(10)).await;
            before.push(seen);
        }
        let confirmed = |node: &Node, slot| Node {
            chain: ChainAxis { slot: Some(slot), ..known(Chain::None, at(10), at(40)) },
            ..node.clone()
        };
        let mut after: Vec<Node> = before.iter().map(|node| confirmed(node, 9)).collect();
        after[3] = confirmed(&before[3], 10);
        after[4] = Node { chain: known(running(50, at(20)), at(20), at(40)), ..before[4].clone() };
        let mut tx = store.write().await.unwrap();
        let change = tx.next_change().await.unwrap();
        let pairs: Vec<(&Node, &Node)> = before.iter().zip(&after).collect();
        let visible = tx.save_nodes(&pairs, change, at(40)).await.unwrap();
        tx.commit().await.unwrap();
        let seen: Vec<usize> = (0..visible.len()).filter(|index| visible[*index]).collect();
        assert_eq!(seen, [4]);
        let mut loaded = store.read().await.unwrap().load_nodes().await.unwrap();
        loaded.sort_by_key(|node| node.address);
        assert_eq!(loaded, after);
    }

    async fn a_round_that_confirms_moves_every_endpoint_to_its_first_answer(bed) {
        let store = bed.store().await;
        settle(&store, "ada").await;
        let axis = |state, seconds: i64, ms| {
            let (activity, kind) = match state {
                Endpoint::Up(activity) => (Some(activity), AnswerKind::Ok),
                Endpoint::Silent => (None, AnswerKind::Timeout),
            };
            EndpointAxis {
                reading: Reading::Known { value: state, at: at(seconds) },
                last_ok: Some(activity.map_or(at(3), |_| at(seconds))),
                answer: Some(Answer { kind, status: None, ms, at: at(seconds), activity }),
                ..EndpointAxis::new(at(10))
            }
        };
        let (up, silent) = (Endpoint::Up(Activity::Other), Endpoint::Silent);
        let mut before = Vec::new();
        for (number, state) in [(1, up), (2, up), (3, silent), (4, up)] {
            let new = watched(&store, node(number), at(0)).await;
            let seen = Node { endpoint: axis(state, 10, 20), ..new.clone() };
            assert!(save(&store, &new, &seen, at(10)).await);
            before.push(seen);
        }
        let states = [(up, 42), (up, 41), (silent, 45), (Endpoint::Up(Activity::Queued), 43)];
        let after: Vec<Node> = before
            .iter()
            .zip(states)
            .map(|(node, (state, seconds))| Node { endpoint: axis(state, seconds, 7), ..node.clone() })
            .collect();
        let mut tx = store.write().await.unwrap();
        let change = tx.next_change().await.unwrap();
        let pairs: Vec<(&Node, &Node)> = before.iter().zip(&after).collect();
        assert_eq!(tx.save_nodes(&pairs, change, at(46)).await.unwrap(), [false, false, false, true]);
        tx.commit().await.unwrap();
        let mut loaded = store.read().await.unwrap().load_nodes().await.unwrap();
        loaded.sort_by_key(|node| node.address);
        let instants = |node: &Node| (node.endpoint.reading.latest().map(|(_, at)| at), node.endpoint.last_ok);
        let seconds = |known, ok| (Some(at(known)), Some(at(ok)));
        let seen: Vec<_> = loaded.iter().map(instants).collect();
        assert_eq!(seen, [seconds(41, 41), seconds(41, 41), seconds(45, 3), seconds(43, 43)]);
        assert_eq!(loaded[3].endpoint, after[3].endpoint, "what is news is written whole");
        let evidence = loaded[0].endpoint.answer.unwrap();
        assert_eq!((evidence.kind, evidence.ms), (AnswerKind::Ok, 20), "the first that said so");
    }

    async fn history_shows_a_spaces_own_nodes_and_the_asked_for_time(bed) {
        let store = bed.store().await;
        settle(&store, "ada").await;
        settle(&store, "bob").await;
        let new = watched(&store, node(1), at(0)).await;
        let seen = Node { chain: known(Chain::None, at(100), at(100)), ..new.clone() };
        save(&store, &new, &seen, at(100)).await;
        let mut tx = store.write().await.unwrap();
        let touching = async |tx: &mut store::Write, space: &str, from, to| {
            let spans = tx.history(space, at(from), at(to)).await.unwrap();
            spans.into_iter().filter(|span| span.axis == Axis::Chain).map(|span| span.state).collect::<Vec<_>>()
        };
        assert_eq!(touching(&mut tx, "ada", 0, 100).await, ["unknown"]);
        assert_eq!(touching(&mut tx, "ada", 100, 200).await, ["none"]);
        assert_eq!(touching(&mut tx, "ada", 99, 101).await, ["unknown", "none"]);
        assert!(touching(&mut tx, "ada", -10, 0).await.is_empty());
        assert!(touching(&mut tx, "bob", 0, 200).await.is_empty());
        tx.delete_watch("ada", &node(1), at(150)).await.unwrap();
        assert!(touching(&mut tx, "ada", 0, 200).await.is_empty());
    }

    async fn what_a_wallet_holds_is_read_back_as_it_was_known(bed) {
        let store = bed.store().await;
        settle(&store, "ada").await;
        watched(&store, node(1), at(0)).await;
        let mut tx = store.write().await.unwrap();
        assert_eq!(tx.facts(&node(1)).await.unwrap(), Facts { purse: Purse::new(at(0)), machine: None });
        let purse = Purse {
            sol: Reading::Known { value: 0, at: at(5) },
            nos: Reading::Unknown { since: at(6), why: Why::RpcTimeout, last: Some((i64::MAX, at(4))) },
            stake: Reading::Unknown { since: at(7), why: Why::OutOfRange, last: None },
        };
        tx.save_purse(&node(1), &purse).await.unwrap();
        assert_eq!(tx.facts(&node(1)).await.unwrap().purse, purse);
        let purse = Purse { nos: Reading::Known { value: i64::MIN, at: at(9) }, ..purse };
        tx.save_purse(&node(1), &purse).await.unwrap();
        assert_eq!(tx.facts(&node(1)).await.unwrap().purse, purse);
        assert!(tx.save_purse(&node(2), &purse).await.is_err());
    }

    async fn a_machine_is_written_when_it_says_something_new(bed) {
        let store = bed.store().await;
        settle(&store, "ada").await;
        watched(&store, node(1), at(0)).await;
        let gpu = Gpu { name: "RTX \u{0}4090".into(), memory_mb: Some(24_564), uuid: None };
        let machine = Machine { version: Some("1.0.1".into()), gpus: vec![gpu], ..Machine::default() };
        let mut tx = store.write().await.unwrap();
        tx.save_machine(&node(1), &machine, at(1)).await.unwrap();
        tx.save_machine(&node(1), &machine, at(2)).await.unwrap();
        assert_eq!(tx.facts(&node(1)).await.unwrap().machine, Some((machine.clone(), at(1))));
        let newer = Machine { version: Some("1.0.2".into()), ..machine };
        tx.save_machine(&node(1), &newer, at(3)).await.unwrap();
        assert_eq!(tx.facts(&node(1)).await.unwrap().machine, Some((newer, at(3))));
    }

    async fn whatever_is_saved_is_loaded_and_leaves_no_hole_in_the_past(bed) {
        let store = bed.store().await;
        settle(&store, "ada").await;
        let next = std::cell::Cell::new(0u32);
        let mut runner = TestRunner::new(ProptestConfig { cases: 48, failure_persistence: None, ..ProptestConfig::default() });
        let steps = prop::collection::vec((any_node(), -20i64..400), 1..12);
        let handle = tokio::runtime::Handle::current();
        let checked = tokio::task::block_in_place(|| {
            runner.run(&steps, |steps| {
                let number = next.replace(next.get() + 1).to_be_bytes();
                let mut bytes = [9; 32];
                bytes[..4].copy_from_slice(&number);
                handle.block_on(follow(&store, Address::new(bytes), &steps));
                Ok(())
            })
        });
        checked.unwrap();
    }
}

/// Saves one state after the other under a clock that may step back, and looks at what is told of them.
async fn follow(store: &Store, node: Address, steps: &[(Node, i64)]) {
    let mut before = watched(store, node, at(0)).await;
    let mut now = at(0);
    for (state, seconds) in steps {
        now = Timestamp::from_millis(now.millis() + seconds * 1_000);
        let after = Node { address: node, ..state.clone() };
        save(store, &before, &after, now).await;
        let loaded = store.read().await.unwrap().load_node(&node).await.unwrap();
        assert_eq!(loaded.as_ref(), Some(&after));
        let chain = after.chain.reading.known().map_or("unknown", Chain::word);
        let endpoint = after.endpoint.reading.known().map_or("unknown", Endpoint::word);
        for (axis, state) in [(Axis::Chain, chain), (Axis::Endpoint, endpoint)] {
            let told = spans(store, &node, axis).await;
            let (last, past) = told.split_last().unwrap();
            assert_eq!((last.to, last.state.as_str()), (None, state));
            assert_eq!(
                last.subject,
                after.chain.reading.known().and_then(Chain::subject).filter(|_| axis == Axis::Chain)
            );
            for (index, span) in past.iter().enumerate() {
                assert_eq!(span.to, Some(told[index + 1].from), "a hole or an overlap");
                assert!(Some(span.from) < span.to, "an interval of no time");
            }
        }
        before = after;
    }
}

fn any_time() -> impl Strategy<Value = Timestamp> {
    prop_oneof![
        20 => (-1_000i64..2_000).prop_map(at),
        1 => Just(Timestamp::from_millis(i64::MIN)),
        1 => Just(Timestamp::from_millis(i64::MAX)),
    ]
}

fn any_why() -> impl Strategy<Value = Why> {
    prop::sample::select(Why::ALL)
}

fn any_reading<T: Clone + std::fmt::Debug>(
    value: impl Strategy<Value = T>,
) -> impl Strategy<Value = Reading<T>> {
    (value, any_time(), any_time(), any_why(), 0u8..4).prop_map(|(value, at, since, why, kind)| match kind {
        0 | 1 => Reading::Known { value, at },
        2 => Reading::Unknown { since, why, last: Some((value, at)) },
        _ => Reading::Unknown { since, why, last: None },
    })
}

fn any_chain() -> impl Strategy<Value = Chain> {
    let address = || (200u8..203).prop_map(node);
    let queued =
        (address(), any::<u32>(), any::<u32>(), 0u32..3).prop_map(|(market, position, length, more)| {
            Chain::Queued(Queued { market, position, length, more })
        });
    let job = (prop::option::of(address()), any::<Option<u64>>(), any::<Option<i64>>());
    let running = (address(), address(), any_time(), job, 0u32..3).prop_map(
        |(run, job, started, (market, price, timeout), more)| {
            Chain::Running(Running { run, job, started, market, price, timeout, more })
        },
    );
    prop_oneof![Just(Chain::None), queued, running]
}

fn any_endpoint() -> impl Strategy<Value = Endpoint> {
    prop_oneof![Just(Endpoint::Silent), prop::sample::select(&Activity::ALL[..]).prop_map(Endpoint::Up)]
}

fn any_answer() -> impl Strategy<Value = Answer> {
    let activity = prop::option::of(prop::sample::select(&Activity::ALL[..]));
    (prop::sample::select(&AnswerKind::ALL[..]), any::<Option<u16>>(), any::<u32>(), any_time(), activity)
        .prop_map(|(kind, status, ms, at, activity)| Answer { kind, status, ms, at, activity })
}

fn any_node() -> impl Strategy<Value = Node> {
    let maybe = || prop::option::of(any_time());
    let slot = prop::option::of(0u64..=i64::MAX.unsigned_abs());
    let chain = (any_reading(any_chain()), any_time(), slot, maybe(), prop::option::of(any_why())).prop_map(
        |(reading, since, slot, nowhere_since, failing)| ChainAxis {
            reading,
            since,
            slot,
            nowhere_since,
            failing,
        },
    );
    let endpoint = (
        any_reading(any_endpoint()),
        any_time(),
        (maybe(), maybe(), maybe()),
        prop::option::of(any_answer()),
        prop::option::of(any_why()),
    )
        .prop_map(|(reading, since, (brief_since, long_silence, last_ok), answer, failing)| {
            EndpointAxis { reading, since, brief_since, long_silence, last_ok, answer, failing }
        });
    let flags = (any::<bool>(), any::<bool>(), any::<bool>());
    let verdict = (prop::sample::select(&Word::ALL[..]), any_time(), flags)
        .prop_map(|(word, at, (silent, stuck, overdue))| Verdict { word, at, silent, stuck, overdue });
    (chain, endpoint, prop::option::of(verdict)).prop_map(|(chain, endpoint, verdict)| Node {
        address: node(0),
        chain,
        endpoint,
        verdict,
    })
}
