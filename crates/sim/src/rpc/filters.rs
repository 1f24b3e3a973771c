//! The filters of `getProgramAccounts` and `programSubscribe`.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use serde::Deserialize;

use super::error::RpcError;

/// A server takes no more filters than this.
const MAX_FILTERS: usize = 4;
/// Longest text of compared bytes, in base58 and base64.
const MAX_TEXT: (usize, usize) = (175, 172);
/// Longest compared bytes.
const MAX_BYTES: usize = 128;

/// One condition on an account's data.
#[derive(Clone, Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) enum Filter {
    /// The data is exactly so long.
    DataSize(usize),
    /// These bytes stand there.
    Memcmp(Memcmp),
}

/// Bytes at an offset.
#[derive(Clone, Debug, Deserialize)]
pub(crate) struct Memcmp {
    offset: usize,
    bytes: Bytes,
    encoding: Option<BytesEncoding>,
}

#[derive(Clone, Debug, Deserialize)]
#[serde(untagged)]
enum Bytes {
    Text(String),
    Raw(Vec<u8>),
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
enum BytesEncoding {
    Base58,
    Base64,
    Bytes,
}

/// Filters that were found sound.
#[derive(Clone, Debug, Default)]
pub(crate) struct Filters {
    size: Vec<usize>,
    bytes: Vec<(usize, Vec<u8>)>,
}

impl Filters {
    /// Decodes the bytes and refuses what a server refuses.
    pub(crate) fn read(filters: Option<&[Filter]>) -> Result<Self, RpcError> {
        let filters = filters.unwrap_or_default();
        if filters.len() > MAX_FILTERS {
            return Err(RpcError::params(format!("Too many filters provided; max {MAX_FILTERS}")));
        }
        let mut read = Self::default();
        for filter in filters {
            match filter {
                Filter::DataSize(size) => read.size.push(*size),
                Filter::Memcmp(memcmp) => read.bytes.push((memcmp.offset, memcmp.decode()?)),
            }
        }
        Ok(read)
    }

    /// Whether all of them hold.
    pub(crate) fn hold(&self, data: &[u8]) -> bool {
        self.size.iter().all(|size| data.len() == *size)
            && self
                .bytes
                .iter()
                .all(|(offset, bytes)| data.get(*offset..).is_some_and(|tail| tail.starts_with(bytes)))
    }
}

impl Memcmp {
    fn decode(&self) -> Result<Vec<u8>, RpcError> {
        let bad = |why: &str| RpcError::params(format!("Invalid param: {why}"));
        let bytes = match (&self.bytes, self.encoding) {
            (Bytes::Raw(bytes), _) => bytes.clone(),
            (Bytes::Text(_), Some(BytesEncoding::Bytes)) => return Err(bad("invalid type: string")),
            (Bytes::Text(text), Some(BytesEncoding::Base64)) if text.len() <= MAX_TEXT.1 => {
                STANDARD.decode(text).map_err(|error| bad(&error.to_string()))?
            }
            (Bytes::Text(text), None | Some(BytesEncoding::Base58)) if text.len() <= MAX_TEXT.0 => {
                bs58::decode(text).into_vec().map_err(|error| bad(&error.to_string()))?
            }
            (Bytes::Text(_), _) => return Err(bad("encoded bytes too large")),
        };
        if bytes.len() > MAX_BYTES { Err(bad("decoded bytes too large")) } else { Ok(bytes) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::{Value, json};

    fn read(value: Value) -> Result<Filters, RpcError> {
        let filters: Vec<Filter> = serde_json::from_value(value).unwrap();
        Filters::read(Some(&filters))
    }

    #[test]
    fn size_and_bytes_must_both_hold() {
        let filters =
            read(json!([{"dataSize":4},{"memcmp":{"offset":1,"bytes":"AgM=","encoding":"base64"}}]));
        let filters = filters.unwrap();
        assert!(filters.hold(&[1, 2, 3, 4]));
        assert!(!filters.hold(&[1, 2, 3]));
        assert!(!filters.hold(&[1, 2, 4, 4]));
    }

    #[test]
    fn base58_is_the_default_and_an_offset_beyond_the_end_holds_nothing() {
        let run = [0xc2, 0xa9, 0x6e, 0xe6, 0xeb, 0x0b, 0xe1, 0x16];
        let filters = read(json!([{"memcmp":{"offset":0,"bytes":"ZZTu8o6YwNM"}}])).unwrap();
        assert!(filters.hold(&run));
        let beyond = read(json!([{"memcmp":{"offset":9,"bytes":"ZZTu8o6YwNM"}}])).unwrap();
        assert!(!beyond.hold(&run));
    }

    #[test]
    fn what_a_server_refuses_is_refused() {
        assert_eq!(read(json!([{"memcmp":{"offset":0,"bytes":"0OIl"}}])).unwrap_err().code, -32602);
        let five = vec![json!({"dataSize":1}); 5];
        assert!(read(Value::Array(five)).unwrap_err().message.contains("max 4"));
    }
}
