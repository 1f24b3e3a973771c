//! An account as it goes over the wire.

use std::io::Write;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use serde_json::{Value, json};

use super::error::RpcError;
use super::options::{DataSlice, Encoding, Options};
use crate::key::SYSTEM;
use crate::ledger::Account;

/// Longest data that a server writes in base58.
const MAX_BASE58: usize = 128;

/// The account, with its data written as asked; `zeros` replaces every byte of it.
pub(crate) fn to_json(account: &Account, options: &Options, zeros: bool) -> Result<Value, RpcError> {
    let blank;
    let data = if zeros {
        blank = vec![0; account.data.len()];
        &blank
    } else {
        &account.data
    };
    Ok(json!({
        "data": written(slice(data, options.data_slice), options.encoding.unwrap_or_default())?,
        "executable": false,
        "lamports": account.lamports,
        "owner": account.owner,
        "rentEpoch": u64::MAX,
        "space": account.data.len(),
    }))
}

/// What a subscriber is told of a closed account.
pub(crate) fn closed(options: &Options) -> Result<Value, RpcError> {
    to_json(&Account { lamports: 0, data: Vec::new(), owner: SYSTEM }, options, false)
}

fn slice(data: &[u8], slice: Option<DataSlice>) -> &[u8] {
    let Some(DataSlice { offset, length }) = slice else { return data };
    let tail = data.get(offset..).unwrap_or_default();
    &tail[..tail.len().min(length)]
}

fn written(data: &[u8], encoding: Encoding) -> Result<Value, RpcError> {
    let base58 = || bs58::encode(data).into_string();
    match encoding {
        Encoding::Binary | Encoding::Base58 if data.len() > MAX_BASE58 => {
            Err(RpcError::too_large_for_base58())
        }
        Encoding::Binary => Ok(json!(base58())),
        Encoding::Base58 => Ok(json!([base58(), "base58"])),
        Encoding::Base64 | Encoding::JsonParsed => Ok(json!([STANDARD.encode(data), "base64"])),
        Encoding::Base64Zstd => Ok(json!([STANDARD.encode(zstd(data)), "base64+zstd"])),
    }
}

/// A stream without its length in front, as a validator makes it.
fn zstd(data: &[u8]) -> Vec<u8> {
    let made = zstd::stream::write::Encoder::new(Vec::new(), 0).and_then(|mut encoder| {
        encoder.write_all(data)?;
        encoder.finish()
    });
    // Writing into memory does not fail.
    made.unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn account(len: usize) -> Account {
        Account {
            lamports: 1,
            data: (0..len).map(|i| u8::try_from(i % 251).unwrap()).collect(),
            owner: SYSTEM,
        }
    }

    fn options(encoding: &str) -> Options {
        Options::read(Some(&json!({ "encoding": encoding }))).unwrap()
    }

    #[test]
    fn base58_stops_at_128_bytes() {
        assert!(to_json(&account(128), &options("base58"), false).is_ok());
        let error = to_json(&account(129), &options("base58"), false).unwrap_err();
        assert_eq!(error.code, -32600);
        let mut sliced = options("base58");
        sliced.data_slice = Some(DataSlice { offset: 100, length: 20 });
        assert_eq!(to_json(&account(300), &sliced, false).unwrap()["space"], 300);
    }

    #[test]
    fn a_zstd_frame_begins_as_the_recorded_ones_and_inflates_to_the_data() {
        let account = account(10_224);
        let json = to_json(&account, &options("base64+zstd"), false).unwrap();
        let text = json["data"][0].as_str().unwrap();
        assert!(text.starts_with("KLUv/QBY"), "{}", &text[..12]);
        let inflated = zstd::decode_all(&STANDARD.decode(text).unwrap()[..]).unwrap();
        assert_eq!(inflated, account.data);
    }

    #[test]
    fn zeros_keep_the_length() {
        let json = to_json(&account(120), &options("base64"), true).unwrap();
        assert_eq!(STANDARD.decode(json["data"][0].as_str().unwrap()).unwrap(), vec![0; 120]);
    }
}
