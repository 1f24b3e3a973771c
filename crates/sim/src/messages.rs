//! What was delivered: every message that a simulated channel took, in its order.

use std::collections::VecDeque;

use serde::Serialize;
use serde_json::Value;

/// How many are kept; a demo may run for days.
const KEPT: usize = 10_000;

/// One delivered message.
#[derive(Clone, Debug, Serialize)]
pub(crate) struct Message {
    /// `telegram`, `push`, `hook` or `smtp`, as the faults are called.
    pub(crate) channel: &'static str,
    /// The chat's id, the subscription's or hook's id, the mail address.
    pub(crate) to: String,
    /// What its reader sees; of a hook and a push the whole body.
    pub(crate) text: String,
    /// Unix milliseconds when it was taken.
    pub(crate) at: i64,
    /// What the channel knows beside the text.
    pub(crate) meta: Value,
}

/// All of them, oldest first.
#[derive(Debug, Default)]
pub(crate) struct Messages(VecDeque<Message>);

impl Messages {
    pub(crate) fn add(&mut self, message: Message) {
        if self.0.len() == KEPT {
            self.0.pop_front();
        }
        self.0.push_back(message);
    }

    pub(crate) fn all(&self) -> Vec<Message> {
        self.0.iter().cloned().collect()
    }

    pub(crate) fn forget(&mut self) {
        self.0.clear();
    }

    /// The message of a chat, for an edit or a pressed button; none once it was forgotten.
    pub(crate) fn of_chat(&mut self, chat: i64, message: i64) -> Option<&mut Message> {
        let chat = chat.to_string();
        self.0.iter_mut().rev().find(|it| {
            it.channel == "telegram" && it.to == chat && it.meta["message_id"].as_i64() == Some(message)
        })
    }
}
