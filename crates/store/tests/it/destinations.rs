//! Destinations: whose they are, and what takes them away.

use domain::{destination::Place, session::EndReason};
use store::{NewDestination, NewSession, TelegramLink};

use crate::{
    alerts::{add, chat},
    world::{at, settle},
};

fn subscription(n: u8) -> Place {
    Place::Push { endpoint: format!("https://push.example.net/{n}"), p256dh: "p".into(), auth: "a".into() }
}

store::on_both! {
    async fn a_subscription_leaves_with_its_session_unless_only_time_ended_it(bed) {
        let store = bed.store().await;
        settle(&store, "ada").await;
        let mut tx = store.write().await.unwrap();
        let reasons = [
            EndReason::Logout, EndReason::Revoked, EndReason::RevokedAll, EndReason::AccountDisabled,
            EndReason::PasswordChanged, EndReason::IdleTimeout, EndReason::AbsoluteTimeout,
        ];
        for (n, reason) in (0_u8..).zip(reasons) {
            let sid = format!("s{n}");
            let row = NewSession {
                sid: &sid, account: "ada", cookie_hash: Some(&sid), kid: None, browser: None,
                idle_end: at(99), absolute_end: at(999), label: "", address_short: "",
            };
            tx.add_session(row, at(0)).await.unwrap();
            add(&mut tx, &format!("d{n}"), &subscription(n), Some(&sid)).await;
            tx.end_session(&sid, reason, at(1)).await.unwrap();
        }
        add(&mut tx, "chat", &chat(1), None).await;
        let left = tx.destinations("ada").await.unwrap();
        assert_eq!(left.iter().map(|d| d.id.as_str()).collect::<Vec<_>>(), ["chat", "d5", "d6"]);
    }

    async fn the_same_place_stays_one_destination(bed) {
        let store = bed.store().await;
        settle(&store, "ada").await;
        settle(&store, "bob").await;
        let mut tx = store.write().await.unwrap();
        add(&mut tx, "first", &chat(1), None).await;
        tx.pause_destination("first", "blocked", at(1)).await.unwrap();
        add(&mut tx, "second", &chat(1), None).await;
        let known = tx.destinations("ada").await.unwrap();
        assert_eq!(known.iter().map(|d| (d.id.as_str(), d.paused.is_some())).collect::<Vec<_>>(), [("first", false)]);
        let of_bob = NewDestination {
            id: "his", space: "bob", account: "bob", session: None, place: &chat(1), name: "", confirm_hash: None,
        };
        tx.add_destination(of_bob, at(2)).await.unwrap();
        let there = tx.destinations_at(&chat(1)).await.unwrap();
        assert_eq!(there.iter().map(|d| d.space.as_str()).collect::<Vec<_>>(), ["ada", "bob"]);
    }

    async fn who_was_not_asked_yet_hears_nothing(bed) {
        let store = bed.store().await;
        settle(&store, "ada").await;
        let mut tx = store.write().await.unwrap();
        let to = Place::Email { to: "Ann@example.net".into() };
        let new = NewDestination {
            id: "mail", space: "ada", account: "ada", session: None, place: &to, name: "", confirm_hash: Some("h"),
        };
        assert!(!tx.add_destination(new, at(0)).await.unwrap().confirmed);
        tx.add_watch("ada", store::NewWatch { address: crate::world::node(1), name: None }, 9, at(0)).await.unwrap();
        assert!(tx.listeners(None).await.unwrap().is_empty());
        assert!(tx.confirm_destination("other").await.unwrap().is_none());
        assert_eq!(tx.confirm_destination("h").await.unwrap().unwrap().id, "mail");
        assert!(tx.confirm_destination("h").await.unwrap().is_none(), "a code opens once");
        assert_eq!(tx.listeners(None).await.unwrap().len(), 1);
    }

    async fn a_code_links_one_chat_and_only_in_its_time(bed) {
        let store = bed.store().await;
        settle(&store, "ada").await;
        let link = TelegramLink { space: "ada".into(), account: "ada".into() };
        let mut tx = store.write().await.unwrap();
        tx.add_telegram_link("old", &link, at(600), at(0)).await.unwrap();
        tx.add_telegram_link("new", &link, at(601), at(1)).await.unwrap();
        assert_eq!(tx.use_telegram_link("old", at(2)).await.unwrap(), None, "the newer one replaces it");
        assert_eq!(tx.use_telegram_link("new", at(601)).await.unwrap(), None, "too late");
        assert_eq!(tx.use_telegram_link("new", at(600)).await.unwrap(), Some(link));
        assert_eq!(tx.use_telegram_link("new", at(600)).await.unwrap(), None, "used up");
    }
}
