//! The end of a session reaches whoever holds it open: streams, other servers, and whatever another process wrote.

use std::time::Duration;

use domain::session::EndReason;
use serde_json::json;
use store::{on_both, testbed::Bed};

use crate::{
    live::Stream,
    person::Person,
    world::{World, eventually},
};

/// The most that the documented protocol allows, far below the half minute after which a stream asks by itself.
const AT_MOST: Duration = Duration::from_secs(10);

/// Reads a stream to its end; gives the last word on it.
async fn last_word(stream: &mut Stream) -> String {
    let read = async {
        let mut last = String::new();
        while let Some(message) = stream.next().await {
            last = message.event;
        }
        last
    };
    tokio::time::timeout(AT_MOST, read).await.expect("the stream was not closed in time")
}

async fn open(person: &Person) -> Stream {
    let mut stream = Stream::open(person, "").await;
    stream.until("the network", |message| message.event == "network").await;
    stream
}

on_both! {
    async fn fault_73_a_stream_says_session_and_closes_when_its_session_ends(bed) {
        let world = World::new(bed).await;
        let first = world.set_up().await;
        let second = Person::nobody(&world).sign_in().await;
        let (mut ended, mut goes_on) = (open(&first).await, open(&second).await);
        assert_eq!(second.delete("/api/sessions?scope=others").await.status, 204);
        assert_eq!(last_word(&mut ended).await, "session");
        let node = world.addresses().await.remove(0);
        assert_eq!(second.post("/api/nodes", &json!({ "address": node })).await.status, 201);
        goes_on.until("the new node", |message| message.event == "node").await;
        assert!(world.app().metrics.revocations_seen.get() >= 1);
        world.end().await;
    }

    async fn fault_71_what_another_process_ends_is_over_here(bed) {
        let world = World::new(bed).await;
        let person = world.set_up().await;
        let mut stream = open(&person).await;
        let beside = bed.store().await;
        let account = world.app().store.read().await.unwrap().accounts().await.unwrap().remove(0).id;
        let mut tx = beside.write().await.unwrap();
        tx.disable_account(&account, world.app().clock.now()).await.unwrap();
        tx.commit().await.unwrap();
        assert_eq!(last_word(&mut stream).await, "session");
        let refused = person.get("/api/auth/me").await;
        assert_eq!((refused.status, refused.body["reason"].as_str()), (401, Some("account_disabled")));
        beside.close().await;
        world.end().await;
    }

    async fn an_end_that_commits_late_is_told_like_the_one_behind_it(bed) {
        let world = World::new(bed).await;
        let (slow, quick) = (world.set_up().await, Person::nobody(&world).sign_in().await);
        let (mut slow_stream, mut quick_stream) = (open(&slow).await, open(&quick).await);
        let (slow_sid, quick_sid) = (slow.sid().await, quick.sid().await);
        let (beside, now) = (bed.store().await, world.app().clock.now());
        // It took its number first and commits last: whoever polled numbers of a sequence would skip it.
        let mut late = beside.write().await.unwrap();
        late.end_session(&slow_sid, EndReason::Revoked, now).await.unwrap();
        let behind = async {
            let mut tx = world.app().store.write().await.unwrap();
            tx.end_session(&quick_sid, EndReason::Revoked, now).await.unwrap();
            tx.commit().await.unwrap();
        };
        let commit = async {
            // Long enough for a look at the log that sees neither.
            tokio::time::sleep(Duration::from_millis(1_500)).await;
            assert_eq!(world.app().revocations.followed(), 0);
            late.commit().await.unwrap();
        };
        tokio::join!(behind, commit);
        assert_eq!(last_word(&mut slow_stream).await, "session");
        assert_eq!(last_word(&mut quick_stream).await, "session");
        beside.close().await;
        world.end().await;
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_session_that_ends_on_one_server_is_over_on_the_other() {
    let bed = Bed::postgres().await;
    let world = World::new(&bed).await;
    let replica = world.replica().await;
    let person = world.set_up().await;
    let there = person.on_server(&replica.url);
    assert_eq!(there.get("/api/auth/me").await.status, 200);
    let mut stream = Stream::open(&there, "").await;
    assert_eq!(person.post("/api/session/logout", &json!({})).await.status, 204);
    assert_eq!(last_word(&mut stream).await, "session");
    eventually("the refusal of the other server", || async {
        let answer = there.get("/api/auth/me").await;
        if answer.body["reason"] == "logout" { Ok(()) } else { Err(format!("{}", answer.status)) }
    })
    .await;
    assert!(replica.app.metrics.revocations_seen.get() >= 1);
    replica.end().await;
    world.end().await;
    bed.remove().await;
}
