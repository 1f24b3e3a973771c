//! The ring of keys: made once, rotated with an overlap, and cookies depend on none of them.

use domain::{session::EndReason, signing_key::KeyState};
use store::{NewSession, Store};

use crate::world::{at, settle, start};

async fn states(store: &Store) -> Vec<(String, KeyState)> {
    let ring = store.read().await.unwrap().signing_keys().await.unwrap();
    ring.into_iter().map(|key| (key.kid, key.state)).collect()
}

async fn sign_in(store: &Store, sid: &str, cookie_hash: Option<&str>, kid: Option<&str>) {
    let mut tx = store.write().await.unwrap();
    let (idle_end, absolute_end) = (at(100), at(1_000));
    let session = NewSession {
        sid,
        account: "ada",
        cookie_hash,
        kid,
        browser: None,
        idle_end,
        absolute_end,
        label: "",
        address_short: "",
    };
    tx.add_session(session, at(0)).await.unwrap();
    tx.commit().await.unwrap();
}

store::on_both! {
    async fn of_servers_that_start_at_once_one_makes_the_first_key(bed) {
        let store = bed.store().await;
        let tasks = (0..6).map(|n| {
            let store = store.clone();
            start(async move {
                let mut tx = store.write().await.unwrap();
                let ring = tx.signing_keys_or_first((&format!("k{n}"), "secret"), at(0)).await.unwrap();
                tx.commit().await.unwrap();
                ring.into_iter().map(|key| key.kid).collect::<Vec<_>>()
            })
        });
        let mut rings = Vec::new();
        for task in tasks.collect::<Vec<_>>() {
            rings.push(task.await.unwrap());
        }
        rings.dedup();
        assert_eq!((rings.len(), rings[0].len()), (1, 1), "{rings:?}");
    }

    async fn fault_30_a_rotation_overlaps_and_at_every_moment_one_key_signs(bed) {
        let store = bed.store().await;
        let mut tx = store.write().await.unwrap();
        tx.signing_keys_or_first(("k1", "s1"), at(0)).await.unwrap();
        tx.rotate_keys(("k2", "s2"), at(10)).await.unwrap();
        assert!(!tx.move_keys_on(at(69)).await.unwrap());
        tx.commit().await.unwrap();
        assert_eq!(states(&store).await, [("k2".into(), KeyState::Pending), ("k1".into(), KeyState::Active)]);
        let mut tx = store.write().await.unwrap();
        assert!(tx.move_keys_on(at(70)).await.unwrap());
        assert!(!tx.move_keys_on(at(71)).await.unwrap());
        tx.commit().await.unwrap();
        assert_eq!(states(&store).await, [("k2".into(), KeyState::Active), ("k1".into(), KeyState::VerifyOnly)]);
        let mut tx = store.write().await.unwrap();
        assert!(tx.move_keys_on(at(70 + 31 * 86_400)).await.unwrap());
        tx.commit().await.unwrap();
        assert_eq!(states(&store).await, [("k2".into(), KeyState::Active), ("k1".into(), KeyState::Retired)]);
    }

    async fn a_compromised_key_ends_what_it_signed_and_no_cookie(bed) {
        let store = bed.store().await;
        settle(&store, "ada").await;
        let mut tx = store.write().await.unwrap();
        tx.signing_keys_or_first(("k1", "s1"), at(0)).await.unwrap();
        tx.commit().await.unwrap();
        sign_in(&store, "browser", Some("hash"), None).await;
        sign_in(&store, "script", None, Some("k1")).await;
        sign_in(&store, "other-script", None, Some("k0")).await;
        let mut tx = store.write().await.unwrap();
        assert_eq!(tx.compromise_key("none", ("k2", "s2"), at(1)).await.unwrap(), None);
        let done = tx.compromise_key("k1", ("k2", "s2"), at(1)).await.unwrap().unwrap();
        tx.commit().await.unwrap();
        assert_eq!((done.ended, done.replaced), (vec!["script".to_owned()], true));
        assert_eq!(states(&store).await, [("k2".into(), KeyState::Active), ("k1".into(), KeyState::Compromised)]);
        let script = store.signed_by_token("script", "k1").await.unwrap().unwrap();
        assert_eq!((script.session.ended, script.key), (Some((EndReason::KeyCompromised, at(1))), Some(KeyState::Compromised)));
        assert_eq!(store.signed_by_cookie("hash").await.unwrap().unwrap().session.ended, None);
    }
}
