//! Rows of the outbox, messages and attempts: nothing is told twice, nothing is lost, the order holds.

use std::time::Duration;

use domain::{
    address::Address,
    alert::{
        compose::{Composed, Draft},
        outcome::{Answer, Outcome},
        plan::{Planned, RowState},
        preference::{Language, Preferences},
        quiet::Quiet,
        schedule::Next,
        words::Words,
    },
    destination::Place,
    event::{Event, EventKind},
    time::Timestamp,
};
use store::{AlertQuery, Claimed, MessageState, NewDestination, NewRow, NewWatch, Store, WatchEdit, Write};

use crate::world::{at, node, settle};

pub fn chat(number: i64) -> Place {
    Place::Telegram { chat: number }
}

/// A destination of the space `ada`.
pub async fn add_chat(tx: &mut Write, id: &str, number: i64) {
    add(tx, id, &chat(number), None).await;
}

pub async fn add(tx: &mut Write, id: &str, place: &Place, session: Option<&str>) {
    let new = NewDestination {
        id,
        space: "ada",
        account: "ada",
        session,
        place,
        name: "phone",
        confirm_hash: None,
    };
    tx.add_destination(new, at(0)).await.unwrap();
}

fn event(key: &str, about: Address) -> Event {
    Event { key: key.to_owned(), ..Event::of_node(EventKind::Offline, "silent", about, None, at(1)) }
}

fn words(title: &str) -> Words {
    Words {
        key: String::new(),
        fold: "fold".to_owned(),
        urgent: true,
        title: title.to_owned(),
        lines: vec!["<b>ж</b>".to_owned()],
        node: None,
        name: None,
        path: "/".to_owned(),
        kind: EventKind::Offline,
        at: at(1),
        language: Language::De,
        actions: false,
    }
}

/// Writes events down, each with a waiting row at one destination; gives the ids of the rows.
async fn happen(store: &Store, keys: &[&str], destination: &str, due: Timestamp) -> Vec<String> {
    let mut tx = store.write().await.unwrap();
    let mut rows = Vec::new();
    for key in keys {
        let id = tx.add_event(&event(key, node(1)), at(1)).await.unwrap().expect("news");
        let row = NewRow {
            id: format!("{destination}-{key}"),
            destination: destination.to_owned(),
            planned: Planned { state: RowState::Waiting, due },
        };
        rows.push(row.id.clone());
        tx.enqueue(id, &[row], at(1)).await.unwrap();
    }
    tx.commit().await.unwrap();
    rows
}

fn one_message(rows: &[String], title: &str) -> Composed {
    Composed { messages: vec![Draft { rows: rows.to_vec(), words: words(title) }], ..Composed::default() }
}

async fn fold(store: &Store, destination: &str, composed: &Composed, id: &str, when: Timestamp) -> bool {
    let mut tx = store.write().await.unwrap();
    let folded = tx.fold(destination, composed, &[id.to_owned()], when).await.unwrap();
    if folded {
        tx.commit().await.unwrap();
    }
    folded
}

async fn claim(store: &Store, who: &str, now: Timestamp) -> Vec<Claimed> {
    let ids = store.read().await.unwrap().claimable(now, 100).await.unwrap();
    let mut tx = store.write().await.unwrap();
    let claimed = tx.claim_messages(who, &ids, now, now.plus(Duration::from_secs(20))).await.unwrap();
    tx.commit().await.unwrap();
    claimed
}

async fn finish(store: &Store, claimed: &Claimed, outcome: Outcome, next: Next, now: Timestamp) {
    let answer = Answer { outcome, status: Some(200), detail: "its own words".to_owned() };
    let mut tx = store.write().await.unwrap();
    tx.finish_attempt(claimed, &answer, &next, (now, Duration::from_millis(7))).await.unwrap();
    tx.commit().await.unwrap();
}

fn ids(claimed: &[Claimed]) -> Vec<&str> {
    claimed.iter().map(|claimed| claimed.id.as_str()).collect()
}

async fn world(store: &Store) {
    settle(store, "ada").await;
    let mut tx = store.write().await.unwrap();
    tx.add_watch("ada", NewWatch { address: node(1), name: Some("attic") }, 100, at(0)).await.unwrap();
    add_chat(&mut tx, "a", 1).await;
    add_chat(&mut tx, "b", 2).await;
    tx.commit().await.unwrap();
}

store::on_both! {
    async fn a_row_waits_until_it_is_due_and_is_told_once(bed) {
        let store = bed.store().await;
        world(&store).await;
        let rows = happen(&store, &["one", "two"], "a", at(30)).await;
        let mut tx = store.read().await.unwrap();
        assert!(tx.due_desks(at(29), at(0), 9).await.unwrap().is_empty());
        let desks = tx.due_desks(at(30), at(0), 9).await.unwrap();
        assert_eq!(desks.iter().map(|desk| desk.destination.as_str()).collect::<Vec<_>>(), ["a"]);
        let waiting = tx.waiting_of("a", 9).await.unwrap();
        assert_eq!(waiting.iter().map(|row| row.event.key.as_str()).collect::<Vec<_>>(), ["one", "two"]);
        assert_eq!((waiting[0].recorded, waiting[0].due), (at(1), at(30)));
        drop(tx);

        let composed = one_message(&rows, "both");
        assert!(fold(&store, "a", &composed, "m1", at(31)).await);
        assert!(!fold(&store, "a", &composed, "m2", at(31)).await, "another server told it already");
        let mut tx = store.read().await.unwrap();
        assert!(tx.message("m2").await.unwrap().is_none());
        assert!(tx.waiting_of("a", 9).await.unwrap().is_empty());
        let told = tx.told_since("a", at(30)).await.unwrap();
        assert_eq!(told.iter().map(|told| (told.event.key.as_str(), told.at)).collect::<Vec<_>>(), [
            ("one", at(31)), ("two", at(31)),
        ]);
        assert!(tx.told_since("a", at(31)).await.unwrap().is_empty());
        assert_eq!(tx.told_with_key("a", "one").await.unwrap().unwrap().at, at(31));
        assert!(tx.told_with_key("b", "one").await.unwrap().is_none());
        drop(tx);

        let first = claim(&store, "here", at(31)).await;
        assert_eq!(ids(&first), ["m1"]);
        assert_eq!((first[0].attempt, first[0].words.key.as_str(), first[0].words.title.as_str()), (1, "m1", "both"));
        assert!(claim(&store, "there", at(32)).await.is_empty(), "somebody is sending it");
        finish(&store, &first[0], Outcome::Accepted { id: Some("77".into()) }, Next::Sent, at(33)).await;
        assert!(claim(&store, "there", at(9_999)).await.is_empty(), "it arrived");
        let mut tx = store.read().await.unwrap();
        let message = tx.message("m1").await.unwrap().unwrap();
        assert_eq!((message.state, message.sent), (MessageState::Sent, Some(at(33))));
        assert_eq!(message.attempts.iter().map(|a| (a.number, a.outcome.as_str(), a.took_ms)).collect::<Vec<_>>(), [
            (1, "accepted", Some(7)),
        ]);
        assert_eq!(tx.destination("a").await.unwrap().unwrap().last_sent, Some(at(33)));
        assert_eq!(tx.message_by_provider_id("a", "77").await.unwrap().unwrap().id, "m1");
    }

    async fn who_dies_while_sending_leaves_an_attempt_that_says_so(bed) {
        let store = bed.store().await;
        world(&store).await;
        let rows = happen(&store, &["one"], "a", at(1)).await;
        assert!(fold(&store, "a", &one_message(&rows, "it"), "m", at(2)).await);
        assert_eq!(claim(&store, "dead", at(2)).await.len(), 1);
        assert!(claim(&store, "heir", at(21)).await.is_empty(), "it may yet live");
        let again = claim(&store, "heir", at(22)).await;
        assert_eq!((ids(&again), again[0].attempt), (vec!["m"], 2));
        finish(&store, &again[0], Outcome::Accepted { id: None }, Next::Sent, at(23)).await;
        let message = store.read().await.unwrap().message("m").await.unwrap().unwrap();
        assert_eq!(message.attempts.iter().map(|a| a.outcome.as_str()).collect::<Vec<_>>(), ["interrupted", "accepted"]);
    }

    async fn a_claim_that_is_renewed_holds_and_one_that_is_released_does_not(bed) {
        let store = bed.store().await;
        world(&store).await;
        let rows = happen(&store, &["one"], "a", at(1)).await;
        assert!(fold(&store, "a", &one_message(&rows, "it"), "m", at(2)).await);
        assert_eq!(claim(&store, "slow", at(2)).await.len(), 1);
        let mut tx = store.write().await.unwrap();
        tx.extend_claims("slow", at(50)).await.unwrap();
        tx.commit().await.unwrap();
        assert!(claim(&store, "heir", at(49)).await.is_empty());
        let mut tx = store.write().await.unwrap();
        tx.release_claims().await.unwrap();
        tx.commit().await.unwrap();
        assert_eq!(claim(&store, "heir", at(3)).await.len(), 1);
    }

    async fn what_was_made_before_the_quiet_hours_is_not_sent_in_them(bed) {
        let store = bed.store().await;
        world(&store).await;
        let rows = happen(&store, &["one"], "a", at(1)).await;
        assert!(fold(&store, "a", &one_message(&rows, "it"), "m", at(2)).await);
        let mut tx = store.write().await.unwrap();
        // It is 11:06:40 in UTC.
        let quiet =
            Preferences { quiet: Some(Quiet { from: 666, to: 676 }), zone: "UTC".to_owned(), ..Preferences::default() };
        tx.put_preferences("ada", &quiet, at(2)).await.unwrap();
        tx.queue_test("t", "a", &words("a test"), at(2)).await.unwrap();
        tx.commit().await.unwrap();
        assert_eq!(ids(&claim(&store, "here", at(3)).await), ["t"], "a person waits for the test");
        assert!(claim(&store, "here", at(559)).await.iter().all(|claimed| claimed.id != "m"));
        let message = store.read().await.unwrap().message("m").await.unwrap().unwrap();
        assert_eq!((message.due, message.attempts.len()), (at(560), 0));
        assert!(ids(&claim(&store, "here", at(560)).await).contains(&"m"));
    }

    async fn a_destination_hears_its_messages_in_their_order_and_others_do_not_wait(bed) {
        let store = bed.store().await;
        world(&store).await;
        let first = happen(&store, &["one"], "a", at(1)).await;
        let other = happen(&store, &["two"], "b", at(1)).await;
        assert!(fold(&store, "a", &one_message(&first, "first"), "z-first", at(2)).await);
        assert!(fold(&store, "b", &one_message(&other, "other"), "other", at(2)).await);
        let mut tx = store.write().await.unwrap();
        tx.queue_message("a-second", "a", &words("second"), (at(3), at(3))).await.unwrap();
        tx.queue_test("test", "a", &words("a test"), at(4)).await.unwrap();
        tx.commit().await.unwrap();
        let claimed = claim(&store, "here", at(5)).await;
        let mut names = ids(&claimed);
        names.sort_unstable();
        assert_eq!(names, ["other", "test", "z-first"], "a test waits for nobody");
        let first = claimed.iter().find(|claimed| claimed.id == "z-first").unwrap();
        for arrived in claimed.iter().filter(|claimed| claimed.id != "z-first") {
            finish(&store, arrived, Outcome::Accepted { id: None }, Next::Sent, at(6)).await;
        }
        finish(&store, first, Outcome::Later { after: None }, Next::Retry { at: at(60) }, at(6)).await;
        assert!(claim(&store, "here", at(59)).await.is_empty(), "the second waits behind the first");
        let claimed = claim(&store, "here", at(60)).await;
        assert!(ids(&claimed).contains(&"z-first") && !ids(&claimed).contains(&"a-second"));
        let first = claimed.iter().find(|claimed| claimed.id == "z-first").unwrap();
        assert_eq!((first.attempt, first.failing_since), (2, Some(at(6))));
        finish(&store, first, Outcome::Accepted { id: None }, Next::Sent, at(61)).await;
        assert_eq!(ids(&claim(&store, "here", at(61)).await), ["a-second"]);
        assert_eq!(store.read().await.unwrap().destination("a").await.unwrap().unwrap().failing_since, None);
    }

    async fn a_test_is_tried_once(bed) {
        let store = bed.store().await;
        world(&store).await;
        let mut tx = store.write().await.unwrap();
        tx.pause_destination("a", "it said so", at(1)).await.unwrap();
        tx.queue_test("test", "a", &words("a test"), at(2)).await.unwrap();
        tx.commit().await.unwrap();
        let claimed = claim(&store, "here", at(2)).await;
        finish(&store, &claimed[0], Outcome::Later { after: None }, Next::Retry { at: at(3) }, at(2)).await;
        assert!(claim(&store, "here", at(99)).await.is_empty());
        let mut tx = store.read().await.unwrap();
        assert_eq!(tx.message("test").await.unwrap().unwrap().state, MessageState::Dropped);
        assert_eq!(tx.destination("a").await.unwrap().unwrap().failing_since, None, "no alert failed");
    }

    async fn a_paused_destination_keeps_what_it_was_not_told_in_the_log(bed) {
        let store = bed.store().await;
        world(&store).await;
        let told = happen(&store, &["one"], "a", at(1)).await;
        assert!(fold(&store, "a", &one_message(&told, "it"), "m", at(2)).await);
        happen(&store, &["two"], "a", at(1)).await;
        let mut tx = store.write().await.unwrap();
        assert!(tx.pause_destination("a", "chat not found", at(3)).await.unwrap());
        assert!(!tx.pause_destination("a", "again", at(4)).await.unwrap());
        tx.commit().await.unwrap();
        assert!(claim(&store, "here", at(99)).await.is_empty());
        let mut tx = store.write().await.unwrap();
        assert!(tx.due_desks(at(99), at(0), 9).await.unwrap().is_empty());
        assert_eq!(tx.message("m").await.unwrap().unwrap().state, MessageState::Dropped);
        let paused = tx.destination("a").await.unwrap().unwrap().paused;
        assert_eq!(paused, Some((at(3), "chat not found".to_owned())));
        let alerts = tx.alerts("ada", AlertQuery { limit: 9, ..AlertQuery::default() }).await.unwrap();
        let states = alerts.iter().flat_map(|alert| &alert.deliveries).map(|d| d.state).collect::<Vec<_>>();
        assert_eq!(states, [RowState::Logged, RowState::Told]);
        assert!(tx.listeners(Some(&node(1))).await.unwrap().iter().any(|to| to.destination == "a" && to.is_paused));
        assert!(tx.resume_destination("ada", "a").await.unwrap());
        assert_eq!(tx.destination("a").await.unwrap().unwrap().paused, None);
    }

    async fn whoever_watches_a_node_listens_with_their_own_view_of_it(bed) {
        let store = bed.store().await;
        world(&store).await;
        settle(&store, "bob").await;
        let mut tx = store.write().await.unwrap();
        let tags = ["rack".to_owned()];
        let edit = WatchEdit { tags: Some(&tags), muted_until: Some(Some(at(9))), ..WatchEdit::default() };
        tx.edit_watch("ada", &node(1), edit).await.unwrap();
        let wanted = Preferences { language: Language::De, ..Preferences::default() };
        tx.put_preferences("ada", &wanted, at(1)).await.unwrap();
        let listeners = tx.listeners(Some(&node(1))).await.unwrap();
        assert_eq!(listeners.iter().map(|to| to.destination.as_str()).collect::<Vec<_>>(), ["a", "b"]);
        let watched = listeners[0].watched.as_ref().unwrap();
        assert_eq!((watched.name.as_str(), watched.tags.as_slice(), watched.muted_until), ("attic", &tags[..], Some(at(9))));
        assert_eq!(listeners[0].preferences, wanted);
        assert!(tx.listeners(Some(&node(2))).await.unwrap().is_empty());
        let all = tx.listeners(None).await.unwrap();
        assert!(all.iter().all(|to| to.watched.is_none()) && all.len() == 2);
        tx.delete_watch("ada", &node(1), at(2)).await.unwrap();
        assert!(tx.listeners(Some(&node(1))).await.unwrap().is_empty());
        assert!(tx.listeners(None).await.unwrap().is_empty(), "who watches nothing is not told that we are blind");
        assert_eq!(tx.preferences("bob").await.unwrap().zone, "Europe/Zurich", "the account's own, before any choice");
    }

    async fn what_leaves_with_its_destination_is_gone_and_later_rows_are_nobodys(bed) {
        let store = bed.store().await;
        world(&store).await;
        let rows = happen(&store, &["one"], "a", at(1)).await;
        assert!(fold(&store, "a", &one_message(&rows, "it"), "m", at(2)).await);
        let mut tx = store.write().await.unwrap();
        assert!(!tx.remove_destination("bob", "a").await.unwrap(), "somebody else's");
        assert!(tx.remove_destination("ada", "a").await.unwrap());
        assert!(tx.message("m").await.unwrap().is_none());
        let id = tx.add_event(&event("late", node(1)), at(3)).await.unwrap().unwrap();
        let planned = Planned { state: RowState::Waiting, due: at(3) };
        let row = |id: &str, to: &str| NewRow { id: id.to_owned(), destination: to.to_owned(), planned };
        tx.enqueue(id, &[row("r1", "a"), row("r2", "b")], at(3)).await.unwrap();
        let alerts = tx.alerts("ada", AlertQuery { limit: 1, ..AlertQuery::default() }).await.unwrap();
        assert_eq!(alerts[0].deliveries.iter().map(|d| d.destination.as_str()).collect::<Vec<_>>(), ["b"]);
    }

    async fn texts_are_forgotten_in_time_and_what_waits_is_not(bed) {
        let store = bed.store().await;
        world(&store).await;
        let rows = happen(&store, &["told"], "a", at(1)).await;
        assert!(fold(&store, "a", &one_message(&rows, "it"), "old", at(2)).await);
        let claimed = claim(&store, "here", at(2)).await;
        finish(&store, &claimed[0], Outcome::Accepted { id: None }, Next::Sent, at(3)).await;
        happen(&store, &["waits"], "b", at(9)).await;
        let mut tx = store.write().await.unwrap();
        tx.queue_message("waiting", "a", &words("it"), (at(3), at(3))).await.unwrap();
        tx.forget_before(at(2)).await.unwrap();
        assert!(tx.message("old").await.unwrap().is_some(), "not yet");
        tx.forget_before(at(5)).await.unwrap();
        assert!(tx.message("old").await.unwrap().is_none());
        assert!(tx.message("waiting").await.unwrap().is_some());
        assert_eq!(tx.waiting_of("b", 9).await.unwrap().len(), 1);
        let log = tx.alerts("ada", AlertQuery { limit: 9, ..AlertQuery::default() }).await.unwrap();
        assert_eq!(log.iter().map(|alert| alert.deliveries.len()).collect::<Vec<_>>(), [1, 0], "events stay");
    }

    async fn what_was_told_of_a_silence_is_found_however_old_it_is(bed) {
        let store = bed.store().await;
        world(&store).await;
        let since = at(1);
        let key = format!("silent:{}:{}", node(1), since.millis());
        let again = format!("still_down:{}:{}:5", node(1), since.millis());
        let other = format!("still_down:{}:{}0:5", node(1), since.millis());
        let rows = happen(&store, &[&key, &again, &other], "a", at(1)).await;
        assert!(fold(&store, "a", &one_message(&rows, "all"), "m", at(2)).await);
        let mut tx = store.write().await.unwrap();
        let told = tx.told_of_silence("a", &node(1), since).await.unwrap();
        assert_eq!(told.iter().map(|told| told.event.key.as_str()).collect::<Vec<_>>(), [key.as_str(), again.as_str()]);
        assert!(tx.told_of_silence("b", &node(1), since).await.unwrap().is_empty());
        assert!(tx.event_id(&key).await.unwrap().is_some() && tx.event_id("none").await.unwrap().is_none());
    }

    async fn the_log_tells_what_became_of_each_and_who_has_seen_it(bed) {
        let store = bed.store().await;
        world(&store).await;
        let rows = happen(&store, &["one", "two"], "a", at(1)).await;
        assert!(fold(&store, "a", &one_message(&rows, "both"), "m", at(2)).await);
        let mut tx = store.write().await.unwrap();
        let all = tx.alerts("ada", AlertQuery { limit: 9, ..AlertQuery::default() }).await.unwrap();
        assert_eq!(all.iter().map(|alert| alert.event.key.as_str()).collect::<Vec<_>>(), ["two", "one"]);
        let message = all[0].deliveries[0].message.as_ref().unwrap();
        assert_eq!((message.id.as_str(), message.words.title.as_str()), ("m", "both"));
        let query = AlertQuery { limit: 9, ..AlertQuery::default() };
        let count = async |tx: &mut Write, query: AlertQuery<'_>| tx.alerts("ada", query).await.unwrap().len();
        assert_eq!(count(&mut tx, AlertQuery { node: Some(&node(2)), ..query }).await, 0);
        assert_eq!(count(&mut tx, AlertQuery { kinds: &[EventKind::Offline], ..query }).await, 2);
        assert_eq!(count(&mut tx, AlertQuery { kinds: &[EventKind::Back], ..query }).await, 0);
        assert_eq!(count(&mut tx, AlertQuery { destination: Some("b"), ..query }).await, 0);
        assert_eq!(count(&mut tx, AlertQuery { before: Some(all[0].event.id), ..query }).await, 1);
        assert!(!tx.acknowledge("bob", all[0].event.id, at(5)).await.unwrap(), "they hear nothing of it");
        assert!(tx.acknowledge("ada", all[0].event.id, at(5)).await.unwrap());
        assert!(tx.acknowledge("ada", all[0].event.id, at(6)).await.unwrap());
        assert_eq!(tx.acknowledged("ada", all[0].event.id).await.unwrap(), Some(at(5)));
        assert!(tx.has_acknowledged("ada", "two").await.unwrap() && !tx.has_acknowledged("ada", "one").await.unwrap());
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn two_servers_that_want_the_same_messages_share_them() {
    let bed = store::testbed::Bed::postgres().await;
    let store = bed.store().await;
    settle(&store, "ada").await;
    let mut tx = store.write().await.unwrap();
    for n in 0..20 {
        add_chat(&mut tx, &format!("d{n}"), n).await;
        tx.queue_message(&format!("m{n}"), &format!("d{n}"), &words("it"), (at(1), at(1))).await.unwrap();
    }
    tx.commit().await.unwrap();
    let other = bed.store().await;
    let (a, b) = tokio::join!(claim(&store, "here", at(2)), claim(&other, "there", at(2)));
    let mut all: Vec<_> = ids(&a).into_iter().chain(ids(&b)).collect();
    all.sort_unstable();
    all.dedup();
    assert_eq!((all.len(), a.len() + b.len()), (20, 20));
    drop((store, other));
    bed.remove().await;
}
