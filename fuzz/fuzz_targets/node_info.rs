//! What a node says of itself: read or refused, and what is read is short.
#![no_main]

use libfuzzer_sys::fuzz_target;
use sources::endpoint::read;

fuzz_target!(|body: &[u8]| {
    let Some(info) = read(body) else { return };
    assert!(info.node.chars().count() <= 200);
    let Some(machine) = info.machine else { return };
    assert!(machine.gpus.len() <= 32);
    for text in [machine.version, machine.country, machine.system, machine.cpu, machine.driver, machine.cuda]
    {
        assert!(text.is_none_or(|text| text.chars().count() <= 200));
    }
});
