//! Several endpoints are as good as the best of them: what one tells wrongly another tells right, in the same scan.

use std::{
    collections::{BTreeMap, BTreeSet},
    sync::{
        Arc,
        atomic::{AtomicI64, Ordering},
    },
};

use domain::{
    network::{Absorbed, Network},
    time::Timestamp,
    why::Why,
};
use serde_json::{Value, json};
use sources::solana::{Limits, Pool, Programs, Rpc, Standing, Unread};
use tokio::time::Instant;

use crate::{
    served::{Served, at, client, json as json_answer, patient, quick, with_status},
    world::World,
};

/// A pool of the simulator's three endpoints under a clock that stands still.
struct Watch {
    world: World,
    pool: Pool,
    network: Network,
    clock: Arc<AtomicI64>,
}

impl Watch {
    /// Two looks at a healthy network, both through the first endpoint.
    async fn start(limits: Limits) -> Self {
        let world = World::start(40).await;
        let rpc = |place| Rpc::new(&format!("{}/rpc/{place}", world.url()), client(), limits).unwrap();
        let pool = Pool::new(["a", "b", "c"].map(rpc).into());
        let mut watch = Self { world, pool, network: Network::default(), clock: AtomicI64::new(0).into() };
        for now in [1_000, 1_001] {
            assert_eq!(watch.look(now).await.unwrap().absence_doubted, None);
        }
        watch
    }

    fn now(&self) -> impl Fn() -> Timestamp + Send + Sync + 'static {
        let clock = self.clock.clone();
        move || at(clock.load(Ordering::SeqCst))
    }

    async fn look(&mut self, now: i64) -> Result<Absorbed, Unread> {
        self.clock.store(now, Ordering::SeqCst);
        let scan = self.pool.scan(&Programs::MAINNET, &self.network, &self.now()).await?;
        Ok(self.network.absorb(scan, at(now)).unwrap())
    }

    async fn faults(&self, faults: &Value) {
        self.world.tell("/sim/faults", &json!({ "rpc": faults })).await;
    }

    /// What is wrong with each endpoint.
    fn whys(&self) -> [Option<Why>; 3] {
        let states = self.pool.states(self.now()());
        [states[0].why, states[1].why, states[2].why]
    }

    fn standing(&self, index: usize) -> Standing {
        self.pool.states(self.now()())[index].standing
    }

    /// How many requests each endpoint got since this was asked last.
    async fn asked(&self) -> [u64; 3] {
        let url = format!("{}/sim/requests", self.world.url());
        let counts: Value = client().get(&url).send().await.unwrap().json().await.unwrap();
        client().delete(&url).send().await.unwrap();
        let paths: BTreeMap<String, u64> = serde_json::from_value(counts["paths"].clone()).unwrap();
        ["a", "b", "c"].map(|place| paths.get(&format!("/rpc/{place}")).copied().unwrap_or(0))
    }

    /// Waits until the chain is ahead of what is known.
    async fn chain_moves(&self) {
        let deadline = Instant::now() + std::time::Duration::from_secs(20);
        while self.world.truth().await["slot"].as_u64().unwrap() <= self.network.slot + 1 {
            assert!(Instant::now() < deadline, "the chain stands still");
        }
    }

    /// Lets a node begin a job, and tells which.
    async fn news(&self) -> String {
        let nodes = self.world.nodes().await;
        let node = nodes.iter().find(|node| node["chain"] == "queued").unwrap();
        let node = node["address"].as_str().unwrap().to_owned();
        self.world.tell(&format!("/sim/nodes/{node}"), &json!({ "chain": "running" })).await;
        node
    }

    fn runs_on(&self, node: &str) -> bool {
        self.network.runs.values().any(|run| run.value.node.to_string() == node)
    }
}

#[tokio::test]
async fn a_healthy_pool_asks_one_endpoint_and_no_more_than_promised() {
    let mut watch = Watch::start(patient()).await;
    watch.asked().await;
    watch.look(1_002).await.unwrap();
    let runs = u64::try_from(watch.network.runs.len()).unwrap();
    assert_eq!(watch.asked().await, [2 + runs.div_ceil(100), 0, 0]);
    let jobs: Vec<_> = watch.network.runs.values().map(|run| run.value.job).take(3).collect();
    for job in &jobs {
        watch.world.tell(&format!("/sim/jobs/{job}"), &json!({ "do": "finish" })).await;
    }
    watch.asked().await;
    assert_eq!(watch.look(1_003).await.unwrap().closed.len(), 3);
    let left = u64::try_from(watch.network.runs.len()).unwrap();
    assert_eq!(watch.asked().await, [2 + left.div_ceil(100) + 1, 0, 0], "one call for runs and jobs by name");
}

#[tokio::test]
async fn a_stale_endpoint_is_demoted_and_the_next_tells_the_truth() {
    let mut watch = Watch::start(patient()).await;
    watch.faults(&json!({ "a": "stale" })).await;
    watch.chain_moves().await;
    let node = watch.news().await;
    // What the first answered when it froze may still be newer than what is known; now it is not.
    watch.look(1_002).await.unwrap();
    watch.look(1_030).await.unwrap();
    assert!(watch.runs_on(&node), "the second endpoint's truth is shown");
    assert_eq!(watch.whys(), [Some(Why::RpcStale), None, None]);
    assert!(matches!(watch.standing(0), Standing::Demoted(_)));
    watch.asked().await;
    watch.chain_moves().await;
    watch.look(1_031).await.unwrap();
    let [first, second, third] = watch.asked().await;
    assert_eq!((first, second > 0, third), (0, true, 0), "and is not asked at the next scan");
}

#[tokio::test]
async fn a_shortened_or_emptied_list_is_asked_of_the_next_in_the_same_scan() {
    for (fault, why) in
        [("short", Why::RpcShortList), ("empty", Why::RpcEmptyList), ("zeros", Why::RpcBadAccount)]
    {
        let mut watch = Watch::start(patient()).await;
        watch.faults(&json!({ "a": fault })).await;
        let node = watch.news().await;
        let absorbed = watch.look(1_002).await.unwrap();
        assert_eq!(absorbed.absence_doubted, None, "{fault}: the second endpoint leaves nothing out");
        assert!(watch.runs_on(&node), "{fault}");
        assert_eq!(watch.whys(), [Some(why), None, None]);
        // Whole again, it is tried when its time has come.
        watch.faults(&json!("ok")).await;
        let Standing::Demoted(again_at) = watch.standing(0) else { panic!("{:?}", watch.standing(0)) };
        watch.asked().await;
        watch.chain_moves().await;
        watch.look(again_at.unix_seconds() - 1).await.unwrap();
        assert_eq!(watch.asked().await[0], 0, "{fault}: not before its time");
        watch.chain_moves().await;
        watch.look(again_at.unix_seconds()).await.unwrap();
        assert_eq!((watch.whys(), watch.standing(0)), ([None; 3], Standing::Sound), "{fault}");
    }
}

#[tokio::test]
async fn where_all_leave_something_out_what_they_show_still_counts() {
    let mut watch = Watch::start(patient()).await;
    watch.faults(&json!("short")).await;
    let before = watch.network.places();
    assert_eq!(watch.look(1_002).await.unwrap().absence_doubted, Some(Why::RpcShortList));
    assert_eq!(watch.network.places(), before, "nobody lost a place");
    assert_eq!(watch.whys(), [Some(Why::RpcShortList); 3]);
    watch.asked().await;
    assert_eq!(watch.look(1_003).await.unwrap().absence_doubted, Some(Why::RpcShortList));
    let asked = watch.asked().await;
    assert_eq!(
        asked.iter().filter(|calls| **calls > 0).count(),
        1,
        "one is enough to learn it again: {asked:?}"
    );
}

#[tokio::test]
async fn nobody_is_asked_before_the_time_that_a_throttling_endpoint_named() {
    let mut watch = Watch::start(patient()).await;
    watch.faults(&json!("429")).await;
    watch.asked().await;
    let until = Some(at(1_004));
    assert_eq!(watch.look(1_002).await, Err(Unread { why: Why::RpcThrottled, until }));
    assert_eq!(watch.asked().await, [1; 3], "each said it once");
    let nodes = [domain::address::Address::new([7; 32])];
    for now in [1_002, 1_003] {
        assert_eq!(watch.look(now).await, Err(Unread { why: Why::RpcThrottled, until }));
        let purses = watch.pool.purses(&Programs::MAINNET, &nodes, &watch.now()).await;
        assert_eq!(purses, Err(Unread { why: Why::RpcThrottled, until }));
    }
    assert_eq!(watch.asked().await, [0; 3], "no call, whoever asks");
    assert!((0..3).all(|index| watch.standing(index) == Standing::Resting(at(1_004))));
    watch.faults(&json!("ok")).await;
    watch.look(1_004).await.unwrap();
    let asked = watch.asked().await;
    assert_eq!(asked.iter().filter(|calls| **calls > 0).count(), 1, "{asked:?}");
}

#[tokio::test]
async fn endpoints_that_fail_are_passed_over() {
    for (fault, why, limits) in [
        ("hang", Why::RpcTimeout, quick()),
        ("500", Why::RpcHttpError, patient()),
        ("garbage", Why::RpcGarbage, patient()),
    ] {
        let mut watch = Watch::start(patient()).await;
        let rpc = |place| {
            Rpc::new(
                &format!("{}/rpc/{place}", watch.world.url()),
                client(),
                if place == "a" { limits } else { patient() },
            )
            .unwrap()
        };
        watch.pool = Pool::new(["a", "b", "c"].map(rpc).into());
        watch.faults(&json!({ "a": fault, "b": "429" })).await;
        assert_eq!(watch.look(1_002).await.unwrap().absence_doubted, None, "{fault}");
        assert_eq!(watch.whys(), [Some(why), Some(Why::RpcThrottled), None], "{fault}");
        assert!(matches!(watch.standing(0), Standing::Failing(_)));
        let states = watch.pool.states(at(1_002));
        assert_eq!(
            (states[2].health.slot, states[2].health.last_good),
            (Some(watch.network.slot), Some(at(1_002)))
        );
        assert_eq!(states[0].health.failures, 1);
    }
}

#[tokio::test]
async fn a_scan_that_breaks_off_in_the_middle_leaves_nothing_behind() {
    let recorded: Value =
        serde_json::from_str(include_str!("../../../../fixtures/solana-rpc/http.json")).unwrap();
    let markets = recorded["gpa_market_zstd"]["body"].to_string();
    // Its list of markets is another network's, and then it fails.
    let breaking = Served::start(move |request| {
        if request.contains("base64+zstd") { json_answer(&markets) } else { with_status("500 Oh", "", b"") }
    })
    .await;
    let world = World::start(40).await;
    let pool = Pool::new(vec![breaking.rpc(patient()), world.rpc(patient())]);
    let scan = pool.scan(&Programs::MAINNET, &Network::default(), &|| at(1_000)).await.unwrap();
    let listed: BTreeSet<String> = scan.markets.accounts.iter().map(|(name, _)| name.to_string()).collect();
    let truth = world.truth().await;
    let markets = truth["markets"].as_array().unwrap().iter();
    assert_eq!(listed, markets.map(|market| market["address"].as_str().unwrap().to_owned()).collect());
    assert!(!scan.runs.accounts.is_empty());
    let states = pool.states(at(1_000));
    assert_eq!((states[0].why, states[0].calls, states[1].why), (Some(Why::RpcHttpError), 2, None));
}
