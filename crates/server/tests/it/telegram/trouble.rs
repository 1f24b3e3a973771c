//! When Telegram fails, refuses, is told to deliver, or the bot is shut out: nothing said is lost, nothing said twice.

use serde_json::{Value, json};
use server::supervise::PartState;
use store::on_both;

use super::chat::{Chat, linked};
use crate::world::{World, eventually};

/// The webhook's origin as people type it; the simulator reaches the server where it really is.
const PUBLIC: &str = "https://wakeful.example.net";

async fn fault(world: &World, fault: &str) {
    world.control("faults", &json!({ "telegram": fault })).await;
}

/// How often the bot tried to write.
async fn sends(world: &World) -> u64 {
    let counts = world.http.get(format!("{}/sim/requests", world.sim.url())).send().await.unwrap();
    let counts: Value = counts.json().await.unwrap();
    let paths = counts["paths"].as_object().unwrap().iter();
    paths.filter(|(path, _)| path.ends_with("/sendMessage")).map(|(_, count)| count.as_u64().unwrap()).sum()
}

/// Brings an update as Telegram would.
async fn deliver(world: &World, secret: Option<&str>, update: &Value) -> u16 {
    let mut request = world.http.post(format!("{}/api/telegram/webhook", world.url)).json(update);
    if let Some(secret) = secret {
        request = request.header("x-telegram-bot-api-secret-token", secret);
    }
    request.send().await.unwrap().status().as_u16()
}

on_both! {
    async fn what_is_said_while_telegram_fails_is_answered_once_when_it_works(bed) {
        let mut world = World::new(bed).await;
        let person = world.set_up().await;
        linked(&world, &person, 42).await;
        for broken in ["500", "429"] {
            fault(&world, broken).await;
            let chat = Chat::new(&world, 42);
            let before = chat.messages().await.len();
            let tried = sends(&world).await;
            chat.says("/help").await;
            eventually("an answer that is not taken", || async {
                let now = sends(&world).await;
                if now > tried { Ok(()) } else { Err(now.to_string()) }
            }).await;
            fault(&world, "ok").await;
            eventually("an answer", || async {
                let count = chat.messages().await.len();
                if count > before { Ok(()) } else { Err(count.to_string()) }
            }).await;
        }
        world.restart().await;
        // Updates are handled in their order: had one of before been left, its answer would stand before this one.
        let chat = Chat::new(&world, 42);
        let before = chat.messages().await.len();
        assert!(chat.asks("/status").await.starts_with("You watch no node yet."));
        assert_eq!(chat.messages().await.len(), before + 1);
        assert_eq!(before, 3, "the link, and one answer to each question");
        world.end().await;
    }

    async fn a_wrong_token_is_said_and_stops_nothing_else(bed) {
        let world = World::with(bed, |settings| settings.telegram_token = Some("1:nobodys".into())).await;
        let person = world.set_up().await;
        eventually("the telegram part in backoff", || async {
            let part = world.app().parts.list().get("telegram").cloned().ok_or("no part")?;
            let said = part.last_error.clone().unwrap_or_default();
            let is_said = part.state == PartState::Backoff && said.contains("WAKEFUL_TELEGRAM_TOKEN");
            if is_said && !said.contains("nobodys") { Ok(()) } else { Err(format!("{part:?}")) }
        }).await;
        let link = person.post("/api/telegram/link", &json!({})).await;
        assert_eq!((link.status, link.body["deep_link"].is_null()), (201, true), "{}", link.body);
        assert!(person.get("/api/telegram").await.body["bot"].is_null());
        assert_eq!(world.app().parts.list()["scan"].state, PartState::Running);
        world.end().await;
    }

    async fn without_a_bot_there_is_no_link(bed) {
        let world = World::with(bed, |settings| settings.telegram_token = None).await;
        let person = world.set_up().await;
        let link = person.post("/api/telegram/link", &json!({})).await;
        assert_eq!((link.status, link.body["code"].as_str()), (409, Some("telegram_off")));
        assert_eq!(deliver(&world, None, &json!({ "update_id": 1 })).await, 404);
        world.end().await;
    }

    async fn telegram_delivers_to_our_own_address_when_told_to(bed) {
        let mut world = World::new(bed).await;
        let person = world.set_up().await;
        linked(&world, &person, 42).await;
        world.change(|settings| {
            settings.telegram_webhook = Some("on".into());
            settings.public_url = Some(PUBLIC.into());
        }).await;
        world.control("telegram/reach", &json!({ "origin": world.url })).await;
        let chat = Chat::new(&world, 42);
        assert!(chat.asks("/status").await.starts_with("You watch no node yet."));
        // Nobody else can speak for Telegram.
        let spoof = json!({ "update_id": 999_999_999, "message": { "chat": { "id": 42, "type": "private" }, "text": "/help" } });
        assert_eq!(deliver(&world, None, &spoof).await, 404);
        assert_eq!(deliver(&world, Some("wrong"), &spoof).await, 404);
        let secret = server::telegram::webhook_secret(world.app());
        assert_eq!(deliver(&world, Some(&secret), &spoof).await, 200);
        chat.hears("the answer", |message| message["text"].as_str().unwrap().starts_with("What you can ask me")).await;
        world.end().await;
    }

    async fn a_bot_that_is_shut_out_is_paused_until_it_is_let_in_again(bed) {
        let mut world = World::new(bed).await;
        let person = world.set_up().await;
        linked(&world, &person, 42).await;
        linked(&world, &person, 43).await;
        world.change(|settings| {
            settings.telegram_webhook = Some("on".into());
            settings.public_url = Some(PUBLIC.into());
        }).await;
        world.control("telegram/reach", &json!({ "origin": world.url })).await;
        let other = Chat::new(&world, 43);
        other.forgets().await;
        let secret = server::telegram::webhook_secret(world.app());
        let blocked = json!({ "update_id": 999_999_999, "my_chat_member": {
            "chat": { "id": 42, "type": "private", "username": "ada" }, "from": { "id": 42 },
            "new_chat_member": { "status": "kicked" },
        } });
        assert_eq!(deliver(&world, Some(&secret), &blocked).await, 200);
        let paused = async || {
            let there = domain::destination::Place::Telegram { chat: 42 };
            world.app().store.read().await.unwrap().destinations_at(&there).await.unwrap()[0].paused.is_some()
        };
        assert!(paused().await);
        // Its owner hears of it through the other chat, and once.
        other.hears("a word of the pause", |message| message["text"].as_str().unwrap().contains("Telegram")).await;
        assert_eq!(deliver(&world, Some(&secret), &blocked).await, 200);
        assert!(other.asks("/help").await.starts_with("What you can ask me"));
        assert_eq!(other.messages().await.len(), 2);
        // Whoever writes to the bot lets it write back.
        assert!(Chat::new(&world, 42).asks("/help").await.starts_with("What you can ask me"));
        assert!(!paused().await);
        world.end().await;
    }

    async fn only_what_a_chat_hears_of_can_be_pressed(bed) {
        let mut world = World::new(bed).await;
        let person = world.set_up().await;
        let node = world.addresses().await[0].clone();
        let added = person.post("/api/nodes", &json!({ "address": node })).await;
        assert_eq!(added.status, 201);
        world.change(|settings| {
            settings.telegram_webhook = Some("on".into());
            settings.public_url = Some(PUBLIC.into());
        }).await;
        let secret = server::telegram::webhook_secret(world.app());
        // A stranger who knows the address of a node and how our buttons speak.
        for data in [format!("m8:{node}"), "ack:anything".to_owned()] {
            let press = json!({ "update_id": 999_999_999, "callback_query": {
                "id": "1", "from": { "id": 66, "username": "eve" }, "data": data,
                "message": { "message_id": 1, "chat": { "id": 66, "type": "private" }, "text": "x" },
            } });
            assert_eq!(deliver(&world, Some(&secret), &press).await, 200);
        }
        let mut tx = world.app().store.read().await.unwrap();
        let watchers = tx.watchers().await.unwrap();
        let watch = tx.watch(&watchers[0].1, &watchers[0].0).await.unwrap().unwrap();
        assert_eq!(watch.muted_until, None);
        drop(tx);
        world.end().await;
    }
}
