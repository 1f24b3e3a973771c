//! What a node says of itself: every field is optional, numbers may be texts and texts numbers (network.md §4).

use domain::node::{Gpu, Machine};
use serde_json::Value;

/// The answer of `/node/info`.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Info {
    /// Whose answer it is.
    pub node: String,
    /// The node's own word for what it does.
    pub state: Option<String>,
    /// Its machine; absent early on.
    pub machine: Option<Machine>,
}

const LONGEST_TEXT: usize = 200;
const MOST_GPUS: usize = 32;

/// Reads the answer of `/node/info`; `None` when it is not the JSON of any node.
#[must_use]
pub fn read(body: &[u8]) -> Option<Info> {
    let answer: Value = serde_json::from_slice(body).ok()?;
    let node = answer.get("node")?.as_str()?;
    Some(Info {
        node: text_of(node),
        state: answer.get("state").and_then(text),
        machine: answer.get("info").filter(|info| info.is_object()).map(machine),
    })
}

fn machine(info: &Value) -> Machine {
    let at = |path: &str| info.pointer(path);
    let devices = at("/gpus/devices").and_then(Value::as_array).map_or(&[][..], Vec::as_slice);
    Machine {
        version: at("/version").and_then(text),
        country: at("/country").and_then(text),
        system: at("/system_environment").and_then(text),
        cpu: at("/cpu/model").and_then(text),
        ram_mb: at("/ram_mb").and_then(whole),
        disk_gb: at("/disk_gb").and_then(whole),
        download_mbps: at("/network/download_mbps").and_then(whole),
        upload_mbps: at("/network/upload_mbps").and_then(whole),
        ping_ms: at("/network/ping_ms").and_then(whole),
        driver: at("/gpus/nvml_driver_version").and_then(text),
        cuda: at("/gpus/cuda_driver_version").and_then(text),
        gpus: devices.iter().take(MOST_GPUS).map(gpu).collect(),
    }
}

fn gpu(device: &Value) -> Gpu {
    Gpu {
        name: device.get("name").and_then(text).unwrap_or_default(),
        memory_mb: device.pointer("/memory/total_mb").and_then(whole),
        uuid: device.get("uuid").and_then(text),
    }
}

/// A text, or a number as text (a CUDA version may come as 13.1).
fn text(value: &Value) -> Option<String> {
    match value {
        Value::String(text) => Some(text_of(text)),
        Value::Number(number) => Some(number.to_string()),
        _ => None,
    }
    .filter(|text| !text.is_empty())
}

fn text_of(text: &str) -> String {
    text.trim().chars().filter(|c| !c.is_control()).take(LONGEST_TEXT).collect()
}

/// A whole number, rounded; a text of one counts.
fn whole(value: &Value) -> Option<u64> {
    let number = match value {
        Value::Number(number) => number.as_f64(),
        Value::String(text) => text.trim().parse().ok(),
        _ => None,
    };
    // Through text: a cast would make something of what does not fit.
    number.and_then(|number: f64| format!("{number:.0}").parse().ok())
}
