//! The slice of a job that is over: accepted from the last field's end on, whatever stands behind it.
#![no_main]

use libfuzzer_sys::fuzz_target;
use sources::solana::ended::decode;

fuzz_target!(|data: &[u8]| {
    assert_eq!(decode(data).is_ok(), data.len() >= 161);
    if let Ok(read) = decode(data) {
        let stale = [data, &[0xa5; 64]].concat();
        assert_eq!(decode(&stale), Ok(read), "a stale tail changes nothing");
    }
});
