//! A chat of the simulated Telegram, as its person sees it.

use serde_json::{Value, json};

use crate::{
    person::Person,
    world::{World, eventually},
};

pub struct Chat<'a> {
    world: &'a World,
    id: i64,
}

impl<'a> Chat<'a> {
    pub const fn new(world: &'a World, id: i64) -> Self {
        Self { world, id }
    }

    /// Writes to the bot.
    pub async fn says(&self, text: &str) {
        let said = json!({ "chat_id": self.id, "username": "ada", "language": "en", "text": text });
        self.world.control("telegram/say", &said).await;
    }

    /// Presses a button under the newest message that has it.
    pub async fn presses(&self, data: &str) {
        let pressed = json!({ "chat_id": self.id, "username": "ada", "press": data });
        self.world.control("telegram/say", &pressed).await;
    }

    /// Everything that stands in the chat.
    pub async fn messages(&self) -> Vec<Value> {
        let url = format!("{}/sim/messages", self.world.sim.url());
        let all: Vec<Value> = self.world.http.get(url).send().await.unwrap().json().await.unwrap();
        let id = self.id.to_string();
        let own = |message: &Value| message["channel"] == "telegram" && message["to"] == id;
        all.into_iter().filter(own).collect()
    }

    /// What stood in the chat is out of the way.
    pub async fn forgets(&self) {
        let url = format!("{}/sim/messages", self.world.sim.url());
        assert!(self.world.http.delete(url).send().await.unwrap().status().is_success());
    }

    /// What the bot said of its own: alerts may come at any time, and have buttons.
    async fn answers(&self) -> Vec<Value> {
        let mut messages = self.messages().await;
        messages.retain(|message| message["meta"]["keyboard"].is_null());
        messages
    }

    /// Writes to the bot and reads its next answer.
    pub async fn asks(&self, text: &str) -> String {
        let before = self.answers().await.len();
        self.says(text).await;
        eventually(&format!("an answer to {text}"), || async {
            let messages = self.answers().await;
            let answer = messages.get(before).and_then(|message| message["text"].as_str());
            answer.map(str::to_owned).ok_or_else(|| format!("{before} messages"))
        })
        .await
    }

    /// Waits for a message.
    pub async fn hears(&self, what: &str, is: impl Fn(&Value) -> bool) -> Value {
        eventually(what, || async {
            let messages = self.messages().await;
            messages.iter().find(|message| is(message)).cloned().ok_or_else(|| format!("{messages:?}"))
        })
        .await
    }
}

/// A code of the person's.
pub async fn code(person: &Person) -> String {
    eventually("a code", || async {
        let answer = person.post("/api/telegram/link", &json!({})).await;
        assert_eq!(answer.status, 201, "{}", answer.body);
        let code = answer.body["code"].as_str().unwrap().to_owned();
        let link = format!("https://t.me/wakeful_sim_bot?start={code}");
        // Until the bot has said its name there is no link.
        if answer.body["deep_link"] == link { Ok(code) } else { Err(answer.body.to_string()) }
    })
    .await
}

/// A chat that is linked to the person's nodes.
pub async fn linked<'a>(world: &'a World, person: &Person, id: i64) -> Chat<'a> {
    let chat = Chat::new(world, id);
    let code = code(person).await;
    let answer = chat.asks(&format!("/start {code}")).await;
    assert!(answer.starts_with("This chat is linked."), "{answer}");
    chat
}
