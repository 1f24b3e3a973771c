//! The base58 of exactly 32 bytes, quickly: ten digits at a time into four words.

/// 58 to the power of the index.
const POWERS: [u64; 11] = {
    let mut powers = [1; 11];
    let mut n = 1;
    while n < powers.len() {
        powers[n] = powers[n - 1] * 58;
        n += 1;
    }
    powers
};

/// No digit: the only mark with the highest bit.
const NONE: u8 = 0x80;

/// What each byte stands for.
const DIGITS: [u8; 256] = {
    let alphabet = b"123456789ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz";
    let mut digits = [NONE; 256];
    let mut value: u8 = 0;
    while (value as usize) < alphabet.len() {
        digits[alphabet[value as usize] as usize] = value;
        value += 1;
    }
    digits
};

/// The 32 bytes that a text stands for; `None` when it stands for none, whatever the reason.
pub(super) fn decode(text: &str) -> Option<[u8; 32]> {
    if !(32..=44).contains(&text.len()) {
        return None;
    }
    // The lowest word first.
    let mut words = [0_u64; 4];
    for digits in text.as_bytes().chunks(10) {
        let (mut carry, mut seen) = (0, 0);
        for byte in digits {
            let digit = DIGITS.get(usize::from(*byte)).copied()?;
            seen |= digit;
            // Ten digits are below 58^10 < 2^59; what is no digit is refused below, and at most 128 each until then.
            carry = carry * 58 + u64::from(digit);
        }
        if seen & NONE != 0 {
            return None;
        }
        let power = POWERS.get(digits.len()).copied()?;
        for word in &mut words {
            (*word, carry) = word.carrying_mul(power, carry);
        }
        if carry != 0 {
            return None;
        }
    }
    let mut bytes = [0; 32];
    for (eight, word) in bytes.chunks_exact_mut(8).zip(words.iter().rev()) {
        eight.copy_from_slice(&word.to_be_bytes());
    }
    // Each leading one is a zero byte, and no other zero byte leads.
    let ones = text.bytes().take_while(|byte| *byte == b'1').count();
    let zeros = bytes.iter().take_while(|byte| **byte == 0).count();
    (ones == zeros).then_some(bytes)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    /// What the general decoder, which is slow and well tested, makes of it.
    fn plain(text: &str) -> Option<[u8; 32]> {
        bs58::decode(text).into_vec().ok()?.try_into().ok()
    }

    #[test]
    fn the_edges_are_where_the_general_decoder_has_them() {
        let largest = bs58::encode([0xff; 32]).into_string();
        let (first, last) = largest.split_at(43);
        let beyond = format!("{first}{}", char::from(last.as_bytes()[0] + 1));
        let ones = |count| "1".repeat(count);
        let texts = [largest, beyond, ones(31), ones(32), ones(33), ones(44), "z".repeat(44), "z".repeat(43)];
        for text in texts {
            assert_eq!(decode(&text), plain(&text), "{text}");
        }
        assert_eq!(decode(&ones(32)), Some([0; 32]));
    }

    proptest! {
        #[test]
        fn bytes_come_back(zeros in 0_usize..=32, mut bytes: [u8; 32]) {
            bytes[..zeros].fill(0);
            prop_assert_eq!(decode(&bs58::encode(bytes).into_string()), Some(bytes));
        }

        #[test]
        fn every_text_reads_as_with_the_general_decoder(text in "1{0,12}[1-9A-HJ-NP-Za-km-z]{20,34}[0OIl é~]{0,1}[1-9A-Za-z]{0,12}") {
            prop_assert_eq!(decode(&text), plain(&text));
        }
    }
}
