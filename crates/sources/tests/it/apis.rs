//! The network's HTTP APIs: addresses in the order of their health, and no foreign answer believed.

use std::{
    sync::{
        Arc, Mutex,
        atomic::{AtomicI64, AtomicUsize, Ordering},
    },
    time::Duration,
};

use domain::{time::Timestamp, why::Why};
use serde_json::json;
use sources::{
    host::{Host, Limits},
    indexer::Indexer,
};

use crate::{
    served::{Reply, Served, client, json, with_status},
    world::{World, address},
};

fn patient() -> Limits {
    Limits { timeout: Duration::from_secs(30), body: 64 * 1024 }
}

const fn at(seconds: i64) -> Timestamp {
    Timestamp::from_unix_seconds(seconds)
}

/// Answers as it is told at the moment, and counts who asks.
async fn told(reply: &Arc<Mutex<Reply>>, asked: &Arc<AtomicUsize>) -> Served {
    let (reply, asked) = (Arc::clone(reply), Arc::clone(asked));
    Served::start(move |_| {
        asked.fetch_add(1, Ordering::SeqCst);
        reply.lock().unwrap().clone()
    })
    .await
}

#[tokio::test]
async fn names_and_the_minimum_come_from_the_host_manager() {
    let world = World::start(14).await;
    let host = Host::new(&[format!("{}/host/", world.url())], client(), patient()).unwrap();
    let named = host.markets(&|| at(0)).await.unwrap();
    for market in world.truth().await["markets"].as_array().unwrap() {
        let name = &named[&address(&market["address"])];
        assert!(!name.name.is_empty() && name.slug.is_some() && name.tier.is_some(), "{name:?}");
    }
    assert_eq!(host.minimum_version(&|| at(0)).await.unwrap(), "1.1.9");
    for (fault, why) in [
        ("429", Why::ApiThrottled),
        ("500", Why::ApiHttpError),
        ("off", Why::ApiHttpError),
        ("garbage", Why::ApiGarbage),
        ("shift", Why::ApiGarbage),
    ] {
        world.tell("/sim/faults", &json!({ "host": fault, "indexer": fault })).await;
        let host = Host::new(&[format!("{}/host", world.url())], client(), patient()).unwrap();
        assert_eq!(host.markets(&|| at(0)).await.unwrap_err().why, why, "{fault}");
        let indexer = Indexer::new(&[format!("{}/indexer", world.url())], client(), patient()).unwrap();
        assert_eq!(indexer.look(&|| at(0)).await.unwrap_err().why, why, "{fault}");
    }
    world.tell("/sim/faults", &json!({ "host": "ok", "indexer": "ok" })).await;
    let indexer = Indexer::new(&[format!("{}/indexer", world.url())], client(), patient()).unwrap();
    indexer.look(&|| at(0)).await.unwrap();
}

#[tokio::test]
async fn an_address_that_failed_is_asked_after_those_that_work() {
    let (first, second) = (Arc::new(Mutex::new(json("1"))), Arc::new(Mutex::new(json("\"1.2.0\""))));
    let (asked, other) = (Arc::new(AtomicUsize::new(0)), Arc::new(AtomicUsize::new(0)));
    let (a, b) = (told(&first, &asked).await, told(&second, &other).await);
    *first.lock().unwrap() = with_status("500 Oops", "", b"");
    let host = Host::new(&[a.url.clone(), b.url.clone()], client(), patient()).unwrap();
    let read = async || host.minimum_version(&|| at(0)).await;
    assert_eq!(read().await.unwrap(), "1.2.0");
    assert_eq!((asked.load(Ordering::SeqCst), other.load(Ordering::SeqCst)), (1, 1));
    assert_eq!(read().await.unwrap(), "1.2.0");
    assert_eq!(asked.load(Ordering::SeqCst), 1, "the one that failed is left alone while another works");
    *second.lock().unwrap() = Reply::Reset;
    *first.lock().unwrap() = json("\"1.1.9\"");
    assert_eq!(read().await.unwrap(), "1.1.9", "and asked again when it does not");
    *first.lock().unwrap() = with_status("302 Found", "location: /elsewhere\r\n", b"");
    assert_eq!(read().await.unwrap_err().why, Why::ApiUnreachable, "nobody is followed");
}

#[tokio::test]
async fn an_address_that_asks_for_patience_is_not_asked_sooner() {
    let asked = Arc::new(AtomicUsize::new(0));
    let reply = Arc::new(Mutex::new(with_status("429 Too Many Requests", "retry-after: 120\r\n", b"")));
    let served = told(&reply, &asked).await;
    let host = Host::new(std::slice::from_ref(&served.url), client(), patient()).unwrap();
    let now = AtomicI64::new(0);
    let read = async || host.minimum_version(&|| at(now.load(Ordering::SeqCst))).await;
    let refused = read().await.unwrap_err();
    assert_eq!((refused.why, refused.again), (Why::ApiThrottled, Some(at(120))));
    *reply.lock().unwrap() = json("\"1.1.9\"");
    now.store(119, Ordering::SeqCst);
    assert_eq!(read().await.unwrap_err().again, Some(at(120)));
    assert_eq!(asked.load(Ordering::SeqCst), 1);
    now.store(120, Ordering::SeqCst);
    assert_eq!(read().await.unwrap(), "1.1.9");
}

#[tokio::test]
async fn an_endless_or_a_missing_answer_costs_only_its_time() {
    let endless = Served::start(|_| Reply::Endless).await;
    let host = Host::new(std::slice::from_ref(&endless.url), client(), patient()).unwrap();
    assert_eq!(host.markets(&|| at(0)).await.unwrap_err().why, Why::ApiGarbage);
    let hangs = Served::start(|_| Reply::Hang).await;
    let hasty = Limits { timeout: Duration::from_millis(50), ..patient() };
    let host = Host::new(std::slice::from_ref(&hangs.url), client(), hasty).unwrap();
    assert_eq!(host.markets(&|| at(0)).await.unwrap_err().why, Why::ApiTimeout);
    let gone = hangs.url.clone();
    hangs.stop().await;
    let host = Host::new(&[gone], client(), patient()).unwrap();
    assert_eq!(host.markets(&|| at(0)).await.unwrap_err().why, Why::ApiUnreachable);
}
