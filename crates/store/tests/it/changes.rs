//! Transactions: what is rolled back, what waits, and numbers in the order of commits.

use crate::world::{add, at, settle, start};

store::on_both! {
    async fn what_is_not_committed_never_was(bed) {
        let store = bed.store().await;
        let mut tx = store.write().await.unwrap();
        add(&mut tx, "ada").await.unwrap();
        assert!(tx.account("ada").await.unwrap().is_some());
        assert!(store.read().await.unwrap().account("ada").await.unwrap().is_none());
        drop(tx);
        assert!(store.read().await.unwrap().account("ada").await.unwrap().is_none());
        settle(&store, "ada").await;
        assert!(store.read().await.unwrap().account("ada").await.unwrap().is_some());
    }

    async fn a_snapshot_does_not_move(bed) {
        let store = bed.store().await;
        let mut before = store.read().await.unwrap();
        assert!(before.account("ada").await.unwrap().is_none());
        settle(&store, "ada").await;
        assert!(before.account("ada").await.unwrap().is_none());
    }

    async fn two_hundred_writers_at_once_all_succeed(bed) {
        let store = bed.store().await;
        let writers = (0..200).map(|_| {
            let store = store.clone();
            start(async move {
                let mut tx = store.write().await?;
                let number = tx.next_change().await?;
                tx.put_meta(&format!("writer-{number}"), "was here").await?;
                tx.commit().await?;
                Ok::<_, store::StoreError>(number)
            })
        });
        let mut numbers = Vec::new();
        for writer in writers.collect::<Vec<_>>() {
            numbers.push(writer.await.unwrap().unwrap());
        }
        numbers.sort_unstable();
        assert_eq!(numbers, (1..=200).collect::<Vec<i64>>());
        assert_eq!(store.read().await.unwrap().change().await.unwrap(), 200);
    }

    async fn whoever_sees_a_number_sees_everything_before_it(bed) {
        let store = bed.store().await;
        let writers = (0..20u64).map(|writer| {
            let store = store.clone();
            start(async move {
                let mut tx = store.write().await.unwrap();
                let number = tx.next_change().await.unwrap();
                // The odd ones dawdle and some give up: neither may leave a hole that fills later.
                for _ in 0..(writer % 5) {
                    tokio::task::yield_now().await;
                }
                tx.put_meta(&format!("number-{number}"), "").await.unwrap();
                if writer % 4 != 3 {
                    tx.commit().await.unwrap();
                }
            })
        });
        let writers = writers.collect::<Vec<_>>();
        loop {
            let done = writers.iter().all(tokio::task::JoinHandle::is_finished);
            let mut tx = store.read().await.unwrap();
            for number in 1..=tx.change().await.unwrap() {
                assert!(tx.meta(&format!("number-{number}")).await.unwrap().is_some(), "{number} is missing");
            }
            if done {
                break;
            }
        }
        assert_eq!(store.read().await.unwrap().change().await.unwrap(), 15);
    }

    async fn a_caller_that_goes_away_leaves_nothing_locked(bed) {
        let store = bed.store().await;
        for steps in 0..60 {
            let task = start({
                let store = store.clone();
                async move {
                    let mut tx = store.write().await.unwrap();
                    tx.next_change().await.unwrap();
                    tx.put_meta("k", "v").await.unwrap();
                    tx.delete_meta("k").await.unwrap();
                    std::future::pending::<()>().await;
                }
            });
            let reader = start({
                let store = store.clone();
                async move {
                    let mut tx = store.read().await.unwrap();
                    tx.meta("k").await.unwrap();
                    std::future::pending::<()>().await;
                }
            });
            for _ in 0..steps {
                tokio::task::yield_now().await;
            }
            task.abort();
            reader.abort();
            let _ = (task.await, reader.await);
        }
        let mut tx = store.write().await.unwrap();
        assert_eq!(tx.next_change().await.unwrap(), 1);
        tx.put_meta("at", &at(0).millis().to_string()).await.unwrap();
        tx.commit().await.unwrap();
    }
}
