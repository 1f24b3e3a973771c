//! Whatever is wrong with an RPC endpoint costs a known time and a known memory, has its own reason, and takes
//! nothing away from what is known.

use std::{collections::BTreeMap, sync::atomic::Ordering, time::Duration};

use domain::{
    address::Address,
    chain::{ChainAxis, Look},
    network::{Absorbed, Network, Places},
    rules::Rules,
    why::Why,
};
use sources::solana::{Limits, Programs, scan};
use tokio::time::Instant;

use crate::{
    served::{Reply, Served, at, patient, quick},
    world::{World, address, look},
};

/// A watch that has looked twice at a healthy network.
struct Watch {
    world: World,
    network: Network,
    places: Places,
    axes: BTreeMap<Address, ChainAxis>,
}

impl Watch {
    async fn start() -> Self {
        let world = World::start(60).await;
        let rpc = world.rpc(patient());
        let mut network = Network::default();
        let nodes = world.nodes().await;
        let fresh = |node| (address(node), ChainAxis::new(at(900)));
        let mut axes: BTreeMap<_, _> = nodes.iter().map(|node| fresh(&node["address"])).collect();
        for now in [1_000, 1_002] {
            let outcome = look(&rpc, &mut network, at(now)).await;
            observe(&mut axes, &network, &outcome, now, &hasty());
        }
        let places = network.places();
        assert!(axes.values().all(|axis| axis.reading.known().is_some()));
        Self { world, network, places, axes }
    }

    /// One look under `limits` at `now`; every place must outlive it, and every node keep its state.
    async fn look(&mut self, limits: Limits, now: i64) -> Result<Option<Why>, Why> {
        let rpc = self.world.rpc(limits);
        let started = Instant::now();
        let outcome = look(&rpc, &mut self.network, at(now)).await;
        let most = limits.timeout * u32::try_from(rpc.calls()).unwrap() + Duration::from_secs(2);
        assert!(started.elapsed() < most, "{:?} of {most:?}", started.elapsed());
        assert_eq!(self.network.places(), self.places);
        let before = self.axes.clone();
        observe(&mut self.axes, &self.network, &outcome, now, &Rules::default());
        for (node, axis) in &self.axes {
            assert_eq!(axis.reading.known(), before[node].reading.known(), "{node}");
            assert_eq!(axis.since, before[node].since, "{node}");
        }
        outcome.map(|absorbed| absorbed.absence_doubted)
    }

    /// Looks twice at a broken endpoint, and once more when it is whole again.
    async fn lives_through(mut self, fault: &str, limits: Limits, expected: Result<Option<Why>, Why>) {
        self.world.break_rpc(fault).await;
        for now in [1_004, 1_007] {
            assert_eq!(self.look(limits, now).await, expected, "{fault}");
        }
        self.world.break_rpc("ok").await;
        // Less than ten made-up seconds after the first look: the real slot may not have moved since.
        assert_eq!(self.look(patient(), 1_009).await, Ok(None), "after {fault}");
    }
}

/// Looks two seconds apart are two: the made-up clock must not outrun the real slot's patience.
fn hasty() -> Rules {
    Rules { scan: Duration::from_secs(4), ..Rules::default() }
}

fn observe(
    axes: &mut BTreeMap<Address, ChainAxis>,
    network: &Network,
    outcome: &Result<Absorbed, Why>,
    now: i64,
    rules: &Rules,
) {
    let places = network.places();
    for (node, axis) in axes {
        let look = match outcome {
            Ok(absorbed) => Look::Seen {
                claim: places.get(node).unwrap_or_default(),
                absence_doubted: absorbed.absence_doubted,
                slot: network.slot,
            },
            Err(why) => Look::Blind(*why),
        };
        *axis = axis.clone().observe(look, at(now), rules);
    }
}

#[tokio::test]
async fn throttled() {
    let watch = Watch::start().await;
    watch.world.break_rpc("429").await;
    let rpc = watch.world.rpc(patient());
    let error = scan(&rpc, &Programs::MAINNET, &watch.network).await.unwrap_err();
    assert_eq!((error.why, error.retry_after), (Why::RpcThrottled, Some(Duration::from_secs(2))));
    assert_eq!(error.detail, format!("{}: HTTP 429", watch.world.url()));
    watch.lives_through("429", patient(), Err(Why::RpcThrottled)).await;
}

#[tokio::test]
async fn broken() {
    Watch::start().await.lives_through("500", patient(), Err(Why::RpcHttpError)).await;
}

#[tokio::test]
async fn emptied() {
    Watch::start().await.lives_through("empty", patient(), Err(Why::RpcEmptyList)).await;
}

#[tokio::test]
async fn cut_short() {
    Watch::start().await.lives_through("short", patient(), Ok(Some(Why::RpcShortList))).await;
}

#[tokio::test]
async fn hanging() {
    Watch::start().await.lives_through("hang", quick(), Err(Why::RpcTimeout)).await;
}

#[tokio::test]
async fn slow() {
    Watch::start().await.lives_through("slow", quick(), Err(Why::RpcTimeout)).await;
}

#[tokio::test]
async fn garbled() {
    Watch::start().await.lives_through("garbage", patient(), Err(Why::RpcGarbage)).await;
}

#[tokio::test]
async fn zeroed() {
    Watch::start().await.lives_through("zeros", patient(), Err(Why::RpcBadAccount)).await;
}

#[tokio::test]
async fn dripping() {
    Watch::start().await.lives_through("drip", quick(), Err(Why::RpcTimeout)).await;
}

#[tokio::test]
async fn bombed() {
    Watch::start().await.lives_through("bomb", patient(), Err(Why::RpcTooLarge)).await;
    // The small answer would have inflated to 256 MiB.
    let status = std::fs::read_to_string("/proc/self/status").unwrap();
    let peak = status.lines().find_map(|line| line.strip_prefix("VmHWM:")).unwrap();
    let peak: u64 = peak.trim().trim_end_matches(" kB").parse().unwrap();
    assert!(peak < 250 * 1024, "{peak} kB");
}

#[tokio::test]
async fn redirected() {
    Watch::start().await.lives_through("redirect", patient(), Err(Why::RpcRedirect)).await;
}

#[tokio::test]
async fn frozen() {
    let mut watch = Watch::start().await;
    watch.world.break_rpc("stale").await;
    // The first answer may still be news; from then on the slot stands.
    assert!(matches!(watch.look(patient(), 1_030).await, Ok(None) | Err(Why::RpcStale)));
    assert_eq!(watch.look(patient(), 1_060).await, Err(Why::RpcStale));
    watch.world.break_rpc("ok").await;
    let deadline = Instant::now() + Duration::from_secs(20);
    while watch.world.truth().await["slot"].as_u64().unwrap() <= watch.network.slot {
        assert!(Instant::now() < deadline, "the chain stands still");
    }
    assert_eq!(watch.look(patient(), 1_070).await, Ok(None));
}

#[tokio::test]
async fn nobody_there() {
    let gone = Served::start(|_| Reply::Hang).await;
    let rpc = gone.rpc(quick());
    gone.stop().await;
    let error = scan(&rpc, &Programs::MAINNET, &Network::default()).await.unwrap_err();
    assert_eq!((error.why, error.retry_after), (Why::RpcUnreachable, None));
    assert!(error.detail.contains("connection refused"), "{}", error.detail);
}

#[tokio::test]
async fn connections_that_break() {
    let served = Served::start(|_| Reply::Reset).await;
    let error = scan(&served.rpc(patient()), &Programs::MAINNET, &Network::default()).await.unwrap_err();
    assert_eq!(error.why, Why::RpcUnreachable);
    assert!(error.detail.contains("connection broken"), "{}", error.detail);
    let half = b"HTTP/1.1 200 OK\r\ncontent-length: 1000\r\n\r\n{\"jsonrpc\"".to_vec();
    let served = Served::start(move |_| Reply::Bytes(half.clone())).await;
    let error = scan(&served.rpc(patient()), &Programs::MAINNET, &Network::default()).await.unwrap_err();
    assert_eq!(error.why, Why::RpcUnreachable);
}

#[tokio::test]
async fn an_endless_answer_is_cut_at_the_cap() {
    let served = Served::start(|_| Reply::Endless).await;
    let rpc = served.rpc(patient());
    let error = scan(&rpc, &Programs::MAINNET, &Network::default()).await.unwrap_err();
    assert_eq!(error.why, Why::RpcTooLarge);
    // The cap, and what the kernel's buffers on both sides take.
    let written = served.written.load(Ordering::Relaxed);
    assert!(written < 12 * 1024 * 1024, "{written} bytes");
}

#[tokio::test]
async fn an_answer_that_announces_too_much_is_not_even_read() {
    let head = b"HTTP/1.1 200 OK\r\ncontent-length: 99999999999\r\n\r\n".to_vec();
    let served = Served::start(move |_| Reply::Bytes(head.clone())).await;
    let error = scan(&served.rpc(patient()), &Programs::MAINNET, &Network::default()).await.unwrap_err();
    assert_eq!(error.why, Why::RpcTooLarge);
}

#[tokio::test]
async fn a_key_in_the_url_is_sent_and_never_shown() {
    let served = Served::start(|request| {
        assert!(request.starts_with("POST /v1/k3yk3yk3y?token=t0kent0ken HTTP/1.1"), "{request}");
        crate::served::json(
            r#"{"id":1,"error":{"code":-32000,"message":"no plan for k3yk3yk3y, t0kent0ken"}}"#,
        )
    })
    .await;
    let url = format!("{}/v1/k3yk3yk3y?token=t0kent0ken", served.url);
    let rpc = sources::solana::Rpc::new(&url, crate::served::client(), patient()).unwrap();
    let error = scan(&rpc, &Programs::MAINNET, &Network::default()).await.unwrap_err();
    assert_eq!(error.why, Why::RpcError);
    let gone = sources::solana::Rpc::new(&url, crate::served::client(), quick()).unwrap();
    served.stop().await;
    let refused = scan(&gone, &Programs::MAINNET, &Network::default()).await.unwrap_err();
    assert_eq!(refused.why, Why::RpcUnreachable);
    for shown in [
        format!("{error:?} {error}"),
        format!("{refused:?} {refused}"),
        format!("{rpc:?}"),
        rpc.name().into(),
    ] {
        assert!(!shown.contains("k3y") && !shown.contains("t0ken"), "{shown}");
    }
}
