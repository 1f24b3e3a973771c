//! What wallets hold is read as the simulated network has it, three keys a node, packed to 100 keys a call.

use domain::{address::Address, why::Why};
use serde_json::json;
use sources::solana::{Programs, PurseRead, purses};

use crate::{
    served::patient,
    world::{World, address},
};

#[tokio::test]
async fn every_purse_is_read_in_few_calls() {
    let world = World::start(70).await;
    let nodes = world.nodes().await;
    let names: Vec<Address> = nodes.iter().map(|node| address(&node["address"])).collect();
    let rpc = world.rpc(patient());
    let read = purses(&rpc, &Programs::MAINNET, &names).await.unwrap();
    assert_eq!((rpc.calls(), read.len()), (3, 70));
    for (node, (name, purse)) in nodes.iter().zip(&read) {
        assert_eq!(*name, address(&node["address"]));
        let expected = PurseRead {
            sol: Ok(node["sol_lamports"].as_i64().unwrap()),
            nos: Ok(node["nos_micro"].as_i64().unwrap_or(0)),
            stake: Ok(node["stake_micro_xnos"].as_i64().unwrap_or(0)),
        };
        assert_eq!(*purse, expected, "{node}");
    }
}

#[tokio::test]
async fn a_hundred_purses_are_three_calls() {
    let world = World::start(100).await;
    let names: Vec<Address> = world.nodes().await.iter().map(|node| address(&node["address"])).collect();
    let rpc = world.rpc(patient());
    let read = purses(&rpc, &Programs::MAINNET, &names).await.unwrap();
    assert_eq!((rpc.calls(), read.len()), (3, 100));
    assert!(read.iter().all(|(_, purse)| purse.sol.is_ok() && purse.nos.is_ok() && purse.stake.is_ok()));
}

#[tokio::test]
async fn what_does_not_exist_is_a_known_zero() {
    let world = World::start(14).await;
    let name = address(&world.nodes().await[0]["address"]);
    let path = format!("/sim/nodes/{name}");
    world.tell(&path, &json!({ "nos_micro": null, "stake_micro_xnos": null, "sol_lamports": 0 })).await;
    let nobody = Address::new([5; 32]);
    let read = purses(&world.rpc(patient()), &Programs::MAINNET, &[name, nobody]).await.unwrap();
    let nothing = PurseRead { sol: Ok(0), nos: Ok(0), stake: Ok(0) };
    assert_eq!(read, [(name, nothing), (nobody, nothing)]);
}

#[tokio::test]
async fn an_amount_that_does_not_fit_is_unknown() {
    let world = World::start(14).await;
    let name = address(&world.nodes().await[0]["address"]);
    let most = json!({ "nos_micro": u64::MAX, "sol_lamports": u64::MAX });
    world.tell(&format!("/sim/nodes/{name}"), &most).await;
    let read = purses(&world.rpc(patient()), &Programs::MAINNET, &[name]).await.unwrap();
    let purse = read[0].1;
    assert_eq!((purse.sol, purse.nos), (Err(Why::OutOfRange), Err(Why::OutOfRange)));
    assert!(purse.stake.is_ok());
}

#[tokio::test]
async fn zeroed_accounts_say_nothing_of_nos_and_stake() {
    let world = World::start(14).await;
    let node = &world.nodes().await[0];
    world.break_rpc("zeros").await;
    let names = [address(&node["address"])];
    let read = purses(&world.rpc(patient()), &Programs::MAINNET, &names).await.unwrap();
    let purse = read[0].1;
    assert_eq!(purse.sol, Ok(node["sol_lamports"].as_i64().unwrap()));
    assert_eq!((purse.nos, purse.stake), (Err(Why::RpcBadAccount), Err(Why::RpcBadAccount)));
}

#[tokio::test]
async fn nobody_to_ask_about_is_no_call() {
    let world = World::start(14).await;
    let rpc = world.rpc(patient());
    assert_eq!(purses(&rpc, &Programs::MAINNET, &[]).await, Ok(Vec::new()));
    assert_eq!(rpc.calls(), 0);
}
