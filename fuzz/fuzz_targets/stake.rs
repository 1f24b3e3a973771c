//! A stake's bytes: accepted from the last field's end on, whatever stands behind it.
#![no_main]

use libfuzzer_sys::fuzz_target;
use sources::solana::stake::{DISCRIMINATOR, decode};

fuzz_target!(|data: &[u8]| {
    let _ = decode(data);
    let account = [&DISCRIMINATOR, data].concat();
    assert_eq!(decode(&account).is_ok(), account.len() >= 113);
    if let Ok(read) = decode(&account) {
        let stale = [account.as_slice(), &[0xa5; 64]].concat();
        assert_eq!(decode(&stale), Ok(read), "a stale tail changes nothing");
    }
});
