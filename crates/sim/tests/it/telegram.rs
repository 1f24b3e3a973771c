//! The Bot API: what it takes, what it refuses and in which words, and how updates come.

use serde_json::{Value, json};

use crate::harness::{A_WHILE, DEADLINE, Net, text};

/// A call of the bot, whatever it answers.
async fn bot(net: &Net, method: &str, body: Value) -> (u16, Value) {
    let env = net.sim.env();
    let value = |name: &str| env.iter().find(|(key, _)| *key == name).unwrap().1.clone();
    let url = format!("{}/bot{}/{method}", value("WAKEFUL_TELEGRAM_API"), value("WAKEFUL_TELEGRAM_TOKEN"));
    let answer = net.http.post(url).json(&body).send().await.unwrap();
    let status = answer.status().as_u16();
    (status, answer.json().await.unwrap())
}

/// A call that must succeed.
async fn done(net: &Net, method: &str, body: Value) -> Value {
    let (status, answer) = bot(net, method, body).await;
    assert_eq!((status, &answer["ok"]), (200, &json!(true)), "{method}: {answer}");
    answer["result"].clone()
}

/// The description of a call that must be refused with this code.
async fn refused(net: &Net, method: &str, body: Value, code: u16) -> String {
    let (status, answer) = bot(net, method, body).await;
    assert_eq!(
        (status, &answer["error_code"], &answer["ok"]),
        (code, &json!(code), &json!(false)),
        "{answer}"
    );
    text(&answer["description"]).to_owned()
}

async fn messages(net: &Net) -> Vec<Value> {
    net.get("/sim/messages").await.json().await.unwrap()
}

#[tokio::test]
async fn a_message_is_listed_as_its_reader_sees_it() {
    let net = Net::still().await;
    let keyboard = json!({ "inline_keyboard": [[{ "text": "Mute 1 h", "callback_data": "m1:node" }]] });
    let sent = done(
        &net,
        "sendMessage",
        json!({ "chat_id": 42, "text": "<b>rig &lt;1&gt;</b> fell silent", "parse_mode": "HTML",
            "reply_markup": keyboard }),
    )
    .await;
    let all = messages(&net).await;
    assert_eq!(all.len(), 1);
    assert_eq!((&all[0]["channel"], &all[0]["to"]), (&json!("telegram"), &json!("42")));
    assert_eq!(all[0]["text"], "rig <1> fell silent");
    assert_eq!(all[0]["meta"]["message_id"], sent["message_id"]);
    assert_eq!(all[0]["meta"]["keyboard"], keyboard);
    assert!(all[0]["at"].as_i64().unwrap() > 1_700_000_000_000, "unix milliseconds");
    assert_eq!(net.http.delete(net.url("/sim/messages")).send().await.unwrap().status(), 204);
    assert!(messages(&net).await.is_empty());
}

#[tokio::test]
async fn what_the_real_one_refuses_is_refused_in_its_words() {
    let net = Net::still().await;
    let say = |text: &str| json!({ "chat_id": 42, "text": text, "parse_mode": "HTML" });
    for (body, words) in [
        (say("my <rig>"), "can't parse entities: Unsupported start tag \"rig\" at byte offset 3"),
        (say("  "), "message text is empty"),
        (say(&"x".repeat(4097)), "message is too long"),
        (
            json!({ "chat_id": 42, "text": "x", "reply_markup": { "inline_keyboard":
            [[{ "text": "a", "callback_data": "x".repeat(65) }]] } }),
            "BUTTON_DATA_INVALID",
        ),
        (
            json!({ "chat_id": 42, "text": "x", "reply_markup": { "inline_keyboard":
            [[{ "text": "a", "url": "http://localhost:8080/" }]] } }),
            "Wrong HTTP URL",
        ),
    ] {
        let said = refused(&net, "sendMessage", body, 400).await;
        assert!(said.starts_with("Bad Request: ") && said.ends_with(words), "{said}");
    }
    done(&net, "sendMessage", say(&"x".repeat(4096))).await;
    assert_eq!(messages(&net).await.len(), 1);
    let stranger = net.http.get(net.url("/telegram/bot1:nobody/getMe")).send().await.unwrap();
    assert_eq!(stranger.status(), 401);
    assert_eq!(refused(&net, "sendDice", json!({}), 404).await, "Not Found");
}

#[tokio::test]
async fn a_poll_waits_and_an_update_stays_until_it_is_confirmed() {
    let net = Net::still().await;
    let poll = bot(&net, "getUpdates", json!({ "timeout": 20 }));
    let say = async {
        tokio::time::sleep(A_WHILE).await;
        net.set("/sim/telegram/say", json!({ "chat_id": 42, "username": "ann", "text": "/start abc" })).await
    };
    let ((status, first), said) = tokio::join!(poll, say);
    assert_eq!(status, 200, "{first}");
    let update = &first["result"][0];
    assert_eq!(update["message"]["text"], "/start abc");
    assert_eq!(update["message"]["message_id"], said["message_id"]);
    assert_eq!(update["message"]["chat"]["type"], "private");
    assert_eq!(update["message"]["from"]["username"], "ann");
    assert_eq!(update["message"]["entities"][0]["length"], 6);
    assert_eq!(done(&net, "getUpdates", json!({})).await[0], *update, "not confirmed: told again");
    let next = update["update_id"].as_i64().unwrap() + 1;
    assert_eq!(done(&net, "getUpdates", json!({ "offset": next })).await, json!([]));
    assert_eq!(done(&net, "getUpdates", json!({})).await, json!([]));
}

#[tokio::test]
async fn a_second_poll_ends_the_first() {
    let net = Net::still().await;
    let first = bot(&net, "getUpdates", json!({ "timeout": 20 }));
    let second = async {
        tokio::time::sleep(A_WHILE).await;
        bot(&net, "getUpdates", json!({ "timeout": 0 })).await
    };
    let ((status, answer), _) = tokio::join!(first, second);
    assert_eq!(status, 409);
    assert!(text(&answer["description"]).starts_with("Conflict: terminated by other getUpdates"), "{answer}");
}

#[tokio::test]
async fn a_pressed_button_is_an_update_that_is_answered_once() {
    let net = Net::still().await;
    let keyboard = json!({ "inline_keyboard": [[{ "text": "Seen", "callback_data": "ack:7" }]] });
    let body = json!({ "chat_id": 42, "text": "Silent", "reply_markup": keyboard });
    let id = done(&net, "sendMessage", body).await["message_id"].clone();
    let words = net.refused("/sim/telegram/say", json!({ "chat_id": 42, "press": "ack:8" })).await;
    assert!(words.contains("ack:8"), "{words}");
    net.set("/sim/telegram/say", json!({ "chat_id": 42, "press": "ack:7" })).await;
    let updates = done(&net, "getUpdates", json!({})).await;
    let query = &updates[0]["callback_query"];
    assert_eq!((&query["data"], &query["message"]["message_id"]), (&json!("ack:7"), &id));
    let answer = json!({ "callback_query_id": query["id"], "text": "Noted" });
    done(&net, "answerCallbackQuery", answer.clone()).await;
    assert!(refused(&net, "answerCallbackQuery", answer, 400).await.contains("query is too old"));
    let edit = json!({ "chat_id": 42, "message_id": id, "text": "Silent, seen" });
    done(&net, "editMessageText", edit.clone()).await;
    assert!(refused(&net, "editMessageText", edit, 400).await.contains("message is not modified"));
    let all = messages(&net).await;
    assert_eq!(all.len(), 1, "an edit is no second message");
    assert_eq!((&all[0]["text"], &all[0]["meta"]["keyboard"]), (&json!("Silent, seen"), &Value::Null));
    assert_eq!((&all[0]["meta"]["edits"], &all[0]["meta"]["answers"]), (&json!(1), &json!(["Noted"])));
}

#[tokio::test]
async fn a_webhook_gets_updates_with_its_secret_until_it_takes_them() {
    let net = Net::still().await;
    assert!(
        refused(&net, "setWebhook", json!({ "url": "http://watch.example.net/bot" }), 400)
            .await
            .contains("An HTTPS URL must be provided")
    );
    // A hook of the simulator itself plays the bot's server; it is out of order at first.
    net.set("/sim/faults", json!({ "hook": "500" })).await;
    net.set("/sim/telegram/reach", json!({ "origin": net.sim.url() })).await;
    let hook = json!({ "url": "https://watch.example.net/hook/bot", "secret_token": "s3cret" });
    done(&net, "setWebhook", hook).await;
    assert!(refused(&net, "getUpdates", json!({}), 409).await.contains("webhook is active"));
    net.set("/sim/telegram/say", json!({ "chat_id": 42, "text": "/status" })).await;
    let failing = async {
        while done(&net, "getWebhookInfo", json!({})).await["last_error_message"].is_null() {
            tokio::time::sleep(A_WHILE / 10).await;
        }
        net.set("/sim/faults", json!({ "hook": "ok" })).await;
        while done(&net, "getWebhookInfo", json!({})).await["pending_update_count"] != 0 {
            tokio::time::sleep(A_WHILE / 10).await;
        }
    };
    tokio::time::timeout(DEADLINE, failing).await.expect("it was never taken");
    let all = messages(&net).await;
    assert_eq!(all.len(), 1);
    assert_eq!(all[0]["meta"]["headers"]["x-telegram-bot-api-secret-token"], "s3cret");
    assert_eq!(all[0]["meta"]["headers"]["host"], "watch.example.net");
    let update: Value = serde_json::from_str(text(&all[0]["text"])).unwrap();
    assert_eq!(update["message"]["text"], "/status");
    done(&net, "deleteWebhook", json!({})).await;
    assert_eq!(done(&net, "getUpdates", json!({})).await, json!([]));
}

#[tokio::test]
async fn it_breaks_as_it_is_told() {
    let net = Net::still().await;
    let message = json!({ "chat_id": 42, "text": "x" });
    net.set("/sim/faults", json!({ "telegram": "429" })).await;
    let (status, answer) = bot(&net, "sendMessage", message.clone()).await;
    assert_eq!((status, &answer["parameters"]["retry_after"]), (429, &json!(2)));
    net.set("/sim/faults", json!({ "telegram": 500 })).await;
    refused(&net, "getUpdates", json!({}), 500).await;
    net.set("/sim/faults", json!({ "telegram": "403" })).await;
    assert!(refused(&net, "sendMessage", message.clone(), 403).await.contains("blocked by the user"));
    done(&net, "getMe", json!({})).await;
    for (fault, taken) in [("hang", 0), ("accept_then_hang", 1)] {
        net.set("/sim/faults", json!({ "telegram": fault })).await;
        let answer = tokio::time::timeout(A_WHILE, bot(&net, "sendMessage", message.clone())).await;
        assert!(answer.is_err(), "{fault} answered");
        assert_eq!(messages(&net).await.len(), taken, "{fault}");
    }
}

#[tokio::test]
async fn a_person_who_blocked_the_bot_gets_nothing_until_they_write_again() {
    let net = Net::still().await;
    net.set("/sim/telegram/block", json!({ "chat_id": 42, "blocked": true })).await;
    let said = refused(&net, "sendMessage", json!({ "chat_id": 42, "text": "x" }), 403).await;
    assert_eq!(said, "Forbidden: bot was blocked by the user");
    done(&net, "sendMessage", json!({ "chat_id": "43", "text": "x" })).await;
    net.set("/sim/telegram/say", json!({ "chat_id": 42, "text": "/start" })).await;
    done(&net, "sendMessage", json!({ "chat_id": 42, "text": "x" })).await;
}

#[tokio::test]
async fn a_bot_that_dies_while_its_message_waits_has_sent_nothing() {
    let net = Net::still().await;
    net.set("/sim/faults", json!({ "telegram_delay_ms": 600 })).await;
    let message = |text: &str| json!({ "chat_id": 42, "text": text });
    let dying = tokio::time::timeout(A_WHILE / 2, bot(&net, "sendMessage", message("first"))).await;
    assert!(dying.is_err() && messages(&net).await.is_empty());
    let seen: Value = net.get("/sim/requests").await.json().await.unwrap();
    let sends = seen["paths"].as_object().unwrap().iter().filter(|(path, _)| path.ends_with("/sendMessage"));
    assert_eq!(sends.count(), 1, "it had arrived: {seen}");
    done(&net, "sendMessage", message("second")).await;
    let all = messages(&net).await;
    assert_eq!(all.iter().map(|message| &message["text"]).collect::<Vec<_>>(), ["second"]);
}
