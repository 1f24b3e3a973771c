//! Who a credential is, in one row; clean-up touches tombstones only, a few at a time.

use domain::{account::Role, session::EndReason};
use store::{NewSession, Store};

use crate::world::{at, settle};

async fn sign_in(store: &Store, sid: &str, absolute_end: i64) {
    let mut tx = store.write().await.unwrap();
    let hash = format!("hash-{sid}");
    let session = NewSession {
        sid,
        account: "ada",
        cookie_hash: Some(&hash),
        kid: None,
        browser: Some("firefox"),
        idle_end: at(absolute_end - 1),
        absolute_end: at(absolute_end),
        label: "",
        address_short: "",
    };
    tx.add_session(session, at(0)).await.unwrap();
    tx.commit().await.unwrap();
}

store::on_both! {
    async fn one_row_tells_session_account_space_and_revocation(bed) {
        let store = bed.store().await;
        settle(&store, "ada").await;
        sign_in(&store, "s1", 1_000).await;
        let signed = store.signed_by_cookie("hash-s1").await.unwrap().unwrap();
        let member = signed.member.unwrap();
        assert_eq!((signed.session.sid.as_str(), signed.has_cookie, signed.rev), ("s1", true, 0));
        assert_eq!((member.id.as_str(), member.email.as_str(), member.role), ("ada", "ada@example.net", Role::Member));
        assert_eq!((signed.space.as_deref(), signed.key), (Some("ada"), None));
        assert!(store.signed_by_cookie("hash-none").await.unwrap().is_none());
        let mut tx = store.write().await.unwrap();
        assert_eq!(tx.disable_account("ada", at(4)).await.unwrap(), Some(vec!["s1".to_owned()]));
        assert_eq!(tx.disable_account("bob", at(4)).await.unwrap(), None);
        tx.commit().await.unwrap();
        let signed = store.signed_by_cookie("hash-s1").await.unwrap().unwrap();
        assert_eq!(signed.session.ended, Some((EndReason::AccountDisabled, at(4))));
        assert_eq!((signed.rev, signed.member.unwrap().disabled), (1, Some(at(4))));
    }

    async fn fault_35_a_miss_is_asked_again_on_the_writers_connection(bed) {
        let store = bed.store().await;
        settle(&store, "ada").await;
        sign_in(&store, "s1", 1_000).await;
        store.faults().lag(true);
        assert!(store.signed_by_cookie("hash-s1").await.unwrap().is_some());
        assert!(store.signed_by_token("s1", "k").await.unwrap().is_some());
    }

    async fn a_session_lost_without_a_reason_is_found_by_its_browser(bed) {
        let store = bed.store().await;
        settle(&store, "ada").await;
        sign_in(&store, "s1", 1_000).await;
        let mut tx = store.write().await.unwrap();
        assert!(tx.has_open_session_in("ada", "firefox", at(0)).await.unwrap());
        assert!(!tx.has_open_session_in("ada", "firefox", at(1)).await.unwrap(), "not used since");
        assert!(!tx.has_open_session_in("ada", "chrome", at(0)).await.unwrap());
        tx.end_session("s1", EndReason::Logout, at(1)).await.unwrap();
        assert!(!tx.has_open_session_in("ada", "firefox", at(0)).await.unwrap(), "the reason is known");
    }

    async fn fault_85_clean_up_removes_a_few_tombstones_and_no_session_that_goes_on(bed) {
        let store = bed.store().await;
        settle(&store, "ada").await;
        for n in 0..8 {
            sign_in(&store, &format!("old{n}"), 10).await;
        }
        sign_in(&store, "signed-out", 10).await;
        sign_in(&store, "open", 10_000).await;
        let mut tx = store.write().await.unwrap();
        tx.end_session("signed-out", EndReason::Logout, at(5)).await.unwrap();
        // A clock that is wrong by an age finds nothing to remove but the tombstone.
        assert_eq!(tx.remove_tombstones(at(1_000_000), 100).await.unwrap(), 1);
        assert_eq!(tx.bury_timed_out(at(100), 5).await.unwrap(), 5);
        assert_eq!(tx.remove_tombstones(at(100), 3).await.unwrap(), 3);
        assert_eq!(tx.remove_tombstones(at(100), 3).await.unwrap(), 2);
        assert_eq!(tx.count_sessions().await.unwrap(), 4);
        assert!(tx.session("open").await.unwrap().unwrap().ended.is_none());
        let buried = tx.revocations_after(1).await.unwrap();
        assert!(buried.iter().all(|line| line.reason == EndReason::IdleTimeout && line.at == at(9)), "{buried:?}");
    }

    async fn whatever_query_fails_nothing_is_said_of_a_session(bed) {
        let store = bed.store().await;
        settle(&store, "ada").await;
        sign_in(&store, "s1", 1_000).await;
        let mut failed = 0;
        for n in 0.. {
            store.faults().fail_after(n);
            let by_cookie = store.signed_by_cookie("hash-s1").await;
            let unknown = store.signed_by_cookie("hash-none").await;
            let said_gone = by_cookie.as_ref().is_ok_and(Option::is_none);
            assert!(!said_gone && (by_cookie.is_ok() || unknown.is_ok()));
            failed += u32::from(by_cookie.is_err() || unknown.is_err());
            if !store.faults().mend() {
                break;
            }
        }
        assert_eq!(failed, 3, "one query for a hit, two for a miss");
    }
}
