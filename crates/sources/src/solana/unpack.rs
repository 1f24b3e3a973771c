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
        let packed = || STANDARD.decode(text).map_err(|_| DataError::NotBase64);
        let data = match encoding {
            "base64" => packed()?,
            "base64+zstd" => self.inflate(&packed()?)?,
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

#[cfg(test)]
mod tests {
    use super::*;

    /// Magic, no content size, the window of a validator's frames (2 MiB) unless told otherwise.
    fn frame(window: u8, blocks: &[(usize, bool)]) -> String {
        let mut bytes = vec![0x28, 0xb5, 0x2f, 0xfd, 0x00, window];
        for (size, last) in blocks {
            // Size in 21 bits, type 1 (one repeated byte) in two, the last-block flag in one.
            let header = size.checked_shl(3).unwrap() | 1 << 1 | usize::from(*last);
            bytes.extend(header.to_le_bytes().iter().take(3));
            bytes.push(7);
        }
        STANDARD.encode(bytes)
    }

    fn unpack(text: &str, encoding: &str) -> Result<Vec<u8>, DataError> {
        Unpacker::new().unpack(text, encoding)
    }

    #[test]
    fn a_frame_inflates_up_to_the_longest_account() {
        let zstd = |blocks: &[(usize, bool)]| unpack(&frame(0x58, blocks), "base64+zstd");
        assert_eq!(zstd(&[(3, true)]), Ok(vec![7; 3]));
        assert_eq!(zstd(&[(10_000, false), (224, true)]), Ok(vec![7; 10_224]));
        assert_eq!(zstd(&[(LONGEST_ACCOUNT, true)]), Ok(vec![7; LONGEST_ACCOUNT]));
        assert_eq!(zstd(&[(12_289, true)]), Err(DataError::TooLong));
        assert_eq!(zstd(&[(131_072, false); 2_048]), Err(DataError::TooLong));
    }

    #[test]
    fn a_declared_size_is_not_believed() {
        // A single segment that promises 4 GiB less one, and holds three bytes.
        let mut bytes = vec![0x28, 0xb5, 0x2f, 0xfd, 0b1010_0000, 0xff, 0xff, 0xff, 0xff];
        bytes.extend([0b0001_1011, 0, 0, 7]);
        assert_eq!(unpack(&STANDARD.encode(bytes), "base64+zstd"), Err(DataError::NotZstd));
        // 64 MiB of window for three bytes.
        assert_eq!(unpack(&frame(0x80, &[(3, true)]), "base64+zstd"), Err(DataError::NotZstd));
    }

    #[test]
    fn what_is_broken_says_what_it_is() {
        assert_eq!(unpack("AAE=", "base64"), Ok(vec![0, 1]));
        assert_eq!(unpack("", "base64"), Ok(Vec::new()));
        assert_eq!(unpack("AAE", "base64"), Err(DataError::NotBase64));
        assert_eq!(unpack("AAE=", "base58"), Err(DataError::UnknownEncoding));
        assert_eq!(unpack("AAE=", "base64+zstd"), Err(DataError::NotZstd));
        assert_eq!(unpack("", "base64+zstd"), Err(DataError::NotZstd));
        assert_eq!(unpack(&frame(0x58, &[(3, false)]), "base64+zstd"), Err(DataError::NotZstd));
        assert_eq!(unpack(&"A".repeat(20_000), "base64"), Err(DataError::TooLong));
        assert_eq!(unpack(&"A".repeat(100_000), "base58"), Err(DataError::TooLong));
    }

    #[test]
    fn small_lies_do_not_add_up() {
        let account = frame(0x58, &[(LONGEST_ACCOUNT, true)]);
        let mut unpacker = Unpacker::new();
        let mut honest = 0;
        while unpacker.unpack(&account, "base64+zstd").is_ok() {
            honest += 1;
        }
        assert_eq!(honest, LONGEST_ANSWER / LONGEST_ACCOUNT);
    }

    #[test]
    fn after_a_broken_frame_the_next_one_is_read() {
        let mut unpacker = Unpacker::new();
        assert!(unpacker.unpack(&frame(0x58, &[(9, false)]), "base64+zstd").is_err());
        assert_eq!(unpacker.unpack(&frame(0x58, &[(3, true)]), "base64+zstd"), Ok(vec![7; 3]));
    }
}
