//! What is found when it is over already is written down once, whatever else saw it.

use domain::{
    address::Address,
    chain::Running,
    job::{Ending, Outcome},
    network::ClosedRun,
    run::Run,
    time::Timestamp,
};
use store::{NewWatch, Store, Terms};

use crate::world::{at, node, settle};

const START: i64 = 1_795_000_000;
const TERMS: Terms = Terms { market: Address::new([9; 32]), price: 278, timeout: 7_200 };

fn ended(name: Address, job: u8, who: u8) -> ClosedRun {
    ClosedRun {
        address: name,
        run: Run { job: node(job), node: node(who), time: START },
        ending: Ending {
            outcome: Outcome::Finished,
            time_start: START,
            time_end: Some(START + 9),
            paid: Some(2_502),
            last_word: true,
        },
    }
}

fn running(run: u8, job: u8) -> Running {
    Running {
        run: node(run),
        job: node(job),
        started: Timestamp::from_unix_seconds(START),
        market: None,
        price: None,
        timeout: None,
        more: 0,
    }
}

async fn watched(store: &Store) {
    settle(store, "ada").await;
    let mut tx = store.write().await.unwrap();
    tx.add_watch("ada", NewWatch { address: node(1), name: None }, 100, at(5)).await.unwrap();
    tx.commit().await.unwrap();
}

store::on_both! {
    async fn a_job_that_nobody_saw_running_is_one_row_under_its_own_name(bed) {
        let store = bed.store().await;
        watched(&store).await;
        let mut tx = store.write().await.unwrap();
        let job = ended(node(100), 100, 1);
        assert!(tx.settle_job(&job, &TERMS, at(50)).await.unwrap());
        assert!(!tx.settle_job(&job, &TERMS, at(60)).await.unwrap(), "the second time it is no news");
        let jobs = tx.node_jobs(&node(1), 10).await.unwrap();
        assert_eq!(jobs.len(), 1);
        let row = &jobs[0];
        assert_eq!((row.run, row.address, row.outcome, row.paid), (node(100), node(100), Outcome::Finished, Some(2_502)));
        assert_eq!((row.market, row.price, row.timeout), (Some(TERMS.market), Some(278), Some(7_200)));
        assert_eq!((row.last_word, row.closed), (true, Some(at(50))));
        // A scan that lagged behind shows its run open after all: the same run, and it stays ended.
        tx.save_running(&node(1), &running(70, 100)).await.unwrap();
        assert_eq!(tx.node_jobs(&node(1), 10).await.unwrap().len(), 1);
        let settled = tx.settled_runs(START).await.unwrap();
        assert_eq!(settled.into_iter().collect::<Vec<_>>(), [(node(100), node(1), START)]);
        assert!(tx.settled_runs(START + 10).await.unwrap().is_empty());
    }

    async fn a_run_that_a_scan_saw_is_ended_under_its_own_name_and_never_twice(bed) {
        let store = bed.store().await;
        watched(&store).await;
        let mut tx = store.write().await.unwrap();
        tx.save_running(&node(1), &running(70, 100)).await.unwrap();
        let unsettled = tx.unsettled_runs().await.unwrap();
        assert_eq!((unsettled.len(), unsettled[0].address, unsettled[0].open), (1, node(70), true));
        assert!(!tx.settle_job(&ended(node(100), 100, 1), &TERMS, at(50)).await.unwrap(), "it has a run already");
        assert!(tx.settle_job(&ended(node(70), 100, 1), &TERMS, at(50)).await.unwrap());
        assert!(tx.unsettled_runs().await.unwrap().is_empty());
        assert!(!tx.close_job(&ended(node(70), 100, 1), at(60)).await.unwrap());
        assert_eq!(tx.node_jobs(&node(1), 10).await.unwrap().len(), 1);
        // The same job of another node or of another start is another run.
        assert!(tx.settle_job(&ended(node(71), 100, 2), &TERMS, at(50)).await.unwrap());
    }

    async fn an_end_that_nobody_could_read_waits_for_its_last_word(bed) {
        let store = bed.store().await;
        watched(&store).await;
        let mut tx = store.write().await.unwrap();
        tx.save_running(&node(1), &running(70, 100)).await.unwrap();
        let unread = Ending { outcome: Outcome::Unknown, time_start: START, time_end: None, paid: None, last_word: false };
        tx.close_job(&ClosedRun { ending: unread, ..ended(node(70), 100, 1) }, at(40)).await.unwrap();
        assert!(!tx.unsettled_runs().await.unwrap()[0].open);
        assert!(tx.settle_job(&ended(node(70), 100, 1), &TERMS, at(50)).await.unwrap());
        let row = tx.node_jobs(&node(1), 10).await.unwrap().remove(0);
        assert_eq!((row.outcome, row.closed), (Outcome::Finished, Some(at(40))), "closed when it was seen gone");
    }

    async fn the_time_of_the_last_reconcile_and_of_each_first_watch_are_kept(bed) {
        let store = bed.store().await;
        watched(&store).await;
        let mut tx = store.write().await.unwrap();
        assert_eq!(tx.reconciled_at().await.unwrap(), None);
        tx.put_reconciled_at(at(70)).await.unwrap();
        tx.put_reconciled_at(at(80)).await.unwrap();
        assert_eq!(tx.reconciled_at().await.unwrap(), Some(at(80)));
        assert_eq!(tx.watched_since().await.unwrap().into_iter().collect::<Vec<_>>(), [(node(1), at(5))]);
    }

    async fn only_what_goes_on_is_an_open_blindness(bed) {
        use domain::{sight::Source, why::Why};
        let store = bed.store().await;
        let mut tx = store.write().await.unwrap();
        let both = [(Source::Chain, Some((at(10), Why::RpcStale))), (Source::Endpoints, Some((at(11), Why::NoWitness)))];
        tx.save_sight(&both, at(12)).await.unwrap();
        tx.save_sight(&[(Source::Endpoints, None)], at(20)).await.unwrap();
        let open = tx.open_blindness().await.unwrap();
        assert_eq!(open.len(), 1);
        assert_eq!((open[0].source, open[0].since, open[0].to, open[0].why), (Source::Chain, at(10), None, Why::RpcStale));
    }
}
