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

    async fn invariants_5_and_6_no_order_of_key_events_and_clean_ups_ends_a_cookie_or_loses_a_reason(bed) {
        let store = bed.store().await;
        settle(&store, "ada").await;
        sign_in(&store, "open", Some("hash-open"), None).await;
        sign_in(&store, "out", Some("hash-out"), None).await;
        let mut tx = store.write().await.unwrap();
        tx.signing_keys_or_first(("k0", "s"), at(0)).await.unwrap();
        tx.end_session("out", EndReason::Logout, at(1)).await.unwrap();
        tx.commit().await.unwrap();
        // A small generator of its own: the same order every time, and another for each round.
        let mut state = 7_u64;
        let mut draw = |below: u64| {
            state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
            (state >> 33) % below
        };
        for round in 1..60_i64 {
            // Within the sessions' lives; a clock that jumps is kept from here by session time.
            let now = at(round);
            let mut tx = store.write().await.unwrap();
            let ring = tx.signing_keys().await.unwrap();
            let any = ring[usize::try_from(draw(ring.len() as u64)).unwrap()].kid.clone();
            let next = format!("k{round}");
            match draw(5) {
                0 => tx.rotate_keys((&next, "s"), now).await.unwrap(),
                1 => drop(tx.move_keys_on(at(round + 60)).await.unwrap()),
                2 => drop(tx.compromise_key(&any, (&next, "s"), now).await.unwrap()),
                3 => drop(tx.remove_tombstones(now, 100).await.unwrap()),
                _ => drop(tx.bury_timed_out(now, 100).await.unwrap()),
            }
            tx.commit().await.unwrap();
            let ring = store.read().await.unwrap().signing_keys().await.unwrap();
            assert_eq!(ring.iter().filter(|key| key.state == KeyState::Active).count(), 1, "round {round}: {ring:?}");
            assert_eq!(store.signed_by_cookie("hash-open").await.unwrap().unwrap().session.ended, None, "round {round}");
            let out = store.signed_by_cookie("hash-out").await.unwrap().unwrap();
            assert_eq!(out.session.ended, Some((EndReason::Logout, at(1))), "round {round}");
        }
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
