//! Accounts, spaces, invitations, counters of failures, facts about the installation.

use std::time::Duration;

use domain::account::Role;
use store::{Attempt, SpaceRole, StoreError};

use crate::world::{at, email, settle, start};

store::on_both! {
    async fn an_account_is_found_and_owns_its_space(bed) {
        let store = bed.store().await;
        settle(&store, "ada").await;
        let mut tx = store.read().await.unwrap();
        let ada = tx.account_by_email(&email("ada@example.net")).await.unwrap().unwrap();
        assert_eq!((ada.id.as_str(), ada.role, ada.created, ada.disabled), ("ada", Role::Member, at(0), None));
        assert_eq!(tx.account("ada").await.unwrap(), Some(ada));
        let spaces = tx.memberships("ada").await.unwrap();
        assert_eq!(spaces.len(), 1);
        assert_eq!((spaces[0].space.as_str(), spaces[0].role), ("ada", SpaceRole::Owner));
        assert_eq!(tx.account("bob").await.unwrap(), None);
        assert!(!tx.has_admin().await.unwrap());
    }

    async fn a_second_account_of_an_email_is_refused_by_the_constraints_name(bed) {
        let store = bed.store().await;
        settle(&store, "ada").await;
        let mut tx = store.write().await.unwrap();
        let account = store::NewAccount {
            id: "other",
            email: &email("ADA@example.net"),
            password_hash: "",
            role: Role::Admin,
            time_zone: "UTC",
        };
        let refused = tx.add_account(account, "other", at(1)).await.unwrap_err();
        assert!(matches!(&refused, StoreError::Conflict(name) if name == "account_email_key"), "{refused}");
        drop(tx);
        let mut tx = store.write().await.unwrap();
        let account = store::NewAccount { id: "ada", email: &email("other@example.net"), ..account };
        let refused = tx.add_account(account, "other", at(1)).await.unwrap_err();
        assert!(matches!(&refused, StoreError::Conflict(name) if name == "account_pkey"), "{refused}");
    }

    async fn what_is_changed_in_an_account_is_read_back(bed) {
        let store = bed.store().await;
        settle(&store, "ada").await;
        let mut tx = store.write().await.unwrap();
        assert!(tx.set_password_hash("ada", "new").await.unwrap());
        assert!(tx.set_time_zone("ada", "Asia/Tokyo").await.unwrap());
        assert!(tx.set_disabled("ada", Some(at(9))).await.unwrap());
        assert!(!tx.set_disabled("bob", None).await.unwrap());
        tx.commit().await.unwrap();
        let ada = store.read().await.unwrap().account("ada").await.unwrap().unwrap();
        assert_eq!((ada.password_hash.as_str(), ada.time_zone.as_str(), ada.disabled), ("new", "Asia/Tokyo", Some(at(9))));
    }

    async fn an_invitation_serves_its_email_once_and_in_time(bed) {
        let store = bed.store().await;
        let (ada, bob) = (email("ada@example.net"), email("bob@example.net"));
        let mut tx = store.write().await.unwrap();
        tx.add_invitation("hash", &ada, at(0), at(100)).await.unwrap();
        assert!(!tx.use_invitation("hash", &bob, at(1)).await.unwrap());
        assert!(!tx.use_invitation("hash", &ada, at(100)).await.unwrap());
        assert!(tx.use_invitation("hash", &ada, at(99)).await.unwrap());
        assert!(!tx.use_invitation("hash", &ada, at(99)).await.unwrap());
        assert_eq!(tx.invitation("hash").await.unwrap().unwrap().used, Some(at(99)));
        assert_eq!(tx.invitation("other").await.unwrap(), None);
    }

    async fn failures_are_counted_within_a_window(bed) {
        let store = bed.store().await;
        let day = Duration::from_secs(86_400);
        let mut tx = store.write().await.unwrap();
        for expected in 1..=5 {
            assert_eq!(tx.count_failure("key", at(expected), day).await.unwrap(), expected);
        }
        tx.delay_attempts("key", at(60)).await.unwrap();
        let expected = Attempt { failures: 5, first: at(1), until: Some(at(60)) };
        assert_eq!(tx.attempt("key").await.unwrap(), Some(expected));
        assert_eq!(tx.count_failure("key", at(86_401), day).await.unwrap(), 1);
        assert_eq!(tx.attempt("key").await.unwrap().unwrap().until, None);
        assert_eq!(tx.forget_old_attempts(at(86_401)).await.unwrap(), 0);
        assert_eq!(tx.forget_old_attempts(at(86_402)).await.unwrap(), 1);
        assert_eq!(tx.attempt("key").await.unwrap(), None);
    }

    async fn only_the_newest_failures_are_kept_beyond_the_cap(bed) {
        let store = bed.store().await;
        let mut tx = store.write().await.unwrap();
        for n in 0..5 {
            tx.count_failure(&format!("key{n}"), at(n), Duration::from_secs(9)).await.unwrap();
        }
        assert_eq!(tx.cap_attempts(5).await.unwrap(), 0);
        assert_eq!(tx.cap_attempts(2).await.unwrap(), 3);
        assert!(tx.attempt("key2").await.unwrap().is_none() && tx.attempt("key3").await.unwrap().is_some());
    }

    async fn the_instance_is_named_once(bed) {
        let store = bed.store().await;
        let mut tx = store.write().await.unwrap();
        assert_eq!(tx.instance().await.unwrap(), None);
        assert_eq!(tx.instance_or_insert("abc234").await.unwrap(), "abc234");
        tx.commit().await.unwrap();
        let mut tx = store.write().await.unwrap();
        assert_eq!(tx.instance_or_insert("zzz777").await.unwrap(), "abc234");
    }

    async fn a_set_up_code_is_taken_once(bed) {
        let store = bed.store().await;
        let mut tx = store.write().await.unwrap();
        tx.put_meta("setup_code_hash", "h").await.unwrap();
        tx.commit().await.unwrap();
        let takers = (0..8).map(|_| {
            let store = store.clone();
            start(async move {
                let mut tx = store.write().await.unwrap();
                let taken = tx.take_meta("setup_code_hash", "h").await.unwrap();
                tx.commit().await.unwrap();
                taken
            })
        });
        let mut taken = 0;
        for taker in takers.collect::<Vec<_>>() {
            taken += usize::from(taker.await.unwrap());
        }
        assert_eq!(taken, 1);
    }
}
