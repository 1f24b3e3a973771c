//! What happened: each event once, numbered, and our own blindness beside it.

use std::time::Duration;

use domain::{
    event::{Event, EventKind},
    sight::Source,
    why::Why,
};
use store::NewWatch;

use crate::world::{at, node, settle};

fn event(key: &str, about: Option<u8>) -> Event {
    Event {
        key: key.to_owned(),
        kind: EventKind::Offline,
        node: about.map(node),
        subject: Some("ж \u{1f600} ' \" ; drop table event".to_owned()),
        at: at(3),
        seconds: Some(i64::MAX),
        micro_nos: Some(i64::MIN),
    }
}

store::on_both! {
    async fn an_event_is_written_once_under_its_own_number(bed) {
        let store = bed.store().await;
        let mut tx = store.write().await.unwrap();
        assert_eq!(tx.add_event(&event("a", Some(1)), at(4)).await.unwrap(), Some(1));
        assert_eq!(tx.add_event(&event("b", Some(1)), at(4)).await.unwrap(), Some(2));
        assert_eq!(tx.add_event(&event("a", Some(1)), at(5)).await.unwrap(), None);
        tx.commit().await.unwrap();
        let mut tx = store.write().await.unwrap();
        assert_eq!(tx.add_event(&event("b", Some(1)), at(6)).await.unwrap(), None);
        assert_eq!(tx.change().await.unwrap(), 2, "what is known takes no number");
        let told = tx.node_events(&node(1), 10).await.unwrap();
        assert_eq!(told.iter().map(|event| event.id).collect::<Vec<_>>(), [2, 1]);
        let (first, expected) = (&told[1], event("a", Some(1)));
        assert_eq!((&first.key, first.kind, first.node), (&expected.key, expected.kind, expected.node));
        assert_eq!((&first.subject, first.at, first.recorded), (&expected.subject, at(3), at(4)));
        assert_eq!((first.seconds, first.micro_nos), (expected.seconds, expected.micro_nos));
        assert!(tx.node_events(&node(2), 10).await.unwrap().is_empty());
    }

    async fn a_space_reads_of_its_nodes_and_of_our_blindness(bed) {
        let store = bed.store().await;
        settle(&store, "ada").await;
        let mut tx = store.write().await.unwrap();
        tx.add_watch("ada", NewWatch { address: node(1), name: None }, 100, at(0)).await.unwrap();
        for (key, about) in [("a", Some(1)), ("b", Some(2)), ("c", None), ("d", Some(1))] {
            tx.add_event(&event(key, about), at(4)).await.unwrap();
        }
        let keys = |events: Vec<store::LoggedEvent>| events.into_iter().map(|event| event.key).collect::<Vec<_>>();
        let page = tx.events("ada", None, 2).await.unwrap();
        let next = tx.events("ada", page.last().map(|event| event.id), 2).await.unwrap();
        assert_eq!((keys(page), keys(next)), (vec!["d".into(), "c".into()], vec!["a".into()]));
        assert_eq!(keys(tx.events("bob", None, 9).await.unwrap()), ["c"]);
    }

    async fn blindness_is_kept_by_source_and_outlasts_a_restart(bed) {
        let store = bed.store().await;
        let mut tx = store.write().await.unwrap();
        let both = |chain, endpoints| [(Source::Chain, chain), (Source::Endpoints, endpoints)];
        tx.save_sight(&both(None, None), at(0)).await.unwrap();
        assert!(tx.blindness(at(0), at(1_000)).await.unwrap().is_empty());
        tx.save_sight(&both(Some((at(10), Why::RpcTimeout)), None), at(20)).await.unwrap();
        tx.save_sight(&both(Some((at(10), Why::RpcThrottled)), Some((at(15), Why::NoWitness))), at(30)).await.unwrap();
        // After a restart the sight begins anew.
        tx.save_sight(&both(Some((at(35), Why::RpcTimeout)), None), at(40)).await.unwrap();
        let told = tx.blindness(at(0), at(1_000)).await.unwrap();
        assert_eq!(told.iter().map(|b| (b.source, b.since, b.to, b.why)).collect::<Vec<_>>(), [
            (Source::Chain, at(10), None, Why::RpcTimeout),
            (Source::Endpoints, at(15), Some(at(40)), Why::NoWitness),
        ]);
        tx.save_sight(&both(None, None), at(50)).await.unwrap();
        tx.save_sight(&both(Some((at(60), Why::RpcGarbage)), None), at(70)).await.unwrap();
        assert_eq!(tx.blindness(at(50), at(60)).await.unwrap().len(), 0);
        assert_eq!(tx.blindness(at(49), at(61)).await.unwrap().len(), 2);
    }

    async fn a_time_in_which_nobody_watched_is_our_own_blindness(bed) {
        let store = bed.store().await;
        let mut tx = store.write().await.unwrap();
        let patience = Duration::from_secs(90);
        for second in [0, 20, 60, 140] {
            tx.note_watching(at(second), patience).await.unwrap();
        }
        assert!(tx.blindness(at(0), at(1_000)).await.unwrap().is_empty(), "before the first note there is no gap either");
        tx.note_watching(at(1_000), patience).await.unwrap();
        tx.note_watching(at(1_030), patience).await.unwrap();
        let told = tx.blindness(at(0), at(9_000)).await.unwrap();
        let gap = (at(140), Some(at(1_000)), Why::NotWatching);
        assert_eq!(told.iter().map(|b| (b.since, b.to, b.why)).collect::<Vec<_>>(), [gap, gap]);
        assert_eq!(told.iter().map(|b| b.source).collect::<Vec<_>>(), [Source::Chain, Source::Endpoints]);

        // A blindness that goes on over the gap holds it; a clock that steps back makes none.
        tx.save_sight(&[(Source::Chain, Some((at(1_010), Why::RpcTimeout)))], at(1_040)).await.unwrap();
        tx.note_watching(at(5_000), patience).await.unwrap();
        let of_chain = tx.blindness(at(1_001), at(9_000)).await.unwrap().into_iter().filter(|b| b.source == Source::Chain);
        assert_eq!(of_chain.map(|b| (b.since, b.to)).collect::<Vec<_>>(), [(at(1_010), None)]);
        tx.note_watching(at(10), patience).await.unwrap();
        tx.note_watching(at(50), patience).await.unwrap();
        assert_eq!(tx.blindness(at(0), at(139)).await.unwrap().len(), 0);
    }
}
