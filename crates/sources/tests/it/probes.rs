//! Nodes' endpoints, as they answer, as they fail, and as one round weighs them.

use std::{
    sync::{
        Arc,
        atomic::{AtomicUsize, Ordering},
    },
    time::Duration,
};

use domain::{
    address::Address,
    endpoint::{Activity, AnswerKind, Meaning},
    why::Why,
};
use serde_json::json;
use sources::endpoint::{Limits, Pace, Probed, Prober, Round};
use tokio::time::Instant;

use crate::{
    served::{Reply, Served, at, guarded, with_status},
    world::{World, address},
};

const EIGHT: Pace = Pace { at_once: 8, spread: Duration::ZERO };
const NODE: Address = Address::new([7; 32]);

const fn patient() -> Limits {
    Limits { timeout: Duration::from_secs(30), body: 64 * 1024 }
}

const fn quick() -> Limits {
    Limits { timeout: Duration::from_millis(300), ..patient() }
}

fn prober(template: &str, limits: Limits) -> Prober {
    Prober::new(template, guarded(), limits).unwrap()
}

async fn ask(template: &str, limits: Limits) -> Probed {
    prober(template, limits).probe(NODE, &|| at(1_000)).await
}

async fn served(reply: Reply) -> (AnswerKind, Option<u16>) {
    let served = Served::start(move |request| {
        assert!(request.starts_with(&format!("GET /{NODE}/node/info HTTP/1.1\r\n")), "{request}");
        assert!(request.to_lowercase().contains(concat!("user-agent: wakeful/", env!("CARGO_PKG_VERSION"))));
        reply.clone()
    })
    .await;
    let probed = ask(&format!("{}/{{node}}", served.url), patient()).await;
    assert_eq!((probed.node, probed.answer.at), (NODE, at(1_000)));
    (probed.answer.kind, probed.answer.status)
}

#[tokio::test]
async fn answers_are_told_apart() {
    let page = with_status("404 Not Found", "content-type: Text/HTML; charset=utf-8\r\n", b"<html></html>");
    assert_eq!(served(page).await, (AnswerKind::TunnelPage, Some(404)));
    let own = with_status("404 Not Found", "content-type: text/plain\r\n", b"Cannot GET");
    assert_eq!(served(own).await, (AnswerKind::HttpStatus, Some(404)));
    let away = with_status("302 Found", "location: http://127.0.0.1:1/\r\n", b"");
    assert_eq!(served(away).await, (AnswerKind::Redirect, Some(302)));
    assert_eq!(served(with_status("502 Bad Gateway", "", b"")).await, (AnswerKind::HttpStatus, Some(502)));
    let other = json!({ "node": Address::SYSTEM }).to_string();
    assert_eq!(served(with_status("200 OK", "", other.as_bytes())).await, (AnswerKind::OtherNode, Some(200)));
    assert_eq!(served(with_status("200 OK", "", b"hello")).await, (AnswerKind::NotJson, Some(200)));
    assert_eq!(served(Reply::Endless).await, (AnswerKind::TooLarge, Some(200)));
}

#[tokio::test]
async fn a_connection_that_breaks_is_a_reset() {
    assert_eq!(served(Reply::Reset).await, (AnswerKind::Reset, None));
    assert_eq!(served(Reply::Bytes(Vec::new())).await, (AnswerKind::Reset, None));
    let half = b"HTTP/1.1 200 OK\r\ncontent-length: 1000\r\n\r\n{\"node\"".to_vec();
    assert_eq!(served(Reply::Bytes(half)).await, (AnswerKind::Reset, Some(200)));
}

#[tokio::test]
async fn failures_are_told_apart() {
    let hanging = Served::start(|_| Reply::Hang).await;
    let template = format!("{}/{{node}}", hanging.url);
    let probed = ask(&template, quick()).await;
    assert_eq!(probed.answer.kind, AnswerKind::Timeout);
    assert!((300..5_000).contains(&probed.answer.ms), "{} ms", probed.answer.ms);
    hanging.stop().await;
    assert_eq!(ask(&template, patient()).await.answer.kind, AnswerKind::Refused);
    assert_eq!(ask("http://{node}.invalid", patient()).await.answer.kind, AnswerKind::Dns);
    let plain = Served::start(|_| with_status("400 Bad Request", "", b"")).await;
    let secure = format!("{}/{{node}}", plain.url.replace("http://", "https://"));
    assert_eq!(ask(&secure, patient()).await.answer.kind, AnswerKind::Tls);
}

async fn round(world: &World, nodes: &[Address], candidates: &[Address]) -> Round {
    let template = format!("{}/node/{{node}}", world.url());
    prober(&template, quick()).round(nodes, candidates, EIGHT, &|| at(1_000)).await
}

#[tokio::test]
async fn a_round_over_the_network_sees_every_endpoint_as_it_is() {
    let world = World::start(40).await;
    let nodes = world.nodes().await;
    let names: Vec<Address> = nodes.iter().map(|node| address(&node["address"])).collect();
    let template = format!("{}/node/{{node}}", world.url());
    // Long enough for everything but the node that hangs.
    let limits = Limits { timeout: Duration::from_secs(3), ..patient() };
    let round = prober(&template, limits).round(&names, &[], EIGHT, &|| at(1_000)).await;
    assert_eq!(round.answers.len(), 40);
    for Probed { node, answer, machine, .. } in &round.answers {
        let truth = nodes.iter().find(|one| address(&one["address"]) == *node).unwrap();
        let kind = match truth["endpoint"].as_str().unwrap() {
            "up" => AnswerKind::Ok,
            "down" => AnswerKind::TunnelPage,
            "hang" => AnswerKind::Timeout,
            "html" => AnswerKind::NotJson,
            other => panic!("{other}"),
        };
        assert_eq!(answer.kind, kind, "{truth}");
        assert!(round.witnesses.vouch_for(node));
        if kind == AnswerKind::Ok {
            let activity = Activity::from_node(truth["endpoint_state"].as_str().unwrap());
            assert_eq!(answer.meaning(), Meaning::Up(activity));
            assert_eq!(machine.is_none(), activity == Activity::Starting);
        }
        if let Some(machine) = machine {
            assert_eq!(machine.version.as_deref(), truth["version"].as_str());
            assert_eq!(machine.gpus.len(), truth["gpus"].as_array().unwrap().len());
            assert_eq!(machine.cuda.as_deref(), Some("13.1"));
        }
    }
}

#[tokio::test]
async fn strangers_bear_witness_where_none_of_ours_does() {
    let world = World::start(40).await;
    let nodes = world.nodes().await;
    let having = |endpoint: &str| -> Vec<Address> {
        let found = nodes.iter().filter(|node| node["endpoint"] == endpoint);
        found.map(|node| address(&node["address"])).collect()
    };
    let (down, up) = (having("down"), having("up"));
    let alone = round(&world, &down[..1], &[]).await;
    assert!(!alone.witnesses.vouch_for(&down[0]));
    // The node itself is no stranger, and those who do not answer are no witnesses.
    let same = round(&world, &down[..1], &down).await;
    assert!(!same.witnesses.vouch_for(&down[0]));
    let watched = round(&world, &down[..1], &up).await;
    assert!(watched.witnesses.vouch_for(&down[0]));
    assert_eq!(watched.answers.len(), 1, "what strangers say is not kept");
    // No more than three of them are asked.
    let late = [&down[1..], &up].concat();
    let asked = round(&world, &down[..1], &late).await;
    assert_eq!(asked.witnesses.vouch_for(&down[0]), down.len() - 1 < 3);
}

#[tokio::test]
async fn a_tunnel_that_is_down_has_no_witness() {
    let world = World::start(40).await;
    let nodes = world.nodes().await;
    let names: Vec<Address> = nodes.iter().map(|node| address(&node["address"])).collect();
    let kinds = [
        ("down", AnswerKind::Reset, Meaning::NoAnswer),
        ("hang", AnswerKind::Timeout, Meaning::NoAnswer),
        ("html", AnswerKind::NotJson, Meaning::Foreign(Why::NotJson)),
    ];
    for (fault, kind, meaning) in kinds {
        world.tell("/sim/faults", &json!({ "endpoints": fault })).await;
        let started = Instant::now();
        let round = round(&world, &names[..16], &names).await;
        // Two batches of eight, and the strangers.
        assert!(started.elapsed() < Duration::from_secs(5), "{:?}", started.elapsed());
        for probed in &round.answers {
            assert_eq!((probed.answer.kind, probed.answer.meaning()), (kind, meaning), "{fault}");
            assert!(!round.witnesses.vouch_for(&probed.node));
        }
    }
}

/// Nodes of this many addresses.
fn many(count: u16) -> Vec<Address> {
    let address = |index: u16| {
        let mut bytes = [7; 32];
        bytes[..2].copy_from_slice(&index.to_be_bytes());
        Address::new(bytes)
    };
    (0..count).map(address).collect()
}

#[tokio::test]
async fn three_hundred_hanging_nodes_are_asked_at_once_and_end_together() {
    let asked = Arc::new(AtomicUsize::new(0));
    let counter = asked.clone();
    let hanging = Served::start(move |_| {
        counter.fetch_add(1, Ordering::SeqCst);
        Reply::Hang
    })
    .await;
    let limits = Limits { timeout: Duration::from_secs(20), ..patient() };
    let prober = prober(&format!("{}/{{node}}", hanging.url), limits);
    let pace = prober.pace(300, Duration::from_secs(60)).hurried();
    let (nodes, now) = (many(300), || at(1_000));
    let round = prober.round(&nodes, &[], pace, &now);
    let all_asked = async {
        while asked.load(Ordering::SeqCst) < 300 {
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
    };
    tokio::select! {
        round = round => panic!("a node was given up after {:?}", round.answers.first().map(|one| one.answer)),
        () = all_asked => {}
    }
}

#[tokio::test]
async fn a_tunnel_that_throttles_is_asked_no_further_and_says_for_how_long() {
    let asked = Arc::new(AtomicUsize::new(0));
    let counter = asked.clone();
    let tunnel = Served::start(move |_| {
        counter.fetch_add(1, Ordering::SeqCst);
        with_status("429 Too Many Requests", "retry-after: 7\r\n", b"")
    })
    .await;
    let prober = prober(&format!("{}/{{node}}", tunnel.url), patient());
    let round = prober.round(&many(200), &many(300)[200..], EIGHT, &|| at(1_000)).await;
    assert_eq!((round.answers.len(), round.wait), (200, Some(Duration::from_secs(7))));
    let of = |kind| round.answers.iter().filter(|probed| probed.answer.kind == kind).count();
    let (told, unasked) = (of(AnswerKind::HttpStatus), of(AnswerKind::Unasked));
    assert_eq!((told + unasked, told), (200, asked.load(Ordering::SeqCst)));
    assert!((3..=11).contains(&told), "{told} were asked, eight at a time");
    let whys = round.answers.iter().map(|probed| probed.answer.meaning());
    assert!(whys.into_iter().all(|why| matches!(why, Meaning::Foreign(Why::Throttled | Why::NotAsked))));
}

#[tokio::test]
async fn a_round_is_spread_over_its_time() {
    let world = World::start(20).await;
    let nodes: Vec<Address> = world.nodes().await.iter().map(|node| address(&node["address"])).collect();
    let up = &nodes[14..];
    let prober = prober(&format!("{}/node/{{node}}", world.url()), patient());
    let pace = Pace { at_once: 32, spread: Duration::from_millis(600) };
    let began = Instant::now();
    let round = prober.round(up, &[], pace, &|| at(1_000)).await;
    assert_eq!(round.answers.len(), 6);
    // The last of six is asked after five sixths of the time.
    assert!(began.elapsed() >= Duration::from_millis(500), "{:?}", began.elapsed());
}
