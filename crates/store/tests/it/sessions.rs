//! Sessions: ended once, for the first reason, and in the log in the order of commits.

use std::time::Duration;

use domain::session::EndReason;
use store::{NewSession, Store, StoreError, testbed::Bed};

use crate::world::{at, settle, start};

async fn sign_in(store: &Store, sid: &str) {
    let mut tx = store.write().await.unwrap();
    let hash = format!("hash-{sid}");
    let session = NewSession {
        sid,
        account: "ada",
        cookie_hash: Some(&hash),
        kid: None,
        browser: None,
        idle_end: at(100),
        absolute_end: at(1_000),
        label: "Firefox",
        address_short: "192.0.2.0",
    };
    tx.add_session(session, at(0)).await.unwrap();
    tx.commit().await.unwrap();
}

store::on_both! {
    async fn a_session_is_found_by_its_cookie_and_moves_only_forward(bed) {
        let store = bed.store().await;
        settle(&store, "ada").await;
        sign_in(&store, "s1").await;
        let mut tx = store.write().await.unwrap();
        let session = tx.session_by_cookie("hash-s1").await.unwrap().unwrap();
        assert_eq!((session.sid.as_str(), session.account.as_str(), session.ended), ("s1", "ada", None));
        tx.touch_session("s1", at(50), at(150)).await.unwrap();
        tx.touch_session("s1", at(40), at(140)).await.unwrap();
        let session = tx.session("s1").await.unwrap().unwrap();
        assert_eq!((session.last_seen, session.idle_end, session.absolute_end), (at(50), at(150), at(1_000)));
        assert!(tx.extend_session("s1", at(2_000)).await.unwrap());
        assert_eq!(tx.session("s1").await.unwrap().unwrap().absolute_end, at(2_000));
        assert_eq!(tx.session_by_cookie("hash-none").await.unwrap(), None);
    }

    async fn the_first_reason_stays(bed) {
        let store = bed.store().await;
        sign_in(&store, "s1").await;
        let mut tx = store.write().await.unwrap();
        assert_eq!(tx.end_session("s1", EndReason::Revoked, at(5)).await.unwrap(), Some(1));
        assert_eq!(tx.end_session("s1", EndReason::Logout, at(6)).await.unwrap(), None);
        assert_eq!(tx.end_session("none", EndReason::Logout, at(6)).await.unwrap(), None);
        assert!(!tx.extend_session("s1", at(2_000)).await.unwrap());
        tx.touch_session("s1", at(50), at(150)).await.unwrap();
        tx.commit().await.unwrap();
        let mut tx = store.read().await.unwrap();
        let session = tx.session_by_cookie("hash-s1").await.unwrap().unwrap();
        assert_eq!((session.ended, session.idle_end), (Some((EndReason::Revoked, at(5))), at(100)));
        let log = tx.revocations_after(0).await.unwrap();
        assert_eq!(log.len(), 1);
        assert_eq!((log[0].rev, log[0].sid.as_str(), log[0].reason, log[0].at), (1, "s1", EndReason::Revoked, at(5)));
        assert_eq!(tx.rev().await.unwrap(), 1);
        let devices = tx.devices("ada").await.unwrap();
        assert_eq!((devices[0].label.as_str(), devices[0].address_short.as_str()), ("Firefox", "192.0.2.0"));
    }

    async fn all_others_end_and_the_current_one_goes_on(bed) {
        let store = bed.store().await;
        for sid in ["s1", "s2", "s3", "s4"] {
            sign_in(&store, sid).await;
        }
        let mut tx = store.write().await.unwrap();
        tx.end_session("s3", EndReason::Logout, at(1)).await.unwrap();
        let ended = tx.end_sessions_of("ada", Some("s2"), EndReason::PasswordChanged, at(2)).await.unwrap();
        assert_eq!(ended, ["s1", "s4"]);
        assert!(tx.session("s2").await.unwrap().unwrap().ended.is_none());
        assert_eq!(tx.end_sessions_of("ada", None, EndReason::AccountDisabled, at(3)).await.unwrap(), ["s2"]);
        assert_eq!(tx.rev().await.unwrap(), 4);
        assert_eq!(tx.revocations_after(2).await.unwrap().len(), 2);
    }

    async fn revocations_are_numbered_in_the_order_of_commits(bed) {
        let store = bed.store().await;
        let sids = (0..12).map(|n| format!("s{n}")).collect::<Vec<_>>();
        for sid in &sids {
            sign_in(&store, sid).await;
        }
        // Whoever ends first commits last: the next number waits for it, and nobody who polls skips one.
        let mut slow = store.write().await.unwrap();
        slow.end_session("s0", EndReason::Logout, at(1)).await.unwrap();
        let quick = (1..12).map(|n| {
            let (store, sid) = (store.clone(), sids[n].clone());
            start(async move {
                let mut tx = store.write().await.unwrap();
                tx.end_session(&sid, EndReason::Revoked, at(2)).await.unwrap();
                tx.commit().await.unwrap();
            })
        });
        let quick = quick.collect::<Vec<_>>();
        assert_eq!(store.read().await.unwrap().rev().await.unwrap(), 0);
        slow.commit().await.unwrap();
        let mut polled = Vec::new();
        loop {
            let done = quick.iter().all(tokio::task::JoinHandle::is_finished);
            let last = polled.last().copied().unwrap_or(0);
            let news = store.read().await.unwrap().revocations_after(last).await.unwrap();
            polled.extend(news.iter().map(|line| line.rev));
            if done {
                break;
            }
        }
        for task in quick {
            task.await.unwrap();
        }
        assert_eq!(polled, (1..=12).collect::<Vec<i64>>());
    }

    async fn two_who_end_the_same_sessions_do_not_block_each_other(bed) {
        let store = bed.store().await;
        for n in 0..20 {
            sign_in(&store, &format!("s{n}")).await;
        }
        let tasks = (0..6).map(|task| {
            let store = store.clone();
            start(async move {
                let mut tx = store.write().await.unwrap();
                if task % 2 == 0 {
                    tx.end_sessions_of("ada", None, EndReason::RevokedAll, at(1)).await.unwrap();
                } else {
                    for n in (0..20).rev() {
                        tx.end_session(&format!("s{n}"), EndReason::Revoked, at(1)).await.unwrap();
                    }
                }
                tx.commit().await.unwrap();
            })
        });
        for task in tasks.collect::<Vec<_>>() {
            task.await.unwrap();
        }
        assert_eq!(store.read().await.unwrap().revocations_after(0).await.unwrap().len(), 20);
    }

    async fn a_cookie_names_one_session(bed) {
        let store = bed.store().await;
        sign_in(&store, "s1").await;
        let mut tx = store.write().await.unwrap();
        let session = NewSession {
            sid: "s2",
            account: "ada",
            cookie_hash: Some("hash-s1"),
            kid: None,
            browser: None,
            idle_end: at(1),
            absolute_end: at(1),
            label: "",
            address_short: "",
        };
        let refused = tx.add_session(session, at(0)).await.unwrap_err();
        assert!(matches!(&refused, StoreError::Conflict(name) if name == "session_cookie_hash_key"), "{refused}");
    }
}

#[tokio::test]
async fn a_commit_that_ends_a_session_wakes_whoever_listens_and_another_commit_does_not() {
    let bed = Bed::postgres().await;
    let store = bed.store().await;
    sign_in(&store, "s1").await;
    let mut wakes = store.wakes().await.unwrap().expect("PostgreSQL tells");
    sign_in(&store, "s2").await;
    let mut tx = store.write().await.unwrap();
    tx.end_session("s1", EndReason::Revoked, at(1)).await.unwrap();
    let early = tokio::time::timeout(Duration::from_millis(200), wakes.next()).await;
    assert!(early.is_err(), "nothing is told before the commit");
    tx.commit().await.unwrap();
    tokio::time::timeout(Duration::from_secs(10), wakes.next()).await.expect("a wake").unwrap();
    drop(wakes);
    bed.remove().await;
    assert!(Bed::sqlite().store().await.wakes().await.unwrap().is_none(), "on SQLite nobody tells");
}
