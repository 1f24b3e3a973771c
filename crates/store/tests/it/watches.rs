//! Watches: once per space, up to the limit, deleted so that they can come back.

use domain::node::Node;
use store::{Added, NewWatch, Restored, Store, WatchEdit};

use crate::world::{at, node, settle, start};

async fn watch(store: &Store, space: &str, number: u8, limit: usize) -> Added {
    let mut tx = store.write().await.unwrap();
    let added =
        tx.add_watch(space, NewWatch { address: node(number), name: None }, limit, at(0)).await.unwrap();
    tx.commit().await.unwrap();
    added
}

store::on_both! {
    async fn a_node_is_watched_once_and_known_once(bed) {
        let store = bed.store().await;
        settle(&store, "ada").await;
        settle(&store, "bob").await;
        assert!(matches!(watch(&store, "ada", 1, 100).await, Added::Added(w) if w.address == node(1) && w.added == at(0)));
        assert!(matches!(watch(&store, "ada", 1, 100).await, Added::Duplicate(_)));
        assert!(matches!(watch(&store, "bob", 1, 100).await, Added::Added(_)));
        let mut tx = store.read().await.unwrap();
        assert_eq!(tx.watched_nodes().await.unwrap(), [node(1)]);
        assert_eq!(tx.watchers().await.unwrap(), [(node(1), "ada".to_owned()), (node(1), "bob".to_owned())]);
        assert_eq!(tx.load_nodes().await.unwrap(), [Node::new(node(1), at(0))]);
    }

    async fn the_limit_counts_what_is_not_deleted(bed) {
        let store = bed.store().await;
        settle(&store, "ada").await;
        for number in 1..=3 {
            watch(&store, "ada", number, 3).await;
        }
        assert_eq!(watch(&store, "ada", 4, 3).await, Added::LimitReached);
        let mut tx = store.write().await.unwrap();
        assert!(tx.delete_watch("ada", &node(1), at(1)).await.unwrap().is_some());
        assert!(tx.delete_watch("ada", &node(1), at(1)).await.unwrap().is_none());
        tx.commit().await.unwrap();
        assert!(matches!(watch(&store, "ada", 4, 3).await, Added::Added(_)));
        let mut tx = store.write().await.unwrap();
        assert_eq!(tx.restore_watch("ada", &node(1), 3, at(2)).await.unwrap(), Restored::LimitReached);
    }

    async fn of_two_that_add_the_last_node_one_wins(bed) {
        let store = bed.store().await;
        settle(&store, "ada").await;
        for number in 1..=99 {
            watch(&store, "ada", number, 100).await;
        }
        let adders = (100..110).map(|number| {
            let store = store.clone();
            start(async move { watch(&store, "ada", number, 100).await })
        });
        let mut added = 0;
        for adder in adders.collect::<Vec<_>>() {
            added += usize::from(matches!(adder.await.unwrap(), Added::Added(_)));
        }
        assert_eq!(added, 1);
        assert_eq!(store.read().await.unwrap().watches("ada").await.unwrap().len(), 100);
    }

    async fn many_who_add_the_same_nodes_in_different_orders_all_get_them(bed) {
        let store = bed.store().await;
        for person in 0..8 {
            settle(&store, &format!("p{person}")).await;
        }
        let adders = (0..8u8).map(|person| {
            let store = store.clone();
            start(async move {
                let mut tx = store.write().await.unwrap();
                for step in 0..10u8 {
                    let number = if person % 2 == 0 { step } else { 9 - step };
                    let new = NewWatch { address: node(number), name: None };
                    tx.add_watch(&format!("p{person}"), new, 100, at(0)).await.unwrap();
                }
                tx.commit().await.unwrap();
            })
        });
        for adder in adders.collect::<Vec<_>>() {
            adder.await.unwrap();
        }
        assert_eq!(store.read().await.unwrap().watchers().await.unwrap().len(), 80);
    }

    async fn an_edit_changes_what_it_names(bed) {
        let store = bed.store().await;
        settle(&store, "ada").await;
        watch(&store, "ada", 1, 100).await;
        let mut tx = store.write().await.unwrap();
        let tags = ["barn".to_owned(), "ж<b>".to_owned()];
        let edit = WatchEdit { name: Some("Otto"), tags: Some(&tags), muted_until: Some(Some(at(9))), notes: None };
        let edited = tx.edit_watch("ada", &node(1), edit).await.unwrap().unwrap();
        assert_eq!((edited.name.as_str(), edited.notes.as_str(), edited.muted_until), ("Otto", "", Some(at(9))));
        assert_eq!(edited.tags, tags);
        let edit = WatchEdit { notes: Some("second\nline"), muted_until: Some(None), ..WatchEdit::default() };
        let again = tx.edit_watch("ada", &node(1), edit).await.unwrap().unwrap();
        assert_eq!((again.name.as_str(), again.notes.as_str(), again.muted_until), ("Otto", "second\nline", None));
        assert!(again.changed > edited.changed);
        assert_eq!(tx.watch("ada", &node(1)).await.unwrap(), Some(again));
        assert_eq!(tx.edit_watch("bob", &node(1), WatchEdit::default()).await.unwrap(), None);
    }

    async fn a_deleted_node_comes_back_as_it_was(bed) {
        let store = bed.store().await;
        settle(&store, "ada").await;
        watch(&store, "ada", 1, 100).await;
        let month = 30 * 86_400;
        let mut tx = store.write().await.unwrap();
        let named = WatchEdit { name: Some("Otto"), notes: Some("attic"), ..WatchEdit::default() };
        tx.edit_watch("ada", &node(1), named).await.unwrap();
        let deleted = tx.delete_watch("ada", &node(1), at(5)).await.unwrap().unwrap();
        assert_eq!(deleted.deleted, Some(at(5)));
        assert!(tx.watches("ada").await.unwrap().is_empty());
        assert!(tx.watched_nodes().await.unwrap().is_empty());
        assert!(tx.load_nodes().await.unwrap().is_empty());
        assert!(tx.load_node(&node(1)).await.unwrap().is_some());
        assert_eq!(tx.edit_watch("ada", &node(1), named).await.unwrap(), None);
        assert_eq!(tx.restore_watch("ada", &node(1), 100, at(6 + month)).await.unwrap(), Restored::TooLate);
        assert_eq!(tx.restore_watch("ada", &node(2), 100, at(6)).await.unwrap(), Restored::Missing);
        let Restored::Restored(back) = tx.restore_watch("ada", &node(1), 100, at(5 + month)).await.unwrap() else {
            panic!("in time");
        };
        assert_eq!((back.name.as_str(), back.notes.as_str(), back.added, back.deleted), ("Otto", "attic", at(0), None));
        assert!(matches!(tx.restore_watch("ada", &node(1), 100, at(6)).await.unwrap(), Restored::NotDeleted(_)));
        tx.delete_watch("ada", &node(1), at(7)).await.unwrap();
        let again = NewWatch { address: node(1), name: None };
        let Added::Added(revived) = tx.add_watch("ada", again, 100, at(8)).await.unwrap() else { panic!("revived") };
        assert_eq!((revived.name.as_str(), revived.notes.as_str(), revived.added), ("Otto", "attic", at(8)));
        tx.delete_watch("ada", &node(1), at(9)).await.unwrap();
        let renamed = NewWatch { address: node(1), name: Some("Anna") };
        let Added::Added(revived) = tx.add_watch("ada", renamed, 100, at(10)).await.unwrap() else { panic!("revived") };
        assert_eq!((revived.name.as_str(), revived.notes.as_str()), ("Anna", "attic"));
    }
}
