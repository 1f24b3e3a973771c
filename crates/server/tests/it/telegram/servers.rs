//! Several servers on one database and one bot: one asks Telegram, any of them may be delivered to.

use serde_json::json;
use store::testbed::Bed;

use super::{
    chat::{Chat, linked},
    watched,
};
use crate::world::{World, eventually};

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn of_several_servers_one_asks_and_another_takes_over() {
    let bed = Bed::postgres().await;
    let mut world = World::new(&bed).await;
    let replica = world.replica().await;
    let person = world.set_up().await;
    let chat = linked(&world, &person, 42).await;
    assert!(chat.asks("/help").await.starts_with("What you can ask me"));
    // The first server goes away for a moment: whoever holds the lease then answers, and once.
    world.restart().await;
    let chat = Chat::new(&world, 42);
    assert!(chat.asks("/status").await.starts_with("You watch no node yet."));
    assert!(chat.asks("/help").await.starts_with("What you can ask me"));
    assert_eq!(chat.messages().await.len(), 4);
    // Both know the bot: a code is handed out by either.
    let there = person.on_server(&replica.url);
    assert_eq!(there.get("/api/telegram").await.body["bot"], "wakeful_sim_bot");
    for parts in [world.app().parts.list(), replica.app.parts.list()] {
        assert_eq!(parts["telegram"].restarts, 0, "two that ask at once would be a conflict: {parts:?}");
    }
    replica.end().await;
    world.end().await;
    bed.remove().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_server_that_does_not_watch_is_delivered_to_and_knows_the_nodes() {
    let bed = Bed::postgres().await;
    let mut world = World::new(&bed).await;
    let (person, _) = watched(&world, &["barn"]).await;
    linked(&world, &person, 42).await;
    world
        .change(|settings| {
            settings.telegram_webhook = Some("on".into());
            settings.public_url = Some("https://wakeful.example.net".into());
        })
        .await;
    let replica = world.replica().await;
    world.control("telegram/reach", &json!({ "origin": replica.url })).await;
    let chat = Chat::new(&world, 42);
    eventually("the node as the other server sees it", || async {
        let told = chat.asks("/nodes").await;
        if told.contains("barn: ") && !told.contains("unknown") { Ok(()) } else { Err(told) }
    })
    .await;
    replica.end().await;
    world.end().await;
    bed.remove().await;
}
