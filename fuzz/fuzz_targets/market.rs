//! A market's bytes: whatever is accepted has its whole queue within the data.
#![no_main]

use libfuzzer_sys::fuzz_target;
use sources::solana::market::{DISCRIMINATOR, QUEUE_CAPACITY, decode};

fuzz_target!(|data: &[u8]| {
    let _ = decode(data);
    let account = [&DISCRIMINATOR, data].concat();
    if let Ok(market) = decode(&account) {
        assert!(market.queue.len() <= QUEUE_CAPACITY as usize);
        assert!(account.len() >= 151 + 32 * market.queue.len());
        let stale = [account.as_slice(), &[0xa5; 64]].concat();
        assert_eq!(decode(&stale), Ok(market), "a stale tail changes nothing");
    }
});
