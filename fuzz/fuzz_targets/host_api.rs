//! Whatever the network's HTTP APIs answer: an error or a value, never a panic, and nothing over its bounds.

#![no_main]

use libfuzzer_sys::fuzz_target;
use sources::{host, indexer};

fuzz_target!(|bytes: &[u8]| {
    if let Ok(markets) = host::read_markets(bytes) {
        assert!(!markets.is_empty());
        for name in markets.values() {
            assert!(!name.name.is_empty() && name.name.chars().count() <= 80);
            assert!(!name.name.contains(|c: char| c.is_control()));
        }
    }
    if let Ok(version) = host::read_version(bytes) {
        assert!(version.len() <= 80);
    }
    let _ = indexer::read_page(bytes);
});
