//! Account data as an RPC endpoint packs it: base64, or zstd within base64 (network.md §6).
//!
//! Nothing that a stranger declares is believed: not the frame's content size, and no window that is larger than the
//! one a validator uses. What is inflated over a whole answer is bounded, so that small lies cannot add up.

use base64::{Engine, engine::general_purpose::STANDARD};
use ruzstd::decoding::{BlockDecodingStrategy, FrameDecoder};

use super::account::DataError;

/// More than any account that we ask for: a market has 10,224 bytes.
pub(super) const LONGEST_ACCOUNT: usize = 12 * 1024;
/// What all accounts of one answer may have together: 6,500 markets, or half a million runs.
const LONGEST_ANSWER: usize = 64 * 1024 * 1024;
/// A validator's encoder declares 2 MiB; the format asks decoders for 8 MiB. It is allocated, so it is capped.
const LARGEST_WINDOW: u64 = 8 * 1024 * 1024;

/// Unpacks the accounts of one answer, and counts what they cost.
pub(super) struct Unpacker {
    zstd: FrameDecoder,
    left: usize,
}

impl Unpacker {
    pub(super) fn new() -> Self {
        let mut zstd = FrameDecoder::new();
        zstd.set_max_window_size(LARGEST_WINDOW);
        Self { zstd, left: LONGEST_ANSWER }
    }

    /// The bytes of one account. `TooLong` says that the whole answer is hostile.
    pub(super) fn unpack(&mut self, text: &str, encoding: &str) -> Result<Vec<u8>, DataError> {
        // A frame that does not compress is a little longer than what it holds.
        if text.len() > LONGEST_ACCOUNT.saturating_mul(2) {
            return Err(DataError::TooLong);
        }
        let packed = STANDARD.decode(text).map_err(|_| DataError::NotBase64);
        let data = match encoding {
            "base64" => packed?,
            "base64+zstd" => self.inflate(&packed?)?,
            _ => return Err(DataError::UnknownEncoding),
        };
        if data.len() > LONGEST_ACCOUNT {
            return Err(DataError::TooLong);
        }
        self.left = self.left.checked_sub(data.len()).ok_or(DataError::TooLong)?;
        Ok(data)
    }

    /// One frame, decoded block by block (at most 128 KiB each) until it is longer than an account can be.
    fn inflate(&mut self, mut frame: &[u8]) -> Result<Vec<u8>, DataError> {
        let broken = |_| DataError::NotZstd;
        self.zstd.reset(&mut frame).map_err(broken)?;
        let enough = BlockDecodingStrategy::UptoBytes(LONGEST_ACCOUNT.saturating_add(1));
        if !self.zstd.decode_blocks(&mut frame, enough).map_err(broken)? {
            return Err(DataError::TooLong);
        }
        self.zstd.collect().ok_or(DataError::NotZstd)
    }
}
