//! What is broken on the way to people: Telegram, the push service, webhooks, mail.

use std::time::Duration;

use axum::http::{StatusCode, header};
use axum::response::{IntoResponse, Response};
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

/// A way to a person.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Channel {
    Telegram,
    Push,
    Hook,
    Smtp,
}

impl Channel {
    pub(crate) const ALL: [Self; 4] = [Self::Telegram, Self::Push, Self::Hook, Self::Smtp];

    /// Its key in the control call.
    fn name(self) -> &'static str {
        match self {
            Self::Telegram => "telegram",
            Self::Push => "push",
            Self::Hook => "hook",
            Self::Smtp => "smtp",
        }
    }

    fn accepted(self) -> &'static str {
        match self {
            Self::Telegram => "ok, 429, 500, hang, 403, accept_then_hang",
            Self::Push => "ok, 410, 429, 500, hang, accept_then_hang",
            Self::Hook => "ok, 429, 500, hang, 410, accept_then_hang",
            Self::Smtp => "ok, 451, 550, hang, accept_then_hang",
        }
    }
}

/// A fault of one channel.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum Fault {
    /// None.
    Ok,
    /// HTTP 429 with a pause of two seconds.
    #[serde(rename = "429")]
    TooMany,
    /// HTTP 500.
    #[serde(rename = "500")]
    Broken,
    /// Reads, never answers, takes nothing.
    Hang,
    /// The person blocked the bot.
    #[serde(rename = "403")]
    Blocked,
    /// The receiver is gone for good.
    #[serde(rename = "410")]
    Gone,
    /// A mail server that wants to be asked later.
    #[serde(rename = "451")]
    Later,
    /// No such mailbox.
    #[serde(rename = "550")]
    NoMailbox,
    /// Takes the message; its answer is lost.
    AcceptThenHang,
}

/// How one channel behaves.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Way {
    pub(crate) fault: Fault,
    /// How long a message waits before it is taken.
    pub(crate) delay_ms: u64,
}

impl Way {
    /// Waits as long as the channel was told to.
    pub(crate) async fn delay(self) {
        if self.delay_ms > 0 {
            tokio::time::sleep(Duration::from_millis(self.delay_ms)).await;
        }
    }

    /// What a receiver answers that takes nothing now; `gone` is how it says that it takes nothing ever again. Never comes
    /// back where it hangs.
    pub(crate) async fn refusal(self, gone: impl IntoResponse) -> Option<Response> {
        match self.fault {
            Fault::TooMany => {
                let wait = [(header::RETRY_AFTER, "2")];
                Some((StatusCode::TOO_MANY_REQUESTS, wait, "slow down\n").into_response())
            }
            Fault::Broken => Some((StatusCode::INTERNAL_SERVER_ERROR, "out of order\n").into_response()),
            Fault::Gone => Some(gone.into_response()),
            Fault::Hang => std::future::pending().await,
            _ => None,
        }
    }

    /// Never comes back where the answer is to be lost.
    pub(crate) async fn lose_answer(self) {
        if self.fault == Fault::AcceptThenHang {
            std::future::pending::<()>().await;
        }
    }
}

/// All channels.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Delivery([Way; 4]);

impl Delivery {
    /// Nothing is broken, nothing waits.
    pub(crate) const NONE: Self = Self([Way { fault: Fault::Ok, delay_ms: 0 }; 4]);

    pub(crate) fn of(self, channel: Channel) -> Way {
        self.0[channel as usize]
    }

    /// Takes one key of the control call, `telegram` or `telegram_delay_ms`; false: the key is none of ours.
    pub(crate) fn set(&mut self, name: &str, value: &Value) -> Result<bool, String> {
        let (channel, delay) = match name.strip_suffix("_delay_ms") {
            Some(channel) => (channel, true),
            None => (name, false),
        };
        let Some(channel) = Channel::ALL.into_iter().find(|it| it.name() == channel) else {
            return Ok(false);
        };
        let way = &mut self.0[channel as usize];
        if delay {
            let wrong = || format!("{name} is a number of milliseconds, not {value}.");
            way.delay_ms = value.as_u64().ok_or_else(wrong)?;
        } else {
            way.fault = parse(channel, value)?;
        }
        Ok(true)
    }

    /// As the control calls show it.
    pub(crate) fn show(self, into: &mut Map<String, Value>) {
        for channel in Channel::ALL {
            let Way { fault, delay_ms } = self.of(channel);
            into.insert(channel.name().to_owned(), serde_json::json!(fault));
            if delay_ms > 0 {
                into.insert(format!("{}_delay_ms", channel.name()), delay_ms.into());
            }
        }
    }
}

fn parse(channel: Channel, value: &Value) -> Result<Fault, String> {
    let text = value.as_str().map_or_else(|| value.to_string(), str::to_owned);
    let (name, accepted) = (channel.name(), channel.accepted());
    let known = accepted.split(", ").any(|word| word == text);
    let fault = known.then(|| serde_json::from_value(Value::String(text)).ok()).flatten();
    fault.ok_or_else(|| format!("Unknown fault {value} for {name}; accepted are {accepted}."))
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn each_channel_takes_its_own_faults_and_every_word_is_known() {
        for channel in Channel::ALL {
            for word in channel.accepted().split(", ") {
                parse(channel, &json!(word)).unwrap();
            }
        }
        let mut delivery = Delivery::NONE;
        assert_eq!(delivery.set("hook", &json!(410)), Ok(true));
        assert_eq!(delivery.of(Channel::Hook).fault, Fault::Gone);
        assert!(delivery.set("smtp", &json!("403")).unwrap_err().contains("451"));
        assert_eq!(delivery.set("weather", &json!("ok")), Ok(false));
        assert_eq!(delivery.set("push_delay_ms", &json!(250)), Ok(true));
        assert_eq!(delivery.of(Channel::Push).delay_ms, 250);
        assert!(delivery.set("push_delay_ms", &json!(-1)).is_err());
    }
}
