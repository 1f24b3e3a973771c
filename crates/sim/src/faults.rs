//! What is broken on purpose, by the names of the control calls.

pub(crate) mod delivery;

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

use delivery::Delivery;

/// The RPC endpoints of the simulator; `/rpc` is the first.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub(crate) enum Place {
    A,
    B,
    C,
}

impl Place {
    /// All of them.
    pub(crate) const ALL: [Self; 3] = [Self::A, Self::B, Self::C];

    /// The path's last part.
    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::A => "a",
            Self::B => "b",
            Self::C => "c",
        }
    }

    /// The endpoint of a path's last part.
    pub(crate) fn named(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|place| place.name() == name)
    }

    pub(crate) fn index(self) -> usize {
        self as usize
    }
}

/// A fault of an RPC endpoint.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub(crate) enum RpcFault {
    /// None.
    Ok,
    /// HTTP 429 with Retry-After: 2.
    #[serde(rename = "429")]
    TooMany,
    /// HTTP 500.
    #[serde(rename = "500")]
    Broken,
    /// Every program's list is empty.
    Empty,
    /// Every program's list is cut to its first half.
    Short,
    /// Reads, never answers.
    Hang,
    /// Answers after three seconds.
    Slow,
    /// No JSON, or half of it.
    Garbage,
    /// The chain as it was when the fault was set.
    Stale,
    /// Account data of the right length, all zero.
    Zeros,
    /// One byte a second for ever.
    Drip,
    /// An endless body, or a small one that inflates.
    Bomb,
    /// 302 to another endpoint.
    Redirect,
}

/// A fault of the push side.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub(crate) enum WsFault {
    /// None.
    Ok,
    /// Connections are closed, and new ones at once.
    Drop,
    /// Subscriptions are taken, nothing is ever told.
    Silent,
}

/// A fault of the tunnel before all nodes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub(crate) enum TunnelFault {
    /// None.
    Ok,
    /// Connections are reset without an answer.
    Down,
    /// Accepts, never answers.
    Hang,
    /// Somebody else answers: 200 and a page.
    Html,
}

/// A fault of one of the network's HTTP APIs.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub(crate) enum ApiFault {
    /// None.
    Ok,
    /// HTTP 429 with Retry-After: 2.
    #[serde(rename = "429")]
    TooMany,
    /// HTTP 500.
    #[serde(rename = "500")]
    Broken,
    /// Reads, never answers.
    Hang,
    /// No JSON.
    Garbage,
    /// JSON of another shape: a new version of the API.
    Shift,
    /// 404 and a page: the API moved away.
    Off,
}

/// Everything that is broken now.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Faults {
    pub(crate) rpc: [RpcFault; 3],
    pub(crate) ws: WsFault,
    pub(crate) endpoints: TunnelFault,
    pub(crate) host: ApiFault,
    pub(crate) indexer: ApiFault,
    pub(crate) delivery: Delivery,
}

const RPC: &str = "ok, 429, 500, empty, short, hang, slow, garbage, stale, zeros, drip, bomb, redirect";
const WS: &str = "ok, drop, silent";
const ENDPOINTS: &str = "ok, down, hang, html";
const API: &str = "ok, 429, 500, hang, garbage, shift, off";

impl Faults {
    /// Nothing is broken.
    pub(crate) const NONE: Self = Self {
        rpc: [RpcFault::Ok; 3],
        ws: WsFault::Ok,
        endpoints: TunnelFault::Ok,
        host: ApiFault::Ok,
        indexer: ApiFault::Ok,
        delivery: Delivery::NONE,
    };

    /// The faults after a control call's body; the sentence names what is accepted.
    pub(crate) fn with(mut self, body: &Map<String, Value>) -> Result<Self, String> {
        for (name, value) in body {
            match name.as_str() {
                "rpc" => self.set_rpc(value)?,
                "ws" => self.ws = parse("ws", value, WS)?,
                "endpoints" => self.endpoints = parse("endpoints", value, ENDPOINTS)?,
                "host" => self.host = parse("host", value, API)?,
                "indexer" => self.indexer = parse("indexer", value, API)?,
                other if self.delivery.set(other, value)? => {}
                _ => {
                    let accepted = "rpc, ws, endpoints, host, indexer, telegram, push, hook, smtp, and the last four with _delay_ms";
                    return Err(format!("Unknown fault {name:?}; accepted are {accepted}."));
                }
            }
        }
        Ok(self)
    }

    fn set_rpc(&mut self, value: &Value) -> Result<(), String> {
        let Some(each) = value.as_object() else {
            self.rpc = [parse("rpc", value, RPC)?; 3];
            return Ok(());
        };
        for (name, value) in each {
            let place = Place::named(name)
                .ok_or_else(|| format!("Unknown RPC endpoint {name:?}; accepted are a, b, c."))?;
            self.rpc[place.index()] = parse("rpc", value, RPC)?;
        }
        Ok(())
    }

    /// As the control calls show them.
    pub(crate) fn to_json(self) -> Value {
        let [a, b, c] = self.rpc;
        let rpc = serde_json::json!({ "a": a, "b": b, "c": c });
        let mut all = serde_json::json!({
            "rpc": rpc,
            "ws": self.ws,
            "endpoints": self.endpoints,
            "host": self.host,
            "indexer": self.indexer,
        });
        if let Some(all) = all.as_object_mut() {
            self.delivery.show(all);
        }
        all
    }
}

fn parse<T: for<'de> Deserialize<'de>>(name: &str, value: &Value, accepted: &str) -> Result<T, String> {
    // A number is meant as well as its text: 429.
    let text = value.as_str().map_or_else(|| value.to_string(), str::to_owned);
    serde_json::from_value(Value::String(text))
        .map_err(|_| format!("Unknown fault {value} for {name}; accepted are {accepted}."))
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn with(body: &Value) -> Result<Faults, String> {
        Faults::NONE.with(body.as_object().unwrap())
    }

    #[test]
    fn one_word_breaks_all_endpoints_and_an_object_each_its_own() {
        assert_eq!(with(&json!({"rpc":"429"})).unwrap().rpc, [RpcFault::TooMany; 3]);
        assert_eq!(with(&json!({"rpc":500})).unwrap().rpc, [RpcFault::Broken; 3]);
        let each = with(&json!({"rpc":{"b":"stale"}})).unwrap();
        assert_eq!(each.rpc, [RpcFault::Ok, RpcFault::Stale, RpcFault::Ok]);
    }

    #[test]
    fn a_wrong_name_is_told_what_is_accepted() {
        assert!(with(&json!({"rpc":"broken"})).unwrap_err().contains("redirect"));
        assert!(with(&json!({"rpc":{"d":"ok"}})).unwrap_err().contains("a, b, c"));
        assert!(with(&json!({"weather":"rain"})).unwrap_err().contains("endpoints"));
    }
}
