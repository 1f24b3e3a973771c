//! What a node says of its machine, on the wire.

use domain::{node::Machine, time::Timestamp};
use serde::Serialize;
use utoipa::ToSchema;

use super::time::rfc3339;

/// What a node says of its machine; everything may be missing.
#[derive(Clone, Debug, Default, PartialEq, Serialize, ToSchema)]
#[schema(as = Machine)]
pub struct MachineBody {
    /// When it said so.
    pub machine_at: Option<String>,
    /// The node software.
    pub version: Option<String>,
    /// The graphics cards.
    pub gpus: Vec<GpuBody>,
    /// The graphics driver.
    pub driver: Option<String>,
    /// CUDA.
    pub cuda: Option<String>,
    /// Two letters.
    pub country: Option<String>,
    /// The operating system.
    pub system: Option<String>,
    /// The processor.
    pub cpu: Option<String>,
    /// Memory in MB.
    pub ram_mb: Option<u64>,
    /// Disk in GB.
    pub disk_gb: Option<u64>,
    /// Mbit/s.
    pub download_mbps: Option<u64>,
    /// Mbit/s.
    pub upload_mbps: Option<u64>,
    /// Milliseconds.
    pub ping_ms: Option<u64>,
}

/// One graphics card.
#[derive(Clone, Debug, PartialEq, Serialize, ToSchema)]
#[schema(as = Gpu)]
pub struct GpuBody {
    /// Its name.
    pub name: String,
    /// Its memory in MB.
    pub memory_mb: Option<u64>,
    /// Its serial.
    pub uuid: Option<String>,
}

impl MachineBody {
    /// What it said at `at`.
    pub fn new(machine: Machine, at: Timestamp) -> Self {
        let gpus = machine.gpus.into_iter();
        Self {
            machine_at: Some(rfc3339(at)),
            version: machine.version,
            gpus: gpus
                .map(|gpu| GpuBody { name: gpu.name, memory_mb: gpu.memory_mb, uuid: gpu.uuid })
                .collect(),
            driver: machine.driver,
            cuda: machine.cuda,
            country: machine.country,
            system: machine.system,
            cpu: machine.cpu,
            ram_mb: machine.ram_mb,
            disk_gb: machine.disk_gb,
            download_mbps: machine.download_mbps,
            upload_mbps: machine.upload_mbps,
            ping_ms: machine.ping_ms,
        }
    }
}
