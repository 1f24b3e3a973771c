//! What is kept for plots: the past of markets, places in queues, the jobs of a time; and what is forgotten.

use std::{collections::BTreeMap, time::Duration};

use domain::{
    address::Address,
    chain::{Chain, ChainAxis, Queued, Running},
    market::{Market, QueueKind},
    network::Seen,
    node::{Machine, Node},
    reading::Reading,
    time::Timestamp,
};
use store::{JobQuery, MarketSample, NewWatch, Place, Store};

use crate::world::{at, node, settle};

const MARKET: u8 = 102;

async fn watched(store: &Store, number: u8) -> Node {
    let mut tx = store.write().await.unwrap();
    tx.add_watch("ada", NewWatch { address: node(number), name: None }, 100, at(0)).await.unwrap();
    tx.commit().await.unwrap();
    store.read().await.unwrap().load_node(&node(number)).await.unwrap().unwrap()
}

fn standing(node: &Node, state: Chain, now: Timestamp) -> Node {
    let reading = Reading::Known { value: state, at: now };
    Node { chain: ChainAxis { reading, since: now, slot: Some(7), ..ChainAxis::new(now) }, ..node.clone() }
}

fn queued(before: &Node, position: u32, length: u32, now: Timestamp) -> Node {
    let queue = Queued { market: node(MARKET), position, length, more: 0 };
    standing(before, Chain::Queued(queue), now)
}

async fn save(store: &Store, before: &Node, after: &Node, now: Timestamp) {
    let mut tx = store.write().await.unwrap();
    let change = tx.next_change().await.unwrap();
    tx.save_node(before, after, change, now).await.unwrap();
    tx.commit().await.unwrap();
}

async fn places(store: &Store, from: i64, to: i64) -> Vec<(i64, u32, u32)> {
    let read = store.read().await.unwrap().queue_places(&node(1), at(from), at(to), 100).await.unwrap();
    let seconds = |place: &Place| place.at.unix_seconds() - at(0).unix_seconds();
    assert!(read.iter().all(|place| place.market == node(MARKET)));
    read.iter().map(|place| (seconds(place), place.position, place.length)).collect()
}

fn sample(queue_length: u32, runs: u32, price: u64) -> MarketSample {
    MarketSample { market: node(MARKET), queue_kind: QueueKind::Node, queue_length, runs, price }
}

fn market(price: u64) -> BTreeMap<Address, Seen<Market>> {
    let market = Market {
        authority: node(200),
        job_expiration: 86_400,
        price,
        timeout: 7_200,
        job_type: 4,
        access_key: node(201),
        xnos_minimum: 5_000_000,
        queue_kind: QueueKind::Empty,
        queue: Vec::new(),
    };
    BTreeMap::from([(node(MARKET), Seen { value: market, slot: 5, at: at(0) })])
}

async fn note(store: &Store, sample: MarketSample, now: Timestamp) {
    let mut tx = store.write().await.unwrap();
    tx.note_markets(&[sample], now).await.unwrap();
    tx.commit().await.unwrap();
}

async fn past(store: &Store, from: i64, to: i64) -> Vec<(i64, u32, u32, u64)> {
    let mut tx = store.read().await.unwrap();
    let points = tx.market_history(&node(MARKET), at(from), at(to), 100).await.unwrap();
    let seconds = |at_: Timestamp| at_.unix_seconds() - at(0).unix_seconds();
    points.iter().map(|point| (seconds(point.at), point.queue_length, point.runs, point.price)).collect()
}

store::on_both! {
    async fn a_node_that_moves_in_its_queue_leaves_its_places(bed) {
        let store = bed.store().await;
        settle(&store, "ada").await;
        let new = watched(&store, 1).await;
        let mut before = new;
        for (second, position, length) in [(10, 3, 9), (20, 3, 9), (30, 3, 10), (40, 2, 10), (50, 2, 11), (120, 2, 12)] {
            let after = queued(&before, position, length, at(second));
            save(&store, &before, &after, at(second)).await;
            before = after;
        }
        let expected = [(10, 3, 9), (40, 2, 10), (120, 2, 12)];
        assert_eq!(places(&store, 0, 1_000).await, expected, "a queue that grows behind it is told once a minute");
        assert_eq!(places(&store, 60, 1_000).await, expected[1..], "led by where it stood before");
        assert_eq!(places(&store, 0, 40).await, expected[..1], "the end is not included");

        let gone = standing(&before, Chain::None, at(200));
        save(&store, &before, &gone, at(200)).await;
        let back = queued(&gone, 12, 12, at(230));
        save(&store, &gone, &back, at(230)).await;
        assert_eq!(places(&store, 150, 1_000).await, [(120, 2, 12), (230, 12, 12)]);
    }

    async fn a_market_is_noted_when_it_changed_and_at_most_once_a_minute(bed) {
        let store = bed.store().await;
        note(&store, sample(1, 0, 278), at(0)).await;
        assert!(past(&store, -1, 1_000).await.is_empty(), "a market without a row has no past");
        let mut tx = store.write().await.unwrap();
        tx.save_markets(&BTreeMap::new(), &market(278)).await.unwrap();
        tx.commit().await.unwrap();
        note(&store, sample(1, 0, 278), at(0)).await;
        note(&store, sample(2, 0, 278), at(30)).await;
        note(&store, sample(2, 0, 278), at(60)).await;
        note(&store, sample(2, 0, 278), at(600)).await;
        note(&store, sample(2, 1, 278), at(700)).await;
        note(&store, sample(2, 1, u64::MAX), at(800)).await;
        let expected = [(0, 1, 0, 278), (60, 2, 0, 278), (700, 2, 1, 278), (800, 2, 1, u64::MAX)];
        assert_eq!(past(&store, 0, 1_000).await, expected, "what came too soon is noted once a minute has passed");
        assert_eq!(past(&store, 650, 800).await, expected[1..3]);
        // What stands in the market's own row survives another scan.
        let mut tx = store.write().await.unwrap();
        tx.save_markets(&market(278), &market(279)).await.unwrap();
        tx.commit().await.unwrap();
        note(&store, sample(2, 1, u64::MAX), at(900)).await;
        assert_eq!(past(&store, 0, 1_000).await.len(), expected.len());
    }

    async fn what_still_holds_is_not_forgotten_however_old(bed) {
        let store = bed.store().await;
        settle(&store, "ada").await;
        let new = watched(&store, 1).await;
        let first = queued(&new, 2, 2, at(10));
        save(&store, &new, &first, at(10)).await;
        let second = queued(&first, 1, 2, at(100));
        save(&store, &first, &second, at(100)).await;
        let mut tx = store.write().await.unwrap();
        tx.save_markets(&BTreeMap::new(), &market(278)).await.unwrap();
        tx.note_markets(&[sample(1, 0, 278)], at(10)).await.unwrap();
        tx.note_markets(&[sample(2, 0, 278)], at(100)).await.unwrap();
        let said = |version: &str| Machine { version: Some(version.to_owned()), ..Machine::default() };
        tx.save_machine(&node(1), &said("1.1.8"), at(10)).await.unwrap();
        tx.save_machine(&node(1), &said("1.1.9"), at(100)).await.unwrap();
        tx.commit().await.unwrap();

        let mut tx = store.write().await.unwrap();
        assert_eq!(tx.forget_before(at(50)).await.unwrap(), 1, "the old word of the machine; the rest leads what is kept");
        assert_eq!(tx.forget_before(at(5_000)).await.unwrap(), 2);
        assert_eq!(tx.forget_before(at(5_000)).await.unwrap(), 0);
        tx.commit().await.unwrap();
        assert_eq!(places(&store, 5_000, 6_000).await, [(100, 1, 2)]);
        assert_eq!(past(&store, 5_000, 6_000).await, [(100, 2, 0, 278)]);
        let facts = store.read().await.unwrap().facts(&node(1)).await.unwrap();
        assert_eq!(facts.machine, Some((said("1.1.9"), at(100))));
    }

    async fn jobs_are_found_by_their_time_and_stay_when_a_node_is_let_go(bed) {
        let store = bed.store().await;
        settle(&store, "ada").await;
        watched(&store, 1).await;
        let mut tx = store.write().await.unwrap();
        for (run, second) in [(50, 100), (51, 200), (52, 300)] {
            let running = Running {
                run: node(run),
                job: node(run + 50),
                started: at(second),
                market: None,
                price: None,
                timeout: None,
                more: 0,
            };
            tx.save_running(&node(1), &running).await.unwrap();
        }
        let asked = |from: Option<i64>, to: Option<i64>| JobQuery { from: from.map(at), to: to.map(at), limit: 9, ..JobQuery::default() };
        let mut found = async |query| -> Vec<Address> {
            tx.jobs("ada", query).await.unwrap().into_iter().map(|job| job.run).collect()
        };
        assert_eq!(found(asked(None, None)).await, [node(52), node(51), node(50)]);
        assert_eq!(found(asked(Some(200), None)).await, [node(52), node(51)]);
        assert_eq!(found(asked(Some(100), Some(300))).await, [node(51), node(50)]);
        let half = |second: i64| Some(at(second).plus(Duration::from_millis(500)));
        assert_eq!(found(JobQuery { from: half(100), to: half(200), ..asked(None, None) }).await, [node(51)]);
        let since: Vec<_> = tx.node_jobs_since(&node(1), at(9_000), 2).await.unwrap().into_iter().map(|job| job.run).collect();
        assert_eq!(since, [node(51), node(52)], "what runs, runs now; oldest first, and the newest are kept");
        tx.delete_watch("ada", &node(1), at(250)).await.unwrap();
        let left: Vec<_> = tx.jobs("ada", asked(None, None)).await.unwrap().into_iter().map(|job| job.run).collect();
        assert_eq!(left, [node(51), node(50)], "what it ran after it was let go is nobody's business");
        tx.commit().await.unwrap();
    }
}
