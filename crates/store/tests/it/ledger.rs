//! The ledger: runs that are open, how they ended, and the markets they came from.

use std::collections::BTreeMap;

use domain::{
    address::Address,
    chain::Running,
    job::{Ending, Outcome},
    market::{Market, QueueKind},
    network::{ClosedRun, Seen},
    run::Run,
    time::Timestamp,
};
use store::{Job, JobQuery, NewWatch, Store};

use crate::world::{at, node, settle};

const START: i64 = 1_795_000_000;

fn running(run: u8, started: i64) -> Running {
    Running {
        run: node(run),
        job: node(100),
        started: Timestamp::from_unix_seconds(START + started),
        market: None,
        price: None,
        timeout: None,
        more: 0,
    }
}

fn closed(run: u8, who: u8, started: i64, outcome: Outcome, paid: Option<i64>, last_word: bool) -> ClosedRun {
    let time = START + started;
    ClosedRun {
        address: node(run),
        run: Run { job: node(100), node: node(who), time },
        ending: Ending { outcome, time_start: time, time_end: paid.map(|_| time + 60), paid, last_word },
    }
}

async fn watch(store: &Store, number: u8) {
    let mut tx = store.write().await.unwrap();
    tx.add_watch("ada", NewWatch { address: node(number), name: None }, 100, at(0)).await.unwrap();
    tx.commit().await.unwrap();
}

fn most(limit: u32) -> JobQuery {
    JobQuery { limit, ..JobQuery::default() }
}

async fn job(tx: &mut store::Read, run: u8) -> Job {
    tx.jobs("ada", most(100)).await.unwrap().into_iter().find(|job| job.run == node(run)).unwrap()
}

store::on_both! {
    async fn earnings_are_summed_to_the_micro_nos_and_never_overflow(bed) {
        let store = bed.store().await;
        settle(&store, "ada").await;
        watch(&store, 1).await;
        let mut tx = store.write().await.unwrap();
        // Paid by a hostile market: two of them do not fit 64 bits together.
        let paid = [Some(i64::MAX), Some(i64::MAX), Some(1_414_001), None];
        for (run, paid) in (1..).zip(paid) {
            let outcome = if paid.is_some() { Outcome::Finished } else { Outcome::Unknown };
            let run = closed(run, 1, i64::from(run) * 1_000, outcome, paid, true);
            assert!(tx.close_job(&run, at(9_000)).await.unwrap());
        }
        tx.commit().await.unwrap();
        let mut tx = store.read().await.unwrap();
        let all = tx.paid("ada", None, None).await.unwrap();
        assert_eq!((all.jobs, all.unread, all.micro_nos), (3, 1, 2 * i128::from(i64::MAX) + 1_414_001));
        // The third ended 60 s after its start.
        let second = |seconds| Some(Timestamp::from_unix_seconds(START + seconds));
        let third = tx.paid("ada", second(3_060), second(3_061)).await.unwrap();
        assert_eq!((third.jobs, third.unread, third.micro_nos), (1, 0, 1_414_001));
        let after = tx.paid("ada", second(3_061), second(9_000)).await.unwrap();
        assert_eq!((after.jobs, after.unread, after.micro_nos), (0, 0, 0));
        assert_eq!(tx.paid("somebody else", None, None).await.unwrap().jobs, 0);
    }

    async fn a_run_is_saved_filled_in_and_ended_once(bed) {
        let store = bed.store().await;
        settle(&store, "ada").await;
        watch(&store, 1).await;
        let mut tx = store.write().await.unwrap();
        tx.save_running(&node(1), &running(50, 10)).await.unwrap();
        let read = Running { market: Some(node(9)), price: Some(278), timeout: Some(7_200), ..running(50, 10) };
        tx.save_running(&node(1), &read).await.unwrap();
        tx.save_running(&node(1), &running(50, 10)).await.unwrap();
        let open = job(&mut tx, 50).await;
        assert_eq!((open.market, open.price, open.timeout), (Some(node(9)), Some(278), Some(7_200)));
        assert_eq!((open.outcome, open.paid, open.last_word, open.closed), (Outcome::Running, None, false, None));
        let runs = tx.open_runs().await.unwrap();
        assert_eq!((runs.len(), runs[0].address), (1, node(50)));
        assert_eq!(runs[0].run, Run { job: node(100), node: node(1), time: START + 10 });

        let unreadable = closed(50, 1, 10, Outcome::Unknown, None, false);
        assert!(tx.close_job(&unreadable, at(100)).await.unwrap());
        assert!(!tx.close_job(&unreadable, at(101)).await.unwrap());
        tx.save_running(&node(1), &read).await.unwrap();
        assert_eq!(job(&mut tx, 50).await.outcome, Outcome::Unknown);
        assert!(tx.open_runs().await.unwrap().is_empty());

        let paid = closed(50, 1, 10, Outcome::Finished, Some(16_680), true);
        assert!(tx.close_job(&paid, at(200)).await.unwrap());
        assert!(!tx.close_job(&closed(50, 1, 10, Outcome::Failed, Some(0), true), at(300)).await.unwrap());
        let last = job(&mut tx, 50).await;
        assert_eq!((last.outcome, last.paid, last.last_word), (Outcome::Finished, Some(16_680), true));
        assert_eq!((last.ended, last.closed), (Some(Timestamp::from_unix_seconds(START + 70)), Some(at(100))));
        assert_eq!(last.price, Some(278));
    }

    async fn a_run_that_was_never_saved_is_kept_only_where_somebody_watches(bed) {
        let store = bed.store().await;
        settle(&store, "ada").await;
        watch(&store, 1).await;
        watch(&store, 2).await;
        let mut tx = store.write().await.unwrap();
        tx.save_running(&node(2), &running(52, 0)).await.unwrap();
        tx.delete_watch("ada", &node(2), at(1)).await.unwrap();
        assert!(tx.close_job(&closed(51, 1, 0, Outcome::Abandoned, Some(0), true), at(9)).await.unwrap());
        assert!(tx.close_job(&closed(52, 2, 0, Outcome::Abandoned, Some(0), true), at(9)).await.unwrap());
        assert!(!tx.close_job(&closed(53, 3, 0, Outcome::Abandoned, Some(0), true), at(9)).await.unwrap());
        assert_eq!(tx.node_jobs(&node(1), 10).await.unwrap().len(), 1);
        assert_eq!(tx.node_jobs(&node(2), 10).await.unwrap().len(), 1);
        assert_eq!(tx.node_jobs(&node(3), 10).await.unwrap().len(), 0);
        assert_eq!(tx.jobs("ada", most(10)).await.unwrap().len(), 2, "the jobs of a node that was let go stay");
    }

    async fn pages_of_jobs_meet_without_a_gap(bed) {
        let store = bed.store().await;
        settle(&store, "ada").await;
        watch(&store, 1).await;
        watch(&store, 2).await;
        let mut tx = store.write().await.unwrap();
        for run in 10..30u8 {
            // Three start in each second, so that the run decides.
            tx.save_running(&node(1 + run % 2), &running(run, i64::from(run / 3))).await.unwrap();
        }
        let all = tx.jobs("ada", most(100)).await.unwrap();
        assert_eq!(all.len(), 20);
        assert!(all.windows(2).all(|pair| (pair[0].started, pair[0].run.to_string()) > (pair[1].started, pair[1].run.to_string())));
        let (mut paged, mut after) = (Vec::new(), None);
        loop {
            let page = tx.jobs("ada", JobQuery { after, ..most(7) }).await.unwrap();
            after = page.last().map(Job::cursor);
            if page.is_empty() {
                break;
            }
            paged.extend(page);
        }
        assert_eq!(paged, all);
        let of_one = tx.jobs("ada", JobQuery { node: Some(node(2)), ..most(100) }).await.unwrap();
        assert_eq!(of_one.len(), 10);
        assert!(of_one.iter().all(|job| job.node == node(2)));
        assert_eq!(tx.node_jobs(&node(2), 3).await.unwrap(), of_one[..3]);
        assert!(tx.jobs("bob", most(100)).await.unwrap().is_empty());
    }

    async fn hostile_figures_are_kept_or_unknown_and_never_cut(bed) {
        let store = bed.store().await;
        settle(&store, "ada").await;
        watch(&store, 1).await;
        let mut tx = store.write().await.unwrap();
        let hostile = Running { price: Some(u64::MAX), timeout: Some(i64::MIN), ..running(50, 0) };
        tx.save_running(&node(1), &hostile).await.unwrap();
        let open = job(&mut tx, 50).await;
        assert_eq!((open.price, open.timeout), (None, Some(i64::MIN)));
        let mut end = closed(50, 1, 0, Outcome::Finished, Some(i64::MAX), true);
        end.ending.time_start = i64::MIN;
        end.ending.time_end = Some(i64::MAX);
        assert!(tx.close_job(&end, at(1)).await.unwrap());
        let last = job(&mut tx, 50).await;
        assert_eq!((last.paid, last.started.millis(), last.ended.unwrap().millis()), (Some(i64::MAX), i64::MIN, i64::MAX));
    }

    async fn markets_are_known_after_a_restart(bed) {
        let store = bed.store().await;
        let market = |price| Market {
            authority: node(200),
            job_expiration: -1,
            price,
            timeout: i64::MAX,
            job_type: 255,
            access_key: Address::SYSTEM,
            xnos_minimum: u128::MAX,
            queue_kind: QueueKind::Empty,
            queue: Vec::new(),
        };
        let seen = |price, slot| Seen { value: market(price), slot, at: at(1) };
        let first = BTreeMap::from([(node(1), seen(u64::MAX, 5)), (node(2), seen(0, 5))]);
        let mut tx = store.write().await.unwrap();
        tx.save_markets(&BTreeMap::new(), &first).await.unwrap();
        assert_eq!(tx.markets().await.unwrap(), first);
        let busy = Market { queue_kind: QueueKind::Node, queue: vec![node(7)], ..market(0) };
        let second = BTreeMap::from([(node(2), Seen { value: busy, slot: 6, at: at(2) }), (node(3), seen(3, 6))]);
        tx.save_markets(&first, &second).await.unwrap();
        // A queue alone is no reason to write.
        assert_eq!(tx.markets().await.unwrap(), BTreeMap::from([(node(2), seen(0, 5)), (node(3), seen(3, 6))]));
    }
}
