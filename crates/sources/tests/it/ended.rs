//! What is over is found in two calls, however short it was.

use domain::{address::Address, job::JobState};
use serde_json::json;
use sources::solana::{Programs, ended_jobs};

use crate::{
    served::patient,
    world::{World, address},
};

#[tokio::test]
async fn finished_ended_and_stopped_jobs_are_listed_with_their_node_and_times() {
    let world = World::start(30).await;
    let nodes = world.nodes().await;
    let at_work: Vec<_> = nodes.iter().filter(|node| node["chain"] == "running").take(4).collect();
    let job = |index: usize| address(&at_work[index]["job"]);
    for (index, instruction) in ["finish", "end", "quit"].into_iter().enumerate() {
        world.tell(&format!("/sim/jobs/{}", job(index)), &json!({ "do": instruction })).await;
    }
    let rpc = world.rpc(patient());
    let ended = ended_jobs(&rpc, &Programs::MAINNET, Some(1)).await.unwrap();
    assert_eq!(rpc.calls(), 2);
    assert!(ended.slot > 1);
    let find =
        |address: Address| ended.jobs.iter().find(|(listed, _)| *listed == address).map(|(_, job)| *job);
    for index in [0, 1] {
        let found = find(job(index)).unwrap();
        assert_eq!((found.state, found.node), (JobState::Done, address(&at_work[index]["address"])));
        assert!(found.time_start > 0 && found.time_end >= found.time_start && found.timeout > 0, "{found:?}");
        assert_eq!(found.market, address(&at_work[index]["market"]));
    }
    let stopped = find(job(2)).unwrap();
    assert_eq!(
        (stopped.state, stopped.node),
        (JobState::Stopped, Address::SYSTEM),
        "whoever quit is not named"
    );
    assert_eq!(find(job(3)), None, "a job that runs is not over");
}
