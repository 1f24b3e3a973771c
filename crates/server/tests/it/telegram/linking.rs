//! Linking a chat: once, in its time, by somebody who was given the code.

use store::on_both;

use super::{
    Chat,
    chat::{code, linked},
};
use crate::world::World;

on_both! {
    async fn a_code_links_one_chat_once_and_within_ten_minutes(bed) {
        let world = World::new(bed).await;
        let person = world.set_up().await;
        let (ada, eve) = (Chat::new(&world, 42), Chat::new(&world, 43));
        let first = code(&person).await;
        assert!(ada.asks("/status").await.starts_with("This chat is not linked."));
        assert!(ada.asks(&format!("/start {first}")).await.starts_with("This chat is linked."));
        assert!(eve.asks(&format!("/start {first}")).await.starts_with("This code is not good"));
        // Pressing the link once more is no mistake.
        assert!(ada.asks(&format!("/start {first}")).await.starts_with("This chat is linked."));
        let shown = person.get("/api/telegram").await.body;
        let links = shown["links"].as_array().unwrap();
        assert_eq!((links.len(), links[0]["name"].as_str().unwrap()), (1, "@ada"), "{shown}");
        assert_eq!(shown["bot"], "wakeful_sim_bot");

        let late = code(&person).await;
        world.skip_seconds(601);
        assert!(eve.asks(&format!("/start {late}")).await.starts_with("This code is not good"));
        let (void, good) = (code(&person).await, code(&person).await);
        assert!(eve.asks(&void).await.starts_with("This code is not good"), "a newer one voids it");
        assert!(eve.asks(&good.to_uppercase()).await.starts_with("This chat is linked."), "typed by hand");

        let id = links[0]["id"].as_str().unwrap();
        assert_eq!(person.delete(&format!("/api/telegram/{id}")).await.status, 204);
        assert_eq!(person.delete(&format!("/api/telegram/{id}")).await.status, 404);
        assert!(ada.asks("/nodes").await.starts_with("This chat is not linked."));
        world.end().await;
    }

    async fn five_wrong_codes_are_enough_for_an_hour(bed) {
        let world = World::new(bed).await;
        let person = world.set_up().await;
        let good = code(&person).await;
        let (ada, eve) = (Chat::new(&world, 42), Chat::new(&world, 43));
        for wrong in ["aaaaaaaaaa", "bbbbbbbbbb", "cccccccccc", "dddddddddd", "eeeeeeeeee"] {
            assert!(eve.asks(wrong).await.starts_with("This code is not good"), "{wrong}");
        }
        assert!(eve.asks(&good).await.starts_with("Too many wrong codes"), "even the right one");
        // Somebody else's guesses are not held against the owner.
        assert!(ada.asks(&good).await.starts_with("This chat is linked."));
        world.end().await;
    }

    async fn in_a_group_the_bot_hears_only_what_is_addressed_to_it(bed) {
        let world = World::new(bed).await;
        let person = world.set_up().await;
        let group = Chat::new(&world, -77);
        let code = code(&person).await;
        assert!(group.asks(&format!("/start@wakeful_sim_bot {code}")).await.starts_with("This chat is linked."));
        group.says("/status").await;
        group.says("/status@somebody_else_bot").await;
        group.says("good morning").await;
        // Updates are handled in their order: this answer is the next one.
        assert!(group.asks("/help@wakeful_sim_bot").await.starts_with("What you can ask me"));
        assert_eq!(group.messages().await.len(), 2);
        world.end().await;
    }

    async fn a_disabled_account_hears_nothing(bed) {
        let world = World::new(bed).await;
        let person = world.set_up().await;
        let chat = linked(&world, &person, 42).await;
        let account = person.get("/api/auth/me").await.body["id"].as_str().unwrap().to_owned();
        let mut tx = world.app().store.write().await.unwrap();
        tx.set_disabled(&account, Some(world.app().clock.now())).await.unwrap();
        tx.commit().await.unwrap();
        assert!(chat.asks("/nodes").await.starts_with("This chat is not linked."));
        world.end().await;
    }
}
