//! Leases: one holder, and a fence for those who do not know that they lost it.

use std::time::Duration;

use store::StoreError;

use crate::world::{at, start};

const TTL: Duration = Duration::from_secs(30);

store::on_both! {
    async fn the_lease_changes_hands_only_when_it_is_over(bed) {
        let store = bed.store().await;
        let first = store.acquire_watch("a", at(0), TTL).await.unwrap().unwrap();
        assert_eq!(store.acquire_watch("b", at(29), TTL).await.unwrap(), None);
        assert_eq!(store.acquire_watch("a", at(20), TTL).await.unwrap(), Some(first));
        assert_eq!(store.acquire_watch("b", at(49), TTL).await.unwrap(), None);
        let second = store.acquire_watch("b", at(50), TTL).await.unwrap().unwrap();
        assert!(second > first);
        assert_eq!(store.acquire_watch("a", at(51), TTL).await.unwrap(), None);
        assert_eq!(store.read().await.unwrap().holder("watch", at(51)).await.unwrap().as_deref(), Some("b"));
        store.release_watch(first).await.unwrap();
        assert_eq!(store.acquire_watch("a", at(51), TTL).await.unwrap(), None, "an old fence gives nothing back");
        store.release_watch(second).await.unwrap();
        let third = store.acquire_watch("a", at(51), TTL).await.unwrap().unwrap();
        assert!(third > second);
    }

    async fn an_old_holders_write_is_refused(bed) {
        let store = bed.store().await;
        let old = store.acquire_watch("a", at(0), TTL).await.unwrap().unwrap();
        let mut tx = store.write_watch(old, at(40)).await.unwrap();
        tx.put_meta("written", "late, but nobody took over").await.unwrap();
        tx.commit().await.unwrap();
        let new = store.acquire_watch("b", at(41), TTL).await.unwrap().unwrap();
        assert!(matches!(store.write_watch(old, at(41)).await, Err(StoreError::FenceLost)));
        store.write_watch(new, at(41)).await.unwrap().commit().await.unwrap();
        store.release_watch(new).await.unwrap();
        assert!(matches!(store.write_watch(new, at(42)).await, Err(StoreError::FenceLost)));
    }

    async fn nobody_takes_over_in_the_middle_of_a_write(bed) {
        let store = bed.store().await;
        let old = store.acquire_watch("a", at(0), TTL).await.unwrap().unwrap();
        let mut tx = store.write_watch(old, at(31)).await.unwrap();
        let taker = start({
            let store = store.clone();
            async move { store.acquire_watch("b", at(31), TTL).await.unwrap().unwrap() }
        });
        tx.put_meta("written", "in the fence").await.unwrap();
        assert!(!taker.is_finished());
        tx.commit().await.unwrap();
        assert!(taker.await.unwrap() > old);
        assert!(matches!(store.write_watch(old, at(31)).await, Err(StoreError::FenceLost)));
    }

    async fn of_many_takers_one_gets_it(bed) {
        let store = bed.store().await;
        let takers = (0..10).map(|taker| {
            let store = store.clone();
            start(async move { store.acquire_watch(&format!("t{taker}"), at(0), TTL).await.unwrap() })
        });
        let mut winners = 0;
        for taker in takers.collect::<Vec<_>>() {
            winners += usize::from(taker.await.unwrap().is_some());
        }
        assert_eq!(winners, 1);
    }
}
