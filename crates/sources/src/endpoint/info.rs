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

#[cfg(test)]
mod tests {
    use super::*;

    macro_rules! recorded {
        ($name:literal) => {
            read(include_bytes!(concat!("../../../../fixtures/nosana/http/node-info.", $name, ".json")))
                .unwrap()
        };
    }

    fn of(info: &str) -> Machine {
        read(format!(r#"{{"node":"x","info":{info}}}"#).as_bytes()).unwrap().machine.unwrap()
    }

    #[test]
    fn a_recorded_node_is_read() {
        let info = recorded!("other");
        assert_eq!(info.node, "67qvHLKGmM62RLevcGRde1aWhEPU3njDiemvX6RZEX6i");
        assert_eq!(info.state.as_deref(), Some("OTHER"));
        let gpu = Gpu {
            name: "NVIDIA GeForce RTX 4090".into(),
            memory_mb: Some(24_083),
            uuid: Some("GPU-9046e9e9-a168-f14a-617f-5cc97de04235".into()),
        };
        let machine = Machine {
            version: Some("1.1.9-rc".into()),
            country: Some("US".into()),
            system: Some("6.14.0-37-generic".into()),
            cpu: Some("AMD Ryzen 9 5900X 12-Core Processor".into()),
            ram_mb: Some(64_226),
            disk_gb: Some(599),
            download_mbps: Some(770),
            upload_mbps: Some(37),
            ping_ms: Some(20),
            driver: Some("590.48.01".into()),
            cuda: Some("13.1".into()),
            gpus: vec![gpu],
        };
        assert_eq!(info.machine, Some(machine));
    }

    #[test]
    fn a_node_that_is_starting_knows_no_machine_yet() {
        let info = recorded!("starting-no-info");
        assert_eq!((info.state.as_deref(), info.machine), (Some("STARTING"), None));
        assert_eq!(recorded!("queued").state.as_deref(), Some("QUEUED"));
        assert_eq!(recorded!("with-resources").state.as_deref(), Some("RUNNING_JOB"));
    }

    #[test]
    fn numbers_may_be_texts_and_texts_numbers() {
        let machine = of(r#"{"version":2,"ram_mb":"64226","disk_gb":"599.6","network":{"ping_ms":20.4},
            "gpus":{"cuda_driver_version":"12.4","devices":[{"name":4090,"memory":{"total_mb":"24082.88"}}]}}"#);
        assert_eq!((machine.version.as_deref(), machine.cuda.as_deref()), (Some("2"), Some("12.4")));
        assert_eq!((machine.ram_mb, machine.disk_gb, machine.ping_ms), (Some(64_226), Some(600), Some(20)));
        let gpu = machine.gpus.first().unwrap();
        assert_eq!((gpu.name.as_str(), gpu.memory_mb), ("4090", Some(24_083)));
    }

    #[test]
    fn what_does_not_fit_is_left_out() {
        let machine = of(r#"{"version":null,"country":["US"],"cpu":7,"ram_mb":-5,"disk_gb":1e300,
            "network":{"ping_ms":"NaN","upload_mbps":"inf","download_mbps":true},"gpus":{"devices":{"0":{}}}}"#);
        assert_eq!(machine, Machine::default());
        assert_eq!(of("{}"), Machine::default());
        let not_an_object = read(br#"{"node":"x","info":7}"#).unwrap();
        assert_eq!(not_an_object.machine, None);
    }

    #[test]
    fn long_texts_and_long_lists_are_cut() {
        let devices = vec![r#"{"name":"x"}"#; 1_000].join(",");
        let long = "\u{fc}".repeat(5_000);
        let machine = of(&format!(
            r#"{{"version":" {long}","country":"U\u0000S\n","gpus":{{"devices":[{devices}]}}}}"#
        ));
        assert_eq!(machine.version.unwrap().chars().count(), LONGEST_TEXT);
        assert_eq!(machine.country.as_deref(), Some("US"));
        assert_eq!(machine.gpus.len(), MOST_GPUS);
    }

    #[test]
    fn what_is_no_nodes_json_is_none() {
        let deep = format!("{}{}", "[".repeat(100_000), "]".repeat(100_000));
        for body in ["", "null", "[]", "7", "<html>", "{}", r#"{"node":7}"#, r#"{"node":"x""#, &deep] {
            assert_eq!(read(body.as_bytes()), None);
        }
    }
}
