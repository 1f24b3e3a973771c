//! Telegram: what arrives as it was meant, and what each way of failing means.

use std::time::Duration;

use channels::telegram::{Bot, LONGEST, escape};
use domain::alert::outcome::Outcome;
use serde_json::json;

use crate::ends::{Ends, PATIENCE, nobody, node, words};

const CHAT: i64 = 77;

fn bot(ends: &Ends) -> Bot {
    let api = ends.env("WAKEFUL_TELEGRAM_API").parse().unwrap();
    Bot::new(&ends.env("WAKEFUL_TELEGRAM_TOKEN"), &api, ends.http.clone()).patient(PATIENCE)
}

#[tokio::test]
async fn an_alert_is_read_as_it_was_typed_and_offers_what_can_be_done() {
    let ends = Ends::start().await;
    let page = "https://wakeful.example.net/".parse().unwrap();
    let answer = bot(&ends).send(CHAT, "m-1", &words(), Some(&page)).await;
    assert_eq!(answer.status, Some(200), "{answer:?}");
    let messages = ends.messages().await;
    let sent = &messages[0];
    assert_eq!((&sent["channel"], &sent["to"]), (&json!("telegram"), &json!("77")));
    let expected = format!("{}\n{}", words().title, words().lines.join("\n"));
    assert_eq!(sent["text"], expected);
    assert_eq!(answer.outcome, Outcome::Accepted { id: Some(sent["meta"]["message_id"].to_string()) });
    let keyboard = &sent["meta"]["keyboard"]["inline_keyboard"];
    assert_eq!(keyboard[0][1], json!({ "text": "Mute 4 h", "callback_data": format!("m4:{}", node()) }));
    assert_eq!(keyboard[2][0], json!({ "text": "I have seen it", "callback_data": "ack:m-1" }));
    for button in keyboard.as_array().unwrap().iter().flat_map(|row| row.as_array().unwrap()) {
        assert!(button["callback_data"].as_str().unwrap().len() <= 64, "{button}");
    }
}

#[tokio::test]
async fn a_message_that_is_too_long_is_cut_at_a_line_and_arrives() {
    let ends = Ends::start().await;
    let mut words = words();
    words.title = "&".repeat(5000);
    words.lines = (0..500).map(|n| format!("node {n} <&> is silent")).collect();
    let answer = bot(&ends).send(CHAT, "m-1", &words, None).await;
    assert!(matches!(answer.outcome, Outcome::Accepted { .. }), "{answer:?}");
    let messages = ends.messages().await;
    let text = messages[0]["text"].as_str().unwrap();
    assert!(text.encode_utf16().count() <= LONGEST && text.ends_with("is silent\n…"), "{text}");
}

#[tokio::test]
async fn each_failure_means_what_it_means() {
    let ends = Ends::start().await;
    let bot = bot(&ends);
    for (fault, outcome, status) in [
        ("500", Outcome::Later { after: None }, Some(500)),
        ("403", Outcome::Gone, Some(403)),
        ("hang", Outcome::Unclear, None),
    ] {
        ends.fault("telegram", fault).await;
        let answer = bot.send(CHAT, "m-1", &words(), None).await;
        assert_eq!((answer.outcome, answer.status), (outcome, status), "{fault}: {}", answer.detail);
        assert!(!answer.detail.is_empty());
    }
    ends.fault("telegram", "429").await;
    let answer = bot.send(CHAT, "m-1", &words(), None).await;
    let Outcome::Later { after: Some(after) } = answer.outcome else { panic!("{answer:?}") };
    assert!(after > Duration::ZERO && answer.detail.contains("Too Many Requests"), "{answer:?}");
    ends.fault("telegram", "ok").await;
    let failure = bot.send_message(CHAT, "my <rig>", None).await.unwrap_err();
    assert_eq!((failure.status, &failure.outcome), (Some(400), &Outcome::Refused), "{failure}");
}

#[tokio::test]
async fn what_does_not_reach_telegram_was_surely_not_sent_and_no_token_is_said() {
    let ends = Ends::start().await;
    let (token, api) = ("123456:secret-secret", nobody().await);
    let answer = Bot::new(token, &api, ends.http.clone()).send(CHAT, "m-1", &words(), None).await;
    assert_eq!((&answer.outcome, answer.status), (&Outcome::Later { after: None }, None), "{answer:?}");
    let stranger = Bot::new(token, &ends.env("WAKEFUL_TELEGRAM_API").parse().unwrap(), ends.http.clone());
    let failure = stranger.get_me().await.unwrap_err();
    assert!(failure.is_wrong_token(), "{failure:?}");
    assert!(matches!(failure.outcome, Outcome::Later { .. }), "{failure:?}");
    for shown in [format!("{answer:?}"), format!("{failure:?}"), format!("{stranger:?}")] {
        assert!(!shown.contains("secret"), "{shown}");
    }
}

#[tokio::test]
async fn what_a_person_says_is_read_once_and_an_edit_changes_the_message() {
    let ends = Ends::start().await;
    let bot = bot(&ends);
    bot.get_me().await.unwrap();
    bot.set_my_commands(&[("status", "How everything is")], Some("de")).await.unwrap();
    ends.post("/sim/telegram/say", json!({ "chat_id": CHAT, "username": "ann", "text": "/status" })).await;
    let updates = bot.get_updates(0, Duration::from_secs(1)).await.unwrap();
    assert_eq!(updates[0]["message"]["text"], "/status");
    let next = updates[0]["update_id"].as_i64().unwrap() + 1;
    assert!(bot.get_updates(next, Duration::from_secs(1)).await.unwrap().is_empty());
    let id = bot.send_message(CHAT, &escape("1 < 2"), None).await.unwrap();
    for _ in 0..2 {
        bot.edit_message_text(CHAT, id, "2 &gt; 1", None).await.unwrap();
    }
    assert_eq!(ends.messages().await[0]["text"], "2 > 1");
}
