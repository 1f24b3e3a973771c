//! First answers to repeated requests; heartbeats; API tokens.

use std::time::Duration;

use domain::{api_token::Scope, session_time::Heartbeat};
use store::{Answer, NewToken, Repeat};

use crate::world::{at, settle, start};

store::on_both! {
    async fn a_repeated_request_gets_the_first_answer_and_another_body_none(bed) {
        let store = bed.store().await;
        settle(&store, "ada").await;
        settle(&store, "bob").await;
        let mut tx = store.write().await.unwrap();
        assert_eq!(tx.take_key("ada", "k", "h1", at(0)).await.unwrap(), Repeat::First);
        assert_eq!(tx.take_key("ada", "k", "h1", at(1)).await.unwrap(), Repeat::AtWork);
        let answer = Answer { status: 201, content_type: Some("application/json".to_owned()), body: "{}".to_owned() };
        tx.keep_answer("ada", "k", &answer).await.unwrap();
        assert_eq!(tx.take_key("ada", "k", "h1", at(2)).await.unwrap(), Repeat::Answered(answer));
        assert_eq!(tx.take_key("ada", "k", "h2", at(2)).await.unwrap(), Repeat::Another);
        assert_eq!(tx.take_key("bob", "k", "h2", at(2)).await.unwrap(), Repeat::First, "keys are each account's own");
        assert_eq!(tx.take_key("ada", "k", "h2", at(86_400)).await.unwrap(), Repeat::First, "a day later");
        tx.give_key_back("ada", "k").await.unwrap();
        assert_eq!(tx.take_key("ada", "k", "h3", at(86_401)).await.unwrap(), Repeat::First);
        assert_eq!(tx.take_key("ada", "k", "h3", at(86_461)).await.unwrap(), Repeat::First, "the first one was lost");
        assert_eq!(tx.forget_old_answers(at(2 + 86_400)).await.unwrap(), 1);
    }

    async fn of_several_repeats_at_once_one_is_the_first(bed) {
        let store = bed.store().await;
        settle(&store, "ada").await;
        let tasks = (0..8).map(|_| {
            let store = store.clone();
            start(async move {
                let mut tx = store.write().await.unwrap();
                let said = tx.take_key("ada", "k", "h", at(0)).await.unwrap();
                tx.commit().await.unwrap();
                said
            })
        });
        let mut firsts = 0;
        for task in tasks.collect::<Vec<_>>() {
            firsts += usize::from(task.await.unwrap() == Repeat::First);
        }
        assert_eq!(firsts, 1);
    }

    async fn a_heartbeat_is_read_back(bed) {
        let store = bed.store().await;
        let mut tx = store.write().await.unwrap();
        assert_eq!(tx.heartbeat().await.unwrap(), None);
        let beat = Heartbeat { at: at(5), boot: Duration::from_millis(1_234), boot_id: "a b c".to_owned() };
        tx.keep_heartbeat(&beat).await.unwrap();
        assert_eq!(tx.heartbeat().await.unwrap(), Some(beat));
        tx.vouch_for_clock(at(7)).await.unwrap();
        assert_eq!(tx.vouched_clock().await.unwrap(), Some(at(7)));
        tx.forget_vouched_clock().await.unwrap();
        assert_eq!(tx.vouched_clock().await.unwrap(), None);
        if let Some(theirs) = tx.database_clock().await.unwrap() {
            assert!(theirs > at(-400 * 86_400), "{theirs:?}");
        }
    }

    async fn an_api_token_names_its_account_until_it_is_taken_back(bed) {
        let store = bed.store().await;
        settle(&store, "ada").await;
        let mut tx = store.write().await.unwrap();
        let scopes = [Scope::Read, Scope::Metrics];
        let token = NewToken { id: "abc", account: "ada", secret_hash: "h", name: "Grafana", scopes: &scopes, expires: Some(at(90)) };
        tx.add_api_token(token, at(0)).await.unwrap();
        tx.commit().await.unwrap();
        let named = store.signed_by_api_token("abc").await.unwrap().unwrap();
        assert_eq!((named.secret_hash.as_str(), named.member.id.as_str(), named.scopes), ("h", "ada", scopes.to_vec()));
        assert_eq!((named.expires, named.revoked, named.space.as_deref()), (Some(at(90)), None, Some("ada")));
        assert!(store.signed_by_api_token("abd").await.unwrap().is_none());
        let mut tx = store.write().await.unwrap();
        tx.touch_api_token("abc", at(3)).await.unwrap();
        assert!(!tx.revoke_api_token("bob", "abc", at(4)).await.unwrap(), "it is somebody else's");
        assert!(tx.revoke_api_token("ada", "abc", at(4)).await.unwrap());
        assert!(!tx.revoke_api_token("ada", "abc", at(5)).await.unwrap());
        let listed = tx.api_tokens("ada").await.unwrap();
        assert_eq!((listed[0].name.as_str(), listed[0].last_used, listed[0].revoked), ("Grafana", Some(at(3)), Some(at(4))));
    }
}
