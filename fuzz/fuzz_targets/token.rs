//! A token account's bytes: accepted when all of them are there.
#![no_main]

use libfuzzer_sys::fuzz_target;
use sources::solana::token::{ALLOCATED, decode};

fuzz_target!(|data: &[u8]| {
    assert_eq!(decode(data).is_ok(), data.len() >= ALLOCATED);
});
